"""Operational teams, their crews, and which shifts those work."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from sqlalchemy import JSON, UniqueConstraint, bindparam
from sqlmodel import Field, Session, col, select

from store import prepared
from store.shifts import Pattern, ShiftTimes
from store.table import Keyed, Table
from store.types import Instant


class Team(Keyed, table=True):
    """An operational team at a site. Shift times are always in the site's zone."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    workspace_id: int = Field(foreign_key="workspace.id")
    name: str
    site: str
    zone: str
    channel: str
    """The Slack channel's id."""
    anchor: date
    """The day on which the cycle begins for a crew with offset 0."""
    cycle: list[str] = Field(sa_type=JSON)
    """One entry a day: the name of a shift, or the empty string for a day off."""
    invitation_asked_at: datetime | None = Field(default=None, sa_type=Instant)
    """When somebody was asked to invite the app to the channel, until it is in there."""
    emergency: str | None = None
    """The number that people call when there is danger, as the site file has it; None when it has none."""
    created_at: datetime = Field(sa_type=Instant)


class Shift(Table, table=True):
    """One of a team's shifts: when it starts on the site's clock and how long it lasts."""

    __tablename__ = "shift"
    __table_args__ = (UniqueConstraint("team_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id")
    name: str
    starts: time
    minutes: int
    """Elapsed time, so that a night with a clock change is as long as it is."""


class Crew(Table, table=True):
    """The part of a team that works the same shifts."""

    __tablename__ = "crew"
    __table_args__ = (UniqueConstraint("team_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id")
    name: str
    offset: int
    """How many days after the anchor this crew's cycle begins."""
    user_group: str | None = None
    """The Slack user group whose people work in it, by its id."""
    group_asked_at: datetime | None = Field(default=None, sa_type=Instant)
    """When Slack was last asked who is in that group."""
    group_problem: str | None = None
    """Why the crew stays as it is, in words for an admin."""
    group_strangers: list[str] = Field(default_factory=list, sa_type=JSON)
    """The Slack ids of those in the group who are not on the site's list."""
    group_elsewhere: list[int] = Field(default_factory=list, sa_type=JSON)
    """Our ids of those in the group who are in another crew of the team."""


class Member(Table, table=True):
    """A person who works in a team, in one of its crews."""

    __tablename__ = "team_member"
    __table_args__ = (UniqueConstraint("team_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    crew_id: int = Field(foreign_key="crew.id")


def by_id(session: Session, team_id: int) -> Team:
    """The team with our id; a missing one is a bug (LookupError)."""
    team = session.get(Team, team_id)
    if team is None:
        raise LookupError(f"no team {team_id}")
    return team


def number_for(session: Session, team_ids: Iterable[int]) -> str | None:
    """The number that people of some teams call in danger, of the first that has one; None when none has."""
    here = select(Team.emergency).where(col(Team.id).in_(tuple(team_ids)), col(Team.emergency).is_not(None))
    return session.exec(here.order_by(col(Team.id)).limit(1)).first()


def of_workspace(session: Session, workspace_id: int) -> Sequence[Team]:
    """A workspace's teams, by name."""
    return session.exec(select(Team).where(Team.workspace_id == workspace_id).order_by(Team.name)).all()


def pattern_of(session: Session, team: Team) -> Pattern:
    """The team's shift pattern as a value that occurrences are computed from."""
    shifts = prepared.rows(session, _SHIFTS, {"team_id": team.id})
    return Pattern(
        zone=team.zone,
        anchor=team.anchor,
        cycle=tuple(team.cycle),
        shifts={shift.name: ShiftTimes(shift.name, shift.starts, shift.minutes) for shift in shifts},
    )


_SHIFTS = select(col(Shift.name), col(Shift.starts), col(Shift.minutes)).where(Shift.team_id == bindparam("team_id"))


def crews_of(session: Session, team_id: int) -> Sequence[Crew]:
    """A team's crews, by name."""
    return session.execute(_CREWS, {"team_id": team_id}).scalars().all()


_CREWS = select(Crew).where(Crew.team_id == bindparam("team_id")).order_by(Crew.name)


def members_of_crew(session: Session, crew_id: int) -> list[int]:
    """The ids of the people in a crew, in a steady order."""
    query = select(Member.person_id).where(Member.crew_id == crew_id).order_by(col(Member.person_id))
    return list(session.exec(query).all())
