"""Socket Mode: requests to the app over WebSockets that the app has opened.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from bot.local_slack.installation import Installation
from bot.local_slack.journal import Ack, Inbound
from bot.local_slack.records import Json

MOST_CONNECTIONS = 10
# approximate_connection_time of the documented hello.
CONNECTION_SECONDS = 3600
PING_SECONDS = 20.0


@dataclass
class _Awaited:
    number: int
    since: float
    answer: asyncio.Future[Ack]


@dataclass(eq=False)
class Connection:
    """One open socket; `leaving` once the app was told to open another."""

    socket: web.WebSocketResponse
    leaving: bool = False
    sent: int = field(default=0)


class SocketMode:
    """The app's open connections and the requests that wait for their ack.

    Args:
        slack: The installation.
    """

    def __init__(self, slack: Installation) -> None:
        self._slack = slack
        self._tickets: set[str] = set()
        self._awaited: dict[str, _Awaited] = {}
        self.connections: list[Connection] = []
        self._disabling: asyncio.Future[None] | None = None

    def ticket(self) -> str:
        """The address for one more connection; it can be used once."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        base = self._slack.base_url.replace("http", "ws", 1)
        return f"{base}/link/?ticket={ticket}&app_id={self._slack.workspace.app_id}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serves one connection until it closes."""
        if request.query.get("ticket", "") not in self._tickets:
            return web.Response(status=403)
        self._tickets.discard(request.query["ticket"])
        socket = web.WebSocketResponse(heartbeat=PING_SECONDS)
        await socket.prepare(request)
        connection = Connection(socket)
        self.connections.append(connection)
        try:
            await self._greet(connection)
            await self._listen(socket)
        finally:
            self.connections.remove(connection)
            self._slack.changes.announce()
        return socket

    async def _greet(self, connection: Connection) -> None:
        if len(self.connections) > MOST_CONNECTIONS:
            await connection.socket.send_json(self._disconnect("too_many_websockets"))
            await connection.socket.close()
            return
        await connection.socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.connections),
                "debug_info": {**_host(), "build_number": 1, "approximate_connection_time": CONNECTION_SECONDS},
                "connection_info": {"app_id": self._slack.workspace.app_id},
            }
        )
        self._slack.changes.announce()

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                with suppress(ValueError):
                    self._take(json.loads(message.data))

    def _take(self, message: Any) -> None:
        """An ack counts on whichever connection it comes; after the deadline it is only noted."""
        awaited = self._awaited.get(message.get("envelope_id", "")) if isinstance(message, dict) else None
        if awaited is None:
            return
        ack = Ack(200, message.get("payload"), time.monotonic() - awaited.since)
        if awaited.answer.done():
            self._slack.journal.answered(awaited.number, ack)
            self._slack.changes.announce()
        else:
            awaited.answer.set_result(ack)

    def ready(self) -> Connection | None:
        """The connection for the next request: any that stays, the one that had the fewest."""
        usable = [each for each in self.connections if not each.socket.closed]
        staying = [each for each in usable if not each.leaving] or usable
        return min(staying, key=lambda each: each.sent, default=None)

    async def deliver(self, entry: Inbound) -> Ack:
        """Sends a request over one of the connections and waits for its ack."""
        connection = self.ready()
        if connection is None:
            return Ack(None, None, 0.0, "no_connection")
        started = time.monotonic()
        awaited = _Awaited(entry.number, started, asyncio.get_running_loop().create_future())
        self._awaited[entry.envelope_id] = awaited
        connection.sent += 1
        try:
            await connection.socket.send_json(_envelope(entry))
            ack = await asyncio.wait_for(asyncio.shield(awaited.answer), self._slack.ack_within)
            del self._awaited[entry.envelope_id]
            return ack
        except TimeoutError:
            awaited.answer.cancel()
            return Ack(None, None, time.monotonic() - started, "operation_timeout")
        except ConnectionError:
            return Ack(None, None, time.monotonic() - started, "dispatch_failed")

    async def refresh(self, patience: float) -> None:
        """Has the app open new connections, as Slack does every few hours, and closes the old ones."""
        old = list(self.connections)
        for connection in old:
            connection.leaving = True
            await self._tell(connection, "warning")
        await self._slack.changes.until(lambda: self._newer_than(old), patience)
        for connection in old:
            await self._tell(connection, "refresh_requested")
            await connection.socket.close()

    def disable(self) -> None:
        """Begins to tell every connection that there is no link any more, and to close it."""
        self._disabling = asyncio.ensure_future(self._disable())

    async def _disable(self) -> None:
        for connection in list(self.connections):
            await self._tell(connection, "link_disabled")
            await connection.socket.close()

    def _newer_than(self, old: list[Connection]) -> Connection | None:
        return next((each for each in self.connections if each not in old), None)

    async def _tell(self, connection: Connection, reason: str) -> None:
        if not connection.socket.closed:
            with suppress(ConnectionError):
                await connection.socket.send_json(self._disconnect(reason))

    def _disconnect(self, reason: str) -> Json:
        return {"type": "disconnect", "reason": reason, "debug_info": _host()}

    async def close(self, reason: str = "link_disabled") -> None:
        """Closes all connections."""
        if self._disabling is not None:
            await self._disabling
        for connection in list(self.connections):
            await connection.socket.close(message=reason.encode())
        for awaited in self._awaited.values():
            if not awaited.answer.done():
                awaited.answer.set_result(Ack(None, None, time.monotonic() - awaited.since, "dispatch_failed"))


def _host() -> Mapping[str, str]:
    return {"host": "applink-local"}


def _envelope(entry: Inbound) -> Json:
    envelope: Json = {
        "envelope_id": entry.envelope_id,
        "type": entry.kind,
        "payload": entry.payload,
        "accepts_response_payload": entry.kind != "events_api",
    }
    if entry.kind == "events_api":
        envelope |= {"retry_attempt": entry.attempt, "retry_reason": entry.retry_reason or ""}
    return envelope
