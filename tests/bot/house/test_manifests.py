import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot import ids
from bot.http.server import SLACK_PATH
from bot.listeners.rows import Heard, Row
from bot.listeners.table import TABLE
from bot.manifest import COMMANDS, EVENT_SCOPES, METHODS, SHORTCUTS, SUBSCRIPTIONS, manifest
from tests.bot.house.slack_calls import Unreadable, client_methods, methods_called
from tests.bot.texts.gallery import EXAMPLES, rendered
from tests.bot.texts.visible import ids_of

ROOT = Path(__file__).parents[3]
URL = "https://alongside.example"
MADE_BY = {
    "socket-mode.json": (None, "alongside manifest"),
    "http.json": (URL, f"alongside manifest --url {URL}"),
}
LIMITS = {
    "display_information.name": 35,
    "display_information.description": 140,
    "features.bot_user.display_name": 80,
    "features.shortcuts[].name": 24,
    "features.shortcuts[].description": 150,
    "features.shortcuts[].callback_id": 255,
    "features.slash_commands[].command": 32,
    "features.slash_commands[].description": 2000,
    "features.slash_commands[].usage_hint": 1000,
    "features.slash_commands[].url": 3000,
}
"""The most characters of a text: https://docs.slack.dev/reference/app-manifest"""
MOST = {
    "features.shortcuts": 10,
    "features.slash_commands": 50,
    "oauth_config.scopes.bot": 255,
    "settings.event_subscriptions.bot_events": 100,
}
"""The most entries of a list, from the same page."""
NOT_ASKED_FOR = {
    "conversations.info": {"im:read", "mpim:read"},
    "conversations.history": {"channels:history", "groups:history", "mpim:history"},
    "conversations.open": {"channels:manage", "groups:write", "mpim:write"},
}
"""Scopes of methods whose scope goes by the kind of conversation: teams have channels, not direct messages, and only in
direct messages does the app look for its own."""
NOT_THE_APP = ("local_slack", "demo")
"""They are Slack and the people in it, not the app."""


@pytest.fixture(params=MADE_BY)
def written(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A manifest as it stands in the folder."""
    said: dict[str, Any] = json.loads((ROOT / "manifests" / request.param).read_text("utf-8"))
    return said


@pytest.fixture
def slack_facts(reference: Path) -> Path:
    """Slack's published facts."""
    return reference / "slack"


@pytest.mark.parametrize("name", MADE_BY)
def test_a_manifest_is_what_the_command_prints_today(name: str) -> None:
    url, command = MADE_BY[name]
    written = (ROOT / "manifests" / name).read_text("utf-8")
    assert written == json.dumps(manifest(TABLE, url), indent=2) + "\n", f"{command} > manifests/{name}"


def test_the_folder_holds_the_manifests_and_what_explains_them() -> None:
    assert {file.name for file in (ROOT / "manifests").iterdir()} == {*MADE_BY, "README.md"}


def test_a_manifest_is_valid_by_slacks_own_schema(written: dict[str, Any], slack_facts: Path) -> None:
    schema = json.loads((slack_facts / "manifest" / "schemas" / "manifest.schema.2.0.0.json").read_text("utf-8"))
    validator = Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(written)] == []
    broken = written | {"display_information": {"name": "A" * 36}}
    assert not validator.is_valid(broken)


@pytest.mark.parametrize("place", LIMITS)
def test_a_text_is_within_slacks_limit(written: dict[str, Any], place: str) -> None:
    assert [said for said in at(written, place) if not 0 < len(said) <= LIMITS[place]] == []


@pytest.mark.parametrize("place", MOST)
def test_a_list_is_within_slacks_limit_and_names_nothing_twice(written: dict[str, Any], place: str) -> None:
    [listed] = at(written, place)
    assert len(listed) <= MOST[place]
    assert [said for said, count in Counter(map(str, listed)).items() if count > 1] == []


