"""What a message may consist of: text, blocks, attachments and metadata.

https://docs.slack.dev/reference/methods/chat.postMessage and https://docs.slack.dev/messaging/message-metadata.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.local_slack.blocks import LONGEST_MARKDOWN, problems_of_blocks
from bot.local_slack.errors import Refused

MOST_ATTACHMENTS = 100
# Slack refuses metadata that is too large (metadata_too_large on https://docs.slack.dev/reference/methods/chat.postMessage)
# and publishes no number; this one is ours, and small enough that nobody comes near Slack's by accident.
LARGEST_METADATA = 8000
_SIMPLE = (str, int, float, bool)


def check_content(given: Mapping[str, Any]) -> None:
    """Checks the text, blocks and attachments of a message that is about to be posted or changed.

    Raises:
        Refused: Slack would not take it.
    """
    if "markdown_text" in given and (given.get("text") or given.get("blocks")):
        raise Refused("markdown_text_conflict")
    if len(given.get("markdown_text", "")) > LONGEST_MARKDOWN:
        raise Refused("msg_too_long")
    check_blocks(given.get("blocks"))
    if len(given.get("attachments") or ()) > MOST_ATTACHMENTS:
        raise Refused("too_many_attachments")


def is_empty(given: Mapping[str, Any]) -> bool:
    """Whether there is nothing to show."""
    return not any(given.get(name) for name in ("text", "blocks", "attachments", "markdown_text"))


def check_blocks(blocks: Any) -> None:
    """Checks the blocks of a message.

    Raises:
        Refused: `invalid_blocks`, with every problem and its place.
    """
    problems = [str(each) for each in problems_of_blocks(blocks, "message")] if blocks else []
    if problems:
        raise Refused("invalid_blocks", problems, errors=problems)


def check_metadata(metadata: Any) -> None:
    """Checks message metadata: an event type, and a payload of plain values or flat objects.

    Raises:
        Refused: `invalid_metadata_format` or `metadata_too_large`.
    """
    if not metadata:
        return
    payload = metadata.get("event_payload")
    if not isinstance(metadata.get("event_type"), str) or not isinstance(payload, Mapping):
        raise Refused("invalid_metadata_format")
    if not all(_fits(value) for value in payload.values()):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(metadata).encode()) > LARGEST_METADATA:
        raise Refused("metadata_too_large")


def _fits(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, _SIMPLE) or _is_flat(each) for each in value)
    return isinstance(value, _SIMPLE) or _is_flat(value)


def _is_flat(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(each, _SIMPLE) for each in value.values())
