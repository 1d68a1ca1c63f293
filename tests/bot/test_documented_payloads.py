"""Every example that Slack prints in its documentation comes in, and is handled or politely refused.

As it is printed it comes from a workspace of strangers. At home it comes from somebody we know, in the demo's
workspace. Addressed to us it also bears the names of our commands, buttons and modals, so that it reaches a listener.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot import ids
from bot.demo.stage import Stage
from bot.installations import NOT_HERE
from bot.listeners.registration import UNKNOWN_COMMAND
from bot.local_slack import Ack
from bot.manifest import METHODS, manifest
from tests.bot.conftest import Logs, Staging
from tests.bot.opening import reports

Payload = dict[str, Any]
Sent = Literal["slash_commands", "interactive", "events_api"]


class What(Enum):
    """What an example is, and hence which way it comes."""

    COMMAND = auto()
    COMMAND_ENVELOPE = auto()
    INTERACTION = auto()
    EVENT = auto()
    FRAGMENT = auto()
    """A part of a request: it could not come like this."""
    FRAME = auto()
    """What Slack says over a socket about the socket itself."""
    ANSWER = auto()
    """What Slack answers to a call."""


CLASSIFIED = {
    "api.apps.connections.open.json": What.ANSWER,
    "api.oauth.v2.exchange.json": What.ANSWER,
    "block_actions.home.json": What.INTERACTION,
    "block_actions.message.json": What.INTERACTION,
    "block_suggestion.message.json": What.INTERACTION,
    "event.app_mention.json": What.EVENT,
    "event.app_rate_limited.json": What.EVENT,
    "event.app_uninstalled.json": What.EVENT,
    "event.message.channels.json": What.EVENT,
    "event.message.im.json": What.EVENT,
    "event.message_metadata_posted.json": What.EVENT,
    "event.message_with_metadata.json": What.FRAGMENT,
    "event.reaction_added.json": What.EVENT,
    "event.tokens_revoked.json": What.EVENT,
    "event.url_verification.json": What.EVENT,
    "request_signature.json": What.COMMAND,
    "shortcut.global.json": What.INTERACTION,
    "shortcut.message_action.json": What.INTERACTION,
    "slash_command.json": What.COMMAND,
    "socket_mode.disconnect.link_disabled.json": What.FRAME,
    "socket_mode.disconnect.refresh_requested.json": What.FRAME,
    "socket_mode.disconnect.warning.json": What.FRAME,
    "socket_mode.hello.json": What.FRAME,
    "socket_mode.slash_commands.json": What.COMMAND_ENVELOPE,
    "view_closed.json": What.INTERACTION,
    "view_submission.json": What.INTERACTION,
}
SAID_TO_THE_APP = "event.message.im.json"
ONLY_OVER_HTTP = {"event.url_verification.json", "event.app_rate_limited.json"}

SENT_AS: dict[What, Sent] = {
    What.COMMAND: "slash_commands",
    What.COMMAND_ENVELOPE: "slash_commands",
    What.INTERACTION: "interactive",
    What.EVENT: "events_api",
    What.FRAGMENT: "events_api",
}

HOME, SOMEBODY = "T0REDSTONE", "U0OLA"


@dataclass(frozen=True)
class Example:
    """A request that is printed in Slack's documentation."""

    name: str
    what: What
    payload: Payload

    @property
    def sent_as(self) -> Sent:
        return SENT_AS[self.what]


@pytest.fixture
def examples(reference: Path) -> Path:
    return reference / "slack" / "payloads" / "docs-examples"


def read(examples: Path, *wanted: What) -> list[Example]:
    return [
        Example(name, what, payload_of(json.loads((examples / name).read_text(encoding="utf-8")), what))
        for name, what in CLASSIFIED.items()
        if what in wanted
    ]


def payload_of(file: Payload, what: What) -> Payload:
    if what is What.COMMAND:
        return dict(parse_qsl(file["raw_body"], keep_blank_values=True))
    payload: Payload = file["payload"]
    return payload["payload"] if what is What.COMMAND_ENVELOPE else payload


def requests(examples: Path) -> list[Example]:
    return read(examples, *SENT_AS)


