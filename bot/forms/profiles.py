"""What Slack says of a person, in a `user_change` event or as the answer of `users.info`."""

from collections.abc import Mapping
from typing import Any

from bot.forms.request import Request
from bot.texts import Texts
from store.people import Profile


def profile(user: Mapping[str, Any]) -> Profile:
    """Slack's user object as what we keep of it (https://docs.slack.dev/reference/objects/user-object)."""
    zone, locale = user.get("tz"), user.get("locale")
    return Profile(
        zone=zone if isinstance(zone, str) else None,
        locale=locale if isinstance(locale, str) else None,
        active=user.get("deleted") is not True,
        slack_admin=user.get("is_admin") is True or user.get("is_owner") is True,
    )


def user_changed(request: Request, t: Texts) -> tuple[Profile]:
    """The `user_change` event."""
    user = request.event.get("user")
    return (profile(user if isinstance(user, Mapping) else {}),)
