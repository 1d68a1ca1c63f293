"""Planning after a downtime, looking again at what is planned, and closing however many there are."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, func, select

from jobs.prompts import CHUNK, LastLook, close_lapsed, note_uptime, plan_due, replan_changed
from store import terms, written_days
from store.deliveries import Delivery, Status
from store.not_now import Reason
from store.people import Person
from store.planned_days import PlannedDay
from store.policy import Policy
from store.prompt_plans import PromptPlan
from store.prompts import DuePrompt, Prompt, PromptStatus
from store.store import Store
from tests.store.site import FIRST_DAY, FIRST_SHIFT, Site

CLOSED = FIRST_SHIFT + timedelta(days=1)


def asked(session: Session, site: Site, count: int) -> None:
    """Ana is asked on so many days, and every question closes at the same time."""
    terms.begin_due(session, at=FIRST_SHIFT)
    plan = session.exec(select(PromptPlan)).one()
    due = [
        DuePrompt(
            person_id=site.people["Ana"],
            day=FIRST_DAY + timedelta(days=number),
            shift="D",
            due_at=FIRST_SHIFT,
            shift_ends_at=CLOSED,
            closes_at=CLOSED,
        )
        for number in range(count)
    ]
    assert written_days.plan_day(session, plan.key, None, FIRST_DAY, due, at=FIRST_SHIFT) == count


def still_open(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Prompt).where(col(Prompt.status) == PromptStatus.OPEN)).one()


async def test_more_than_one_write_can_bear_are_closed_in_several(store: Store, site: Site) -> None:
    await store.write(asked, site, 2 * CHUNK + 1)
    assert await close_lapsed(store, at=CLOSED - timedelta(seconds=1)) == 0
    assert await close_lapsed(store, at=CLOSED) == 2 * CHUNK + 1
    assert await store.read(still_open) == 0


async def test_as_many_as_one_write_can_bear_are_no_more(store: Store, site: Site) -> None:
    await store.write(asked, site, CHUNK)
    assert await close_lapsed(store, at=CLOSED) == CHUNK
    assert await close_lapsed(store, at=CLOSED) == 0


EVERY_SHIFT = Policy(prompt_every_nth_shift=1)
DUE = FIRST_SHIFT + timedelta(hours=11)
MORNING = FIRST_SHIFT + timedelta(hours=3)


def begin(session: Session) -> None:
    terms.begin_due(session, at=FIRST_SHIFT)


async def tick(store: Store, at: datetime, look: LastLook) -> None:
    """What the ticker does about prompts, in its order."""
    await plan_due(store, EVERY_SHIFT, at=at)
    await replan_changed(store, EVERY_SHIFT, look, at=at)
    await close_lapsed(store, at=at)
    await note_uptime(store, at=at)


def outcomes(session: Session) -> Counter[tuple[str, Reason | None]]:
    """What became of the prompts: sent, still to be sent, or why not."""
    rows = session.exec(
        select(Prompt, Delivery.status).outerjoin(Delivery, col(Delivery.id) == col(Prompt.delivery_id))
    )
    return Counter(
        ("sent", None) if status is Status.SENT else (prompt.status.value, prompt.reason) for prompt, status in rows
    )


def send_what_is_due(session: Session, at: datetime) -> None:
    """What the outbox does about prompts: out, or too late."""
    for row in session.exec(select(Delivery).where(Delivery.subject == "prompt", Delivery.status == Status.QUEUED)):
        if row.expires_at is not None and row.expires_at <= at:
            row.status = Status.EXPIRED
        elif row.due_at <= at:
            row.status = Status.SENT


def asked_per_person(session: Session, since: datetime) -> list[int]:
    rows = session.exec(
        select(Prompt.person_id, func.count())
        .join(Delivery, col(Delivery.id) == col(Prompt.delivery_id))
        .where(Delivery.status == Status.SENT, Prompt.due_at >= since)
        .group_by(col(Prompt.person_id))
    ).all()
    return [count for _, count in rows]


@pytest.mark.usefixtures("site")
async def test_after_three_days_nobody_gets_more_than_one_and_everything_adds_up(store: Store) -> None:
    look = LastLook()
    await store.write(begin)
    await tick(store, MORNING, look)  # crew A is planned for today, then the process ends before anything is due
    back = DUE + timedelta(days=3, minutes=10)
    look = LastLook()
    await tick(store, back, look)
    await store.write(send_what_is_due, back)
    await store.write(send_what_is_due, back + timedelta(hours=12))
    assert all(count <= 1 for count in await store.read(asked_per_person, MORNING))
    end = back + timedelta(days=9)
    await close_lapsed(store, at=end)
    found = await store.read(outcomes)
    expected = await store.read(lambda session: session.exec(select(func.count()).select_from(Prompt)).one())
    assert found.total() == expected
    assert found[("missed", Reason.WE_WERE_DOWN)] == expected - found[("sent", None)] > 0
    late = await store.read(lambda session: [row.late for row in session.exec(select(PlannedDay)).all()])
    assert late == [False, True, True, False]


@pytest.mark.usefixtures("site")
async def test_what_was_planned_in_time_and_did_not_go_out_says_whether_we_were_down(store: Store) -> None:
    look = LastLook()
    await store.write(begin)
    at = MORNING
    while at < DUE + timedelta(hours=2):  # at work all the time, and Slack took nothing
        await tick(store, at, look)
        at += timedelta(minutes=1)
    await tick(store, DUE + timedelta(days=2), look)
    reasons = await store.read(outcomes)
    assert reasons[("missed", Reason.NOT_SENT)] == 3


async def test_what_is_planned_is_looked_at_again_every_minute_and_at_once_by_a_new_process(
    store: Store, site: Site
) -> None:
    look = LastLook()
    await store.write(begin)
    await tick(store, MORNING, look)

    def hand_over(session: Session) -> None:
        session.get_one(Person, site.people["Ana"]).shared = True

    await store.write(hand_over)
    soon = MORNING + timedelta(seconds=59)
    assert await replan_changed(store, EVERY_SHIFT, look, at=soon) == 0
    assert await replan_changed(store, EVERY_SHIFT, LastLook(), at=soon) == 1
    assert await replan_changed(store, EVERY_SHIFT, LastLook(), at=soon) == 0
