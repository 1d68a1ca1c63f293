"""conversations.*: https://docs.slack.dev/reference/methods?family=conversations."""

from __future__ import annotations

from collections.abc import Mapping

from bot.local_slack.methods.model import Method, Tier, arguments, errors

# Scopes of the conversation methods by the kind of conversation.
KIND_OF_SCOPE: Mapping[str, str] = {"channel": "channels", "group": "groups", "im": "im"}

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_CHANNEL = "channel::channel_not_found"
_SPAN = "cursor include_all_metadata:boolean inclusive:boolean latest oldest limit:number"

CONVERSATIONS = (
    Method(
        "conversations.history",
        Tier.THREE,
        arguments(_CHANNEL, _SPAN),
        scopes=_HISTORY,
        scope_by_kind=True,
        json=True,
        given=errors("channel_not_found invalid_cursor invalid_ts_latest invalid_ts_oldest not_in_channel"),
        told=errors("channel_is_limited_access invalid_metadata_filter_keys"),
    ),
    Method(
        "conversations.replies",
        Tier.THREE,
        arguments(f"{_CHANNEL} ts::thread_not_found", _SPAN),
        scopes=_HISTORY,
        scope_by_kind=True,
        given=errors(
            "channel_not_found invalid_cursor invalid_ts_latest invalid_ts_oldest missing_scope thread_not_found"
        ),
        told=errors(
            "invalid_metadata_filter_keys list_record_comment_fetch_failed method_not_supported_for_channel_type"
        ),
    ),
    Method(
        "conversations.info",
        Tier.THREE,
        arguments(_CHANNEL, "include_locale:boolean include_num_members:boolean"),
        scopes=_READ,
        scope_by_kind=True,
        given=errors("channel_not_found missing_scope"),
        told=errors("channel_is_limited_access"),
    ),
    Method(
        "conversations.members",
        Tier.FOUR,
        arguments(_CHANNEL, "cursor limit:number"),
        scopes=_READ,
        scope_by_kind=True,
        given=errors("channel_not_found invalid_cursor invalid_limit missing_scope"),
        told=errors("fetch_members_failed method_not_supported_for_channel_type"),
    ),
    Method(
        "conversations.open",
        Tier.THREE,
        arguments("", "channel users return_im:boolean prevent_creation:boolean"),
        scopes=("channels:manage", "groups:write", "im:write", "mpim:write"),
        json=True,
        given=errors(
            "channel_not_found invalid_user_combination method_not_supported_for_channel_type missing_scope "
            "too_many_users user_disabled user_not_found users_list_not_supplied"
        ),
        told=errors("not_enough_users user_not_visible"),
    ),
)
