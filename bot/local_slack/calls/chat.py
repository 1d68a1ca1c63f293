"""chat.*: https://docs.slack.dev/reference/methods?family=chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.local_slack.content import check_content, check_metadata, is_empty
from bot.local_slack.errors import Refused
from bot.local_slack.installation import Installation
from bot.local_slack.records import Channel, Json, Post
from bot.local_slack.workspace import LONGEST_TEXT

LONGEST_UPDATE = 4000


def _addressed(slack: Installation, name: str) -> Channel:
    """The conversation that a channel argument means: an id, a user id, or the name of a channel."""
    workspace = slack.workspace
    channel = workspace.channels.get(name) or workspace.channel_named(name)
    if channel is None and name in workspace.users and name != workspace.bot.id:
        if not slack.manifest.messages_tab:
            raise Refused("messages_tab_disabled")
        channel = workspace.open_direct(name)
    if channel is None:
        raise Refused("channel_not_found")
    return channel


def _may_post(slack: Installation, channel: Channel) -> None:
    is_member = slack.workspace.bot.id in channel.members
    if channel.kind == "group" and not is_member:
        raise Refused("channel_not_found")
    if not is_member and "chat:write.public" not in slack.manifest.scopes:
        raise Refused("not_in_channel")
    if channel.archived:
        raise Refused("is_archived")


def _checked(given: Mapping[str, Any]) -> str:
    check_content(given)
    if is_empty(given):
        raise Refused("no_text")
    return str(given.get("text") or given.get("markdown_text") or "")


def post_message(slack: Installation, given: Mapping[str, Any]) -> Json:
    """Posts to a channel, or to a person in their direct conversation with the app."""
    channel = _addressed(slack, given["channel"])
    _may_post(slack, channel)
    text = _checked(given)
    check_metadata(given.get("metadata"))
    post = slack.workspace.add_post(
        channel,
        slack.workspace.bot.id,
        text,
        blocks=given.get("blocks") or (),
        attachments=given.get("attachments") or (),
        metadata=given.get("metadata") or None,
        thread_ts=given.get("thread_ts"),
    )
    answer: Json = {"ok": True, "channel": channel.id, "ts": post.ts, "message": slack.message(post, metadata=True)}
    if len(text) > LONGEST_TEXT:
        answer |= {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}
    return answer


def post_ephemeral(slack: Installation, given: Mapping[str, Any]) -> Json:
    """Shows a message to one member of a channel; metadata is ignored, because nothing is kept of the message."""
    channel = _addressed(slack, given["channel"])
    _may_post(slack, channel)
    if given["user"] not in channel.members:
        raise Refused("user_not_in_channel")
    text = _checked(given)
    post = slack.workspace.add_post(
        channel,
        slack.workspace.bot.id,
        text,
        blocks=given.get("blocks") or (),
        attachments=given.get("attachments") or (),
        thread_ts=given.get("thread_ts"),
        seen_by=given["user"],
    )
    return {"ok": True, "message_ts": post.ts}


def _posted(slack: Installation, given: Mapping[str, Any], ts: str) -> tuple[Channel, Post]:
    """A message by channel id and ts; a user id is no channel id here."""
    channel = slack.workspace.channels.get(given["channel"])
    is_member = channel is not None and slack.workspace.bot.id in channel.members
    if channel is None or (channel.kind == "group" and not is_member):
        raise Refused("channel_not_found")
    post = channel.post(ts)
    if post is None:
        raise Refused("message_not_found")
    return channel, post


def update(slack: Installation, given: Mapping[str, Any]) -> Json:
    """Changes a message of the app; parts that are not given stay as they are."""
    channel, post = _posted(slack, given, given["ts"])
    if not post.by_app:
        raise Refused("cant_update_message")
    if channel.archived:
        raise Refused("is_inactive")
    if len(given.get("text", "")) > LONGEST_UPDATE:
        raise Refused("msg_too_long")
    _checked(given)
    check_metadata(given.get("metadata"))
    slack.workspace.change_post(post, **_changed(given))
    return {
        "ok": True,
        "channel": channel.id,
        "ts": post.ts,
        "text": post.text,
        "message": slack.message(post, metadata=True),
    }


def _changed(given: Mapping[str, Any]) -> Json:
    changed: Json = {name: given[name] for name in ("blocks", "attachments") if name in given}
    if "text" in given or "markdown_text" in given:
        changed["text"] = given.get("text") or given.get("markdown_text") or ""
    if "metadata" in given:
        # An empty object takes the metadata away; when nothing is given, it stays.
        changed["metadata"] = given["metadata"] or None
    return changed


def delete(slack: Installation, given: Mapping[str, Any]) -> Json:
    """Deletes a message of the app."""
    channel, post = _posted(slack, given, given["ts"])
    if not post.by_app:
        raise Refused("cant_delete_message")
    slack.workspace.remove_post(post)
    return {"ok": True, "channel": channel.id, "ts": post.ts}


def get_permalink(slack: Installation, given: Mapping[str, Any]) -> Json:
    """The address of a message."""
    channel, post = _posted(slack, given, given["message_ts"])
    link = f"https://{slack.workspace.domain}.slack.com/archives/{channel.id}/p{post.ts.replace('.', '')}"
    if post.thread_ts:
        link += f"?thread_ts={post.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}
