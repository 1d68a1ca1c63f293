"""A day is written in parts, and what is planned is looked at in slices: whatever happens between two of them.

The crew is so large that its day takes several units of the writer.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

import pytest
from sqlmodel import Session, col, func, select

from jobs.prompts import DAYS_AT_ONCE, SLICES_A_TICK, LastLook, plan_due, replan_changed
from store import absences, asking, pausing, preferences, rosters, terms
from store.asking import PlanDraft
from store.deliveries import Delivery, Kind, Status
from store.not_now import Days, Reason
from store.people import Person
from store.planned_days import PlannedDay
from store.policy import Policy
from store.preferences import Chosen
from store.prompt_planning import PEOPLE_AT_ONCE
from store.prompt_plans import PromptPlan
from store.prompts import Prompt, PromptStatus
from store.rosters import RosterSource
from store.store import Store
from store.teams import Member, Shift, Team
from tests.store.site import CREW_A, FIRST_DAY, FIRST_SHIFT, MONDAY, Site, slack_id_of

EVERY_SHIFT = Policy(prompt_every_nth_shift=1)
MORNING = FIRST_SHIFT + timedelta(hours=1)
EVENING = FIRST_SHIFT + timedelta(hours=12)
TODAY = Days(FIRST_DAY, FIRST_DAY)
NEW = tuple(f"New{number:03}" for number in range(2 * PEOPLE_AT_ONCE + 10))
LAST = NEW[-1]
"""Whose prompt is written with the last part; Ana's is with the first."""
EVERYBODY = len(CREW_A) + len(NEW)
UNITS = 4
"""Of a day: it is opened, and written in three parts."""


def hire(session: Session, site: Site) -> None:
    terms.begin_due(session, at=FIRST_SHIFT)
    people = [
        Person(workspace_id=site.workspace_id, slack_id=slack_id_of(name), name=name, created_at=MONDAY) for name in NEW
    ]
    session.add_all(people)
    session.flush()
    session.add_all(Member(team_id=site.team_id, person_id=one.key, crew_id=site.crew_a_id) for one in people)


@pytest.fixture
async def crew(store: Store, site: Site) -> Site:
    """The embedding on its first day, with a large crew at work; Ana wants to be reminded."""
    await store.write(hire, site)
    chosen = Chosen(quiet=None, reminders=True)
    await store.write(preferences.choose, chosen, by=site.caller("Ana"), at=FIRST_SHIFT)
    return site


class Gone(Exception):
    """The process has ended."""


@dataclass
class Between:
    """A store with which something happens before its unit with a number, counted from 0."""

    store: Store
    number: int
    happens: Callable[[], Awaitable[object]]

    async def read(self, *args: Any, **kwargs: Any) -> Any:
        return await self.store.read(*args, **kwargs)

    async def write(self, *args: Any, **kwargs: Any) -> Any:
        self.number -= 1
        if self.number == -1:
            await self.happens()
        return await self.store.write(*args, **kwargs)


async def end() -> None:
    raise Gone


async def plan_until(store: Store, number: int, at: datetime = MORNING) -> None:
    """Plan, and end before the unit with a number."""
    with pytest.raises(Gone):
        await plan_due(cast(Store, Between(store, number, end)), EVERY_SHIFT, at=at)


async def plan_while(store: Store, number: int, happens: Callable[[], Awaitable[object]]) -> None:
    """Plan while something happens before the unit with a number."""
    await plan_due(cast(Store, Between(store, number, happens)), EVERY_SHIFT, at=MORNING)


@dataclass(frozen=True)
class Day:
    """What there is of a day: who has a prompt in which state, and to whom how many messages of a kind go out."""

    prompts: Counter[tuple[int, str, Reason | None]]
    messages: Counter[tuple[int | None, Kind, Status]]
    linked: int
    """How many prompts have the delivery that says so of itself."""
    planned_through: date | None


def day_of(session: Session, day: date = FIRST_DAY) -> Day:
    rows = session.exec(select(Prompt).where(Prompt.day == day)).all()
    kinds = (Kind.PROMPT, Kind.PROMPT_REMINDER, Kind.SINCE_LAST_ON)
    sent = session.exec(select(Delivery).where(col(Delivery.kind).in_(kinds))).all()
    about = {post.id: post.subject_id for post in sent}
    return Day(
        Counter((row.person_id, row.status.value, row.reason) for row in rows),
        Counter((post.person_id, post.kind, post.status) for post in sent),
        sum(about.get(row.delivery_id) == row.id for row in rows),
        session.exec(select(PromptPlan)).one().planned_through,
    )


