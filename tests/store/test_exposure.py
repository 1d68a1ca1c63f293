"""Exposure: how much a tool has shown in a week, so that its errors have a denominator; unknown is never zero."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from store import embeddings, exposure, exposure_import, packets, report_edits, summary, triage, verdicts, workspaces
from store.decisions import Step
from store.errors import Refused
from store.exposure import Entry, Exposure
from store.exposure_import import ExposureLine
from store.feedback import Feedback, FeedbackStatus, Kind
from store.fitting import Triage
from store.people import Person
from store.policy import Policy
from store.verdicts import Helped
from tests.store.conftest import Run
from tests.store.site import FIRST_DAY, LATER, Site, active_embedding, event_kinds, filed_report, live_change

FIRST_WEEK = date(2026, 3, 9)
IN_THREE_WEEKS = LATER + timedelta(days=21)


@pytest.fixture(autouse=True)
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def enter(run: Run, site: Site, shown: int, day: date = FIRST_DAY, by: str = "Priya") -> exposure.Entered:
    return run(exposure.enter, Entry(site.alarm_id, day, shown), by=site.caller(by), at=IN_THREE_WEEKS)


def weeks(run: Run, embedding_id: int) -> tuple[exposure.WeekOfTool, ...]:
    def of(session: Session) -> tuple[exposure.WeekOfTool, ...]:
        embedding = embeddings.by_id(session, embedding_id)
        return exposure.weeks_of_embedding(session, embedding, IN_THREE_WEEKS.date())

    return run(of)


def test_errors_stand_among_what_was_shown_in_their_week(run: Run, site: Site, embedding_id: int) -> None:
    for _ in range(3):
        run(filed_report, site)
    run(filed_report, site, kind=Kind.MISSED, at=LATER + timedelta(days=7))
    enter(run, site, 412, FIRST_DAY + timedelta(days=3))
    found = weeks(run, embedding_id)
    assert [(one.week, one.shown, one.false_alarms, one.missed) for one in found] == [
        (FIRST_WEEK, 412, 3, 0),
        (FIRST_WEEK + timedelta(days=7), None, 0, 1),
        (FIRST_WEEK + timedelta(days=14), None, 0, 0),
        (FIRST_WEEK + timedelta(days=21), None, 0, 0),
    ]


def test_what_was_taken_back_or_goes_on_in_another_report_is_not_counted_twice(
    run: Run, site: Site, embedding_id: int
) -> None:
    for _ in range(3):
        run(filed_report, site)

    def settle(session: Session) -> None:
        rows = session.exec(select(Feedback).order_by(col(Feedback.id))).all()
        rows[0].status, rows[1].status = FeedbackStatus.WITHDRAWN, FeedbackStatus.DUPLICATE
        session.add_all(rows)

    run(settle)
    assert weeks(run, embedding_id)[0].false_alarms == 1


def test_the_same_error_stays_one_when_the_change_that_answers_both_reports_is_live(
    run: Run, site: Site, embedding_id: int
) -> None:
    first, second = run(filed_report, site), run(filed_report, site, "Ben")
    run(triage.triage, Triage(Step.DUPLICATE, (second,), carries_on=1), by=site.caller("Priya"), at=LATER)
    assert weeks(run, embedding_id)[0].false_alarms == 1
    note = run(live_change, site, first)
    assert weeks(run, embedding_id)[0].false_alarms == 1
    for who in ("Ana", "Ben"):
        run(verdicts.give_verdict, note, Helped.SAME, policy=Policy(), by=site.caller(who), at=LATER)
    assert weeks(run, embedding_id)[0].false_alarms == 1
    # Without the first report the second one is all there is of it.
    run(report_edits.withdraw_report, first, by=site.caller("Ana"), at=LATER)
    assert weeks(run, embedding_id)[0].false_alarms == 1


def test_a_week_begins_when_it_does_at_the_site_wherever_it_is_entered(run: Run, site: Site) -> None:
    monday = FIRST_WEEK + timedelta(days=7)
    on_sunday, on_monday = datetime(2026, 3, 15, 15, 59, tzinfo=UTC), datetime(2026, 3, 15, 16, tzinfo=UTC)

    def far_away(session: Session, zone: str) -> None:
        priya = session.get_one(Person, site.people["Priya"])
        priya.zone = zone
        session.add(priya)

    entry = Entry(site.alarm_id, monday, 12)
    run(far_away, "Pacific/Auckland")
    with pytest.raises(Refused, match="That week has not begun"):
        run(exposure.enter, entry, by=site.caller("Priya"), at=on_sunday)
    run(far_away, "America/New_York")
    assert run(exposure.enter, entry, by=site.caller("Priya"), at=on_monday).shown == 12
    line = ExposureLine(2, "Crusher alarm", monday, 13)
    (flaw,) = plan(run, site, line, at=on_sunday).flaws
    assert flaw.sentence == "the week of 2026-03-16 has not begun."
    (change,) = plan(run, site, line, at=on_monday).changes
    assert change.detail == "2026-03-16 12 → 13"


def test_a_list_for_a_site_without_tools_says_what_comes_first(run: Run, site: Site) -> None:
    elsewhere = run(workspaces.ensure, "", "T2", "Empty", at=LATER).id
    assert elsewhere is not None
    lines = (ExposureLine(2, "Crusher alarm", FIRST_WEEK, 1),)
    (flaw,) = run(exposure_import.plan_exposure, elsewhere, lines, at=LATER).flaws
    assert flaw.sentence == '"Crusher alarm" is no tool of this site. None is known yet: import the site first.'


def test_a_week_that_is_entered_again_is_replaced_and_keeps_what_stood_before(run: Run, site: Site) -> None:
    assert enter(run, site, 412).before is None
    assert enter(run, site, 418, FIRST_WEEK, by="Tom").before == 412
    assert enter(run, site, 418).before is None
    kept = run(lambda session: session.exec(select(Exposure).order_by(col(Exposure.id))).all())
    assert [(row.shown, row.replaced_at is None) for row in kept] == [(412, False), (418, True)]
    assert run(event_kinds).count("exposure_entered") == 2


def test_none_shown_is_zero_and_not_unknown(run: Run, site: Site, embedding_id: int) -> None:
    enter(run, site, 0)
    assert [one.shown for one in weeks(run, embedding_id)][:2] == [0, None]


@pytest.mark.parametrize(
    ("shown", "day", "field"),
    [(412, date(2026, 6, 1), "week"), (-1, FIRST_DAY, "shown"), (10**9, FIRST_DAY, "shown")],
)
def test_what_cannot_be_is_refused_at_its_field(run: Run, site: Site, shown: int, day: date, field: str) -> None:
    with pytest.raises(Refused) as refused:
        enter(run, site, shown, day)
    assert refused.value.field == field
    assert run(lambda session: session.exec(select(Exposure)).all()) == []


@pytest.mark.parametrize("who", ["Ana", "Mei", "Kay", "Olga"])
def test_nobody_else_enters_it(run: Run, site: Site, who: str) -> None:
    with pytest.raises(Refused, match="Only the data scientists"):
        enter(run, site, 412, by=who)
    with pytest.raises(Refused, match="Only the data scientists"):
        run(exposure.enterable, by=site.caller(who), at=LATER)
    assert run(lambda session: session.exec(select(Exposure)).all()) == []


def test_the_form_offers_the_last_week_that_is_over(run: Run, site: Site) -> None:
    offered = run(exposure.enterable, by=site.caller("Priya"), at=IN_THREE_WEEKS)
    assert offered.week == FIRST_WEEK + timedelta(days=14)
    assert offered.tools == ((site.alarm_id, "Crusher alarm"),)


def test_the_packet_and_the_summary_have_each_week_and_say_what_is_unknown(
    run: Run, site: Site, embedding_id: int
) -> None:
    run(filed_report, site)
    enter(run, site, 412)
    packet = json.loads(run(packets.compile_packet, embedding_id, policy=Policy(), at=IN_THREE_WEEKS).packet)
    (tool,) = packet["tools"]
    assert tool["exposure"][:2] == [
        {"week": "2026-03-09", "shown": 412, "false_alarms": 1, "missed": 0, "wrong": 0},
        {"week": "2026-03-16", "shown": None, "false_alarms": 0, "missed": 0, "wrong": 0},
    ]
    found = run(summary.summary, None, policy=Policy(), by=site.caller("Mei"), at=IN_THREE_WEEKS)
    assert found.weeks == weeks(run, embedding_id)


def plan(run: Run, site: Site, *lines: ExposureLine, at: datetime = IN_THREE_WEEKS) -> exposure_import.ExposurePlan:
    planned = run(exposure_import.plan_exposure, site.workspace_id, lines, at=at)
    imported = run(exposure_import.import_exposure, site.workspace_id, lines, at=at)
    assert imported == planned
    return imported


def test_a_list_is_taken_over_and_a_second_time_changes_nothing(run: Run, site: Site, embedding_id: int) -> None:
    enter(run, site, 400)
    lines = (
        ExposureLine(2, "crusher  ALARM", FIRST_WEEK, 412),
        ExposureLine(3, "Crusher alarm", FIRST_WEEK + timedelta(days=7), 380),
    )
    assert [(change.verb.value, change.detail) for change in plan(run, site, *lines).changes] == [
        ("changed", "2026-03-09 400 → 412"),
        ("added", "2026-03-16 380"),
    ]
    assert [one.shown for one in weeks(run, embedding_id)][:2] == [412, 380]
    assert plan(run, site, *lines) == exposure_import.ExposurePlan()


def test_every_flaw_of_a_list_is_said_by_its_line_and_nothing_is_taken_over(run: Run, site: Site) -> None:
    good = ExposureLine(2, "Crusher alarm", FIRST_WEEK, 412)
    found = plan(
        run,
        site,
        good,
        ExposureLine(3, "Crusher alarms", FIRST_WEEK, 1),
        ExposureLine(4, "Crusher alarm", FIRST_WEEK + timedelta(days=2), 1),
        ExposureLine(5, "Crusher alarm", FIRST_WEEK, 413),
        ExposureLine(6, "Crusher alarm", date(2026, 6, 1), 1),
    )
    assert [flaw.line for flaw in found.flaws] == [3, 4, 5, 6]
    assert "Write the Monday of the week, such as 2026-03-09." in found.flaws[1].sentence
    assert run(lambda session: session.exec(select(Exposure)).all()) == []
