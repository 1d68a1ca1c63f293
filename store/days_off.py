"""Days off: when a team, or one of its people, is not at work whatever the pattern says.

These are rows and queries, apart from the acts on them (`closures`, `absences`), because whatever queues messages asks.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache

from holidays import country_holidays
from sqlalchemy import JSON, Index, bindparam
from sqlmodel import Field, Session, col, select

from store import prepared
from store.not_now import Days
from store.table import Keyed, Table
from store.types import Instant


class Unknown(StrEnum):
    """What the library of holidays does not know."""

    COUNTRY = "country"
    SUBDIVISION = "subdivision"
    CATEGORY = "category"


class HolidayCalendar(Table, table=True):
    """Which public holidays a team has, by the codes of the library `holidays`, and whether it works through them."""

    __tablename__ = "holiday_calendar"

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id", unique=True)
    country: str
    """An ISO 3166-1 alpha-2 code, such as `AU`."""
    subdivision: str | None = None
    """A state or a province, such as `WA`."""
    categories: list[str] = Field(default_factory=lambda: ["public"], sa_type=JSON)
    worked_through: bool = False


class Shutdown(Keyed, table=True):
    """Days on which a team does not work, and why."""

    __tablename__ = "shutdown"
    __table_args__ = (Index(None, "team_id", "last_day"),)

    team_id: int = Field(foreign_key="team.id")
    first_day: date
    last_day: date
    reason: str
    set_by_id: int | None = Field(default=None, foreign_key="person.id")
    """None when the site file says it."""
    created_at: datetime = Field(sa_type=Instant)

    @property
    def days(self) -> Days:
        """Both included."""
        return Days(self.first_day, self.last_day)


class Absence(Keyed, table=True):
    """Days on which somebody is not there, as they said themselves."""

    __tablename__ = "absence"
    __table_args__ = (Index(None, "person_id", "last_day"),)

    person_id: int = Field(foreign_key="person.id")
    first_day: date
    last_day: date
    created_at: datetime = Field(sa_type=Instant)

    @property
    def days(self) -> Days:
        """Both included."""
        return Days(self.first_day, self.last_day)


@dataclass(frozen=True, slots=True)
class DaysOff:
    """The days on which somebody does not come to one of their teams."""

    spans: tuple[Days, ...] = ()
    """Their absences, and the team's shutdowns."""
    holidays: HolidayCalendar | None = None
    """The team's, unless it works through them."""

    def __contains__(self, day: date) -> bool:
        is_holiday = self.holidays is not None and day in holidays_of(self.holidays, day.year)
        return is_holiday or any(day in span for span in self.spans)

    @property
    def last(self) -> date:
        """The last day of them that is no holiday; the first day that there is when there is none."""
        return max((span.last for span in self.spans), default=date.min)


def of_person(session: Session, person_id: int, team_ids: Collection[int], since: date) -> dict[int, DaysOff]:
    """The days from one on that are off for somebody in each of some teams, by the team's id."""
    away = [
        Days(row.first_day, row.last_day)
        for row in prepared.rows(session, _AWAY_SINCE, {"person_id": person_id, "since": since})
    ]
    closed: dict[int, list[Days]] = {}
    for row in session.exec(select(Shutdown).where(col(Shutdown.team_id).in_(team_ids), Shutdown.last_day >= since)):
        closed.setdefault(row.team_id, []).append(row.days)
    calendars = session.exec(
        select(HolidayCalendar).where(
            col(HolidayCalendar.team_id).in_(team_ids), col(HolidayCalendar.worked_through).is_(False)
        )
    )
    kept = {calendar.team_id: calendar for calendar in calendars}
    return {
        team_id: DaysOff((*away, *closed.get(team_id, ())), kept.get(team_id))
        for team_id in team_ids
        if away or team_id in closed or team_id in kept
    }


_AWAY_SINCE = select(col(Absence.first_day), col(Absence.last_day)).where(
    Absence.person_id == bindparam("person_id"), Absence.last_day >= bindparam("since")
)


def shutdowns_on(session: Session, team_id: int, day: date) -> tuple[Days, ...]:
    """A team's shutdowns that a day is in."""
    rows = prepared.rows(session, _SHUTDOWNS, {"team_id": team_id, "day": day})
    return tuple(Days(row.first_day, row.last_day) for row in rows)


_SHUTDOWNS = (
    select(col(Shutdown.first_day), col(Shutdown.last_day))
    .where(
        Shutdown.team_id == bindparam("team_id"),
        Shutdown.first_day <= bindparam("day"),
        Shutdown.last_day >= bindparam("day"),
    )
    .order_by(col(Shutdown.id))
)


def calendar_of(session: Session, team_id: int) -> HolidayCalendar | None:
    """Which public holidays a team has; None when nobody has said."""
    return session.execute(_CALENDAR, {"team_id": team_id}).scalar()


_CALENDAR = select(HolidayCalendar).where(HolidayCalendar.team_id == bindparam("team_id"))


def holidays_of(calendar: HolidayCalendar, year: int) -> Mapping[date, str]:
    """The public holidays of a year by their day, with their names."""
    return _holidays(calendar.country, calendar.subdivision, tuple(calendar.categories), year)


def unknown_in(country: str, subdivision: str | None, categories: Sequence[str]) -> Unknown | None:
    """The first of a calendar's words that the library of holidays does not know; None when it knows all."""
    try:
        known = country_holidays(country)
    except NotImplementedError:
        return Unknown.COUNTRY
    if subdivision is not None and subdivision not in known.subdivisions:
        return Unknown.SUBDIVISION
    return None if set(categories) <= set(known.supported_categories) else Unknown.CATEGORY


@lru_cache(maxsize=256)
def _holidays(country: str, subdivision: str | None, categories: tuple[str, ...], year: int) -> Mapping[date, str]:
    return dict(country_holidays(country, subdiv=subdivision, years=year, categories=categories).items())
