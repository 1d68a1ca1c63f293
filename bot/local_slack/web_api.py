"""The Web API: who calls, may they, is everything there, and then the method itself.

Every answer has HTTP status 200, also a refusal, and says in `x-oauth-scopes` what the token may do
(https://docs.slack.dev/apis/web-api/#responses).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.local_slack.arguments import Arguments, Received, receive, typed
from bot.local_slack.calls import DOINGS
from bot.local_slack.errors import Refused
from bot.local_slack.installation import Installation
from bot.local_slack.methods import COMMON_ERRORS, METHODS, Method
from bot.local_slack.socket_mode import SocketMode


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with the next call of a method.

    Attributes:
        error: Slack refuses with this error, None if it does what was asked.
        status: The HTTP status of the answer.
        retry_after: Seconds in the Retry-After header of a 429.
        answer_lost: The connection breaks before the answer, whatever was done.
    """

    error: str | None = None
    status: int = 200
    retry_after: int | None = None
    answer_lost: bool = False


class WebApi:
    """Answers `POST /api/{method}`."""

    def __init__(self, slack: Installation, sockets: SocketMode) -> None:
        self._slack = slack
        self._sockets = sockets
        self._troubles: dict[str, list[Trouble]] = defaultdict(list)
        self.in_progress = 0

    def expect_trouble(self, method: str, trouble: Trouble) -> None:
        """Lets the next call of a method go wrong; several are taken in their order.

        Raises:
            ValueError: The page of the method has no such error.
        """
        if trouble.error is not None and trouble.error not in METHODS[method].errors | COMMON_ERRORS:
            raise ValueError(f"{METHODS[method].doc} knows no error {trouble.error}")
        self._troubles[method].append(trouble)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answers a call and notes it in the journal."""
        self.in_progress += 1
        try:
            return await self._handle(request)
        finally:
            self.in_progress -= 1
            self._slack.changes.announce()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        waiting = self._troubles[name]
        trouble = waiting.pop(0) if waiting else Trouble()
        arguments: Arguments = {}
        try:
            received = await receive(request)
            arguments = received.without_token
            answer, arguments = self._answer(name, received, trouble)
        except Refused as refused:
            answer = refused.answer()
        self._slack.journal.called(name, arguments, answer, self._slack.now())
        if trouble.answer_lost:
            _break(request)
        return web.json_response(answer, status=trouble.status, headers=self._headers(trouble))

    def _answer(self, name: str, received: Received, trouble: Trouble) -> tuple[Mapping[str, Any], Arguments]:
        method = METHODS.get(name)
        if method is None:
            raise Refused("unknown_method", req_method=name)
        self._check_token(method, received.token)
        self._check_scopes(method)
        if trouble.error:
            raise Refused(trouble.error)
        arguments = typed(method, received)
        if name == "apps.connections.open":
            return {"ok": True, "url": self._sockets.ticket()}, arguments
        return DOINGS[name](self._slack, arguments), arguments

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

    def _headers(self, trouble: Trouble) -> dict[str, str]:
        headers = {"x-oauth-scopes": ",".join(self._slack.manifest.scopes)}
        if trouble.retry_after is not None:
            headers["Retry-After"] = str(trouble.retry_after)
        return headers


def _break(request: web.Request) -> None:
    """Breaks the connection, so that the caller cannot know what became of the call."""
    transport = request.transport
    if isinstance(transport, asyncio.Transport):
        transport.abort()
