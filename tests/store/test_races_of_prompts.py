"""People who do not want to be asked, at the very moment at which they are planned, planned anew, asked or closed.

Each story is told on two connections to PostgreSQL: a third one holds the row that both need, or the second begins in
between. Afterwards the plan is looked at again, as it is every minute; then everything must add up.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from store import (
    absences,
    asking,
    closures,
    last_word,
    next_days,
    pausing,
    planned_days,
    preferences,
    prompt_planning,
    prompt_plans,
    prompts,
    sending,
    written_days,
)
from store.asking import PlanDraft
from store.closures import Closing
from store.days_off import Absence, Shutdown
from store.deliveries import Delivery, Kind, Status
from store.errors import Refused
from store.not_now import Days, QuietHours, Reason
from store.planned_days import PlannedDay
from store.policy import Policy
from store.preferences import Chosen, MutedPlan
from store.prompt_planning import DayPlan
from store.prompts import Prompt, PromptStatus, fingerprint
from store.questions import QuestionSet, SetName
from store.sending import Claimed
from tests.store.site import CREW_A, FIRST_DAY, FIRST_SHIFT, LATER, Site, active_embedding, build, event_kinds
from tests.store.test_races import Arena, outcomes

EVERY_SHIFT = Policy(prompt_every_nth_shift=1)
TODAY = Days(FIRST_DAY, FIRST_DAY)
DUE = FIRST_SHIFT + timedelta(hours=11)
LEASE = timedelta(seconds=60)
WAITING = (PromptStatus.OPEN, None, Status.QUEUED)
WAITS = dict.fromkeys(CREW_A, WAITING)


@pytest.fixture
def arena(postgres_url: str) -> Iterator[Arena]:
    opened = Arena(postgres_url)
    yield opened
    opened.close()


@pytest.fixture
def site(arena: Arena) -> Site:
    built: Site = arena.do(build)
    return built


@pytest.fixture
def embedding_id(arena: Arena, site: Site) -> int:
    made: int = arena.do(active_embedding, site)
    return made


def computed(arena: Arena) -> DayPlan:
    """The next day to plan, as it looks at this moment."""
    arena.do(next_days.open_due, at=LATER, limit=10)
    (day,) = arena.do(prompt_planning.days_to_plan, policy=EVERY_SHIFT, at=LATER)
    assert isinstance(day, DayPlan)
    return day


def plan(arena: Arena, day: DayPlan) -> int:
    made: int = arena.do(
        written_days.plan_day, day.plan_id, day.planned_through, day.day, day.due, at=LATER, version=day.version
    )
    return made


def planning(arena: Arena, day: DayPlan) -> "Future[Any]":
    return arena.start(
        written_days.plan_day, day.plan_id, day.planned_through, day.day, day.due, at=LATER, version=day.version
    )


def planned(arena: Arena) -> DayPlan:
    """The first day is planned."""
    day = computed(arena)
    assert plan(arena, day) == len(CREW_A)
    return day


def computed_anew(arena: Arena) -> list[DayPlan]:
    """What would be written by those who look at the planned day at this moment."""
    days: list[DayPlan] = arena.do(prompt_planning.days_to_replan, policy=EVERY_SHIFT, at=LATER)
    return days


def planning_anew(arena: Arena, day: DayPlan) -> "Future[Any]":
    return arena.start(written_days.replan_day, day.plan_id, day.day, day.version, day.due, at=LATER)


def look_again(arena: Arena) -> None:
    """What happens a minute later."""
    for day in computed_anew(arena):
        assert arena.do(written_days.replan_day, day.plan_id, day.day, day.version, day.due, at=LATER)
    assert computed_anew(arena) == []


def same_day_of(arena: Arena, day: DayPlan, **changed: object) -> DayPlan:
    """A look at a planned day that found its people as they were, and something else in the day."""

    def version(session: Session) -> int:
        return session.exec(select(PlannedDay.version)).one()

    due = tuple(replace(one, **changed) for one in day.due)  # type: ignore[arg-type] # what a test names
    return replace(day, due=due, version=arena.do(version))


def states(arena: Arena, site: Site) -> dict[str, tuple[PromptStatus, Reason | None, Status | None]]:
    """What became of each one's prompt, and of its message."""
    names = {person_id: name for name, person_id in site.people.items()}

    def read(session: Session) -> dict[str, tuple[PromptStatus, Reason | None, Status | None]]:
        rows = session.exec(select(Prompt, Delivery).outerjoin(Delivery, col(Delivery.id) == col(Prompt.delivery_id)))
        return {names[row.person_id]: (row.status, row.reason, sent.status if sent else None) for row, sent in rows}

    found: dict[str, tuple[PromptStatus, Reason | None, Status | None]] = arena.do(read)
    return found


