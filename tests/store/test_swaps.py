"""What people say of the shift that they are asked about: they are not on it, or they work another one instead."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import Session, col, select

from store import absences, next_days, prompt_planning, prompts, swaps, written_days
from store.deliveries import Delivery, Status
from store.embeddings import Embedding
from store.errors import Refused
from store.not_now import Days, Reason
from store.policy import Policy
from store.prompt_plans import Moment, PlanStatus, PromptPlan
from store.prompts import Prompt, PromptStatus
from store.swaps import Instead, Swappable, Swapped, Then
from tests.store.conftest import Run
from tests.store.site import FIRST_DAY, FIRST_SHIFT, LATER, Site, active_embedding, asked_crew, event_kinds, outbox
from tests.store.test_rosters import DAY_OFF, NEXT_DAY, entries, noted, worked, worked_by_all

EVERY_SHIFT = Policy(prompt_every_nth_shift=1)
swap = partial(swaps.swapped, policy=EVERY_SHIFT)
back = partial(swaps.on_this_shift, policy=EVERY_SHIFT)


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
    assert run(swaps.instead_of, asked["Ana"]) is None


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
    done = run(swap, asked["Ana"], DAY_OFF, "N", by=site.caller("Ana"), at=LATER)
    assert done == Swapped(FIRST_DAY, "D", DAY_OFF, "N", Then.IN_TURN)
    assert run(entries) == [(FIRST_DAY, "", "swap"), (DAY_OFF, "N", "swap")]
    assert run(prompts.by_id, asked["Ana"]).status is PromptStatus.SKIPPED
    assert run(worked, site, "Ana", FIRST_DAY) is None
    assert "Ana" in run(worked_by_all, site, DAY_OFF)
    assert run(swaps.instead_of, asked["Ana"]) == Instead(DAY_OFF, "N", Then.IN_TURN)
    assert run(event_kinds)[-1] == "shift_swapped"


def test_a_swap_on_the_same_day_is_one_entry(run: Run, site: Site, asked: dict[str, int]) -> None:
    run(swap, asked["Ana"], FIRST_DAY, "N", by=site.caller("Ana"), at=LATER)
    assert run(entries) == [(FIRST_DAY, "N", "swap")]


def test_who_said_that_they_are_off_may_say_what_they_work_instead(run: Run, site: Site, asked: dict[str, int]) -> None:
    run(swaps.not_on_this_shift, asked["Ana"], by=site.caller("Ana"), at=LATER)
    run(swap, asked["Ana"], NEXT_DAY, "N", by=site.caller("Ana"), at=LATER)
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
        run(swap, asked["Ana"], day, shift, by=site.caller("Ana"), at=LATER)
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


NIGHT = FIRST_SHIFT + timedelta(hours=12)
"""When the night shift of the first day starts."""


def plan(run: Run, day: date, policy: Policy = EVERY_SHIFT) -> None:
    """Plan each day when it begins, up to this one."""
    for number in range((day - FIRST_DAY).days + 1):
        at = FIRST_SHIFT + timedelta(days=number, hours=-5)
        for one in run(prompt_planning.days_to_plan, policy=policy, at=at):
            computed = (one.plan_id, one.planned_through, one.day, one.due, one.coming_back)
            run(written_days.plan_day, *computed, at=at, version=one.version)


def look_again(run: Run, at: datetime) -> int:
    days = run(prompt_planning.days_to_replan, policy=EVERY_SHIFT, at=at)
    return sum(run(written_days.replan_day, day.plan_id, day.day, day.version, day.due, at=at) for day in days)


def asked_of(run: Run, site: Site, name: str) -> list[tuple[date, str, str, str | None]]:
    """What somebody is asked: the day and the shift, what became of it, and where its message stands."""

    def read(session: Session) -> list[tuple[date, str, str, str | None]]:
        rows = session.exec(
            select(Prompt, Delivery)
            .outerjoin(Delivery, col(Delivery.id) == col(Prompt.delivery_id))
            .where(Prompt.person_id == site.people[name])
            .order_by(col(Prompt.day), col(Prompt.shift))
        )
        return [(one.day, one.shift, one.status.value, sent.status.value if sent else None) for one, sent in rows]

    return run(read)


def prompt_of(run: Run, site: Site, name: str, day: date) -> int:
    def read(session: Session) -> int:
        return session.exec(select(Prompt).where(Prompt.person_id == site.people[name], Prompt.day == day)).one().key

    return run(read)


def sent(run: Run, prompt_id: int) -> None:
    """The message of a prompt goes out."""

    def settle(session: Session) -> None:
        delivery = session.get_one(Delivery, prompts.by_id(session, prompt_id).delivery_id)
        delivery.status, delivery.attempts = Status.SENT, 1

    run(settle)


def waiting_edits(run: Run) -> list[str]:
    """What the messages of prompts are to become."""
    return [
        row.kind.value
        for row in run(outbox)
        if row.edits_id and row.subject == "prompt" and row.status is Status.QUEUED
    ]


def test_who_works_tonight_instead_is_asked_tonight_instead_and_once(run: Run, site: Site, embedding_id: int) -> None:
    plan(run, FIRST_DAY)
    ana = prompt_of(run, site, "Ana", FIRST_DAY)
    done = run(swap, ana, FIRST_DAY, "N", by=site.caller("Ana"), at=LATER)
    assert done == Swapped(FIRST_DAY, "D", FIRST_DAY, "N", Then.ASKED)
    tonight = [(FIRST_DAY, "D", "skipped", "skipped"), (FIRST_DAY, "N", "open", "queued")]
    assert asked_of(run, site, "Ana") == tonight
    assert [row.due_at for row in run(outbox) if row.kind == "prompt" and row.status is Status.QUEUED][-1] == (
        NIGHT + timedelta(hours=11)
    )
    look_again(run, LATER)
    assert run(swap, ana, FIRST_DAY, "N", by=site.caller("Ana"), at=LATER) == done
    assert asked_of(run, site, "Ana") == tonight
    assert run(event_kinds).count("shift_swapped") == 1
    assert {name: len(asked_of(run, site, name)) for name in ("Ben", "Cleo")} == {"Ben": 1, "Cleo": 1}


def test_a_plan_that_asks_at_the_start_says_so(run: Run, site: Site, embedding_id: int) -> None:
    def at_the_start(session: Session) -> None:
        session.exec(select(PromptPlan)).one().moment = Moment.AFTER_START

    run(at_the_start)
    plan(run, FIRST_DAY)
    done = run(swap, prompt_of(run, site, "Ana", FIRST_DAY), FIRST_DAY, "N", by=site.caller("Ana"), at=LATER)
    assert (done.then, done.moment) == (Then.ASKED, Moment.AFTER_START)


def test_nobody_is_asked_in_a_shift_whose_question_was_before_the_swap(run: Run, site: Site, embedding_id: int) -> None:
    def early(session: Session) -> None:
        session.exec(select(PromptPlan)).one().minutes = 660  # an hour into twelve

    run(early)
    plan(run, FIRST_DAY)
    ana = prompt_of(run, site, "Ana", FIRST_DAY)
    sent(run, ana)
    at = NIGHT + timedelta(hours=2)
    assert run(swap, ana, FIRST_DAY, "N", by=site.caller("Ana"), at=at).then is Then.NOTHING
    look_again(run, at)
    assert asked_of(run, site, "Ana") == [(FIRST_DAY, "D", "skipped", "sent")]


def test_for_a_shift_that_is_over_nothing_more_is_asked(run: Run, site: Site, embedding_id: int) -> None:
    plan(run, NEXT_DAY)
    ana = prompt_of(run, site, "Ana", NEXT_DAY)
    at = LATER + timedelta(days=1)
    assert run(swap, ana, FIRST_DAY, "N", by=site.caller("Ana"), at=at).then is Then.NOTHING


@pytest.mark.parametrize("why", ["the last day", "another crew", "a plan that rests", "a plan that has ended"])
def test_where_nobody_is_asked_nothing_more_is_promised(run: Run, site: Site, embedding_id: int, why: str) -> None:
    plan(run, FIRST_DAY)

    def no_more(session: Session) -> None:
        asking = session.exec(select(PromptPlan)).one()
        if why == "the last day":
            session.get_one(Embedding, embedding_id).last_day = DAY_OFF
        elif why == "another crew":
            asking.crew_id = site.crew_b_id
        else:
            asking.status = PlanStatus.PAUSED if why == "a plan that rests" else PlanStatus.ENDED

    run(no_more)
    ana = prompt_of(run, site, "Ana", FIRST_DAY)
    assert run(swap, ana, DAY_OFF, "N", by=site.caller("Ana"), at=LATER).then is Then.NOTHING


def test_who_is_on_shift_after_all_is_asked_as_before(run: Run, site: Site, embedding_id: int) -> None:
    plan(run, FIRST_DAY)
    ana = prompt_of(run, site, "Ana", FIRST_DAY)
    before = asked_of(run, site, "Ana")
    run(swap, ana, FIRST_DAY, "N", by=site.caller("Ana"), at=LATER)
    run(back, ana, by=site.caller("Ana"), at=LATER)
    assert run(entries) == []
    assert asked_of(run, site, "Ana") == [*before, (FIRST_DAY, "N", "skipped", "skipped")]
    assert run(event_kinds)[-1] == "shift_worked_after_all"
    assert look_again(run, LATER) == 0
    run(back, ana, by=site.caller("Ana"), at=LATER)
    assert run(event_kinds).count("shift_worked_after_all") == 1


def test_a_question_that_is_out_can_be_answered_again_when_a_swap_is_undone(
    run: Run, site: Site, embedding_id: int
) -> None:
    plan(run, FIRST_DAY)
    ana = prompt_of(run, site, "Ana", FIRST_DAY)
    sent(run, ana)
    run(swap, ana, DAY_OFF, "N", by=site.caller("Ana"), at=LATER)
    assert waiting_edits(run) == ["prompt_not_on_shift"]
    run(back, ana, by=site.caller("Ana"), at=LATER)
    assert waiting_edits(run) == ["prompt_asked_again"]
    run(prompts.answer_prompt, ana, "did_it_help", "helped", by=site.caller("Ana"), at=LATER)
    assert run(prompts.by_id, ana).status is PromptStatus.ANSWERED
    assert run(entries) == []


def test_another_choice_takes_the_place_of_the_first(run: Run, site: Site, embedding_id: int) -> None:
    plan(run, FIRST_DAY)
    ana = prompt_of(run, site, "Ana", FIRST_DAY)
    run(swap, ana, FIRST_DAY, "N", by=site.caller("Ana"), at=LATER)
    run(swap, ana, DAY_OFF, "D", by=site.caller("Ana"), at=LATER)
    assert run(entries) == [(FIRST_DAY, "", "swap"), (DAY_OFF, "D", "swap")]
    assert [state for *_, state, _ in asked_of(run, site, "Ana")] == ["skipped", "skipped"]
    assert run(swaps.instead_of, ana) == Instead(DAY_OFF, "D", Then.IN_TURN)
    run(swap, ana, FIRST_DAY, "N", by=site.caller("Ana"), at=LATER)
    assert run(entries) == [(FIRST_DAY, "N", "swap")]
    assert [state for *_, state, _ in asked_of(run, site, "Ana")] == ["skipped", "open"]


def test_a_swap_that_is_undone_leaves_what_the_roster_says(run: Run, site: Site, embedding_id: int) -> None:
    run(noted, site, "Dan", FIRST_DAY, "D")
    run(noted, site, "Dan", DAY_OFF, "D")
    plan(run, FIRST_DAY)
    dan = prompt_of(run, site, "Dan", FIRST_DAY)
    run(swap, dan, DAY_OFF, "N", by=site.caller("Dan"), at=LATER)
    assert run(entries) == [(FIRST_DAY, "", "swap"), (DAY_OFF, "N", "swap")]
    run(back, dan, by=site.caller("Dan"), at=LATER)
    assert run(entries) == [(FIRST_DAY, "D", "roster"), (DAY_OFF, "D", "roster")]


def test_who_is_asked_where_they_swapped_to_and_says_that_they_are_not_there_may_be_there_after_all(
    run: Run, site: Site, embedding_id: int
) -> None:
    plan(run, FIRST_DAY)
    run(swap, prompt_of(run, site, "Ana", FIRST_DAY), DAY_OFF, "N", by=site.caller("Ana"), at=LATER)
    plan(run, DAY_OFF)
    there, at = prompt_of(run, site, "Ana", DAY_OFF), LATER + timedelta(days=5)
    run(swaps.not_on_this_shift, there, by=site.caller("Ana"), at=at)
    run(back, there, by=site.caller("Ana"), at=at)
    assert run(entries) == [(FIRST_DAY, "", "swap"), (DAY_OFF, "N", "swap")]
    assert run(prompts.by_id, there).status is PromptStatus.OPEN


def test_only_whose_prompt_it_is_takes_it_back_and_not_when_it_has_closed(
    run: Run, site: Site, asked: dict[str, int]
) -> None:
    run(swaps.not_on_this_shift, asked["Ana"], by=site.caller("Ana"), at=LATER)
    with pytest.raises(Refused, match="for somebody else"):
        run(back, asked["Ana"], by=site.caller("Ben"), at=LATER)
    closes_at = run(prompts.by_id, asked["Ana"]).closes_at
    with pytest.raises(Refused, match="has closed"):
        run(back, asked["Ana"], by=site.caller("Ana"), at=closes_at)


def test_who_swapped_into_today_is_told_today_what_happened_on_their_days_off(
    run: Run, site: Site, embedding_id: int
) -> None:
    today = FIRST_DAY + timedelta(days=7)
    plan(run, today)
    last_night = prompt_of(run, site, "Ana", FIRST_DAY + timedelta(days=3))
    run(swap, last_night, today, "N", by=site.caller("Ana"), at=LATER + timedelta(days=7))
    told = [row for row in run(outbox) if row.kind == "since_last_on" and row.person_id == site.people["Ana"]]
    assert [row.due_at for row in told] == [FIRST_SHIFT, NIGHT + timedelta(days=7)]
    assert told[-1].data == {"last_on": (NIGHT + timedelta(days=2, hours=12)).isoformat()}


def test_a_day_that_was_computed_before_a_swap_is_computed_again(run: Run, site: Site, embedding_id: int) -> None:
    plan(run, FIRST_DAY)
    at = LATER + timedelta(days=1)
    run(next_days.open_due, at=at, limit=10)
    (before,) = run(prompt_planning.days_to_plan, policy=EVERY_SHIFT, at=at)
    run(swap, prompt_of(run, site, "Ana", FIRST_DAY), NEXT_DAY, "N", by=site.caller("Ana"), at=LATER)
    computed = (before.plan_id, before.planned_through, before.day, before.due, before.coming_back)
    assert run(written_days.plan_day, *computed, at=at, version=before.version) == 0
    assert NEXT_DAY not in {day for day, *_ in asked_of(run, site, "Ana")}
    plan(run, NEXT_DAY)
    assert asked_of(run, site, "Ana")[1:] == [(NEXT_DAY, "N", "open", "queued")]


def test_a_planned_day_that_was_computed_before_a_swap_is_not_written_over_it(
    run: Run, site: Site, embedding_id: int
) -> None:
    plan(run, FIRST_DAY)
    run(absences.go_away, Days(FIRST_DAY, FIRST_DAY), by=site.caller("Ben"), at=LATER)
    (before,) = run(prompt_planning.days_to_replan, policy=EVERY_SHIFT, at=LATER)
    run(swap, prompt_of(run, site, "Ana", FIRST_DAY), FIRST_DAY, "N", by=site.caller("Ana"), at=LATER)
    assert not run(written_days.replan_day, before.plan_id, before.day, before.version, before.due, at=LATER)
    assert [state for *_, state, _ in asked_of(run, site, "Ana")] == ["skipped", "open"]


def test_a_question_that_is_out_closes_when_the_next_shift_that_is_really_worked_has_begun(
    run: Run, site: Site, embedding_id: int
) -> None:
    plan(run, FIRST_DAY)
    ana = prompt_of(run, site, "Ana", FIRST_DAY)
    sent(run, ana)
    run(noted, site, "Ana", NEXT_DAY, "N")
    look_again(run, LATER)
    assert run(prompts.by_id, ana).closes_at == NIGHT + timedelta(days=1, hours=1)