def at_home(payload: Any, address: str) -> Any:
    """The same from somebody we know in the demo's workspace, which has no organisation."""
    if isinstance(payload, list):
        return [at_home(part, address) for part in payload]
    if not isinstance(payload, Mapping):
        return payload
    changed: Payload = {}
    for name, value in payload.items():
        if name in ("enterprise", "enterprise_id", "enterprise_name"):
            continue
        changed[name] = at_home(value, address)
        if name in ("team_id", "app_installed_team_id"):
            changed[name] = HOME
        elif name == "user_id" or (name == "user" and isinstance(value, str)):
            changed[name] = SOMEBODY
        elif name in ("team", "user") and isinstance(value, Mapping):
            changed[name]["id"] = HOME if name == "team" else SOMEBODY
        elif name == "response_url":
            changed[name] = address
    return changed


def to_us(example: Example, address: str) -> Payload:
    """The same with the names of our own commands, buttons, modals and events."""
    payload: Payload = at_home(example.payload, address)
    match payload:
        case {"command": _}:
            return payload | {"command": "/model-feedback"}
        case {"type": "block_actions", "actions": [action, *_]}:
            named = ids.REPORT if "view" in payload else ids.each(ids.LIST_PAGE, 1)
            return payload | {"actions": [action | {"action_id": named}]}
        case {"type": "message_action"}:
            return payload | {"callback_id": ids.REPORT_SHORTCUT}
        case {"type": "view_submission"}:
            return payload | {"view": payload["view"] | {"callback_id": ids.FILE}}
        case {"type": "event_callback", "event": {"type": str(kind)} as event}:
            ours = "user_change" if kind == "tokens_revoked" else "app_home_opened"
            return payload | {"event": event | {"type": ours}}
    return payload


def test_every_example_is_classified(examples: Path) -> None:
    assert {file.name for file in examples.iterdir()} == set(CLASSIFIED)


def nothing_broke(stage: Stage, logs: Logs) -> None:
    assert "Traceback" not in logs.text
    assert not logs.of("broken")
    assert [line for line in logs.lines if line["level"] in ("error", "critical")] == []


def no_words(payload: Payload, logs: Logs) -> None:
    """Nothing that somebody typed or that opens a door is in a log."""
    secret = {"token", "text", "trigger_id", "response_url", "value", "raw_body", "private_metadata"}
    for name, value in every_field(payload):
        if name in secret and isinstance(value, str) and len(value) > 4:
            assert value not in logs.text, f"{name} is in a log"


