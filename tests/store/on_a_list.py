"""What somebody with a pencil writes down of what people do with reports, by the rules that people were told.

Nothing here asks the code that is tested. Reports and notes go by their numbers, people by their names.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

OPEN = frozenset({"new", "acknowledged", "accepted", "contested"})
ANSWERED = frozenset({"passed_on", "explained", "declined", "duplicate"})
PRAISE = frozenset({"good_catch", "idea"})
JUDGED = frozenset({"changed", "confirmed", "contested", "not_seen_since"})
"""Where a verdict may lead elsewhere, and from where a change that is taken back leads away."""
BECOMES = {
    "accept": "accepted",
    "duplicate": "duplicate",
    "pass_on": "passed_on",
    "explain": "explained",
    "decline": "declined",
}
SAID = {"better": "confirmed", "same": "contested", "worse": "contested", "not_seen_since": "not_seen_since"}


class Heard(Enum):
    """Whether somebody hears something."""

    WAITS = "waits"
    """It is on its way, and must not get lost."""
    HEARD = "heard"
    PASSED_OVER = "passed over"
    """A message went out to them while it did not hold: they need not hear of it any more."""
    CALLED_OFF = "called off"
    """It was taken back before anybody heard of it."""


@dataclass
class News:
    """Something that people hear about a report, each once."""

    words: str
    """No other act has the same ones."""
    becomes: str
    """What the report becomes by it; empty when it is open again."""
    at: datetime
    was: str = ""
    """Where it stood before."""
    told: dict[str, Heard] = field(default_factory=dict)
    """By name."""
    goes_on_in: int | None = None
    """In which report it is to go on by it."""

    @property
    def is_known(self) -> bool:
        """Whether anybody has heard it."""
        return Heard.HEARD in self.told.values()


@dataclass
class Listed:
    """A report."""

    number: int
    reporter: str
    tool: str
    kind: str
    filed_at: datetime
    status: str = "new"
    acknowledged_at: datetime | None = None
    answered_at: datetime | None = None
    decided_at: datetime | None = None
    withdrawn_at: datetime | None = None
    goes_on_in: int | None = None
    is_asked: bool = False
    """Whether a question about it waits for an answer."""
    standing: list[News] = field(default_factory=list)
    """What was decided and was not taken back, oldest first."""
    news: list[News] = field(default_factory=list)
    """All that was to be told about it."""
    read: Heard | None = None
    """Whether its reporter hears that it was read."""
    calls: str = ""
    """What is unsafe about it: "" for nothing, "open", "taken", "over" once it is not unsafe, or "withdrawn"."""
    taken_by: str = ""
    calls_made: int = 0
    """How often it was said to be unsafe, after nothing was or it was over."""


@dataclass
class Note:
    """A change note."""

    number: int
    tool: str
    answers: list[int]
    status: str = "draft"
    revision: int = 1
    planned_for: datetime | None = None
    is_asked: bool = False
    """Whether its tool's approver is asked for their OK."""
    live_at: datetime | None = None
    place: int = 0
    """The how-manieth it was to go live."""
    links: dict[int, str] = field(default_factory=dict)
    """The reports that it answers, and where each stood before."""
    verdicts: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """What was said last, and when, by name."""
    told: dict[str, Heard] = field(default_factory=dict)
    """Those whose reports it answers."""


