"""The local Slack: an HTTP server that an unmodified Bolt or slack_sdk app takes for Slack."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import formatdate
from typing import Any, Self

from aiohttp import web

from bot.local_slack import responses
from bot.local_slack.delivery import Delivery
from bot.local_slack.http_delivery import HttpDelivery
from bot.local_slack.installation import Installation
from bot.local_slack.journal import Ack, Inbound, Journal, Kind
from bot.local_slack.manifest import Manifest
from bot.local_slack.mischief import Mischief
from bot.local_slack.payloads import Payloads
from bot.local_slack.people import Person
from bot.local_slack.rate_limits import RateLimits
from bot.local_slack.residents import Residents
from bot.local_slack.socket_mode import SocketMode
from bot.local_slack.stage import Stage
from bot.local_slack.web_api import WebApi
from bot.local_slack.workspace import Workspace

HOST = "127.0.0.1"


class LocalSlack(Residents, Mischief):
    """A workspace on this machine in which one app is installed.

    Args:
        manifest: The app's manifest; its scopes, commands, shortcuts and event subscriptions count.
        now: The workspace's clock (aware UTC); message timestamps come from it. Signatures, trigger_ids,
            response URLs and deadlines go by wall time all the same.
        team_id: The workspace.
        team_domain: The first part of its address.
        enterprise_id: The Enterprise Grid organisation it belongs to, if any.
        patience: Wall seconds for which people wait for what they expect to see.
        ack_within: Wall seconds that the app has for an ack.
        wall: The wall clock in seconds.
        port: Where to listen; 0 takes a free port.
        rate_limits: The limits that calls are held to; none unless they are given.
    """

    def __init__(
        self,
        manifest: Mapping[str, Any],
        *,
        now: Callable[[], datetime],
        team_id: str = "T0MINE",
        team_domain: str = "mine",
        enterprise_id: str | None = None,
        patience: float = 5.0,
        ack_within: float = 3.0,
        wall: Callable[[], float] = time.time,
        port: int = 0,
        rate_limits: RateLimits | None = None,
    ) -> None:
        read = Manifest.read(manifest)
        workspace = Workspace(read, now, team_id=team_id, domain=team_domain, enterprise_id=enterprise_id)
        slack = Installation(read, workspace, wall, ack_within)
        slack.rate_limiter.limits = rate_limits
        self._port = port
        self._sockets = SocketMode(slack)
        self._delivery = Delivery(slack, self._sockets)
        self._api = WebApi(slack, self._sockets)
        self._runner: web.AppRunner | None = None
        super().__init__(Stage(slack, self._delivery, Payloads(slack), self._api, patience))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Starts to listen on 127.0.0.1."""
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.on_response_prepare.append(self._date)
        app.router.add_get("/link/", self._sockets.handle)
        app.router.add_route("*", "/api/{method}", self._api.handle)
        app.router.add_post("/{kind:commands|actions|app}/{team}/{number}/{secret}", self._respond)
        # A caller that gives up ends what is still under way for it, such as an answer that never comes.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self._slack.base_url = f"http://{HOST}:{port}"

    async def _date(self, request: web.Request, answer: web.StreamResponse) -> None:
        answer.headers["Date"] = formatdate(self._slack.wall() + self.date_skew.total_seconds(), usegmt=True)

    async def _respond(self, request: web.Request) -> web.Response:
        return await responses.handle(self._slack, request)

    async def stop(self) -> None:
        """Closes all connections and stops to listen."""
        await self._sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # What the app is configured with

    @property
    def base_url(self) -> str:
        """Where it listens, without a trailing slash."""
        return self._slack.base_url

    @property
    def api_url(self) -> str:
        """The base URL for `AsyncWebClient`."""
        return f"{self._slack.base_url}/api/"

    @property
    def bot_token(self) -> str:
        """The bot token (xoxb-)."""
        return self._slack.tokens.bot

    @property
    def app_token(self) -> str:
        """The app-level token (xapp-) for Socket Mode."""
        return self._slack.tokens.app

    @property
    def signing_secret(self) -> str:
        """The secret with which requests over HTTP are signed."""
        return self._slack.tokens.signing_secret

    @property
    def team_id(self) -> str:
        """The workspace."""
        return self._workspace.team_id

    @property
    def app_id(self) -> str:
        """The app."""
        return self._workspace.app_id

    @property
    def bot_user_id(self) -> str:
        """The app's user."""
        return self._workspace.bot.id

    @property
    def bot_id(self) -> str:
        """The app's bot."""
        return self._workspace.bot_id

    @property
    def patience(self) -> float:
        """Wall seconds for which people wait for what they expect to see; may be set."""
        return self._stage.patience

    @patience.setter
    def patience(self, seconds: float) -> None:
        self._stage.patience = seconds

    @property
    def ack_within(self) -> float:
        """Wall seconds that the app has for an ack; may be set."""
        return self._slack.ack_within

    @ack_within.setter
    def ack_within(self, seconds: float) -> None:
        self._slack.ack_within = seconds

    @property
    def journal(self) -> Journal:
        """What went over the wire, in order."""
        return self._slack.journal

    # Ways to the app

    def deliver_over_http(self, url: str) -> None:
        """From now on requests go to this URL, signed; commands, interactivity and events alike."""
        self._delivery.take(HttpDelivery(self._slack, url), "http")

    def deliver_over_sockets(self) -> None:
        """From now on requests go over Socket Mode, as they do at first."""
        self._delivery.take(self._sockets, "socket")

    @property
    def connections(self) -> int:
        """How many sockets of the app are open."""
        return len(self._sockets.connections)

    async def until_connected(self, *, connections: int = 1) -> None:
        """Waits until the app has opened so many sockets.

        Raises:
            TimeoutError: It did not in time.
        """
        there = await self._slack.changes.until(lambda: self.connections >= connections or None, self._stage.patience)
        if not there:
            raise TimeoutError(f"the app has {self.connections} of {connections} connections")

    async def refresh_connections(self) -> None:
        """Has the app open new connections and closes the old ones, as Slack does every few hours."""
        await self._sockets.refresh(self._stage.patience)

    async def redeliver(self, entry: Inbound, *, reason: str = "http_timeout") -> Inbound:
        """Sends the payload of an entry once more, as a retry; what it is answered changes no screen."""
        return await self._delivery.send_again(entry, reason)

    async def send_raw(self, kind: Kind, payload: Mapping[str, Any]) -> Ack:
        """Sends any payload and returns the ack."""
        what = str(payload.get("command") or payload.get("type") or kind)
        entry = await self._delivery.send(kind, what, payload)
        assert entry.ack is not None  # noqa: S101 - delivering always ends with an ack or a failure
        return entry.ack

    async def settled(self) -> None:
        """Waits until no request and no call is under way, and nothing more has come for a moment."""
        await self._stage.settled()

    def trigger(self, person: Person) -> str:
        """A fresh trigger_id, as if the person had just done something."""
        return self._slack.triggers.issue(person.id)
