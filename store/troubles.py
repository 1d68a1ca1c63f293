"""What did not go out lately, for those who can mend it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from store.access import Grant, Role, Scope
from store.deliveries import Delivery, Status
from store.meanings import Meaning
from store.people import Person
from store.teams import Team


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that failed, or of which nobody knows whether it arrived."""

    whom: str
    """A person's name, or the name of the team whose channel it was for."""
    at: datetime
    unknown: bool
    reason: str


def undelivered(
    session: Session, workspace_id: int, earliest: datetime, limit: int
) -> tuple[tuple[Undelivered, ...], int]:
    """A workspace's messages that failed or whose fate is unknown, from an instant on.

    Returns:
        The newest, and how many there are in all.
    """
    lately = (
        Delivery.workspace_id == workspace_id,
        col(Delivery.status).in_((Status.FAILED, Status.UNKNOWN)),
        col(Delivery.ended_at) >= earliest,
    )
    count = session.exec(select(func.count()).select_from(Delivery).where(*lately)).one()
    rows = session.exec(
        select(Delivery, Person.name, Team.name)
        .outerjoin(Person, col(Person.id) == col(Delivery.person_id))
        .outerjoin(
            Team, (col(Team.channel) == col(Delivery.channel)) & (col(Team.workspace_id) == col(Delivery.workspace_id))
        )
        .where(*lately)
        .order_by(col(Delivery.id).desc())
        .limit(limit)
    ).all()
    shown = tuple(
        Undelivered(
            whom=person or team or row.channel or "",
            at=row.ended_at or row.due_at,
            unknown=row.status is Status.UNKNOWN,
            reason=row.reason or "",
        )
        for row, person, team in rows
    )
    return shown, count


def not_in_channel(session: Session, person: Person, earliest: datetime) -> tuple[str, ...]:
    """The teams that somebody leads into whose channel the app could not post lately and has not posted since."""
    later = aliased(Delivery)
    posted_since = (
        select(later.id)
        .where(later.channel == Delivery.channel, later.status == Status.SENT, col(later.id) > col(Delivery.id))
        .exists()
    )
    return tuple(
        session.exec(
            select(Team.name)
            .join(Grant, (col(Grant.scope_id) == col(Team.id)) & (col(Grant.scope) == Scope.TEAM))
            .join(
                Delivery,
                (col(Delivery.channel) == col(Team.channel)) & (col(Delivery.workspace_id) == col(Team.workspace_id)),
            )
            .where(
                Grant.person_id == person.id,
                Grant.role == Role.LEAD,
                Delivery.status == Status.FAILED,
                Delivery.meaning == Meaning.NOT_INVITED,
                col(Delivery.ended_at) >= earliest,
                ~posted_since,
            )
            .order_by(Team.name)
            .distinct()
        ).all()
    )
