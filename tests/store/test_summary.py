"""How an embedding is going: whose it is to read, and which one is meant."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from store import agreements, people, rolling_back, summary, triage, verdicts
from store.access import REFUSALS, Act
from store.errors import Refused
from store.feedback import FeedbackStatus
from store.figures.change_state import ChangeState
from store.people import Person
from store.policy import Policy
from store.verdicts import Helped
from tests.store.conftest import Run
from tests.store.site import (
    FIRST_DAY,
    LATER,
    MONDAY,
    Site,
    active_embedding,
    build,
    filed_report,
    live_change,
    opened_review,
    proposed_embedding,
)

END = LATER + timedelta(days=31)


def asked(run: Run, site: Site, name: str, number: int | None = None) -> summary.Summary:
    return run(summary.summary, number, policy=Policy(), by=site.caller(name), at=LATER)


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


@pytest.mark.parametrize("name", ["Ana", "Mei", "Priya", "Olga", "Dmitri", "Kay"])
def test_everybody_who_takes_part_reads_it(run: Run, site: Site, embedding_id: int, name: str) -> None:
    assert asked(run, site, name, 1) == asked(run, site, name)
    assert asked(run, site, name).card.reference == "E-1"


def test_it_counts_reports_and_says_of_each_change_how_it_went(run: Run, site: Site, embedding_id: int) -> None:
    reports = [run(filed_report, site) for _ in range(3)]
    run(triage.acknowledge, reports[1], by=site.caller("Priya"), at=LATER)
    run(
        verdicts.give_verdict,
        run(live_change, site, reports[2]),
        Helped.BETTER,
        policy=Policy(),
        by=site.caller("Ana"),
        at=LATER,
    )
    found = asked(run, site, "Mei")
    assert found.today == FIRST_DAY
    assert found.by_status == (
        (FeedbackStatus.NEW, 1),
        (FeedbackStatus.ACKNOWLEDGED, 1),
        (FeedbackStatus.CONFIRMED, 1),
    )
    assert [(line.reference, line.state) for line in found.changes] == [("C-1", ChangeState.CONFIRMED)]
    assert found.sha256 is None


def test_a_change_that_was_taken_back_says_when_and_why_and_keeps_what_was_said_of_it(
    run: Run, site: Site, embedding_id: int
) -> None:
    note = run(live_change, site, run(filed_report, site))
    run(verdicts.give_verdict, note, Helped.BETTER, policy=Policy(), by=site.caller("Ana"), at=LATER)
    run(rolling_back.roll_back, note, "It missed a seal", by=site.caller("Priya"), at=LATER)
    (line,) = asked(run, site, "Mei").changes
    assert (line.state, line.taken_back_on, line.taken_back_because) == (
        ChangeState.CONFIRMED,
        FIRST_DAY,
        "It missed a seal",
    )


def test_once_the_review_is_open_it_names_the_packet(run: Run, site: Site, embedding_id: int) -> None:
    run(opened_review, embedding_id, END)
    digest = asked(run, site, "Olga").sha256
    assert digest is not None
    assert len(digest) == 64


def test_somebody_without_a_part_is_refused_it_by_number_and_has_none_of_their_own(
    run: Run, site: Site, embedding_id: int
) -> None:
    with pytest.raises(Refused) as refusal:
        asked(run, site, "Omar", 1)
    assert refusal.value.sentence == REFUSALS[Act.READ_SUMMARY]
    with pytest.raises(Refused, match="You take part in no embedding yet"):
        asked(run, site, "Omar")


def test_a_number_that_is_none_says_where_to_look(run: Run, site: Site, embedding_id: int) -> None:
    with pytest.raises(Refused, match="There is no embedding E-7"):
        asked(run, site, "Mei", 7)


def test_the_newest_is_meant_unless_it_was_called_off(run: Run, site: Site, embedding_id: int) -> None:
    second = run(proposed_embedding, site)
    assert asked(run, site, "Mei").card.reference == "E-2"
    run(agreements.agree, second, False, by=site.caller("Olga"), at=MONDAY)
    assert asked(run, site, "Mei").card.reference == "E-1"
    assert asked(run, site, "Mei", 2).card.reference == "E-2"


def test_the_list_has_the_workspaces_own_newest_first(run: Run, site: Site, embedding_id: int) -> None:
    other = run(build, slack_id="T2")
    assert run(summary.listing, by=other.caller("Mei")) == ()
    run(proposed_embedding, other)
    run(proposed_embedding, site)
    cards = run(summary.listing, by=site.caller("Omar"))
    assert [card.reference for card in cards] == ["E-2", "E-1"]


def test_another_workspaces_number_is_none_here(run: Run, site: Site, embedding_id: int) -> None:
    other = run(build, slack_id="T2")
    with pytest.raises(Refused, match="There is no embedding E-1"):
        asked(run, other, "Mei", 1)


def test_an_admin_reads_what_they_take_no_other_part_in(run: Run, site: Site, embedding_id: int) -> None:
    def promote(session: Session) -> Person:
        omar = people.by_id(session, site.people["Omar"])
        omar.admin = True
        return omar

    run(promote)
    assert asked(run, site, "Omar").card.reference == "E-1"
