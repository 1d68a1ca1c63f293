"""Events of the workspace that an app can subscribe to.

https://docs.slack.dev/reference/events
"""

from __future__ import annotations

from bot.local_slack.installation import Installation
from bot.local_slack.records import Channel, Json, Post, User

# https://docs.slack.dev/reference/events/message.channels and its neighbours.
_MESSAGES = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}
# https://docs.slack.dev/reference/events/member_joined_channel: the first letter of the kind.
_LETTERS = {"channel": "C", "group": "G", "im": "D"}


def message_event(slack: Installation, channel: Channel, post: Post) -> tuple[str | None, Json]:
    """The subscription under which the app hears of a message (None if it does not), and the event."""
    subscription = _MESSAGES[channel.kind]
    hears = subscription in slack.manifest.events and slack.workspace.bot.id in channel.members
    event = {**slack.message(post), "channel": channel.id, "event_ts": post.ts, "channel_type": channel.kind}
    return subscription if hears else None, event


def member_joined(slack: Installation, channel: Channel, user: User, inviter: User | None) -> Json:
    """Somebody, perhaps the app, has joined a channel."""
    event: Json = {
        "type": "member_joined_channel",
        "user": user.id,
        "channel": channel.id,
        "channel_type": _LETTERS[channel.kind],
        "team": slack.workspace.team_id,
    }
    if inviter is not None:
        event["inviter"] = inviter.id
    return event


def member_left(slack: Installation, channel: Channel, user: User) -> Json:
    """Somebody has left a channel (https://docs.slack.dev/reference/events/member_left_channel)."""
    return {
        "type": "member_left_channel",
        "user": user.id,
        "channel": channel.id,
        "channel_type": _LETTERS[channel.kind],
        "team": slack.workspace.team_id,
    }


def app_left(channel: Channel) -> Json:
    """The app was taken out of a channel (https://docs.slack.dev/reference/events/channel_left and group_left)."""
    return {"type": f"{channel.kind}_left", "channel": channel.id}


def archived(channel: Channel, by: User | None) -> Json:
    """A channel was archived, or is in use again.

    https://docs.slack.dev/reference/events/channel_archive, channel_unarchive, group_archive and group_unarchive
    """
    event: Json = {"type": f"{channel.kind}_{'' if channel.archived else 'un'}archive", "channel": channel.id}
    return {**event, "user": by.id} if by is not None else event


def renamed(channel: Channel) -> Json:
    """A channel has another name (https://docs.slack.dev/reference/events/channel_rename and group_rename)."""
    return {
        "type": f"{channel.kind}_rename",
        "channel": {"id": channel.id, "name": channel.name, "created": channel.created},
    }


def user_change(slack: Installation, user: User) -> Json:
    """A user's data have changed (https://docs.slack.dev/reference/events/user_change)."""
    return {
        "type": "user_change",
        "user": user.as_slack(slack.now(), locale=True, email="users:read.email" in slack.manifest.scopes),
        "cache_ts": slack.workspace.stamps.seconds(),
    }
