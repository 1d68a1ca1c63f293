"""Whatever people do with reports, in whatever order: each status follows from the acts, each reporter hears once.

A list that is kept beside (`tests.store.on_a_list`) says where each report must stand after each act, when what
happened to it, and what is still to be heard. Where the rules leave something open, it takes what people on the floor
would expect:

- What nobody has heard when another decision takes its place is as if it had never been said. Who has heard it hears
  the other one too.
- Who never heard of a decision does not hear that it is taken back.
- That somebody has read a report is said once, even if the report went to other data scientists meanwhile.
- A report that went on in another one, and does so no more, stands where it stood before.
- A change that is taken back leaves nothing behind that goes on in a report which is settled: nobody would hear of it.
- Messages to an account that is switched off may wait; none goes out.
"""

import os
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import Session, col, select

from store import (
    going_live,
    note_approval,
    note_drafts,
    people,
    report_edits,
    restricting,
    rolling_back,
    triage,
    unread,
    unsafe,
    verdicts,
)
from store.causes import Cause
from store.change_notes import ChangeNote
from store.decisions import Step
from store.deliveries import Delivery, Status
from store.deliveries import Kind as Message
from store.feedback import Feedback, Impact, Kind, Report
from store.fitting import Triage
from store.history import Event
from store.people import Profile
from store.restricting import Limit
from store.unsafe import UnsafeCall
from store.verdicts import Helped, Verdict
from tests.conftest import SQLITE
from tests.store.acts_with_notes import ActsWithNotes
from tests.store.acts_with_reports import PROMISED, STEPS
from tests.store.conftest import Run
from tests.store.going_out import COUNTED, Said, Sent, said_by, send_due
from tests.store.on_a_list import Heard
from tests.store.playing import (
    ALARM,
    ANSWER_FOR,
    POLICY,
    REPORTERS,
    WHICH,
    Drawn,
    act,
    any_act,
    drawn_for,
    two_embeddings,
)
from tests.store.retold import retold
from tests.store.site import LATER, Site, active_embedding, build

EXAMPLES = int(os.environ.get("ALONGSIDE_SEQUENCES", "12"))
"""How many sequences are played, a third as many on PostgreSQL: `ALONGSIDE_SEQUENCES=1000` looks longer."""
STEPS_EACH = 40
PHASES = (Phase.generate, Phase.shrink)
PASSING = (timedelta(minutes=16), timedelta(hours=1), timedelta(hours=5), timedelta(days=1), timedelta(days=3))
LONGEST = timedelta(days=25)
"""Both embeddings are under way so long."""
NOT_THEIRS = ("Ana", "Mei", "Olga", "Gus", "a stranger", "Priya elsewhere", "Ana elsewhere", "who answers for another")
TRIED = (
    "answer",
    "acknowledge",
    "take",
    "withdraw",
    "edit",
    "add",
    "note",
    "live",
    "approve",
    "roll back",
    "judge",
    "restrict",
)


