"""auth.test, users.info and usergroups.users.list: https://docs.slack.dev/reference/methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.local_slack.errors import Refused
from bot.local_slack.installation import Installation
from bot.local_slack.records import Json


def test(slack: Installation, given: Mapping[str, Any]) -> Json:
    """Who the token is (https://docs.slack.dev/reference/methods/auth.test)."""
    workspace = slack.workspace
    answer: Json = {
        "ok": True,
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.domain,
        "user": workspace.bot.handle,
        "team_id": workspace.team_id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }
    if workspace.enterprise_id:
        answer["enterprise_id"] = workspace.enterprise_id
    return answer


def info(slack: Installation, given: Mapping[str, Any]) -> Json:
    """A user; the email only with its own scope, the locale only when asked for."""
    user = slack.workspace.users.get(given["user"])
    if user is None:
        raise Refused("user_not_found")
    return {
        "ok": True,
        "user": user.as_slack(
            slack.now(),
            locale=bool(given.get("include_locale")),
            email="users:read.email" in slack.manifest.scopes,
        ),
    }


def in_group(slack: Installation, given: Mapping[str, Any]) -> Json:
    """The members of a user group (https://docs.slack.dev/reference/methods/usergroups.users.list).

    A disabled group is found only when disabled ones are asked for.
    """
    group = slack.workspace.usergroups.get(given["usergroup"])
    if group is None or (group.disabled and not given.get("include_disabled")):
        raise Refused("no_such_subteam")
    return {"ok": True, "users": list(group.members)}
