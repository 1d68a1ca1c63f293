"""Sending what is due: claim, write, commit `sending`, call, settle. One that fails never stops the others."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from jobs.outage import Outage
from jobs.ports import Call, Ended, Halted, Later, Outcome, Sender, Sent
from store import deliveries, settling
from store.deliveries import Claimed, Status
from store.meanings import Meaning
from store.policy import Limits
from store.store import Store

log = structlog.get_logger()

CONVERSATIONS_AT_ONCE = 8
OUR_BUGS = (Meaning.OURS, Meaning.UNHEARD_OF)


async def send_due(store: Store, sender: Sender, limits: Limits, *, at: datetime, outage: Outage | None = None) -> int:
    """Send every delivery that is due.

    Messages to one conversation go out one after the other, in their order; different ones side by side. When Slack
    takes no calls at all, everything is put back and nothing is tried until the pause is over.

    Returns:
        How many were taken up.
    """
    outage = outage or Outage()
    await store.write(deliveries.give_up_lapsed, at=at)
    taken_up = 0
    while not outage.is_on(at=at, pause=limits.outage_pause):
        claimed = await store.write(deliveries.claim, at=at, limit=limits.claim, lease=limits.lease)
        if not claimed:
            break
        taken_up += len(claimed)
        await _Run(store, sender, limits, outage, at).send(claimed)
    return taken_up


@dataclass(frozen=True, slots=True)
class _Run:
    """One go at what was claimed together."""

    store: Store
    sender: Sender
    limits: Limits
    outage: Outage
    at: datetime

    async def send(self, claimed: list[Claimed]) -> None:
        conversations: dict[str, list[Claimed]] = defaultdict(list)
        for one in claimed:
            conversations[one.conversation].append(one)
        gate = asyncio.Semaphore(CONVERSATIONS_AT_ONCE)
        await asyncio.gather(*(self._converse(gate, queue) for queue in conversations.values()))

    async def _converse(self, gate: asyncio.Semaphore, queue: list[Claimed]) -> None:
        async with gate:
            for claimed in queue:
                try:
                    await self._deliver(claimed)
                except Exception as error:
                    # Its lease will lapse: before the call it is claimed again, after it becomes `unknown`.
                    log.exception("delivery_broke", delivery=claimed.id, kind=claimed.kind, error=type(error).__name__)

    async def _deliver(self, claimed: Claimed) -> None:
        if self.outage.is_on(at=self.at, pause=self.limits.outage_pause):
            await self.store.write(deliveries.put_back, claimed, self.outage.reason)
            return
        if claimed.expires_at is not None and self.at >= claimed.expires_at:
            await self._settle(claimed, Ended(Status.EXPIRED, "its time was over before it could go out"))
            return
        written = await self.sender.write(claimed)
        if isinstance(written, Ended):
            await self._settle(claimed, written)
            return
        if not await self.store.write(deliveries.begin_sending, claimed, lease=self.limits.lease):
            log.warning("claim_lost", delivery=claimed.id)
            return
        await self._settle(claimed, await self._in_time(claimed, written))

    async def _in_time(self, claimed: Claimed, call: Call) -> Outcome:
        try:
            outcome = await asyncio.wait_for(self.sender.call(claimed, call), self.limits.call_timeout.total_seconds())
        except TimeoutError:
            reason = "the answer did not come in time"
            return Later(reason) if call.repeats_safely else Ended(Status.UNKNOWN, reason, Meaning.UNKNOWN)
        if isinstance(outcome, Sent):
            self.outage.over(at=self.at)
        return outcome

    async def _settle(self, claimed: Claimed, outcome: Outcome) -> None:
        match outcome:
            case Sent(channel, ts):
                kept = await self.store.write(settling.sent, claimed, channel, ts, at=self.at)
            case Later(reason, after) if claimed.attempts + 1 < self.limits.attempts:
                due_at = self.at + (after or backoff(claimed.attempts, self.limits))
                kept = await self.store.write(deliveries.settle_later, claimed, reason, due_at=due_at)
            case Later(reason):
                kept = await self._end(claimed, Ended(Status.FAILED, f"gave up: {reason}", Meaning.LATER))
            case Ended():
                kept = await self._end(claimed, outcome)
            case Halted(meaning, reason):
                self.outage.noticed(meaning, reason, at=self.at)
                kept = await self.store.write(deliveries.put_back, claimed, reason)
        if not kept:
            log.warning("claim_lost", delivery=claimed.id)

    async def _end(self, claimed: Claimed, ended: Ended) -> bool:
        if ended.status in (Status.FAILED, Status.UNKNOWN):
            say = log.error if ended.meaning in OUR_BUGS else log.warning
            say("delivery_ended", delivery=claimed.id, kind=claimed.kind, status=ended.status, reason=ended.reason)
        return await self.store.write(settling.ended, claimed, ended.status, ended.reason, ended.meaning, at=self.at)


def backoff(attempts: int, limits: Limits) -> timedelta:
    """How long to wait after so many earlier attempts: doubling, up to the longest."""
    doubled: timedelta = limits.first_retry * 2**attempts
    return min(doubled, limits.longest_retry)
