"""conversations.*: https://docs.slack.dev/reference/methods?family=conversations."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from bot.local_slack.errors import Refused
from bot.local_slack.installation import Installation
from bot.local_slack.methods import METHODS
from bot.local_slack.records import Channel, Json, Post

MOST_USERS = 8
LONGEST_HISTORY_PAGE = 999
LONGEST_REPLIES_PAGE = 1000

Item = TypeVar("Item")


def _channel(slack: Installation, given: Mapping[str, Any], method: str) -> Channel:
    channel = slack.workspace.channels.get(given["channel"])
    if channel is None or (channel.kind != "channel" and slack.workspace.bot.id not in channel.members):
        raise Refused("channel_not_found")
    slack.require_scope(METHODS[method], channel)
    return channel


def _instant(given: Mapping[str, Any], name: str) -> Decimal | None:
    try:
        return Decimal(given[name]) if given.get(name) else None
    except InvalidOperation as error:
        raise Refused(f"invalid_ts_{name}") from error


def _between(posts: Sequence[Post], given: Mapping[str, Any]) -> list[Post]:
    oldest, latest = _instant(given, "oldest"), _instant(given, "latest")
    inclusive = bool(given.get("inclusive"))

    def fits(post: Post) -> bool:
        at = Decimal(post.ts)
        if inclusive and at in (oldest, latest):
            return True
        return (oldest is None or at > oldest) and (latest is None or at < latest)

    return [post for post in posts if fits(post)]


def _page(items: Sequence[Item], given: Mapping[str, Any], most: int, usual: int) -> tuple[list[Item], str]:
    """A page of the items, and the cursor of the next page (empty when there is none)."""
    start = _position(given.get("cursor"))
    size = min(max(given.get("limit") or usual, 1), most)
    end = start + size
    following = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return list(items[start:end]), following


def _position(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word != "next":
            raise Refused("invalid_cursor")
        return int(number)
    except (binascii.Error, ValueError) as error:
        raise Refused("invalid_cursor") from error


def _messages(slack: Installation, posts: Sequence[Post], given: Mapping[str, Any], following: str) -> Json:
    metadata = bool(given.get("include_all_metadata"))
    answer: Json = {
        "ok": True,
        "messages": [slack.message(post, metadata=metadata) for post in posts],
        "has_more": bool(following),
    }
    if following:
        answer["response_metadata"] = {"next_cursor": following}
    return answer


def history(slack: Installation, given: Mapping[str, Any]) -> Json:
    """The messages of a conversation, newest first, without replies and without ephemeral ones."""
    channel = _channel(slack, given, "conversations.history")
    if slack.workspace.bot.id not in channel.members:
        raise Refused("not_in_channel")
    shown = [
        post
        for post in reversed(channel.posts)
        if not post.deleted
        and not post.is_ephemeral
        and post.thread_ts in (None, post.ts)
        and slack.shows_in_history(post)
    ]
    posts, following = _page(_between(shown, given), given, LONGEST_HISTORY_PAGE, 100)
    return {**_messages(slack, posts, given, following), "pin_count": 0}


def replies(slack: Installation, given: Mapping[str, Any]) -> Json:
    """A message and its replies, oldest first."""
    channel = _channel(slack, given, "conversations.replies")
    if slack.workspace.bot.id not in channel.members:
        # The page of this method has no not_in_channel, unlike that of conversations.history.
        raise Refused("channel_not_found")
    first = channel.post(given["ts"])
    if first is None or not slack.shows_in_history(first):
        raise Refused("thread_not_found")
    root = channel.post(first.thread_ts) if first.thread_ts else first
    thread = [first] if root is None else [root, *channel.replies(root.ts)]
    thread = [post for post in thread if not post.is_ephemeral and slack.shows_in_history(post)]
    posts, following = _page(_between(thread, given), given, LONGEST_REPLIES_PAGE, 1000)
    return _messages(slack, posts, given, following)


def info(slack: Installation, given: Mapping[str, Any]) -> Json:
    """A conversation."""
    channel = _channel(slack, given, "conversations.info")
    body = _described(slack, channel)
    if given.get("include_num_members"):
        body["num_members"] = len(channel.members)
    if given.get("include_locale"):
        body["locale"] = "en-US"
    return {"ok": True, "channel": body}


def _described(slack: Installation, channel: Channel) -> Json:
    body: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_im": channel.kind == "im",
        "is_org_shared": False,
        "context_team_id": channel.team_id,
    }
    if channel.kind == "im":
        return {**body, "user": next(each for each in channel.members if each != slack.workspace.bot.id)}
    return {
        **body,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_mpim": False,
        "is_private": channel.kind == "group",
        "is_general": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_member": slack.workspace.bot.id in channel.members,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def members(slack: Installation, given: Mapping[str, Any]) -> Json:
    """The user ids of the members of a conversation."""
    channel = _channel(slack, given, "conversations.members")
    if given.get("limit") is not None and given["limit"] < 1:
        raise Refused("invalid_limit")
    ids, following = _page(channel.members, given, 1000, 100)
    return {"ok": True, "members": ids, "response_metadata": {"next_cursor": following}}


def open_direct(slack: Installation, given: Mapping[str, Any]) -> Json:
    """Opens the direct conversation with a person, or resumes one by its id."""
    if "im:write" not in slack.manifest.scopes:
        raise slack.missing_scope(("im:write",))
    if given.get("channel"):
        there = slack.workspace.channels.get(given["channel"])
        if there is None or slack.workspace.bot.id not in there.members:
            raise Refused("channel_not_found")
        if there.kind != "im":
            raise Refused("method_not_supported_for_channel_type")
        return {"ok": True, "no_op": True, "already_open": True, "channel": {"id": there.id}}
    return _opened(slack, given)


def _opened(slack: Installation, given: Mapping[str, Any]) -> Json:
    names = [name.strip() for name in (given.get("users") or "").split(",") if name.strip()]
    if not names:
        raise Refused("users_list_not_supplied")
    if len(names) > MOST_USERS:
        raise Refused("too_many_users")
    for name in names:
        user = slack.workspace.users.get(name)
        if user is None:
            raise Refused("user_not_found")
        if user.deleted:
            raise Refused("user_disabled")
    if len(names) > 1:
        # Conversations of several people with the app are not played here.
        raise Refused("invalid_user_combination")
    channel = slack.workspace.direct_channel(names[0])
    was_there = channel is not None
    if channel is None and given.get("prevent_creation"):
        raise Refused("channel_not_found")
    channel = channel or slack.workspace.open_direct(names[0])
    body = _described(slack, channel) if given.get("return_im") else {"id": channel.id}
    return {"ok": True, **({"no_op": True, "already_open": True} if was_there else {}), "channel": body}
