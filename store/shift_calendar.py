"""The shift calendar: which crew starts which shift on the coming days, for people to look at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from store import access, people, rosters, shifts, teams
from store.access import Role
from store.embeddings import UNDER_WAY, Embedding
from store.errors import Refused
from store.people import Caller, Person
from store.shifts import OFF, Pattern, ShiftTimes
from store.teams import Crew, Member, Team

DAYS = 14
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OddTimes:
    """A shift that does not start or end on the wall as it does on other days, because the clock moves."""

    shift: str
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A local day of a calendar."""

    day: date
    exists: bool = True
    clock_moves: timedelta = timedelta()
    """By how much the clock on the wall is put forward on it; less than nothing when it is put back."""
    odd: tuple[OddTimes, ...] = ()
    """Those of the shifts that somebody starts on it."""


@dataclass(frozen=True, slots=True)
class CrewLine:
    """A crew, and what it starts on each day: the name of a shift, or `shifts.OFF`."""

    crew: str
    shifts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShiftCalendar:
    """The days of a team: its shifts by their start, and a line for each crew."""

    team: str
    zone: str
    shifts: tuple[ShiftTimes, ...]
    days: tuple[CalendarDay, ...]
    crews: tuple[CrewLine, ...]
    own: tuple[str, ...] | None = None
    """What the reader starts on each day, where that is not what their crew does."""
    own_crew: str | None = None
    """The reader's crew, which is the first."""


def calendar(team: str, pattern: Pattern, crews: Iterable[tuple[str, int]], first: date) -> ShiftCalendar:
    """The calendar of two weeks.

    Args:
        team: Its name.
        pattern: Its shift pattern.
        crews: The name and the offset of each crew, in the order in which they are shown.
        first: The first local day.
    """
    days = tuple(_day(first + number * ONE_DAY, pattern.zone) for number in range(DAYS))
    lines = tuple(CrewLine(name, tuple(_starts(pattern, offset, day) for day in days)) for name, offset in crews)
    days = tuple(
        replace(day, odd=_odd(pattern, day.day, {line.shifts[number] for line in lines}))
        for number, day in enumerate(days)
    )
    return ShiftCalendar(team, pattern.zone, _times(pattern, pattern.cycle), days, lines)


def _odd(pattern: Pattern, day: date, names: Iterable[str]) -> tuple[OddTimes, ...]:
    place = ZoneInfo(pattern.zone)
    odd: list[OddTimes] = []
    for times in _times(pattern, names):
        if shift := shifts.shift_named(pattern, times.name, day):
            starts, ends = (each.astimezone(place).time() for each in (shift.starts_at, shift.ends_at))
            if (starts, ends) != (times.starts, times.ends):
                odd.append(OddTimes(times.name, starts, ends))
    return tuple(odd)


def _times(pattern: Pattern, names: Iterable[str]) -> tuple[ShiftTimes, ...]:
    worked = [pattern.shifts[name] for name in set(names) if name != OFF]
    return tuple(sorted(worked, key=lambda shift: (shift.starts, shift.name)))


def _day(day: date, zone: str) -> CalendarDay:
    begins, ended = (shifts.instant(each, time(), zone) for each in (day, day + ONE_DAY))
    if begins is None:
        return CalendarDay(day, exists=False)
    return CalendarDay(day, clock_moves=ONE_DAY - (ended - begins) if ended else timedelta())


def _starts(pattern: Pattern, offset: int, day: CalendarDay) -> str:
    shift = shifts.shift_on(pattern, offset, day.day)
    return shift.name if shift else OFF


def of_workspace(session: Session, workspace_id: int, *, at: datetime) -> tuple[ShiftCalendar, ...]:
    """The calendars of a workspace's teams from today on, by their names."""
    return tuple(_of_team(session, team, at) for team in teams.of_workspace(session, workspace_id))


def of_caller(session: Session, *, by: Caller, at: datetime) -> tuple[ShiftCalendar, ...]:
    """The calendars of somebody's teams from today on; those that they work in come first, their own crew on top.

    Raises:
        Refused: They have nothing to do with any team.
    """
    person = people.known(session, by)
    works_in = {member.team_id: member for member in _memberships(session, person)}
    found = sorted(teams_of(session, person), key=lambda team: (team.key not in works_in, team.name))
    if not found:
        raise Refused("No team here is yours. Ask your lead to put you in a crew.")
    return tuple(_of_team(session, team, at, works_in.get(team.key)) for team in found)


def _memberships(session: Session, person: Person) -> Sequence[Member]:
    return session.exec(select(Member).where(Member.person_id == person.id)).all()


def teams_of(session: Session, person: Person) -> list[Team]:
    """The teams whose shifts somebody is shown, by name.

    Those where they work, hold a role or are embedded; coordinators and admins see all.
    """
    all_here = teams.of_workspace(session, person.workspace_id)
    if access.roles_of(session, person) & {Role.COORDINATOR, Role.ADMIN}:
        return list(all_here)
    embedded = session.exec(
        select(Embedding.team_id)
        .join(access.Grant, col(access.Grant.scope_id) == col(Embedding.id))
        .where(access.Grant.scope == access.Scope.EMBEDDING, access.Grant.person_id == person.id)
        .where(col(Embedding.status).in_(UNDER_WAY))
    ).all()
    own = access.teams_of(session, person) | set(embedded)
    return [team for team in all_here if team.key in own]


def _of_team(session: Session, team: Team, at: datetime, member: Member | None = None) -> ShiftCalendar:
    pattern = teams.pattern_of(session, team)
    own = session.get(Crew, member.crew_id) if member else None
    in_order = sorted(teams.crews_of(session, team.key), key=lambda crew: own is None or crew.id != own.id)
    first = shifts.local_day(at, team.zone)
    found = calendar(team.name, pattern, [(crew.name, crew.offset) for crew in in_order], first)
    if member is None or own is None:
        return found
    last = first + (DAYS - 1) * ONE_DAY
    worked = {
        shift.day: shift.name
        for shift in rosters.worked_between(session, team, pattern, own, member.person_id, first, last)
    }
    line = tuple(worked.get(day.day, OFF) for day in found.days)
    if line == found.crews[0].shifts:
        return replace(found, own_crew=own.name)
    return replace(found, own_crew=own.name, own=line, shifts=_times(pattern, (*pattern.cycle, *line)))
