"""Bringing requests to the app, by socket or by HTTP, and noting what became of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.local_slack.installation import Installation
from bot.local_slack.journal import HELD_BACK, Ack, Inbound, Kind, Via
from bot.local_slack.retries import Retries


class Way(Protocol):
    """A way to the app."""

    async def deliver(self, entry: Inbound) -> Ack:
        """Brings one request to the app and waits for the answer, or for the time it has to run out."""
        ...


@dataclass(frozen=True)
class _Request:
    """What is to be sent."""

    kind: Kind
    what: str
    payload: Mapping[str, Any]
    person: str | None
    envelope_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def is_event(self) -> bool:
        return self.kind == "events_api"


class Delivery:
    """Sends requests one way or the other and keeps the journal.

    Attributes:
        twice: Whether each event comes a second time.
        reordered: Whether every other event is held back until the next request has been answered.
    """

    def __init__(self, slack: Installation, way: Way) -> None:
        self._slack = slack
        self.way: Way = way
        self.via: Via = "socket"
        self.in_progress = 0
        self.twice = False
        self.reordered = False
        self._held: list[_Request] = []
        self._retries = Retries(slack.now)

    def take(self, way: Way, via: Via) -> None:
        """From now on requests go this way."""
        self.way, self.via = way, via

    async def send(self, kind: Kind, what: str, payload: Mapping[str, Any], *, person: str | None = None) -> Inbound:
        """Sends a request; the entry that comes back has its ack, or `HELD_BACK` for a number."""
        request = _Request(kind, what, payload, person)
        if request.is_event and self.reordered and not self._held:
            self._held.append(request)
            return Inbound(HELD_BACK, request.envelope_id, kind, what, payload, self.via, self._slack.now(), person)
        entry = await self._send(request)
        await self.release()
        return entry

    async def release(self) -> list[Inbound]:
        """Sends the events that are held back."""
        held, self._held = self._held, []
        return [await self._send(request) for request in held]

    async def _send(self, request: _Request) -> Inbound:
        entry = await self._deliver(self._noted(request), retried=True)
        if request.is_event and self.twice:
            again = _Request(request.kind, request.what, request.payload, request.person)
            await self._deliver(self._noted(again), retried=False)
        return entry

    def _noted(self, request: _Request) -> Inbound:
        return self._slack.journal.sent(
            envelope_id=request.envelope_id,
            kind=request.kind,
            what=request.what,
            payload=request.payload,
            via=self.via,
            at=self._slack.now(),
            person=request.person,
        )

    async def retry_due(self) -> list[Inbound]:
        """Sends again the events whose retry is due by the workspace's clock."""
        sent: list[Inbound] = []
        while due := self._retries.take_due():
            sent += [await self.send_again(owed.entry, owed.reason, retried=True) for owed in due]
        return sent

    async def send_again(self, entry: Inbound, reason: str, *, retried: bool = False) -> Inbound:
        """Sends the same payload once more; when `retried`, Slack goes on until it is acked."""
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
        return await self._deliver(again, retried=retried)

    async def _deliver(self, entry: Inbound, *, retried: bool) -> Inbound:
        self.in_progress += 1
        self._slack.changes.announce()
        try:
            ack = await self.way.deliver(entry)
            answered = self._slack.journal.answered(entry.number, ack)
            if retried:
                self._retries.after(answered)
            return answered
        finally:
            self.in_progress -= 1
            self._slack.changes.announce()
