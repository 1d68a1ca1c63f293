"""Rosters: who works which shift on a single day, where that is not what the pattern of their crew says."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, and_, case, col, or_, select

from store import days_off, planned_days, teams
from store.days_off import DaysOff
from store.dialect import insert
from store.embeddings import Embedding
from store.own_shifts import OwnShifts, worked
from store.planned_days import PlannedDay
from store.prompt_plans import PromptPlan
from store.shifts import Pattern, WorkedShift
from store.table import Table
from store.teams import Crew, Member, Team
from store.types import Instant, Word

FARTHEST = 366
"""How many days are looked at for the next or the last shift of somebody who works none in a whole cycle."""


class RosterSource(StrEnum):
    """Where we know it from."""

    ROSTER = "roster"
    SWAP = "swap"
    SAID_OFF = "said_off"


class RosterEntry(Table, table=True):
    """What somebody works in a team on one local day, whatever the pattern says; the last word on a day counts."""

    __tablename__ = "roster_entry"
    __table_args__ = (UniqueConstraint("team_id", "person_id", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id")
    person_id: int = Field(foreign_key="person.id")
    day: date
    shift: str
    """The name of one of the team's shifts, or `shifts.OFF`."""
    source: RosterSource = Field(sa_type=Word(RosterSource))
    rostered: str | None = None
    """What a roster says of the day, where the person said something else since; it counts again if they take it back.
    """
    prompt_id: int | None = Field(default=None, foreign_key="prompt.id", index=True)
    """The prompt of which they said it."""
    created_at: datetime = Field(sa_type=Instant)


def worked_shift(
    session: Session, team: Team, pattern: Pattern, crew: Crew, person_id: int, day: date
) -> WorkedShift | None:
    """The shift that somebody in a crew starts on a local day, or None when they have that day off."""
    return next(iter(worked_between(session, team, pattern, crew, person_id, day, day)), None)


def worked_between(
    session: Session, team: Team, pattern: Pattern, crew: Crew, person_id: int, first: date, last: date
) -> list[WorkedShift]:
    """The shifts that somebody in a crew starts on the local days from first to last, both included."""
    noted = entries_between(session, team.key, first, last, [person_id])
    own = OwnShifts(pattern, crew.offset, noted.get(person_id, {}))
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [shift for day in days if (shift := own.on(day))]


def worked_on(session: Session, team: Team, pattern: Pattern, day: date) -> dict[int, WorkedShift]:
    """The shift that each of a team's people starts on a local day, by their id; one query for all of them."""
    of_that_day = and_(
        col(RosterEntry.team_id) == col(Member.team_id),
        col(RosterEntry.person_id) == col(Member.person_id),
        col(RosterEntry.day) == day,
    )
    rows = session.exec(
        select(Member.person_id, Crew.offset, RosterEntry.shift)
        .join(Crew, col(Crew.id) == col(Member.crew_id))
        .join(RosterEntry, of_that_day, isouter=True)
        .where(Member.team_id == team.key)
        .order_by(col(Member.person_id))
    ).all()
    found = {person_id: worked(pattern, offset, day, shift) for person_id, offset, shift in rows}
    return {person_id: shift for person_id, shift in found.items() if shift}


def of_person(session: Session, person_id: int, since: date) -> list[OwnShifts]:
    """What somebody works from a day on in each of their teams; a query each for all that is noted and all days off."""
    crews = session.exec(
        select(Crew)
        .join(Member, col(Member.crew_id) == col(Crew.id))
        .where(Member.person_id == person_id)
        .order_by(col(Crew.id))
    ).all()
    if not crews:
        return []
    noted: dict[int, dict[date, str]] = {}
    for team_id, day, shift in session.exec(
        select(col(RosterEntry.team_id), col(RosterEntry.day), col(RosterEntry.shift)).where(
            col(RosterEntry.team_id).in_([crew.team_id for crew in crews]),
            RosterEntry.person_id == person_id,
            col(RosterEntry.day) >= since,
        )
    ):
        noted.setdefault(team_id, {})[day] = shift
    off = days_off.of_person(session, person_id, [crew.team_id for crew in crews], since)
    return [
        OwnShifts(
            teams.pattern_of(session, teams.by_id(session, crew.team_id)),
            crew.offset,
            noted.get(crew.team_id, {}),
            off.get(crew.team_id, DaysOff()),
        )
        for crew in crews
    ]


def next_after(
    session: Session, team: Team, pattern: Pattern, offsets: Mapping[int, int], day: date
) -> dict[int, WorkedShift]:
    """The first shift that each of a team's people starts after a local day.

    Args:
        session: The session.
        team: Their team.
        pattern: Its pattern.
        offsets: The offset of their crew for each of them, by their id.
        day: The day.

    Returns:
        By their id; who works no more is not in it.
    """
    return _nearest(session, team, pattern, offsets, day, 1)


@dataclass(frozen=True, slots=True)
class FirstAgain:
    """A shift that is somebody's first after at least one day off, and the one before those."""

    last: WorkedShift
    shift: WorkedShift


