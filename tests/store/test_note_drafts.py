"""Drafts, versions, approval and the time at which a note goes live by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session

from store import change_notes, feedback, going_live, note_approval, note_drafts, rolling_back, tools, verdicts
from store.change_notes import Noted, NoteStatus, When
from store.embeddings import Embedding, EmbeddingStatus
from store.errors import Refused
from store.feedback import FeedbackStatus
from store.people import Person
from store.policy import Policy
from store.tools import Tool
from store.verdicts import Helped
from tests.store.conftest import Run
from tests.store.site import (
    LATER,
    Site,
    active_embedding,
    build,
    change,
    event_kinds,
    filed_report,
    live_change,
    outbox,
    sent_to,
)

HOUR = timedelta(hours=1)
SOON = LATER + 5 * HOUR


@pytest.fixture(autouse=True)
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def needs_the_ok_of(run: Run, site: Site, name: str | None) -> None:
    def name_them(session: Session) -> None:
        session.get_one(Tool, site.alarm_id).approver_id = site.people[name] if name else None

    run(name_them)


def file(run: Run, site: Site, *answers: int, when: When = When.DRAFT, by: str = "Priya", **more: object) -> Noted:
    what = replace(change(site, *answers), when=when, **more)  # type: ignore[arg-type]
    return run(note_drafts.file_change_note, what, policy=Policy(), by=site.caller(by), at=LATER)


def note_id(run: Run, site: Site) -> int:
    return run(change_notes.by_number, site.workspace_id, 1).key


def approve(run: Run, site: Site, note: int, revision: int = 1, by: str = "Omar") -> note_approval.Decided:
    return run(note_approval.approve, note, revision, by=site.caller(by), at=LATER + HOUR)


def kinds(run: Run, site: Site) -> list[tuple[str, str]]:
    return [sent for sent in run(sent_to, site) if sent[0].startswith(("note_", "change", "verdict"))]


def status(run: Run, report: int) -> FeedbackStatus:
    return run(feedback.by_id, report).status


def test_a_draft_changes_no_report_and_tells_nobody(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    noted = file(run, site, report)
    assert (noted.status, noted.answers) == (NoteStatus.DRAFT, ())
    assert status(run, report) is FeedbackStatus.NEW
    assert kinds(run, site) == []
    assert "change_note_live" not in run(event_kinds)


def test_an_edit_is_a_version_and_nothing_is_overwritten(run: Run, site: Site) -> None:
    first, second = run(filed_report, site), run(filed_report, site, by="Ben")
    file(run, site, first)
    note = note_id(run, site)
    what = replace(change(site, second), what="Waits a minute", when=When.DRAFT)
    run(note_drafts.edit_change_note, note, 1, what, policy=Policy(), by=site.caller("Tom"), at=LATER + HOUR)
    versions = run(change_notes.versions_of, note)
    assert [(one.number, one.what, one.answers) for one in versions] == [
        (1, "Waits three seconds", [first]),
        (2, "Waits a minute", [second]),
    ]
    assert [one.written_by_id for one in versions] == [site.people["Priya"], site.people["Tom"]]
    assert run(change_notes.by_id, note).what == "Waits a minute"


def test_who_edits_what_somebody_else_edited_meanwhile_is_refused(run: Run, site: Site) -> None:
    file(run, site)
    note, what = note_id(run, site), replace(change(site), when=When.DRAFT)
    run(note_drafts.edit_change_note, note, 1, what, policy=Policy(), by=site.caller("Tom"), at=LATER)
    with pytest.raises(Refused, match="Tom has changed C-1 meanwhile"):
        run(note_drafts.edit_change_note, note, 1, what, policy=Policy(), by=site.caller("Priya"), at=LATER)
    assert run(change_notes.by_id, note).revision == 2


def test_of_a_live_note_only_the_words_change_and_nobody_is_told_again(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    note = run(live_change, site, report, version="1.2")
    before, live_at = kinds(run, site), run(change_notes.by_id, note).live_at
    what = replace(change(site), why="Said better", version="9.9", when=When.LATER, planned_for=LATER - HOUR)
    noted = run(note_drafts.edit_change_note, note, 1, what, policy=Policy(), by=site.caller("Tom"), at=LATER + HOUR)
    assert noted.reworded
    row = run(change_notes.by_id, note)
    assert (row.why, row.version_to, row.status, row.live_at) == ("Said better", "1.2", NoteStatus.LIVE, live_at)
    assert [answered.id for answered in run(change_notes.answered_by, note)] == [report]
    assert kinds(run, site) == before


@pytest.mark.parametrize("name", ["Ana", "Mei", "Omar", "Olga"])
def test_only_the_tools_data_scientists_edit_send_make_live_and_take_back(run: Run, site: Site, name: str) -> None:
    file(run, site)
    live = run(live_change, site)
    note, by = note_id(run, site), site.caller(name)
    happened = run(event_kinds)
    for act in (
        lambda: run(note_drafts.edit_change_note, note, 1, change(site), policy=Policy(), by=by, at=LATER),
        lambda: run(note_approval.send_for_approval, note, by=by, at=LATER),
        lambda: run(going_live.go_live_now, note, policy=Policy(), by=by, at=LATER),
        lambda: run(rolling_back.roll_back, live, "No", by=by, at=LATER),
    ):
        with pytest.raises(Refused, match="Only the data scientists"):
            act()
    assert run(event_kinds) == happened


def test_nor_those_of_another_workspace(run: Run, site: Site) -> None:
    live = run(live_change, site)
    other = run(build, slack_id="T2")
    run(active_embedding, other)
    with pytest.raises(Refused, match="not here any more"):
        run(rolling_back.roll_back, live, "No", by=other.caller("Priya"), at=LATER)


def test_what_is_planned_goes_live_at_its_time_and_its_author_hears(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    noted = file(run, site, report, when=When.LATER, planned_for=SOON)
    assert (noted.status, noted.planned_for) == (NoteStatus.APPROVED, SOON)
    note = note_id(run, site)
    assert run(going_live.due, at=SOON - timedelta(seconds=1)) == []
    assert run(going_live.due, at=SOON) == [(note, site.workspace_id)]
    assert run(going_live.go_live_on_time, note, site.workspace_id, policy=Policy(), at=SOON)
    assert status(run, report) is FeedbackStatus.CHANGED
    assert ("note_went_live", "Priya") in kinds(run, site)
    assert run(going_live.due, at=SOON) == []
    assert not run(going_live.go_live_on_time, note, site.workspace_id, policy=Policy(), at=SOON)
    assert run(event_kinds).count("change_note_live") == 1


def test_a_report_that_another_note_answered_meanwhile_is_left_out(run: Run, site: Site) -> None:
    first, second = run(filed_report, site), run(filed_report, site)
    file(run, site, first, second, when=When.LATER, planned_for=SOON)
    run(live_change, site, first)
    note = note_id(run, site)
    run(going_live.go_live_on_time, note, site.workspace_id, policy=Policy(), at=SOON)
    (told,) = [row for row in run(outbox) if row.kind == "note_went_live"]
    assert told.data == {"answers": ["F-2"], "left_out": ["F-1"]}
    assert [report.id for report in run(change_notes.answered_by, note)] == [second]


def test_two_notes_that_come_with_one_version_and_the_first_that_is_live_brings_it(run: Run, site: Site) -> None:
    file(run, site, version="2.0")
    file(run, site, version="2.0")
    for number in (1, 2):
        note = run(change_notes.by_number, site.workspace_id, number).key
        run(going_live.go_live_now, note, policy=Policy(), by=site.caller("Tom"), at=LATER)
    rows = [run(change_notes.by_number, site.workspace_id, number) for number in (1, 2)]
    assert rows[0].version_to_id == rows[1].version_to_id is not None


def test_a_note_whose_embedding_is_over_becomes_a_draft_again_and_its_author_hears(
    run: Run, site: Site, embedding_id: int
) -> None:
    file(run, site, when=When.LATER, planned_for=SOON)

    def close(session: Session) -> None:
        session.get_one(Embedding, embedding_id).status = EmbeddingStatus.CLOSED

    run(close)
    note = note_id(run, site)
    assert not run(going_live.go_live_on_time, note, site.workspace_id, policy=Policy(), at=SOON)
    assert run(change_notes.by_id, note).status is NoteStatus.DRAFT
    assert kinds(run, site) == [("note_sent_back", "Priya")]


@pytest.mark.parametrize("when", [When.NOW, When.LATER])
def test_it_is_never_live_before_the_ok(run: Run, site: Site, when: When) -> None:
    needs_the_ok_of(run, site, "Omar")
    noted = file(run, site, when=when, planned_for=SOON if when is When.LATER else None)
    assert (noted.status, noted.asked) == (NoteStatus.DRAFT, "Omar")
    note = note_id(run, site)
    assert kinds(run, site) == [("note_approval_asked", "Omar")]
    assert run(going_live.due, at=SOON + HOUR) == []
    with pytest.raises(Refused, match="needs the OK of Omar"):
        run(going_live.go_live_now, note, policy=Policy(), by=site.caller("Priya"), at=SOON)
    approve(run, site, note)
    assert run(change_notes.by_id, note).status is NoteStatus.APPROVED
    assert ("note_approved", "Priya") in kinds(run, site)
    assert bool(run(going_live.due, at=SOON)) is (when is When.LATER)
    assert run(going_live.go_live_now, note, policy=Policy(), by=site.caller("Tom"), at=SOON).reference == "C-1"


@pytest.mark.parametrize("name", ["Priya", "Mei", "Olga"])
def test_only_the_approver_approves(run: Run, site: Site, name: str) -> None:
    needs_the_ok_of(run, site, "Omar")
    file(run, site, when=When.NOW)
    with pytest.raises(Refused, match="Only whoever the site names for Crusher alarm"):
        approve(run, site, note_id(run, site), by=name)


def test_nobody_approves_their_own_and_an_approver_who_left_is_said(run: Run, site: Site) -> None:
    needs_the_ok_of(run, site, "Priya")
    with pytest.raises(Refused, match="nobody approves their own") as refused:
        file(run, site, when=When.NOW)
    assert refused.value.field == "when"
    assert file(run, site).status is NoteStatus.DRAFT
    needs_the_ok_of(run, site, "Omar")

    def leave(session: Session) -> None:
        session.get_one(Person, site.people["Omar"]).active = False

    run(leave)
    with pytest.raises(Refused, match="Omar, who approves changes of Crusher alarm, is not here any more"):
        file(run, site, when=When.NOW)


def test_an_edit_takes_the_ok_back_and_asks_anew(run: Run, site: Site) -> None:
    needs_the_ok_of(run, site, "Omar")
    file(run, site, when=When.NOW)
    note = note_id(run, site)
    approve(run, site, note)
    run(note_drafts.edit_change_note, note, 1, change(site), policy=Policy(), by=site.caller("Tom"), at=LATER)
    assert run(change_notes.by_id, note).status is NoteStatus.DRAFT
    assert kinds(run, site).count(("note_approval_asked", "Omar")) == 2
    with pytest.raises(Refused, match="was changed or decided since you were asked"):
        approve(run, site, note, revision=1)
    assert approve(run, site, note, revision=2).approved


def test_not_yet_gives_the_author_the_reason_and_it_can_be_asked_again(run: Run, site: Site) -> None:
    needs_the_ok_of(run, site, "Omar")
    file(run, site, when=When.NOW)
    note = note_id(run, site)
    run(note_approval.say_not_yet, note, 1, "Try it first", by=site.caller("Omar"), at=LATER)
    (told,) = [row for row in run(outbox) if row.kind == "note_sent_back"]
    said = run(note_approval.decision, told.data["decision"])
    assert said == note_approval.Decision("Omar", False, "Try it first")
    assert run(note_approval.send_for_approval, note, by=site.caller("Priya"), at=LATER) == "Omar"
    assert run(note_approval.send_for_approval, note, by=site.caller("Tom"), at=LATER) == "Omar"
    assert kinds(run, site).count(("note_approval_asked", "Omar")) == 2
    assert approve(run, site, note).approved
    assert approve(run, site, note).approved
    assert run(event_kinds).count("change_note_approved") == 1


def test_what_needs_nobodys_ok_is_not_sent_for_one(run: Run, site: Site) -> None:
    file(run, site)
    with pytest.raises(Refused, match="need nobody's OK"):
        run(note_approval.send_for_approval, note_id(run, site), by=site.caller("Priya"), at=LATER)


def test_two_changes_of_a_tool_within_a_day_warn_each_author_once(run: Run, site: Site) -> None:
    run(live_change, site, by="Priya")
    run(live_change, site, by="Tom", at=LATER + timedelta(hours=23))
    run(live_change, site, by="Tom", at=LATER + timedelta(hours=48))
    warned = [sent for sent in run(sent_to, site) if sent[0] == "changes_close"]
    assert sorted(warned) == [("changes_close", "Priya"), ("changes_close", "Tom")]


def test_taking_back_returns_the_reports_to_where_they_stood_and_the_version_before(run: Run, site: Site) -> None:
    contested, new = run(filed_report, site), run(filed_report, site, by="Ben")
    first = run(live_change, site, contested)
    run(verdicts.give_verdict, first, Helped.SAME, policy=Policy(), by=site.caller("Ana"), at=LATER)
    note = run(live_change, site, contested, new, version="1.2", at=LATER + HOUR)
    run(verdicts.give_verdict, note, Helped.BETTER, policy=Policy(), by=site.caller("Ben"), at=LATER + 2 * HOUR)
    back = run(rolling_back.roll_back, note, "It missed", by=site.caller("Tom"), at=LATER + 3 * HOUR)
    assert back.reopened == ("F-1", "F-2")
    assert (status(run, contested), status(run, new)) == (FeedbackStatus.CONTESTED, FeedbackStatus.NEW)
    before = run(tools.live_version, site.alarm_id, LATER + 2 * HOUR)
    after = run(tools.live_version, site.alarm_id, LATER + 3 * HOUR)
    assert before is not None
    assert after is not None
    assert (before.name, after.name) == ("1.2", "1.1")
    with pytest.raises(Refused, match="was taken back, so there is nothing to say"):
        run(verdicts.give_verdict, note, Helped.WORSE, policy=Policy(), by=site.caller("Ben"), at=LATER + 4 * HOUR)
    with pytest.raises(Refused, match="not live, so there is nothing to take back"):
        run(rolling_back.roll_back, note, "Again", by=site.caller("Tom"), at=LATER + 4 * HOUR)


def test_taking_back_an_older_change_leaves_what_a_newer_one_made_of_the_report(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    first = run(live_change, site, report)
    run(verdicts.give_verdict, first, Helped.SAME, policy=Policy(), by=site.caller("Ana"), at=LATER)
    run(live_change, site, report)
    assert run(rolling_back.roll_back, first, "Why not", by=site.caller("Tom"), at=LATER).reopened == ()
    assert status(run, report) is FeedbackStatus.CHANGED
