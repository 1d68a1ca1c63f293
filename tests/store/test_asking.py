"""Planning what an embedding asks: who may, what it costs, and that a changed set or plan leaves what was asked."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from store import asking, prompt_plans, prompts, questions, written_days
from store.asking import BOUNDS, PlanDraft, SetDraft
from store.deliveries import Status
from store.embeddings import Embedding, EmbeddingStatus
from store.errors import Refused
from store.not_now import Reason
from store.policy import Policy
from store.prompt_planning import days_to_replan
from store.prompt_plans import Frequency, Moment, PlanStatus, PromptPlan
from store.questions import QuestionKind, QuestionSet, SetName, own, yes_no
from store.roles import Role
from tests.store.conftest import Run
from tests.store.site import (
    CREW_A,
    FIRST_DAY,
    LATER,
    Site,
    active_embedding,
    asked_crew,
    build,
    event_kinds,
    events,
    outbox,
    planned_embedding,
)

POLICY = Policy()
LOOK_BACK = SetName(QuestionSet.WEEKLY_LOOK_BACK)


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def keep(run: Run, site: Site, draft: PlanDraft, by: str = "Priya") -> asking.Kept:
    return run(asking.keep_plan, draft, policy=POLICY, by=site.caller(by), at=LATER)


def weekly(embedding_id: int) -> PlanDraft:
    return PlanDraft(embedding_id, None, LOOK_BACK, frequency=Frequency.WEEKLY, share=50, minutes=30, cap=1)


def plans_of(session: Session, embedding_id: int) -> list[PromptPlan]:
    return list(prompt_plans.all_of(session, embedding_id))


def become(session: Session, embedding_id: int, status: EmbeddingStatus) -> None:
    session.get_one(Embedding, embedding_id).status = status


@pytest.mark.parametrize("name", ["Priya", "Tom", "Mei"])
def test_its_data_scientists_and_the_lead_plan_what_an_embedding_asks(
    run: Run, site: Site, embedding_id: int, name: str
) -> None:
    found = run(asking.plans, policy=POLICY, by=site.caller(name))
    (planned,) = found.embeddings
    (line,) = planned.plans
    assert (planned.reference, planned.team, line.asked.name, line.paused) == ("E-1", "Pit crew", SetName(), False)
    assert keep(run, site, weekly(embedding_id), by=name) == asking.Kept("E-1", changed=False)
    assert len(run(plans_of, embedding_id)) == 2


@pytest.mark.parametrize("name", ["Ana", "Olga", "Kay", "Omar"])
def test_others_are_told_who_does(run: Run, site: Site, embedding_id: int, name: str) -> None:
    by = site.caller(name)
    with pytest.raises(Refused, match="plan what it asks"):
        run(asking.plans, policy=POLICY, by=by)
    with pytest.raises(Refused, match="plan what it asks"):
        run(asking.choices, embedding_id, None, by=by)
    with pytest.raises(Refused, match="plan what it asks"):
        keep(run, site, weekly(embedding_id), by=name)
    with pytest.raises(Refused, match="plan what it asks"):
        run(asking.to_copy, embedding_id, SetName(), by=by)
    (plan,) = run(plans_of, embedding_id)
    with pytest.raises(Refused, match="plan what it asks"):
        run(asking.end_plan, plan.key, policy=POLICY, by=by, at=LATER)


def test_nor_does_somebody_of_another_workspace(run: Run, site: Site, embedding_id: int) -> None:
    other = run(build, slack_id="T2")
    with pytest.raises(Refused):
        run(asking.choices, embedding_id, None, by=other.caller("Mei"))
    with pytest.raises(Refused):
        keep(run, other, weekly(embedding_id), by="Mei")


@pytest.mark.parametrize("status", [EmbeddingStatus.IN_REVIEW, EmbeddingStatus.CLOSED, EmbeddingStatus.CANCELLED])
def test_an_embedding_that_is_over_is_not_planned(
    run: Run, site: Site, embedding_id: int, status: EmbeddingStatus
) -> None:
    run(become, embedding_id, status)
    with pytest.raises(Refused, match="asks nobody any more"):
        keep(run, site, weekly(embedding_id))
    with pytest.raises(Refused):
        run(asking.plans, policy=POLICY, by=site.caller("Priya"))


def test_a_plan_is_kept_as_it_was_filled_in(run: Run, site: Site, embedding_id: int) -> None:
    draft = PlanDraft(
        embedding_id,
        None,
        LOOK_BACK,
        crew_id=site.crew_b_id,
        role=Role.CHAMPION,
        share=40,
        moment=Moment.AFTER_START,
        minutes=15,
        frequency=Frequency.WEEKLY,
        nth=3,
        window_minutes=90,
        cap=2,
    )
    keep(run, site, draft)
    _, plan = run(plans_of, embedding_id)
    shown = run(asking.choices, embedding_id, plan.key, by=site.caller("Tom")).draft
    assert shown == replace(draft, plan_id=plan.key)
    rules = prompt_plans.rules_of(plan, POLICY)
    assert (rules.offset, rules.window, rules.cap, rules.nth) == (timedelta(minutes=15), timedelta(minutes=90), 2, 3)
    assert (rules.crew_id, rules.role) == (site.crew_b_id, Role.CHAMPION)


def test_what_is_left_open_is_as_the_site_has_it(run: Run, site: Site, embedding_id: int) -> None:
    (plan,) = run(plans_of, embedding_id)
    rules = prompt_plans.rules_of(plan, Policy(prompt_every_nth_shift=3, prompts_a_week=2))
    assert (rules.offset, rules.nth, rules.cap, rules.window) == (timedelta(hours=1), 3, 2, timedelta(hours=1))


def test_a_new_plan_asks_about_no_day_that_is_over(run: Run, site: Site, embedding_id: int) -> None:
    keep(run, site, weekly(embedding_id))
    _, plan = run(plans_of, embedding_id)
    assert plan.planned_through == FIRST_DAY - timedelta(days=1)


def test_a_plan_of_an_embedding_that_lies_ahead_begins_with_it(run: Run, site: Site) -> None:
    embedding_id = run(planned_embedding, site)
    keep(run, site, weekly(embedding_id))
    _, plan = run(plans_of, embedding_id)
    assert plan.planned_through == FIRST_DAY - timedelta(days=1)


def test_an_embedding_has_no_more_plans_than_one_message_shows(run: Run, site: Site, embedding_id: int) -> None:
    for _ in range(4):
        keep(run, site, weekly(embedding_id))
    with pytest.raises(Refused, match="no more fit"):
        keep(run, site, weekly(embedding_id))
    *_, last = run(plans_of, embedding_id)
    assert keep(run, site, replace(weekly(embedding_id), plan_id=last.key)).changed
    run(asking.end_plan, last.key, policy=POLICY, by=site.caller("Priya"), at=LATER)
    assert not keep(run, site, weekly(embedding_id)).changed


def test_a_plan_is_changed_in_place(run: Run, site: Site, embedding_id: int) -> None:
    (plan,) = run(plans_of, embedding_id)
    kept = keep(run, site, replace(weekly(embedding_id), plan_id=plan.key))
    assert kept.changed
    (changed,) = run(plans_of, embedding_id)
    assert (changed.key, changed.frequency, changed.set_name) == (plan.key, Frequency.WEEKLY, LOOK_BACK)
    assert run(event_kinds)[-1] == "prompt_plan_changed"


def test_the_preview_shows_the_minutes_and_keeps_nothing(run: Run, site: Site, embedding_id: int) -> None:
    found = run(asking.preview, weekly(embedding_id), policy=POLICY, by=site.caller("Priya"))
    assert found.burden.prompts == 0.5
    assert found.burden.minutes == pytest.approx(0.5 * 65 / 60)
    assert len(run(plans_of, embedding_id)) == 1


@pytest.mark.parametrize(
    ("field", "value"), [(name, value) for name, (least, most) in BOUNDS.items() for value in (least - 1, most + 1)]
)
def test_a_number_that_is_out_of_bounds_is_said_at_its_field(
    run: Run, site: Site, embedding_id: int, field: str, value: int
) -> None:
    changed: dict[str, Any] = {field: value}
    draft = replace(weekly(embedding_id), **changed)
    with pytest.raises(Refused) as refused:
        run(asking.preview, draft, policy=POLICY, by=site.caller("Priya"))
    assert refused.value.field == field


@pytest.mark.parametrize("moment", Moment)
def test_nobody_is_asked_outside_of_the_shortest_shift(run: Run, site: Site, embedding_id: int, moment: Moment) -> None:
    fits = replace(weekly(embedding_id), moment=moment, minutes=719)
    run(asking.preview, fits, policy=POLICY, by=site.caller("Priya"))
    with pytest.raises(Refused, match="720 minutes long") as refused:
        run(asking.preview, replace(fits, minutes=720), policy=POLICY, by=site.caller("Priya"))
    assert refused.value.field == "minutes"


def test_another_teams_crew_is_none_of_this_one(run: Run, site: Site, embedding_id: int) -> None:
    with pytest.raises(Refused, match="no such crew") as refused:
        keep(run, site, replace(weekly(embedding_id), crew_id=site.crew_b_id + 1_000))
    assert refused.value.field == "crew"


def replan(run: Run) -> None:
    for day in run(days_to_replan, policy=POLICY, at=LATER):
        run(written_days.replan_day, day.plan_id, day.day, day.version, day.due, at=LATER)


def test_a_plan_that_rests_asks_nobody_and_goes_on_from_today(run: Run, site: Site, embedding_id: int) -> None:
    asked = run(asked_crew, site, embedding_id)
    (plan,) = run(plans_of, embedding_id)
    found = run(asking.pause_plan, plan.key, policy=POLICY, by=site.caller("Mei"), at=LATER)
    assert [line.paused for line in found.embeddings[0].plans] == [True]
    assert {run(prompts.by_id, asked[name]).reason for name in CREW_A} == {Reason.PLAN_STOPPED}
    replan(run)
    assert {row.status for row in run(outbox) if row.kind == "prompt"} == {Status.SKIPPED}
    again = run(asking.resume_plan, plan.key, policy=POLICY, by=site.caller("Mei"), at=LATER)
    assert [line.paused for line in again.embeddings[0].plans] == [False]
    replan(run)
    assert {row.status for row in run(outbox) if row.kind == "prompt"} == {Status.QUEUED}
    assert run(event_kinds)[-2:] == ["prompt_plan_paused", "prompt_plan_resumed"]


def test_what_is_not_out_yet_follows_a_changed_plan(run: Run, site: Site, embedding_id: int) -> None:
    asked = run(asked_crew, site, embedding_id)
    (plan,) = run(plans_of, embedding_id)
    before = run(prompts.by_id, asked["Ana"]).due_at
    keep(run, site, PlanDraft(embedding_id, plan.key, LOOK_BACK, minutes=30, window_minutes=90))
    replan(run)
    prompt = run(prompts.by_id, asked["Ana"])
    assert (prompt.due_at, prompt.set_name) == (before + timedelta(minutes=30), LOOK_BACK)
    (delivery,) = [row for row in run(outbox) if row.kind == "prompt" and row.person_id == site.people["Ana"]]
    assert delivery.due_at == prompt.due_at


def test_who_is_not_asked_any_more_by_a_changed_plan_is_told_apart(run: Run, site: Site, embedding_id: int) -> None:
    asked = run(asked_crew, site, embedding_id)
    (plan,) = run(plans_of, embedding_id)
    keep(run, site, PlanDraft(embedding_id, plan.key, crew_id=site.crew_b_id))
    replan(run)
    assert {run(prompts.by_id, asked[name]).reason for name in CREW_A} == {Reason.PLAN_CHANGED}
    keep(run, site, PlanDraft(embedding_id, plan.key))
    replan(run)
    assert {row.status for row in run(outbox) if row.kind == "prompt"} == {Status.QUEUED}


def test_pausing_twice_is_once(run: Run, site: Site, embedding_id: int) -> None:
    (plan,) = run(plans_of, embedding_id)
    for _ in range(2):
        run(asking.pause_plan, plan.key, policy=POLICY, by=site.caller("Mei"), at=LATER)
    assert run(event_kinds).count("prompt_plan_paused") == 1


def test_a_plan_that_has_ended_is_gone_and_its_answers_stay(run: Run, site: Site, embedding_id: int) -> None:
    asked = run(asked_crew, site, embedding_id)
    run(prompts.answer_prompt, asked["Ana"], "did_it_help", "helped", by=site.caller("Ana"), at=LATER)
    (plan,) = run(plans_of, embedding_id)
    found = run(asking.end_plan, plan.key, policy=POLICY, by=site.caller("Priya"), at=LATER)
    assert found.embeddings[0].plans == ()
    assert run(prompts.answer_to, asked["Ana"], "did_it_help") is not None
    for act in (asking.pause_plan, asking.resume_plan, asking.end_plan):
        with pytest.raises(Refused, match="has ended"):
            run(act, plan.key, policy=POLICY, by=site.caller("Priya"), at=LATER)
    with pytest.raises(Refused, match="has ended"):
        keep(run, site, replace(weekly(embedding_id), plan_id=plan.key))
    with pytest.raises(Refused, match="has ended"):
        run(asking.end_plan, 999_999, policy=POLICY, by=site.caller("Priya"), at=LATER)


def test_stopping_one_plan_leaves_the_other(run: Run, site: Site, embedding_id: int) -> None:
    run(asked_crew, site, embedding_id)
    keep(run, site, weekly(embedding_id))
    _, second = run(plans_of, embedding_id)
    run(asking.end_plan, second.key, policy=POLICY, by=site.caller("Priya"), at=LATER)
    assert {row.status for row in run(outbox) if row.kind == "prompt"} == {Status.QUEUED}


# Own questions

BELTS = (yes_no("q1", "Was it quiet?"), own("q2", QuestionKind.TEXT, "Which belt?"))


def write(run: Run, site: Site, embedding_id: int, *asked: questions.Question, by: str = "Priya") -> asking.Kept:
    draft = SetDraft(embedding_id, "Belts", asked or BELTS)
    return run(asking.keep_questions, draft, by=site.caller(by), at=LATER)


def newest_set(run: Run, embedding_id: int) -> questions.OwnQuestions:
    (newest,) = run(questions.own_sets, embedding_id)
    return newest


def test_a_ready_set_is_copied_and_kept_in_other_words(run: Run, site: Site, embedding_id: int) -> None:
    found = run(asking.to_copy, embedding_id, LOOK_BACK, by=site.caller("Priya"))
    assert (found.ready, found.title, found.tools) == (QuestionSet.WEEKLY_LOOK_BACK, "", ("Crusher alarm",))
    assert len(found.questions) == 5
    assert write(run, site, embedding_id) == asking.Kept("E-1", changed=False)
    copied = run(asking.to_copy, embedding_id, SetName(own_id=newest_set(run, embedding_id).key), by=site.caller("Tom"))
    assert (copied.ready, copied.title, copied.questions) == (None, "Belts", BELTS)
    (event,) = [event for event in run(events) if event.kind == "question_set_kept"]
    assert "quiet" not in str(event.data)


def test_the_first_question_takes_one_tap(run: Run, site: Site, embedding_id: int) -> None:
    with pytest.raises(Refused, match="one tap") as refused:
        write(run, site, embedding_id, own("q1", QuestionKind.NUMBER, "How many?"))
    assert refused.value.field == "kind_1"


def test_a_changed_set_is_asked_from_now_on_and_what_was_asked_keeps_its_words(
    run: Run, site: Site, embedding_id: int
) -> None:
    write(run, site, embedding_id)
    first = newest_set(run, embedding_id)
    (plan,) = run(plans_of, embedding_id)
    keep(run, site, PlanDraft(embedding_id, plan.key, SetName(own_id=first.key)))
    asked = run(asked_crew, site, embedding_id)
    run(prompts.answer_prompt, asked["Ana"], "q1", "yes", by=site.caller("Ana"), at=LATER)

    assert write(run, site, embedding_id, yes_no("q1", "Was it loud?")).changed

    assert newest_set(run, embedding_id).version == 2
    (changed,) = run(plans_of, embedding_id)
    assert changed.own_set_id == newest_set(run, embedding_id).key
    before = run(prompts.card, asked["Ana"])
    assert [(one.question.text, one.said) for one in before.asked] == [("Was it quiet?", "yes"), ("Which belt?", None)]


def test_the_questions_of_another_embedding_are_not_asked(run: Run, site: Site, embedding_id: int) -> None:
    write(run, site, embedding_id)
    other = run(active_embedding, site)
    strange = SetName(own_id=newest_set(run, embedding_id).key)
    with pytest.raises(Refused, match="not this embedding's") as refused:
        keep(run, site, PlanDraft(other, None, strange))
    assert refused.value.field == "questions"
    with pytest.raises(Refused, match="not this embedding's"):
        run(asking.to_copy, other, strange, by=site.caller("Priya"))


def test_a_form_offers_the_ready_sets_the_own_ones_and_the_one_that_is_asked(
    run: Run, site: Site, embedding_id: int
) -> None:
    write(run, site, embedding_id)
    own_set = newest_set(run, embedding_id)
    found = run(asking.choices, embedding_id, None, by=site.caller("Priya"))
    assert [one.name for one in found.sets] == [*map(SetName, QuestionSet), SetName(own_id=own_set.key)]
    assert [name for _, name in found.crews] == ["A", "B"]


def test_the_first_plan_is_the_one_that_an_embedding_began_with(run: Run, site: Site, embedding_id: int) -> None:
    def only(session: Session) -> PromptPlan:
        return session.exec(select(PromptPlan)).one()

    plan = run(only)
    assert (plan.set_name, plan.status, plan.share) == (SetName(), PlanStatus.ACTIVE, 100)
