"""What Slack says of a person, in a `user_change` event or as the answer of `users.info`."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.forms.request import Request
from bot.texts import Texts
from store.people import Profile

LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,3}")


def profile(user: Mapping[str, Any]) -> Profile:
    """Slack's user object as what we keep of it (https://docs.slack.dev/reference/objects/user-object).

    A zone or a language that nobody knows is left out: whatever is said to the person later is written with them.
    """
    zone, locale = user.get("tz"), user.get("locale")
    return Profile(
        zone=zone if isinstance(zone, str) and _is_zone(zone) else None,
        locale=locale if isinstance(locale, str) and LOCALE.fullmatch(locale) else None,
        active=user.get("deleted") is not True,
        slack_admin=user.get("is_admin") is True or user.get("is_owner") is True,
    )


def user_changed(request: Request, t: Texts) -> tuple[Profile]:
    """The `user_change` event."""
    user = request.event.get("user")
    return (profile(user if isinstance(user, Mapping) else {}),)


@lru_cache(maxsize=256)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False
    return True
