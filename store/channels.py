"""Teams' channels: whether the app is in them, whom it asks for an invitation, and what waits for one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from store import access, deliveries, history, report_buttons, teams, workspaces
from store.access import Grant, Role, Scope
from store.deliveries import Delivery, Kind, Status
from store.meanings import Meaning
from store.people import Caller, Person
from store.teams import Team

KEPT_FOR = timedelta(days=7)
"""How long a message waits for the app to be invited; older ones would be no news any more."""


def ask_for_invitation(session: Session, workspace_id: int, channel: str, *, at: datetime) -> None:
    """Ask the leads of the channel's team to invite the app, once until it has been in there.

    Where no lead is active, the workspace's coordinators and admins are asked.
    """
    for team in _of_channel(session, workspace_id, channel):
        if team.invitation_asked_at is not None:
            continue
        asked = _who_can_invite(session, team)
        for person in asked:
            deliveries.queue(
                session,
                workspace_id,
                Kind.INVITE_ME,
                f"team:{team.key}:invite:{at.isoformat()}:{person.key}",
                "team",
                team.key,
                at=at,
                person_id=person.key,
            )
        if asked:
            team.invitation_asked_at = at
            session.add(team)
            data = {"asked": len(asked)}
            history.record(session, workspace_id, "invitation_asked", "team", team.key, at=at, data=data)


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of an invitation.

    Attributes:
        waiting: How many messages go out now that waited for it.
    """

    waiting: int


def app_joined(session: Session, channel: str, *, by: Caller, at: datetime) -> Joined:
    """Somebody invited the app to a channel: what waited for that goes out."""
    workspace = workspaces.find(session, by.enterprise_id, by.workspace)
    if workspace is None or workspace.id is None:
        return Joined(0)
    report_buttons.app_came(session, channel, by=by, at=at)
    return Joined(is_in(session, workspace.id, channel, at=at))


def is_in(session: Session, workspace_id: int, channel: str, *, at: datetime) -> int:
    """The app is in a channel, as an event or a message that arrived there shows.

    Returns:
        How many messages go out now that waited for it.
    """
    for team in _of_channel(session, workspace_id, channel):
        if team.invitation_asked_at is not None:
            team.invitation_asked_at = None
            session.add(team)
            history.record(session, workspace_id, "app_invited", "team", team.key, at=at)
    waiting = session.execute(
        update(Delivery)
        .where(
            col(Delivery.workspace_id) == workspace_id,
            col(Delivery.channel) == channel,
            col(Delivery.status) == Status.FAILED,
            col(Delivery.meaning) == Meaning.NOT_INVITED,
            col(Delivery.due_at) > at - KEPT_FOR,
        )
        .values(status=Status.QUEUED, reason=None, meaning=None, attempts=0, ended_at=None)
        .returning(col(Delivery.id))
    )
    return len(waiting.all())


@dataclass(frozen=True, slots=True)
class Invitation:
    """What somebody who can invite the app is shown."""

    team: str
    channel: str
    """The Slack channel's id."""


def invitation(session: Session, team_id: int) -> Invitation | None:
    """The invitation that a team's app waits for; None when it is in the channel by now."""
    team = teams.by_id(session, team_id)
    return Invitation(team.name, team.channel) if team.invitation_asked_at else None


def _of_channel(session: Session, workspace_id: int, channel: str) -> list[Team]:
    query = select(Team).where(Team.workspace_id == workspace_id, Team.channel == channel).order_by(col(Team.id))
    return list(session.exec(query.with_for_update()).all())


def _who_can_invite(session: Session, team: Team) -> list[Person]:
    leads = [lead for lead in access.holders(session, Role.LEAD, Scope.TEAM, team.key) if lead.active]
    return leads or _coordinators_and_admins(session, team.workspace_id)


def _coordinators_and_admins(session: Session, workspace_id: int) -> list[Person]:
    holding = select(Grant.person_id).where(
        Grant.workspace_id == workspace_id,
        Grant.scope == Scope.WORKSPACE,
        col(Grant.role).in_((Role.COORDINATOR, Role.ADMIN)),
    )
    query = (
        select(Person)
        .where(Person.workspace_id == workspace_id, col(Person.active))
        .where(or_(col(Person.admin), col(Person.id).in_(holding)))
        .order_by(Person.name)
    )
    return list(session.exec(query).all())
