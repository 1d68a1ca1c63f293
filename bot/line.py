"""The line to Slack in Socket Mode: one open connection, replaced when it is silent and does not heal by itself.

slack_sdk pings every few seconds and opens a new connection when the answers stop. What it does not survive by itself
is a network that stays silent meanwhile: it waits up to five minutes for a handshake, and asks for ever at an address
that Slack gave out once and that is used up. So a connection that was not there for a while is put down as a whole,
and a new one is asked for.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
from contextlib import suppress

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.installations import not_taken
from bot.logs import quiet_logger
from bot.slack_errors import understood

log = structlog.get_logger()

PING_S = 10.0
"""How often Slack is pinged."""
SILENT_PINGS = 5
"""After so many without a connection it is replaced; slack_sdk gives itself four."""
HANDSHAKE_S = 10.0
"""How long an attempt to connect may take."""
CLOSING_S = 1.0
"""How long a goodbye may take: on a line that is cut nobody answers it."""


class Line:
    """The socket of this process.

    Args:
        bolt: Who hears what comes.
        token: The app-level token.
        ping: Seconds between pings.
    """

    def __init__(self, bolt: AsyncApp, token: str, *, ping: float = PING_S) -> None:
        self._bolt = bolt
        self._token = token
        self._ping = ping
        self._handler: _Handler | None = None
        self._watch: asyncio.Task[None] | None = None
        self._answering = 0
        self._heard_at = self._tried_at = 0.0
        self.connected = False
        """Whether the connection was open and answered when it was last looked at."""

    @property
    def silent_for(self) -> float:
        """Seconds since the connection was last seen to be open."""
        return self._now() - self._heard_at

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def connect(self) -> None:
        """Open the connection, and watch over it from now on.

        Raises:
            Refused: Slack does not take the token, or does not answer.
        """
        # Asked here first: the SDK would try a token that Slack does not take for ever, and never say so.
        try:
            address = await self._address()
        except Exception as error:
            raise not_taken("SLACK_APP_TOKEN", error, self._bolt.client) from None
        await self._open(address)
        self._watch = asyncio.create_task(self._watch_over(), name="line")

    async def close(self) -> None:
        """Let the acks that are being written leave, then close the connection."""
        if self._watch is not None:
            self._watch.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_S):
                while self._answering:  # noqa: ASYNC110 - an ack is a matter of milliseconds
                    await asyncio.sleep(0.01)
        await self._put_down()
        self.connected = False

    async def _address(self) -> str:
        return str((await self._bolt.client.apps_connections_open(app_token=self._token))["url"])

    async def _open(self, address: str) -> None:
        self._handler = _Handler(self._bolt, self._token, self, self._ping)
        self._handler.client.wss_uri = address
        connecting = self._handler.client.connect()  # type: ignore[no-untyped-call] # slack_sdk leaves it out
        await asyncio.wait_for(connecting, HANDSHAKE_S)
        self._heard_at = self._now()
        self.connected = True

    async def _watch_over(self) -> None:
        while True:
            await asyncio.sleep(self._ping)
            self.connected = self._handler is not None and await self._handler.client.is_connected()
            if self.connected:
                self._heard_at = self._now()
            elif min(self.silent_for, self._now() - self._tried_at) > SILENT_PINGS * self._ping:
                await self._replace()
                self._tried_at = self._now()

    async def _replace(self) -> None:
        log.warning("socket_silent", seconds=round(self.silent_for))
        await self._put_down()
        try:
            await self._open(await self._address())
        except TimeoutError:
            log.warning("socket_not_replaced", error="timeout")
        except Exception as error:
            log.warning("socket_not_replaced", error=understood(error).code)
        else:
            log.info("socket_replaced")

    async def _put_down(self) -> None:
        handler, self._handler = self._handler, None
        if handler is None:
            return
        client = handler.client
        client.closed, client.auto_reconnect_enabled = True, False
        for task in (client.current_session_monitor, client.message_receiver, client.message_processor):
            if task is not None:
                task.cancel()
        if client.current_session is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(client.current_session.close(), CLOSING_S)
        await client.aiohttp_client_session.close()

    def begins_to_answer(self) -> None:
        """A request has come in."""
        self._answering += 1

    def has_answered(self) -> None:
        """Its ack has left."""
        self._answering -= 1


class _Handler(AsyncSocketModeHandler):
    client: SocketModeClient

    def __init__(self, bolt: AsyncApp, token: str, line: Line, ping: float) -> None:
        super().__init__(bolt, token, logger=quiet_logger(), ping_interval=ping)
        self._line = line

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override] # the base class is wider
        self._line.begins_to_answer()
        try:
            await super().handle(client, req)
        finally:
            self._line.has_answered()
