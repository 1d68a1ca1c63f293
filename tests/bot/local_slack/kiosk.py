"""A tiny Bolt app that the tests let the local Slack serve: a kiosk where a report can be filed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import LocalSlack

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Kiosk"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Kiosk"},
        "slash_commands": [
            {"command": "/report", "description": "File a report"},
            {"command": "/hello", "description": "Say hello"},
            {"command": "/nobody", "description": "Nobody listens to this"},
            {"command": "/silent", "description": "Acked without a word"},
        ],
        "shortcuts": [
            {"name": "Report this", "type": "message", "callback_id": "report_this", "description": "x"},
            {"name": "Report", "type": "global", "callback_id": "report", "description": "x"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "chat:write",
                "pins:write",
                "commands",
                "users:read",
                "im:write",
                "im:history",
                "im:read",
                "channels:history",
                "channels:read",
                "groups:history",
                "groups:read",
                "usergroups:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "message.im",
                "message.channels",
                "user_change",
                "member_joined_channel",
                "member_left_channel",
                *(
                    f"{kind}_{what}"
                    for kind in ("channel", "group")
                    for what in ("left", "archive", "unarchive", "rename")
                ),
            ]
        },
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def section(text: str, block_id: str | None = None) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return {**block, "block_id": block_id} if block_id else block


def button(text: str, action_id: str, value: str = "") -> dict[str, Any]:
    element = {"type": "button", "text": plain(text), "action_id": action_id}
    return {**element, "value": value} if value else element


def option(text: str, value: str) -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def field(
    label: str, block_id: str, element: dict[str, Any], *, optional: bool = False, dispatches: bool = False
) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "optional": optional,
        "dispatch_action": dispatches,
        "element": {"action_id": "it", **element},
    }


KINDS = {"type": "static_select", "options": [option("False alarm", "false_alarm"), option("Missed", "missed")]}


def form(**more: Any) -> dict[str, Any]:
    """The modal of the kiosk."""
    return {
        "type": "modal",
        "callback_id": "report.file",
        "private_metadata": "from the kiosk",
        "title": plain("File a report"),
        "submit": plain("Send"),
        "close": plain("Cancel"),
        "notify_on_close": True,
        "blocks": [
            section("What did the *model* do?"),
            field("What happened", "what", {"type": "plain_text_input", "multiline": True, "max_length": 200}),
            field("Kind", "kind", KINDS, dispatches=True),
            field("Last day", "day", {"type": "datepicker", "initial_date": "2026-05-01"}, optional=True),
            field("People", "people", {"type": "multi_users_select"}, optional=True),
            field("Work order", "order", {"type": "external_select", "min_query_length": 2}, optional=True),
            {"type": "actions", "block_id": "more", "elements": [button("Add a note", "form.note")]},
        ],
        **more,
    }


def question() -> list[dict[str, Any]]:
    """A message with two buttons."""
    return [
        section("How did *P-101* go?", "question"),
        {
            "type": "actions",
            "block_id": "answers",
            "elements": [button("Better", "answer.better", "F-1"), button("Worse", "answer.worse", "F-1")],
        },
    ]


def make_app(slack: LocalSlack) -> AsyncApp:
    """The kiosk, as anybody would write it."""
    app = AsyncApp(
        client=AsyncWebClient(token=slack.bot_token, base_url=slack.api_url),
        signing_secret=slack.signing_secret,
        process_before_response=True,
    )

    @app.command("/hello")
    async def hello(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"Hello <@{command['user_id']}>, you said *{command['text']}*")

    @app.command("/silent")
    async def silent(ack: Any) -> None:
        await ack()

    @app.command("/report")
    async def report(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=form())
        await ack()

    @app.shortcut("report_this")
    async def report_this(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        view = form()
        view["blocks"][1]["element"]["initial_value"] = body["message"]["text"]
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    @app.shortcut("report")
    async def report_globally(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=form())
        await ack()

    @app.view("report.file")
    async def filed(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        text = body["view"]["state"]["values"]["what"]["it"]["value"]
        if text == "nothing":
            await ack(response_action="errors", errors={"what": "Say a little more."})
        elif text == "next":
            await ack(response_action="push", view={**form(), "title": plain("One more")})
        elif text == "thanks":
            await ack(
                response_action="update",
                view={"type": "modal", "title": plain("Thank you"), "blocks": [section("F-1")]},
            )
        elif text == "clear":
            await ack(response_action="clear")
        elif text == "wrong key":
            await ack(response_action="errors", errors={"no_such_block": "?"})
        else:
            await ack()
            await client.chat_postMessage(channel=body["user"]["id"], text=f"Filed: {text}")

    @app.view_closed("report.file")
    async def not_filed(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text="You closed the form")

    @app.action("it")
    async def chosen(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        option = body["actions"][0]["selected_option"]["text"]["text"]
        view = form()
        view["blocks"].insert(3, section(f"You chose {option}."))
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)
        await ack()

    @app.action("form.note")
    async def note(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_push(
            trigger_id=body["trigger_id"], view={"type": "modal", "title": plain("A note"), "blocks": [section("Note")]}
        )
        await ack()

    @app.options("it")
    async def orders(ack: Any, payload: dict[str, Any]) -> None:
        await ack(options=[option(f"{payload['value']} pump", "1"), option(f"{payload['value']} fan", "2")])

    @app.action("answer.better")
    async def better(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await client.chat_update(
            channel=body["channel"]["id"],
            ts=body["message"]["ts"],
            text="You said: Better",
            blocks=[section("You said: *Better*")],
        )
        await ack()

    @app.action("answer.worse")
    async def worse(ack: Any, respond: Any) -> None:
        await respond(text="You said: Worse", replace_original=True)
        await ack()

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_publish(
            user_id=event["user"],
            view={
                "type": "home",
                "blocks": [section("Open reports: 3"), {"type": "actions", "elements": [button("New", "home.new")]}],
            },
        )

    @app.action("home.new")
    async def home_new(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=form())
        await ack()

    @app.event("message")
    async def heard(event: dict[str, Any], client: AsyncWebClient) -> None:
        if event["channel_type"] == "im":
            await client.chat_postMessage(channel=event["channel"], text=f"Heard: {event['text']}")

    @app.event("user_change")
    async def changed(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=event["user"]["id"], text=f"Now in {event['user']['locale']}")

    @app.event("member_joined_channel")
    async def joined(event: dict[str, Any]) -> None:
        return None

    return app


@asynccontextmanager
async def over_sockets(slack: LocalSlack, app: AsyncApp) -> AsyncIterator[SocketModeClient]:
    """Connects the app by Bolt's own Socket Mode handler."""
    handler = AsyncSocketModeHandler(
        app, slack.app_token, web_client=AsyncWebClient(base_url=slack.api_url), ping_interval=0.1
    )
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
    await slack.until_connected()
    try:
        yield handler.client
    finally:
        handler.client.auto_reconnect_enabled = False
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
        client: Any = handler.client
        tasks = [client.message_processor, client.message_receiver, client.current_session_monitor]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def over_http(slack: LocalSlack, app: AsyncApp) -> AsyncIterator[str]:
    """Serves the app at one address over HTTP."""

    async def handle(request: web.Request) -> web.Response:
        bolt_request = await to_bolt_request(request)
        return await to_aiohttp_response(await app.async_dispatch(bolt_request))

    server = web.Application()
    server.router.add_post("/slack/events", handle)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    slack.deliver_over_http(url)
    try:
        yield url
    finally:
        await runner.cleanup()
