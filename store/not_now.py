"""Not now: why somebody is not asked at the end of a shift, decided in one place from what is known of that day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Reason(StrEnum):
    """Why a prompt was skipped or missed."""

    PAUSED = "paused"
    PLAN_STOPPED = "plan_stopped"
    SHUTDOWN = "shutdown"
    PUBLIC_HOLIDAY = "public_holiday"
    ACCOUNT_OFF = "account_off"
    SHARED_ACCOUNT = "shared_account"
    AWAY = "away"
    MUTED = "muted"
    QUIET_HOURS = "quiet_hours"
    NO_SHIFT = "no_shift"
    PLAN_CHANGED = "plan_changed"
    EMBEDDING_ENDED = "embedding_ended"
    NOTHING_TO_ASK = "nothing_to_ask"
    NOT_ANSWERED = "not_answered"
    NOT_SENT = "not_sent"
    WE_WERE_DOWN = "we_were_down"


THEIR_OWN = frozenset({Reason.ACCOUNT_OFF, Reason.SHARED_ACCOUNT, Reason.AWAY, Reason.MUTED, Reason.QUIET_HOURS})
"""Reasons that hold for one person; while they do, others of the crew are asked in turn."""


@dataclass(frozen=True, slots=True)
class Days:
    """Local days from the first to the last, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.last} comes before {self.first}")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours of the day in which somebody wants no message; those that end before they begin go past midnight."""

    begins: time
    ends: time

    def __contains__(self, wall: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= wall < self.ends
        return wall >= self.begins or wall < self.ends


@dataclass(frozen=True, slots=True)
class TeamDay:
    """What holds for everybody in a team on a local day, and for one embedding with it."""

    day: date
    paused: bool = False
    """Whether the embedding is."""
    plan_stopped: bool = False
    """Whether the prompt plan rests."""
    shutdowns: Collection[Days] = ()
    holidays: Collection[date] = ()
    works_through_holidays: bool = False


@dataclass(frozen=True, slots=True)
class PersonThen:
    """What holds for one person, and what they have said themselves."""

    zone: str = "UTC"
    active: bool = True
    shared: bool = False
    absences: Collection[Days] = ()
    muted: bool = False
    """Whether they do not want this plan's questions any more."""
    quiet: QuietHours | None = None


def why_not(team: TeamDay, person: PersonThen, due_at: datetime) -> Reason | None:
    """The first reason not to ask somebody at an instant that belongs to a shift of this day; None to ask.

    First what holds for everybody, then what the account is, then what the person has said: of several reasons the
    one is noted that tells the least about them.
    """
    if team.paused:
        return Reason.PAUSED
    if team.plan_stopped:
        return Reason.PLAN_STOPPED
    if any(team.day in closed for closed in team.shutdowns):
        return Reason.SHUTDOWN
    if team.day in team.holidays and not team.works_through_holidays:
        return Reason.PUBLIC_HOLIDAY
    if not person.active:
        return Reason.ACCOUNT_OFF
    if person.shared:
        return Reason.SHARED_ACCOUNT
    return _said_by(person, team.day, due_at)


def _said_by(person: PersonThen, day: date, due_at: datetime) -> Reason | None:
    if any(day in absence for absence in person.absences):
        return Reason.AWAY
    if person.muted:
        return Reason.MUTED
    if person.quiet is not None and is_quiet(person.quiet, person.zone, due_at):
        return Reason.QUIET_HOURS
    return None


def after_quiet(quiet: QuietHours, zone: str, at: datetime) -> datetime:
    """The first instant from `at` on that is not in somebody's quiet hours, in UTC where it is another one."""
    if not is_quiet(quiet, zone, at):
        return at
    place = ZoneInfo(zone)
    today = at.astimezone(place).date()
    ends = (
        datetime.combine(today + timedelta(days=days), quiet.ends, tzinfo=place).replace(fold=fold).astimezone(UTC)
        for days in range(3)  # a local day may not exist
        for fold in (0, 1)  # a time that is there twice may be over once already
    )
    return next(end for end in ends if end > at and not is_quiet(quiet, zone, end))


def is_quiet(quiet: QuietHours, zone: str, at: datetime) -> bool:
    """Whether an instant is in somebody's quiet hours, which are on the clock where they are."""
    return at.astimezone(ZoneInfo(zone)).time() in quiet
