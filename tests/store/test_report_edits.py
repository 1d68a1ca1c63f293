"""What reporters do with their own reports: versions, other tools, additions, withdrawal, and who sees what of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import Session

from store import exports, feedback, home, note_drafts, people, report_edits, report_status, triage
from store.errors import Refused
from store.feedback import Did, Feedback, FeedbackStatus, Impact, Kind, Report
from store.policy import Policy
from tests.store.conftest import Run
from tests.store.site import (
    LATER,
    MONDAY,
    Site,
    active_embedding,
    build,
    change,
    event_kinds,
    events,
    filed_report,
    live_change,
    outbox,
    proposal,
    sent_to,
)

SOON = LATER + timedelta(minutes=10)
SAID = Report(
    Kind.MISSED,
    "It did not ring",
    impact=Impact.LOST_OUTPUT,
    expected="Rung at 80 °C",
    place="Crusher 2",
    did=Did.OTHERWISE,
    links=("https://photos.example/1",),
    relayed_for="Ben",
    shift=(date(2026, 3, 10), "D"),
)


def edit(run: Run, site: Site, report: int, said: Report = SAID, by: str = "Ana") -> feedback.Filed:
    return run(report_edits.edit_report, report, said, by=site.caller(by), at=SOON)


def become(session: Session, report: int, status: FeedbackStatus) -> None:
    session.get_one(Feedback, report).status = status


def rewritten(run: Run) -> list[int | None]:
    return [row.person_id for row in run(outbox) if row.kind == "feedback_filed_changed" and row.status == "queued"]


def pinged(run: Run, site: Site) -> list[tuple[str, str]]:
    return [sent for sent in run(sent_to, site) if sent[0].startswith("feedback")]


def test_an_edit_is_a_version_and_nothing_is_overwritten(run: Run, site: Site) -> None:
    run(active_embedding, site)
    report = run(filed_report, site)
    answer = edit(run, site, report)
    assert (answer.reference, answer.kind, answer.heard_by, answer.edited) == (
        "F-1",
        Kind.MISSED,
        ("Priya", "Tom"),
        True,
    )
    assert run(lambda session: report_edits.as_said(feedback.by_id(session, report))) == replace(
        SAID, tool_id=site.alarm_id
    )
    edit(run, site, report, replace(SAID, kind=Kind.UNCLEAR))
    before = run(report_edits.earlier, report)
    assert [(one.kind, one.text, one.place) for one in before] == [
        (Kind.FALSE_ALARM, "It rang while the belt stood still", None),
        (Kind.MISSED, "It did not ring", "Crusher 2"),
    ]
    assert [one.version_id for one in before] == [run(feedback.by_id, report).version_id] * 2


def test_those_who_have_it_see_it_change_and_are_not_pinged(run: Run, site: Site) -> None:
    run(active_embedding, site)
    report = run(filed_report, site)
    before = pinged(run, site)
    edit(run, site, report)
    run(report_edits.add_to_report, report, "And again", (), by=site.caller("Ana"), at=SOON)
    run(report_edits.withdraw_report, report, by=site.caller("Ana"), at=SOON)
    assert pinged(run, site) == before
    assert rewritten(run) == [site.people["Priya"], site.people["Tom"]]


def test_no_clock_is_restarted(run: Run, site: Site) -> None:
    run(active_embedding, site)
    report = run(filed_report, site)
    run(triage.acknowledge, report, by=site.caller("Priya"), at=LATER + timedelta(minutes=1))
    edit(run, site, report)
    row = run(feedback.by_id, report)
    assert (row.filed_at, row.answered_at, row.edited_at) == (LATER, LATER + timedelta(minutes=1), SOON)
    assert row.status is FeedbackStatus.ACKNOWLEDGED


def test_a_note_on_an_unread_report_is_the_first_answer(run: Run, site: Site) -> None:
    run(active_embedding, site)
    report = run(filed_report, site)
    run(live_change, site, report, at=SOON)
    assert run(feedback.by_id, report).answered_at == SOON


def test_the_same_once_more_changes_nothing(run: Run, site: Site) -> None:
    run(active_embedding, site)
    report = run(filed_report, site)
    edit(run, site, report)
    happened = run(event_kinds)
    assert edit(run, site, report).reference == "F-1"
    assert run(event_kinds) == happened
    assert len(run(report_edits.earlier, report)) == 1


def test_no_words_of_anybody_are_in_the_history(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    edit(run, site, report)
    run(report_edits.add_to_report, report, "And again", (), by=site.caller("Ana"), at=SOON)
    told = str([event.data for event in run(events)])
    for words in ("It did not ring", "Crusher 2", "Rung at", "Ben", "And again", "photos"):
        assert words not in told


# About another tool


def test_about_another_tool_it_has_the_version_that_was_live_then_and_goes_to_its_people(run: Run, site: Site) -> None:
    run(active_embedding, site)
    report = run(filed_report, site)
    run(triage.acknowledge, report, by=site.caller("Priya"), at=LATER)
    answer = run(report_edits.choose_tool, report, site.forecast_id, by=site.caller("Ana"), at=SOON)
    assert (answer.tool, answer.heard_by, answer.embedded) == ("Haul forecast", (), False)
    assert answer.others == ((site.alarm_id, "Crusher alarm"),)
    row = run(feedback.by_id, report)
    assert (row.tool_id, row.embedding_id, row.status, row.acknowledged_at) == (
        site.forecast_id,
        None,
        FeedbackStatus.NEW,
        None,
    )
    assert run(feedback.card, report).version == "3.2"
    assert rewritten(run) == [site.people["Priya"], site.people["Tom"]]
    assert not run(report_edits.is_theirs, report, site.people["Priya"])
    run(report_edits.choose_tool, report, site.alarm_id, by=site.caller("Ana"), at=SOON)
    assert run(report_edits.is_theirs, report, site.people["Priya"])
    filed = [sent for sent in pinged(run, site) if sent[0] == "feedback_filed"]
    assert filed == [("feedback_filed", "Priya"), ("feedback_filed", "Tom")]


def test_about_two_tools_of_one_embedding_it_stays_with_whoever_has_read_it(run: Run, site: Site) -> None:
    run(active_embedding, site, replace(proposal(site), tool_ids=(site.alarm_id, site.forecast_id)))
    report = run(filed_report, site)
    run(triage.acknowledge, report, by=site.caller("Priya"), at=LATER)
    run(report_edits.choose_tool, report, site.forecast_id, by=site.caller("Ana"), at=SOON)
    assert run(feedback.by_id, report).status is FeedbackStatus.ACKNOWLEDGED


@pytest.mark.parametrize("tool", ["mill_id", "nowhere"])
def test_it_cannot_go_to_a_tool_that_its_reporter_does_not_work_with(run: Run, site: Site, tool: str) -> None:
    run(active_embedding, site)
    report = run(filed_report, site)
    with pytest.raises(Refused) as refusal:
        edit(run, site, report, replace(SAID, tool_id=getattr(site, tool, 999_999)))
    assert refusal.value.field == "tool"
    assert run(report_edits.earlier, report) == []


def test_what_is_being_worked_on_stays_with_its_tool(run: Run, site: Site) -> None:
    run(active_embedding, site)
    report = run(filed_report, site)
    run(become, report, FeedbackStatus.ACCEPTED)
    with pytest.raises(Refused, match="F-1 is being worked on") as refusal:
        edit(run, site, report, replace(SAID, tool_id=site.forecast_id))
    assert refusal.value.field == "tool"
    assert edit(run, site, report).kind is Kind.MISSED


# Who may, and when

ACTS = ("edit", "add", "withdraw", "look at the form", "look at the other form")


def do(run: Run, site: Site, act: str, report: int, by: str = "Ana") -> None:
    who = site.caller(by)
    if act == "edit":
        run(report_edits.edit_report, report, SAID, by=who, at=SOON)
    elif act == "add":
        run(report_edits.add_to_report, report, "And again", (), by=who, at=SOON)
    elif act == "withdraw":
        run(report_edits.withdraw_report, report, by=who, at=SOON)
    elif act == "look at the form":
        run(report_edits.to_edit, report, by=who, at=SOON)
    else:
        run(report_edits.own_open, report, by=who)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("by", ["Ben", "Mei", "Priya", "Olga"])
def test_only_its_reporter_may(run: Run, site: Site, act: str, by: str) -> None:
    run(active_embedding, site)
    report = run(filed_report, site)
    happened = run(event_kinds)
    with pytest.raises(Refused, match="That is not one of your reports"):
        do(run, site, act, report, by)
    assert run(event_kinds) == happened


@pytest.mark.parametrize("act", ACTS)
def test_nor_somebody_of_another_workspace(run: Run, site: Site, act: str) -> None:
    report = run(filed_report, site)
    other = run(build, slack_id="T2")
    with pytest.raises(Refused, match=r"not one of your reports|not here any more"):
        do(run, other, act, report)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("status", FeedbackStatus)
def test_it_may_be_done_while_the_report_waits_for_an_answer(
    run: Run, site: Site, act: str, status: FeedbackStatus
) -> None:
    run(active_embedding, site)
    report = run(filed_report, site)
    run(become, report, status)
    if status in feedback.OPEN or (status, act) == (FeedbackStatus.WITHDRAWN, "withdraw"):
        do(run, site, act, report)
        return
    sentence = "You have withdrawn F-1" if status is FeedbackStatus.WITHDRAWN else "F-1 has been answered"
    with pytest.raises(Refused, match=sentence):
        do(run, site, act, report)


def test_of_an_edit_something_must_be_left(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    with pytest.raises(Refused, match="Say in a few words") as refusal:
        edit(run, site, report, Report(Kind.OTHER, "  "))
    assert refusal.value.field == "text"


def test_an_addition_of_nothing_is_refused_and_a_link_alone_is_enough(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    with pytest.raises(Refused, match="Say in a few words what there is to add"):
        run(report_edits.add_to_report, report, " ", (), by=site.caller("Ana"), at=SOON)
    run(report_edits.add_to_report, report, "", ("https://x.example",), by=site.caller("Ana"), at=SOON)
    assert [(one.text, one.links) for one in run(feedback.card, report).additions] == [("", ("https://x.example",))]


def test_what_was_withdrawn_is_nobodys_work_any_more(run: Run, site: Site) -> None:
    embedding_id = run(active_embedding, site)
    report = run(filed_report, site)
    run(report_edits.withdraw_report, report, by=site.caller("Ana"), at=SOON)
    run(report_edits.withdraw_report, report, by=site.caller("Ana"), at=SOON)
    assert run(event_kinds).count("feedback_withdrawn") == 1
    assert run(feedback.by_id, report).withdrawn_at == SOON
    assert run(feedback.open_in, [embedding_id]) == []
    with pytest.raises(Refused, match="F-1 was taken back"):
        run(note_drafts.file_change_note, change(site, report), policy=Policy(), by=site.caller("Priya"), at=SOON)


# Looking


def test_a_report_tells_all_that_happened_to_it_in_order(run: Run, site: Site) -> None:
    run(active_embedding, site)
    report = run(filed_report, site)
    run(triage.acknowledge, report, by=site.caller("Priya"), at=SOON)
    run(report_edits.add_to_report, report, "And again", (), by=site.caller("Ana"), at=SOON + timedelta(minutes=1))
    run(live_change, site, report, by="Tom", at=SOON + timedelta(minutes=2))
    found = run(report_status.status_by_number, 1, by=site.caller("Ana"), at=LATER)
    assert [(one.what, one.by, one.reference) for one in found.history] == [
        ("feedback_filed", "Ana", ""),
        ("feedback_acknowledged", "Priya", ""),
        ("feedback_added_to", "Ana", ""),
        ("change_note_live", "Tom", "C-1"),
    ]
    assert (found.zone, found.can_change) == ("Australia/Perth", False)


@pytest.mark.parametrize(
    ("name", "sees"), [("Priya", True), ("Tom", True), ("Ben", False), ("Mei", False), ("Kay", False)]
)
def test_besides_its_reporter_the_embedded_people_may_look(run: Run, site: Site, name: str, sees: bool) -> None:
    run(active_embedding, site)
    report = run(filed_report, site)
    caller = site.caller(name)
    if sees:
        assert not run(report_status.status_of, report, by=caller, at=LATER).can_change
        return
    with pytest.raises(Refused, match="You have no report F-1"):
        run(report_status.status_by_number, 1, by=caller, at=LATER)
    with pytest.raises(Refused, match="not one of your reports"):
        run(report_status.status_of, report, by=caller, at=LATER)


def test_a_number_of_another_workspace_is_not_there(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    other = run(build, slack_id="T2")
    run(active_embedding, other)
    for name in ("Ana", "Priya"):
        with pytest.raises(Refused, match="You have no report F-1"):
            run(report_status.status_by_number, 1, by=other.caller(name), at=LATER)
        with pytest.raises(Refused, match="not one of your reports"):
            run(report_status.status_of, report, by=other.caller(name), at=LATER)


def test_at_home_those_that_wait_come_first_each_with_what_somebody_did_last(run: Run, site: Site) -> None:
    run(active_embedding, site)
    first, _second, third = (run(filed_report, site, at=MONDAY + timedelta(days=8, hours=n)) for n in range(3))
    run(triage.acknowledge, first, by=site.caller("Priya"), at=LATER)
    run(report_edits.withdraw_report, third, by=site.caller("Ana"), at=LATER)
    own = run(home.home, by=site.caller("Ana"), at=LATER).standing.own
    assert [one.reference for one in own] == ["F-2", "F-1", "F-3"]
    assert [one.latest.by if one.latest else None for one in own] == [None, "Priya", None]


def test_a_colleague_who_is_named_is_written_nothing(run: Run, site: Site) -> None:
    run(active_embedding, site)
    report = Report(Kind.MISSED, "No alarm", site.alarm_id, relayed_for="Ben")
    filed = run(feedback.file_feedback, report, by=site.caller("Ana"), at=LATER)
    assert filed.relayed_for == "Ben"
    assert run(feedback.card, filed.id).relayed_for == "Ben"
    assert ("feedback_filed", "Ben") not in run(sent_to, site)
    assert run(lambda session: people.by_id(session, feedback.by_id(session, filed.id).reporter_id)).name == "Ana"


def test_the_export_has_all_that_was_said_and_added(run: Run, site: Site) -> None:
    run(active_embedding, site)
    report = run(filed_report, site)
    edit(run, site, report)
    for text, links in (("And again", ("https://x.example",)), ("And once more", ())):
        run(report_edits.add_to_report, report, text, links, by=site.caller("Ana"), at=SOON)
    run(filed_report, site)
    full, plain = run(exports.export, 1, by=site.caller("Priya"))
    assert (full.text, full.expected, full.place, full.did) == (
        "It did not ring",
        "Rung at 80 °C",
        "Crusher 2",
        "otherwise",
    )
    assert (full.shift_day, full.shift, full.relayed_for) == ("2026-03-10", "D", "Ben")
    assert (full.links, full.edited_at) == ("https://photos.example/1", SOON.isoformat())
    assert full.additions == "And again\nhttps://x.example\n\nAnd once more"
    assert (plain.expected, plain.shift, plain.links, plain.edited_at, plain.additions) == ("",) * 5
