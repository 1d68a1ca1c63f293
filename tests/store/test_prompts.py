"""What an embedding asks at the end of a shift, and what becomes of the question."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from store import deliveries, prompt_plans, prompts, written_days
from store.deliveries import Delivery, Status
from store.errors import Refused
from store.not_now import Reason
from store.prompt_plans import PlanStatus, PromptPlan
from store.prompts import Answered, EarlierAnswer, Prompt, PromptStatus
from store.questions import QuestionSet
from tests.store.conftest import Run
from tests.store.site import (
    CREW_A,
    FIRST_DAY,
    FIRST_SHIFT,
    LATER,
    Site,
    active_embedding,
    asked_crew,
    build,
    due_prompts,
    event_kinds,
    events,
    opened_review,
    outbox,
)

DUE = FIRST_SHIFT + timedelta(hours=11)
SHIFT_END = FIRST_SHIFT + timedelta(hours=12)
CLOSES = SHIFT_END + timedelta(hours=13)


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


@pytest.fixture
def asked(run: Run, site: Site, embedding_id: int) -> dict[str, int]:
    return run(asked_crew, site, embedding_id)


def answer(run: Run, site: Site, prompt_id: int, name: str, value: str, at: datetime = DUE) -> Answered:
    return run(prompts.answer_prompt, prompt_id, "did_it_help", value, by=site.caller(name), at=at)


def settle(session: Session, prompt_id: int, status: Status, reason: str | None = None) -> None:
    delivery = session.get_one(Delivery, session.get_one(Prompt, prompt_id).delivery_id)
    delivery.status, delivery.reason = status, reason


def ask(session: Session, embedding_id: int, ready: QuestionSet) -> None:
    plan = prompt_plans.of_embedding(session, embedding_id)
    assert plan is not None
    plan.questions = ready


def rest(session: Session, plan_id: int) -> None:
    session.get_one(PromptPlan, plan_id).status = PlanStatus.PAUSED


def earlier_answers(session: Session) -> list[EarlierAnswer]:
    return list(session.exec(select(EarlierAnswer)).all())


def edits(run: Run) -> list[tuple[str, str]]:
    return [(row.kind.value, row.status.value) for row in run(outbox) if row.edits_id and row.subject == "prompt"]


def test_each_prompt_goes_out_an_hour_before_the_shift_ends_and_not_after_it(
    run: Run, site: Site, asked: dict[str, int]
) -> None:
    rows = [row for row in run(outbox) if row.kind == "prompt"]
    assert [row.person_id for row in rows] == [site.people[name] for name in CREW_A]
    assert {(row.due_at, row.expires_at) for row in rows} == {(DUE, SHIFT_END)}


def test_a_day_that_is_planned_twice_is_asked_once(run: Run, site: Site, embedding_id: int) -> None:
    plan = run(prompt_plans.of_embedding, embedding_id)
    assert plan is not None
    due = run(due_prompts, site)
    assert run(written_days.plan_day, plan.key, None, FIRST_DAY, due, at=LATER) == 3
    assert run(written_days.plan_day, plan.key, None, FIRST_DAY, due, at=LATER) == 0
    assert run(written_days.plan_day, plan.key, FIRST_DAY, FIRST_DAY, due, at=LATER) == 0
    assert len([row for row in run(outbox) if row.kind == "prompt"]) == 3


def test_a_plan_that_has_moved_on_is_not_written_on_what_was_seen_before(
    run: Run, site: Site, embedding_id: int
) -> None:
    plan = run(prompt_plans.of_embedding, embedding_id)
    assert plan is not None
    next_day = FIRST_DAY + timedelta(days=1)
    run(written_days.plan_day, plan.key, None, FIRST_DAY, [], at=LATER)
    stale = [replace(due, day=next_day) for due in run(due_prompts, site)]
    assert run(written_days.plan_day, plan.key, None, next_day, stale, at=LATER) == 0
    moved = run(prompt_plans.of_embedding, embedding_id)
    assert moved is not None
    assert moved.planned_through == FIRST_DAY


def test_an_answer_is_kept_and_the_message_shows_it(run: Run, site: Site, asked: dict[str, int]) -> None:
    assert answer(run, site, asked["Ana"], "Ana", "helped") == Answered(asked["Ana"], "helped")
    assert run(prompts.by_id, asked["Ana"]).status is PromptStatus.ANSWERED
    assert run(event_kinds)[-1] == "prompt_answered"
    assert edits(run) == [("prompt_answered", "queued")]


def test_the_same_tap_twice_is_one_answer(run: Run, site: Site, asked: dict[str, int]) -> None:
    first = answer(run, site, asked["Ana"], "Ana", "helped")
    assert answer(run, site, asked["Ana"], "Ana", "helped", DUE + timedelta(seconds=1)) == first
    assert run(event_kinds).count("prompt_answered") == 1
    assert len(edits(run)) == 1


def test_a_changed_answer_takes_the_place_of_the_first(run: Run, site: Site, asked: dict[str, int]) -> None:
    answer(run, site, asked["Ana"], "Ana", "helped")
    answer(run, site, asked["Ana"], "Ana", "in_the_way", DUE + timedelta(minutes=1))
    said = run(prompts.answer_to, asked["Ana"], "did_it_help")
    assert said is not None
    assert (said.value, said.answered_at) == ("in_the_way", DUE + timedelta(minutes=1))
    assert edits(run) == [("prompt_answered", "skipped"), ("prompt_answered", "queued")]


def test_what_was_said_before_is_kept_beside_and_named_in_the_history(
    run: Run, site: Site, asked: dict[str, int]
) -> None:
    answer(run, site, asked["Ana"], "Ana", "helped")
    answer(run, site, asked["Ana"], "Ana", "in_the_way", DUE + timedelta(minutes=1))
    (earlier,) = run(earlier_answers)
    assert (earlier.prompt_id, earlier.question, earlier.value) == (asked["Ana"], "did_it_help", "helped")
    assert (earlier.answered_at, earlier.replaced_at) == (DUE, DUE + timedelta(minutes=1))
    assert [event.data for event in run(events) if event.kind == "prompt_answered"] == [
        {"question": "did_it_help", "value": "helped"},
        {"question": "did_it_help", "value": "in_the_way", "before": "helped"},
    ]


def test_several_questions_are_answered_one_after_the_other(run: Run, site: Site, embedding_id: int) -> None:
    run(ask, embedding_id, QuestionSet.WEEKLY_LOOK_BACK)
    prompt_id = run(asked_crew, site, embedding_id)["Ana"]
    said = {"week": "4", "went_by_it": "most_times", "minutes_lost": "2,5", "heard_back": "no", "change_first": "Noise"}
    for question, value in said.items():
        following = run(prompts.card, prompt_id).next
        assert following is not None
        assert following.name == question
        run(prompts.answer_prompt, prompt_id, question, value, by=site.caller("Ana"), at=DUE)
    card = run(prompts.card, prompt_id)
    assert card.next is None
    assert [one.said for one in card.asked] == ["4", "most_times", "2.5", "no", "Noise"]


@pytest.mark.parametrize(
    ("question", "value", "sentence"),
    [("minutes_lost", "many", "Write a number"), ("change_first", "x" * 301, "1 to 300 characters")],
)
def test_what_does_not_fit_a_field_is_said_there(
    run: Run, site: Site, embedding_id: int, question: str, value: str, sentence: str
) -> None:
    run(ask, embedding_id, QuestionSet.WEEKLY_LOOK_BACK)
    prompt_id = run(asked_crew, site, embedding_id)["Ana"]
    with pytest.raises(Refused, match=sentence) as refused:
        run(prompts.answer_prompt, prompt_id, question, value, by=site.caller("Ana"), at=DUE)
    assert refused.value.field == "answer"


def test_what_people_write_is_not_in_the_history(run: Run, site: Site, embedding_id: int) -> None:
    run(ask, embedding_id, QuestionSet.WEEKLY_LOOK_BACK)
    prompt_id = run(asked_crew, site, embedding_id)["Ana"]
    for value in ("The horn", "The lamp"):
        run(prompts.answer_prompt, prompt_id, "change_first", value, by=site.caller("Ana"), at=DUE)
    assert [event.data for event in run(events) if event.kind == "prompt_answered"] == [
        {"question": "change_first"}
    ] * 2
    assert [one.value for one in run(earlier_answers)] == ["The horn"]


def test_what_was_asked_stays_when_the_plan_asks_something_else(
    run: Run, site: Site, embedding_id: int, asked: dict[str, int]
) -> None:
    run(ask, embedding_id, QuestionSet.WEEKLY_LOOK_BACK)
    assert answer(run, site, asked["Ana"], "Ana", "helped").value == "helped"


def test_a_form_shows_the_question_and_what_was_said(run: Run, site: Site, asked: dict[str, int]) -> None:
    answer(run, site, asked["Ana"], "Ana", "helped")
    found = run(prompts.to_answer, asked["Ana"], "did_it_help", by=site.caller("Ana"))
    assert (found.prompt_id, found.tools, found.asked.said) == (asked["Ana"], ("Crusher alarm",), "helped")
    with pytest.raises(Refused, match="for somebody else"):
        run(prompts.to_answer, asked["Ana"], "did_it_help", by=site.caller("Ben"))


def test_a_plan_that_rests_is_not_written(run: Run, site: Site, embedding_id: int) -> None:
    plan = run(prompt_plans.of_embedding, embedding_id)
    assert plan is not None
    due = run(due_prompts, site)
    run(rest, plan.key)
    assert run(written_days.plan_day, plan.key, None, FIRST_DAY, due, at=LATER) == 0


def test_two_different_taps_at_the_same_instant_leave_the_last_one_on_the_screen(
    run: Run, site: Site, asked: dict[str, int]
) -> None:
    answer(run, site, asked["Ana"], "Ana", "helped")
    answer(run, site, asked["Ana"], "Ana", "in_the_way")
    assert [one.said for one in run(prompts.card, asked["Ana"]).asked] == ["in_the_way"]
    assert edits(run)[-1] == ("prompt_answered", "queued")


def test_an_answer_after_the_shift_is_taken_and_marked_as_late(run: Run, site: Site, asked: dict[str, int]) -> None:
    in_time, late = SHIFT_END - timedelta(seconds=1), SHIFT_END
    for name, at in (("Ana", in_time), ("Ben", late)):
        answer(run, site, asked[name], name, "helped", at)
    said = [run(prompts.answer_to, asked[name], "did_it_help") for name in ("Ana", "Ben")]
    assert [one.late for one in said if one] == [False, True]


def test_an_answer_that_is_changed_after_the_shift_is_late(run: Run, site: Site, asked: dict[str, int]) -> None:
    answer(run, site, asked["Ana"], "Ana", "helped")
    answer(run, site, asked["Ana"], "Ana", "not_used", SHIFT_END)
    said = run(prompts.answer_to, asked["Ana"], "did_it_help")
    assert said is not None
    assert said.late


def test_nobody_answers_for_somebody_else(run: Run, site: Site, asked: dict[str, int]) -> None:
    with pytest.raises(Refused, match="for somebody else"):
        answer(run, site, asked["Ana"], "Ben", "helped")


def test_neither_does_a_namesake_of_another_workspace(run: Run, asked: dict[str, int]) -> None:
    other = run(build, slack_id="T2")
    with pytest.raises(Refused, match="for somebody else"):
        answer(run, other, asked["Ana"], "Ana", "helped")


def test_a_prompt_that_never_was_is_for_somebody_else(run: Run, site: Site, asked: dict[str, int]) -> None:
    with pytest.raises(Refused, match="for somebody else"):
        answer(run, site, 999_999, "Ana", "helped")


def test_an_answer_in_the_last_second_counts_and_one_after_it_is_too_late(
    run: Run, site: Site, asked: dict[str, int]
) -> None:
    answer(run, site, asked["Ana"], "Ana", "helped", CLOSES - timedelta(seconds=1))
    for name in ("Ana", "Ben"):
        with pytest.raises(Refused, match="has closed"):
            answer(run, site, asked[name], name, "not_used", CLOSES)


def test_what_a_question_does_not_take_is_refused(run: Run, site: Site, asked: dict[str, int]) -> None:
    with pytest.raises(Refused, match="takes no such answer"):
        answer(run, site, asked["Ana"], "Ana", "maybe")
    with pytest.raises(Refused, match="takes no such answer"):
        run(prompts.answer_prompt, asked["Ana"], "week", "3", by=site.caller("Ana"), at=DUE)


@pytest.mark.parametrize(
    ("delivered", "because", "ended", "reason"),
    [
        (Status.SENT, None, "missed", Reason.NOT_ANSWERED),
        (Status.QUEUED, None, "missed", Reason.NOT_SENT),
        (Status.EXPIRED, "the shift had ended", "missed", Reason.NOT_SENT),
        (Status.UNKNOWN, "the answer was lost", "missed", Reason.NOT_SENT),
        (Status.SKIPPED, "the embedding has ended", "skipped", Reason.NOTHING_TO_ASK),
    ],
)
def test_what_nobody_answered_is_closed_with_its_reason(
    run: Run, asked: dict[str, int], delivered: Status, because: str | None, ended: str, reason: Reason
) -> None:
    run(settle, asked["Ana"], delivered, because)
    assert run(prompts.close_lapsed, at=CLOSES - timedelta(seconds=1)) == 0
    assert run(prompts.close_lapsed, at=CLOSES) == 3
    prompt = run(prompts.by_id, asked["Ana"])
    assert (prompt.status.value, prompt.reason) == (ended, reason)
    assert edits(run) == ([("prompt_closed", "queued")] if delivered is Status.SENT else [])
    assert run(prompts.close_lapsed, at=CLOSES) == 0


def test_what_was_answered_is_not_closed_as_missed(run: Run, site: Site, asked: dict[str, int]) -> None:
    answer(run, site, asked["Cleo"], "Cleo", "helped")
    assert run(prompts.close_lapsed, at=CLOSES) == 2
    assert run(prompts.by_id, asked["Cleo"]).status is PromptStatus.ANSWERED


def test_a_missed_prompt_takes_no_answer_any_more(run: Run, site: Site, asked: dict[str, int]) -> None:
    run(prompts.close_lapsed, at=CLOSES)
    with pytest.raises(Refused, match="has closed"):
        answer(run, site, asked["Ana"], "Ana", "helped", DUE)


def test_no_more_are_closed_at_once_than_the_writer_can_bear(run: Run, asked: dict[str, int]) -> None:
    assert run(prompts.close_lapsed, at=CLOSES, limit=2) == 2
    assert run(prompts.close_lapsed, at=CLOSES, limit=2) == 1


def test_stopping_skips_what_is_still_to_go_out_and_leaves_what_is_out(
    run: Run, site: Site, embedding_id: int, asked: dict[str, int]
) -> None:
    run(settle, asked["Ana"], Status.SENT)
    run(settle, asked["Ben"], Status.SENDING)
    run(prompts.stop, embedding_id, Reason.EMBEDDING_ENDED, at=LATER)
    rows = {name: run(prompts.by_id, prompt_id) for name, prompt_id in asked.items()}
    assert {name: (row.status.value, row.reason) for name, row in rows.items()} == {
        "Ana": ("open", None),
        "Ben": ("open", None),
        "Cleo": ("skipped", Reason.EMBEDDING_ENDED),
    }
    cleos = run(deliveries.by_id, rows["Cleo"].delivery_id or 0)
    assert (cleos.status, cleos.reason, cleos.ended_at) == (Status.SKIPPED, "the embedding has ended", LATER)
    assert answer(run, site, asked["Ana"], "Ana", "helped").value == "helped"


def test_stopping_one_embedding_leaves_the_others(run: Run, embedding_id: int, asked: dict[str, int]) -> None:
    run(prompts.stop, embedding_id + 1, Reason.EMBEDDING_ENDED, at=LATER)
    assert run(prompts.by_id, asked["Cleo"]).status is PromptStatus.OPEN


def test_a_card_shows_the_tools_the_choices_and_what_was_said(run: Run, site: Site, asked: dict[str, int]) -> None:
    before = run(prompts.card, asked["Ana"])
    assert (before.tools, before.open, before.details) == (("Crusher alarm",), True, ())
    (question,) = before.asked
    assert (question.said, before.next) == (None, question.question)
    assert question.question.choices == ("helped", "no_difference", "in_the_way", "not_used")
    answer(run, site, asked["Ana"], "Ana", "not_used")
    after = run(prompts.card, asked["Ana"])
    assert ([one.said for one in after.asked], after.next, after.open) == (["not_used"], None, False)


def test_a_day_that_was_computed_before_the_review_opened_is_not_asked(run: Run, site: Site, embedding_id: int) -> None:
    plan = run(prompt_plans.of_embedding, embedding_id)
    assert plan is not None
    due = run(due_prompts, site)
    run(opened_review, embedding_id, LATER + timedelta(days=31))
    assert run(written_days.plan_day, plan.key, None, FIRST_DAY, due, at=LATER) == 0
    assert [row for row in run(outbox) if row.kind == "prompt"] == []
