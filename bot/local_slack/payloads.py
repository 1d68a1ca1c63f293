"""The payloads of what people do, as Slack sends them.

https://docs.slack.dev/reference/interaction-payloads and
https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from bot.local_slack.forms import state_values
from bot.local_slack.installation import Installation
from bot.local_slack.manifest import Shortcut
from bot.local_slack.records import Channel, Json, Post, User, View


class Payloads:
    """Builds payloads for the installed app."""

    def __init__(self, slack: Installation) -> None:
        self._slack = slack

    def command(self, user: User, channel: Channel, command: str, text: str) -> Json:
        """The form fields of a slash command."""
        workspace = self._slack.workspace
        fields: Json = {
            "token": self._slack.tokens.verification,
            "team_id": workspace.team_id,
            "team_domain": workspace.domain,
            "channel_id": channel.id,
            "channel_name": _channel_name(channel),
            "user_id": user.id,
            "user_name": user.handle,
            "command": command,
            "text": text,
            "api_app_id": workspace.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_url("commands", user, channel, None),
            "trigger_id": self._slack.triggers.issue(user.id),
        }
        if workspace.enterprise_id:
            fields |= {"enterprise_id": workspace.enterprise_id, "enterprise_name": workspace.domain}
        return fields

    def shortcut(self, user: User, shortcut: Shortcut) -> Json:
        """A global shortcut."""
        return {
            **self._acted("shortcut", user),
            "action_ts": self._action_ts(),
            "callback_id": shortcut.callback_id,
            "trigger_id": self._slack.triggers.issue(user.id),
        }

    def message_shortcut(self, user: User, shortcut: Shortcut, channel: Channel, post: Post) -> Json:
        """A message shortcut."""
        return {
            **self._acted("message_action", user),
            "action_ts": self._action_ts(),
            "callback_id": shortcut.callback_id,
            "trigger_id": self._slack.triggers.issue(user.id),
            "response_url": self._response_url("app", user, channel, None),
            "message_ts": post.ts,
            "channel": {"id": channel.id, "name": _channel_name(channel)},
            "message": copy.deepcopy(self._slack.message(post)),
        }

    def message_action(self, user: User, channel: Channel, post: Post, source: Post, action: Json) -> Json:
        """block_actions on a message; `post` is what the person sees, `source` what would be replaced."""
        return {
            **self._acted("block_actions", user),
            "container": _message_container(channel, post),
            "trigger_id": self._slack.triggers.issue(user.id),
            "channel": {"id": channel.id, "name": _channel_name(channel)},
            # Slack keeps no copy of an ephemeral message that it could send along.
            **({} if post.is_ephemeral else {"message": copy.deepcopy(self._slack.message(post))}),
            "state": {"values": copy.deepcopy(state_values(post.blocks, post.filled))},
            "response_url": self._response_url("actions", user, channel, source),
            "actions": [{**action, "action_ts": self._action_ts()}],
        }

    def view_action(self, user: User, view: View, action: Json) -> Json:
        """block_actions in a modal or a Home tab."""
        return {
            **self._acted("block_actions", user),
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": self._slack.triggers.issue(user.id),
            "view": self._slack.views.as_slack(view, with_state=True),
            "actions": [{**action, "action_ts": self._action_ts()}],
        }

    def suggestion(self, user: User, place: Json, block_id: str, action_id: str, value: str) -> Json:
        """block_suggestion: what a person typed into an external select."""
        return {
            **self._acted("block_suggestion", user),
            "action_id": action_id,
            "block_id": block_id,
            "value": value,
            **place,
        }

    def in_view(self, view: View) -> Json:
        """Where a suggestion is asked for: in a view."""
        return {
            "container": {"type": "view", "view_id": view.id},
            "view": self._slack.views.as_slack(view, with_state=True),
        }

    def in_message(self, channel: Channel, post: Post) -> Json:
        """Where a suggestion is asked for: in a message."""
        return {
            "container": _message_container(channel, post),
            "channel": {"id": channel.id, "name": _channel_name(channel)},
            "message": copy.deepcopy(self._slack.message(post)),
        }

    def submission(self, user: User, view: View) -> Json:
        """view_submission, with what was filled in."""
        return {
            **self._acted("view_submission", user),
            "trigger_id": self._slack.triggers.issue(user.id),
            "view": self._slack.views.as_slack(view, with_state=True),
            "response_urls": [],
        }

    def closed(self, user: User, view: View, *, is_cleared: bool) -> Json:
        """view_closed."""
        return {
            **self._acted("view_closed", user),
            "view": self._slack.views.as_slack(view, with_state=True),
            "is_cleared": is_cleared,
        }

    def event(self, event: Mapping[str, Any]) -> Json:
        """An event in its envelope (https://docs.slack.dev/apis/events-api/#event-type-structure)."""
        workspace = self._slack.workspace
        stamps = workspace.stamps
        enterprise = {"enterprise_id": workspace.enterprise_id} if workspace.enterprise_id else {}
        return {
            **enterprise,
            "token": self._slack.tokens.verification,
            "team_id": workspace.team_id,
            "context_team_id": workspace.team_id,
            "context_enterprise_id": workspace.enterprise_id,
            "api_app_id": workspace.app_id,
            "event": {"event_ts": stamps.next("events"), **copy.deepcopy(dict(event))},
            "type": "event_callback",
            "event_id": workspace.ids.next("Ev"),
            "event_time": stamps.seconds(),
            "authorizations": [
                {
                    "enterprise_id": workspace.enterprise_id,
                    "team_id": workspace.team_id,
                    "user_id": workspace.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
        }

    def _acted(self, kind: str, user: User) -> Json:
        workspace = self._slack.workspace
        team: Json = {"id": workspace.team_id, "domain": workspace.domain}
        enterprise: Json | None = None
        if workspace.enterprise_id:
            team |= {"enterprise_id": workspace.enterprise_id, "enterprise_name": workspace.domain}
            enterprise = {"id": workspace.enterprise_id, "name": workspace.domain}
        return {
            "type": kind,
            "team": team,
            "user": {"id": user.id, "username": user.handle, "name": user.handle, "team_id": workspace.team_id},
            "api_app_id": workspace.app_id,
            "token": self._slack.tokens.verification,
            "enterprise": enterprise,
            "is_enterprise_install": False,
        }

    def _action_ts(self) -> str:
        return self._slack.workspace.stamps.next("actions")

    def _response_url(self, kind: str, user: User, channel: Channel, source: Post | None) -> str:
        path = self._slack.response_urls.issue(kind, self._slack.workspace.team_id, user.id, channel, source)
        return f"{self._slack.base_url}{path}"


def _channel_name(channel: Channel) -> str:
    # Slack calls a private channel "privategroup" in payloads, whatever its name is.
    return "privategroup" if channel.kind == "group" else channel.name


def _message_container(channel: Channel, post: Post) -> Json:
    container: Json = {
        "type": "message",
        "message_ts": post.ts,
        "channel_id": channel.id,
        "is_ephemeral": post.is_ephemeral,
    }
    if post.thread_ts:
        container["thread_ts"] = post.thread_ts
    return container