class TheList:
    """All reports and notes, and what follows from each act."""

    def __init__(self, approved: Iterable[str]) -> None:
        self.reports: dict[int, Listed] = {}
        self.notes: dict[int, Note] = {}
        self.approved = frozenset(approved)
        """The tools whose notes need an OK."""
        self._live = 0

    # What reporters do

    def file(self, reporter: str, tool: str, kind: str, unsafe: bool, at: datetime) -> Listed:
        report = Listed(len(self.reports) + 1, reporter, tool, kind, at)
        self.reports[report.number] = report
        if unsafe:
            self.say_unsafe(report, ())
        return report

    def may_change(self, report: Listed, who: str) -> bool:
        return who == report.reporter and report.status in OPEN

    def edit(self, report: Listed, kind: str, unsafe: bool, off: Collection[str]) -> None:
        report.kind = kind
        if unsafe:
            self.say_unsafe(report, off)
        elif report.calls in ("open", "taken"):
            report.calls = "over"

    def say_unsafe(self, report: Listed, off: Collection[str]) -> None:
        """People are called, unless they are; whoever had it keeps it, unless their account is switched off."""
        if report.calls not in ("", "over"):
            return
        report.calls_made += 1
        if report.taken_by in off:
            report.taken_by = ""
        report.calls = "taken" if report.taken_by else "open"

    def may_move(self, report: Listed, who: str) -> bool:
        return self.may_change(report, who) and report.status in ("new", "acknowledged") and not self.joined(report)

    def move(self, report: Listed, tool: str) -> None:
        """To the other tool, whose data scientists have not read it."""
        report.tool, report.status, report.acknowledged_at, report.is_asked = tool, "new", None, False

    def withdraw(self, report: Listed, at: datetime) -> None:
        if report.status == "withdrawn":
            return
        joined = self.joined(report)
        report.status, report.withdrawn_at, report.is_asked = "withdrawn", at, False
        report.calls = "withdrawn" if report.calls else ""
        for other in joined:
            self._goes_on_alone(other)

    def joined(self, report: Listed) -> list[Listed]:
        """The reports that go on in one."""
        return [one for one in self.reports.values() if one.status == "duplicate" and one.goes_on_in == report.number]

    def _goes_on_alone(self, report: Listed) -> None:
        """As if nobody had ever said that it goes on in another one."""
        if report.standing and report.standing[-1].becomes == "duplicate":
            self._call_off(report.standing[-1])
        self._undo(report)

    # What data scientists do

    def fits(self, step: str, report: Listed, may: bool, root: Listed | None) -> bool:
        if not may:
            return False
        after = {
            "acknowledge": frozenset({"new"}),
            "set_cause": frozenset({report.status}) - {"withdrawn"},
            "reopen": ANSWERED | {"accepted"},
        }.get(step, OPEN)
        if report.status not in after or (step == "ask_back" and report.is_asked):
            return False
        return root is None or (report is not root and report.tool == root.tool)

    def root(self, number: int) -> Listed | None:
        """The report in which others go on when somebody says this number; None where they cannot."""
        named = self.reports.get(number)
        if named is not None and named.status == "duplicate" and named.goes_on_in is not None:
            named = self.reports[named.goes_on_in]
        return named if named is not None and named.status in OPEN else None

    def acknowledge(self, reports: Sequence[Listed], who: str, at: datetime) -> None:
        for report in reports:
            report.status, report.acknowledged_at = "acknowledged", report.acknowledged_at or at
            self._is_answered(report, at)
            if not self._take(report, who, at):  # that somebody has it says more
                report.read = report.read or Heard.WAITS

    def ask_back(self, reports: Sequence[Listed], who: str, at: datetime) -> None:
        for report in reports:
            if report.status == "new":
                report.status = "acknowledged"
            report.acknowledged_at = report.acknowledged_at or at
            report.is_asked = True
            self._is_answered(report, at)
            self._take(report, who, at)

    def decide(
        self, becomes: str, reports: Sequence[Listed], words: str, who: str, at: datetime, root: Listed | None
    ) -> None:
        for report in reports:
            hearers = self._hearers(report)
            was, since = report.status, at
            if was == becomes:
                since = report.decided_at or at
            if report.standing and report.standing[-1].becomes == was and not report.standing[-1].is_known:
                earlier = report.standing.pop()
                self._call_off(earlier)
                was = earlier.was
            if root is not None:
                for other in self.reports.values():
                    if other.goes_on_in == report.number and other.status == "duplicate":
                        other.goes_on_in = root.number
                report.goes_on_in, hearers = root.number, [report.reporter]
            news = News(words, becomes, since, was, dict.fromkeys(hearers, Heard.WAITS), root.number if root else None)
            report.standing.append(news)
            report.news.append(news)
            report.status, report.decided_at, report.is_asked = becomes, since, False
            report.acknowledged_at = report.acknowledged_at or at
            self._is_answered(report, at)
            self._take(report, who, at)

    def reopen(self, reports: Sequence[Listed], words: str, at: datetime) -> None:
        for report in reports:
            decision = report.standing[-1]
            # Who never heard what it was need not hear that it holds no more.
            told = {
                name: Heard.WAITS if state is Heard.HEARD else Heard.PASSED_OVER
                for name, state in decision.told.items()
                if state in (Heard.HEARD, Heard.PASSED_OVER) and name in self._hearers(report)
            }
            self._call_off(decision)
            went_on_in = report.goes_on_in if decision.becomes == "duplicate" else None
            self._undo(report)
            self._come_back(report, went_on_in)
            report.news.append(News(words, "", at, told=told))

    def _come_back(self, report: Listed, went_on_in: int | None) -> None:
        """Those that somebody had joined to it go on in it again."""
        for other in self.reports.values():
            if went_on_in is None or other.status != "duplicate" or other.goes_on_in != went_on_in:
                continue
            named = other
            while named.number != report.number and named.status == "duplicate":
                named = self.reports[named.standing[-1].goes_on_in or 0]
            if named.number == report.number:
                other.goes_on_in = report.number

    def _undo(self, report: Listed) -> None:
        decision = report.standing.pop() if report.standing else None
        was = decision.was if decision else "acknowledged"
        report.status = "acknowledged" if was == "new" else was
        report.decided_at = report.standing[-1].at if report.standing else None
        report.goes_on_in = None

    def _call_off(self, news: News) -> None:
        for name, state in news.told.items():
            if state is Heard.WAITS:
                news.told[name] = Heard.CALLED_OFF

    def _hearers(self, report: Listed) -> list[str]:
        return list(dict.fromkeys([report.reporter, *(one.reporter for one in self.joined(report))]))

    def _is_answered(self, report: Listed, at: datetime) -> None:
        report.answered_at = report.answered_at or at

    def _take(self, report: Listed, who: str, at: datetime) -> bool:
        if report.calls != "open":
            return False
        report.calls, report.taken_by = "taken", who
        self._is_answered(report, at)
        return True

    def take(self, report: Listed, who: str, reads: bool, at: datetime) -> None:
        """Somebody has what is unsafe; a data scientist has read it by that."""
        if self._take(report, who, at) and reads and report.status == "new":
            report.status, report.acknowledged_at = "acknowledged", at

    # Change notes

    def note(self, tool: str, answers: Sequence[int], when: str, planned: datetime | None) -> Note:
        note = Note(len(self.notes) + 1, tool, sorted(answers))
        self.notes[note.number] = note
        self._goes_on(note, when, planned)
        return note

    def _goes_on(self, note: Note, when: str, planned: datetime | None) -> None:
        note.status, note.planned_for = "draft", planned if when == "later" else None
        note.is_asked = when != "draft" and note.tool in self.approved
        if when == "later" and not note.is_asked:
            note.status = "approved"

    def edit_note(self, note: Note, answers: Sequence[int], when: str, planned: datetime | None) -> None:
        note.revision += 1
        if note.status != "live":
            note.answers = sorted(answers)
            self._goes_on(note, when, planned)

    def approve(self, note: Note) -> None:
        note.status, note.is_asked = "approved", False

    def go_live(self, note: Note, who: str | None, at: datetime) -> None:
        self._live += 1
        note.status, note.live_at, note.place, note.is_asked = "live", at, self._live, False
        wanted = [self.reports[number] for number in note.answers]
        answered = [one for one in wanted if one.status in OPEN and one.tool == note.tool]
        joined = [other for one in answered for other in self.joined(one)]
        for report in (*answered, *joined):
            note.links[report.number] = report.status
            report.status, report.is_asked = "changed", False
            self._is_answered(report, at)
            if who is not None:
                self._take(report, who, at)
            note.told[report.reporter] = Heard.WAITS

    def is_due(self, note: Note, at: datetime) -> bool:
        """Whether a note is to go live by itself by now."""
        return note.status == "approved" and note.planned_for is not None and note.planned_for <= at

    def newest_for(self, report: Listed) -> Note | None:
        """Of the changes that answer a report and are live the one that went live last."""
        live = [note for note in self.notes.values() if note.status == "live" and report.number in note.links]
        return max(live, key=lambda note: note.place, default=None)

    def roll_back(self, note: Note) -> None:
        back = [
            self.reports[number]
            for number in sorted(note.links)
            if self.reports[number].status in JUDGED and self.newest_for(self.reports[number]) is note
        ]
        for report in back:
            report.status = note.links[report.number]
        for report in back:
            if report.status == "duplicate":
                root = self.reports.get(report.goes_on_in or 0)
                if root is None or root.status not in OPEN:  # nobody would ever hear of it
                    self._goes_on_alone(report)
        note.status = "rolled_back"
        for name, state in note.told.items():
            if state is Heard.WAITS:
                note.told[name] = Heard.CALLED_OFF

    def judged(self, note: Note, who: str) -> list[Listed]:
        """The reports of somebody's that a note answers and of which they say whether it helped."""
        own = (self.reports[number] for number in sorted(note.links))
        return [one for one in own if one.reporter == who and one.kind not in PRAISE]

    def give_verdict(self, note: Note, who: str, value: str, at: datetime) -> None:
        if who in note.verdicts and note.verdicts[who][0] == value:
            return
        note.verdicts[who] = value, note.verdicts.get(who, ("", at))[1]
        for report in self.judged(note, who):
            if report.status in JUDGED and self.newest_for(report) is note:
                report.status = SAID[value]

    # What people hear

    def news_of(self, report: Listed) -> Iterator[tuple[News, str, Heard]]:
        """All that is to be heard about a report, and by whom."""
        for news in report.news:
            for name, state in news.told.items():
                yield news, name, state

    def holds(self, report: Listed, news: News, name: str) -> bool:
        """Whether there is still reason to tell somebody something."""
        if report.status == "withdrawn" or name not in self._hearers(report):
            return False
        if not news.becomes:
            return True
        return bool(report.standing) and report.standing[-1] is news and report.status == news.becomes

    def went_out(self, name: str, said: Collection[tuple[str, int]], reached: bool) -> None:
        """A message about decisions went to somebody, with the words of acts and the numbers of reports."""
        for report in self.reports.values():
            for news in report.news:
                if name not in news.told:
                    continue
                if (news.words, report.number) in said:
                    news.told[name] = Heard.HEARD if reached else Heard.PASSED_OVER
                elif news.told[name] is Heard.WAITS and not self.holds(report, news, name):
                    news.told[name] = Heard.PASSED_OVER

    def went_out_as_read(self, name: str, read: Collection[int], reached: bool) -> None:
        """A message that some reports were read went to somebody."""
        for report in self.reports.values():
            if report.number in read:
                report.read = Heard.HEARD if reached else Heard.PASSED_OVER
            elif report.reporter == name and report.read is Heard.WAITS and report.status != "acknowledged":
                report.read = Heard.PASSED_OVER

    def went_out_of_changes(self, name: str, notes: Collection[int], reached: bool) -> None:
        """A message about changes went to somebody."""
        for number in notes:
            if name in self.notes[number].told:
                self.notes[number].told[name] = Heard.HEARD if reached else Heard.PASSED_OVER
