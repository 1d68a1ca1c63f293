"""What an app says in answer to an act: in the ack of a command, or by a response_url.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.local_slack.content import check_content, is_empty
from bot.local_slack.errors import Refused
from bot.local_slack.installation import Installation
from bot.local_slack.records import Channel, Json, Post
from bot.local_slack.response_urls import ResponseUrl


def put(slack: Installation, channel: Channel, user_id: str, body: Mapping[str, Any]) -> Post:
    """Shows an answer where the person acted: to them alone, or with `in_channel` to everybody there.

    Raises:
        Refused: Slack would not show it.
    """
    if is_empty(body):
        raise Refused("no_text")
    check_content(body)
    in_channel = body.get("response_type") == "in_channel"
    return slack.workspace.add_post(
        channel,
        slack.workspace.bot.id,
        str(body.get("text") or body.get("markdown_text") or ""),
        blocks=body.get("blocks") or (),
        attachments=body.get("attachments") or (),
        thread_ts=body.get("thread_ts"),
        seen_by=None if in_channel else user_id,
    )


async def handle(slack: Installation, request: web.Request) -> web.Response:
    """Answers a POST to a response URL."""
    body: Json = {}
    error: str | None = None
    post: Post | None = None
    channel_id: str | None = None
    try:
        body = _read(await request.text())
        url = slack.response_urls.use(request.path)
        channel_id = url.channel.id
        post = _carry_out(slack, url, body)
    except Refused as refused:
        error = refused.error
    slack.journal.responded(
        f"{slack.base_url}{request.path}",
        body,
        error,
        slack.now(),
        ts=post.ts if post else None,
        channel=channel_id,
    )
    slack.changes.announce()
    if error is not None:
        return web.json_response({"ok": False, "error": error}, status=404 if error.endswith("_url") else 400)
    return web.json_response({"ok": True})


def _read(text: str) -> Json:
    try:
        body = json.loads(text)
    except ValueError as error:
        raise Refused("invalid_payload") from error
    if not isinstance(body, dict):
        raise Refused("invalid_payload")
    return body


def _carry_out(slack: Installation, url: ResponseUrl, body: Json) -> Post | None:
    if body.get("delete_original") and url.source is not None:
        slack.workspace.remove_post(url.source)
        return url.source
    if body.get("replace_original") and url.source is not None:
        return _replace(slack, url.source, body)
    return put(slack, url.channel, url.user_id, body)


def _replace(slack: Installation, post: Post, body: Json) -> Post:
    """Changes the message on which the person acted; it stays as private or public as it was."""
    if is_empty(body):
        raise Refused("no_text")
    check_content(body)
    slack.workspace.change_post(
        post,
        text=str(body.get("text") or ""),
        blocks=body.get("blocks") or [],
        attachments=body.get("attachments") or [],
    )
    return post
