"""When somebody is at work next: what can wait is told on their shift, not on their day off."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from store import shifts, teams
from store.shifts import WorkedShift
from store.teams import Crew, Member


def next_at_work(session: Session, person_id: int, at: datetime) -> datetime:
    """The earliest instant from `at` on at which somebody is on a shift of one of their teams.

    Somebody who works no shifts, such as a data scientist or a sponsor, can be told at once.
    """
    crews = session.exec(select(Crew).where(Crew.id == Member.crew_id, Member.person_id == person_id)).all()
    return min((_next_of(session, crew, at) for crew in crews), default=at)


def _next_of(session: Session, crew: Crew, at: datetime) -> datetime:
    pattern = teams.pattern_of(session, teams.by_id(session, crew.team_id))
    today = shifts.local_day(at, pattern.zone)
    last = today + timedelta(days=len(pattern.cycle))
    # Yesterday's night shift may still be under way.
    for shift in shifts.shifts_between(pattern, crew.offset, today - timedelta(days=1), last):
        if at < shift.ends_at:
            return max(at, shift.starts_at)
    return at


def nth_shift(session: Session, person_id: int, at: datetime, count: int) -> WorkedShift | None:
    """The `count`-th shift that somebody starts after an instant, in whichever of their crews it comes first."""
    found = []
    for crew in session.exec(select(Crew).where(Crew.id == Member.crew_id, Member.person_id == person_id)).all():
        pattern = teams.pattern_of(session, teams.by_id(session, crew.team_id))
        found += shifts.next_shifts(pattern, crew.offset, at, count)
    in_order = sorted(found, key=lambda shift: shift.starts_at)
    return in_order[count - 1] if len(in_order) >= count else None
