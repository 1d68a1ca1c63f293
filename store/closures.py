"""Closures: the days on which a team does not work as usual, public holidays and shutdowns."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from store import access, following, history, people, planned_days, prompts, shifts, teams
from store.access import Act
from store.days_off import Shutdown
from store.embeddings import Embedding
from store.errors import N_, Refused
from store.not_now import Days, Reason
from store.people import Caller, Person
from store.prompts import Prompt
from store.teams import Member, Team

LONGEST_DAYS = 366
SHOWN = 20
"""Coming shutdowns; one message has room for no many more."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What somebody filled in to shut a team down."""

    team_id: int
    days: Days
    reason: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A team is not asked on these days."""

    team: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Closable:
    """The teams that somebody may shut down, by id and name."""

    teams: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class ComingShutdown:
    """A shutdown that is not over."""

    id: int
    team: str
    days: Days
    reason: str
    by_file: bool
    """Whether the site file says it, which puts back what somebody lifts here."""


@dataclass(frozen=True, slots=True)
class Lifted:
    """A team is asked again on these days."""

    team: str
    days: Days
    overlapped: bool
    """Whether another shutdown holds on some of them."""


@dataclass(frozen=True, slots=True)
class Shutdowns:
    """The shutdowns that are not over, of the teams that somebody may shut down; the earliest first."""

    coming: tuple[ComingShutdown, ...]
    count: int
    """In all."""
    lifted: Lifted | None = None
    """What they have lifted just now."""


def closable(session: Session, *, by: Caller) -> Closable:
    """What the form of a shutdown offers.

    Raises:
        Refused: The person may shut down no team.
    """
    mine = _closed_by(session, people.known(session, by))
    return Closable(tuple((team.key, team.name) for team in mine))


def _closed_by(session: Session, person: Person) -> list[Team]:
    mine = [
        team
        for team in teams.of_workspace(session, person.workspace_id)
        if access.RIGHTS[Act.SHUT_DOWN] & access.roles_of(session, person, teams=[team.key])
    ]
    if not mine:
        raise Refused(access.REFUSALS[Act.SHUT_DOWN])
    return mine


def coming(session: Session, *, by: Caller, at: datetime) -> Shutdowns:
    """The shutdowns that are not over, of the teams that somebody may shut down.

    Raises:
        Refused: The person may shut down no team.
    """
    found = []
    for team in _closed_by(session, people.known(session, by)):
        to_come = (Shutdown.team_id == team.id, Shutdown.last_day >= shifts.local_day(at, team.zone))
        found += [
            ComingShutdown(row.key, team.name, row.days, row.reason, row.set_by_id is None)
            for row in session.exec(select(Shutdown).where(*to_come)).all()
        ]
    found.sort(key=lambda one: (one.days.first, one.days.last, one.team, one.id))
    return Shutdowns(tuple(found[:SHOWN]), len(found))


def lift_shutdown(session: Session, shutdown_id: int, *, by: Caller, at: datetime) -> Shutdowns:
    """End a shutdown as of today, or take it back before it begins: its days to come are asked about again.

    What was not asked while it held stays as it is.

    Raises:
        Refused: The person may not, it is over or lifted already, or the site file says it.
    """
    person = people.known(session, by)
    seen = session.get(Shutdown, shutdown_id)
    if seen is None:
        raise Refused(_LIFTED)
    team = _team(session, person, seen.team_id)
    access.require(Act.SHUT_DOWN, access.roles_of(session, person, teams=[team.key]))
    shutdown = session.get(Shutdown, shutdown_id, populate_existing=True)  # somebody may have lifted it meanwhile
    today = shifts.local_day(at, team.zone)
    if shutdown is None or shutdown.last_day < today:
        raise Refused(_LIFTED)
    if shutdown.set_by_id is None:
        raise Refused("This shutdown stands in the site file. Ask an admin to take it out there.")
    again = Days(max(shutdown.first_day, today), shutdown.last_day)
    if shutdown.first_day < today:
        shutdown.last_day = today - timedelta(days=1)
        session.add(shutdown)
    else:
        session.delete(shutdown)
    session.flush()
    for person_id in session.exec(
        select(Member.person_id).where(Member.team_id == team.id).order_by(col(Member.person_id))
    ):
        following.come_sooner(session, person_id, at=at)
    _record(session, team, "shutdown_lifted", person, again, at)
    overlaps = (Shutdown.team_id == team.id, Shutdown.first_day <= again.last, Shutdown.last_day >= again.first)
    overlapped = session.exec(select(Shutdown.id).where(*overlaps)).first() is not None
    return replace(coming(session, by=by, at=at), lifted=Lifted(team.name, again, overlapped))


_LIFTED = N_("That shutdown is over or lifted already, nothing to do.")


def shut_down(session: Session, closing: Closing, *, by: Caller, at: datetime) -> Closed:
    """Note that a team does not work on some days: nobody in it is asked then.

    Raises:
        Refused: The person may not, the days are over, or they are more than a year.
    """
    person = people.known(session, by)
    team = _team(session, person, closing.team_id)
    days = closing.days
    access.require(Act.SHUT_DOWN, access.roles_of(session, person, teams=[team.key]))
    if days.last < shifts.local_day(at, team.zone):
        raise Refused("Those days are over. Pick a last day that is still to come.", field="last_day")
    if (days.last - days.first).days > LONGEST_DAYS:
        raise Refused("That is more than a year. Pick an earlier last day.", field="last_day")
    if _noted(session, team, closing):
        return Closed(team.name, days.first, days.last)
    session.add(
        Shutdown(
            team_id=team.key,
            first_day=days.first,
            last_day=days.last,
            reason=closing.reason,
            set_by_id=person.key,
            created_at=at,
        )
    )
    _record(session, team, "team_shut_down", person, days, at)
    here = select(Embedding.id).where(Embedding.team_id == team.id)
    prompts.skip_waiting(
        session,
        Reason.SHUTDOWN,
        col(Prompt.embedding_id).in_(here),
        Prompt.day >= days.first,
        Prompt.day <= days.last,
        at=at,
    )
    planned_days.look_soon(session, planned_days.of_team(team.key), at=at)
    return Closed(team.name, days.first, days.last)


def _record(session: Session, team: Team, kind: str, person: Person, days: Days, at: datetime) -> None:
    data = {"first_day": days.first.isoformat(), "last_day": days.last.isoformat()}
    history.record(session, team.workspace_id, kind, "team", team.key, at=at, actor_id=person.id, data=data)


def _noted(session: Session, team: Team, closing: Closing) -> bool:
    """Whether just this was noted before: a form may be sent twice.

    Raises:
        Refused: The same days were noted for another reason.
    """
    days = closing.days
    same = session.exec(
        select(Shutdown).where(
            Shutdown.team_id == team.id, Shutdown.first_day == days.first, Shutdown.last_day == days.last
        )
    ).first()
    if same is not None and same.reason != closing.reason:
        raise Refused(
            "{team} is shut down on these days already: {reason}. Lift that first if the reason is another.",
            field="reason",
            team=team.name,
            reason=same.reason,
        )
    return same is not None


def _team(session: Session, person: Person, team_id: int) -> Team:
    """A team of the person's workspace, held until the transaction ends: its shutdowns come one after the other."""
    team = session.exec(select(Team).where(Team.id == team_id).with_for_update(key_share=True)).first()
    if team is None or team.workspace_id != person.workspace_id:
        raise Refused("That team is not on this site's list. Pick another.", field="team")
    return team
