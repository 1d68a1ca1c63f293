"""What is done with change notes, what reporters say of changes, and visits where these did not help."""

from datetime import timedelta

from hypothesis import strategies as st
from sqlmodel import col, select

from store import going_live, note_approval, note_drafts, rolling_back, verdicts, visits
from store.change_notes import Change, ChangeNote, When
from store.verdicts import Helped
from store.visits import Visit, VisitStatus
from tests.store.acts_with_reports import ActsWithReports
from tests.store.on_a_list import Heard, Listed, Note
from tests.store.playing import POLICY, REPORTERS, SOME, TOOL, WHICH, act
from tests.store.site import newest

WHEN = st.sampled_from(("now", "now", "later", "draft"))
SOON = timedelta(hours=2)


class ActsWithNotes(ActsWithReports):
    """Changes are noted, go live, are judged and taken back."""

    def _change(self, tool: str, answers: list[Listed], when: str) -> Change:
        return Change(
            self.tool_id(tool),
            f"Waits longer {self.acts}",
            "It rang too early",
            None,
            tuple(self.ids[one.number] for one in answers),
            when=When(when),
            planned_for=self.at + SOON if when == "later" else None,
        )

    @act(7, tool=TOOL, which=SOME, when=WHEN, who=WHICH)
    def write_a_note(self, tool: str, which: list[int], when: str, who: int) -> None:
        answers = self._answerable(which, tool)
        numbers, planned = [one.number for one in answers], self.at + SOON
        author = self.scientist(who, tool)
        allowed = all(self.may_be_answered(tool, number) for number in numbers)
        change = self._change(tool, answers, when)
        if self.does(allowed, note_drafts.file_change_note, change, policy=POLICY, by=author):
            note = self.list.note(tool, numbers, when, planned)
            self.note_ids[note.number] = self.run(newest, ChangeNote)
            self._is_live_now(note, when, author)

    @act(2, which=WHICH, reports=SOME, when=WHEN, who=WHICH)
    def edit_a_note(self, which: int, reports: list[int], when: str, who: int) -> None:
        note = self.note(which, lambda one: one.status != "rolled_back")
        if note is None:
            return
        answers = self._answerable(reports, note.tool)
        numbers, planned = [one.number for one in answers], self.at + SOON
        editor, was = self.scientist(who, note.tool), note.status
        fits = all(self.may_be_answered(note.tool, number) for number in numbers)
        allowed = was == "live" or (was != "rolled_back" and fits)
        change, key = self._change(note.tool, answers, when), self.note_ids[note.number]
        if self.does(allowed, note_drafts.edit_change_note, key, note.revision, change, policy=POLICY, by=editor):
            self.list.edit_note(note, numbers, when, planned)
            if was != "live":
                self._is_live_now(note, when, editor)

    def _answerable(self, which: list[int], tool: str) -> list[Listed]:
        """Some reports that a note may answer, if there are such; any if not."""
        some = self.some(which, lambda one: self.may_be_answered(tool, one.number))
        return [one for one in some if self.may_be_answered(tool, one.number)] or some

    def _is_live_now(self, note: Note, when: str, who: str) -> None:
        if when == "now" and not note.is_asked:
            self.list.go_live(note, who, self.at)

    @act(3, which=WHICH)
    def approve(self, which: int) -> None:
        note = self.note(which, lambda one: one.is_asked)
        if note is None or (note.status == "approved" and note.tool in self.list.approved):
            return
        key, allowed = self.note_ids[note.number], note.is_asked and note.status == "draft"
        if self.does(allowed, note_approval.approve, key, note.revision, by="Omar"):
            self.list.approve(note)

    @act(4, which=WHICH, who=WHICH)
    def say_it_is_live(self, which: int, who: int) -> None:
        note = self.note(which, lambda one: one.status in ("approved", "draft"))
        if note is None:
            return
        scientist = self.scientist(who, note.tool)
        allowed = note.status == "approved" or (note.status == "draft" and note.tool not in self.list.approved)
        if self.does(allowed, going_live.go_live_now, self.note_ids[note.number], policy=POLICY, by=scientist):
            self.list.go_live(note, scientist, self.at)

    @act(3, which=WHICH, who=WHICH)
    def take_a_change_back(self, which: int, who: int) -> None:
        note = self.note(which, lambda one: one.status == "live")
        if note is None:
            return
        scientist = self.scientist(who, note.tool)
        key = self.note_ids[note.number]
        if self.does(note.status == "live", rolling_back.roll_back, key, self.words(), by=scientist):
            self.list.roll_back(note)

    @act(8, which=WHICH, value=st.sampled_from([Helped.WORSE, *Helped]), who=WHICH)
    def judge(self, which: int, value: Helped, who: int) -> None:
        """A reporter says whether a change helped of which they have heard."""
        note = self.note(which, lambda one: one.status == "live" and Heard.HEARD in one.told.values())
        if note is None:
            return
        told = [name for name, state in note.told.items() if state is Heard.HEARD and self.list.judged(note, name)]
        told = told or list(REPORTERS)
        judge = told[who % len(told)]
        if note.told.get(judge) is Heard.WAITS:
            return
        allowed = note.status == "live" and bool(self.list.judged(note, judge))
        key = self.note_ids[note.number]
        if self.does(allowed, verdicts.give_verdict, key, value, policy=POLICY, by=judge):
            self.list.give_verdict(note, judge, value.value, self.at)

    @act(1, what=st.sampled_from(("agree", "another", "rather_not")), is_reporter=st.booleans())
    def say_something_of_a_visit(self, what: str, is_reporter: bool) -> None:
        visit = self.run(lambda session: session.exec(select(Visit).order_by(col(Visit.id).desc())).first())
        if visit is None:
            return
        who = self.names[visit.reporter_id if is_reporter else visit.scientist_id]
        proposed = visit.status is VisitStatus.PROPOSED
        match what:
            case "agree":
                is_to_come = proposed and visit.starts_at > self.at + timedelta(minutes=1)
                allowed = visit.status is VisitStatus.BOOKED or is_to_come
                self.does(allowed, visits.agree, visit.key, visit.turn, by=who)
            case "another":
                self.does(proposed, visits.another_time, visit.key, visit.turn, policy=POLICY, by=who)
            case _:
                self.does(True, visits.rather_not, visit.key, by=who)
