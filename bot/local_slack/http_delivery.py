"""Requests to the app over HTTP, signed as Slack signs them.

https://docs.slack.dev/authentication/verifying-requests-from-slack for the signature,
https://docs.slack.dev/apis/events-api/#responding and
https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response for the answers.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from bot.local_slack.installation import Installation
from bot.local_slack.journal import Ack, Inbound

FORM = "application/x-www-form-urlencoded"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of X-Slack-Signature for a raw body and its timestamp in seconds."""
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return f"v0={digest.hexdigest()}"


def encoded(entry: Inbound) -> tuple[str, bytes]:
    """Content type and raw body of a request: a form for people's acts, JSON for events."""
    if entry.kind == "events_api":
        return "application/json", json.dumps(entry.payload).encode()
    if entry.kind == "slash_commands":
        return FORM, urlencode({name: str(value) for name, value in entry.payload.items()}).encode()
    return FORM, urlencode({"payload": json.dumps(entry.payload)}).encode()


class HttpDelivery:
    """Sends requests to one URL.

    Args:
        slack: The installation, for the signing secret and the wall clock.
        url: Where the app takes commands, interactivity and events.
    """

    def __init__(self, slack: Installation, url: str) -> None:
        self._slack = slack
        self._url = url

    async def deliver(self, entry: Inbound) -> Ack:
        """Posts a request and reads the answer."""
        content_type, body = encoded(entry)
        headers = {"Content-Type": content_type, **self._signed(body), **_retry_headers(entry)}
        started = time.monotonic()
        try:
            async with (
                ClientSession(timeout=ClientTimeout(total=self._slack.ack_within)) as session,
                session.post(self._url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                return await _read(entry, answer, started)
        except TimeoutError:
            return Ack(None, None, time.monotonic() - started, "operation_timeout")
        except ClientError:
            return Ack(None, None, time.monotonic() - started, "dispatch_failed")

    def _signed(self, body: bytes) -> Mapping[str, str]:
        timestamp = str(int(self._slack.wall()))
        return {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._slack.tokens.signing_secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }


def _retry_headers(entry: Inbound) -> Mapping[str, str]:
    if not entry.attempt:
        return {}
    return {"x-slack-retry-num": str(entry.attempt), "x-slack-retry-reason": entry.retry_reason or "http_timeout"}


async def _read(entry: Inbound, answer: ClientResponse, started: float) -> Ack:
    text = await answer.text()
    elapsed = time.monotonic() - started
    good = 200 <= answer.status < 300 if entry.kind == "events_api" else answer.status == 200
    payload: Any = _parsed(answer.content_type, text)
    no_retry = answer.headers.get("x-slack-no-retry") == "1"
    return Ack(answer.status, payload, elapsed, None if good else "dispatch_failed", no_retry)


def _parsed(content_type: str, text: str) -> Any:
    if not text.strip():
        return None
    if content_type == "application/json":
        try:
            return json.loads(text)
        except ValueError:
            return {"text": text}
    return {"text": text}