def every_field(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield name, part
            yield from every_field(part)
    elif isinstance(value, list):
        for part in value:
            yield from every_field(part)


@pytest.mark.parametrize("http", [True, False], ids=["over HTTP", "over a socket"])
async def test_as_printed_strangers_are_answered_politely(
    http: bool, examples: Path, on_stage: Staging, logs: Logs
) -> None:
    async with on_stage(http=http, begun=False) as stage:
        for example in requests(examples):
            if example.name in ONLY_OVER_HTTP and not http:
                continue
            ack = await stage.slack.send_raw(example.sent_as, example.payload)
            await stage.quiet()

            if example.what is What.FRAGMENT and http:
                assert ack.status == 400, example.name
                continue
            assert (ack.status, ack.failure) == (200, None), example.name
            assert said(ack) == as_printed(example), example.name
            no_words(example.payload, logs)
        assert not [call for call in stage.slack.journal.calls() if call.method.startswith(("chat", "views"))]
        nothing_broke(stage, logs)


def as_printed(example: Example) -> Any:
    if example.sent_as == "slash_commands":
        return NOT_HERE
    return example.payload.get("challenge")


def said(ack: Ack) -> Any:
    """What an ack says, in whichever way it was said."""
    payload: Any = ack.payload
    if isinstance(payload, Mapping):
        return payload.get("text") or payload.get("challenge")
    return payload


@pytest.mark.parametrize("http", [True, False], ids=["over HTTP", "over a socket"])
async def test_at_home_what_nobody_listens_to_is_taken_and_counted(
    http: bool, examples: Path, on_stage: Staging, logs: Logs
) -> None:
    async with on_stage(http=http, begun=False) as stage:
        address = f"{stage.slack.base_url}/actions/{HOME}/1/no"
        for example in requests(examples):
            if example.name in ONLY_OVER_HTTP or example.what is What.FRAGMENT:
                continue
            stage.app.unheard.clear()
            ack = await stage.slack.send_raw(example.sent_as, at_home(example.payload, address))
            await stage.quiet()

            assert (ack.status, ack.failure) == (200, None), example.name
            assert sum(stage.app.unheard.values()) == (example.name != SAID_TO_THE_APP), example.name
            assert said(ack) == (UNKNOWN_COMMAND if example.sent_as == "slash_commands" else None), example.name
            no_words(example.payload, logs)
        nothing_broke(stage, logs)


@pytest.mark.parametrize("http", [True, False], ids=["over HTTP", "over a socket"])
async def test_addressed_to_us_it_reaches_a_listener(http: bool, examples: Path, on_stage: Staging, logs: Logs) -> None:
    async with on_stage(http=http) as stage:
        address = f"{stage.slack.base_url}/actions/{HOME}/1/no"
        reached = 0
        for example in requests(examples):
            if example.name in ONLY_OVER_HTTP or example.what is What.FRAGMENT:
                continue
            stage.app.unheard.clear()
            ack = await stage.slack.send_raw(example.sent_as, to_us(example, address))
            await stage.quiet()

            assert (ack.status, ack.failure) == (200, None), example.name
            reached += not stage.app.unheard
            no_words(example.payload, logs)

        # All but a global shortcut, a closed modal and a suggestion, of which we have none.
        assert reached == len(requests(examples)) - len(ONLY_OVER_HTTP) - 4
        assert [report.text for report in await stage.app.store.read(reports)] == ["94070"]
        nothing_broke(stage, logs)


async def test_a_wrapped_message_with_metadata_is_taken(examples: Path, on_stage: Staging, logs: Logs) -> None:
    (fragment,) = read(examples, What.FRAGMENT)
    async with on_stage(http=True, begun=False) as stage:
        entry = await stage.slack.send_event(fragment.payload["event"])
        assert entry.acked
        assert stage.app.unheard == {"event message": 1}
        nothing_broke(stage, logs)


@pytest.mark.parametrize("name", [name for name, what in CLASSIFIED.items() if what is What.FRAME])
async def test_after_a_frame_about_the_socket_the_app_is_still_there(
    name: str, examples: Path, on_stage: Staging, logs: Logs
) -> None:
    frame = json.loads((examples / name).read_text(encoding="utf-8"))["payload"]
    async with on_stage(begun=False) as stage:
        sockets = stage.slack._sockets
        (first,) = sockets.connections
        await first.socket.send_json(frame)
        if frame["type"] == "disconnect":
            changes = stage.slack._stage.slack.changes
            assert await changes.until(
                lambda: (sockets.connections and sockets.connections[-1] is not first) or None, 5
            )
        await stage.slack.settled()

        answer = await stage.person(SOMEBODY).runs("/model-feedback", "help")

        assert "files a report in one go" in answer.text
        assert len([each for each in sockets.connections if not each.socket.closed]) == 1
        nothing_broke(stage, logs)


@pytest.fixture
async def answering(examples: Path) -> Any:
    """An API that answers each method with the example of that name."""

    async def answer(request: web.Request) -> web.Response:
        file = examples / f"api.{request.match_info['method'].replace('.access', '.exchange')}.json"
        return web.json_response(json.loads(file.read_text(encoding="utf-8"))["payload"])

    app = web.Application()
    app.router.add_post("/api/{method}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    await runner.cleanup()


async def test_the_app_is_answered_on_this_machine_as_slack_answers_when_it_opens_a_socket(
    answering: str, on_stage: Staging
) -> None:
    documented = await AsyncWebClient(base_url=answering).apps_connections_open(app_token="xapp-1")
    async with on_stage(begun=False) as stage:
        here = await AsyncWebClient(base_url=stage.slack.api_url).apps_connections_open(app_token=stage.slack.app_token)

    assert set(here.data) == set(documented.data) == {"ok", "url"}
    assert documented["url"].partition("?")[2].split("=")[0] == here["url"].partition("?")[2].split("=")[0]


async def test_the_exchange_of_tokens_is_a_call_that_the_app_never_makes(answering: str) -> None:
    documented = await AsyncWebClient(base_url=answering).oauth_v2_exchange(
        token="xoxb-1", client_id="1.2", client_secret="secret"
    )

    assert documented["refresh_token"]
    assert not [method for method in METHODS if method.startswith("oauth")]
    assert manifest(())["settings"]["token_rotation_enabled"] is False
