"""When somebody is at work next: what can wait is told on their shift, not on their day off."""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from store import rosters, shifts
from store.shifts import WorkedShift


def next_at_work(session: Session, person_id: int, at: datetime) -> datetime:
    """The earliest instant from `at` on at which somebody is on a shift of one of their teams.

    Somebody who works no shifts, such as a data scientist or a sponsor, can be told at once.
    """
    found = (own.under_way_or_next(at) for own in rosters.of_person(session, person_id, _yesterday(at)))
    return min((max(at, shift.starts_at) for shift in found if shift), default=at)


def at_work_until(session: Session, person_id: int, at: datetime) -> datetime | None:
    """When the shift ends that somebody is on at an instant; None when they are on none."""
    found = (own.under_way_or_next(at) for own in rosters.of_person(session, person_id, _yesterday(at)))
    return max((shift.ends_at for shift in found if shift and shift.starts_at <= at), default=None)


def coming_shifts(session: Session, person_id: int, at: datetime, until: datetime) -> list[WorkedShift]:
    """The shifts that somebody starts after an instant and before another, in all their crews, earliest first."""
    found: list[WorkedShift] = []
    for own in rosters.of_person(session, person_id, _yesterday(at)):
        first, last = (shifts.local_day(moment, own.pattern.zone) for moment in (at, until))
        worked = (own.on(first + timedelta(days=number)) for number in range((last - first).days + 1))
        found += [shift for shift in worked if shift and at < shift.starts_at < until]
    return sorted(found, key=lambda shift: shift.starts_at)


def nth_shift(session: Session, person_id: int, at: datetime, count: int) -> WorkedShift | None:
    """The `count`-th shift that somebody starts after an instant, in whichever of their crews it comes first."""
    found = [shift for own in rosters.of_person(session, person_id, _yesterday(at)) for shift in own.after(at, count)]
    in_order = sorted(found, key=lambda shift: shift.starts_at)
    return in_order[count - 1] if len(in_order) >= count else None


def _yesterday(at: datetime) -> date:
    """No place is there later than this day's morning, whatever its clock: a day earlier than in UTC, and one more."""
    return at.date() - timedelta(days=2)
