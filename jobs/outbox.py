"""The outbox at work: what is due goes out, workspace by workspace, each at the pace that Slack allows.

Each workspace has an office of its own, so that a long queue in one delays no other. An office holds the workspace's
sending lease, and works in rounds: claim what may go now, write it, commit `sending`, call, settle what came back.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from jobs.clock import Clock
from jobs.lost import LostAndFound
from jobs.outage import Outage
from jobs.ports import Call, Draft, Ended, Halted, Incidents, Later, Outcome, Postponed, Sender, Sent
from jobs.rates import EDIT, LOOK, PIN, POST, Rates
from store import sending, sending_lease, settling
from store.deliveries import Kind, Status
from store.meanings import Meaning
from store.policy import Limits
from store.sending import Claimed, Conversation, Settled
from store.store import Store

log = structlog.get_logger()

LONGEST_WAIT_S = 5.0
"""An office that could do nothing for longer than this goes home; the next tick opens it again."""
LOOKS_APART_S = 0.05
"""While many people write, a look for what is due after each would cost as much as its ack; nobody sees this wait."""
TOGETHER_S = 1.0
"""While more waits than may go, what may go within so long goes together: a round costs three commits, however many."""
SETTLED_TOGETHER_S = 0.05
"""How long an answer waits for those that come right after it, so that one commit keeps them all."""
OUR_BUGS = (Meaning.OURS, Meaning.UNHEARD_OF)


@dataclass(frozen=True, slots=True)
class Equipment:
    """What every office works with."""

    store: Store
    sender: Sender
    incidents: Incidents
    clock: Clock
    limits: Limits
    name: str
    """This process, among those that share a database."""
    now: Callable[[], Awaitable[datetime]]
    """The present instant: the database's where several processes share one."""
    chance: random.Random = field(default_factory=random.Random)
    counts: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    """What became of deliveries, by kind and outcome."""
    slowed_down: Counter[str] = field(default_factory=Counter)
    """How often Slack asked us to wait, by method."""
    looks_apart: float = LOOKS_APART_S
    """At least so many seconds lie between two looks for what is due."""
    outage: Outage = field(default_factory=Outage)
    """Whether Slack takes calls at all: all that this process sends goes with one token."""


class Outbox:
    """Sends what is due in all workspaces, until it is closed.

    Args:
        equipment: What it works with.
    """

    def __init__(self, equipment: Equipment) -> None:
        self._equipment = equipment
        self._offices: dict[int, Office] = {}
        self._open: dict[int, asyncio.Task[None]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._wanted = False
        self._looked_at = 0.0
        self._closed = False

    @property
    def outage(self) -> Outage:
        """Whether Slack takes calls at all."""
        return self._equipment.outage

    @property
    def limits(self) -> Limits:
        """How it behaves towards Slack."""
        return self._equipment.limits

    @property
    def counts(self) -> Mapping[tuple[Kind, str], int]:
        """What became of deliveries since this process began, by kind and outcome."""
        return self._equipment.counts

    @property
    def slowed_down(self) -> Mapping[str, int]:
        """How often Slack asked us to wait since this process began, by method."""
        return self._equipment.slowed_down

    def wake(self) -> None:
        """Send what is due now; returns at once. Asks that come meanwhile are answered by one more look."""
        if self._closed:
            return
        self._wanted = True
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(), name="outbox")

    async def idle(self) -> None:
        """Wait until everything that may go out now has gone out."""
        while tasks := [task for task in (self._looking, *self._open.values()) if task and not task.done()]:
            await asyncio.wait(tasks)

    async def close(self, patience: float) -> None:
        """Begin nothing more, wait some seconds for the calls under way, and give claims and leases back."""
        self._closed = True
        for office in self._offices.values():
            office.close()
        tasks = [task for task in (self._looking, *self._open.values()) if task and not task.done()]
        if tasks:
            await asyncio.wait(tasks, timeout=patience)
        await self._equipment.store.write(sending_lease.let_go, self._equipment.name)

    async def _look(self) -> None:
        while self._wanted and not self._closed:
            await self._some_time_after_the_last_look()
            self._wanted = False
            try:
                busy = await self._busy()
            except Exception as error:
                error_id = self._equipment.incidents.record(error, "job outbox")
                log.exception("job_broke", error_id=error_id, job="outbox", error=type(error).__name__)
                return
            for workspace_id in busy if not self._closed else ():
                self._send_in(workspace_id)

    async def _busy(self) -> list[int]:
        """The workspaces in which something is to be done, and those that are being looked after anyway."""
        workspaces = await self._equipment.sender.workspaces()
        looked_after = [one for one in workspaces if (task := self._open.get(one)) and not task.done()]
        others = [one for one in workspaces if one not in looked_after]
        if not others:
            return looked_after
        at = await self._equipment.now()
        return [*looked_after, *await self._equipment.store.read(sending.with_work, others, at=at)]

    async def _some_time_after_the_last_look(self) -> None:
        # The loop's own time: it is this machine that is spared, whatever time it is.
        loop = asyncio.get_running_loop()
        wait = self._looked_at + self._equipment.looks_apart - loop.time()
        if wait > 0:
            await asyncio.sleep(wait)
        self._looked_at = loop.time()

    def _send_in(self, workspace_id: int) -> None:
        office = self._offices.setdefault(workspace_id, Office(self._equipment, workspace_id))
        office.look_again = True
        under_way = self._open.get(workspace_id)
        if under_way is None or under_way.done():
            self._open[workspace_id] = asyncio.create_task(office.run(), name=f"office-{workspace_id}")


