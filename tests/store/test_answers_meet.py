"""Where answers meet each other: changes and decisions, duplicates, withdrawals and other tools, in unlucky orders."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from store import (
    feedback,
    going_live,
    note_drafts,
    outcome_news,
    report_edits,
    rolling_back,
    tellings,
    triage,
    unsafe,
    verdicts,
)
from store.change_notes import ChangeNote, When, card, latest_for
from store.decisions import Step
from store.deliveries import Delivery, Kind, Status
from store.feedback import Feedback, FeedbackStatus, Impact, Report
from store.feedback import Kind as ReportKind
from store.fitting import Triage
from store.policy import Policy
from store.verdicts import Helped
from tests.store.conftest import Run
from tests.store.site import FIRST_DAY, LATER, Site, active_embedding, change, filed_report, live_change, newest, outbox

HOUR = timedelta(hours=1)
REASON = "It stays as it is."


@pytest.fixture(autouse=True)
def embedded(run: Run, site: Site) -> None:
    run(active_embedding, site)


def done(run: Run, site: Site, step: Step, *reports: int, at: datetime = LATER, number: int | None = None) -> None:
    what = Triage(step, reports, REASON, FIRST_DAY + timedelta(days=20), "Maintenance", carries_on=number)
    run(triage.triage, what, by=site.caller("Priya"), at=at)


def row(run: Run, report: int) -> Feedback:
    return run(feedback.by_id, report)


def say(run: Run, site: Site, note: int, value: Helped, name: str = "Ana", at: datetime = LATER + HOUR) -> None:
    run(verdicts.give_verdict, note, value, policy=Policy(), by=site.caller(name), at=at)


def take_back(run: Run, site: Site, note: int, at: datetime = LATER + 3 * HOUR) -> None:
    run(rolling_back.roll_back, note, "It missed a seal", by=site.caller("Priya"), at=at)


def draft(run: Run, site: Site, *answers: int) -> int:
    what = replace(change(site, *answers), when=When.DRAFT)
    run(note_drafts.file_change_note, what, policy=Policy(), by=site.caller("Priya"), at=LATER)
    return run(newest, ChangeNote)


def of_kind(run: Run, kind: Kind) -> list[Delivery]:
    return [one for one in run(outbox) if one.kind is kind]


def goes_out(session: Session, *kinds: Kind) -> None:
    for delivery in outbox(session):
        if delivery.kind in kinds and delivery.status is Status.QUEUED:
            delivery.status = Status.SENT
            session.add(delivery)


# Changes and duplicates


def test_when_a_change_is_taken_back_what_went_on_in_a_report_that_was_settled_since_goes_on_alone(
    run: Run, site: Site
) -> None:
    one, other = run(filed_report, site), run(filed_report, site, by="Ben")
    done(run, site, Step.DUPLICATE, other, number=1)
    note = run(live_change, site, one)
    say(run, site, note, Helped.WORSE)
    done(run, site, Step.DECLINE, one, at=LATER + 2 * HOUR)
    take_back(run, site, note)
    found = row(run, other)
    assert row(run, one).status is FeedbackStatus.DECLINED
    assert (found.status, found.duplicate_of_id) == (FeedbackStatus.ACKNOWLEDGED, None)


def test_when_a_change_is_taken_back_what_went_on_in_a_report_that_is_open_again_goes_on_in_it(
    run: Run, site: Site
) -> None:
    one, other = run(filed_report, site), run(filed_report, site, by="Ben")
    done(run, site, Step.DUPLICATE, other, number=1)
    take_back(run, site, run(live_change, site, one))
    assert (row(run, other).status, row(run, other).duplicate_of_id) == (FeedbackStatus.DUPLICATE, one)


def test_a_report_that_a_change_did_not_help_carries_on_others_by_itself(run: Run, site: Site) -> None:
    one, other, third = (run(filed_report, site, by=name) for name in ("Ana", "Ben", "Cleo"))
    done(run, site, Step.DUPLICATE, other, number=1)
    note = run(live_change, site, one)
    say(run, site, note, Helped.WORSE, "Ben")
    done(run, site, Step.DUPLICATE, third, number=2, at=LATER + 2 * HOUR)
    assert row(run, third).duplicate_of_id == other


def test_a_report_goes_back_to_its_promise_when_the_one_it_went_on_in_is_withdrawn(run: Run, site: Site) -> None:
    one, other = run(filed_report, site), run(filed_report, site, by="Ben")
    done(run, site, Step.ACCEPT, other)
    run(goes_out, Kind.FEEDBACK_OUTCOME)
    done(run, site, Step.DUPLICATE, other, number=1, at=LATER + 2 * HOUR)
    run(report_edits.withdraw_report, one, by=site.caller("Ana"), at=LATER + 3 * HOUR)
    assert (row(run, other).status, row(run, other).decided_at) == (FeedbackStatus.ACCEPTED, LATER)


# Changes and time


def test_of_two_changes_the_one_counts_that_went_live_last(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    early = draft(run, site, report)
    late = run(live_change, site, report)
    say(run, site, late, Helped.WORSE)
    run(going_live.go_live_now, early, policy=Policy(), by=site.caller("Priya"), at=LATER + 2 * HOUR)
    assert run(latest_for, report) == early
    say(run, site, early, Helped.BETTER, at=LATER + 3 * HOUR)
    assert row(run, report).status is FeedbackStatus.CONFIRMED


def test_a_change_does_not_answer_what_went_to_another_tool_meanwhile(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    note = draft(run, site, report)
    run(report_edits.choose_tool, report, site.forecast_id, by=site.caller("Ana"), at=LATER)
    went = run(going_live.go_live_now, note, policy=Policy(), by=site.caller("Priya"), at=LATER + HOUR)
    assert (went.answers, went.left_out) == ((), ("F-1",))
    assert row(run, report).status is FeedbackStatus.NEW


def test_news_that_tells_of_ones_own_report_as_well_is_not_dropped_after_the_shift(run: Run, site: Site) -> None:
    run(live_change, site)
    report = run(filed_report, site, by="Dan")
    run(live_change, site, report, at=LATER + HOUR)
    (dans,) = [one for one in run(outbox) if one.person_id == site.people["Dan"] and run(tellings.told_by, one.key)]
    assert (dans.kind, dans.expires_at) == (Kind.CHANGE_TOLD, None)


# Withdrawals


def test_a_reporter_hears_no_more_of_what_they_withdrew(run: Run, site: Site) -> None:
    what = Report(ReportKind.OTHER, "The guard opens", site.alarm_id, Impact.UNSAFE)
    filed = run(unsafe.file_report, what, by=site.caller("Ana"), at=LATER)
    run(unsafe.take, filed.id, by=site.caller("Mei"), at=LATER)
    run(report_edits.withdraw_report, filed.id, by=site.caller("Ana"), at=LATER)
    assert [one.status for one in of_kind(run, Kind.UNSAFE_TAKEN)] == [Status.SKIPPED]


def test_a_change_does_not_name_to_its_reporter_what_they_withdrew(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    note = run(live_change, site, report)
    say(run, site, note, Helped.WORSE)
    run(report_edits.withdraw_report, report, by=site.caller("Ana"), at=LATER + 2 * HOUR)
    assert run(card, note, site.people["Ana"]).answers == ()
    assert len(run(card, note).answers) == 1


# Reading and deciding


def test_who_heard_that_a_report_was_read_does_not_hear_it_again_and_others_do(run: Run, site: Site) -> None:
    moved = run(filed_report, site)
    done(run, site, Step.ACKNOWLEDGE, moved)
    run(goes_out, Kind.FEEDBACK_ACKNOWLEDGED)
    for tool in (site.forecast_id, site.alarm_id):
        run(report_edits.choose_tool, moved, tool, by=site.caller("Ana"), at=LATER + HOUR)
    other = run(filed_report, site)
    done(run, site, Step.ACKNOWLEDGE, moved, other, at=LATER + 2 * HOUR)
    assert [(one.subject_id, one.data["others"]) for one in of_kind(run, Kind.FEEDBACK_ACKNOWLEDGED)] == [
        (moved, []),
        (other, []),
    ]


def test_another_day_for_a_promise_that_nobody_heard_yet_is_no_later_decision(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    done(run, site, Step.ACCEPT, report)
    done(run, site, Step.ACCEPT, report, at=LATER + HOUR)
    run(goes_out, Kind.FEEDBACK_OUTCOME)
    done(run, site, Step.DECLINE, report, at=LATER + 2 * HOUR)
    done(run, site, Step.REOPEN, report, at=LATER + 3 * HOUR)
    assert (row(run, report).status, row(run, report).decided_at) == (FeedbackStatus.ACCEPTED, LATER)


def test_a_decision_that_did_not_get_through_was_not_heard(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    done(run, site, Step.DECLINE, report)

    def fails(session: Session) -> int:
        (told,) = [one for one in outbox(session) if one.kind is Kind.FEEDBACK_OUTCOME]
        told.status = Status.SKIPPED
        session.add(told)
        return told.data["decisions"][0]  # type: ignore[no-any-return] # as it was queued

    assert not run(outcome_news.has_heard, site.people["Ana"], run(fails))
