"""Triage: what data scientists do with reports, what fits which of them, and what their reporters hear of it, once."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from store import (
    asking_back,
    decisions,
    feedback,
    inbox,
    outcome_news,
    report_edits,
    reviews,
    sending,
    triage,
    unsafe,
    verdicts,
)
from store.causes import Cause
from store.decisions import FOLLOWS, Step
from store.deliveries import Kind, Status
from store.errors import Refused
from store.feedback import OPEN, Feedback, FeedbackStatus, Impact, Report
from store.feedback import Kind as ReportKind
from store.fitting import ANOTHER_TOOL, ITSELF, MEANWHILE, READ_ALREADY, SETTLED, NotDone, Triage
from store.outcome_news import Outcome
from store.policy import Policy
from store.triage import Triaged
from store.verdicts import Helped
from tests.store.conftest import Run
from tests.store.site import (
    CREW_B,
    FIRST_DAY,
    LATER,
    Site,
    active_embedding,
    build,
    event_kinds,
    filed_report,
    live_change,
    opened_review,
    outbox,
    sent_to,
)

PROMISED = FIRST_DAY + timedelta(days=10)
REASON = "The sensor is being replaced in May, & until then it <stays> as it is."

WITH: dict[Step, dict[str, Any]] = {
    Step.ACKNOWLEDGE: {},
    Step.ACCEPT: {"day": PROMISED},
    Step.ASK_BACK: {"words": "Was the belt empty?"},
    Step.SET_CAUSE: {"cause": Cause.THRESHOLD},
    Step.PASS_ON: {"owner": "Maintenance planning", "work_order": "4711"},
    Step.EXPLAIN: {"words": REASON},
    Step.DECLINE: {"words": REASON},
    Step.REOPEN: {"words": "I misread it."},
}
"""What each step takes, besides the report in which another one goes on."""


@pytest.fixture(autouse=True)
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def done(
    run: Run, site: Site, step: Step, *reports: int, by: str = "Priya", at: datetime = LATER, **other: Any
) -> Triaged:
    what = Triage(step, reports, **{**WITH.get(step, {}), **other})
    return run(triage.triage, what, by=site.caller(by), at=at)


def status(run: Run, report: int) -> FeedbackStatus:
    return run(feedback.by_id, report).status


def told(run: Run, site: Site, name: str) -> list[list[Outcome]]:
    """What each message to somebody says that is to go out or went out, oldest first."""

    def of(session: Session) -> list[list[Outcome]]:
        return [
            list(outcome_news.outcomes(session, row))
            for row in outbox(session)
            if row.kind is Kind.FEEDBACK_OUTCOME
            and row.person_id == site.people[name]
            and row.status is not Status.SKIPPED
        ]

    return run(of)


def goes_out(session: Session, at: datetime) -> None:
    """What is due goes out."""
    for row in outbox(session):
        if row.status is Status.QUEUED and row.due_at <= at:
            row.status, row.attempts, row.attempted_at, row.ended_at = Status.SENT, 1, at, at
            session.add(row)


def test_a_no_reaches_its_reporter_with_the_reason_word_for_word(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    assert done(run, site, Step.DECLINE, report) == Triaged(Step.DECLINE, ("F-1",))
    ((outcome,),) = told(run, site, "Ana")
    assert (outcome.references, outcome.status, outcome.words, outcome.by) == (
        ("F-1",),
        FeedbackStatus.DECLINED,
        REASON,
        "Priya",
    )
    assert status(run, report) is FeedbackStatus.DECLINED


@pytest.mark.parametrize(
    ("step", "becomes"),
    [
        (Step.ACCEPT, FeedbackStatus.ACCEPTED),
        (Step.PASS_ON, FeedbackStatus.PASSED_ON),
        (Step.EXPLAIN, FeedbackStatus.EXPLAINED),
        (Step.DECLINE, FeedbackStatus.DECLINED),
    ],
)
def test_each_decision_is_told_once_and_notes_its_times(
    run: Run, site: Site, step: Step, becomes: FeedbackStatus
) -> None:
    report = run(filed_report, site)
    at = LATER + timedelta(hours=2)
    done(run, site, step, report, at=at)
    row = run(feedback.by_id, report)
    assert row.status is becomes
    assert row.answered_at == row.decided_at == row.acknowledged_at == at
    assert [[one.status for one in message] for message in told(run, site, "Ana")] == [[becomes]]
    assert run(event_kinds)[-1] == f"feedback_{becomes}"


def test_what_is_passed_on_says_to_whom_until_when_and_under_which_number(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    done(run, site, Step.PASS_ON, report, day=PROMISED)
    ((outcome,),) = told(run, site, "Ana")
    assert (outcome.owner, outcome.day, outcome.work_order) == ("Maintenance planning", PROMISED, "4711")


def test_no_clock_is_set_anew(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    done(run, site, Step.ACKNOWLEDGE, report, at=LATER)
    first = LATER + timedelta(days=1)
    done(run, site, Step.ACCEPT, report, at=first)
    done(run, site, Step.ACCEPT, report, at=first + timedelta(days=1), day=PROMISED + timedelta(days=5))
    row = run(feedback.by_id, report)
    assert (row.acknowledged_at, row.answered_at, row.decided_at) == (LATER, LATER, first)
    assert [one.day for one in run(decisions.of_report, report)] == [PROMISED, PROMISED + timedelta(days=5)]


def test_what_fits_only_some_is_done_with_those_and_says_which_not_and_why(run: Run, site: Site) -> None:
    read, new, settled = (run(filed_report, site) for _ in range(3))
    done(run, site, Step.ACKNOWLEDGE, read)
    done(run, site, Step.DECLINE, settled)
    found = done(run, site, Step.ACKNOWLEDGE, read, new, settled)
    assert found.done == ("F-2",)
    assert [(one.reference, one.because) for one in found.not_done] == [
        ("F-1", READ_ALREADY),
        ("F-3", SETTLED[FeedbackStatus.DECLINED]),
    ]
    assert status(run, settled) is FeedbackStatus.DECLINED


def test_what_fits_none_is_refused_and_changes_nothing(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    done(run, site, Step.EXPLAIN, report)
    before = run(event_kinds)
    with pytest.raises(Refused, match="It was explained"):
        done(run, site, Step.DECLINE, report)
    assert run(event_kinds) == before
    assert len(told(run, site, "Ana")) == 1


@pytest.mark.parametrize("state", FeedbackStatus)
@pytest.mark.parametrize("step", [step for step in Step if step is not Step.DUPLICATE])
def test_a_step_follows_only_what_the_table_says(run: Run, site: Site, step: Step, state: FeedbackStatus) -> None:
    report = run(filed_report, site)

    def stands(session: Session) -> None:
        row = session.get_one(Feedback, report)
        row.status = state
        session.add(row)
        if state in FOLLOWS[Step.REOPEN].after:
            session.add(
                decisions.Decision(
                    feedback_id=report,
                    status=state,
                    was=FeedbackStatus.ACKNOWLEDGED,
                    words="",
                    decided_by_id=site.people["Tom"],
                    decided_at=LATER,
                )
            )

    run(stands)
    if state in FOLLOWS[step].after:
        assert done(run, site, step, report).done == ("F-1",)
        becomes = FOLLOWS[step].becomes
        assert becomes is None or status(run, report) is becomes
    else:
        with pytest.raises(Refused):
            done(run, site, step, report)
        assert status(run, report) is state


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("who", ["Ana", "Mei", "Olga", "Kay", "Omar"])
def test_nobody_else_does_any_of_it(run: Run, site: Site, step: Step, who: str) -> None:
    report, other = run(filed_report, site), run(filed_report, site, by="Ben")
    if step is Step.REOPEN:
        done(run, site, Step.DECLINE, report)
    before = (run(event_kinds), len(run(outbox)), status(run, report))
    with pytest.raises(Refused, match="Only the data scientists"):
        done(run, site, step, report, by=who, carries_on=2 if step is Step.DUPLICATE else None)
    assert (run(event_kinds), len(run(outbox)), status(run, report)) == before
    assert status(run, other) is FeedbackStatus.NEW


@pytest.mark.parametrize(
    ("step", "left_out", "field"),
    [
        (Step.ACCEPT, {"day": None}, "day"),
        (Step.ACCEPT, {"day": FIRST_DAY - timedelta(days=1)}, "day"),
        (Step.PASS_ON, {"owner": " "}, "owner"),
        (Step.PASS_ON, {"day": date(2020, 1, 1)}, "day"),
        (Step.EXPLAIN, {"words": " \n"}, "words"),
        (Step.DECLINE, {"words": ""}, "words"),
        (Step.ASK_BACK, {"words": ""}, "words"),
        (Step.SET_CAUSE, {"cause": None}, "cause"),
        (Step.DUPLICATE, {}, "carries_on"),
        (Step.DUPLICATE, {"carries_on": 99}, "carries_on"),
    ],
)
def test_what_is_missing_or_over_is_said_at_its_field(
    run: Run, site: Site, step: Step, left_out: dict[str, Any], field: str
) -> None:
    report = run(filed_report, site)
    with pytest.raises(Refused) as refused:
        done(run, site, step, report, **left_out)
    assert refused.value.field == field
    assert status(run, report) is FeedbackStatus.NEW


def test_a_promise_may_be_for_today_at_the_site(run: Run, site: Site) -> None:
    done(run, site, Step.ACCEPT, run(filed_report, site), day=FIRST_DAY)


def test_reports_that_are_not_there_are_said_to_be_not_there(run: Run, site: Site) -> None:
    with pytest.raises(Refused, match="Pick at least one report"):
        done(run, site, Step.ACKNOWLEDGE, 4_711)


# What reporters hear


def test_what_one_act_decides_is_one_message_to_each_reporter(run: Run, site: Site) -> None:
    mine = [run(filed_report, site) for _ in range(3)]
    done(run, site, Step.DECLINE, *mine, run(filed_report, site, by="Ben"))
    assert [[one.references for one in message] for message in told(run, site, "Ana")] == [[("F-1", "F-2", "F-3")]]
    assert [[one.references for one in message] for message in told(run, site, "Ben")] == [[("F-4",)]]


def test_who_is_off_shift_hears_on_their_next_shift_of_all_of_it_at_once(run: Run, site: Site) -> None:
    first, second = (run(filed_report, site, by="Dan") for _ in range(2))
    done(run, site, Step.DECLINE, first)
    done(run, site, Step.ACCEPT, second, at=LATER + timedelta(minutes=20))
    (message,) = [row for row in run(outbox) if row.kind is Kind.FEEDBACK_OUTCOME]
    assert message.due_at > LATER + timedelta(days=1)
    assert [[one.status for one in each] for each in told(run, site, "Dan")] == [
        [FeedbackStatus.DECLINED, FeedbackStatus.ACCEPTED]
    ]


def test_what_follows_within_an_hour_of_a_message_waits_and_goes_out_as_one(run: Run, site: Site) -> None:
    reports = [run(filed_report, site) for _ in range(3)]
    done(run, site, Step.DECLINE, reports[0])
    run(goes_out, LATER)
    for minutes, report in zip((10, 30), reports[1:], strict=True):
        done(run, site, Step.EXPLAIN, report, at=LATER + timedelta(minutes=minutes), words=f"{minutes} minutes")
    first, second = [row for row in run(outbox) if row.kind is Kind.FEEDBACK_OUTCOME]
    assert (first.due_at, second.due_at) == (LATER, LATER + timedelta(hours=1))
    assert [one.words for one in told(run, site, "Ana")[1]] == ["10 minutes", "30 minutes"]


def test_a_message_has_room_for_so_many_acts_and_the_next_one_for_the_others(run: Run, site: Site) -> None:
    reports = [run(filed_report, site, by="Dan") for _ in range(outcome_news.MOST_ACTS + 1)]
    for number, report in enumerate(reports):
        done(run, site, Step.EXPLAIN, report, words=f"Reason {number}")
    assert [len(message) for message in told(run, site, "Dan")] == [outcome_news.MOST_ACTS, 1]


def test_what_was_changed_before_it_went_out_is_told_as_it_is_now(run: Run, site: Site) -> None:
    report = run(filed_report, site, by="Dan")
    done(run, site, Step.ACCEPT, report)
    done(run, site, Step.DECLINE, report)
    assert [[one.status for one in message] for message in told(run, site, "Dan")] == [[FeedbackStatus.DECLINED]]


def test_a_change_that_comes_first_leaves_nothing_to_tell_of_the_promise(run: Run, site: Site) -> None:
    report = run(filed_report, site, by="Dan")
    done(run, site, Step.ACCEPT, report)
    run(live_change, site, report)
    assert told(run, site, "Dan") == [[]]


def test_reading_several_is_one_message_to_each_reporter(run: Run, site: Site) -> None:
    reports = [run(filed_report, site) for _ in range(3)]
    done(run, site, Step.ACKNOWLEDGE, *reports, run(filed_report, site, by="Ben"))
    messages = [row for row in run(outbox) if row.kind is Kind.FEEDBACK_ACKNOWLEDGED]
    assert [row.person_id for row in messages] == [site.people["Ana"], site.people["Ben"]]
    assert run(triage.acknowledged_together, reports) == tuple(reports)


# Taking back


def test_what_nobody_has_heard_is_taken_back_without_a_word(run: Run, site: Site) -> None:
    report = run(filed_report, site, by="Dan")
    done(run, site, Step.DECLINE, report)
    done(run, site, Step.REOPEN, report, words="", by="Tom")
    assert told(run, site, "Dan") == []
    row = run(feedback.by_id, report)
    assert (row.status, row.decided_at) == (FeedbackStatus.ACKNOWLEDGED, None)
    assert run(decisions.of_report, report)[0].words == REASON


def test_what_was_told_is_taken_back_with_a_word(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    done(run, site, Step.DECLINE, report)
    run(goes_out, LATER)
    with pytest.raises(Refused, match="The reporter of F-1 knows of it already") as refused:
        done(run, site, Step.REOPEN, report, words=" ")
    assert refused.value.field == "words"
    done(run, site, Step.REOPEN, report)
    (outcome,) = told(run, site, "Ana")[1]
    assert (outcome.reopened, outcome.words, outcome.references) == (True, "I misread it.", ("F-1",))


@pytest.mark.parametrize("step", [Step.DECLINE, Step.ACCEPT, Step.REOPEN])
def test_what_a_colleague_promised_since_one_looked_is_not_undone_unseen(run: Run, site: Site, step: Step) -> None:
    first, other = run(filed_report, site), run(filed_report, site)
    if step is Step.REOPEN:
        done(run, site, Step.ACCEPT, first, other)
    seen = run(inbox.opened, first, by=site.caller("Priya")).seen
    done(run, site, Step.ACCEPT, first, by="Tom", words="I have it")
    found = done(run, site, step, first, other, seen=seen)
    assert (found.done, found.not_done) == (("F-2",), (NotDone("F-1", MEANWHILE, {"name": "Tom"}),))
    ((tells, *_),) = told(run, site, "Ana")
    assert (tells.words, tells.by) == ("I have it", "Tom")
    with pytest.raises(Refused, match="Tom answered it meanwhile"):
        done(run, site, step, first, seen=seen)
    seen = run(inbox.opened, first, by=site.caller("Priya")).seen
    assert done(run, site, step, first, seen=seen).done == ("F-1",)


def test_what_one_decided_oneself_does_not_stand_in_ones_way(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    seen = run(inbox.opened, report, by=site.caller("Priya")).seen
    done(run, site, Step.ACCEPT, report, seen=seen)
    assert done(run, site, Step.DECLINE, report, seen=seen).done == ("F-1",)


def test_undoing_a_no_brings_back_the_promise_that_stood_before(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    done(run, site, Step.ACCEPT, report)
    run(goes_out, LATER)
    done(run, site, Step.DECLINE, report, at=LATER + timedelta(hours=3))
    done(run, site, Step.REOPEN, report, words="", at=LATER + timedelta(hours=3))
    row = run(feedback.by_id, report)
    assert (row.status, row.decided_at) == (FeedbackStatus.ACCEPTED, LATER)


def test_undoing_a_no_does_not_bring_back_a_promise_that_nobody_heard(run: Run, site: Site) -> None:
    report = run(filed_report, site, by="Dan")
    done(run, site, Step.ACCEPT, report)
    done(run, site, Step.DECLINE, report)
    done(run, site, Step.REOPEN, report, words="")
    assert status(run, report) is FeedbackStatus.ACKNOWLEDGED
    assert told(run, site, "Dan") == []


# Duplicates


def test_a_duplicates_reporter_hears_which_report_carries_on_and_what_becomes_of_it(run: Run, site: Site) -> None:
    one, other = run(filed_report, site), run(filed_report, site, by="Ben")
    done(run, site, Step.DUPLICATE, other, carries_on=1)
    ((heard,),) = told(run, site, "Ben")
    assert (heard.status, heard.carried_on_by) == (FeedbackStatus.DUPLICATE, "F-1")
    run(goes_out, LATER)
    done(run, site, Step.EXPLAIN, one, at=LATER + timedelta(hours=2))
    assert [[one.words for one in message] for message in told(run, site, "Ana")] == [[REASON]]
    (later,) = told(run, site, "Ben")[-1]
    assert (later.references, later.carried_on_by, later.words) == (("F-2",), "F-1", REASON)


def test_the_change_of_the_one_reaches_the_others_reporters_who_say_whether_it_helped(run: Run, site: Site) -> None:
    one, other = run(filed_report, site), run(filed_report, site, by="Ben")
    done(run, site, Step.DUPLICATE, other, carries_on=1)
    note = run(live_change, site, one)
    sent = run(sent_to, site)
    for kind in ("change_told", "verdict_asked"):
        assert [name for what, name in sent if what == kind] == ["Ana", "Ben"]
    run(verdicts.give_verdict, note, Helped.BETTER, policy=Policy(), by=site.caller("Ana"), at=LATER)
    run(verdicts.give_verdict, note, Helped.WORSE, policy=Policy(), by=site.caller("Ben"), at=LATER)
    assert [status(run, report) for report in (one, other)] == [FeedbackStatus.CONFIRMED, FeedbackStatus.CONTESTED]


def test_what_is_handed_over_at_the_end_takes_what_goes_on_in_it_along(run: Run, site: Site, embedding_id: int) -> None:
    one, other = run(filed_report, site), run(filed_report, site, by="Ben")
    done(run, site, Step.DUPLICATE, other, carries_on=1)
    review = run(opened_review, embedding_id, LATER)
    for name in ("Olga", "Dmitri"):
        run(reviews.sign_review, review, reviews.Outcome.KEEP, by=site.caller(name), at=LATER)
    assert [status(run, report) for report in (one, other)] == [FeedbackStatus.CARRIED_OVER] * 2
    assert [name for what, name in run(sent_to, site) if what == "carried_over_told"] == ["Ana", "Ben"]


def test_reports_of_another_workspace_are_not_there(run: Run, site: Site) -> None:
    valley = run(build, slack_id="T2")
    run(active_embedding, valley)
    theirs = run(filed_report, valley)
    mine = run(filed_report, site)
    with pytest.raises(Refused, match="Pick at least one report"):
        done(run, site, Step.DECLINE, theirs)
    assert done(run, site, Step.DECLINE, theirs, mine).done == ("F-1",)
    assert status(run, theirs) is FeedbackStatus.NEW


def test_a_chain_leads_to_its_end(run: Run, site: Site) -> None:
    first, second, third = (run(filed_report, site, by=name) for name in ("Ana", "Ben", "Cleo"))
    done(run, site, Step.DUPLICATE, second, carries_on=1)
    done(run, site, Step.DUPLICATE, third, carries_on=2)
    assert [run(feedback.by_id, report).duplicate_of_id for report in (second, third)] == [first, first]


def test_what_others_go_on_in_takes_them_along(run: Run, site: Site) -> None:
    first, second, third = (run(filed_report, site, by=name) for name in ("Ana", "Ben", "Cleo"))
    done(run, site, Step.DUPLICATE, second, carries_on=1)
    done(run, site, Step.DUPLICATE, first, carries_on=3)
    assert [run(feedback.by_id, report).duplicate_of_id for report in (first, second)] == [third, third]


def test_who_has_not_heard_yet_hears_of_the_report_that_carries_on_by_then(run: Run, site: Site) -> None:
    first, second, _ = (run(filed_report, site, by=name) for name in ("Ana", "Dan", "Cleo"))
    done(run, site, Step.DUPLICATE, second, carries_on=1)
    done(run, site, Step.DUPLICATE, first, carries_on=3)
    assert [[heard.carried_on_by for heard in message] for message in told(run, site, "Dan")] == [["F-3"]]


def test_what_went_along_comes_back_with_the_one_that_it_went_on_in(run: Run, site: Site) -> None:
    """Priya joined F-4 to F-2, F-2 to F-1, and F-1 to F-3 by mistake; F-5 belongs to F-3."""
    first, second, third, fourth, fifth = (run(filed_report, site, by=name) for name in ("Ana", "Ben", *CREW_B))
    for report, number in ((fourth, 2), (second, 1), (first, 3), (fifth, 3)):
        done(run, site, Step.DUPLICATE, report, carries_on=number)
    done(run, site, Step.REOPEN, first)
    found = [run(feedback.by_id, report).duplicate_of_id for report in (first, second, fourth, fifth)]
    assert found == [None, first, first, third]
    done(run, site, Step.DECLINE, third, at=LATER + timedelta(hours=1))
    heard = [outcome for name in ("Ben", "Eve") for message in told(run, site, name) for outcome in message]
    assert {outcome.status for outcome in heard} == {FeedbackStatus.DUPLICATE}


@pytest.mark.parametrize("number", [1, 2])
def test_a_circle_is_refused(run: Run, site: Site, number: int) -> None:
    first, second = run(filed_report, site), run(filed_report, site, by="Ben")
    done(run, site, Step.DUPLICATE, second, carries_on=1)
    with pytest.raises(Refused, match="F-1 can't go on in itself") as refused:
        done(run, site, Step.DUPLICATE, first, carries_on=number)
    assert (refused.value.field, refused.value.values) == ("carries_on", {"reference": "F-1"})
    assert run(feedback.by_id, first).duplicate_of_id is None


def test_the_one_among_the_ticked_that_carries_on_stays_and_says_so(run: Run, site: Site) -> None:
    reports = [run(filed_report, site) for _ in range(3)]
    found = done(run, site, Step.DUPLICATE, *reports, carries_on=2)
    assert found.done == ("F-1", "F-3")
    assert [(one.reference, one.because) for one in found.not_done] == [("F-2", ITSELF)]


def test_what_is_about_another_tool_does_not_go_on_in_it(run: Run, site: Site) -> None:
    def of_the_forecast(session: Session, report: int) -> None:
        row = session.get_one(Feedback, report)
        row.tool_id = site.forecast_id
        session.add(row)

    run(filed_report, site)
    other, fitting = run(filed_report, site), run(filed_report, site)
    run(of_the_forecast, other)
    found = done(run, site, Step.DUPLICATE, other, fitting, carries_on=1)
    assert (found.done, found.not_done[0].because) == (("F-3",), ANOTHER_TOOL)


def test_nothing_goes_on_in_what_is_settled(run: Run, site: Site) -> None:
    one, other = run(filed_report, site), run(filed_report, site)
    done(run, site, Step.DECLINE, one)
    with pytest.raises(Refused, match="F-1 is not open any more"):
        done(run, site, Step.DUPLICATE, other, carries_on=1)
    assert status(run, other) in OPEN


LEASE = timedelta(seconds=60)


def claimed(run: Run, site: Site) -> list[sending.Claimed]:
    """What a sender holds to write it out."""
    found = run(sending.claim, site.workspace_id, at=LATER, limit=50, lease=LEASE)
    return [one for one in found if one.kind is Kind.FEEDBACK_OUTCOME]


def begun(run: Run, held: list[sending.Claimed]) -> frozenset[int]:
    """Of these the ones whose call is about to be made."""
    return run(sending.begin_calls, held, lease=LEASE, at=LATER)


def test_what_is_about_to_be_said_counts_as_told(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    done(run, site, Step.DECLINE, report)
    assert len(begun(run, claimed(run, site))) == 1
    done(run, site, Step.REOPEN, report)
    assert [one.reopened for one in told(run, site, "Ana")[-1]] == [True]


def test_what_a_sender_has_written_and_not_begun_to_say_can_be_called_off(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    done(run, site, Step.DECLINE, report)
    held = claimed(run, site)
    done(run, site, Step.REOPEN, report, words="")
    assert begun(run, held) == frozenset()
    assert told(run, site, "Ana") == []


def test_what_comes_to_a_message_that_is_written_already_has_it_written_anew(run: Run, site: Site) -> None:
    first, second = run(filed_report, site), run(filed_report, site)
    done(run, site, Step.DECLINE, first)
    held = claimed(run, site)
    done(run, site, Step.EXPLAIN, second)
    assert begun(run, held) == frozenset()
    assert len(begun(run, claimed(run, site))) == 1
    assert [one.references for one in told(run, site, "Ana")[0]] == [("F-1",), ("F-2",)]


def test_whoever_answers_what_is_unsafe_has_it_and_its_reporter_hears_that_alone(run: Run, site: Site) -> None:
    what = Report(ReportKind.OTHER, "The guard opens", site.alarm_id, Impact.UNSAFE)
    filed = run(unsafe.file_report, what, by=site.caller("Ana"), at=LATER)
    run(triage.triage, Triage(Step.ACKNOWLEDGE, (filed.id,)), by=site.caller("Priya"), at=LATER)
    kinds = [kind for kind, who in run(sent_to, site) if who == "Ana"]
    assert kinds == [Kind.UNSAFE_TAKEN]


def test_what_went_on_in_a_report_that_is_withdrawn_goes_on_by_itself(run: Run, site: Site) -> None:
    mine, other = run(filed_report, site), run(filed_report, site, by="Ben")
    what = Triage(Step.DUPLICATE, (other,), carries_on=1)
    run(triage.triage, what, by=site.caller("Priya"), at=LATER)
    run(report_edits.withdraw_report, mine, by=site.caller("Ana"), at=LATER)
    row = run(feedback.by_id, other)
    assert (row.status, row.duplicate_of_id, row.decided_at) == (FeedbackStatus.ACKNOWLEDGED, None, None)
    assert [row.status for row in run(outbox) if row.kind is Kind.FEEDBACK_OUTCOME] == [Status.SKIPPED]
    with pytest.raises(Refused):
        run(triage.triage, Triage(Step.DUPLICATE, (other,), carries_on=1), by=site.caller("Priya"), at=LATER)


def changed(run: Run, site: Site, name: str) -> list[list[Outcome]]:
    """What the messages to somebody say once they have changed without a word."""

    def of(session: Session) -> list[list[Outcome]]:
        edits = [row for row in outbox(session) if row.kind is Kind.FEEDBACK_OUTCOME_CHANGED]
        mine = [row for row in edits if row.person_id == site.people[name] and row.status is Status.QUEUED]
        return [list(outcome_news.as_it_became(session, row)) for row in mine]

    return run(of)


def test_the_message_of_its_reporter_says_without_a_ping_that_it_goes_on_by_itself(run: Run, site: Site) -> None:
    mine, other, another = (run(filed_report, site, by=name) for name in ("Ana", "Ben", "Ben"))
    decline = Triage(Step.DECLINE, (another,), "It is too dear.")
    for what in (decline, Triage(Step.DUPLICATE, (other,), carries_on=1)):
        run(triage.triage, what, by=site.caller("Priya"), at=LATER)
    run(goes_out, LATER)
    run(report_edits.withdraw_report, mine, by=site.caller("Ana"), at=LATER)
    ((first, second),) = changed(run, site, "Ben")
    assert {(one.references, one.goes_alone, one.carried_on_by) for one in (first, second)} == {
        (("F-3",), False, None),
        (("F-2",), True, "F-1"),
    }
    assert "It is too dear." in {first.words, second.words}
    assert len(told(run, site, "Ben")) == 1  # the message that they had
    assert changed(run, site, "Ana") == []


def test_each_message_that_named_the_other_report_changes_when_that_is_withdrawn(run: Run, site: Site) -> None:
    mine, other = run(filed_report, site), run(filed_report, site, by="Ben")
    promise = Triage(Step.ACCEPT, (mine,), "I see to it.", PROMISED)
    for hour, what in enumerate((Triage(Step.DUPLICATE, (other,), carries_on=1), promise)):
        at = LATER + hour * timedelta(hours=2)
        run(triage.triage, what, by=site.caller("Priya"), at=at)
        run(goes_out, at)
    run(report_edits.withdraw_report, mine, by=site.caller("Ana"), at=LATER + timedelta(hours=3))
    for message in changed(run, site, "Ben"):
        assert [(one.references, one.goes_alone, one.words) for one in message] == [(("F-2",), True, "")]
    assert len(changed(run, site, "Ben")) == len(told(run, site, "Ben")) == 2
    assert [row for row in run(outbox) if row.status is Status.QUEUED and row.kind is Kind.FEEDBACK_OUTCOME] == []


def test_what_joins_another_report_later_leaves_the_changed_message_as_it_is(run: Run, site: Site) -> None:
    mine, other, third = (run(filed_report, site, by=name) for name in ("Ana", "Ben", "Dan"))
    run(triage.triage, Triage(Step.DUPLICATE, (other,), carries_on=1), by=site.caller("Priya"), at=LATER)
    run(goes_out, LATER)
    run(report_edits.withdraw_report, mine, by=site.caller("Ana"), at=LATER)
    later = LATER + timedelta(hours=2)
    run(triage.triage, Triage(Step.DUPLICATE, (other,), carries_on=3), by=site.caller("Priya"), at=later)
    ((outcome,),) = changed(run, site, "Ben")
    assert (outcome.goes_alone, outcome.carried_on_by) == (True, "F-1")
    assert [one.carried_on_by for one in told(run, site, "Ben")[-1]] == ["F-3"]
    assert third


def test_a_report_in_which_others_go_on_stays_with_its_tool(run: Run, site: Site) -> None:
    mine, other = run(filed_report, site), run(filed_report, site, by="Ben")
    what = Triage(Step.DUPLICATE, (other,), carries_on=1)
    run(triage.triage, what, by=site.caller("Priya"), at=LATER)
    with pytest.raises(Refused, match="F-1 is being worked on"):
        run(report_edits.choose_tool, mine, site.forecast_id, by=site.caller("Ana"), at=LATER)


def test_nobody_has_to_answer_a_question_about_what_was_withdrawn(run: Run, site: Site) -> None:
    mine = run(filed_report, site)
    run(triage.triage, Triage(Step.ASK_BACK, (mine,), words="Which pump?"), by=site.caller("Priya"), at=LATER)
    run(report_edits.withdraw_report, mine, by=site.caller("Ana"), at=LATER)
    assert run(asking_back.waiting_of, mine) is None
    assert [row.status for row in run(outbox) if row.kind is Kind.FEEDBACK_QUESTION] == [Status.SKIPPED]


def test_who_never_heard_of_a_decision_does_not_hear_that_it_holds_no_more(run: Run, site: Site) -> None:
    one, other = run(filed_report, site), run(filed_report, site, by="Ben")
    done(run, site, Step.ACCEPT, one)
    run(goes_out, LATER)
    done(run, site, Step.DUPLICATE, other, carries_on=1, at=LATER + timedelta(hours=2))
    run(goes_out, LATER + timedelta(hours=2))
    done(run, site, Step.REOPEN, one, at=LATER + timedelta(hours=4))
    assert [heard.reopened for heard in told(run, site, "Ana")[-1]] == [True]
    assert [heard.status for message in told(run, site, "Ben") for heard in message] == [FeedbackStatus.DUPLICATE]


def test_what_only_one_of_two_has_heard_reaches_the_other_when_it_holds_again(run: Run, site: Site) -> None:
    one, other = run(filed_report, site), run(filed_report, site, by="Dan")
    done(run, site, Step.DUPLICATE, other, carries_on=1)
    done(run, site, Step.ACCEPT, one, words="By then")
    run(goes_out, LATER)  # to Ana, who is at work; Dan is not
    done(run, site, Step.DECLINE, one, at=LATER + timedelta(minutes=5))
    done(run, site, Step.REOPEN, one, at=LATER + timedelta(minutes=10))
    assert status(run, one) is FeedbackStatus.ACCEPTED
    assert [[heard.words for heard in message] for message in told(run, site, "Dan")] == [["", "By then"]]