def test_our_limits_are_the_published_ones(slack_facts: Path) -> None:
    published = json.loads((slack_facts / "platform-limits.json").read_text("utf-8"))["manifest"]
    ours = {
        "app_name": LIMITS["display_information.name"],
        "description": LIMITS["display_information.description"],
        "bot_display_name": LIMITS["features.bot_user.display_name"],
        "shortcut.name": LIMITS["features.shortcuts[].name"],
        "shortcut.description": LIMITS["features.shortcuts[].description"],
        "shortcut.callback_id": LIMITS["features.shortcuts[].callback_id"],
        "slash_command.description": LIMITS["features.slash_commands[].description"],
        "slash_command.usage_hint": LIMITS["features.slash_commands[].usage_hint"],
        "slash_command.url": LIMITS["features.slash_commands[].url"],
        "shortcuts": MOST["features.shortcuts"],
        "slash_commands": MOST["features.slash_commands"],
        "scopes": MOST["oauth_config.scopes.bot"],
        "bot_events": MOST["settings.event_subscriptions.bot_events"],
    }
    assert ours == {name: published[name]["value"] for name in ours}


def test_commands_shortcuts_and_events_are_exactly_those_that_are_heard(written: dict[str, Any]) -> None:
    assert at(written, "features.slash_commands[].command") == list(dict.fromkeys(heard(Heard.COMMAND)))
    assert at(written, "features.shortcuts[].callback_id") == heard(Heard.SHORTCUT)
    assert at(written, "settings.event_subscriptions.bot_events") == [
        sorted(SUBSCRIPTIONS.get(name, name) for name in heard(Heard.EVENT))
    ]
    assert written["settings"]["interactivity"]["is_enabled"] is bool(
        heard(Heard.ACTION) or heard(Heard.VIEW) or heard(Heard.SHORTCUT)
    )


def test_nothing_is_described_that_is_not_heard() -> None:
    assert set(COMMANDS) == set(heard(Heard.COMMAND))
    assert set(SHORTCUTS) == set(heard(Heard.SHORTCUT))
    assert set(EVENT_SCOPES) == {SUBSCRIPTIONS.get(name, name) for name in heard(Heard.EVENT)}


def test_a_commands_hint_names_the_words_that_it_knows() -> None:
    for name, said in COMMANDS.items():
        hinted = set(re.findall(r"\b[a-z]+\b", said.usage))
        known = {row.word for row in TABLE if row.id == name and row.word and row.word.isalpha()}
        assert known <= hinted, name


def test_socket_mode_needs_no_address_and_http_has_it_everywhere() -> None:
    socket_mode, http = manifest(TABLE), manifest(TABLE, f"{URL}/")
    assert socket_mode["settings"]["socket_mode_enabled"] is True
    assert "http" not in json.dumps(socket_mode)
    assert http["settings"]["socket_mode_enabled"] is False
    addresses = [
        *at(http, "features.slash_commands[].url"),
        *at(http, "settings.event_subscriptions.request_url"),
        *at(http, "settings.interactivity.request_url"),
    ]
    assert len(addresses) == len(set(heard(Heard.COMMAND))) + 2
    assert set(addresses) == {URL + SLACK_PATH}


def test_the_methods_that_are_written_down_are_exactly_those_that_are_called() -> None:
    called: set[str] = set()
    for file in sorted((ROOT / "bot").rglob("*.py")):
        if file.relative_to(ROOT / "bot").parts[0] not in NOT_THE_APP:
            called |= methods_called(file.read_text("utf-8"))
    assert called == set(METHODS)


@pytest.mark.parametrize(
    ("source", "called"),
    [
        ("async def f(client):\n    await client.views_open(view=1)", {"views.open"}),
        ("class C:\n    async def f(self):\n        return await self._client.users_info(user='U1')", {"users.info"}),
        ("act = client.conversations_history", {"conversations.history"}),
        ("def f():\n    return Call('chat.postMessage', {})", {"chat.postMessage"}),
        ("ports.Call(method='chat.update', arguments={})", {"chat.update"}),
        ("client.api_call('reactions.add', json={})", {"reactions.add"}),
        ("handler = AsyncSocketModeHandler(app, token)", {"apps.connections.open"}),
        ("client.api_call(call.method, json=call.arguments)", set()),
        ("clock.now()\nviews.open()\nt.day(day)", set()),
    ],
)
def test_a_call_is_found_however_it_is_written(source: str, called: set[str]) -> None:
    assert methods_called(source) == called


