"""pins.add: https://docs.slack.dev/reference/methods/pins.add."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.local_slack.errors import Refused
from bot.local_slack.installation import Installation
from bot.local_slack.records import Json

MOST_PINS = 100
"""https://slack.com/help/articles/205239997-Pin-messages-and-bookmark-links: a channel has at most so many pins."""


def add(slack: Installation, given: Mapping[str, Any]) -> Json:
    """Pins a message to its channel. What only one person sees cannot be pinned."""
    channel = slack.workspace.channels.get(given["channel"])
    is_member = channel is not None and slack.workspace.bot.id in channel.members
    if channel is None or (channel.kind == "group" and not is_member):
        raise Refused("channel_not_found")
    if not is_member:
        raise Refused("not_in_channel")
    ts = given.get("timestamp")
    if not ts:
        raise Refused("no_item_specified")
    if not re.fullmatch(r"\d+\.\d+", ts):
        raise Refused("bad_timestamp")
    if channel.post(ts) is None:
        raise Refused("not_pinnable" if channel.post(ts, ephemeral=True) else "message_not_found")
    if ts in channel.pins:
        raise Refused("already_pinned")
    if len(channel.pins) >= MOST_PINS:
        raise Refused("too_many_pins")
    channel.pins.append(ts)
    return {"ok": True}
