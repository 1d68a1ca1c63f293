"""The gate before Bolt: size and signature before anything is parsed, then content type and shape.

Bolt's own handler parses a body before it verifies it, and answers rubbish with a 500. What does not pass here never
reaches it, and nothing of a body is ever logged. The signature is Slack's v0 over the raw bytes
(https://docs.slack.dev/authentication/verifying-requests-from-slack).

A body is read once, here, and handed on as JSON, with nothing beside it that is not signed. Reading it again in
another way would let something else through than what was looked at; and Bolt takes any form with the letters
"payload" in it for an interaction, so that a report about a truck's payload would be lost.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

import structlog
from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.http.shape import DEEPEST, Sent, is_deeper

log = structlog.get_logger()

LARGEST = 512 * 1024
OLDEST_S = 5 * 60
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Rejection(Exception):
    """A request that does not get in."""

    status: int
    reason: str


class Gate:
    """ASGI middleware that lets only genuine, well-formed requests of Slack through.

    Args:
        app: What stands behind it.
        signing_secret: The app's signing secret.
        wall_time: Seconds since 1970, always real time.
    """

    def __init__(self, app: ASGIApp, signing_secret: str, wall_time: Callable[[], float] = time.time) -> None:
        self._app = app
        self._secret = signing_secret.encode()
        self._wall_time = wall_time

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through with its body, or answer it with a 4xx."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            body = await self._check(request)
        except Rejection as rejection:
            log.info("turned_away", status=rejection.status, reason=rejection.reason)
            answer: Response = PlainTextResponse(rejection.reason, rejection.status)
            await answer(scope, receive, send)
            return
        except ClientDisconnect:
            return
        headers = [(b"content-type", JSON.encode()), (b"content-length", str(len(body)).encode())]
        await self._app({**scope, "headers": headers, "query_string": b""}, _replay(body), send)

    async def _check(self, request: Request) -> bytes:
        if request.method != "POST":
            raise Rejection(405, "only POST")
        body = await _read(request)
        self._check_signature(request, body)
        found = _parsed(_content_type(request), body)
        _check_shape(found)
        return json.dumps(found).encode()

    def _check_signature(self, request: Request, body: bytes) -> None:
        stamp = request.headers.get("x-slack-request-timestamp", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
            raise Rejection(401, "no timestamp")
        if abs(self._wall_time() - int(stamp)) > OLDEST_S:
            raise Rejection(401, "too old or too early")
        given = request.headers.get("x-slack-signature", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, signature(self._secret, stamp, body).encode()):
            raise Rejection(401, "wrong signature")


def signature(secret: bytes, stamp: str, body: bytes) -> str:
    """Slack's v0 signature of a body sent at a timestamp (seconds since 1970, as text)."""
    return "v0=" + hmac.new(secret, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()


async def _read(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    if not (declared.isascii() and declared.isdigit()):
        raise Rejection(400, "no content length")
    if len(declared) > 12 or int(declared) > LARGEST:
        raise Rejection(413, "too large")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise Rejection(413, "too large")
    return body


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _parsed(content_type: str, body: bytes) -> object:
    try:
        if content_type == JSON:
            return json.loads(body.decode())
        if content_type == FORM:
            return _form(body.decode())
    except (ValueError, RecursionError):
        raise Rejection(400, "cannot be read") from None
    raise Rejection(415, "neither a form nor JSON")


def _form(text: str) -> object:
    fields = dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=100))
    if "payload" in fields:
        return json.loads(fields["payload"])
    return fields | {"type": "ssl_check"} if "ssl_check" in fields else fields


def _check_shape(found: object) -> None:
    if is_deeper(found, DEEPEST):
        raise Rejection(400, "too deep")
    try:
        Sent.model_validate(found)
    except ValidationError:
        raise Rejection(400, "not a request of Slack's") from None


def _replay(body: bytes) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    return receive