def states(day: Day) -> Counter[tuple[str, Reason | None]]:
    found: Counter[tuple[str, Reason | None]] = Counter()
    for (_, status, reason), count in day.prompts.items():
        found[status, reason] += count
    return found


async def test_a_large_day_is_written_in_several_units_and_is_complete(store: Store, crew: Site) -> None:
    assert await plan_due(store, EVERY_SHIFT, at=MORNING) == EVERYBODY
    day = await store.read(day_of)
    assert states(day) == {("open", None): EVERYBODY}
    assert (len(day.prompts), day.linked, day.planned_through) == (EVERYBODY, EVERYBODY, FIRST_DAY)
    kinds = Counter(kind for _, kind, status in day.messages.elements() if status is Status.QUEUED)
    assert kinds == {Kind.PROMPT: EVERYBODY, Kind.PROMPT_REMINDER: 1, Kind.SINCE_LAST_ON: EVERYBODY}
    assert await plan_due(store, EVERY_SHIFT, at=MORNING) == 0


@pytest.mark.parametrize("number", range(UNITS))
async def test_a_process_that_ends_between_two_units_leaves_a_day_that_the_next_one_completes(
    store: Store, crew: Site, number: int
) -> None:
    await plan_until(store, number)
    begun = await store.read(day_of)
    assert begun.planned_through is None
    assert len(begun.prompts) == max(0, number - 1) * PEOPLE_AT_ONCE
    made = await plan_due(store, EVERY_SHIFT, at=MORNING)
    assert made + len(begun.prompts) == EVERYBODY
    day = await store.read(day_of)
    assert states(day) == {("open", None): EVERYBODY}
    assert set(day.messages.values()) == {1}
    assert (day.linked, day.planned_through, len(day.messages)) == (EVERYBODY, FIRST_DAY, 2 * EVERYBODY + 1)


async def test_what_was_begun_in_time_and_ended_too_late_says_so_of_the_rest(store: Store, crew: Site) -> None:
    await plan_until(store, 2)
    await plan_due(store, EVERY_SHIFT, at=EVENING)
    day = await store.read(day_of)
    assert states(day) == {
        ("open", None): PEOPLE_AT_ONCE,
        ("missed", Reason.WE_WERE_DOWN): EVERYBODY - PEOPLE_AT_ONCE,
    }
    late = await store.read(lambda session: [row.late for row in session.exec(select(PlannedDay))])
    assert late == [True]


@pytest.mark.parametrize("number", range(1, UNITS))
async def test_who_goes_away_between_two_units_is_not_asked_and_all_others_are(
    store: Store, crew: Site, number: int
) -> None:
    async def go_away() -> None:
        for name in ("Ana", LAST):
            await store.write(absences.go_away, TODAY, by=crew.caller(name), at=MORNING)

    await plan_while(store, number, go_away)
    day = await store.read(day_of)
    assert states(day) == {("open", None): EVERYBODY - 2, ("skipped", Reason.AWAY): 2}
    assert len(day.prompts) == EVERYBODY
    waiting = Counter(kind for _, kind, status in day.messages.elements() if status is Status.QUEUED)
    assert waiting[Kind.PROMPT] == EVERYBODY - 2
    assert waiting[Kind.PROMPT_REMINDER] == 0


@pytest.mark.parametrize("number", range(1, UNITS))
async def test_who_goes_away_and_comes_back_between_two_units_is_asked(store: Store, crew: Site, number: int) -> None:
    async def go_and_come() -> None:
        await store.write(absences.go_away, TODAY, by=crew.caller("Ana"), at=MORNING)
        await store.write(absences.come_back, by=crew.caller("Ana"), at=MORNING)

    await plan_while(store, number, go_and_come)
    day = await store.read(day_of)
    assert states(day) == {("open", None): EVERYBODY}
    assert {status for (_, _, status) in day.messages} == {Status.QUEUED}


