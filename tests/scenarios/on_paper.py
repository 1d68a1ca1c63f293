"""The year on paper: who works when and why somebody is not asked, worked out by hand and not by asking the code.

The crews' table is the published one of the DuPont schedule, the clock of Berlin and the public holidays of
Saxony-Anhalt are written down as they were announced, and what people do is noted by the story that has them do it.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.scenarios.four_crews import FIRST_DAY, FLOOR, LAST_DAY, SHARED

EVERY_OTHER, WEEKLY, AT_THE_TALK = 1, 2, 3
"""The plans, by the order in which they were made."""

TABLE = {
    "A": "NNNN---DDD-NNN---DDDD-------",
    "B": "-------NNNN---DDD-NNN---DDDD",
    "C": "---DDDD-------NNNN---DDD-NNN",
    "D": "DDD-NNN---DDDD-------NNNN---",
}
"""A letter for each day from Monday 5 January 2026 on; then it begins again."""
OFF = "-"
STARTS = {"D": time(6), "N": time(18)}
LENGTH, BEFORE_THE_END, AFTER_THE_START = timedelta(hours=12), timedelta(hours=1), timedelta(minutes=10)

SUMMER_BEGINS, SUMMER_ENDS = datetime(2026, 3, 29, 3), datetime(2026, 10, 25, 3)  # noqa: DTZ001 - on the wall
"""On both Sundays in the small hours, while Saturday's night shift is at work."""

HOLIDAYS = {
    date(2026, 1, 6): "Heilige Drei Könige",
    date(2026, 4, 3): "Karfreitag",
    date(2026, 4, 6): "Ostermontag",
    date(2026, 5, 1): "Tag der Arbeit",
    date(2026, 5, 14): "Christi Himmelfahrt",
    date(2026, 5, 25): "Pfingstmontag",
    date(2026, 10, 3): "Tag der Deutschen Einheit",
    date(2026, 10, 31): "Reformationstag",
    date(2026, 12, 25): "Erster Weihnachtstag",
    date(2026, 12, 26): "Zweiter Weihnachtstag",
    date(2027, 1, 1): "Neujahr",
}

TALKS = ("D", date(2026, 11, 2), date(2026, 11, 19))
"""The crew that is asked at its talk for a while, and the first and the last day of that."""

DAY = timedelta(days=1)


def berlin(day: date, wall: time) -> datetime:
    """The instant of a wall time at the site that no clock change skips or repeats."""
    summer = SUMMER_BEGINS <= datetime.combine(day, wall) < SUMMER_ENDS
    return datetime.combine(day, wall, UTC) - timedelta(hours=2 if summer else 1)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """A shift that starts on a day."""

    day: date
    letter: str

    @property
    def starts(self) -> datetime:
        return berlin(self.day, STARTS[self.letter])

    @property
    def ends(self) -> datetime:
        return self.starts + LENGTH


def of_crew(crew: str, day: date) -> Shift | None:
    """What the table says."""
    row = TABLE[crew]
    letter = row[(day - date(2026, 1, 5)).days % len(row)]
    return None if letter == OFF else Shift(day, letter)


def of_crew_between(crew: str, first: date, last: date) -> list[Shift]:
    days = [first + number * DAY for number in range((last - first).days + 1)]
    return [shift for day in days if (shift := of_crew(crew, day))]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that somebody may get: of which plan, who, about which shift."""

    plan: int
    who: str
    shift: Shift

    @property
    def due(self) -> datetime:
        """When it comes: near the end of the shift, or at the talk before work begins."""
        return self.shift.starts + AFTER_THE_START if self.plan == AT_THE_TALK else self.shift.ends - BEFORE_THE_END


@dataclass(slots=True)
class Spell:
    """A time in which somebody, or everybody, is not asked, from one act to another."""

    reason: str
    begins: datetime
    ends: datetime | None = None
    who: str | None = None
    plan: int | None = None

    def holds(self, asked: Asked, at: datetime) -> bool:
        mine = self.who in (None, asked.who) and self.plan in (None, asked.plan)
        return mine and self.begins <= at and (self.ends is None or at < self.ends)


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Days on which somebody, or everybody, is not asked, and since when that is known."""

    reason: str
    first: date
    last: date
    known: datetime
    who: str | None = None

    def holds(self, asked: Asked, at: datetime) -> bool:
        return self.who in (None, asked.who) and self.first <= asked.shift.day <= self.last and self.known <= at


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of somebody's own wall clock, since when; none of them goes past midnight here."""

    who: str
    zone: str
    begins: time
    ends: time
    since: datetime

    def holds(self, at: datetime) -> bool:
        return self.since <= at and self.begins <= at.astimezone(ZoneInfo(self.zone)).time() < self.ends