@dataclass(frozen=True, slots=True)
class Errand:
    """A call that was begun."""

    claimed: Claimed
    call: Call
    at: datetime
    """When it was about to be made."""
    no_later_than: float
    """On the clock that only goes forward: after this the lease would not outlast the call."""


class Office:
    """Sends for one workspace."""

    def __init__(self, equipment: Equipment, workspace_id: int) -> None:
        self._equipment = equipment
        self._workspace_id = workspace_id
        self._lost = LostAndFound(equipment.store, equipment.sender, equipment.limits, workspace_id)
        self._rates: Rates | None = None
        self._lease_until = 0.0
        self._lost_and_found_at = 0.0
        self._under_way: dict[Conversation, asyncio.Task[tuple[Errand, Outcome]]] = {}
        self._claimed: list[Claimed] = []
        """What was claimed for the next round while the last one was settled."""
        self._more_posts = False
        """Whether the last look found as many posts as might go then."""
        self._closed = False
        self.look_again = False
        """Whether something may have become due since the last look."""

    def close(self) -> None:
        """Begin nothing more."""
        self._closed = True

    async def run(self) -> None:
        """Send until nothing is due, or somebody else sends here."""
        self._lost_and_found_at = self._equipment.clock.monotonic()
        while True:
            self.look_again = False
            try:
                await self._run()
            except Exception as error:
                # What was claimed or begun lapses with its lease; the next tick goes on.
                self._broke(error, "office_broke", "job office", workspace=self._workspace_id)
            finally:
                await self._settle_rest()
                await self._give_back_rest()
            # Whoever asked while the last look was under way counts on this office: nobody else opens one meanwhile.
            if self._closed or not self.look_again:
                return

    async def _run(self) -> None:
        while not self._closed and await self._holds_lease():
            self.look_again = False
            at = await self._equipment.now()
            if self._equipment.outage.is_on(at=at, pause=self._equipment.limits.outage_pause):
                return
            await self._look_up_lost(at)
            begun = await self._begin_more(at)
            if self._under_way:
                await self._settle_some()
            elif not begun and not await self._wait_for_its_turn():
                return

    # The lease

    async def _holds_lease(self) -> bool:
        now = self._equipment.clock.monotonic()
        if now < self._lease_until:
            return True
        lease = self._equipment.limits.lease
        obtained = await self._equipment.store.write(
            sending_lease.obtain, self._workspace_id, self._equipment.name, lease=lease
        )
        if obtained is None:
            return False
        self._lease_until = now + lease.total_seconds() / 2
        if self._rates is None or obtained.is_new:
            self._rates = self._pace(now, empty=obtained.is_new)
        at = await self._equipment.now()
        for method, until in obtained.pauses.items():
            self._rates.pause(method, now + (until - at).total_seconds())
        return True

    def _pace(self, now: float, *, empty: bool) -> Rates:
        limits = self._equipment.limits
        methods = {POST: limits.posts, EDIT: limits.edits, LOOK: limits.look_ups, PIN: limits.pins}
        return Rates(methods, limits.to_conversation, now, empty=empty)

    @property
    def _pacing(self) -> Rates:
        assert self._rates is not None  # noqa: S101 - whoever holds the lease has a pace
        return self._rates

    # What was lost

    async def _look_up_lost(self, at: datetime) -> None:
        now = self._equipment.clock.monotonic()
        if now < self._lost_and_found_at:
            return
        self._lost_and_found_at = now + LONGEST_WAIT_S
        await self._lost.give_up_lapsed(at)
        looked = await self._lost.take_up(at, self._pacing.allowed(LOOK, now))
        for _ in range(looked.calls):
            self._pacing.take(LOOK, None, now)
        if looked.wait:
            await self._slow_down(LOOK, looked.wait, at)

    # What is due

    async def _begin_more(self, at: datetime) -> bool:
        """Begin as many calls as may be made now. Returns whether any was begun, or ended without a call."""
        claimed, self._claimed = self._claimed or await self._claim(at), []
        if not claimed:
            return False
        firsts, surplus = _one_each(claimed)
        # Of posts alone as many were claimed as posts and edits may go together: the others need not be written yet.
        firsts, waiting = self._as_many_as_may_go(firsts)
        ended, calls = await self._write(firsts, at)
        may_go, too_fast = self._within_the_pace(calls)
        limits = self._equipment.limits
        no_later_than = self._equipment.clock.monotonic() + (limits.lease - limits.call_timeout).total_seconds()
        begun = await self._equipment.store.write(
            sending.begin_round,
            begin=[one for one, _ in may_go],
            settle=ended,
            give_back=[*surplus, *waiting, *too_fast],
            lease=limits.lease,
            at=at,
        )
        for one, call in may_go:
            if one.id in begun:
                self._under_way[one.conversation] = asyncio.create_task(
                    self._carry(Errand(one, call, at, no_later_than))
                )
            else:
                log.warning("claim_lost", delivery=one.id)
        for result in ended:
            self._count(result)
        return bool(begun or ended)

    async def _claim(self, at: datetime) -> list[Claimed]:
        now = self._equipment.clock.monotonic()
        posts = 0 if self._pacing.ready_in(POST, now, self._posts_together) else self._pacing.allowed(POST, now)
        edits = self._pacing.allowed(EDIT, now)
        room = min(self._equipment.limits.at_once - len(self._under_way), posts + edits)
        if room <= 0:
            return []
        waiting: list[Conversation] = [*self._pacing.waiting(now), *self._under_way]  # type: ignore[list-item] # they are conversations
        claimed = await self._equipment.store.write(
            sending.claim,
            self._workspace_id,
            at=at,
            limit=room,
            lease=self._equipment.limits.lease,
            without=waiting,
            posts=posts > 0,
            edits=edits > 0,
        )
        if posts:
            self._more_posts = sum(not one.is_edit for one in claimed) >= min(posts, room)
        return claimed

    @property
    def _posts_together(self) -> int:
        limits = self._equipment.limits
        # No more than can be under way at once are waited for.
        return max(1, min(int(TOGETHER_S * limits.posts.per_second), limits.at_once)) if self._more_posts else 1

    def _as_many_as_may_go(self, claimed: Sequence[Claimed]) -> tuple[list[Claimed], list[Claimed]]:
        now = self._equipment.clock.monotonic()
        left = {False: self._pacing.allowed(POST, now), True: self._pacing.allowed(EDIT, now)}
        may_go: list[Claimed] = []
        waiting: list[Claimed] = []
        for one in claimed:
            (may_go if left[one.is_edit] > 0 else waiting).append(one)
            left[one.is_edit] -= 1
        return may_go, waiting

    async def _write(
        self, claimed: Sequence[Claimed], at: datetime
    ) -> tuple[list[Settled], list[tuple[Claimed, Call]]]:
        written = await self._equipment.sender.write(claimed, at)
        both = [(one, _in_time(one, it, at)) for one, it in zip(claimed, written, strict=True)]
        ended = [_without_a_call(one, it) for one, it in both if isinstance(it, Ended | Postponed)]
        return ended, [(one, it) for one, it in both if isinstance(it, Call)]

    def _within_the_pace(
        self, calls: Sequence[tuple[Claimed, Call]]
    ) -> tuple[list[tuple[Claimed, Call]], list[Claimed]]:
        may_go, too_fast = [], []
        now = self._equipment.clock.monotonic()
        for one, call in calls:
            if self._pacing.allowed(call.method, now):
                self._pacing.take(call.method, one.conversation, now)
                may_go.append((one, call))
            else:
                too_fast.append(one)
        return may_go, too_fast

    # The call

    async def _carry(self, errand: Errand) -> tuple[Errand, Outcome]:
        claimed, call = errand.claimed, errand.call
        # A process may have stood still since, and somebody else looks for what it was about to send.
        if self._equipment.clock.monotonic() > errand.no_later_than:
            return errand, Later("there was no time left for the call")
        try:
            timeout = self._equipment.limits.call_timeout.total_seconds()
            return errand, await asyncio.wait_for(self._equipment.sender.call(claimed, call), timeout)
        except TimeoutError:
            return errand, _lost("the answer did not come in time", call)
        except Exception as error:
            self._broke(error, "delivery_broke", f"message {claimed.kind}", delivery=claimed.id, kind=claimed.kind)
            return errand, _lost(f"the call broke: {type(error).__name__}", call)

    async def _settle_some(self) -> None:
        """Wait until a call has ended, or until something else may go, and settle all that have ended."""
        wait = self._next_turn() or LONGEST_WAIT_S
        await asyncio.wait(self._under_way.values(), timeout=max(wait, 0.05), return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait(self._under_way.values(), timeout=SETTLED_TOGETHER_S)
        await self._settle_ended(going_on=True)

    async def _settle_rest(self) -> None:
        while self._under_way:
            await asyncio.wait(self._under_way.values(), return_when=asyncio.FIRST_COMPLETED)
            try:
                await self._settle_ended()
            except Exception as error:
                self._broke(error, "office_broke", "job office", workspace=self._workspace_id)

    async def _give_back_rest(self) -> None:
        claimed, self._claimed = self._claimed, []
        if not claimed:
            return
        try:
            await self._equipment.store.write(sending.give_back_claims, claimed)
        except Exception as error:  # they lapse with their lease
            self._broke(error, "office_broke", "job office", workspace=self._workspace_id)

    async def _settle_ended(self, *, going_on: bool = False) -> None:
        ended = {where: task for where, task in self._under_way.items() if task.done()}
        if not ended:
            return
        for where in ended:
            del self._under_way[where]
        at = await self._equipment.now()
        results = [await self._result(*task.result(), at) for task in ended.values()]
        settled = asyncio.ensure_future(self._equipment.store.write(settling.settle, results, at=at))
        # The next round is claimed at the same time: on SQLite the two share a commit.
        ahead = asyncio.ensure_future(self._claim_ahead(at)) if going_on else None
        try:
            held = await settled
            for result in results:
                if result.claimed.id in held:
                    self._count(result)
                else:
                    log.warning("claim_lost", delivery=result.claimed.id)
        finally:
            if ahead is not None:
                self._claimed = await ahead

    async def _claim_ahead(self, at: datetime) -> list[Claimed]:
        now = self._equipment.clock.monotonic()
        is_off = self._equipment.outage.is_on(at=at, pause=self._equipment.limits.outage_pause)
        return [] if self._closed or is_off or now >= self._lease_until else await self._claim(at)

    async def _result(self, errand: Errand, outcome: Outcome, at: datetime) -> Settled:
        limits, claimed = self._equipment.limits, errand.claimed
        match outcome:
            case Sent(channel, ts):
                self._equipment.outage.over(at=errand.at)
                return Settled(claimed, Status.SENT, channel=channel, ts=ts)
            case Later(reason, after, slow_down):
                wait = after or backoff(claimed.attempts, limits, self._equipment.chance)
                if slow_down:
                    await self._slow_down(errand.call.method, wait, at)
                if claimed.attempts + 1 >= limits.attempts:
                    return Settled(claimed, Status.FAILED, f"gave up: {reason}", meaning=Meaning.LATER)
                return Settled(claimed, Status.QUEUED, reason, due_at=at + wait)
            case Halted(meaning, reason):
                self._equipment.outage.noticed(meaning, reason, at=at)
                return Settled(claimed, Status.QUEUED, reason, is_counted=False)
            case Ended(Status.UNKNOWN, reason, meaning):
                look_at = self._lost.look_at(claimed, at)
                return Settled(claimed, Status.UNKNOWN, reason, due_at=look_at, meaning=meaning)
            case Ended(status, reason, meaning):
                return Settled(claimed, status, reason, meaning=meaning)

    async def _slow_down(self, method: str, wait: timedelta, at: datetime) -> None:
        self._equipment.slowed_down[method] += 1
        self._pacing.pause(method, self._equipment.clock.monotonic() + wait.total_seconds())
        await self._equipment.store.write(
            sending_lease.pause, self._workspace_id, self._equipment.name, method, at + wait
        )

    # Waiting

    async def _wait_for_its_turn(self) -> bool:
        """Wait until more may go. Returns whether it is worth looking again."""
        if self.look_again:
            return True
        wait = self._next_turn()
        if wait is None or wait > LONGEST_WAIT_S or not await self._is_more_due():
            return False
        await self._equipment.clock.sleep(wait)
        return True

    def _next_turn(self) -> float | None:
        """Seconds until something may go that may not go now; None when nothing is held up."""
        now = self._equipment.clock.monotonic()
        waits = [self._pacing.ready_in(method, now) for method in (EDIT, LOOK, PIN)]
        waits.append(self._pacing.ready_in(POST, now, self._posts_together))
        if not self._more_posts:  # otherwise there is no lack of conversations to post to
            waits += self._pacing.waiting(now).values()
        return min((wait for wait in waits if wait > 0), default=None)

    async def _is_more_due(self) -> bool:
        at = await self._equipment.now()
        return bool(await self._equipment.store.read(sending.with_work, [self._workspace_id], at=at))

    def _broke(self, error: Exception, event: str, during: str, **ids: object) -> None:
        error_id = self._equipment.incidents.record(error, during)
        log.error(event, error_id=error_id, error=type(error).__name__, exc_info=error, **ids)

    def _count(self, result: Settled) -> None:
        kind, status = result.claimed.kind, result.status
        self._equipment.counts[(kind, "retried" if status is Status.QUEUED else status.value)] += 1
        if status in (Status.FAILED, Status.UNKNOWN):
            say = log.error if result.meaning in OUR_BUGS else log.warning
            say("delivery_ended", delivery=result.claimed.id, kind=kind, status=status, reason=result.reason)


def _in_time(claimed: Claimed, draft: Draft, at: datetime) -> Draft:
    """The draft, unless it is too late for it."""
    is_late = claimed.expires_at is not None and at >= claimed.expires_at
    if is_late and not isinstance(draft, Postponed):
        return Ended(Status.EXPIRED, "its time was over before it could go out")
    return draft


def _without_a_call(claimed: Claimed, it: Ended | Postponed) -> Settled:
    if isinstance(it, Ended):
        return Settled(claimed, it.status, it.reason)
    reason = "whom it is for does not work then"
    return Settled(claimed, Status.QUEUED, reason, due_at=it.due_at, expires_at=it.expires_at, is_counted=False)


def _lost(reason: str, call: Call) -> Later | Ended:
    return Later(reason) if call.repeats_safely else Ended(Status.UNKNOWN, reason, Meaning.UNKNOWN)


def _one_each(claimed: Sequence[Claimed]) -> tuple[list[Claimed], list[Claimed]]:
    """The first delivery of each conversation, and the others."""
    firsts: dict[Conversation, Claimed] = {}
    surplus = []
    for one in claimed:
        if firsts.setdefault(one.conversation, one) is not one:
            surplus.append(one)
    return list(firsts.values()), surplus


def backoff(attempts: int, limits: Limits, chance: random.Random) -> timedelta:
    """How long to wait after so many earlier attempts: doubling up to the longest, and of that between half and all.

    The part left to chance keeps what failed together from coming back together
    (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
    """
    doubled: timedelta = min(limits.first_retry * 2**attempts, limits.longest_retry)
    return doubled * (0.5 + chance.random() / 2)
