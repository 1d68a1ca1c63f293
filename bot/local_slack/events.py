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


def user_change(slack: Installation, user: User) -> Json:
    """A user's data have changed (https://docs.slack.dev/reference/events/user_change)."""
    return {
        "type": "user_change",
        "user": user.as_slack(slack.now(), locale=True, email="users:read.email" in slack.manifest.scopes),
        "cache_ts": slack.workspace.stamps.seconds(),
    }
