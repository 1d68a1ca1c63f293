"""What did not go out lately, for those who can mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from store import retrying, tracing
from store.access import Grant, Role, Scope
from store.deliveries import Delivery, Status
from store.meanings import Meaning
from store.people import Person
from store.teams import Team

TRIED = 20
"""Of messages that ended alike, so many are looked at for one that may go out again."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Messages to one receiver that failed in the same way, or of which nobody knows whether they arrived."""

    count: int
    whom: str
    """A person's name, or the name of the team whose channel they were for."""
    in_channel: bool
    at: datetime
    """When the last of them ended."""
    unknown: bool
    meaning: Meaning | None
    reason: str
    retry_id: int | None
    """One that can be sent again, and the others with it; None when none can be."""


def undelivered(
    session: Session, workspace_id: int, limit: int, *, since: datetime, at: datetime
) -> tuple[tuple[Undelivered, ...], int]:
    """A workspace's messages that failed or whose fate is unknown, together where they ended alike.

    Args:
        session: The query's session.
        workspace_id: Whose messages.
        limit: How many lines at most.
        since: Those that ended then or later.
        at: Now.

    Returns:
        Those that ended last, and how many messages there are in all.
    """
    lately = (
        Delivery.workspace_id == workspace_id,
        col(Delivery.status).in_((Status.FAILED, Status.UNKNOWN)),
        col(Delivery.ended_at) >= since,
    )
    counted: Any = (*_ALIKE, func.count().label("messages"), func.max(Delivery.ended_at).label("last"))
    found = session.execute(
        select(*counted)
        .where(*lately)
        .group_by(*_ALIKE)
        .order_by(func.max(Delivery.ended_at).desc(), func.max(Delivery.id).desc())
    ).all()
    shown = found[:limit]
    names = tracing.named(session, workspace_id, {(row.person_id, row.channel) for row in shown})
    lines = tuple(
        Undelivered(
            count=row.messages,
            whom=names[row.person_id, row.channel],
            in_channel=row.channel is not None,
            at=row.last,
            unknown=row.status is Status.UNKNOWN,
            meaning=row.meaning,
            reason=row.reason or "",
            retry_id=_can_go_again(session, _rows(session, row, lately), at),
        )
        for row in shown
    )
    return lines, sum(row.messages for row in found)


_ALIKE: Any = (
    col(Delivery.person_id),
    col(Delivery.channel),
    col(Delivery.status),
    col(Delivery.meaning),
    col(Delivery.reason),
)


def _rows(session: Session, alike: Any, lately: Sequence[Any]) -> Sequence[Delivery]:
    same = (column.is_not_distinct_from(value) for column, value in zip(_ALIKE, alike, strict=False))
    query = select(Delivery).where(*lately, *same)
    return session.exec(query.order_by(col(Delivery.id).desc()).limit(TRIED)).all()


def _can_go_again(session: Session, rows: Sequence[Delivery], at: datetime) -> int | None:
    return next((row.key for row in rows if retrying.why_not(session, row, at=at) is None), None)


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