class Acts(ActsWithNotes):
    """All that happens: what people do, what they may not do, and what time does."""

    @act(3, much=st.sampled_from(PASSING), sends=st.booleans())
    def time_passes(self, much: timedelta, sends: bool) -> None:
        """What is due is done; the time comes in which some of it goes out, or goes by without it."""
        self.at = max(self.at, min(self.at + much, LATER + LONGEST))
        for feedback_id in self.run(unsafe.due, policy=POLICY, at=self.at):
            self.run(unsafe.escalate, feedback_id, policy=POLICY, at=self.at)
        for restriction_id in self.run(restricting.over, at=self.at):
            self.run(restricting.end, restriction_id, at=self.at)
        numbers = {key: number for number, key in self.note_ids.items()}
        for note_id, workspace_id in self.run(going_live.due, at=self.at):
            note = self.list.notes[numbers[note_id]]
            assert self.list.is_due(note, self.at)
            assert self.run(going_live.go_live_on_time, note_id, workspace_id, policy=POLICY, at=self.at)
            self.list.go_live(note, None, self.at)
        assert not any(self.list.is_due(note, self.at) for note in self.list.notes.values())
        self.run(unread.remind, self.run(unread.overdue, at=self.at), at=self.at)
        if sends:
            self.send()

    @act(4)
    def send(self) -> None:
        """What is due goes out."""
        for message in send_due(self.run, self.site, self.at):
            name = self.names.get(message.row.person_id or 0, "")
            is_out = message.status is Status.SENT
            assert not (is_out and name in self.off), f"{name} is not here any more"
            if message.row.edits_id is None:
                self._is_out(message, name, is_out)

    def _is_out(self, message: Sent, name: str, is_out: bool) -> None:
        mine = [one for one in self.list.reports.values() if one.reporter == name]
        named = [one.number for one in mine if one.number in message.named and one.status == "withdrawn"]
        assert not named, f"{name} hears of what they withdrew: {message}"
        said = message.said
        assert is_out or name in self.off or said == Said(), f"not said: {message}"
        read = {number for number, key in self.ids.items() if key in said.read}
        notes = {number for number, key in self.note_ids.items() if key in said.notes}
        if is_out:
            self.heard.update((name, words, number) for words, number in said.decided)
            self.read.update(read)
            self.told.update((name, number) for number in notes)
        match message.row.kind:
            case Message.FEEDBACK_OUTCOME:
                self.list.went_out(name, said.decided, is_out)
            case Message.FEEDBACK_ACKNOWLEDGED:
                self.list.went_out_as_read(name, read, is_out)
            case Message.CHANGE_TOLD | Message.CHANGE_NEWS:
                self.list.went_out_of_changes(name, notes, is_out)

    @act(1, who=st.sampled_from(("Ben", "Tom", "Rae")))
    def switch(self, who: str) -> None:
        """Slack says that an account is switched off, or on again."""
        self.at += timedelta(minutes=1)
        profile = Profile(None, None, who in self.off, False)
        self.run(people.learn_profile, profile, policy=POLICY, by=self.site.caller(who), at=self.at)
        self.off ^= {who}

    @act(5, which=WHICH, step=st.sampled_from(STEPS), who=st.sampled_from(NOT_THEIRS), what=st.sampled_from(TRIED))
    def try_what_is_not_theirs(self, which: int, step: str, who: str, what: str) -> None:
        report = self.report(which)
        key = self.ids[report.number]
        if who == "who answers for another":
            who = "Rae" if report.tool == ALARM else "Priya"
        note = self.note(which)
        match what:
            case "answer":
                number = report.number if step == "duplicate" else None
                todo = Triage(Step(step), (key,), "No", PROMISED, "Somebody", cause=Cause.DATA, carries_on=number)
                self.does(False, triage.triage, todo, by=who)
            case "acknowledge":
                self.does(False, triage.acknowledge, key, by=who)
            case "take" if who not in ("Mei", report.taken_by):
                self.does(False, unsafe.take, key, by=who)
            case "withdraw" if who != report.reporter:
                self.does(False, report_edits.withdraw_report, key, by=who)
            case "edit" if who != report.reporter:
                self.does(False, report_edits.edit_report, key, Report(Kind.MISSED, "Mine"), by=who)
            case "add" if who != report.reporter:
                self.does(False, report_edits.add_to_report, key, "Mine", (), by=who)
            case "note":
                change = self._change(report.tool, [report], "now")
                self.does(False, note_drafts.file_change_note, change, policy=POLICY, by=who)
            case "live" if note and who not in ANSWER_FOR[note.tool]:
                self.does(False, going_live.go_live_now, self.note_ids[note.number], policy=POLICY, by=who)
            case "roll back" if note and who not in ANSWER_FOR[note.tool]:
                self.does(False, rolling_back.roll_back, self.note_ids[note.number], "No", by=who)
            case "approve" if note:
                self.does(False, note_approval.approve, self.note_ids[note.number], note.revision, by=who)
            case "judge" if note and who not in REPORTERS:
                change_id = self.note_ids[note.number]
                self.does(False, verdicts.give_verdict, change_id, Helped.WORSE, policy=POLICY, by=who)
            case "restrict" if who != "Mei":
                self.does(False, restricting.restrict, Limit(self.site.alarm_id, "All", ""), by=who)


