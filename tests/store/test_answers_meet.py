"""Where answers meet each other: changes and decisions, duplicates, withdrawals and other tools, in unlucky orders."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from store import (
    feedback,
    report_edits,
    rolling_back,
    triage,
    verdicts,
)
from store.decisions import Step
from store.deliveries import Kind, Status
from store.feedback import Feedback, FeedbackStatus
from store.fitting import Triage
from store.policy import Policy
from store.verdicts import Helped
from tests.store.conftest import Run
from tests.store.site import FIRST_DAY, LATER, Site, active_embedding, filed_report, live_change, outbox

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
