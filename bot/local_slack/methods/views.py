"""views.*: https://docs.slack.dev/reference/methods?family=views."""

from __future__ import annotations

from bot.local_slack.methods.model import Method, Tier, arguments, errors

_VIEW = "duplicate_external_id view_too_large"
_TRIGGER = "exchanged_trigger_id expired_trigger_id invalid_trigger_id"

VIEWS = (
    Method(
        "views.open",
        Tier.FOUR,
        arguments("view:view", "trigger_id interactivity_pointer"),
        json=True,
        given=errors(f"{_VIEW} {_TRIGGER}"),
    ),
    Method(
        "views.push",
        Tier.FOUR,
        arguments("view:view", "trigger_id interactivity_pointer"),
        json=True,
        given=errors(f"{_VIEW} {_TRIGGER} not_found push_limit_reached"),
    ),
    Method(
        "views.update",
        Tier.FOUR,
        arguments("view:view", "view_id external_id hash"),
        json=True,
        given=errors(f"{_VIEW} hash_conflict not_found"),
    ),
    Method(
        "views.publish",
        Tier.FOUR,
        arguments("user_id view:view", "hash interactivity_pointer"),
        json=True,
        given=errors(f"{_VIEW} hash_conflict not_allowed_token_type not_enabled"),
        told=errors("missing_profile_id not_implemented"),
    ),
)
