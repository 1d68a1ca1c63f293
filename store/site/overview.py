"""What the workspaces here have, for an administrator who looks whether something is missing."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from store import access, teams, tools
from store.access import Role, Scope
from store.embeddings import IS_UNDER_WAY, Embedding
from store.teams import Crew, Member, Team
from store.workspaces import Workspace


@dataclass(frozen=True, slots=True)
class TeamOverview:
    """A team, the Slack id of its channel, and how many of everything it has."""

    name: str
    channel: str
    leads: int
    crews: int
    members: int
    tools: int
    duty_contacts: int
    """Those whose account is active, as of the leads."""
    has_number: bool
    """Whether its number for danger is known."""
    under_way: int
    """Its embeddings under way."""


@dataclass(frozen=True, slots=True)
class WorkspaceOverview:
    """A workspace by its Slack ids, and its teams by name."""

    enterprise_id: str
    slack_id: str
    name: str
    teams: tuple[TeamOverview, ...]


def overview(session: Session) -> list[WorkspaceOverview]:
    """Every workspace here, in the order of their Slack ids."""
    found = session.exec(select(Workspace).order_by(Workspace.slack_id)).all()
    return [_workspace(session, workspace) for workspace in found]


def _workspace(session: Session, workspace: Workspace) -> WorkspaceOverview:
    return WorkspaceOverview(
        enterprise_id=workspace.enterprise_id,
        slack_id=workspace.slack_id,
        name=workspace.name,
        teams=tuple(_team(session, team) for team in teams.of_workspace(session, workspace.key)),
    )


def _team(session: Session, team: Team) -> TeamOverview:
    return TeamOverview(
        name=team.name,
        channel=team.channel,
        leads=_active(session, Role.LEAD, team),
        crews=session.exec(select(func.count(col(Crew.id))).where(Crew.team_id == team.key)).one(),
        members=session.exec(select(func.count(col(Member.id))).where(Member.team_id == team.key)).one(),
        tools=len(tools.of_team(session, team.key)),
        duty_contacts=_active(session, Role.DUTY_CONTACT, team),
        has_number=team.emergency is not None,
        under_way=session.exec(
            select(func.count(col(Embedding.id))).where(Embedding.team_id == team.key, IS_UNDER_WAY)
        ).one(),
    )


def _active(session: Session, role: Role, team: Team) -> int:
    return sum(holder.active for holder in access.holders(session, role, Scope.TEAM, team.key))
