"""auth.*, apps.*, users.* and usergroups.*: who the app is, and who is there."""

from __future__ import annotations

from bot.local_slack.methods.model import Method, Tier, arguments, errors

PEOPLE = (
    Method(
        "auth.test",
        Tier.SPECIAL,
        arguments(),
        json=True,
        given=errors("invalid_auth"),
        told=errors("internal_error"),
    ),
    Method(
        "apps.connections.open",
        Tier.THREE,
        arguments(),
        json=True,
        token="app",
        given=errors("invalid_auth"),
        told=errors("forbidden_team insecure_request internal_error missing_args"),
    ),
    Method(
        "users.info",
        Tier.FOUR,
        arguments("user::user_not_found", "include_locale:boolean"),
        scopes=("users:read",),
        given=errors("user_not_found"),
        told=errors("too_many_users user_not_visible"),
    ),
    Method(
        "usergroups.users.list",
        Tier.TWO,
        arguments("usergroup", "include_disabled:boolean team_id"),
        scopes=("usergroups:read",),
        given=errors("no_such_subteam"),
        told=errors("invalid_cursor plan_upgrade_required"),
    ),
)
