"""views.*: https://docs.slack.dev/reference/methods?family=views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.local_slack.errors import Refused
from bot.local_slack.installation import Installation
from bot.local_slack.records import Json, View


def _answer(slack: Installation, view: View) -> Json:
    return {"ok": True, "view": slack.views.as_slack(view)}


def _trigger(given: Mapping[str, Any]) -> str:
    trigger_id = given.get("trigger_id") or given.get("interactivity_pointer")
    if not trigger_id:
        raise Refused("invalid_arguments", ["missing required field: trigger_id"])
    return str(trigger_id)


def open_modal(slack: Installation, given: Mapping[str, Any]) -> Json:
    """Puts a modal before the person whose act the trigger stands for."""
    trigger_id = _trigger(given)
    user_id = slack.triggers.owner(trigger_id)
    definition = slack.views.checked(given["view"], "modal")
    slack.triggers.exchange(trigger_id)
    return _answer(slack, slack.views.open(user_id, definition))


def push(slack: Installation, given: Mapping[str, Any]) -> Json:
    """Puts a modal on top of the one that is open."""
    trigger_id = _trigger(given)
    user_id = slack.triggers.owner(trigger_id)
    definition = slack.views.checked(given["view"], "modal")
    if slack.views.top(user_id) is None:
        raise Refused("not_found")
    view = slack.views.push(user_id, definition)
    slack.triggers.exchange(trigger_id)
    return _answer(slack, view)


def update(slack: Installation, given: Mapping[str, Any]) -> Json:
    """Changes a view that is open, if it still is the one that the app means."""
    if not given.get("view_id") and not given.get("external_id"):
        raise Refused("invalid_arguments", ["missing required field: view_id"])
    view = slack.views.by_id(given.get("view_id"), given.get("external_id"))
    if given.get("hash") and given["hash"] != view.hash:
        raise Refused("hash_conflict")
    definition = slack.views.checked(given["view"], view.kind, instead_of=view)
    return _answer(slack, slack.views.update(view, definition))


def publish(slack: Installation, given: Mapping[str, Any]) -> Json:
    """Makes or changes the Home tab of a person."""
    if not slack.manifest.home_tab:
        raise Refused("not_enabled")
    user_id = given["user_id"]
    if user_id not in slack.workspace.users:
        raise Refused("invalid_arguments", ["invalid `user_id` [json-pointer:/user_id]"])
    there = slack.views.homes.get(user_id)
    if given.get("hash") and (there is None or given["hash"] != there.hash):
        raise Refused("hash_conflict")
    definition = slack.views.checked(given["view"], "home", instead_of=there)
    return _answer(slack, slack.views.publish(user_id, definition))
