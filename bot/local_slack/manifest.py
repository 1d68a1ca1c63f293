"""What an app manifest says that matters to the local Slack.

https://docs.slack.dev/reference/app-manifest
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Shortcut:
    """A shortcut of the app; `kind` is `message` or `global`."""

    name: str
    kind: Literal["message", "global"]
    callback_id: str


@dataclass(frozen=True)
class Manifest:
    """The installed app's name, scopes, commands, shortcuts and event subscriptions."""

    name: str
    bot_name: str
    scopes: tuple[str, ...]
    commands: frozenset[str]
    shortcuts: tuple[Shortcut, ...]
    events: frozenset[str]
    home_tab: bool
    messages_tab: bool

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Manifest:
        """Reads a manifest as a mapping (from YAML or JSON)."""
        features = _part(raw, "features")
        settings = _part(raw, "settings")
        home = _part(features, "app_home")
        name = str(_part(raw, "display_information").get("name", "App"))
        return cls(
            name=name,
            bot_name=str(_part(features, "bot_user").get("display_name", name)),
            scopes=tuple(_part(_part(raw, "oauth_config"), "scopes").get("bot") or ()),
            commands=frozenset(each["command"] for each in features.get("slash_commands") or ()),
            shortcuts=tuple(
                Shortcut(each["name"], each["type"], each["callback_id"]) for each in features.get("shortcuts") or ()
            ),
            events=frozenset(_part(settings, "event_subscriptions").get("bot_events") or ()),
            home_tab=bool(home.get("home_tab_enabled")),
            # Only a manifest that says so takes the Messages tab away from the app's home.
            messages_tab=home.get("messages_tab_enabled") is not False,
        )


def _part(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = raw.get(name)
    return part if isinstance(part, Mapping) else {}
