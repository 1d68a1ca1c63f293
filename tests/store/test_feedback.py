"""A report: which tool is meant, who hears of it, who answers it, who may read it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session

from store import access, embeddings, exports, feedback, own_reports, people, triage
from store.access import REFUSALS, Act, Role, Scope
from store.errors import Refused
from store.feedback import KINDS_OFFERED, Feedback, FeedbackStatus, Filed, Impact, Kind, Report
from store.people import Caller
from store.tools import ToolType
from store.triage import Acknowledged
from tests.store.conftest import Run
from tests.store.site import (
    LATER,
    MONDAY,
    Site,
    active_embedding,
    another_team,
    build,
    event_kinds,
    filed_report,
    newest,
    outbox,
    planned_embedding,
    proposal,
    sent_to,
)


def file(run: Run, site: Site, name: str, report: Report) -> Filed:
    return run(feedback.file_feedback, report, by=site.caller(name), at=LATER)


def said(text: str, kind: Kind = Kind.OTHER) -> Report:
    return Report(kind, text)


def messages(run: Run, site: Site) -> list[tuple[str, str]]:
    return [sent for sent in run(sent_to, site) if sent[0].startswith("feedback")]


def test_a_report_goes_to_the_data_scientists_of_the_embedding(run: Run, site: Site) -> None:
    run(active_embedding, site)
    filed = file(run, site, "Ana", Report(Kind.MISSED, "No alarm", site.alarm_id))
    assert filed == Filed(
        "F-1", "Crusher alarm", Kind.MISSED, ("Priya", "Tom"), embedded=True, id=run(newest, Feedback)
    )
    assert messages(run, site) == [("feedback_filed", "Priya"), ("feedback_filed", "Tom")]


def test_outside_an_embedding_a_report_is_kept_and_nobody_is_disturbed(run: Run, site: Site) -> None:
    run(planned_embedding, site)
    assert file(run, site, "Ana", Report(Kind.MISSED, "No alarm", site.alarm_id)).heard_by == ()
    assert messages(run, site) == []


def test_a_report_keeps_the_version_that_was_live_and_what_it_cost(run: Run, site: Site) -> None:
    report = Report(Kind.WRONG_VALUE, "Two hours off", site.alarm_id, Impact.LOST_OUTPUT)
    run(feedback.file_feedback, report, by=site.caller("Ana"), at=MONDAY - timedelta(days=31))
    run(feedback.file_feedback, report, by=site.caller("Ana"), at=MONDAY)
    run(feedback.file_feedback, replace(report, impact=None), by=site.caller("Ana"), at=MONDAY - timedelta(days=365))
    kept = [run(newest, Feedback) - later for later in (2, 1, 0)]
    cards = [run(feedback.card, report) for report in kept]
    assert [(card.version, card.impact) for card in cards] == [
        ("1.0", Impact.LOST_OUTPUT),
        ("1.1", Impact.LOST_OUTPUT),
        (None, None),
    ]


@pytest.mark.parametrize(
    "words", ["The haul forecast is off", "HAUL FORECAST!!", "since monday the Haul Forecast says nothing"]
)
def test_the_tool_that_the_words_name_is_the_one_that_is_meant(run: Run, site: Site, words: str) -> None:
    run(active_embedding, site)
    assert file(run, site, "Ana", said(words)).tool == "Haul forecast"


def test_without_a_name_the_embedded_tool_is_meant(run: Run, site: Site) -> None:
    run(active_embedding, site, replace(proposal(site), tool_ids=(site.forecast_id,)))
    assert file(run, site, "Ana", said("It was two hours off")).tool == "Haul forecast"


def test_without_a_name_and_without_an_embedding_it_is_the_first_by_name(run: Run, site: Site) -> None:
    assert file(run, site, "Ana", said("It was off")).tool == "Crusher alarm"


def test_a_tool_that_the_reporter_does_not_work_with_is_not_meant_by_its_name(run: Run, site: Site) -> None:
    assert file(run, site, "Ana", said("The mill optimiser is odd")).tool == "Crusher alarm"


def test_the_tool_that_was_picked_counts_more_than_the_words(run: Run, site: Site) -> None:
    report = Report(Kind.OTHER, "Unlike the haul forecast", site.alarm_id)
    assert file(run, site, "Ana", report).tool == "Crusher alarm"


def test_a_data_scientist_may_report_on_the_tool_they_answer_for(run: Run, site: Site) -> None:
    run(active_embedding, site)
    assert file(run, site, "Priya", said("Rang twice")).tool == "Crusher alarm"


@pytest.mark.parametrize("name", ["Mei", "Ben"])
def test_the_lead_and_the_crew_may_report_on_their_tool(run: Run, site: Site, name: str) -> None:
    assert file(run, site, name, Report(Kind.MISSED, "", site.alarm_id)).reference == "F-1"


@pytest.mark.parametrize("name", ["Olga", "Kay", "Omar"])
def test_people_who_do_not_work_with_a_tool_are_sent_to_their_lead(run: Run, site: Site, name: str) -> None:
    run(active_embedding, site)
    with pytest.raises(Refused) as refusal:
        file(run, site, name, Report(Kind.MISSED, "", site.alarm_id))
    assert refusal.value.sentence == REFUSALS[Act.FILE_FEEDBACK]
    assert refusal.value.field == "tool"


def test_somebody_whose_team_has_no_tool_is_told_so(run: Run, site: Site) -> None:
    with pytest.raises(Refused, match="No tool is on this site's list for you"):
        file(run, site, "Kay", said("It was off"))


def test_a_tool_of_another_workspace_is_refused(run: Run, site: Site) -> None:
    other = run(build, slack_id="T2")
    with pytest.raises(Refused, match="not on this site's list") as refusal:
        file(run, site, "Ana", Report(Kind.MISSED, "", other.alarm_id))
    assert refusal.value.field == "tool"
    with pytest.raises(Refused, match="not on this site's list"):
        file(run, site, "Ana", Report(Kind.MISSED, "", 999_999))


@pytest.mark.parametrize("text", ["", "   ", "\n\t "])
def test_other_needs_words(run: Run, site: Site, text: str) -> None:
    with pytest.raises(Refused, match="Say in a few words") as refusal:
        file(run, site, "Ana", said(text))
    assert refusal.value.field == "text"
    assert file(run, site, "Ana", said(text, Kind.FALSE_ALARM)).kind is Kind.FALSE_ALARM


def test_a_refused_report_leaves_nothing_and_takes_no_number(run: Run, site: Site) -> None:
    with pytest.raises(Refused):
        file(run, site, "Omar", Report(Kind.MISSED, "", site.alarm_id))
    assert run(event_kinds) == []
    assert run(outbox) == []
    assert file(run, site, "Ana", Report(Kind.MISSED, "", site.alarm_id)).reference == "F-1"


def test_words_are_kept_as_they_were_said(run: Run, site: Site) -> None:
    words = "  <!channel> *rang* & rang — 3×, søndag\n'; DROP TABLE feedback; --  "
    report = run(filed_report, site, text=words)
    assert run(feedback.card, report).text == words


@pytest.mark.parametrize("tool_type", ToolType)
def test_a_reporter_sees_at_most_six_kinds_and_can_always_say_something_else(tool_type: ToolType) -> None:
    offered = KINDS_OFFERED[tool_type]
    assert len(set(offered)) == len(offered) <= 6
    assert {Kind.GOOD_CATCH, Kind.OTHER} <= set(offered)


# Acknowledging


def acknowledge(run: Run, site: Site, report: int, name: str = "Priya") -> Acknowledged:
    return run(triage.acknowledge, report, by=site.caller(name), at=LATER)


def test_the_reporter_hears_once_that_a_data_scientist_has_seen_it(run: Run, site: Site) -> None:
    run(active_embedding, site)
    report = run(filed_report, site)
    assert acknowledge(run, site, report) == acknowledge(run, site, report) == Acknowledged("F-1")
    assert acknowledge(run, site, report, "Tom") == Acknowledged("F-1")
    assert run(feedback.by_id, report).status is FeedbackStatus.ACKNOWLEDGED
    assert messages(run, site).count(("feedback_acknowledged", "Ana")) == 1
    assert run(event_kinds).count("feedback_acknowledged") == 1


def test_every_data_scientists_message_shows_that_it_was_seen(run: Run, site: Site) -> None:
    run(active_embedding, site)
    acknowledge(run, site, run(filed_report, site))
    seen = [row.person_id for row in run(outbox) if row.kind == "feedback_filed_seen"]
    assert seen == [site.people["Priya"], site.people["Tom"]]


@pytest.mark.parametrize("name", ["Ana", "Mei", "Olga", "Kay"])
def test_only_the_tools_data_scientists_answer_reports(run: Run, site: Site, name: str) -> None:
    run(active_embedding, site)
    report = run(filed_report, site)
    with pytest.raises(Refused) as refusal:
        acknowledge(run, site, report, name)
    assert refusal.value.sentence == REFUSALS[Act.TRIAGE_FEEDBACK]


def test_a_data_scientist_of_another_tool_does_not(run: Run, site: Site) -> None:
    run(active_embedding, site)
    report = run(filed_report, site, tool_id=site.forecast_id)
    with pytest.raises(Refused, match="Only the data scientists"):
        acknowledge(run, site, report)


def test_nor_one_of_another_workspace(run: Run, site: Site) -> None:
    run(active_embedding, site)
    report = run(filed_report, site)
    other = run(build, slack_id="T2")
    run(active_embedding, other)
    with pytest.raises(Refused, match="not here any more"):
        acknowledge(run, other, report)


# Reading


def test_ones_own_reports_come_newest_first_in_pages(run: Run, site: Site) -> None:
    for _ in range(5):
        run(filed_report, site)
    run(filed_report, site, by="Ben")

    def page(number: int) -> tuple[list[str], int, int]:
        shown = run(own_reports.page, number, 2, by=site.caller("Ana"))
        return [one.reference for one in shown.reports], shown.number, shown.pages

    assert page(1) == (["F-5", "F-4"], 1, 3)
    assert page(3) == (["F-1"], 3, 3)
    assert page(9) == (["F-1"], 3, 3)
    assert page(0) == page(-4) == page(1)


def test_somebody_without_reports_has_one_empty_page(run: Run, site: Site) -> None:
    shown = run(own_reports.page, 1, 10, by=site.caller("Finn"))
    assert (shown.reports, shown.number, shown.pages) == ((), 1, 1)


def test_reports_that_wait_come_oldest_first_and_answered_ones_do_not(run: Run, site: Site) -> None:
    embedding_id = run(active_embedding, site)
    kept = [run(filed_report, site) for _ in range(len(FeedbackStatus))]

    def spread(session: Session) -> None:
        for report, status in zip(kept, FeedbackStatus, strict=True):
            session.get_one(Feedback, report).status = status

    run(spread)
    waiting = [row.status.value for row in run(feedback.open_in, [embedding_id])]
    assert waiting == ["new", "acknowledged", "accepted", "contested"]
    assert len(run(feedback.open_in, [embedding_id], 2)) == 2
    assert run(feedback.open_in, [embedding_id + 1]) == []


def give_champion(session: Session, site: Site) -> None:
    access.give(session, people.by_id(session, site.people["Ben"]), Role.CHAMPION, Scope.TEAM, site.team_id, at=MONDAY)


def test_the_embedded_people_read_every_report_with_name_and_text(run: Run, site: Site) -> None:
    run(active_embedding, site)
    run(give_champion, site)
    run(filed_report, site, text="one")
    run(filed_report, site, by="Ben", text="two", kind=Kind.MISSED)
    for name in ("Priya", "Ben"):
        rows = run(exports.export, 1, by=site.caller(name))
        assert [(row.reference, row.reporter, row.version, row.kind, row.impact, row.text) for row in rows] == [
            ("F-1", "Ana", "1.1", "false_alarm", "", "one"),
            ("F-2", "Ben", "1.1", "missed", "", "two"),
        ]


@pytest.mark.parametrize("name", ["Ana", "Mei", "Olga", "Dmitri", "Kay", "Omar"])
def test_nobody_else_reads_them(run: Run, site: Site, name: str) -> None:
    run(active_embedding, site)
    with pytest.raises(Refused) as refusal:
        run(exports.export, 1, by=site.caller(name))
    assert refusal.value.sentence == REFUSALS[Act.READ_REPORTS]


def test_an_embedding_that_is_not_there_is_named(run: Run, site: Site) -> None:
    with pytest.raises(Refused, match="There is no embedding E-7"):
        run(exports.export, 7, by=site.caller("Priya"))


def test_another_workspaces_embedding_is_not_there(run: Run, site: Site) -> None:
    run(active_embedding, site)
    other = run(build, slack_id="T2")
    with pytest.raises(Refused, match="There is no embedding E-1"):
        run(exports.export, 1, by=other.caller("Priya"))


def test_a_stranger_is_told_whom_to_ask(run: Run, site: Site) -> None:
    with pytest.raises(Refused, match="not on this site's list yet"):
        run(feedback.file_feedback, said("It was off"), by=Caller("", "T1", "UNOBODY"), at=LATER)
    with pytest.raises(Refused, match="imports the site file first"):
        run(feedback.file_feedback, said("It was off"), by=Caller("E9", "T1", "UANA"), at=LATER)


def test_a_lead_who_works_in_no_crew_reports_on_the_teams_tool_without_picking_it(run: Run, site: Site) -> None:
    assert file(run, site, "Mei", said("false alarm on the crusher")).tool == "Crusher alarm"


def test_the_embedding_takes_up_what_its_team_reported_before_it_began(run: Run, site: Site) -> None:
    early = run(filed_report, site)
    praised = run(filed_report, site, by="Ben", tool_id=site.forecast_id)
    embedding_id = run(active_embedding, site)
    assert [row.id for row in run(feedback.open_in, [embedding_id])] == [early]
    assert run(feedback.by_id, praised).embedding_id is None
    assert messages(run, site) == [("feedback_filed", "Priya"), ("feedback_filed", "Tom")]


def test_words_of_another_team_stay_out_of_an_embedding_on_the_same_tool(run: Run, site: Site) -> None:
    def other_team(session: Session) -> None:
        team = another_team(session, site, site.alarm_id)
        access.give(session, people.by_id(session, site.people["Omar"]), Role.LEAD, Scope.TEAM, team.key, at=MONDAY)

    run(active_embedding, site)
    run(other_team)
    filed = file(run, site, "Omar", Report(Kind.MISSED, "No alarm at the mill", site.alarm_id))
    assert (filed.heard_by, filed.embedded) == ((), False)
    assert messages(run, site) == []


def test_a_report_while_the_data_scientists_are_away_waits_in_its_embedding(run: Run, site: Site) -> None:
    def switch_off(session: Session) -> None:
        for name in ("Priya", "Tom"):
            people.by_id(session, site.people[name]).active = False

    embedding_id = run(active_embedding, site)
    run(switch_off)
    filed = file(run, site, "Ana", Report(Kind.MISSED, "No alarm", site.alarm_id))
    assert (filed.heard_by, filed.embedded) == ((), True)
    assert run(embeddings.card, embedding_id).data_scientists == ("Priya", "Tom")
