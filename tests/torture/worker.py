"""A process that takes requests and sends, as `alongside run` does, until nothing of the story is on its way."""

import asyncio
import os
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import slack_connections
from bot.logs import configure_logs, quiet_logger
from bot.sender import SlackSender
from jobs.outbox import Equipment, Outbox
from store import inbound
from store.dialect import database_instant
from store.errors import RunnerTaken, TryAgain
from store.people import Caller
from store.policy import Limits, Rate
from tests.torture.fate import Fate, FatedSender, FatedStore, Notes, Point
from tests.torture.mine import ACTS, TEAM_ID, WHOEVER, is_quiet, say

LEASE = timedelta(seconds=1)
AT_WILL = Rate(per_second=1_000, burst=1_000)
LIMITS = Limits(
    lease=LEASE,
    call_timeout=timedelta(seconds=0.4),
    first_retry=timedelta(seconds=0.1),
    longest_retry=timedelta(seconds=0.4),
    attempts=20,
    outage_pause=timedelta(seconds=0.3),
    history_lag=timedelta(seconds=1),
    looks=20,
    to_conversation=AT_WILL,
    posts=AT_WILL,
    edits=AT_WILL,
    look_ups=AT_WILL,
)
"""The proportions of the real ones, sixty times as fast; the pace is another test's."""
TICK_S = 0.1
TIMEOUT_S = 1.0
"""Of a call to the local Slack."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a process is started with.

    Args:
        url: The database.
        api_url: The local Slack.
        token: Its bot token.
        folder: Where notes and logs go.
        seed: Of what is left to chance.
        point: Where it dies; None when it lives.
        passing: At which passing.
        stands_still: It stands still there instead.
        copies: How often each request comes, at once.
        skew: How wrong its machine's clock is.
    """

    url: str
    api_url: str
    token: str
    folder: Path
    seed: int
    point: Point | None = None
    passing: int = 1
    stands_still: bool = False
    copies: int = 1
    skew: timedelta = timedelta(0)


class SkewedClock:
    """A machine's clock that is wrong.

    Args:
        skew: How far it is ahead.
    """

    def __init__(self, skew: timedelta) -> None:
        self._skew = skew

    def now(self) -> datetime:
        """What this machine takes for the present."""
        return datetime.now(UTC) + self._skew

    def monotonic(self) -> float:
        """Seconds that only go forward."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class Incidents:
    """Notes what broke.

    Args:
        notes: Where.
    """

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def record(self, error: Exception, during: str, by: Caller | None = None) -> str:
        """Note it."""
        self._notes("broke", error=repr(error), during=during)
        return "noted"


def work(order: Order) -> None:
    """The whole life of a process."""
    os.nice(5)  # the local Slack, which all processes call, must not be the one that waits
    with (order.folder / "log").open("a") as log:
        configure_logs()
        structlog.configure(logger_factory=structlog.WriteLoggerFactory(log))
        notes = Notes(order.folder / "notes")
        store = _opened(order, Fate(notes, order.point, order.passing, order.stands_still))
        with store:
            asyncio.run(_work(order, store, notes))


def _opened(order: Order, fate: Fate) -> FatedStore:
    until = time.monotonic() + 2
    while True:
        try:
            return FatedStore(order.url, fate)
        except RunnerTaken:  # the system has not yet freed what a dead process held
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


async def _work(order: Order, store: FatedStore, notes: Notes) -> None:
    chance = random.Random(order.seed)
    clock = SkewedClock(order.skew)
    connections = slack_connections(TIMEOUT_S)
    client = AsyncWebClient(
        order.token, base_url=order.api_url, session=connections, retry_handlers=[], logger=quiet_logger()
    )
    incidents = Incidents(notes)
    sender = FatedSender(SlackSender(store, client, incidents, "", TEAM_ID), store.fate)
    outbox = Outbox(
        Equipment(
            store,
            sender,
            incidents,
            clock,
            LIMITS,
            f"process {os.getpid()}",
            lambda: store.read(database_instant),
            chance,
        )
    )
    for number in range(ACTS):
        await asyncio.gather(*(_take(order, store, notes, number) for _ in range(order.copies)))
        outbox.wake()
        await asyncio.sleep(chance.random() * 0.03)
    while not await _quiet(store):
        outbox.wake()
        await outbox.idle()
        await asyncio.sleep(TICK_S)
    await outbox.close(1)
    await connections.close()


async def _take(order: Order, store: FatedStore, notes: Notes, number: int) -> None:
    """Take a request; one that could not be taken comes again."""
    while True:
        try:
            at = await store.read(database_instant)
            said = await store.write_together("T1", inbound.once, f"trigger:{number}", say, number, by=WHOEVER, at=at)
        except TryAgain:
            await asyncio.sleep(0.05)
            continue
        notes("acknowledged", act=number, deliveries=said.deliveries)
        return


async def _quiet(store: FatedStore) -> bool:
    try:
        return await store.read(is_quiet)
    except TryAgain:
        return False