@pytest.mark.parametrize("number", range(1, UNITS))
async def test_a_plan_that_changes_between_two_units_holds_for_the_whole_day(
    store: Store, crew: Site, number: int
) -> None:
    embedding_id, plan_id = await store.read(
        lambda session: session.exec(select(PromptPlan.embedding_id, PromptPlan.id)).one()
    )
    earlier = PlanDraft(embedding_id, plan_id, minutes=120)

    async def ask_earlier() -> None:
        await store.write(asking.keep_plan, earlier, policy=EVERY_SHIFT, by=crew.caller("Priya"), at=MORNING)

    await plan_while(store, number, ask_earlier)

    def due(session: Session) -> Counter[tuple[datetime, datetime]]:
        rows = session.exec(select(Prompt, Delivery).join(Delivery, col(Delivery.id) == col(Prompt.delivery_id))).all()
        return Counter((prompt.due_at, post.due_at) for prompt, post in rows)

    two_hours_before = EVENING - timedelta(hours=2)
    assert await store.read(due) == {(two_hours_before, two_hours_before): EVERYBODY}


@pytest.mark.parametrize("number", range(1, UNITS))
async def test_an_embedding_that_is_paused_between_two_units_asks_nobody(store: Store, crew: Site, number: int) -> None:
    embedding_id = await store.read(lambda session: session.exec(select(PromptPlan.embedding_id)).one())

    async def pause() -> None:
        await store.write(pausing.pause_embedding, embedding_id, "why", by=crew.caller("Mei"), at=MORNING)

    await plan_while(store, number, pause)
    day = await store.read(day_of)
    assert states(day) == {("skipped", Reason.PAUSED): EVERYBODY}
    waiting = [kind for _, kind, status in day.messages if status is Status.QUEUED]
    assert set(waiting) == {Kind.SINCE_LAST_ON}  # a pause is about questions


@pytest.mark.parametrize("number", range(1, UNITS))
async def test_two_processes_that_take_turns_at_a_day_make_each_prompt_once(
    store: Store, crew: Site, number: int
) -> None:
    made: list[int] = []

    async def another() -> None:
        made.append(await plan_due(store, EVERY_SHIFT, at=MORNING))

    made.append(await plan_due(cast(Store, Between(store, number, another)), EVERY_SHIFT, at=MORNING))
    day = await store.read(day_of)
    assert (sum(made), len(day.prompts), set(day.messages.values())) == (EVERYBODY, EVERYBODY, {1})


@pytest.mark.parametrize("number", range(UNITS - 1))
async def test_a_large_day_that_is_computed_again_is_completed_by_the_next_process_too(
    store: Store, crew: Site, number: int
) -> None:
    await plan_due(store, EVERY_SHIFT, at=MORNING)
    await store.write(start_later)
    with pytest.raises(Gone):
        await replan_changed(cast(Store, Between(store, number, end)), EVERY_SHIFT, LastLook(), at=MORNING)
    assert await store.read(starting_later) == number * PEOPLE_AT_ONCE
    await replan_changed(store, EVERY_SHIFT, LastLook(), at=MORNING)
    assert await store.read(starting_later) == EVERYBODY
    assert await replan_changed(store, EVERY_SHIFT, LastLook(), at=MORNING) == 0


def start_later(session: Session, starts: time = time(7)) -> None:
    """Somebody moves the shift without a word to us."""
    session.exec(select(Shift).where(Shift.name == "D")).one().starts = starts


def starting_later(session: Session) -> int:
    """How many prompts follow it."""
    query = select(func.count()).select_from(Delivery).where(Delivery.kind == Kind.PROMPT)
    return session.exec(query.where(Delivery.due_at == EVENING)).one()


MANY = 30
"""Plans: with two days each more than one tick looks at."""


def more_plans(session: Session) -> None:
    embedding_id = session.exec(select(PromptPlan.embedding_id)).one()
    for _ in range(MANY - 1):
        session.add(PromptPlan(embedding_id=embedding_id, created_at=MONDAY))


def days_that_follow(session: Session) -> int:
    query = select(col(Prompt.plan_id), col(Prompt.day)).where(Prompt.status == PromptStatus.OPEN, Prompt.shift == "D")
    rows = session.exec(query.where(col(Prompt.shift_ends_at) != EVENING).distinct()).all()
    return len([day for _, day in rows if day == FIRST_DAY])


@pytest.fixture
async def many(store: Store, site: Site) -> Site:
    """Many plans on their second day."""
    await store.write(terms.begin_due, at=FIRST_SHIFT)
    await store.write(more_plans)
    for at in (MORNING, MORNING + timedelta(days=1)):
        while await plan_due(store, EVERY_SHIFT, at=at):
            pass
    return site