def prompt_of(arena: Arena, site: Site, name: str = "Ana") -> int:
    def read(session: Session) -> int:
        return session.exec(select(Prompt).where(Prompt.person_id == site.people[name])).one().key

    found: int = arena.do(read)
    return found


def posts(session: Session, prompt_id: int) -> list[Delivery]:
    """The messages of a prompt; there must be one at most."""
    query = select(Delivery).where(Delivery.kind == Kind.PROMPT, Delivery.subject_id == prompt_id)
    return list(session.exec(query).all())


def rows(session: Session, table: type[Any]) -> int:
    return len(session.exec(select(table)).all())


def go_away(arena: Arena, site: Site) -> "Future[Any]":
    return arena.start(absences.go_away, TODAY, by=site.caller("Ana"), at=LATER)


def shut_down(arena: Arena, site: Site) -> "Future[Any]":
    closing = Closing(site.team_id, TODAY, "Relining the mill")
    return arena.start(closures.shut_down, closing, by=site.caller("Mei"), at=LATER)


# Away, and shut down, while the day is planned


STOPPING: dict[str, tuple[Callable[[Arena, Site], "Future[Any]"], Reason, tuple[str, ...]]] = {
    "away": (go_away, Reason.AWAY, ("Ana",)),
    "shut down": (shut_down, Reason.SHUTDOWN, CREW_A),
}


@pytest.mark.parametrize("stopping", STOPPING)
def test_who_stops_after_the_day_was_computed_and_before_it_is_written_is_not_asked(
    arena: Arena, site: Site, embedding_id: int, stopping: str
) -> None:
    act, reason, whom = STOPPING[stopping]
    day = computed(arena)
    act(arena, site).result(10)
    assert plan(arena, day) == 0  # what was computed is not true any more
    assert plan(arena, computed(arena)) == len(CREW_A)
    found = states(arena, site)
    for name in CREW_A:
        assert found[name] == ((PromptStatus.SKIPPED, reason, None) if name in whom else WAITING)


@pytest.mark.parametrize("stopping", STOPPING)
def test_who_stops_while_the_day_is_written_is_not_asked(
    arena: Arena, site: Site, embedding_id: int, stopping: str
) -> None:
    act, reason, whom = STOPPING[stopping]
    day = computed(arena)
    with Session(arena.engine) as planner, arena.holding("SELECT 1") as watch:
        of_day = (day.plan_id, day.planned_through, day.day, day.due)
        written_days.plan_day(planner, *of_day, at=LATER, version=day.version)
        stopped = act(arena, site)
        watch.wait_for(1)
        planner.commit()
        stopped.result(10)
    # Nothing of it can go out in the moment before somebody looks again ...
    asked = {name: arena.do(last_word.is_asked, prompt_of(arena, site, name)) for name in CREW_A}
    assert asked == {name: name not in whom for name in CREW_A}
    # ... and then it has its reason.
    look_again(arena)
    found = states(arena, site)
    assert {name for name in CREW_A if found[name][1] is reason} == set(whom)
    assert {name for name in CREW_A if found[name] == WAITING} == set(CREW_A) - set(whom)


@pytest.mark.parametrize("stopping", STOPPING)
def test_who_stops_while_the_day_is_planned_anew_is_not_asked_and_nobody_waits_for_nothing(
    arena: Arena, site: Site, embedding_id: int, stopping: str
) -> None:
    act, reason, whom = STOPPING[stopping]
    day = planned(arena)
    later = same_day_of(arena, day, due_at=DUE + timedelta(minutes=5))
    with arena.holding_row("planned_day", 1) as holder:
        both = [planning_anew(arena, later), act(arena, site)]
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*both)
    assert errors == []
    look_again(arena)
    found = states(arena, site)
    assert {name for name in CREW_A if found[name] == (PromptStatus.SKIPPED, reason, Status.SKIPPED)} == set(whom)
    assert {name for name in CREW_A if found[name] == WAITING} == set(CREW_A) - set(whom)
    for name in CREW_A:
        assert len(arena.do(posts, prompt_of(arena, site, name))) == 1


