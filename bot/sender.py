"""Delivery → Slack: writes a message from what is true now, makes the call, and says what came of it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.messages import MESSAGES
from bot.texts import CATALOGUES, Texts
from jobs.ports import Call, Ended, Incidents, Later, Outcome, Sent
from store import deliveries
from store.deliveries import Addressed, Claimed, Status
from store.store import Session, Store

log = structlog.get_logger()

METADATA_EVENT = "alongside_delivery"
"""The metadata's type: a message carries the id of its delivery and nothing else."""

TRY_LATER = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded", "team_added_to_org"})
ANSWER_LOST = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Slack may or may not have done it: https://docs.slack.dev/reference/methods/chat.postMessage#errors"""


class SlackSender:
    """Sends deliveries by `chat.postMessage` and `chat.update`.

    Args:
        store: Where messages are written from.
        client: A client that never tries again by itself: its default posts twice when a connection drops.
        incidents: Where it is kept that a message could not be written.
        catalogues: The folder of the sentences in other languages.
    """

    def __init__(
        self, store: Store, client: AsyncWebClient, incidents: Incidents, catalogues: Path = CATALOGUES
    ) -> None:
        self._store = store
        self._client = client
        self._incidents = incidents
        self._catalogues = catalogues

    async def write(self, claimed: Claimed) -> Call | Ended:
        """Write the message from what is true now."""
        try:
            return await self._store.read(compose, claimed.id, self._catalogues)
        except Exception as error:
            error_id = self._incidents.record(error, f"message {claimed.kind}")
            log.exception("message_not_written", error_id=error_id, delivery=claimed.id, kind=claimed.kind)
            return Ended(Status.FAILED, f"it could not be written: {type(error).__name__}")

    async def call(self, claimed: Claimed, call: Call) -> Outcome:
        """Make the call once."""
        try:
            answer = await self._client.api_call(call.method, json=call.arguments)
        except SlackApiError as error:
            return outcome_of(error)
        except (ClientError, TimeoutError, OSError) as error:
            return Ended(Status.UNKNOWN, f"the connection broke: {type(error).__name__}")
        return Sent(channel=str(answer["channel"]), ts=str(answer["ts"]))


def compose(session: Session, delivery_id: int, catalogues: Path = CATALOGUES) -> Call | Ended:
    """The call that a delivery makes now; Ended when there is nothing to say or nobody to say it to."""
    found = deliveries.addressed(session, delivery_id)
    if not found.reachable:
        return Ended(Status.SKIPPED, "the account is switched off")
    if found.delivery.edits_id is not None and found.ts is None:
        return Ended(Status.SKIPPED, "its message never went out")
    written = MESSAGES[found.delivery.kind](session, found.delivery, Texts(found.locale, catalogues))
    if written is None:
        return Ended(Status.SKIPPED, "nothing to say any more")
    message: dict[str, Any] = {
        "channel": found.target,
        "text": written.text,
        "blocks": [block.to_dict() for block in written.blocks],
        "unfurl_links": False,
        "unfurl_media": False,
    }
    return _edit(found, message) if found.ts else _post(found, message)


def _post(found: Addressed, message: dict[str, Any]) -> Call:
    metadata = {"event_type": METADATA_EVENT, "event_payload": {"delivery": found.delivery.id}}
    return Call("chat.postMessage", message | {"metadata": metadata})


def _edit(found: Addressed, message: dict[str, Any]) -> Call:
    del message["unfurl_links"], message["unfurl_media"]
    # chat.update drops the metadata that it is not given, and the check of what went out reads it.
    metadata = {"event_type": METADATA_EVENT, "event_payload": {"delivery": found.delivery.edits_id}}
    # Unlike a post, an edit makes names and links out of words unless it is told not to:
    # https://docs.slack.dev/reference/methods/chat.update#arguments
    return Call("chat.update", message | {"ts": found.ts, "metadata": metadata, "parse": "none"})


def outcome_of(error: SlackApiError) -> Outcome:
    """What Slack's refusal means for a delivery."""
    code = str(error.response.get("error", "")) if hasattr(error.response, "get") else ""
    status = getattr(error.response, "status_code", 200)
    if status == 429 or code in TRY_LATER:
        seconds = error.response.headers.get("Retry-After") if hasattr(error.response, "headers") else None
        return Later(code or "ratelimited", timedelta(seconds=int(seconds)) if seconds and seconds.isdigit() else None)
    if status >= 500 or code in ANSWER_LOST:
        return Ended(Status.UNKNOWN, code or f"HTTP {status}")
    return Ended(Status.FAILED, code or "Slack refused it")
