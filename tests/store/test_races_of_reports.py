"""A reporter and others who touch one report at the same moment, on several connections to PostgreSQL."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session, select

from store import direct_reports, feedback, note_drafts, report_edits, triage
from store.direct_reports import FILED_AFTER, Said, Unfiled
from store.errors import Refused
from store.feedback import FeedbackStatus, Kind, Report
from store.policy import Policy
from tests.store import test_races
from tests.store.site import LATER, Site, active_embedding, change, event_kinds, filed_report
from tests.store.test_races import Arena, outcomes

arena = test_races.arena
site = test_races.site

SAID = Report(Kind.MISSED, "It did not ring")


def edit(arena: Arena, site: Site, report: int, said: Report = SAID) -> Any:
    return arena.start(report_edits.edit_report, report, said, by=site.caller("Ana"), at=LATER)


def withdraw(arena: Arena, site: Site, report: int) -> Any:
    return arena.start(report_edits.withdraw_report, report, by=site.caller("Ana"), at=LATER)


@pytest.mark.parametrize("edit_first", [True, False])
def test_an_edit_against_a_withdrawal(arena: Arena, site: Site, edit_first: bool) -> None:
    arena.do(active_embedding, site)
    report = arena.do(filed_report, site)
    begin = [edit, withdraw] if edit_first else [withdraw, edit]
    with arena.holding_row("feedback", report) as holder:
        asked = [one(arena, site, report) for one in begin]
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*asked)
    row = arena.do(feedback.by_id, report)
    assert row.status is FeedbackStatus.WITHDRAWN
    edited = arena.do(event_kinds).count("feedback_edited")
    assert (row.text == SAID.text) is bool(edited)
    assert [type(error) for error in errors] == ([] if edited else [Refused])
    assert all("You have withdrawn F-1" in str(error) for error in errors)


def test_two_edits_are_two_versions(arena: Arena, site: Site) -> None:
    report = arena.do(filed_report, site)
    with arena.holding_row("feedback", report) as holder:
        asked = [edit(arena, site, report, replace(SAID, text=text)) for text in ("one", "two")]
        holder.let_go_when_waiting(2)
        assert outcomes(*asked)[1] == []
    before = [one.text for one in arena.do(report_edits.earlier, report)]
    last = arena.do(feedback.by_id, report).text
    assert sorted([*before, last]) == ["It rang while the belt stood still", "one", "two"]
    assert before[0] == "It rang while the belt stood still"


def test_an_edit_against_reading_it(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    report = arena.do(filed_report, site)
    with arena.holding_row("feedback", report) as holder:
        read = arena.start(triage.acknowledge, report, by=site.caller("Priya"), at=LATER)
        asked = [edit(arena, site, report), read]
        holder.let_go_when_waiting(2)
        assert outcomes(*asked)[1] == []
    row = arena.do(feedback.by_id, report)
    assert (row.status, row.text, row.answered_at) == (FeedbackStatus.ACKNOWLEDGED, SAID.text, LATER)


def test_an_edit_against_the_note_that_answers_it(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    report = arena.do(filed_report, site)
    with arena.holding_row("feedback", report) as holder:
        note = arena.start(
            note_drafts.file_change_note, change(site, report), policy=Policy(), by=site.caller("Tom"), at=LATER
        )
        asked = [edit(arena, site, report), note]
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*asked)
    row = arena.do(feedback.by_id, report)
    assert row.status is FeedbackStatus.CHANGED
    assert (row.text == SAID.text) is not bool(errors)
    assert all("F-1 has been answered" in str(error) for error in errors)


def test_a_withdrawal_against_the_note_that_answers_it(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    report = arena.do(filed_report, site)
    with arena.holding_row("feedback", report) as holder:
        note = arena.start(
            note_drafts.file_change_note, change(site, report), policy=Policy(), by=site.caller("Tom"), at=LATER
        )
        asked = [withdraw(arena, site, report), note]
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*asked)
    assert [type(error) for error in errors] == [Refused]
    status = arena.do(feedback.by_id, report).status
    assert status in (FeedbackStatus.CHANGED, FeedbackStatus.WITHDRAWN)
    assert arena.do(event_kinds).count("feedback_withdrawn") == (status is FeedbackStatus.WITHDRAWN)
    assert arena.do(event_kinds).count("change_note_live") == (status is FeedbackStatus.CHANGED)


def test_a_change_of_tool_against_an_edit_of_the_words(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    report = arena.do(filed_report, site)
    with arena.holding_row("feedback", report) as holder:
        other = arena.start(report_edits.choose_tool, report, site.forecast_id, by=site.caller("Ana"), at=LATER)
        asked = [edit(arena, site, report), other]
        holder.let_go_when_waiting(2)
        assert outcomes(*asked)[1] == []
    row = arena.do(feedback.by_id, report)
    assert (row.tool_id, row.embedding_id) == (site.forecast_id, None)
    assert len(arena.do(report_edits.earlier, report)) == 2


def hear(arena: Arena, site: Site, text: str) -> Any:
    said = Said("D1", "", text, Kind.OTHER)
    return arena.start(direct_reports.hear, said, policy=Policy(), by=site.caller("Ana"), at=LATER)


def all_said(session: Session) -> list[Unfiled]:
    return list(session.exec(select(Unfiled)).all())


def test_two_messages_at_once_are_one_question(arena: Arena, site: Site) -> None:
    with arena.holding("LOCK TABLE unfiled_report IN EXCLUSIVE MODE") as holder:
        asked = [hear(arena, site, text) for text in ("one", "two")]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert errors == []
    assert answers[0] == answers[1]
    (said,) = arena.do(all_said)
    assert sorted(said.text.splitlines()) == ["one", "two"]


def test_a_tap_against_the_time_that_files_it(arena: Arena, site: Site) -> None:
    hear(arena, site, "It rang").result(10)
    (said,) = arena.do(all_said)
    with arena.holding_row("unfiled_report", said.key) as holder:
        tapped = arena.start(
            direct_reports.file_said, said.key, Kind.MISSED, by=site.caller("Ana"), at=LATER + FILED_AFTER
        )
        asked = [tapped, arena.start(direct_reports.file_left, said.key, at=LATER + FILED_AFTER)]
        holder.let_go_when_waiting(2)
        assert outcomes(*asked)[1] == []
    assert arena.do(event_kinds).count("feedback_filed") == 1