async def test_looking_again_goes_round_in_slices_and_reaches_every_day(store: Store, many: Site) -> None:
    at, look = MORNING + timedelta(hours=2), LastLook()
    await store.write(start_later)
    ticks = list(await _ticks(store, look, at))
    assert ticks[0] == SLICES_A_TICK * DAYS_AT_ONCE
    assert sum(ticks) == 2 * MANY
    assert await store.read(days_that_follow) == MANY


async def _ticks(store: Store, look: LastLook, at: datetime) -> Iterator[int]:
    """How many days change at each of the ticks of a round."""
    found = []
    while not look.rests(EVERY_SHIFT, at=at):
        found.append(await replan_changed(store, EVERY_SHIFT, look, at=at))
    return iter(found)


async def test_a_round_rests_until_it_is_time_for_the_next_one(store: Store, many: Site) -> None:
    at, look = MORNING + timedelta(hours=2), LastLook()
    assert sum(await _ticks(store, look, at)) == 0
    await store.write(start_later)
    soon = at + EVERY_SHIFT.look_again_every
    assert await replan_changed(store, EVERY_SHIFT, look, at=soon - timedelta(seconds=1)) == 0
    assert sum(await _ticks(store, look, soon)) == 2 * MANY


async def test_a_round_that_takes_long_is_followed_by_the_next_one(store: Store, many: Site) -> None:
    at, look = MORNING + timedelta(hours=2), LastLook()
    await replan_changed(store, EVERY_SHIFT, look, at=at)
    await store.write(start_later)
    later = at + 2 * EVERY_SHIFT.look_again_every
    changed = sum([await replan_changed(store, EVERY_SHIFT, look, at=later) for _ in range(4)])
    assert changed == 2 * MANY


async def test_a_round_puts_right_when_a_day_begins(store: Store, many: Site) -> None:
    at = MORNING + timedelta(days=1)

    def silently(session: Session) -> None:
        session.get_one(Team, many.team_id).zone = "Pacific/Auckland"

    await store.write(silently)
    sunset = at + timedelta(hours=12)  # 19:00 in Perth, and midnight has gone by in Auckland
    assert await plan_due(store, EVERY_SHIFT, at=sunset) == 0
    list(await _ticks(store, LastLook(), sunset))
    await plan_due(store, EVERY_SHIFT, at=sunset)
    through = await store.read(lambda session: set(session.exec(select(col(PromptPlan.planned_through)))))
    assert through == {FIRST_DAY + timedelta(days=2)}


async def test_what_an_act_is_about_is_looked_at_by_the_next_tick(store: Store, crew: Site) -> None:
    await plan_due(store, EVERY_SHIFT, at=MORNING)
    look = LastLook()
    list(await _ticks(store, look, MORNING))
    soon = MORNING + timedelta(seconds=1)
    await store.write(absences.go_away, TODAY, by=crew.caller("Ana"), at=soon)
    assert await replan_changed(store, EVERY_SHIFT, look, at=soon) == 1
    await store.write(absences.come_back, by=crew.caller("Ana"), at=soon)
    assert await replan_changed(store, EVERY_SHIFT, look, at=soon) == 1
    assert states(await store.read(day_of)) == {("open", None): EVERYBODY}
    await store.write(change_roster, crew, soon)
    assert await replan_changed(store, EVERY_SHIFT, look, at=soon) == 1
    assert await replan_changed(store, EVERY_SHIFT, look, at=soon) == 0
    assert states(await store.read(day_of)) == {("open", None): EVERYBODY - 1, ("skipped", Reason.NO_SHIFT): 1}


def change_roster(session: Session, site: Site, at: datetime) -> None:
    rosters.note(session, site.team_id, site.people["Ben"], FIRST_DAY, "", RosterSource.ROSTER, at=at)
    rosters.say_changed(session, [site.team_id], at=at)


async def test_an_act_that_changes_nothing_of_a_day_is_looked_at_once(store: Store, crew: Site) -> None:
    await plan_due(store, EVERY_SHIFT, at=MORNING)
    look = LastLook()
    list(await _ticks(store, look, MORNING))
    next_week = Days(FIRST_DAY + timedelta(days=7), FIRST_DAY + timedelta(days=8))
    await store.write(absences.go_away, next_week, by=crew.caller("Ana"), at=MORNING)
    assert await store.read(touched) == 1
    assert await replan_changed(store, EVERY_SHIFT, look, at=MORNING) == 0
    assert await store.read(touched) == 0


def touched(session: Session) -> int:
    query = select(func.count()).select_from(PlannedDay).where(col(PlannedDay.touched_at).is_not(None))
    return session.exec(query).one()