def test_an_old_look_at_the_day_takes_nothing_back_that_was_said_since(
    arena: Arena, site: Site, embedding_id: int
) -> None:
    day = planned(arena)
    old = same_day_of(arena, day, due_at=DUE + timedelta(minutes=5))
    go_away(arena, site).result(10)
    assert planning_anew(arena, old).result(10) is False
    assert states(arena, site)["Ana"] == (PromptStatus.SKIPPED, Reason.AWAY, Status.SKIPPED)


def test_who_comes_back_while_the_day_is_planned_anew_is_asked_once(
    arena: Arena, site: Site, embedding_id: int
) -> None:
    planned(arena)
    go_away(arena, site).result(10)
    (look,) = computed_anew(arena)
    arena.do(absences.come_back, by=site.caller("Ana"), at=LATER)
    planning_anew(arena, look).result(10)
    look_again(arena)
    assert states(arena, site) == WAITS
    assert len(arena.do(posts, prompt_of(arena, site))) == 1


# Muted, while the question is on its way


def sending_now(arena: Arena, site: Site) -> list[Claimed]:
    """Ana's question is claimed by a sender."""
    claimed: list[Claimed] = arena.do(sending.claim, site.workspace_id, at=DUE, limit=50, lease=LEASE)
    return [one for one in claimed if one.kind is Kind.PROMPT and one.person_id == site.people["Ana"]]


def mute(arena: Arena, site: Site, prompt_id: int) -> "Future[Any]":
    return arena.start(preferences.mute, prompt_id, by=site.caller("Ana"), at=DUE)


def test_a_question_that_is_claimed_when_it_is_muted_is_not_begun(arena: Arena, site: Site, embedding_id: int) -> None:
    planned(arena)
    claimed = sending_now(arena, site)
    mute(arena, site, prompt_of(arena, site)).result(10)
    assert arena.do(sending.begin_calls, claimed, lease=LEASE, at=DUE) == frozenset()
    assert states(arena, site)["Ana"] == (PromptStatus.SKIPPED, Reason.MUTED, Status.SKIPPED)


def test_a_sender_passes_over_the_question_that_is_being_muted(arena: Arena, site: Site, embedding_id: int) -> None:
    planned(arena)
    with Session(arena.engine) as reader, Session(arena.engine) as sender:
        sender.execute(text("SET LOCAL lock_timeout = '1s'"))  # whoever waits is in error
        preferences.mute(reader, prompt_of(arena, site), by=site.caller("Ana"), at=DUE)
        reader.flush()
        claimed = sending.claim(sender, site.workspace_id, at=DUE, limit=50, lease=LEASE)
        assert site.people["Ana"] not in {one.person_id for one in claimed if one.kind is Kind.PROMPT}
        sender.commit()
        reader.commit()
    assert states(arena, site)["Ana"] == (PromptStatus.SKIPPED, Reason.MUTED, Status.SKIPPED)


def test_a_question_that_was_being_sent_when_it_was_muted_says_so_once_it_is_out(
    arena: Arena, site: Site, embedding_id: int
) -> None:
    planned(arena)
    prompt = prompt_of(arena, site)
    claimed = sending_now(arena, site)
    with Session(arena.engine) as sender:
        assert len(sending.begin_calls(sender, claimed, lease=LEASE, at=DUE)) == 1
        muting = mute(arena, site, prompt)
        wait_for_somebody(arena)
        sender.commit()
    muting.result(10)
    assert states(arena, site)["Ana"] == (PromptStatus.SKIPPED, Reason.MUTED, Status.SENDING)
    assert arena.do(edits, prompt) == [(Kind.PROMPT_MUTED, Status.QUEUED)]

    arena.do(preferences.unmute, 1, by=site.caller("Ana"), at=DUE)
    assert states(arena, site)["Ana"] == (PromptStatus.OPEN, None, Status.SENDING)
    assert arena.do(edits, prompt)[-1] == (Kind.PROMPT_ASKED_AGAIN, Status.QUEUED)


def edits(session: Session, prompt_id: int) -> list[tuple[Kind, Status]]:
    """What is to be written over a prompt's message, in order."""
    (post,) = posts(session, prompt_id)
    rewritten = session.exec(select(Delivery).where(Delivery.edits_id == post.id).order_by(col(Delivery.id))).all()
    return [(row.kind, row.status) for row in rewritten]


