"""No workspace waits for another, and none is called sooner than Slack allows, whoever sends for it."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlmodel import Session

from jobs.clock import SimulatedClock
from jobs.ports import Call, Ended, Later, Outcome, Sent
from jobs.rates import EDIT, POST
from store import deliveries
from store.deliveries import Delivery, Kind, Status
from store.policy import Limits, Rate
from store.sending import Claimed
from store.sending_lease import SendingLease
from store.store import Store
from tests.jobs.conftest import AT_WILL, LIMITS, NOW, Post, Sender, opened, queued
from tests.store.site import FRONTLINE, Site, build

SECOND = timedelta(seconds=1)
RETRY_AFTER = timedelta(seconds=90)
AS_SLACK_ALLOWS = Limits()

QUEUED = 10_000
CHANNELS = 500
NEWS = 40
EVERY = timedelta(seconds=0.7)
"""Slower than its own pace, so that nothing of the other workspace waits for anything else of it."""
PATIENCE_S = 2.0
TURNS = 50
"""In so many turns of the loop whoever is awake comes to the store, or falls asleep."""


class Counting:
    """A store that knows how much is under way in it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.under_way = 0

    async def write(self, use_case: Any, *args: Any, **kwargs: Any) -> Any:
        """Write."""
        return await self._counted(self._store.write(use_case, *args, **kwargs))

    async def read(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        """Read."""
        return await self._counted(self._store.read(query, *args, **kwargs))

    async def _counted(self, work: Awaitable[Any]) -> Any:
        self.under_way += 1
        try:
            return await work
        finally:
            self.under_way -= 1


class Timeline(SimulatedClock):
    """A clock on which several sleep at once: when nobody has more to do, time passes until the first of them wakes.

    Args:
        start: The aware instant at which the story begins.
        store: Where those who are awake do what they do.
    """

    def __init__(self, start: datetime, store: Counting) -> None:
        super().__init__(start)
        self._store = store
        self._asleep: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    async def sleep(self, seconds: float) -> None:
        """Sleep until it is time."""
        alarm = asyncio.get_running_loop().create_future()
        heapq.heappush(self._asleep, (self.now() + timedelta(seconds=seconds), next(self._numbers), alarm))
        await alarm

    async def pass_until(self, instant: datetime) -> None:
        """Let everybody do what they have to do until an instant."""
        await self._all_is_done()
        while self._asleep and self._asleep[0][0] <= instant:
            wakes_at, _, alarm = heapq.heappop(self._asleep)
            self.advance_to(max(wakes_at, self.now()))
            alarm.set_result(None)
            await self._all_is_done()
        self.advance_to(instant)

    async def _all_is_done(self) -> None:
        turns = 0
        while turns < TURNS:
            turns = 0 if self._store.under_way else turns + 1
            await asyncio.sleep(0 if turns else 0.0005)


def a_shift_change(session: Session, site: Site) -> None:
    """Ten thousand messages of a workspace, all due now."""
    message = {
        "workspace_id": site.workspace_id,
        "kind": Kind.PROMPT,
        "subject": "prompt",
        "subject_id": 1,
        "data": {},
        "status": Status.QUEUED,
        "due_at": NOW,
        "attempts": 0,
        "looks": 0,
        "created_at": NOW,
    }
    rows = [message | {"dedupe_key": f"p{one}", "channel": f"C_{one % CHANNELS}"} for one in range(QUEUED)]
    session.execute(insert(Delivery), rows)


def let_leases_lapse(session: Session) -> None:
    session.execute(update(SendingLease).values(until=1.0))


def percentile_95(values: Sequence[float]) -> float:
    """By the nearest rank: at most a twentieth of them are above it."""
    return sorted(values)[ceil(0.95 * len(values)) - 1]


def slowed_down(claimed: Claimed) -> Outcome:
    return Later("ratelimited", RETRY_AFTER, slow_down=True)


def taken(claimed: Claimed) -> Outcome:
    return Sent("D1", f"{claimed.id}.0")


@pytest.fixture
async def neighbour(store: Store, post: Post) -> Site:
    """Another workspace, for which the same process sends."""
    site = await store.write(build, slack_id="T2")
    post.sender.serves.add(site.workspace_id)
    return site


# Between workspaces


async def test_ten_thousand_messages_of_one_workspace_hold_up_no_other(
    store: Store, post: Post, neighbour: Site, sender: Sender
) -> None:
    await store.write(a_shift_change, neighbour)
    counting: Any = Counting(store)
    timeline = Timeline(NOW, counting)
    paced = opened(counting, post.site, sender, AS_SLACK_ALLOWS, clock=timeline)
    paced.outbox.wake()
    await timeline.pass_until(NOW)

    due: dict[int, tuple[datetime, int]] = {}
    for number in range(NEWS):
        at = NOW + number * EVERY
        await timeline.pass_until(at)
        who = FRONTLINE[number % len(FRONTLINE)]
        news = await store.write(queued, post.site, who, due_at=at, key=f"news {number}")
        due[news] = (at, len(sender.begun))
        paced.outbox.wake()
    end = NOW + NEWS * EVERY
    await timeline.pass_until(end)
    await paced.outbox.close(0)
    await timeline.pass_until(end + 10 * SECOND)

    called = {
        delivery_id: (at, place) for place, (delivery_id, at) in enumerate(zip(sender.begun, sender.at, strict=True))
    }
    never = (timeline.now(), len(sender.begun))
    waits, overtaken = [], []
    for news, (at, place) in due.items():
        called_at, called_place = called.get(news, never)
        waits.append((called_at - at).total_seconds())
        overtaken.append(called_place - place)
    pace = AS_SLACK_ALLOWS.posts
    assert percentile_95(waits) <= PATIENCE_S
    assert percentile_95(overtaken) <= PATIENCE_S * pace.per_second
    # The queue went on meanwhile, as fast as it may.
    of_the_queue = len(sender.begun) - len(due.keys() & called.keys())
    may_go = pace.burst + (end - NOW).total_seconds() * pace.per_second
    assert 0.9 * may_go <= of_the_queue <= may_go + 1


async def test_calls_of_one_workspace_that_do_not_come_back_hold_up_no_other(
    store: Store, post: Post, neighbour: Site, sender: Sender
) -> None:
    hanging = [await store.write(queued, neighbour, f"C_{one}") for one in range(LIMITS.at_once + 10)]
    sender.slow = dict.fromkeys(hanging, 30)
    post.outbox.wake()
    async with asyncio.timeout(20):
        while len(sender.begun) < LIMITS.at_once:  # noqa: ASYNC110 - the sender only notes
            await asyncio.sleep(0.001)
        news = await post.queued("Ana")
        post.outbox.wake()
        while news not in sender.sent:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.001)
    assert sender.sent == [news]


