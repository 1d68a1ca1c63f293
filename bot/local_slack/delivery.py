"""Bringing requests to the app, by socket or by HTTP, and noting what became of them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from bot.local_slack.installation import Installation
from bot.local_slack.journal import Ack, Inbound, Kind, Via


class Way(Protocol):
    """A way to the app."""

    async def deliver(self, entry: Inbound) -> Ack:
        """Brings one request to the app and waits for the answer, or for the time it has to run out."""
        ...


# Wall seconds within which events count as happening at the same time.
SAME_TIME = 0.03


class Mixer:
    """Keeps events back for a moment and lets go of what has come together, the last one first."""

    def __init__(self) -> None:
        self._kept: list[tuple[Callable[[], Awaitable[Inbound]], asyncio.Future[Inbound]]] = []

    async def take(self, deliver: Callable[[], Awaitable[Inbound]]) -> Inbound:
        """Delivers an event in its turn and returns its entry."""
        turn: asyncio.Future[Inbound] = asyncio.get_running_loop().create_future()
        self._kept.append((deliver, turn))
        if len(self._kept) == 1:
            await asyncio.sleep(SAME_TIME)
            together, self._kept = self._kept, []
            for each, its_turn in reversed(together):
                its_turn.set_result(await each())
        return await turn


class Delivery:
    """Sends requests one way or the other and keeps the journal."""

    def __init__(self, slack: Installation, way: Way) -> None:
        self._slack = slack
        self.way: Way = way
        self.via: Via = "socket"
        self.in_progress = 0
        self._twice = False
        self._mixer: Mixer | None = None

    def unsettle_events(self, *, twice: bool, reordered: bool) -> None:
        """From now on each event comes twice, or those that happen at about the same time in reverse order."""
        self._twice = twice
        self._mixer = Mixer() if reordered else None

    def take(self, way: Way, via: Via) -> None:
        """From now on requests go this way."""
        self.way, self.via = way, via

    async def send(self, kind: Kind, what: str, payload: Mapping[str, Any], *, person: str | None = None) -> Inbound:
        """Sends a request; the entry that comes back has its ack."""
        if kind != "events_api":
            return await self._once(kind, what, payload, person)
        if self._mixer is not None:
            return await self._mixer.take(lambda: self._event(what, payload, person))
        return await self._event(what, payload, person)

    async def _event(self, what: str, payload: Mapping[str, Any], person: str | None) -> Inbound:
        answered = await self._once("events_api", what, payload, person)
        if self._twice:
            await self.send_again(answered, "http_timeout")
        return answered

    async def _once(self, kind: Kind, what: str, payload: Mapping[str, Any], person: str | None) -> Inbound:
        entry = self._slack.journal.sent(
            envelope_id=str(uuid.uuid4()),
            kind=kind,
            what=what,
            payload=payload,
            via=self.via,
            at=self._slack.now(),
            person=person,
        )
        return await self._deliver(entry)

    async def send_again(self, entry: Inbound, reason: str) -> Inbound:
        """Sends the same payload once more, as Slack does with events that were not acked."""
        again = self._slack.journal.sent(
            envelope_id=entry.envelope_id,
            kind=entry.kind,
            what=entry.what,
            payload=entry.payload,
            via=self.via,
            at=self._slack.now(),
            person=entry.person,
            attempt=entry.attempt + 1,
            retry_reason=reason,
        )
        return await self._deliver(again)

    async def _deliver(self, entry: Inbound) -> Inbound:
        self.in_progress += 1
        self._slack.changes.announce()
        try:
            ack = await self.way.deliver(entry)
            return self._slack.journal.answered(entry.number, ack)
        finally:
            self.in_progress -= 1
            self._slack.changes.announce()
