"""pins.*: https://docs.slack.dev/reference/methods?family=pins."""

from __future__ import annotations

from bot.local_slack.methods.model import Method, Tier, arguments, errors

PINS = (
    Method(
        "pins.add",
        Tier.TWO,
        arguments("channel:string:channel_not_found", "timestamp"),
        scopes=("pins:write",),
        json=True,
        given=errors(
            "already_pinned bad_timestamp channel_not_found message_not_found no_item_specified not_in_channel "
            "not_pinnable too_many_pins"
        ),
        told=errors("external_channel_migrating file_not_found file_not_shared restricted_action"),
    ),
)
