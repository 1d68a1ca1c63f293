"""What people say of the shift that they are asked about: they are not on it, or they work another one instead."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from store import prompts, swaps
from store.deliveries import Delivery, Status
from store.errors import Refused
from store.not_now import Reason
from store.prompts import PromptStatus
from store.swaps import Swappable, Swapped
from tests.store.conftest import Run
from tests.store.site import FIRST_DAY, LATER, Site, active_embedding, asked_crew, event_kinds, outbox
from tests.store.test_rosters import DAY_OFF, NEXT_DAY, entries, worked, worked_by_all


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


@pytest.fixture
def asked(run: Run, site: Site, embedding_id: int) -> dict[str, int]:
    return run(asked_crew, site, embedding_id)


def test_who_says_that_they_are_not_on_shift_is_not_asked_and_the_message_says_so(
    run: Run, site: Site, asked: dict[str, int]
) -> None:
    def post(session: Session) -> None:
        delivery = session.get_one(Delivery, prompts.by_id(session, asked["Ana"]).delivery_id)
        delivery.status = Status.SENT

    run(post)
    run(swaps.not_on_this_shift, asked["Ana"], by=site.caller("Ana"), at=LATER)
    prompt = run(prompts.by_id, asked["Ana"])
    assert (prompt.status, prompt.reason) == (PromptStatus.SKIPPED, Reason.NO_SHIFT)
    assert run(entries) == [(FIRST_DAY, "", "said_off")]
    assert [row.kind.value for row in run(outbox) if row.edits_id and row.subject == "prompt"] == [
        "prompt_not_on_shift"
    ]
    assert run(worked_by_all, site, FIRST_DAY) == {"Ben": "D", "Cleo": "D"}
    assert run(event_kinds)[-1] == "shift_not_worked"
    assert not run(swaps.is_swapped, asked["Ana"])


def test_a_question_that_is_still_waiting_does_not_go_out(run: Run, site: Site, asked: dict[str, int]) -> None:
    run(swaps.not_on_this_shift, asked["Ana"], by=site.caller("Ana"), at=LATER)
    mine = [row for row in run(outbox) if row.kind == "prompt" and row.person_id == site.people["Ana"]]
    assert [(row.status, row.reason) for row in mine] == [(Status.SKIPPED, "not on this shift")]
    assert [row for row in run(outbox) if row.edits_id and row.subject == "prompt"] == []


def test_a_second_tap_changes_nothing(run: Run, site: Site, asked: dict[str, int]) -> None:
    first = run(swaps.not_on_this_shift, asked["Ana"], by=site.caller("Ana"), at=LATER)
    happened = run(event_kinds)
    assert run(swaps.not_on_this_shift, asked["Ana"], by=site.caller("Ana"), at=LATER) == first
    assert run(event_kinds) == happened


def test_a_swapped_shift_is_worked_instead(run: Run, site: Site, asked: dict[str, int]) -> None:
    done = run(swaps.swapped, asked["Ana"], DAY_OFF, "N", by=site.caller("Ana"), at=LATER)
    assert done == Swapped(FIRST_DAY, "D", DAY_OFF, "N")
    assert run(entries) == [(FIRST_DAY, "", "swap"), (DAY_OFF, "N", "swap")]
    assert run(prompts.by_id, asked["Ana"]).status is PromptStatus.SKIPPED
    assert run(worked, site, "Ana", FIRST_DAY) is None
    assert "Ana" in run(worked_by_all, site, DAY_OFF)
    assert run(swaps.is_swapped, asked["Ana"])
    assert run(event_kinds)[-1] == "shift_swapped"


def test_a_swap_on_the_same_day_is_one_entry(run: Run, site: Site, asked: dict[str, int]) -> None:
    run(swaps.swapped, asked["Ana"], FIRST_DAY, "N", by=site.caller("Ana"), at=LATER)
    assert run(entries) == [(FIRST_DAY, "N", "swap")]


def test_who_said_that_they_are_off_may_say_what_they_work_instead(run: Run, site: Site, asked: dict[str, int]) -> None:
    run(swaps.not_on_this_shift, asked["Ana"], by=site.caller("Ana"), at=LATER)
    run(swaps.swapped, asked["Ana"], NEXT_DAY, "N", by=site.caller("Ana"), at=LATER)
    assert run(entries) == [(FIRST_DAY, "", "swap"), (NEXT_DAY, "N", "swap")]


def test_the_choices_are_the_shifts_of_the_team_by_their_start(run: Run, site: Site, asked: dict[str, int]) -> None:
    found = run(swaps.swappable, asked["Ana"], by=site.caller("Ana"))
    assert found == Swappable(asked["Ana"], FIRST_DAY, "D", ("D", "N"))
    with pytest.raises(Refused, match="for somebody else"):
        run(swaps.swappable, asked["Ana"], by=site.caller("Ben"))


@pytest.mark.parametrize(
    ("day", "shift", "field", "sentence"),
    [
        (FIRST_DAY, "D", "day", "Pick the one that you work instead"),
        (DAY_OFF, "X", "shift", "no such shift"),
        (FIRST_DAY + timedelta(days=29), "D", "day", "within four weeks"),
        (FIRST_DAY - timedelta(days=29), "D", "day", "within four weeks"),
    ],
)
def test_a_swap_that_cannot_be_is_refused_at_its_field(
    run: Run, site: Site, asked: dict[str, int], day: date, shift: str, field: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence) as refused:
        run(swaps.swapped, asked["Ana"], day, shift, by=site.caller("Ana"), at=LATER)
    assert refused.value.field == field
    assert run(entries) == []


def test_the_shift_of_another_or_one_that_is_settled_is_refused(run: Run, site: Site, asked: dict[str, int]) -> None:
    with pytest.raises(Refused, match="for somebody else"):
        run(swaps.not_on_this_shift, asked["Ana"], by=site.caller("Ben"), at=LATER)
    with pytest.raises(Refused, match="for somebody else"):
        run(swaps.not_on_this_shift, 0, by=site.caller("Ben"), at=LATER)
    closes_at = run(prompts.by_id, asked["Ana"]).closes_at
    with pytest.raises(Refused, match="has closed"):
        run(swaps.not_on_this_shift, asked["Ana"], by=site.caller("Ana"), at=closes_at)
    run(prompts.answer_prompt, asked["Ana"], "did_it_help", "helped", by=site.caller("Ana"), at=LATER)
    with pytest.raises(Refused, match="answered that question already"):
        run(swaps.not_on_this_shift, asked["Ana"], by=site.caller("Ana"), at=LATER)