def first_again(session: Session, team: Team, pattern: Pattern, day: date) -> dict[int, FirstAgain]:
    """Those of a team for whom a local day's shift is the first after at least one day off, by their id."""
    today = worked_on(session, team, pattern, day)
    if not today:
        return {}
    rows = session.exec(
        select(Member.person_id, Crew.offset)
        .join(Crew, col(Crew.id) == col(Member.crew_id))
        .where(Member.team_id == team.key)
    ).all()
    offsets = {person_id: offset for person_id, offset in rows if person_id in today}
    before = _nearest(session, team, pattern, offsets, day, -1)
    return {
        person_id: FirstAgain(last, today[person_id]) for person_id, last in before.items() if (day - last.day).days > 1
    }


def _nearest(
    session: Session, team: Team, pattern: Pattern, offsets: Mapping[int, int], day: date, step: int
) -> dict[int, WorkedShift]:
    """Within a cycle nearly everybody works; who does not, such as on a long leave, is looked at further away."""
    found: dict[int, WorkedShift] = {}
    for days in (len(pattern.cycle), FARTHEST):
        missing = offsets.keys() - found.keys()
        if not missing:
            break
        first, last = sorted((day + timedelta(days=step), day + timedelta(days=step * days)))
        noted = entries_between(session, team.key, first, last, missing)
        for person_id in missing:
            own = OwnShifts(pattern, offsets[person_id], noted.get(person_id, {}))
            if shift := own.nearest(day, step, days):
                found[person_id] = shift
    return found


def entries_between(
    session: Session, team_id: int, first: date, last: date, person_ids: Collection[int]
) -> dict[int, dict[date, str]]:
    """What is noted of some of a team's people from a day to another: a shift or `OFF` by person and day."""
    rows = session.exec(
        select(col(RosterEntry.person_id), col(RosterEntry.day), col(RosterEntry.shift)).where(
            RosterEntry.team_id == team_id,
            col(RosterEntry.person_id).in_(person_ids),
            col(RosterEntry.day) >= first,
            col(RosterEntry.day) <= last,
        )
    )
    found: dict[int, dict[date, str]] = {}
    for person_id, day, shift in rows:
        found.setdefault(person_id, {})[day] = shift
    return found


def note(
    session: Session,
    team_id: int,
    person_id: int,
    day: date,
    shift: str,
    source: RosterSource,
    *,
    at: datetime,
    prompt_id: int | None = None,
) -> None:
    """Note what somebody works on a day, in the place of what was noted before.

    Args:
        session: The unit's session.
        team_id: In which team.
        person_id: Who.
        day: The local day.
        shift: The name of one of the team's shifts, or `shifts.OFF`.
        source: Where we know it from.
        at: Now.
        prompt_id: The prompt of which they said it.
    """
    said = {"shift": shift, "source": source, "created_at": at, "prompt_id": prompt_id}
    beneath = case(
        (col(RosterEntry.source) == RosterSource.ROSTER, col(RosterEntry.shift)), else_=col(RosterEntry.rostered)
    )
    session.execute(
        insert(session, RosterEntry)
        .values(team_id=team_id, person_id=person_id, day=day, **said)
        .on_conflict_do_update(
            index_elements=["team_id", "person_id", "day"],
            set_={**said, "rostered": None if source is RosterSource.ROSTER else beneath},
        )
    )


def said_of(session: Session, prompt_id: int) -> Sequence[RosterEntry]:
    """What somebody said of a prompt, as it is noted: its own day, and the one on which they work instead."""
    query = select(RosterEntry).where(RosterEntry.prompt_id == prompt_id).order_by(col(RosterEntry.day))
    return session.exec(query.execution_options(populate_existing=True)).all()


def take_back(session: Session, prompt_id: int) -> None:
    """Forget what somebody said of a prompt; what a roster says of those days counts again."""
    for entry in said_of(session, prompt_id):
        if entry.rostered is None:
            session.delete(entry)
        else:
            entry.shift, entry.source = entry.rostered, RosterSource.ROSTER
            entry.rostered, entry.prompt_id = None, None
            session.add(entry)
    session.flush()


def hold(session: Session, team_ids: Collection[int]) -> None:
    """Let nobody plan what is asked in some teams until the unit ends: they wait, and see what was noted meanwhile.

    Whoever notes what somebody works does this before they lock anything else.
    """
    held = select(col(Embedding.id)).where(col(Embedding.team_id).in_(team_ids)).order_by(col(Embedding.id))
    session.exec(held.with_for_update(read=True)).all()
    plans = select(col(PromptPlan.id)).where(col(PromptPlan.embedding_id).in_(held.order_by(None)))
    session.exec(plans.order_by(col(PromptPlan.id)).with_for_update()).all()


def say_changed(session: Session, team_ids: Collection[int], *, at: datetime) -> None:
    """Say that what was computed of some teams' planned days does not know what was noted since."""
    of_them = or_(*(planned_days.of_team(team_id) for team_id in team_ids))
    planned_days.touch(session, and_(of_them, col(PlannedDay.day) >= planned_days.earliest(at)), at=at)
