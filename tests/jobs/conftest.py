"""A site with an embedding on its first day, on both databases, and a sender that only notes what it is given."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from jobs.ports import Call, Ended, Outcome, Sent
from store.deliveries import Claimed
from store.store import Store
from tests.store.site import Site, build, planned_embedding


@dataclass
class Sender:
    """Notes what it is asked to send; what comes of each is decided by the test."""

    outcome: Callable[[Claimed], Outcome] = lambda claimed: Sent("D1", f"{claimed.id}.0")
    written: Callable[[Claimed], Call | Ended] = lambda claimed: Call("chat.postMessage", {"delivery": claimed.id})
    begun: list[int] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    slow: dict[int, float] = field(default_factory=dict)
    """Seconds that a call takes, by the delivery's id."""

    async def write(self, claimed: Claimed) -> Call | Ended:
        """The message, or what the test says instead."""
        return self.written(claimed)

    async def call(self, claimed: Claimed, call: Call) -> Outcome:
        """Notes the call."""
        self.begun.append(claimed.id)
        await asyncio.sleep(self.slow.get(claimed.id, 0))
        self.sent.append(claimed.id)
        return self.outcome(claimed)


@pytest.fixture
def sender() -> Sender:
    return Sender()


@pytest.fixture
async def site(store: Store) -> Site:
    """The mine site; Priya's embedding is planned."""
    site = await store.write(build)
    await store.write(planned_embedding, site)
    return site
