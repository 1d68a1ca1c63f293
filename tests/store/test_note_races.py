"""Change notes at the same moment, on several connections to PostgreSQL: each rule holds whoever comes first."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from store import (
    change_notes,
    feedback,
    going_live,
    note_approval,
    note_drafts,
    rolling_back,
    sending,
    tellings,
    verdicts,
)
from store.change_notes import ChangeNote, NoteStatus, When
from store.deliveries import Delivery, Kind, Status
from store.errors import Refused
from store.feedback import FeedbackStatus
from store.policy import Policy
from store.tellings import Telling
from store.tools import Tool
from store.verdicts import Helped
from tests.store.site import (
    LATER,
    Site,
    active_embedding,
    change,
    event_kinds,
    filed_report,
    live_change,
    newest,
    sent_to,
)
from tests.store.test_races import LEASE, Arena, arena, outcomes, site

__all__ = ["arena", "site"]

HOUR = timedelta(hours=1)
POLICY = Policy()


def drafted(session: Session, site: Site, *answers: int, when: When = When.DRAFT, planned_for: Any = None) -> int:
    what = replace(change(site, *answers), when=when, planned_for=planned_for)
    note_drafts.file_change_note(session, what, policy=POLICY, by=site.caller("Priya"), at=LATER)
    return newest(session, ChangeNote)


def approved_by_omar(session: Session, site: Site) -> None:
    session.get_one(Tool, site.alarm_id).approver_id = site.people["Omar"]


def messages(session: Session, kind: Kind) -> list[Delivery]:
    return list(session.exec(select(Delivery).where(Delivery.kind == kind).order_by(Delivery.id)).all())  # type: ignore[arg-type]


def test_two_notes_whose_time_has_come_answer_one_report_once(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    report = arena.do(filed_report, site)
    notes = [arena.do(drafted, site, report, when=When.LATER, planned_for=LATER + HOUR) for _ in range(2)]
    with arena.holding_row("feedback", report) as holder:
        asked = [
            arena.start(going_live.go_live_on_time, note, site.workspace_id, policy=POLICY, at=LATER + HOUR)
            for note in notes
        ]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert (answers, errors) == ([True, True], [])
    answered = [[one.id for one in arena.do(change_notes.answered_by, note)] for note in notes]
    assert sorted(answered) == [[], [report]]
    assert arena.do(event_kinds).count("change_note_live") == 2
    assert len(arena.do(messages, Kind.CHANGE_TOLD)) == 1


def test_one_note_whose_time_two_processes_see_goes_live_once(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    report = arena.do(filed_report, site)
    note = arena.do(drafted, site, report, when=When.LATER, planned_for=LATER + HOUR)
    with arena.holding_row("change_note", note) as holder:
        asked = [
            arena.start(going_live.go_live_on_time, note, site.workspace_id, policy=POLICY, at=LATER + HOUR)
            for _ in range(2)
        ]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert (sorted(answers), errors) == ([False, True], [])
    assert arena.do(event_kinds).count("change_note_live") == 1
    assert arena.do(sent_to, site).count(("change_told", "Ana")) == 1


def test_an_ok_and_an_edit_at_once_and_the_ok_never_counts_for_other_words(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    arena.do(approved_by_omar, site)
    note = arena.do(drafted, site, when=When.NOW)
    with arena.holding_row("change_note", note) as holder:
        ok = arena.start(note_approval.approve, note, 1, by=site.caller("Omar"), at=LATER)
        edit = arena.start(
            note_drafts.edit_change_note, note, 1, change(site), policy=POLICY, by=site.caller("Tom"), at=LATER
        )
        holder.let_go_when_waiting(2)
        _, errors = outcomes(ok, edit)
    assert [type(error) for error in errors] in ([], [Refused])
    row = arena.do(change_notes.by_id, note)
    # Whoever came first: the words of version 2 have no OK, and Omar is asked for it.
    assert (row.revision, row.status) == (2, NoteStatus.DRAFT)
    assert row.approval_asked_at is not None
    assert arena.do(sent_to, site).count(("note_approval_asked", "Omar")) == 2


@pytest.mark.parametrize("value", [Helped.BETTER, Helped.WORSE])
def test_a_verdict_and_a_taking_back_at_once_and_the_report_stands_where_it_stood(
    arena: Arena, site: Site, value: Helped
) -> None:
    arena.do(active_embedding, site)
    report = arena.do(filed_report, site)
    note = arena.do(live_change, site, report)
    with arena.holding_row("change_note", note) as holder:
        verdict = arena.start(verdicts.give_verdict, note, value, policy=POLICY, by=site.caller("Ana"), at=LATER)
        back = arena.start(rolling_back.roll_back, note, "It missed", by=site.caller("Tom"), at=LATER)
        holder.let_go_when_waiting(2)
        _, errors = outcomes(verdict, back)
    assert [str(error) for error in errors] in ([], ["C-1 was taken back, so there is nothing to say of it."])
    assert arena.do(feedback.by_id, report).status is FeedbackStatus.NEW
    assert arena.do(change_notes.by_id, note).status is NoteStatus.ROLLED_BACK


def test_two_who_take_one_change_back_at_once(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    note = arena.do(live_change, site, arena.do(filed_report, site))
    with arena.holding_row("change_note", note) as holder:
        asked = [
            arena.start(rolling_back.roll_back, note, "It missed", by=site.caller(name), at=LATER)
            for name in ("Priya", "Tom")
        ]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert (len(answers), len(errors)) == (1, 1)
    assert arena.do(event_kinds).count("change_note_rolled_back") == 1


def test_what_somebody_is_about_to_send_is_taken_back_and_told_so_if_it_went_out(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    note = arena.do(live_change, site, arena.do(filed_report, site))
    (told,) = arena.do(messages, Kind.CHANGE_TOLD)
    held = arena.do(sending.claim, site.workspace_id, at=LATER + 2 * HOUR, limit=100, lease=LEASE)
    assert told.key in {one.id for one in held}
    with arena.holding_row("delivery", told.key) as holder:
        back = arena.start(rolling_back.roll_back, note, "It missed", by=site.caller("Tom"), at=LATER)
        begun = arena.start(sending.begin_calls, held, lease=LEASE, at=LATER + 2 * HOUR)
        holder.let_go_when_waiting(2)
        _, errors = outcomes(back, begun)
    assert errors == []
    # It was on its way, so it may arrive: then Ana hears of the taking back too, and only then.
    assert len(arena.do(messages, Kind.CHANGE_TAKEN_BACK)) >= 1
    row = arena.do(messages, Kind.CHANGE_TOLD)[0]
    heard = arena.do(tellings.was_told, note, site.people["Ana"])
    assert (heard is not None) is (row.status is Status.SENDING)


def test_two_changes_at_once_are_one_message_to_each(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    reports = [arena.do(filed_report, site) for _ in range(2)]
    with arena.holding_row("tool", site.alarm_id) as holder:
        asked = [
            arena.start(live_change, site, report, by=name)
            for report, name in zip(reports, ("Priya", "Tom"), strict=True)
        ]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert errors == []
    assert len(set(answers)) == 2
    rows = arena.do(lambda session: list(session.exec(select(Telling)).all()))
    by_person: dict[int, set[int]] = {}
    for row in rows:
        by_person.setdefault(row.person_id, set()).add(row.delivery_id)
    assert {len(found) for found in by_person.values()} == {1}
