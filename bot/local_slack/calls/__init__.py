"""What each Web API method does, by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.local_slack.calls import chat, conversations, pins, users, views
from bot.local_slack.installation import Installation
from bot.local_slack.records import Json

Doing = Callable[[Installation, Mapping[str, Any]], Json]

DOINGS: Mapping[str, Doing] = {
    "auth.test": users.test,
    "chat.postMessage": chat.post_message,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.update": chat.update,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.get_permalink,
    "pins.add": pins.add,
    "views.open": views.open_modal,
    "views.push": views.push,
    "views.update": views.update,
    "views.publish": views.publish,
    "users.info": users.info,
    "usergroups.users.list": users.in_group,
    "conversations.history": conversations.history,
    "conversations.replies": conversations.replies,
    "conversations.info": conversations.info,
    "conversations.members": conversations.members,
    "conversations.open": conversations.open_direct,
}
