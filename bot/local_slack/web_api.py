"""The Web API: who calls, may they, is everything there, and then the method itself.

Every answer has HTTP status 200, also a refusal (but 429 for too many calls), and says in `x-oauth-scopes` what the
token may do (https://docs.slack.dev/apis/web-api/#responses).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.local_slack.arguments import Arguments, Received, receive, typed
from bot.local_slack.calls import DOINGS
from bot.local_slack.errors import Refused
from bot.local_slack.faults import Fault, Faults
from bot.local_slack.installation import Installation
from bot.local_slack.methods import METHODS, Method
from bot.local_slack.rate_limits import RateLimited
from bot.local_slack.socket_mode import SocketMode

OUT_OF_ORDER = "<html><body>Slack is having trouble.</body></html>"


@dataclass
class _Done:
    """What came of a call; `number` is its place in the journal."""

    status: int
    retry_after: int | None
    answer: Mapping[str, Any] = field(default_factory=dict)
    executed: bool = False
    number: int = -1


class WebApi:
    """Answers `POST /api/{method}`."""

    def __init__(self, slack: Installation, sockets: SocketMode) -> None:
        self._slack = slack
        self._sockets = sockets
        self.faults = Faults()
        self.in_progress = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answers a call and notes it in the journal."""
        self.in_progress += 1
        try:
            fault = self.faults.next(request.match_info["method"])
            done = await self._carry_out(request, fault)
            await self._pause(done, fault)
        finally:
            self.in_progress -= 1
            self._slack.changes.announce()
        return await self._answer(request, done, fault)

    async def _pause(self, done: _Done, fault: Fault) -> None:
        try:
            await asyncio.sleep(fault.delay)
        except asyncio.CancelledError:
            self._slack.journal.unanswered(done.number)
            raise

    async def _carry_out(self, request: web.Request, fault: Fault) -> _Done:
        name = request.match_info["method"]
        arguments: Arguments = {}
        done = _Done(status=fault.status, retry_after=fault.retry_after)
        try:
            received = await receive(request)
            arguments = received.without_token
            if fault.executed or fault.error:
                done.answer, arguments = self._do(name, received, fault)
                done.executed = True
        except RateLimited as limited:
            done.answer, done.status, done.retry_after = limited.answer(), 429, limited.retry_after
        except Refused as refused:
            done.answer = refused.answer()
        status = done.status if fault.answer == "given" else None
        call = self._slack.journal.called(
            name, arguments, done.answer, self._slack.now(), executed=done.executed, status=status
        )
        done.number = call.number
        return done

    def _do(self, name: str, received: Received, fault: Fault) -> tuple[Mapping[str, Any], Arguments]:
        method = METHODS.get(name)
        if method is None:
            raise Refused("unknown_method", req_method=name)
        self._check_token(method, received.token)
        self._check_scopes(method)
        if fault.error:
            raise Refused(fault.error)
        arguments = typed(method, received)
        self._slack.rate_limiter.spend(method, self._conversation(arguments))
        if name == "apps.connections.open":
            return {"ok": True, "url": self._sockets.ticket()}, arguments
        return DOINGS[name](self._slack, arguments), arguments

    def _conversation(self, arguments: Arguments) -> str:
        """Where a message goes, by its id: also for a channel's name, or a person's id."""
        name = str(arguments.get("channel", ""))
        workspace = self._slack.workspace
        there = workspace.channels.get(name) or workspace.direct_channel(name) or workspace.channel_named(name)
        return there.id if there else name

    async def _answer(self, request: web.Request, done: _Done, fault: Fault) -> web.StreamResponse:
        if fault.answer == "never":
            await asyncio.Event().wait()  # until the caller or the server gives up and cancels this
        if fault.answer == "lost":
            _break(request)
        headers = {"x-oauth-scopes": ",".join(self._slack.manifest.scopes)}
        if done.retry_after is not None:
            headers["Retry-After"] = str(done.retry_after)
        if done.status >= 500 and not fault.error:
            return web.Response(text=OUT_OF_ORDER, content_type="text/html", status=done.status)
        return web.json_response(done.answer, status=done.status, headers=headers)

    def _check_token(self, method: Method, token: str | None) -> None:
        tokens = self._slack.tokens
        if not token:
            raise Refused("not_authed")
        if token not in (tokens.bot, tokens.app):
            raise Refused("invalid_auth")
        if self._slack.token_error:
            raise Refused(self._slack.token_error)
        if (token == tokens.app) is not (method.token == "app"):
            raise Refused("not_allowed_token_type")

    def _check_scopes(self, method: Method) -> None:
        if method.scopes and not set(method.scopes) & set(self._slack.manifest.scopes):
            raise self._slack.missing_scope(method.scopes)


def _break(request: web.Request) -> None:
    """Breaks the connection, so that the caller cannot know what became of the call."""
    transport = request.transport
    if isinstance(transport, asyncio.Transport):
        transport.abort()