FIRST_OF_ALL = (
    "paused",
    "plan_stopped",
    "shutdown",
    "public_holiday",
    "account_off",
    "shared_account",
    "away",
    "muted",
)
"""Of several reasons the first one is noted; quiet hours come last."""
THEIR_OWN = ("account_off", "shared_account", "away", "muted", "quiet_hours")
"""Those that hold for one person alone."""


@dataclass(slots=True)
class Paper:
    """What is written down of the year."""

    spells: list[Spell] = field(default_factory=list)
    days_off: list[DaysOff] = field(default_factory=list)
    quiet: list[Quiet] = field(default_factory=list)
    roster: dict[tuple[str, date], list[tuple[datetime, str]]] = field(default_factory=dict)
    """What somebody works on a day instead of what the table says, and since when that is known."""
    down: list[tuple[datetime, datetime]] = field(default_factory=list)
    ended: dict[int, datetime] = field(default_factory=dict)
    """When a plan was ended for good; what was called off before keeps its reason."""
    only: list[tuple[datetime, datetime, int, str]] = field(default_factory=list)
    """From when to when a plan asked one crew alone."""
    not_on_shift: dict[tuple[str, Shift], datetime] = field(default_factory=dict)
    """Who said of a shift that they do not work it, and when."""
    muted: dict[Asked, datetime] = field(default_factory=dict)
    """The question that somebody stopped for good, and when."""
    said: dict[Asked, list[tuple[datetime, str]]] = field(default_factory=dict)
    """What was answered, the last word last."""
    reminders: list[tuple[datetime, bool]] = field(default_factory=list)
    """Since when Tomasz wants to be reminded, and no more."""
    troubles: dict[datetime, str | None] = field(default_factory=dict)
    """When something went wrong on the way to Slack, and how the question that it hit ends; None if it was found."""
    not_sent: dict[Asked, str] = field(default_factory=dict)
    """What Slack did not take, and whether that was missed or skipped."""

    def works(self, who: str, day: date, at: datetime) -> Shift | None:
        """What somebody works on a day, as it is known at an instant."""
        known = [letter for since, letter in self.roster.get((who, day), []) if since <= at]
        if not known:
            return of_crew(FLOOR[who], day)
        return None if known[-1] == OFF else Shift(day, known[-1])

    def is_at_work(self, who: str, at: datetime) -> bool:
        shifts = [self.works(who, at.date() - number * DAY, at) for number in (-1, 0, 1)]
        return any(shift is not None and shift.starts <= at < shift.ends for shift in shifts)

    def is_quiet(self, who: str, at: datetime) -> bool:
        return any(one.who == who and one.holds(at) for one in self.quiet)

    def why_not(self, asked: Asked, at: datetime) -> str | None:
        """Why a question does not go out when it is due, as it is known at an instant."""
        holding = {spell.reason for spell in self.spells if spell.holds(asked, at)}
        holding |= {days.reason for days in self.days_off if days.holds(asked, at)}
        if asked.shift.day in HOLIDAYS:
            holding.add("public_holiday")
        if asked.who == SHARED:
            holding.add("shared_account")
        first = next((reason for reason in FIRST_OF_ALL if reason in holding), None)
        return first or ("quiet_hours" if self.is_quiet(asked.who, asked.due) else None)

    def sent_at(self, asked: Asked) -> datetime | None:
        """When a question goes out; None if it does not."""
        status, _ = self.became_before_it_was_sent(asked)
        if status is not None:
            return None
        return max([asked.due, *(back for since, back in self.down if since <= asked.due < back)])

    def became_before_it_was_sent(self, asked: Asked) -> tuple[str | None, str | None]:
        """How a question that does not go out ends, and why; (None, None) for one that does."""
        due = asked.due
        if self.works(asked.who, asked.shift.day, due) != asked.shift:
            return "skipped", "no_shift"
        if reason := self.why_not(asked, due):
            return "skipped", reason
        if asked.plan in self.ended and self.ended[asked.plan] <= due:
            return "skipped", "plan_stopped"
        if any(
            since <= due < until and plan == asked.plan and FLOOR[asked.who] != crew
            for since, until, plan, crew in self.only
        ):
            return "skipped", "plan_changed"
        if any(since <= due < back and asked.shift.ends <= back for since, back in self.down):
            return "missed", "we_were_down"
        if asked in self.not_sent:
            return self.not_sent[asked], "not_sent"
        return None, None

    def became(self, asked: Asked) -> tuple[str, str | None]:
        """What became of a question in the end, and why."""
        status, reason = self.became_before_it_was_sent(asked)
        if status is not None:
            return status, reason
        if asked in self.said:
            return "answered", None
        if (asked.who, asked.shift) in self.not_on_shift:
            return "skipped", "no_shift"
        return ("skipped", "muted") if asked in self.muted else ("missed", "not_answered")

    def is_skipped(self, asked: Asked, at: datetime) -> bool:
        """Whether a question was called off, or taken back, by an instant at which others are planned."""
        if asked in self.said:
            return False
        taken_back = self.not_on_shift.get((asked.who, asked.shift)), self.muted.get(asked)
        if any(since is not None and since <= at for since in taken_back):
            return True
        status, reason = self.became_before_it_was_sent(asked)
        return status == "skipped" and (reason != "not_sent" or closes(asked) <= at)

    def changes(self, since: datetime, until: datetime) -> list[datetime]:
        """When something became known within a time that may give somebody their turn after all."""
        known = [at for spell in self.spells for at in (spell.begins, spell.ends) if at is not None]
        known += [days.known for days in self.days_off] + [quiet.since for quiet in self.quiet]
        known += [at for begins, ends, _, _ in self.only for at in (begins, ends)]
        return sorted({at for at in known if since < at <= until})

    def planned_at(self, day: date) -> datetime:
        """When a day is planned: at its midnight, or once we are back."""
        midnight = berlin(day, time())
        return max([midnight, *(back for since, back in self.down if since <= midnight < back)])