def wait_for_somebody(arena: Arena) -> None:
    """Until a unit waits for a lock that another one holds."""
    with arena.holding("SELECT 1") as holder:
        holder.let_go_when_waiting(1)


def test_two_quick_taps_of_mute_are_one(arena: Arena, site: Site, embedding_id: int) -> None:
    planned(arena)
    prompt = prompt_of(arena, site)
    with arena.holding_row("prompt", prompt) as holder:
        taps = [mute(arena, site, prompt) for _ in range(2)]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*taps)
    assert errors == []
    assert answers[0] == answers[1]
    assert arena.do(event_kinds).count("plan_muted") == 1
    assert arena.do(rows, MutedPlan) == 1


def test_a_tap_on_each_of_two_messages_of_a_plan_mutes_it_once(arena: Arena, site: Site, embedding_id: int) -> None:
    first = planned(arena)
    yesterday = prompt_of(arena, site)

    def out(session: Session) -> None:
        for row in session.exec(select(Delivery).where(Delivery.kind == Kind.PROMPT)).all():
            row.status, row.attempts = Status.SENT, 1

    arena.do(out)
    due = [replace(one, day=one.day + timedelta(days=1)) for one in first.due]
    arena.do(written_days.plan_day, first.plan_id, first.day, first.day + timedelta(days=1), due, at=LATER)
    arena.do(out)

    def both(session: Session) -> list[int]:
        query = select(Prompt.id).where(Prompt.person_id == site.people["Ana"]).order_by(col(Prompt.id))
        return [prompt_id for prompt_id in session.exec(query) if prompt_id]

    messages = arena.do(both)
    assert len(messages) == 2
    with arena.holding_row("prompt", yesterday) as holder:
        taps = [mute(arena, site, prompt) for prompt in reversed(messages)]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*taps)
    assert errors == []
    assert answers[0] == answers[1]
    assert arena.do(rows, MutedPlan) == 1
    assert [arena.do(edits, prompt) for prompt in messages] == [[(Kind.PROMPT_MUTED, Status.QUEUED)]] * 2


def test_two_quick_taps_that_want_to_be_asked_again_are_one(arena: Arena, site: Site, embedding_id: int) -> None:
    planned(arena)
    prompt = prompt_of(arena, site)
    mute(arena, site, prompt).result(10)
    with arena.holding_row("muted_plan", 1) as holder:
        again = [
            arena.start(preferences.unmute, 1, by=site.caller("Ana"), at=LATER),
            arena.start(preferences.unmute, 1, by=site.caller("Ana"), at=LATER),
        ]
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*again)
    assert errors == []
    assert arena.do(event_kinds).count("plan_unmuted") == 1
    look_again(arena)
    assert states(arena, site) == WAITS
    assert len(arena.do(posts, prompt)) == 1


def test_who_mutes_after_the_next_day_was_computed_is_not_asked_about_it(
    arena: Arena, site: Site, embedding_id: int
) -> None:
    day = planned(arena)
    old = same_day_of(arena, day, due_at=DUE + timedelta(minutes=5))
    mute(arena, site, prompt_of(arena, site)).result(10)
    planning_anew(arena, old).result(10)
    look_again(arena)
    assert states(arena, site)["Ana"] == (PromptStatus.SKIPPED, Reason.MUTED, Status.SKIPPED)


# Said and taken back within the minute


def away_and_back(arena: Arena, site: Site, embedding_id: int) -> None:
    go_away(arena, site).result(10)
    arena.do(absences.come_back, by=site.caller("Ana"), at=LATER)


def muted_and_asked_again(arena: Arena, site: Site, embedding_id: int) -> None:
    mute(arena, site, prompt_of(arena, site)).result(10)
    arena.do(preferences.unmute, 1, by=site.caller("Ana"), at=LATER)


def paused_and_resumed(arena: Arena, site: Site, embedding_id: int) -> None:
    for use_case in (pausing.pause_embedding, pausing.resume_embedding):
        turn(arena, site, embedding_id, use_case).result(10)


def shut_down_and_lifted(arena: Arena, site: Site, embedding_id: int) -> None:
    shut_down(arena, site).result(10)
    arena.do(closures.lift_shutdown, 1, by=site.caller("Mei"), at=LATER)


@pytest.mark.parametrize("both", [away_and_back, muted_and_asked_again, paused_and_resumed, shut_down_and_lifted])
def test_who_takes_it_back_before_anybody_looked_is_asked_as_before(
    arena: Arena, site: Site, embedding_id: int, both: Callable[[Arena, Site, int], None]
) -> None:
    planned(arena)
    both(arena, site, embedding_id)
    look_again(arena)
    assert states(arena, site) == WAITS
    assert len(arena.do(posts, prompt_of(arena, site))) == 1