async def test_a_workspace_that_slack_asks_to_wait_holds_up_no_other(
    store: Store, post: Post, neighbour: Site, sender: Sender
) -> None:
    asked = await store.write(queued, neighbour, "C_1")
    sender.outcome = slowed_down
    await post.send()
    sender.outcome = taken
    waiting, news = await store.write(queued, neighbour, "C_2"), await post.queued("Ana")
    await post.send(NOW + SECOND)
    assert sender.begun == [asked, news]
    await post.send(NOW + RETRY_AFTER)
    assert sorted(sender.begun[2:]) == [asked, waiting]


# Retry-After


async def test_a_pause_of_posts_holds_up_no_edit(store: Store, post: Post, sender: Sender) -> None:
    out = await post.queued("Ana")
    await post.send()
    asked = await post.queued("Ben")
    sender.outcome = slowed_down
    await post.send()

    def rewrite(session: Session) -> None:
        deliveries.rewrite(session, deliveries.by_id(session, out), Kind.PROMPT_CLOSED, at=NOW)

    await store.write(rewrite)
    await post.queued("Cleo")
    sender.outcome = taken
    sender.written = lambda claimed: Call(EDIT if claimed.is_edit else POST, {})
    await post.send(NOW + SECOND)
    assert sender.begun[:2] == [out, asked]
    (edit,) = sender.begun[2:]
    assert (await post.row(edit)).edits_id == out


async def test_who_takes_over_from_one_that_stands_still_waits_as_long_as_that_one_was_told(
    store: Store, post: Post, sender: Sender
) -> None:
    asked = await post.queued("Ana")
    sender.outcome = slowed_down
    await post.send()
    await store.write(let_leases_lapse)
    waiting = await post.queued("Ben")

    heir = opened(store, post.site, sender)
    sender.outcome = taken
    await heir.send(NOW + RETRY_AFTER - 10 * SECOND)
    assert sender.begun == [asked]
    await heir.send(NOW + RETRY_AFTER)
    assert sorted(sender.begun[1:]) == [asked, waiting]


async def test_while_slack_asks_to_wait_nothing_more_is_looked_up(post: Post, sender: Sender) -> None:
    sender.outcome = lambda claimed: Ended(Status.UNKNOWN, "the connection broke")
    lost = [await post.queued(name, kind=Kind.CHANGE_TOLD) for name in ("Ana", "Ben", "Cleo")]
    await post.send()
    sender.outcome, sender.there = taken, set(lost)
    sender.blind = Later("ratelimited", RETRY_AFTER, slow_down=True)
    at = NOW + LIMITS.history_lag
    await post.send(at)
    assert len(sender.looked) == 1

    sender.blind = None
    await post.send(at + RETRY_AFTER - 10 * SECOND)
    assert len(sender.looked) == 1
    await post.send(at + RETRY_AFTER)
    assert sorted(sender.looked[1:]) == [[which] for which in lost]


# The pace


async def test_who_takes_over_posts_nothing_within_a_second_of_what_was_posted_before(
    store: Store, post: Post, sender: Sender
) -> None:
    limits = Limits(to_conversation=Rate(per_second=1), posts=AT_WILL)
    first = opened(store, post.site, sender, limits)
    before = await post.queued("C_PIT")
    await first.send()
    await first.outbox.close(1)

    after = await post.queued("C_PIT")
    await opened(store, post.site, sender, limits).send()
    assert sender.begun == [before, after]
    assert sender.at[1] - sender.at[0] >= SECOND
