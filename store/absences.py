"""Absences: the days on which somebody is not there. They say when, and are never asked why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from store import following, history, people, planned_days, prompts, shifts
from store.days_off import Absence
from store.errors import Refused
from store.not_now import Days, Reason
from store.people import Caller
from store.prompts import Prompt

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is not asked on these days."""

    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Back:
    """Somebody is asked again."""

    first_day: date
    """Of the absence that ended."""
    has_begun: bool


def can_be_away(session: Session, *, by: Caller) -> None:
    """Whether somebody can note an absence: everybody whom we know.

    Raises:
        Refused: We do not know them.
    """
    people.known(session, by)


def go_away(session: Session, days: Days, *, by: Caller, at: datetime) -> Away:
    """Note the days on which somebody is not there: they are asked nothing then.

    Raises:
        Refused: The days are over, or they are more than a year.
    """
    person = people.known(session, by)
    if days.last < shifts.local_day(at, person.zone):
        raise Refused("Those days are over. Pick a last day that is still to come.", field="last_day")
    if days.last - days.first > LONGEST:
        raise Refused("That is more than a year. Pick an earlier last day.", field="last_day")
    people.hold(session, person)  # two taps may come at the same moment
    same = select(Absence).where(
        Absence.person_id == person.id, Absence.first_day == days.first, Absence.last_day == days.last
    )
    if session.exec(same).first() is None:
        session.add(Absence(person_id=person.key, first_day=days.first, last_day=days.last, created_at=at))
        history.record(session, person.workspace_id, "absence_noted", "person", person.key, at=at, actor_id=person.id)
        prompts.skip_waiting(
            session,
            Reason.AWAY,
            Prompt.person_id == person.id,
            Prompt.day >= days.first,
            Prompt.day <= days.last,
            at=at,
        )
        planned_days.look_soon(session, planned_days.of_person(person.key), at=at)
    return Away(days.first, days.last)


def come_back(session: Session, *, by: Caller, at: datetime) -> Back:
    """End the absence that somebody is in, as of today; else the next one that they have noted.

    Raises:
        Refused: They have noted none.
    """
    person = people.known(session, by)
    people.hold(session, person)
    today = shifts.local_day(at, person.zone)
    noted = to_come(session, person.key, today)
    if not noted:
        raise Refused("You are not away, nothing to end. /embedding away notes when you will be.")
    ended = [absence for absence in noted if today in absence.days] or noted[:1]
    for absence in ended:
        if absence.first_day < today:
            absence.last_day = today - timedelta(days=1)
            session.add(absence)
        else:
            session.delete(absence)
    session.flush()
    following.come_sooner(session, person.key, at=at)
    history.record(session, person.workspace_id, "absence_ended", "person", person.key, at=at, actor_id=person.id)
    planned_days.look_soon(session, planned_days.of_person(person.key), at=at)
    return Back(ended[0].first_day, ended[0].first_day <= today)


def to_come(session: Session, person_id: int, today: date) -> list[Absence]:
    """Somebody's absences that are not over, the earliest first."""
    return list(
        session.exec(
            select(Absence)
            .where(Absence.person_id == person_id, Absence.last_day >= today)
            .order_by(col(Absence.first_day), col(Absence.id))
        ).all()
    )


def on(session: Session, person_ids: Collection[int], day: date) -> dict[int, tuple[Days, ...]]:
    """Of some people those who are away on a day, each with the absences that say so."""
    found: dict[int, tuple[Days, ...]] = {}
    for row in session.execute(_ON, {"person_ids": list(person_ids), "day": day}).scalars():
        found[row.person_id] = (*found.get(row.person_id, ()), row.days)
    return found


_ON = select(Absence).where(
    col(Absence.person_id).in_(bindparam("person_ids", expanding=True)),
    Absence.first_day <= bindparam("day"),
    Absence.last_day >= bindparam("day"),
)
