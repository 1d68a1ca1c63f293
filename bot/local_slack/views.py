"""Modals and Home tabs: what each person has before them.

https://docs.slack.dev/surfaces/modals: a stack of at most three modals, each with a hash that changes with
every change, so that an app can say which version it means.
"""

from __future__ import annotations

import copy
import secrets
from collections.abc import Mapping
from typing import Any

from bot.local_slack.blocks import is_too_large, problems_of_view
from bot.local_slack.errors import Refused
from bot.local_slack.forms import state_values, still_there
from bot.local_slack.records import Json, View
from bot.local_slack.workspace import Workspace

DEEPEST_STACK = 3


class Views:
    """The modals that are open and the Home tabs that were published, by user id."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def stack(self, user_id: str) -> list[View]:
        """The open modals of a user, the top one last."""
        return self.stacks.setdefault(user_id, [])

    def top(self, user_id: str) -> View | None:
        """The modal that the user has before them."""
        stack = self.stack(user_id)
        return stack[-1] if stack else None

    def all_open(self) -> list[View]:
        """Every view that exists now."""
        return [*(view for stack in self.stacks.values() for view in stack), *self.homes.values()]

    def by_id(self, view_id: str | None, external_id: str | None) -> View:
        """An open view.

        Raises:
            Refused: There is none with this id.
        """
        for view in self.all_open():
            if view_id == view.id or (external_id and view.definition["external_id"] == external_id):
                return view
        raise Refused("not_found")

    def checked(self, definition: Any, surface: str, *, instead_of: View | None = None) -> Json:
        """The definition of a view with all ids and defaults.

        Raises:
            Refused: Slack would not take it.
        """
        problems = problems_of_view(definition, surface)
        if problems:
            raise Refused("invalid_arguments", [str(each) for each in problems])
        if is_too_large(definition):
            raise Refused("view_too_large")
        external_id = definition.get("external_id")
        if external_id and any(
            view is not instead_of and view.definition["external_id"] == external_id for view in self.all_open()
        ):
            raise Refused("duplicate_external_id")
        return self._complete(definition)

    def _complete(self, definition: Mapping[str, Any]) -> Json:
        complete: Json = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "submit": None,
            "close": None,
            **copy.deepcopy(dict(definition)),
        }
        complete["blocks"] = self._workspace.with_ids(complete["blocks"])
        return complete

    def open(self, user_id: str, definition: Json) -> View:
        """Puts a first modal before a user, in the place of what was open."""
        self.clear(user_id)
        return self.push(user_id, definition)

    def push(self, user_id: str, definition: Json) -> View:
        """Puts a modal on top of those that are open.

        Raises:
            Refused: Three are open already.
        """
        stack = self.stack(user_id)
        if len(stack) >= DEEPEST_STACK:
            raise Refused("push_limit_reached")
        view_id = self._workspace.ids.next("V")
        view = View(
            view_id,
            user_id,
            definition,
            self._hash(),
            root_view_id=stack[0].id if stack else view_id,
            previous_view_id=stack[-1].id if stack else None,
        )
        stack.append(view)
        return view

    def update(self, view: View, definition: Json) -> View:
        """Changes a view; what was filled in stays where both ids stay the same."""
        view.definition = definition
        view.filled = still_there(view.blocks, view.filled)
        view.hash = self._hash()
        view.changes += 1
        return view

    def publish(self, user_id: str, definition: Json) -> View:
        """Makes or changes the Home tab of a user."""
        home = self.homes.get(user_id)
        if home is not None:
            return self.update(home, definition)
        view_id = self._workspace.ids.next("V")
        self.homes[user_id] = View(view_id, user_id, definition, self._hash(), root_view_id=view_id)
        return self.homes[user_id]

    def close(self, view: View) -> None:
        """Takes a modal away; the one below it is before the user again."""
        view.is_open = False
        stack = self.stack(view.user_id)
        if view in stack:
            stack.remove(view)

    def clear(self, user_id: str) -> None:
        """Takes all modals of a user away."""
        for view in list(self.stack(user_id)):
            self.close(view)

    def as_slack(self, view: View, *, with_state: bool = False) -> Json:
        """The view object, with what was filled in when `with_state`."""
        workspace = self._workspace
        body = copy.deepcopy(view.definition)
        values = state_values(view.blocks, view.filled) if with_state else {}
        return {
            "id": view.id,
            "team_id": workspace.team_id,
            **body,
            "state": {"values": copy.deepcopy(values)},
            "hash": view.hash,
            "previous_view_id": view.previous_view_id,
            "root_view_id": view.root_view_id,
            "app_id": workspace.app_id,
            "app_installed_team_id": workspace.team_id,
            "bot_id": workspace.bot_id,
        }

    def _hash(self) -> str:
        return f"{self._workspace.stamps.seconds()}.{secrets.token_hex(4)}"
