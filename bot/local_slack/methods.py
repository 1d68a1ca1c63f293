"""The Web API methods that the local Slack knows: arguments, tokens, scopes and errors.

A fact here comes from the method's own page, whose address is `Method.doc`. A method that is not in this
table is answered with `unknown_method`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Type = Literal["string", "boolean", "number", "blocks", "view", "metadata", "attachments", "array"]


@dataclass(frozen=True)
class Argument:
    """An argument; `missing` is the error when a required one is not there."""

    name: str
    type: Type = "string"
    required: bool = False
    missing: str = "invalid_arguments"


@dataclass(frozen=True)
class Method:
    """A Web API method.

    Attributes:
        scopes: Bot scopes of which one is needed; none are needed when it is empty.
        scope_by_kind: Whether the kind of the conversation says which of the scopes it must be.
        json: Whether it takes a JSON body; the others read forms and queries only.
        token: The kind of token it takes.
        errors: The documented errors that are given here, beside those that every method has.
    """

    name: str
    arguments: Mapping[str, Argument]
    scopes: tuple[str, ...] = ()
    scope_by_kind: bool = False
    json: bool = False
    token: Literal["bot", "app"] = "bot"
    errors: frozenset[str] = frozenset()

    @property
    def doc(self) -> str:
        """Slack's page about the method."""
        return f"https://docs.slack.dev/reference/methods/{self.name}"


# Errors that https://docs.slack.dev/reference/methods lists for every method.
COMMON_ERRORS = frozenset(
    {
        "account_inactive",
        "invalid_arguments",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "ratelimited",
        "token_revoked",
        "unknown_method",
        "invalid_json",
        "json_not_object",
        "fatal_error",
        "internal_error",
        "service_unavailable",
    }
)

# Scopes of the conversation methods by the kind of conversation.
KIND_OF_SCOPE: Mapping[str, str] = {"channel": "channels", "group": "groups", "im": "im"}

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_CONTENT = (
    "text blocks:blocks attachments:attachments metadata:metadata markdown_text parse "
    "link_names:boolean as_user:boolean"
)
_CONTENT_ERRORS = (
    "invalid_blocks invalid_blocks_format no_text markdown_text_conflict msg_too_long "
    "too_many_attachments invalid_attachments invalid_metadata_format"
)
_VIEW_ERRORS = "duplicate_external_id view_too_large"
_TRIGGER_ERRORS = "expired_trigger_id exchanged_trigger_id invalid_trigger_id"


def _arguments(required: str, optional: str) -> Iterable[Argument]:
    """Reads `name`, `name:type` and, for required ones, `name:type:error when missing`."""
    for words, needed in ((required, True), (optional, False)):
        for word in words.split():
            name, kind, missing = (*word.split(":"), "", "")[:3]
            yield Argument(name, kind or "string", needed, missing or "invalid_arguments")  # type: ignore[arg-type]  # the words above are the types


def _method(
    name: str,
    required: str = "",
    optional: str = "",
    *,
    scopes: tuple[str, ...] = (),
    scope_by_kind: bool = False,
    json: bool = False,
    by: Literal["bot", "app"] = "bot",
    errors: str = "",
) -> Method:
    arguments = {each.name: each for each in _arguments(required, optional)}
    return Method(name, arguments, scopes, scope_by_kind, json, by, frozenset(errors.split()))


METHODS: Mapping[str, Method] = {
    method.name: method
    for method in (
        _method("auth.test", json=True),
        _method("apps.connections.open", json=True, by="app", errors="missing_args"),
        _method(
            "chat.postMessage",
            "channel",
            f"{_CONTENT} thread_ts reply_broadcast:boolean unfurl_links:boolean unfurl_media:boolean "
            "mrkdwn:boolean username icon_emoji icon_url",
            scopes=("chat:write",),
            json=True,
            errors=f"{_CONTENT_ERRORS} channel_not_found not_in_channel is_archived messages_tab_disabled",
        ),
        _method(
            "chat.update",
            "channel ts",
            f"{_CONTENT} reply_broadcast:boolean file_ids:array",
            scopes=("chat:write",),
            json=True,
            errors=f"{_CONTENT_ERRORS} channel_not_found message_not_found cant_update_message is_inactive",
        ),
        _method(
            "chat.postEphemeral",
            "channel user",
            f"{_CONTENT} thread_ts username icon_emoji icon_url",
            scopes=("chat:write",),
            json=True,
            errors=f"{_CONTENT_ERRORS} channel_not_found not_in_channel user_not_in_channel is_archived",
        ),
        _method("chat.getPermalink", "channel message_ts", errors="channel_not_found message_not_found"),
        _method(
            "chat.delete",
            "channel ts",
            "as_user:boolean",
            scopes=("chat:write",),
            json=True,
            errors="channel_not_found message_not_found cant_delete_message",
        ),
        _method("views.open", "trigger_id view:view", json=True, errors=f"{_VIEW_ERRORS} {_TRIGGER_ERRORS}"),
        _method(
            "views.push",
            "trigger_id view:view",
            json=True,
            errors=f"{_VIEW_ERRORS} {_TRIGGER_ERRORS} not_found push_limit_reached",
        ),
        _method(
            "views.update",
            "view:view",
            "view_id external_id hash",
            json=True,
            errors=f"{_VIEW_ERRORS} hash_conflict not_found",
        ),
        _method(
            "views.publish",
            "user_id view:view",
            "hash",
            json=True,
            errors=f"{_VIEW_ERRORS} hash_conflict not_enabled",
        ),
        _method(
            "users.info",
            "user::user_not_found",
            "include_locale:boolean",
            scopes=("users:read",),
            errors="user_not_found",
        ),
        _method(
            "conversations.history",
            "channel::channel_not_found",
            "cursor include_all_metadata:boolean inclusive:boolean latest oldest limit:number",
            scopes=_HISTORY,
            scope_by_kind=True,
            json=True,
            errors="channel_not_found not_in_channel invalid_cursor invalid_ts_latest invalid_ts_oldest",
        ),
        _method(
            "conversations.replies",
            "channel::channel_not_found ts::thread_not_found",
            "cursor include_all_metadata:boolean inclusive:boolean latest oldest limit:number",
            scopes=_HISTORY,
            scope_by_kind=True,
            errors="channel_not_found thread_not_found invalid_cursor invalid_ts_latest invalid_ts_oldest",
        ),
        _method(
            "conversations.info",
            "channel::channel_not_found",
            "include_locale:boolean include_num_members:boolean",
            scopes=_READ,
            scope_by_kind=True,
            errors="channel_not_found",
        ),
        _method(
            "conversations.members",
            "channel::channel_not_found",
            "cursor limit:number",
            scopes=_READ,
            scope_by_kind=True,
            errors="channel_not_found invalid_cursor invalid_limit",
        ),
        _method(
            "conversations.open",
            "",
            "channel users return_im:boolean prevent_creation:boolean",
            scopes=("channels:manage", "groups:write", "im:write", "mpim:write"),
            json=True,
            errors="channel_not_found user_not_found user_disabled users_list_not_supplied too_many_users "
            "method_not_supported_for_channel_type",
        ),
    )
}