def turn_of(plan: int, crew: str, shift: Shift) -> tuple[int, datetime] | None:
    """How many occasions of a plan there were before a shift of a crew, and since when nobody is asked again.

    None when it is no occasion.
    """
    before = of_crew_between(crew, FIRST_DAY, shift.day - DAY)
    if plan == AT_THE_TALK:
        return (len(before), shift.starts) if crew == TALKS[0] and TALKS[1] <= shift.day <= TALKS[2] else None
    if plan == EVERY_OTHER:
        return len(before), (before[-1] if before else shift).starts
    week = monday_of(shift.day)
    if of_crew_between(crew, shift.day + DAY, min(week + 6 * DAY, LAST_DAY - DAY)):
        return None
    earlier = [each for each in before if each.day < week]
    return len({monday_of(each.day) for each in earlier}), max([berlin(week, time()), *(e.ends for e in earlier[-1:])])


def half_of(people: int, turn: int) -> int:
    """Half of them, and of an odd number one more and one fewer in turn."""
    return people // 2 + (people % 2 if turn % 2 == 0 else 0)


def closes(asked: Asked) -> datetime:
    """Until when a question can be answered: an hour into the crew's next shift."""
    following = of_crew_between(FLOOR[asked.who], asked.shift.day + DAY, asked.shift.day + 28 * DAY)
    return following[0].starts + timedelta(hours=1)
