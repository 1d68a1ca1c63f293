"""People who swap a shift at the very moment at which it is planned, asked about or swapped once more."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from store import next_days, prompt_planning, prompts, roster_import, swaps, written_days
from store.deliveries import Delivery, Status
from store.errors import Refused
from store.policy import Policy
from store.prompts import Prompt, PromptStatus
from store.roster_import import RosterLine
from tests.store.site import FIRST_DAY, LATER, Site, active_embedding, build, event_kinds, outbox
from tests.store.test_races import Arena, outcomes
from tests.store.test_rosters import DAY_OFF, NEXT_DAY, entries

EVERY_SHIFT = Policy(prompt_every_nth_shift=1)
TOMORROW = LATER + timedelta(days=1)


@pytest.fixture
def arena(postgres_url: str) -> Iterator[Arena]:
    opened = Arena(postgres_url)
    yield opened
    opened.close()


@pytest.fixture
def site(arena: Arena) -> Site:
    """The pit crew on the first day of an embedding, which is planned."""
    built: Site = arena.do(build)
    arena.do(active_embedding, built)
    plan(arena, LATER)
    return built


def plan(arena: Arena, at: Any) -> None:
    """Plan every day that has begun, as a tick does it."""
    while arena.do(next_days.open_due, at=at, limit=10):
        for day in arena.do(prompt_planning.days_to_plan, policy=EVERY_SHIFT, at=at):
            arena.do(written_days.plan_day, *computed(day), at=at, version=day.version)


def computed(day: prompt_planning.DayPlan) -> tuple[Any, ...]:
    return day.plan_id, day.planned_through, day.day, day.due, day.coming_back


def of_ana(session: Session, site: Site) -> list[tuple[date, str, str]]:
    rows = session.exec(select(Prompt).where(Prompt.person_id == site.people["Ana"]).order_by(col(Prompt.id)))
    return [(row.day, row.shift, row.status.value) for row in rows]


def anas(session: Session, site: Site) -> int:
    return session.exec(select(Prompt).where(Prompt.person_id == site.people["Ana"])).one().key


def swap(prompt_id: int, day: date, shift: str) -> tuple[Any, ...]:
    return swaps.swapped, prompt_id, day, shift


def given(site: Site) -> dict[str, Any]:
    return {"policy": EVERY_SHIFT, "by": site.caller("Ana"), "at": LATER}


@pytest.mark.parametrize("swapped_first", [True, False], ids=["the swap first", "the plan first"])
def test_a_swap_into_a_day_that_is_being_planned_is_asked_about_once(
    arena: Arena, site: Site, swapped_first: bool
) -> None:
    ana = arena.do(anas, site)
    arena.do(next_days.open_due, at=TOMORROW, limit=10)
    (day,) = arena.do(prompt_planning.days_to_plan, policy=EVERY_SHIFT, at=TOMORROW)
    planning = (written_days.plan_day, *computed(day))
    with arena.holding_row("prompt_plan", day.plan_id) as holder:
        units: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
            (swap(ana, NEXT_DAY, "N"), given(site)),
            (planning, {"at": TOMORROW, "version": day.version}),
        ]
        asked = []
        for unit, values in units if swapped_first else reversed(units):
            asked.append(arena.start(*unit, **values))
            holder.wait_for(len(asked))
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*asked)
    assert errors == []
    plan(arena, TOMORROW)
    assert [state for state in arena.do(of_ana, site) if state[2] == "open"] == [(NEXT_DAY, "N", "open")]


def test_a_planned_day_that_is_written_anew_at_the_moment_of_a_swap_does_not_lose_it(arena: Arena, site: Site) -> None:
    ana = arena.do(anas, site)
    (day,) = arena.do(
        prompt_planning.days_to_replan, policy=Policy(prompt_before_shift_end=timedelta(hours=2)), at=LATER
    )
    written = (written_days.replan_day, day.plan_id, day.day, day.version, day.due)
    with arena.holding_row("prompt_plan", day.plan_id) as holder:
        asked = [arena.start(*swap(ana, FIRST_DAY, "N"), **given(site)), arena.start(*written, at=LATER)]
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*asked)
    assert errors == []
    assert arena.do(of_ana, site) == [(FIRST_DAY, "D", "skipped"), (FIRST_DAY, "N", "open")]


def test_a_roster_that_is_imported_while_its_day_is_being_planned_is_not_lost(arena: Arena, site: Site) -> None:
    arena.do(next_days.open_due, at=TOMORROW, limit=10)
    (day,) = arena.do(prompt_planning.days_to_plan, policy=EVERY_SHIFT, at=TOMORROW)
    lines = [RosterLine(2, "Ana", NEXT_DAY, "off"), RosterLine(3, "Dan", NEXT_DAY, "N")]
    with arena.holding_row("prompt_plan", day.plan_id) as holder:
        asked = [
            arena.start(roster_import.import_roster, site.workspace_id, lines, at=LATER),
            arena.start(written_days.plan_day, *computed(day), at=TOMORROW, version=day.version),
        ]
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*asked)
    assert errors == []
    plan(arena, TOMORROW)
    for again in arena.do(prompt_planning.days_to_replan, policy=EVERY_SHIFT, at=TOMORROW):
        assert arena.do(written_days.replan_day, again.plan_id, again.day, again.version, again.due, at=TOMORROW)

    def open_then(session: Session) -> set[tuple[int, str]]:
        rows = session.exec(select(Prompt).where(Prompt.day == NEXT_DAY, Prompt.status == PromptStatus.OPEN))
        return {(row.person_id, row.shift) for row in rows}

    expected = {(site.people["Ben"], "D"), (site.people["Cleo"], "D"), (site.people["Dan"], "N")}
    assert arena.do(open_then) == expected


def test_a_question_that_is_being_sent_at_the_moment_of_a_swap_says_what_became_of_it(arena: Arena, site: Site) -> None:
    ana = arena.do(anas, site)
    claim = "UPDATE delivery SET status = 'sending', attempts = 1 WHERE kind = 'prompt'"
    with arena.holding(claim) as sender:
        swapping = arena.start(*swap(ana, DAY_OFF, "N"), **given(site))
        sender.let_go_when_waiting(1)
        swapping.result(10)
    assert arena.do(prompts.by_id, ana).status is PromptStatus.SKIPPED

    def look(session: Session) -> tuple[Status, list[str], bool]:
        delivery = session.get_one(Delivery, prompts.by_id(session, ana).delivery_id)
        edits = [row.kind.value for row in outbox(session) if row.edits_id == delivery.id]
        return delivery.status, edits, prompts.card(session, ana).open

    # What is not written yet finds nothing to ask any more; what is, is followed by the edit.
    assert arena.do(look) == (Status.SENDING, ["prompt_not_on_shift"], False)


def test_two_swaps_of_one_shift_at_once_leave_one_shift_that_is_worked_instead(arena: Arena, site: Site) -> None:
    ana = arena.do(anas, site)
    with arena.holding_row("prompt", ana) as holder:
        asked = [arena.start(*swap(ana, day, "N"), **given(site)) for day in (NEXT_DAY, DAY_OFF)]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert errors == []
    assert {answer.with_day for answer in answers} == {NEXT_DAY, DAY_OFF}
    noted = arena.do(entries)
    assert noted[0] == (FIRST_DAY, "", "swap")
    assert len(noted) == 2
    instead = arena.do(swaps.instead_of, ana)
    assert (instead.day, instead.shift) == noted[1][:2]


def test_one_swap_that_comes_twice_at_once_happens_once(arena: Arena, site: Site) -> None:
    ana = arena.do(anas, site)
    with arena.holding_row("prompt", ana) as holder:
        asked = [arena.start(*swap(ana, FIRST_DAY, "N"), **given(site)) for _ in range(2)]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert errors == []
    assert answers[0] == answers[1]
    assert arena.do(event_kinds).count("shift_swapped") == 1
    assert arena.do(of_ana, site) == [(FIRST_DAY, "D", "skipped"), (FIRST_DAY, "N", "open")]


def test_whoever_answers_and_swaps_at_once_has_done_one_of_the_two(arena: Arena, site: Site) -> None:
    ana = arena.do(anas, site)
    with arena.holding_row("prompt", ana) as holder:
        asked = [
            arena.start(*swap(ana, DAY_OFF, "N"), **given(site)),
            arena.start(prompts.answer_prompt, ana, "did_it_help", "helped", by=site.caller("Ana"), at=LATER),
        ]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert (len(answers), [type(error) for error in errors]) == (1, [Refused])
    answered = arena.do(prompts.by_id, ana).status is PromptStatus.ANSWERED
    assert (arena.do(entries) == []) is answered


def test_who_swaps_and_takes_it_back_at_once_is_left_with_one_of_the_two(arena: Arena, site: Site) -> None:
    ana = arena.do(anas, site)
    arena.do(swaps.not_on_this_shift, ana, by=site.caller("Ana"), at=LATER)
    with arena.holding_row("prompt", ana) as holder:
        asked = [
            arena.start(*swap(ana, FIRST_DAY, "N"), **given(site)),
            arena.start(swaps.on_this_shift, ana, **given(site)),
        ]
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*asked)
    assert errors == []
    states = {(shift, state) for _, shift, state in arena.do(of_ana, site)}
    works = {shift for shift, state in states if state == "open"}
    assert len(works) == 1
    assert arena.do(entries) == ([] if works == {"D"} else [(FIRST_DAY, "N", "swap")])
