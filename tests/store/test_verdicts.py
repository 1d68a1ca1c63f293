"""Whether a change helped: what a reporter says becomes the state of their reports."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from store import chain, feedback, verdicts
from store.embeddings import Embedding, EmbeddingStatus
from store.errors import Refused
from store.feedback import FeedbackStatus, Kind
from store.policy import Policy
from store.verdicts import BECOMES, Given, Helped
from tests.store.conftest import Run
from tests.store.site import LATER, Site, active_embedding, build, event_kinds, filed_report, live_change, outbox

ASKED = LATER + timedelta(days=3)


@pytest.fixture(autouse=True)
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def say(run: Run, site: Site, note: int, value: Helped, name: str = "Ana", seconds: int = 0) -> Given:
    at = ASKED + timedelta(seconds=seconds)
    return run(verdicts.give_verdict, note, value, policy=Policy(), by=site.caller(name), at=at)


def status(run: Run, report: int) -> str:
    return run(feedback.by_id, report).status.value


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        (Helped.BETTER, "confirmed"),
        (Helped.SAME, "contested"),
        (Helped.WORSE, "contested"),
        (Helped.NOT_SEEN_SINCE, "not_seen_since"),
    ],
)
def test_a_verdict_becomes_the_state_of_the_report(run: Run, site: Site, value: Helped, becomes: str) -> None:
    report = run(filed_report, site)
    note = run(live_change, site, report)
    assert say(run, site, note, value) == Given(note, value)
    assert status(run, report) == becomes


def test_who_changes_their_mind_has_answered_when_they_first_did(run: Run, site: Site) -> None:
    note = run(live_change, site, run(filed_report, site))
    for value, at in ((Helped.SAME, LATER), (Helped.BETTER, LATER + timedelta(days=1))):
        run(verdicts.give_verdict, note, value, policy=Policy(), by=site.caller("Ana"), at=at)
    verdict = run(verdicts.of, note, site.people["Ana"])
    assert verdict is not None
    assert (verdict.value, verdict.given_at, verdict.changed_at) == (Helped.BETTER, LATER, LATER + timedelta(days=1))
    (answer,) = run(chain.of_report, 1, by=site.caller("Ana")).answers
    assert (answer.verdict_at, answer.verdict_changed_at) == (LATER, LATER + timedelta(days=1))


def test_every_verdict_has_a_state() -> None:
    assert BECOMES.keys() == set(Helped)


def test_a_contested_report_is_open_again_and_can_be_answered_again(run: Run, site: Site, embedding_id: int) -> None:
    report = run(filed_report, site)
    say(run, site, run(live_change, site, report), Helped.WORSE)
    assert [row.id for row in run(feedback.open_in, [embedding_id])] == [report]
    run(live_change, site, report)
    assert status(run, report) == "changed"


def test_a_verdict_counts_for_all_of_ones_own_reports_and_for_nobody_elses(run: Run, site: Site) -> None:
    mine = [run(filed_report, site), run(filed_report, site, kind=Kind.MISSED)]
    bens = run(filed_report, site, by="Ben")
    note = run(live_change, site, *mine, bens)
    say(run, site, note, Helped.BETTER)
    assert [status(run, report) for report in (*mine, bens)] == ["confirmed", "confirmed", "changed"]


def test_praise_stays_what_it_is(run: Run, site: Site) -> None:
    praise, complaint = run(filed_report, site, kind=Kind.GOOD_CATCH), run(filed_report, site)
    say(run, site, run(live_change, site, praise, complaint), Helped.WORSE)
    assert run(feedback.by_id, praise).status is FeedbackStatus.CHANGED


def test_the_same_tap_twice_is_one_verdict(run: Run, site: Site) -> None:
    note = run(live_change, site, run(filed_report, site))
    assert say(run, site, note, Helped.SAME) == say(run, site, note, Helped.SAME, seconds=1)
    assert run(event_kinds).count("verdict_given") == 1


def test_the_last_tap_counts(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    note = run(live_change, site, report)
    say(run, site, note, Helped.WORSE)
    say(run, site, note, Helped.BETTER, seconds=5)
    kept = run(verdicts.of, note, site.people["Ana"])
    assert kept is not None
    assert kept.value is Helped.BETTER
    assert status(run, report) == "confirmed"
    shown = [row.status.value for row in run(outbox) if row.kind == "verdict_given"]
    assert shown == ["skipped", "queued"]


@pytest.mark.parametrize("name", ["Ben", "Mei", "Priya"])
def test_those_whose_reports_it_does_not_answer_have_no_verdict(run: Run, site: Site, name: str) -> None:
    note = run(live_change, site, run(filed_report, site))
    with pytest.raises(Refused, match="for the people whose reports"):
        say(run, site, note, Helped.BETTER, name)


def test_nor_has_somebody_who_only_praised(run: Run, site: Site) -> None:
    note = run(live_change, site, run(filed_report, site, kind=Kind.IDEA))
    with pytest.raises(Refused, match="for the people whose reports"):
        say(run, site, note, Helped.BETTER)


def test_nor_a_namesake_of_another_workspace(run: Run, site: Site) -> None:
    note = run(live_change, site, run(filed_report, site))
    other = run(build, slack_id="T2")
    with pytest.raises(Refused, match="for the people whose reports"):
        say(run, other, note, Helped.BETTER)


def test_a_verdict_on_an_older_change_leaves_what_a_newer_one_made_of_the_report(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    first = run(live_change, site, report)
    say(run, site, first, Helped.WORSE)
    second = run(live_change, site, report)
    say(run, site, first, Helped.BETTER, seconds=60)
    assert status(run, report) == "changed"
    say(run, site, second, Helped.BETTER, seconds=120)
    assert status(run, report) == "confirmed"


def test_of_three_taps_at_the_same_instant_the_last_is_on_the_screen(run: Run, site: Site) -> None:
    note = run(live_change, site, run(filed_report, site))
    for value in (Helped.BETTER, Helped.WORSE, Helped.BETTER):
        say(run, site, note, value)
    edits = [row for row in run(outbox) if row.kind == "verdict_given"]
    assert [row.status.value for row in edits] == ["skipped", "skipped", "queued"]


def test_after_the_end_a_report_that_it_did_not_help_goes_to_the_tools_owner(
    run: Run, site: Site, embedding_id: int
) -> None:
    def close(session: Session) -> None:
        session.get_one(Embedding, embedding_id).status = EmbeddingStatus.CLOSED

    report, other = run(filed_report, site), run(filed_report, site, by="Ben")
    note = run(live_change, site, report, other)
    run(close)
    say(run, site, note, Helped.WORSE)
    say(run, site, note, Helped.BETTER, name="Ben")
    assert (status(run, report), status(run, other)) == ("carried_over", "confirmed")