@pytest.mark.parametrize("source", ["Call('chat.' + verb, {})", "client.api_call(name)", "Call(method, {})"])
def test_a_call_whose_method_cannot_be_read_is_refused(source: str) -> None:
    with pytest.raises(Unreadable):
        methods_called(source)


def test_the_sdks_own_methods_are_read_from_its_source() -> None:
    assert client_methods()["chat_postMessage"] == "chat.postMessage"
    assert len(client_methods()) > 200


def test_the_scopes_are_exactly_what_commands_methods_and_events_need(written: dict[str, Any]) -> None:
    needed = {scope for scopes in (*METHODS.values(), *EVENT_SCOPES.values()) for scope in scopes}
    assert at(written, "oauth_config.scopes.bot") == [sorted({*needed, "commands"})]
    assert set(written["oauth_config"]["scopes"]) == {"bot"}


@pytest.mark.parametrize("method", METHODS)
def test_a_methods_scope_is_the_published_one(method: str, slack_facts: Path) -> None:
    published = json.loads((slack_facts / "methods.json").read_text("utf-8"))["methods"][method]["bot_scopes"]
    assert METHODS[method] == frozenset(published["any_or_all_of"]) - NOT_ASKED_FOR.get(method, set())
    assert published["no_scope_required"] is not bool(METHODS[method])
    assert published["user_token_only"] is False


@pytest.mark.parametrize("event", EVENT_SCOPES)
def test_an_events_scope_is_the_published_one(event: str, slack_facts: Path) -> None:
    published = json.loads((slack_facts / "events-reference" / f"{event}.json").read_text("utf-8"))
    # Of scopes by kind of conversation the app takes those of the kinds that it is in.
    offered = frozenset(published["scopes"])
    assert EVENT_SCOPES[event] == offered - {"im:read", "mpim:read"}
    assert "Events" in published["APIs"]


def test_every_scope_event_command_and_shortcut_is_explained(written: dict[str, Any]) -> None:
    said = (ROOT / "manifests" / "README.md").read_text("utf-8")
    [scopes], [events] = at(written, "oauth_config.scopes.bot"), at(written, "settings.event_subscriptions.bot_events")
    explained = set(re.findall(r"^\| `([\w:.]+)` \|", said, re.MULTILINE))
    assert explained - set(MADE_BY) == {*scopes, *events}
    for command in at(written, "features.slash_commands[].command"):
        assert f"`{command}`" in said
    for name in at(written, "features.shortcuts[].name"):
        assert f"*{name}*" in said
    for file, (_, command) in MADE_BY.items():
        assert re.search(rf"`{re.escape(file)}`.*`{re.escape(command)}`", said)


def test_every_id_is_heard_once_by_the_table() -> None:
    ours = sorted(value for name, value in vars(ids).items() if name.isupper())
    assert (
        sorted(name for kind in (Heard.VIEW, Heard.ACTION, Heard.SHORTCUT, Heard.OPTIONS) for name in heard(kind))
        == ours
    )


def test_what_blocks_send_is_heard_and_what_is_heard_is_sent_by_blocks() -> None:
    actions: set[str] = set()
    callbacks: set[str] = set()
    for example in EXAMPLES:
        found = ids_of(rendered(example))
        actions |= {action.partition(":")[0] for action in found.actions}
        callbacks |= found.callbacks
    assert actions == {*heard(Heard.ACTION), *heard(Heard.OPTIONS)}
    assert callbacks == set(heard(Heard.VIEW))


def heard(kind: Heard, table: tuple[Row, ...] = TABLE) -> list[str]:
    """What the table listens to, of one kind, in its order."""
    return [row.id for row in table if row.heard is kind]


def at(said: Any, place: str) -> list[Any]:
    """Everything at a place such as `features.shortcuts[].name`; a key that an entry does not have is left out."""
    return list(_steps(said, [step for step in place.replace("[]", ".[]").split(".") if step]))


def _steps(said: Any, steps: list[str]) -> Iterator[Any]:
    if not steps:
        yield said
    elif steps[0] == "[]":
        for entry in said:
            yield from _steps(entry, steps[1:])
    elif steps[0] in said:
        yield from _steps(said[steps[0]], steps[1:])
