"""The working days of people who work no shifts.

They are Monday to Friday where somebody is, without their days away and the public holidays and shutdowns of the team
that they sit with. Whether they are on site or only at work on such a day is not asked.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from store import absences, days_off, shifts
from store.people import Person

SATURDAY = 5
BEGINS, ENDS = time(8), time(17)
"""Between these they are told what can wait for the morning."""
FURTHEST = 60
"""Days to look ahead at most; whoever is away for longer is said to be away."""

IsWorking = Callable[[date], bool]


def of(session: Session, person: Person, team_id: int) -> IsWorking:
    """Says of a day whether somebody works on it beside a team."""
    calendar = days_off.calendar_of(session, team_id)

    def works_on(day: date) -> bool:
        if day.weekday() >= SATURDAY or absences.on(session, [person.key], day):
            return False
        if calendar is not None and day in days_off.holidays_of(calendar, day.year):
            return False
        return not days_off.shutdowns_on(session, team_id, day)

    return works_on


def after(begun: datetime, count: int, zone: str, works_on: IsWorking) -> datetime | None:
    """The instant at which so many working days have gone by, moved into the hours of a working day.

    On days off no time goes by: what comes on a Saturday begins to wait on Monday morning. None when that is not in
    sight.
    """
    place = ZoneInfo(zone)
    local = begun.astimezone(place)
    day, left = local.date(), count
    wall = local.time().replace(tzinfo=None) if works_on(day) else time()
    first = _next(day, works_on)
    if first is None:
        return None
    day = first
    while left:
        following = _next(day + timedelta(days=1), works_on)
        if following is None:
            return None
        day, left = following, left - 1
    if wall > ENDS:
        following = _next(day + timedelta(days=1), works_on)
        if following is None:
            return None
        day, wall = following, BEGINS
    return shifts.instant(day, max(wall, BEGINS), zone)


def next_there(at: datetime, zone: str, works_on: IsWorking) -> date | None:
    """The day on which somebody is there next, today until the end of their working day; None when not in sight."""
    local = at.astimezone(ZoneInfo(zone))
    today = local.date()
    return _next(today if local.time() < ENDS else today + timedelta(days=1), works_on)


def _next(day: date, works_on: IsWorking) -> date | None:
    return next((one for number in range(FURTHEST) if works_on(one := day + timedelta(days=number))), None)
