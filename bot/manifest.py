"""The Slack app manifest, made from what the code registers and calls (https://docs.slack.dev/reference/app-manifest)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot import ids
from bot.http.server import SLACK_PATH
from bot.listeners.rows import Heard, Row


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """What Slack shows while somebody types a command."""

    description: str
    usage: str


COMMANDS: dict[str, CommandHelp] = {
    "/embedding": CommandHelp(
        "Propose an embedding, see which there are, or plan what they ask",
        "[list | prompts | shifts | crews | away | back | settings | shutdown | pause | resume | help]",
    ),
    "/model-feedback": CommandHelp(
        "Report what a tool did, in your own words",
        "[what it did | unsafe, and what | F-1 | again F-1 | list | restrict | lift | help]",
    ),
    "/change-note": CommandHelp(
        "Note what changed in a tool, answer reports, note what you saw",
        "[inbox | list | C-1 | F-1 | history | observed | observations | exposure | help]",
    ),
    "/embedding-summary": CommandHelp("See how an embedding is going", "[E-1 | help]"),
}

SHORTCUTS: dict[str, tuple[str, str]] = {
    ids.REPORT_SHORTCUT: ("Report model behaviour", "Make a report of this message"),
}

METHODS: dict[str, frozenset[str]] = {
    "auth.test": frozenset(),
    "apps.connections.open": frozenset(),
    "chat.postMessage": frozenset({"chat:write"}),
    "chat.update": frozenset({"chat:write"}),
    "conversations.history": frozenset({"im:history"}),
    "conversations.open": frozenset({"im:write"}),
    "conversations.info": frozenset({"channels:read", "groups:read"}),
    "usergroups.users.list": frozenset({"usergroups:read"}),
    "pins.add": frozenset({"pins:write"}),
    "users.info": frozenset({"users:read"}),
    "views.open": frozenset(),
    "views.publish": frozenset(),
    "views.update": frozenset(),
}
"""The Web API methods that the app calls, and the bot scope that each needs (its page on docs.slack.dev)."""

EVENT_SCOPES: dict[str, frozenset[str]] = {
    "app_home_opened": frozenset(),
    "user_change": frozenset({"users:read"}),
    # A team's channel is public or private; a conversation of a few people is none.
    "member_joined_channel": frozenset({"channels:read", "groups:read"}),
    "message.im": frozenset({"im:history"}),
}
"""The bot scope that each event needs (its page on docs.slack.dev)."""

SUBSCRIPTIONS = {"message": "message.im"}
"""Events that Slack names in another way where one subscribes to them: https://docs.slack.dev/reference/events/message.im"""


def manifest(table: Iterable[Row], url: str | None = None) -> dict[str, Any]:
    """The manifest of the app.

    Args:
        table: The registration table.
        url: The public address of the HTTP side, such as `https://alongside.example`; None for Socket Mode.

    Returns:
        A manifest as Slack takes it, ready for JSON.
    """
    rows = tuple(table)
    request_url = {"request_url": url.rstrip("/") + SLACK_PATH} if url else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Alongside",
            "description": "Tell the people who tune a model what it did, and hear what came of it.",
            "background_color": "#1f3d3a",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Alongside", "always_online": True},
            "shortcuts": [_shortcut(row) for row in rows if row.heard is Heard.SHORTCUT],
            "slash_commands": [_command(name, url) for name in _commands(rows)],
        },
        "oauth_config": {"scopes": {"bot": sorted(scopes(rows))}},
        "settings": {
            "event_subscriptions": {"bot_events": sorted(_events(rows)), **request_url},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }


def scopes(table: Iterable[Row]) -> frozenset[str]:
    """The bot scopes that the registered rows and the called methods need, and no more."""
    rows = tuple(table)
    needed = {scope for scopes in METHODS.values() for scope in scopes}
    needed |= {scope for event in _events(rows) for scope in EVENT_SCOPES[event]}
    if any(row.heard in (Heard.COMMAND, Heard.SHORTCUT) for row in rows):
        needed.add("commands")
    return frozenset(needed)


def _commands(rows: tuple[Row, ...]) -> list[str]:
    return list(dict.fromkeys(row.id for row in rows if row.heard is Heard.COMMAND))


def _events(rows: tuple[Row, ...]) -> set[str]:
    return {SUBSCRIPTIONS.get(row.id, row.id) for row in rows if row.heard is Heard.EVENT}


def _command(name: str, url: str | None) -> dict[str, Any]:
    said = COMMANDS[name]
    address = {"url": url.rstrip("/") + SLACK_PATH} if url else {}
    return {
        "command": name,
        "description": said.description,
        "usage_hint": said.usage,
        "should_escape": False,
        **address,
    }


def _shortcut(row: Row) -> dict[str, str]:
    name, description = SHORTCUTS[row.id]
    return {"name": name, "type": "message", "callback_id": row.id, "description": description}