# Paused, while the day is planned


def turn(arena: Arena, site: Site, embedding_id: int, use_case: Callable[..., Any]) -> "Future[Any]":
    return arena.start(use_case, embedding_id, "The mill is down", by=site.caller("Mei"), at=LATER)


def test_pausing_while_the_day_is_planned_leaves_nothing_to_go_out(arena: Arena, site: Site, embedding_id: int) -> None:
    day = computed(arena)
    with arena.holding_row("embedding", embedding_id) as holder:
        both = [planning(arena, day), turn(arena, site, embedding_id, pausing.pause_embedding)]
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*both)
    assert errors == []
    plan_the_rest(arena)
    look_again(arena)
    found = states(arena, site)
    assert {(status, reason) for status, reason, _ in found.values()} == {(PromptStatus.SKIPPED, Reason.PAUSED)}
    assert set(found) == set(CREW_A)


def test_resuming_while_the_day_is_planned_asks_everybody_once(arena: Arena, site: Site, embedding_id: int) -> None:
    turn(arena, site, embedding_id, pausing.pause_embedding).result(10)
    day = computed(arena)
    with arena.holding_row("embedding", embedding_id) as holder:
        both = [planning(arena, day), turn(arena, site, embedding_id, pausing.resume_embedding)]
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*both)
    assert errors == []
    plan_the_rest(arena)
    look_again(arena)
    assert states(arena, site) == WAITS


def plan_the_rest(arena: Arena) -> None:
    """The next tick: what was refused because it had become untrue is computed again."""
    for day in arena.do(prompt_planning.days_to_plan, policy=EVERY_SHIFT, at=LATER):
        plan(arena, day)


# Two forms, two answers


def at_once(arena: Arena, table: str, row: int, *begin: Callable[[], "Future[Any]"]) -> tuple[list[Any], list[Any]]:
    """Begin some units that all wait for the same row, and let them go together: what came of it."""
    with arena.holding_row(table, row) as holder:
        begun = [one() for one in begin]
        holder.let_go_when_waiting(len(begun))
        return outcomes(*begun)


def test_the_same_shutdown_filled_in_twice_at_once_is_one(arena: Arena, site: Site, embedding_id: int) -> None:
    planned(arena)
    answers, errors = at_once(arena, "team", site.team_id, *[lambda: shut_down(arena, site)] * 2)
    assert errors == []
    assert answers[0] == answers[1]
    assert arena.do(rows, Shutdown) == 1
    assert arena.do(event_kinds).count("team_shut_down") == 1


def test_a_shutdown_that_two_lift_at_once_is_lifted_once(arena: Arena, site: Site, embedding_id: int) -> None:
    def lifted_by(name: str) -> Callable[[], "Future[Any]"]:
        return lambda: arena.start(closures.lift_shutdown, 1, by=site.caller(name), at=LATER)

    planned(arena)
    shut_down(arena, site).result(10)
    answers, errors = at_once(arena, "team", site.team_id, lifted_by("Mei"), lifted_by("Kay"))
    assert (len(answers), [type(error) for error in errors]) == (1, [Refused])
    assert arena.do(event_kinds).count("shutdown_lifted") == 1
    look_again(arena)
    assert states(arena, site) == WAITS


def test_the_same_absence_said_twice_at_once_is_one(arena: Arena, site: Site, embedding_id: int) -> None:
    planned(arena)
    answers, errors = at_once(arena, "person", site.people["Ana"], *[lambda: go_away(arena, site)] * 2)
    assert errors == []
    assert answers[0] == answers[1]
    assert arena.do(rows, Absence) == 1
    assert arena.do(event_kinds).count("absence_noted") == 1


def test_who_is_back_twice_at_once_is_back_once(arena: Arena, site: Site, embedding_id: int) -> None:
    planned(arena)
    go_away(arena, site).result(10)
    comes_back = [lambda: arena.start(absences.come_back, by=site.caller("Ana"), at=LATER)] * 2
    answers, errors = at_once(arena, "person", site.people["Ana"], *comes_back)
    assert (len(answers), [type(error) for error in errors]) == (1, [Refused])
    assert arena.do(rows, Absence) == 0
    assert arena.do(event_kinds).count("absence_ended") == 1
    look_again(arena)
    assert states(arena, site) == WAITS


