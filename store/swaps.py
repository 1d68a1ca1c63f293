"""Swaps: what somebody says of the shift that they are asked about, that they are off or work another one instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, and_, col, select

from store import deliveries, embeddings, history, people, planned_days, prompts, rosters, shifts, teams
from store.deliveries import Delivery, Kind, Status
from store.embeddings import Embedding
from store.errors import Refused
from store.not_now import Reason
from store.people import Caller, Person
from store.planned_days import PlannedDay
from store.prompts import Prompt, PromptStatus
from store.rosters import RosterEntry, RosterSource
from store.shifts import OFF, Pattern
from store.teams import Team

SWAPS_WITHIN = timedelta(days=28)
"""How far from a shift the one may be that is worked instead."""
NOT_ON_SHIFT = "not on this shift"
"""What a delivery says of a prompt that is skipped for it."""


@dataclass(frozen=True, slots=True)
class NotOnShift:
    """Somebody does not work the shift that a prompt is about."""

    prompt_id: int


def not_on_this_shift(session: Session, prompt_id: int, *, by: Caller, at: datetime) -> NotOnShift:
    """Note that somebody does not work the shift that they are asked about; nothing more is asked of it.

    The same tap again changes nothing.

    Raises:
        Refused: The prompt is somebody else's, or it was answered, or it has closed.
    """
    person, prompt, team = _asked_of(session, prompt_id, by, at)
    if prompt.status is PromptStatus.SKIPPED:
        return NotOnShift(prompt.key)
    rosters.note(session, team.key, person.key, prompt.day, OFF, RosterSource.SAID_OFF, at=at)
    _ask_no_more(session, person, prompt, team, at)
    _record(session, "shift_not_worked", person, prompt, at)
    return NotOnShift(prompt.key)


@dataclass(frozen=True, slots=True)
class Swappable:
    """The shift that somebody does not work, and the shifts of their team to choose another from."""

    prompt_id: int
    day: date
    shift: str
    shifts: tuple[str, ...]


def swappable(session: Session, prompt_id: int, *, by: Caller) -> Swappable:
    """What somebody may swap the shift of a prompt for.

    Raises:
        Refused: The prompt is somebody else's.
    """
    prompt = _own(session, people.known(session, by), session.get(Prompt, prompt_id))
    pattern = teams.pattern_of(session, _team_of(session, prompt))
    return Swappable(prompt.key, prompt.day, prompt.shift, _in_order(pattern))


@dataclass(frozen=True, slots=True)
class Swapped:
    """Somebody works another shift than the one that they were asked about."""

    day: date
    shift: str
    with_day: date
    with_shift: str


def swapped(session: Session, prompt_id: int, with_day: date, with_shift: str, *, by: Caller, at: datetime) -> Swapped:
    """Note that somebody works another shift instead of the one that they are asked about.

    Args:
        session: The unit's session.
        prompt_id: The prompt about the shift that they do not work.
        with_day: The local day on which the other one starts.
        with_shift: Its name.
        by: Who says so.
        at: Now.

    Raises:
        Refused: The prompt is somebody else's, was answered or has closed; the other shift is the same one, not one of
            the team's, too far away, or on a day that does not exist.
    """
    person, prompt, team = _asked_of(session, prompt_id, by, at)
    pattern = teams.pattern_of(session, team)
    _require_another(pattern, prompt, with_day, with_shift)
    rosters.note(session, team.key, person.key, prompt.day, OFF, RosterSource.SWAP, at=at)
    rosters.note(session, team.key, person.key, with_day, with_shift, RosterSource.SWAP, at=at)
    if prompt.status is PromptStatus.OPEN:
        _ask_no_more(session, person, prompt, team, at)
    else:
        _rewrite(session, prompt, at)
    _record(session, "shift_swapped", person, prompt, at)
    return Swapped(prompt.day, prompt.shift, with_day, with_shift)


def is_swapped(session: Session, prompt_id: int) -> bool:
    """Whether whoever is asked by a prompt works another shift instead."""
    prompt = prompts.by_id(session, prompt_id)
    query = select(RosterEntry.source).where(
        RosterEntry.team_id == _team_of(session, prompt).id,
        RosterEntry.person_id == prompt.person_id,
        RosterEntry.day == prompt.day,
    )
    return session.exec(query).first() is RosterSource.SWAP


def _require_another(pattern: Pattern, prompt: Prompt, day: date, shift: str) -> None:
    if shift not in pattern.shifts:
        raise Refused("Your team has no such shift. Pick another.", field="shift")
    if (day, shift) == (prompt.day, prompt.shift):
        raise Refused("That is the shift that you don't work. Pick the one that you work instead.", field="day")
    if abs(day - prompt.day) > SWAPS_WITHIN:
        raise Refused("Pick a day within four weeks of that shift.", field="day")
    if shifts.shift_named(pattern, shift, day) is None:
        raise Refused("There is no such day at your site. Pick another.", field="day")


def _asked_of(session: Session, prompt_id: int, by: Caller, at: datetime) -> tuple[Person, Prompt, Team]:
    """Whoever says something of the shift of their prompt, the locked prompt, and the team that works it."""
    person = people.known(session, by)
    found = session.exec(select(Prompt).where(Prompt.id == prompt_id).with_for_update()).first()
    prompt = _own(session, person, found)
    if prompt.status is PromptStatus.ANSWERED:
        raise Refused("You answered that question already, nothing to do.")
    said_so = prompt.status is PromptStatus.SKIPPED and prompt.reason is Reason.NO_SHIFT
    if not said_so and (prompt.status is not PromptStatus.OPEN or at >= prompt.closes_at):
        raise Refused("That one has closed, nothing to do.")
    return person, prompt, _team_of(session, prompt)


def _own(session: Session, person: Person, prompt: Prompt | None) -> Prompt:
    if prompt is None or prompt.person_id != person.id:
        raise Refused(prompts.NOT_YOURS)
    return prompt


def _team_of(session: Session, prompt: Prompt) -> Team:
    return teams.by_id(session, embeddings.by_id(session, prompt.embedding_id).team_id)


def _ask_no_more(session: Session, person: Person, prompt: Prompt, team: Team, at: datetime) -> None:
    """Skip what is asked of somebody about a shift, by whichever embedding of the team."""
    for other in _open_of_shift(session, person, prompt, team):
        other.status, other.reason = PromptStatus.SKIPPED, Reason.NO_SHIFT
        session.add(other)
        deliveries.call_off(session, (Kind.PROMPT, Kind.PROMPT_REMINDER), [other.key], NOT_ON_SHIFT, at)
        # What was computed before does not know of it.
        planned_days.touch(session, and_(col(PlannedDay.plan_id) == other.plan_id, col(PlannedDay.day) == other.day))
        _rewrite(session, other, at)


def _rewrite(session: Session, prompt: Prompt, at: datetime) -> None:
    posted = session.get(Delivery, prompt.delivery_id) if prompt.delivery_id else None
    if posted is not None and posted.status is not Status.SKIPPED:
        deliveries.rewrite(session, posted, Kind.PROMPT_NOT_ON_SHIFT, at=at)


def _open_of_shift(session: Session, person: Person, prompt: Prompt, team: Team) -> Sequence[Prompt]:
    query = (
        select(Prompt)
        .join(Embedding, col(Embedding.id) == col(Prompt.embedding_id))
        .where(Prompt.person_id == person.id, Prompt.day == prompt.day, Prompt.shift == prompt.shift)
        .where(Embedding.team_id == team.id, Prompt.status == PromptStatus.OPEN)
        .order_by(col(Prompt.id))
        .with_for_update(of=Prompt)
    )
    return session.exec(query).all()


def _record(session: Session, kind: str, person: Person, prompt: Prompt, at: datetime) -> None:
    history.record(session, person.workspace_id, kind, "prompt", prompt.key, at=at, actor_id=person.id)


def _in_order(pattern: Pattern) -> tuple[str, ...]:
    return tuple(sorted(pattern.shifts, key=lambda name: (pattern.shifts[name].starts, name)))
