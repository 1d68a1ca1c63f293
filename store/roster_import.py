"""A roster as a site keeps it elsewhere: who works which shift on which day, taken over for these days.

What somebody said of their own day, that they are off or swapped, is newer than a roster and stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from difflib import get_close_matches

from sqlmodel import Session, col, select, update

from store import following, history, prepared, prompt_planning, returns, rosters, shifts, teams
from store.people import Person
from store.prompt_planning import TeamDays
from store.rosters import RosterEntry, RosterSource
from store.shifts import OFF, Pattern
from store.site import Change, Verb
from store.teams import Member, Team
from store.workspaces import Workspace

OFF_WRITTEN = "off"
PAST = timedelta(days=28)
"""How long ago a day may be: it still says when somebody was last at work."""
AHEAD = timedelta(days=366)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A line of a roster as it is written: a Slack id or a name, a local day, the name of a shift or `off`."""

    line: int
    person: str
    day: date
    shift: str
    team: str = ""
    """For people who work in several teams; else empty."""


@dataclass(frozen=True, slots=True, order=True)
class RosterFlaw:
    """What is wrong with a line, and what to do."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """What an import changes, what people said themselves and so stays, and what is wrong: then nothing is changed."""

    changes: tuple[Change, ...] = ()
    kept: tuple[str, ...] = ()
    flaws: tuple[RosterFlaw, ...] = ()


@dataclass(frozen=True, slots=True)
class _Day:
    """A line that is understood: who works what."""

    team_id: int
    person: Person
    day: date
    shift: str


def plan_roster(session: Session, workspace_id: int, lines: Sequence[RosterLine], *, at: datetime) -> RosterPlan:
    """What an import of a roster would change, in the order of its lines."""
    return _compared(session, workspace_id, lines, at).plan


def import_roster(session: Session, workspace_id: int, lines: Sequence[RosterLine], *, at: datetime) -> RosterPlan:
    """Note what a roster says of its days; a second time it changes nothing. A roster with a flaw changes nothing."""
    # Imports of one workspace go one after the other, so that the comparison is true until this one commits.
    session.exec(select(Workspace).where(Workspace.id == workspace_id).with_for_update()).one()
    of_teams = [team.key for team in teams.of_workspace(session, workspace_id)]
    if of_teams:
        rosters.hold(session, of_teams)
    compared = _compared(session, workspace_id, lines, at)
    _write_beneath(session, compared.beneath)
    if compared.plan.changes:
        _write(session, compared, at)
        _follow(session, workspace_id, compared, at)
        counts = {"added": len(compared.added), "changed": len(compared.changed)}
        history.record(session, workspace_id, "roster_imported", "workspace", workspace_id, at=at, data=counts)
    return compared.plan


@dataclass(frozen=True, slots=True)
class _Compared:
    plan: RosterPlan
    added: Sequence[_Day] = ()
    changed: Sequence[_Day] = ()
    beneath: Sequence[_Day] = ()
    """Days of which somebody said something else themselves."""


def _write_beneath(session: Session, days: Sequence[_Day]) -> None:
    """Keep what a roster says of days of which somebody said otherwise, for when they take it back."""
    for each in days:
        session.execute(
            update(RosterEntry)
            .where(
                col(RosterEntry.team_id) == each.team_id,
                col(RosterEntry.person_id) == each.person.key,
                col(RosterEntry.day) == each.day,
                col(RosterEntry.source) != RosterSource.ROSTER,
            )
            .values(rostered=each.shift)
        )


def _follow(session: Session, workspace_id: int, compared: _Compared, at: datetime) -> None:
    """What was planned already is looked at again; who comes back to work earlier is told what happened meanwhile."""
    written = [*compared.added, *compared.changed]
    rosters.say_changed(session, {each.team_id for each in written}, at=at)
    first, last = (at.date() + number * ONE_DAY for number in (-2, 1))  # today, wherever it is
    people_of: dict[tuple[int, date], set[int]] = {}
    for each in written:
        if first <= each.day <= last:
            people_of.setdefault((each.team_id, each.day), set()).add(each.person.key)
    for (team_id, day), theirs in people_of.items():
        back = prompt_planning.coming_back(session, TeamDays(team_id, frozenset({day})))
        returns.queue(session, workspace_id, [one for one in back if one.person_id in theirs], at=at)
    for person_id in sorted({each.person.key for each in written}):
        following.come_sooner(session, person_id, at=at)


def _write(session: Session, compared: _Compared, at: datetime) -> None:
    said = {"source": RosterSource.ROSTER, "created_at": at}
    # What somebody says of their day at the same moment is there before us, and stays.
    rows = [
        {"team_id": each.team_id, "person_id": each.person.key, "day": each.day, "shift": each.shift, **said}
        for each in compared.added
    ]
    prepared.add_all_new(session, RosterEntry, rows)
    for each in compared.changed:
        session.execute(
            update(RosterEntry)
            .where(
                col(RosterEntry.team_id) == each.team_id,
                col(RosterEntry.person_id) == each.person.key,
                col(RosterEntry.day) == each.day,
                col(RosterEntry.source) == RosterSource.ROSTER,
            )
            .values(shift=each.shift, **said)
        )


def _compared(session: Session, workspace_id: int, lines: Sequence[RosterLine], at: datetime) -> _Compared:
    crewed = _Crewed(session, workspace_id, at)
    days = crewed.read(lines)
    if crewed.flaws:
        return _Compared(RosterPlan(flaws=tuple(sorted(crewed.flaws))))
    noted = _noted(session, crewed.teams, days)
    changes: list[Change] = []
    kept: list[str] = []
    beneath: list[_Day] = []
    added: list[_Day] = []
    changed: list[_Day] = []
    for each in days:
        entry = noted.get((each.team_id, each.person.key, each.day))
        name = each.person.name
        if entry is None:
            added.append(each)
            changes.append(Change(Verb.ADDED, "roster day", name, f"{each.day} {_shown(each.shift)}"))
        elif entry.source is RosterSource.ROSTER and entry.shift == each.shift:
            continue
        elif entry.source is RosterSource.ROSTER:
            changed.append(each)
            detail = f"{each.day} {_shown(entry.shift)} → {_shown(each.shift)}"
            changes.append(Change(Verb.CHANGED, "roster day", name, detail))
        else:
            beneath.append(each)
            if entry.shift != each.shift:
                kept.append(f"{name} ({each.day} {_shown(entry.shift)}, as they said themselves)")
    return _Compared(RosterPlan(tuple(changes), tuple(kept)), added, changed, beneath)


def _noted(
    session: Session, of_teams: Iterable[Team], days: Sequence[_Day]
) -> Mapping[tuple[int, int, date], RosterEntry]:
    if not days:
        return {}
    first, last = min(each.day for each in days), max(each.day for each in days)
    query = select(RosterEntry).where(
        col(RosterEntry.team_id).in_([team.key for team in of_teams]),
        col(RosterEntry.day) >= first,
        col(RosterEntry.day) <= last,
    )
    return {(entry.team_id, entry.person_id, entry.day): entry for entry in session.exec(query)}


def _shown(shift: str) -> str:
    return OFF_WRITTEN if shift == OFF else shift


@dataclass
class _Crewed:
    """The people in crews of a workspace, and how lines are understood with their help; flaws are collected."""

    session: Session
    workspace_id: int
    at: datetime
    flaws: list[RosterFlaw] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.teams = list(teams.of_workspace(self.session, self.workspace_id))
        self._patterns = {team.key: teams.pattern_of(self.session, team) for team in self.teams}
        rows = self.session.exec(
            select(Person, Member.team_id)
            .join(Member, col(Member.person_id) == col(Person.id))
            .where(Person.workspace_id == self.workspace_id)
            .order_by(Person.name, Person.slack_id)
        ).all()
        self._people = {person.slack_id: person for person, _ in rows}
        self._works_in: dict[str, set[int]] = {}
        self._named: dict[str, list[Person]] = {}
        for person, team_id in rows:
            self._works_in.setdefault(person.slack_id, set()).add(team_id)
        for person in self._people.values():
            self._named.setdefault(_plain(person.name), []).append(person)

    def read(self, lines: Sequence[RosterLine]) -> list[_Day]:
        """Every line that is understood."""
        first: dict[tuple[int, int, date], int] = {}
        found: list[_Day] = []
        for line in lines:
            day = self._day(line)
            if day is None:
                continue
            earlier = first.setdefault((day.team_id, day.person.key, day.day), line.line)
            if earlier != line.line:
                self._flaw(line, f"{day.person.name}, {day.day} is there twice, first on line {earlier}. Keep one.")
            found.append(day)
        return found

    def _day(self, line: RosterLine) -> _Day | None:
        person = self._person(line)
        team = self._team(line, person) if person else None
        if person is None or team is None:
            return None
        self._check_day(line, team)
        shift = self._shift(line, team)
        return None if shift is None else _Day(team.key, person, line.day, shift)

    def _person(self, line: RosterLine) -> Person | None:
        if person := self._people.get(line.person.upper()):
            return person
        found = self._named.get(_plain(line.person), [])
        if line.team and len(found) > 1:
            ids = {team.key for team in self.teams if team.name == line.team}
            found = [person for person in found if ids & self._works_in[person.slack_id]]
        if len(found) == 1:
            return found[0]
        if found:
            ids_of_them = " or ".join(person.slack_id for person in found)
            self._flaw(line, f"{len(found)} people are called {line.person}. Write a Slack id instead: {ids_of_them}.")
        else:
            self._flaw(line, self._who_is_not_there(line.person))
        return None

    def _who_is_not_there(self, written: str) -> str:
        known = self.session.exec(select(Person).where(Person.workspace_id == self.workspace_id)).all()
        for person in known:
            if written.upper() == person.slack_id or _plain(written) == _plain(person.name):
                return f"{person.name} is in no crew. Put them into one by /embedding crews or in the site file."
        names = {_plain(person.name): person.name for person in self._people.values()}
        close = get_close_matches(_plain(written), names, n=1)
        hint = f"Did you mean {names[close[0]]}?" if close else "Write a name as Slack shows it, or a Slack id."
        return f'nobody in a crew is called "{written}". {hint}'

    def _team(self, line: RosterLine, person: Person) -> Team | None:
        if line.team and line.team not in {team.name for team in self.teams}:
            self._flaw(line, f'there is no team "{line.team}" here.')
            return None
        works_in = [team for team in self.teams if team.key in self._works_in[person.slack_id]]
        meant = [team for team in works_in if line.team in ("", team.name)]
        if len(meant) == 1:
            return meant[0]
        names = " and ".join(team.name for team in works_in)
        if meant:
            self._flaw(line, f"{person.name} works in {names}. Say in a column `team` which one is meant.")
        else:
            self._flaw(line, f"{person.name} works in {names}, not in {line.team}.")
        return None

    def _shift(self, line: RosterLine, team: Team) -> str | None:
        pattern = self._patterns[team.key]
        if line.shift.casefold() == OFF_WRITTEN:
            return OFF
        found = _meant(pattern, line.shift)
        if found is None:
            known = ", ".join(sorted(pattern.shifts))
            self._flaw(
                line, f'{team.name} has no shift "{line.shift}". It has {known}. For a day off write "{OFF_WRITTEN}".'
            )
        elif shifts.shift_named(pattern, found, line.day) is None:
            self._flaw(line, f"{line.day} does not exist in {team.zone}. Take the line out.")
        return found

    def _check_day(self, line: RosterLine, team: Team) -> None:
        ahead = line.day - shifts.local_day(self.at, team.zone)
        if ahead < -PAST:
            self._flaw(line, f"{line.day} is more than four weeks ago. Correct the date, or take the line out.")
        elif ahead > AHEAD:
            self._flaw(line, f"{line.day} is more than a year ahead. Correct the date, or take the line out.")

    def _flaw(self, line: RosterLine, sentence: str) -> None:
        self.flaws.append(RosterFlaw(line.line, sentence))


def _meant(pattern: Pattern, written: str) -> str | None:
    if written in pattern.shifts:
        return written
    found = [name for name in pattern.shifts if name.casefold() == written.casefold()]
    return found[0] if len(found) == 1 else None


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