def test_the_first_settings_kept_twice_at_once_are_kept_once(arena: Arena, site: Site, embedding_id: int) -> None:
    chosen = Chosen(QuietHours(time(22), time(6)), reminders=True)
    with arena.holding_row("person", site.people["Ana"]) as holder:
        both = [arena.start(preferences.choose, chosen, by=site.caller("Ana"), at=LATER) for _ in range(2)]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*both)
    assert errors == []
    assert answers[0] == answers[1]
    assert arena.do(event_kinds).count("preferences_chosen") == 1


def test_an_answer_while_the_prompt_is_closed_counts_or_is_refused_and_never_both(
    arena: Arena, site: Site, embedding_id: int
) -> None:
    day = planned(arena)
    prompt = prompt_of(arena, site)
    (closes_at,) = {one.closes_at for one in day.due}

    def out(session: Session) -> None:
        (post,) = posts(session, prompt)
        post.status, post.attempts = Status.SENT, 1

    arena.do(out)
    with Session(arena.engine) as closer:
        assert prompts.close_lapsed(closer, at=closes_at) == len(CREW_A)
        closer.flush()
        answering = arena.start(
            prompts.answer_prompt, prompt, "did_it_help", "helped", by=site.caller("Ana"), at=closes_at - LEASE
        )
        wait_for_somebody(arena)
        closer.commit()
    _, errors = outcomes(answering)
    assert [type(error) for error in errors] == [Refused]
    assert states(arena, site)["Ana"] == (PromptStatus.MISSED, Reason.NOT_ANSWERED, Status.SENT)
    assert arena.do(edits, prompt) == [(Kind.PROMPT_CLOSED, Status.QUEUED)]


def test_a_prompt_that_is_being_answered_is_not_closed(arena: Arena, site: Site, embedding_id: int) -> None:
    day = planned(arena)
    prompt = prompt_of(arena, site)
    (closes_at,) = {one.closes_at for one in day.due}
    with Session(arena.engine) as ana:
        prompts.answer_prompt(ana, prompt, "did_it_help", "helped", by=site.caller("Ana"), at=closes_at - LEASE)
        ana.flush()
        assert arena.do(prompts.close_lapsed, at=closes_at) == len(CREW_A) - 1
        ana.commit()
    assert arena.do(prompts.close_lapsed, at=closes_at) == 0
    assert states(arena, site)["Ana"][0] is PromptStatus.ANSWERED


# A plan that is changed while its day is planned


def changed_plan(arena: Arena, site: Site, embedding_id: int) -> "Future[Any]":
    """Mei lets the plan ask something else, half an hour earlier."""
    held = arena.do(prompt_plans.of_embedding, embedding_id)
    draft = PlanDraft(embedding_id, held.key, SetName(QuestionSet.WEEKLY_LOOK_BACK), minutes=90, nth=1)
    return arena.start(asking.keep_plan, draft, policy=EVERY_SHIFT, by=site.caller("Priya"), at=LATER)


def asks(session: Session) -> set[tuple[QuestionSet, Any]]:
    return {(row.questions, row.due_at) for row in session.exec(select(Prompt)).all()}


@pytest.mark.parametrize("anew", [False, True], ids=["planned", "planned anew"])
def test_a_plan_that_changes_while_its_day_is_written_asks_what_it_asks_now(
    arena: Arena, site: Site, embedding_id: int, anew: bool
) -> None:
    day = planned(arena) if anew else computed(arena)
    with arena.holding_row("embedding", embedding_id) as holder:
        if anew:
            writing = planning_anew(arena, same_day_of(arena, day, due_at=DUE + timedelta(minutes=5)))
        else:
            writing = planning(arena, day)
        both = [writing, changed_plan(arena, site, embedding_id)]
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*both)
    assert errors == []
    plan_the_rest(arena)
    look_again(arena)
    assert states(arena, site) == WAITS
    assert arena.do(asks) == {(QuestionSet.WEEKLY_LOOK_BACK, DUE - timedelta(minutes=30))}
    for name in CREW_A:
        assert len(arena.do(posts, prompt_of(arena, site, name))) == 1
    assert arena.do(event_kinds).count("prompt_plan_changed") == 1
    noted = arena.do(planned_days.of, day.plan_id, FIRST_DAY)
    assert noted.fingerprint != fingerprint(day.due)
