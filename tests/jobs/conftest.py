"""A site with an embedding on its first day, on both databases, and a sender that only notes what it is given."""

import asyncio
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session

from jobs.clock import SimulatedClock
from jobs.outbox import Equipment, Outbox
from jobs.ports import Call, Draft, Later, LookUp, Outcome, Rule, Sent, WhenLost
from store import deliveries
from store.deliveries import Delivery, Kind, Status
from store.people import Caller
from store.policy import Limits, Rate
from store.sending import Claimed, Lost
from store.store import Store
from tests.store.site import FIRST_SHIFT, Site, build, outbox, planned_embedding

NOW = FIRST_SHIFT
AT_WILL = Rate(per_second=1_000, burst=1_000)
LIMITS = Limits(to_conversation=AT_WILL, posts=AT_WILL, edits=AT_WILL, look_ups=AT_WILL)
"""As fast as can be, for stories that are not about the pace."""


@dataclass
class Sender:
    """Notes what it is asked to send; what comes of each is decided by the test."""

    outcome: Callable[[Claimed], Outcome] = lambda claimed: Sent("D1", f"{claimed.id}.0")
    written: Callable[[Claimed], Draft] = lambda claimed: Call("chat.postMessage", {"delivery": claimed.id})
    begun: list[int] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    at: list[datetime] = field(default_factory=list)
    """When each call was made, on the clock of the test."""
    slow: dict[int, float] = field(default_factory=dict)
    """Seconds that a call takes, by the delivery's id."""
    serves: set[int] = field(default_factory=set)
    rules: dict[Kind, Rule] = field(default_factory=dict)
    there: set[int] = field(default_factory=set)
    """What the history of conversations holds."""
    blind: Later | None = None
    """What Slack says instead of letting it look."""
    looked: list[list[int]] = field(default_factory=list)
    clock: SimulatedClock | None = None
    asked: int = 0
    """How often somebody looked for what is due."""

    async def workspaces(self) -> Collection[int]:
        """Those that the test names."""
        self.asked += 1
        return self.serves

    def rule(self, kind: Kind) -> Rule:
        """What must arrive, unless the test says otherwise."""
        return self.rules.get(kind, Rule(LookUp.HISTORY, WhenLost.SEND_AGAIN))

    async def write(self, claimed: Sequence[Claimed], at: datetime) -> Sequence[Draft]:
        """The messages, or what the test says instead."""
        return [self.written(one) for one in claimed]

    async def call(self, claimed: Claimed, call: Call) -> Outcome:
        """Notes the call."""
        self.begun.append(claimed.id)
        if self.clock is not None:
            self.at.append(self.clock.now())
        await asyncio.sleep(self.slow.get(claimed.id, 0))
        self.sent.append(claimed.id)
        return self.outcome(claimed)

    async def look_up(self, lost: Sequence[Lost]) -> Mapping[int, Sent] | Later:
        """Looks into what the test says is there."""
        self.looked.append([one.id for one in lost])
        if self.blind is not None:
            return self.blind
        return {one.id: Sent("D1", f"{one.id}.0") for one in lost if one.id in self.there}


@dataclass
class Incidents:
    """Notes what broke."""

    noted: list[tuple[str, str]] = field(default_factory=list)

    def record(self, error: Exception, during: str, by: Caller | None = None) -> str:
        """Notes it under the number that it has."""
        self.noted.append((during, type(error).__name__))
        return f"id-{len(self.noted)}"


@dataclass
class Post:
    """An outbox on the simulated clock, and what goes into it."""

    store: Store
    site: Site
    sender: Sender
    clock: SimulatedClock
    outbox: Outbox

    async def send(self, at: datetime = NOW) -> None:
        """Send what is due at an instant, and wait until that is done."""
        self.clock.advance_to(max(at, self.clock.now()))
        self.outbox.wake()
        await self.outbox.idle()

    async def queued(self, to: str, **more: Any) -> int:
        """A message to somebody, or to a channel whose name begins with C_. Returns its id."""
        return await self.store.write(queued, self.site, to, **more)

    async def row(self, delivery_id: int) -> Delivery:
        """A delivery as it stands."""
        return await self.store.read(deliveries.by_id, delivery_id)


def queued(
    session: Session,
    site: Site,
    to: str,
    *,
    due_at: datetime = NOW,
    expires_at: datetime | None = None,
    key: str | None = None,
    kind: Kind = Kind.PROMPT,
) -> int:
    """Queue a message. Returns its id."""
    is_channel = to.startswith("C_")
    made = deliveries.queue(
        session,
        site.workspace_id,
        kind,
        key or f"{to}:{due_at}:{expires_at}:{len(outbox(session))}",
        "prompt",
        1,
        at=due_at,
        person_id=None if is_channel else site.people[to],
        channel=to if is_channel else None,
        due_at=due_at,
        expires_at=expires_at,
    )
    assert made is not None
    return made


def opened(
    store: Store,
    site: Site,
    sender: Sender,
    limits: Limits = LIMITS,
    *,
    clock: SimulatedClock | None = None,
    incidents: Incidents | None = None,
    looks_apart: float = 0,
) -> Post:
    """An outbox of one process."""
    clock = clock or SimulatedClock(NOW)
    sender.serves.add(site.workspace_id)
    sender.clock = clock

    async def now() -> datetime:
        return clock.now()

    equipment = Equipment(
        store=store,
        sender=sender,
        incidents=incidents or Incidents(),
        clock=clock,
        limits=limits,
        name=f"process {id(clock)}",
        now=now,
        chance=random.Random(1),
        looks_apart=looks_apart,
    )
    return Post(store, site, sender, clock, Outbox(equipment))


def empty(session: Session) -> None:
    """Nothing is queued any more of what the site itself had to say."""
    session.execute(update(Delivery).values(status=Status.SKIPPED, ended_at=NOW - timedelta(days=1)))


@pytest.fixture
def sender() -> Sender:
    return Sender()


@pytest.fixture
async def site(store: Store) -> Site:
    """The mine site; Priya's embedding is planned."""
    site = await store.write(build)
    await store.write(planned_embedding, site)
    return site


@pytest.fixture
async def post(store: Store, site: Site, sender: Sender) -> Post:
    """An outbox with nothing in it."""
    await store.write(empty)
    return opened(store, site, sender)
