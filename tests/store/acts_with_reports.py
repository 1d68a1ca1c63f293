"""What reporters do with their reports, what data scientists do with them, and what is unsafe about them."""

from datetime import timedelta

from hypothesis import strategies as st
from sqlmodel import Session, col, select

from store import recurrences, report_edits, restricting, restrictions, triage, unsafe
from store.asking_back import QuestionBack
from store.causes import Cause
from store.decisions import Step
from store.feedback import Impact, Kind, Report
from store.fitting import Triage
from store.restricting import Limit
from tests.store.on_a_list import BECOMES, OPEN
from tests.store.playing import ALARM, FORECAST, REPORTERS, SOME, TOOL, WHICH, Playing, act
from tests.store.site import FIRST_DAY

KINDS = st.sampled_from((Kind.FALSE_ALARM, Kind.FALSE_ALARM, Kind.MISSED, Kind.GOOD_CATCH, Kind.IDEA))
STEPS = [step.value for step in Step]
REPORTER = st.sampled_from(REPORTERS)
NOW_AND_THEN = st.sampled_from((False, False, False, True))
PROMISED = FIRST_DAY + timedelta(days=40)


class ActsWithReports(Playing):
    """Reports are filed, changed, answered and taken back."""

    @act(3, who=REPORTER, tool=TOOL, kind=KINDS, is_unsafe=NOW_AND_THEN, relayed=NOW_AND_THEN)
    def file(self, who: str, tool: str, kind: Kind, is_unsafe: bool, relayed: bool) -> None:
        impact = Impact.UNSAFE if is_unsafe else None
        told = "Ola" if relayed else ""
        what = Report(kind, f"It rang on P-{self.acts}", self.tool_id(tool), impact, relayed_for=told)
        filed = self.does(True, unsafe.file_report, what, by=who)
        if filed is not None:
            report = self.list.file(who, tool, kind.value, is_unsafe, self.at)
            assert filed.reference == f"F-{report.number}"
            self.ids[report.number] = filed.id

    @act(1, which=WHICH, kind=KINDS, is_unsafe=NOW_AND_THEN, who=REPORTER)
    def edit(self, which: int, kind: Kind, is_unsafe: bool, who: str) -> None:
        report = self.report(which, lambda one: self.list.may_change(one, who))
        impact = Impact.UNSAFE if is_unsafe else None
        what = Report(kind, f"It rang again {self.acts}", None, impact)
        allowed = self.list.may_change(report, who)
        if self.does(allowed, report_edits.edit_report, self.ids[report.number], what, by=who):
            self.list.edit(report, kind.value, is_unsafe, self.off)

    @act(2, which=WHICH, who=REPORTER)
    def move(self, which: int, who: str) -> None:
        """It was about the other tool."""
        report = self.report(which, lambda one: self.list.may_move(one, who))
        other = FORECAST if report.tool == ALARM else ALARM
        allowed = self.list.may_move(report, who)
        if self.does(allowed, report_edits.choose_tool, self.ids[report.number], self.tool_id(other), by=who):
            self.list.move(report, other)

    @act(1, which=WHICH, who=REPORTER, is_unsafe=NOW_AND_THEN)
    def add(self, which: int, who: str, is_unsafe: bool) -> None:
        report = self.report(which, lambda one: self.list.may_change(one, who))
        allowed = self.list.may_change(report, who)
        key = self.ids[report.number]
        if self.does(allowed, report_edits.add_to_report, key, self.words(), (), is_unsafe, by=who) and is_unsafe:
            self.list.say_unsafe(report, self.off)

    @act(1, which=WHICH)
    def change_ones_mind(self, which: int) -> None:
        """What is unsafe is not, says its reporter, or it is after all."""
        report = self.report(which, lambda one: bool(one.calls) and self.list.may_change(one, one.reporter))
        is_unsafe = report.calls not in ("open", "taken")
        what = Report(Kind.MISSED, f"I looked again {self.acts}", None, Impact.UNSAFE if is_unsafe else None)
        who = report.reporter
        allowed = self.list.may_change(report, who)
        if self.does(allowed, report_edits.edit_report, self.ids[report.number], what, by=who):
            self.list.edit(report, Kind.MISSED.value, is_unsafe, self.off)

    @act(2, which=WHICH, who=REPORTER)
    def withdraw(self, which: int, who: str) -> None:
        report = self.report(which, lambda one: self.list.may_change(one, who))
        again = report.status == "withdrawn" and report.reporter == who
        allowed = self.list.may_change(report, who) or again
        if self.does(allowed, report_edits.withdraw_report, self.ids[report.number], by=who):
            self.list.withdraw(report, self.at)

    @act(1, which=WHICH, is_unsafe=NOW_AND_THEN)
    def answer_a_question(self, which: int, is_unsafe: bool) -> None:
        report = self.report(which, lambda one: one.is_asked)
        questions = self.run(self._questions, report.number)
        if not questions:
            return
        who = report.reporter
        done = self.does(True, report_edits.answer_question, questions[-1], self.words(), is_unsafe, by=who)
        assert done or self.off & {who}
        report.is_asked = report.is_asked and who in self.off
        if done is None or not is_unsafe:
            return
        if report.status != "withdrawn":
            self.list.say_unsafe(report, self.off)
        else:  # nobody works on that one any more
            anew = self.list.file(who, report.tool, Kind.OTHER.value, True, self.at)
            self.ids[anew.number] = done.unsafe.feedback_id

    def _questions(self, session: Session, number: int) -> list[int]:
        asked = select(QuestionBack).where(QuestionBack.feedback_id == self.ids[number])
        return [one.key for one in session.exec(asked.order_by(col(QuestionBack.id))).all()]

    @act(1, which=WHICH, who=REPORTER)
    def happens_again(self, which: int, who: str) -> None:
        report = self.report(which)
        self.does(report.status != "withdrawn", recurrences.happened_again, report.number, by=who)

    @act(14, step=st.sampled_from([*STEPS, "accept", "duplicate", "reopen"]), which=SOME, root=WHICH, who=WHICH)
    def answer(self, step: str, which: list[int], root: int, who: int) -> None:
        """A data scientist does something with one report or several."""
        first = self.report(which[0], lambda one: self.list.fits(step, one, True, None))
        reports = self.some(which, lambda one: one is first)
        scientist = self.scientist(who, first.tool)
        named = None
        if step == "duplicate":
            named = self.report(root, lambda one: self.list.fits(step, one, one not in reports, first)).number
        carries_on = self.list.root(named) if named is not None else None
        may = {one.number: self.is_theirs(scientist, one.tool) for one in reports}
        fitting = [one for one in reports if self.list.fits(step, one, may[one.number], carries_on)]
        words = self.words()
        what = Triage(
            Step(step),
            tuple(self.ids[one.number] for one in reports),
            words,
            day=PROMISED if step == "accept" else None,
            owner="Maintenance" if step == "pass_on" else "",
            cause=Cause.MODEL if step == "set_cause" else None,
            carries_on=named,
        )
        allowed = bool(fitting) and (named is None or carries_on is not None)
        done = self.does(allowed, triage.triage, what, by=scientist)
        if done is None:
            return
        assert done.done == tuple(f"F-{one.number}" for one in fitting)
        match step:
            case "acknowledge":
                self.list.acknowledge(fitting, scientist, self.at)
            case "ask_back":
                self.list.ask_back(fitting, scientist, self.at)
            case "reopen":
                self.list.reopen(fitting, words, self.at)
            case "set_cause":
                pass
            case _:
                self.list.decide(BECOMES[step], fitting, words, scientist, self.at, carries_on)

    @act(2, which=WHICH, who=st.sampled_from(("Priya", "Rae", "Mei")))
    def take(self, which: int, who: str) -> None:
        """Somebody has what is unsafe."""
        report = self.report(which, lambda one: one.calls == "open")
        reads = self.is_theirs(who, report.tool)
        free = report.calls == "open" and (reads or who == "Mei")
        if self.does(free or report.taken_by == who, unsafe.take, self.ids[report.number], by=who):
            self.list.take(report, who, reads, self.at)

    @act(1, lift=st.booleans())
    def restrict(self, lift: bool) -> None:
        """A lead says what not to rely on the alarm for, sets another end, or lifts it."""
        standing = self.run(restrictions.on_tool, self.site.alarm_id)
        if not lift:
            limit = Limit(self.site.alarm_id, "P-101", "", day=self.at.date() + timedelta(days=1 + self.acts))
            self.does(True, restricting.restrict, limit, by="Mei")
        elif standing:
            self.does(True, restricting.lift, standing[0].key, self.words(), by="Mei")

    def may_be_answered(self, tool: str, number: int) -> bool:
        """Whether a note of a tool may say that it answers a report."""
        report = self.list.reports[number]
        return report.status in OPEN and report.tool == tool
