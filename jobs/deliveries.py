"""Sending what is due: claim, write, commit `sending`, call, settle. One that fails never stops the others."""

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta

import structlog

from jobs.ports import Call, Ended, Later, Outcome, Sender, Sent
from store import deliveries
from store.deliveries import Claimed, Status
from store.policy import Limits
from store.store import Store

log = structlog.get_logger()

CONVERSATIONS_AT_ONCE = 8


async def send_due(store: Store, sender: Sender, limits: Limits, *, at: datetime) -> int:
    """Send every delivery that is due.

    Messages to one conversation go out one after the other, in their order; different ones side by side.

    Returns:
        How many were taken up.
    """
    await store.write(deliveries.give_up_lapsed, at=at)
    taken_up = 0
    while claimed := await store.write(deliveries.claim, at=at, limit=limits.claim, lease=limits.lease):
        taken_up += len(claimed)
        conversations: dict[str, list[Claimed]] = defaultdict(list)
        for one in claimed:
            conversations[one.conversation].append(one)
        gate = asyncio.Semaphore(CONVERSATIONS_AT_ONCE)
        await asyncio.gather(*(_converse(store, sender, limits, gate, queue, at) for queue in conversations.values()))
    return taken_up


async def _converse(
    store: Store, sender: Sender, limits: Limits, gate: asyncio.Semaphore, queue: list[Claimed], at: datetime
) -> None:
    async with gate:
        for claimed in queue:
            try:
                await _deliver(store, sender, limits, claimed, at)
            except Exception as error:
                # Its lease will lapse: before the call it is claimed again, after it becomes `unknown`.
                log.exception("delivery_broke", delivery=claimed.id, kind=claimed.kind, error=type(error).__name__)


async def _deliver(store: Store, sender: Sender, limits: Limits, claimed: Claimed, at: datetime) -> None:
    if claimed.expires_at is not None and at >= claimed.expires_at:
        await _settle(store, limits, claimed, Ended(Status.EXPIRED, "its time was over before it could go out"), at)
        return
    written = await sender.write(claimed)
    if isinstance(written, Ended):
        await _settle(store, limits, claimed, written, at)
        return
    if not await store.write(deliveries.begin_sending, claimed, lease=limits.lease):
        log.warning("claim_lost", delivery=claimed.id)
        return
    await _settle(store, limits, claimed, await _in_time(sender, limits, claimed, written), at)


async def _in_time(sender: Sender, limits: Limits, claimed: Claimed, call: Call) -> Outcome:
    try:
        return await asyncio.wait_for(sender.call(claimed, call), limits.call_timeout.total_seconds())
    except TimeoutError:
        return Ended(Status.UNKNOWN, "the answer did not come in time")


async def _settle(store: Store, limits: Limits, claimed: Claimed, outcome: Outcome, at: datetime) -> None:
    match outcome:
        case Sent(channel, ts):
            kept = await store.write(deliveries.settle_sent, claimed, channel, ts, at=at)
        case Later(reason, after) if claimed.attempts + 1 < limits.attempts:
            due_at = at + (after or backoff(claimed.attempts, limits))
            kept = await store.write(deliveries.settle_later, claimed, reason, due_at=due_at)
        case Later(reason):
            ended = Status.FAILED
            kept = await store.write(deliveries.settle_ended, claimed, ended, f"gave up: {reason}", at=at)
        case Ended(status, reason):
            if status in (Status.FAILED, Status.UNKNOWN):
                log.warning("delivery_ended", delivery=claimed.id, kind=claimed.kind, status=status, reason=reason)
            kept = await store.write(deliveries.settle_ended, claimed, status, reason, at=at)
    if not kept:
        log.warning("claim_lost", delivery=claimed.id)


def backoff(attempts: int, limits: Limits) -> timedelta:
    """How long to wait after so many earlier attempts: doubling, up to the longest."""
    doubled: timedelta = limits.first_retry * 2**attempts
    return min(doubled, limits.longest_retry)
