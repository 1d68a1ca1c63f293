"""A change of a tool: who may note it, whom it answers, whom it is told, when they are asked about it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from store import change_notes, feedback, note_drafts, tools
from store.access import REFUSALS, Act
from store.change_notes import Noted
from store.errors import Refused
from store.feedback import FeedbackStatus, Kind
from store.policy import Policy
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
    planned_embedding,
    sent_to,
)


@pytest.fixture(autouse=True)
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def note(run: Run, site: Site, *answers: int, version: str | None = None, by: str = "Priya") -> Noted:
    what = change(site, *answers, version=version)
    return run(note_drafts.file_change_note, what, policy=Policy(), by=site.caller(by), at=LATER)


def told(run: Run, site: Site) -> list[tuple[str, str]]:
    """Who hears of it because of what they reported, and the channel; the news for everybody else is told elsewhere."""
    kinds = ("change_told", "change_in_channel", "verdict_asked")
    return [sent for sent in run(sent_to, site) if sent[0] in kinds]


def status(run: Run, report: int) -> FeedbackStatus:
    return run(feedback.by_id, report).status


def test_a_note_answers_reports_and_tells_their_reporters_and_the_channel(run: Run, site: Site) -> None:
    first, second = run(filed_report, site), run(filed_report, site, by="Ben")
    noted = note(run, site, first, second)
    assert noted == Noted("C-1", "Crusher alarm", ("F-1", "F-2"), 2)
    assert status(run, first) is status(run, second) is FeedbackStatus.CHANGED
    assert sorted(told(run, site)) == [
        ("change_in_channel", "C_PIT"),
        ("change_told", "Ana"),
        ("change_told", "Ben"),
        ("verdict_asked", "Ana"),
        ("verdict_asked", "Ben"),
    ]


def test_one_reporter_with_two_reports_is_told_once_and_asked_once(run: Run, site: Site) -> None:
    noted = note(run, site, run(filed_report, site), run(filed_report, site))
    assert noted.people_told == 1
    assert sorted(told(run, site)) == [
        ("change_in_channel", "C_PIT"),
        ("change_told", "Ana"),
        ("verdict_asked", "Ana"),
    ]


def test_the_same_report_given_twice_counts_once(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    assert note(run, site, report, report).answers == ("F-1",)


@pytest.mark.parametrize("kind", [Kind.GOOD_CATCH, Kind.IDEA])
def test_praise_and_ideas_are_told_but_not_asked_about(run: Run, site: Site, kind: Kind) -> None:
    note(run, site, run(filed_report, site, kind=kind))
    assert sorted(told(run, site)) == [("change_in_channel", "C_PIT"), ("change_told", "Ana")]


def test_somebody_with_praise_and_a_complaint_is_asked(run: Run, site: Site) -> None:
    note(run, site, run(filed_report, site, kind=Kind.GOOD_CATCH), run(filed_report, site))
    assert ("verdict_asked", "Ana") in told(run, site)


def test_a_note_that_answers_nobody_only_goes_to_the_channel(run: Run, site: Site) -> None:
    assert note(run, site).people_told == 0
    assert told(run, site) == [("change_in_channel", "C_PIT")]


@pytest.mark.parametrize(
    ("name", "shift_ends"),
    [
        # Live at 09:00 on Tuesday the 10th, in crew A's first day shift: that one does not count, the 11th does.
        pytest.param("Ana", "2026-03-13T06:00:00+08:00", id="crew A's night of the 12th"),
        pytest.param("Dan", "2026-03-15T18:00:00+08:00", id="crew B, which is off until the 14th"),
    ],
)
def test_a_reporter_is_asked_an_hour_before_the_end_of_their_second_shift_with_the_change(
    run: Run, site: Site, name: str, shift_ends: str
) -> None:
    note(run, site, run(filed_report, site, by=name))
    (asked,) = [row for row in run(outbox) if row.kind == "verdict_asked"]
    ends = datetime.fromisoformat(shift_ends)
    assert (asked.due_at, asked.expires_at) == (ends - timedelta(hours=1), ends)


def test_somebody_without_shifts_is_asked_some_days_after_they_were_told(run: Run, site: Site) -> None:
    note(run, site, run(filed_report, site, by="Mei"))
    (asked,) = [row for row in run(outbox) if row.kind == "verdict_asked"]
    assert (asked.due_at, asked.expires_at) == (LATER + timedelta(days=3), None)


def test_a_new_version_is_live_from_now_on(run: Run, site: Site) -> None:
    made = run(live_change, site, version="1.2")
    live = run(tools.live_version, site.alarm_id, LATER)
    before = run(tools.live_version, site.alarm_id, LATER - timedelta(seconds=1))
    assert live is not None
    assert before is not None
    assert (before.name, live.name) == ("1.1", "1.2")
    row = run(change_notes.by_id, made)
    assert (row.version_from_id, row.version_to_id) == (before.id, live.id)


def test_a_change_without_a_new_version_keeps_the_one_that_is_live(run: Run, site: Site) -> None:
    row = run(change_notes.by_id, run(live_change, site))
    assert row.version_to_id is None
    assert run(change_notes.version_name, row.version_from_id) == "1.1"


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_version_that_existed_is_refused_at_its_field(run: Run, site: Site, version: str) -> None:
    with pytest.raises(Refused, match=f"already had a version {version}") as refusal:
        note(run, site, version=version)
    assert refusal.value.field == "version"


def test_another_tools_version_name_is_free(run: Run, site: Site) -> None:
    assert note(run, site, version="3.2").reference == "C-1"


@pytest.mark.parametrize("name", ["Ana", "Mei", "Olga", "Kay", "Omar"])
def test_only_the_tools_data_scientists_note_changes(run: Run, site: Site, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        note(run, site, by=name)
    assert refusal.value.sentence == REFUSALS[Act.FILE_CHANGE_NOTE]


def test_not_of_a_tool_that_they_do_not_answer_for(run: Run, site: Site) -> None:
    what = replace(change(site), tool_id=site.forecast_id)
    with pytest.raises(Refused, match="Only the data scientists"):
        run(note_drafts.file_change_note, what, policy=Policy(), by=site.caller("Priya"), at=LATER)


def test_not_of_another_workspaces_tool(run: Run, site: Site) -> None:
    other = run(build, slack_id="T2")
    run(active_embedding, other)
    for tool_id in (other.alarm_id, 999_999):
        what = replace(change(site), tool_id=tool_id)
        with pytest.raises(Refused, match="not on this site's list") as refusal:
            run(note_drafts.file_change_note, what, policy=Policy(), by=site.caller("Priya"), at=LATER)
        assert refusal.value.field == "tool"


def test_not_before_the_embedding_has_begun(run: Run) -> None:
    other = run(build, slack_id="T2")
    run(planned_embedding, other)
    with pytest.raises(Refused, match="Only the data scientists"):
        note(run, other)


def test_a_report_about_another_tool_is_refused(run: Run, site: Site) -> None:
    report = run(filed_report, site, tool_id=site.forecast_id)
    with pytest.raises(Refused, match="F-1 is about another tool") as refusal:
        note(run, site, report)
    assert refusal.value.field == "answers"


def test_another_workspaces_report_is_not_here(run: Run, site: Site) -> None:
    other = run(build, slack_id="T2")
    report = run(filed_report, other)
    with pytest.raises(Refused, match="not here any more"):
        note(run, site, report)


def test_a_report_that_was_answered_meanwhile_is_refused_and_nothing_is_written(run: Run, site: Site) -> None:
    answered, waiting = run(filed_report, site), run(filed_report, site)
    note(run, site, answered)
    happened, out = run(event_kinds), len(run(outbox))
    with pytest.raises(Refused, match="F-1 has been answered meanwhile"):
        note(run, site, waiting, answered, version="1.3")
    assert run(event_kinds) == happened
    assert len(run(outbox)) == out
    assert status(run, waiting) is FeedbackStatus.NEW
    assert run(tools.version_named, site.alarm_id, "1.3") is None


def test_a_reporter_sees_only_their_own_reports_on_the_card(run: Run, site: Site) -> None:
    mine, theirs = run(filed_report, site, text="mine"), run(filed_report, site, by="Ben", text="theirs")
    made = run(live_change, site, mine, theirs, version="1.2")
    card = run(change_notes.card, made, site.people["Ana"])
    assert card.answers == (("F-1", "mine"),)
    assert (card.reference, card.tool, card.author, card.version) == ("C-1", "Crusher alarm", "Priya", "1.2")
    assert len(run(change_notes.card, made).answers) == 2