class AnySequence(RuleBasedStateMachine):
    """People report, answer, change, judge and take back in any order."""

    def __init__(self, run: Run, site: Site, elsewhere: Site) -> None:
        super().__init__()
        self.acts = Acts(run, site, elsewhere)
        self.sent: dict[tuple[int, str], datetime | None] = {}

    def teardown(self) -> None:
        self.acts.forget()

    @initialize(
        approved=st.booleans(), changed=st.booleans(), reports=st.lists(drawn_for(Acts.file), min_size=3, max_size=5)
    )
    def some_reports(self, approved: bool, changed: bool, reports: list[dict[str, Any]]) -> None:
        """There are some to begin with, and perhaps a change that its reporters were told of.

        Changes of the alarm need an OK, or none.
        """
        if approved:
            self.acts.run(self.acts.need_an_ok)
        for report in reports:
            self.acts.file(**report)
        if changed:
            self.acts.write_a_note(ALARM, [0, 1], "now", 0)
            self.acts.approve(0)
            self.acts.say_it_is_live(0, 0)
            self.acts.time_passes(timedelta(hours=5), True)

    @rule(drawn=any_act(Acts))
    def somebody_does(self, drawn: Drawn) -> None:
        what, how = drawn
        getattr(self.acts, what)(**how)

    @invariant()
    def everything_stands_where_the_acts_led_it(self) -> None:
        self.acts.run(self._look)

    def _look(self, session: Session) -> None:
        self._reports_stand_where_the_acts_led_them(session)
        self._calls_stand_where_the_acts_led_them(session)
        self._notes_stand_where_the_acts_led_them(session)
        self._each_reporter_hears_each_outcome_once(session)
        self._what_was_sent_stays_as_it_was(session)
        self._the_history_tells_the_same(session)

    def _reports_stand_where_the_acts_led_them(self, session: Session) -> None:
        """No clock begins anew, and the numbers count up."""
        theirs = select(Feedback).where(Feedback.workspace_id == self.acts.site.workspace_id)
        rows = session.exec(theirs.order_by(col(Feedback.id))).all()
        reports = self.acts.list.reports
        assert [row.number for row in rows] == list(range(1, len(reports) + 1))
        for row in rows:
            report = reports[row.number]
            assert row.status.value == report.status, row.reference
            if report.status == "duplicate":
                assert row.duplicate_of_id == self.acts.ids.get(report.goes_on_in or 0), row.reference
            found = (row.filed_at, row.acknowledged_at, row.answered_at, row.decided_at, row.withdrawn_at)
            listed = (
                report.filed_at,
                report.acknowledged_at,
                report.answered_at,
                report.decided_at,
                report.withdrawn_at,
            )
            assert found == listed, row.reference

    def _calls_stand_where_the_acts_led_them(self, session: Session) -> None:
        """Of each report one call at most is not over, and nobody waits for what is not unsafe."""
        acts = self.acts
        for report in acts.list.reports.values():
            calls = session.exec(
                select(UnsafeCall)
                .where(UnsafeCall.feedback_id == acts.ids[report.number])
                .order_by(col(UnsafeCall.number))
            ).all()
            assert [call.number for call in calls] == list(range(1, report.calls_made + 1)), report
            assert all(call.not_unsafe_at and not call.waits_since for call in calls[:-1]), report
            if not calls:
                continue
            last = calls[-1]
            assert last.is_open == (report.calls == "open"), report
            assert acts.names.get(last.taken_by_id or 0, "") == report.taken_by, report
            assert last.is_open or last.waits_since is None, report
            is_unsafe = session.get_one(Feedback, last.feedback_id).impact is Impact.UNSAFE
            assert is_unsafe == (last.not_unsafe_at is None), report

    def _notes_stand_where_the_acts_led_them(self, session: Session) -> None:
        rows = session.exec(select(ChangeNote).order_by(col(ChangeNote.id))).all()
        notes = self.acts.list.notes
        assert [row.number for row in rows] == list(range(1, len(notes) + 1))
        for row in rows:
            note = notes[row.number]
            assert (row.status.value, row.live_at, row.revision) == (note.status, note.live_at, note.revision)
        given = {
            (row.change_note_id, row.person_id): (row.value.value, row.given_at)
            for row in session.exec(select(Verdict)).all()
        }
        assert given == {
            (self.acts.note_ids[note.number], self.acts.site.people[name]): said
            for note in notes.values()
            for name, said in note.verdicts.items()
        }

    def _each_reporter_hears_each_outcome_once(self, session: Session) -> None:
        """What is still on its way and what they have heard, together."""
        decided, read, told = self._on_its_way(session)
        acts = self.acts
        for report in acts.list.reports.values():
            for news, name, state in acts.list.news_of(report):
                where = (name, news.words, report.number)
                assert acts.heard[where] + decided[where] <= 1, f"twice: {where}"
                if state is Heard.HEARD:
                    assert acts.heard[where] == 1, where
                elif state is Heard.CALLED_OFF or not acts.list.holds(report, news, name):
                    assert decided[where] == 0, f"does not hold any more: {where}"
                elif state is Heard.WAITS:
                    assert decided[where] == 1, f"lost: {where}"
            times = acts.read[report.number] + read[report.number]
            assert times <= 1, f"told twice that F-{report.number} was read"
            if report.read is Heard.WAITS and report.status == "acknowledged":
                assert times == 1, f"not told that F-{report.number} was read"
        for note in acts.list.notes.values():
            for name, state in note.told.items():
                heard, coming = acts.told[name, note.number], told[name, note.number]
                assert heard + coming <= 1, f"{name} is told twice of C-{note.number}"
                if state is Heard.WAITS:
                    assert coming == 1, f"{name} is not told of C-{note.number}"
                if state is Heard.CALLED_OFF:
                    assert heard + coming == 0, f"{name} is told of C-{note.number}, which was taken back"

    def _on_its_way(
        self, session: Session
    ) -> tuple[Counter[tuple[str, str, int]], Counter[int], Counter[tuple[str, int]]]:
        decided: Counter[tuple[str, str, int]] = Counter()
        read: Counter[int] = Counter()
        told: Counter[tuple[str, int]] = Counter()
        numbers = {key: number for number, key in self.acts.ids.items()}
        notes = {key: number for number, key in self.acts.note_ids.items()}
        waiting = select(Delivery).where(Delivery.status == Status.QUEUED, col(Delivery.kind).in_(COUNTED))
        together: Counter[tuple[str, Message]] = Counter()
        for row in session.exec(waiting).all():
            name = self.acts.names[row.person_id or 0]
            together[name, row.kind] += row.kind in (Message.CHANGE_TOLD, Message.CHANGE_NEWS)
            says = said_by(session, row)
            decided.update((name, words, number) for words, number in says.decided)
            read.update(numbers[key] for key in says.read)
            told.update((name, notes[key]) for key in says.notes)
        assert not [name for name, times in together.items() if times > 1], "several changes are one message"
        return decided, read, told

    def _what_was_sent_stays_as_it_was(self, session: Session) -> None:
        """Nothing goes out twice under one key."""
        rows = session.execute(
            select(Delivery.workspace_id, Delivery.dedupe_key, Delivery.status, Delivery.ended_at)
        ).all()
        assert len({(where, key) for where, key, _, _ in rows}) == len(rows)
        sent = {(where, key): ended_at for where, key, status, ended_at in rows if status is Status.SENT}
        assert self.sent.items() <= sent.items()
        self.sent = sent

    def _the_history_tells_the_same(self, session: Session) -> None:
        site = self.acts.site
        theirs = select(Event).where(Event.workspace_id == site.workspace_id).order_by(col(Event.id))
        listed = {f"F-{report.number}": report.status for report in self.acts.list.reports.values()}
        assert retold(session.exec(theirs).all()) == listed


def test_any_sequence_of_acts(run: Run, site: Site, database_kind: str) -> None:
    run(two_embeddings, site)
    elsewhere = run(build, slack_id="T2")
    run(active_embedding, elsewhere)
    run_state_machine_as_test(
        lambda: AnySequence(run, site, elsewhere),  # type: ignore[arg-type] # whatever makes one will do
        settings=settings(
            max_examples=EXAMPLES if database_kind == SQLITE else max(1, EXAMPLES // 3),
            stateful_step_count=STEPS_EACH,
            deadline=None,
            derandomize=True,
            database=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )
