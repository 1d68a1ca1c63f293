"""A person's acts on their way to the app, and what comes of the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.local_slack.compositions import option, option_group
from bot.local_slack.content import is_empty
from bot.local_slack.errors import NotAsExpected, Refused
from bot.local_slack.filling import Filling
from bot.local_slack.forms import Field, fields_of
from bot.local_slack.handles import Answer, Message, Place, Surface
from bot.local_slack.journal import Ack, Inbound, Kind
from bot.local_slack.records import Channel, Json, User, View
from bot.local_slack.responses import put
from bot.local_slack.rules import array
from bot.local_slack.screen import Button
from bot.local_slack.stage import Stage

MOST_SUGGESTIONS = 100
# https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
QUERY_BEFORE_ASKING = 3


@dataclass
class Hands:
    """One person's acts."""

    stage: Stage
    user: User
    suggested: dict[tuple[str, str], list[Json]] = field(default_factory=dict)

    def see(self) -> str:
        """Everything the person has before them, for the text of a failure."""
        views = self.stage.slack.views
        return self.stage.screen.all(self.user, views.stack(self.user.id), views.homes.get(self.user.id))

    def unexpected(self, sentence: str) -> NotAsExpected:
        """The failure of an expectation, with what the person sees instead."""
        return NotAsExpected(f"{sentence}\n{self.see()}")

    async def act(self, kind: Kind, what: str, payload: Mapping[str, Any]) -> Inbound:
        """Sends what the person did and waits for the ack.

        Raises:
            NotAsExpected: The person is deactivated, or nobody answered.
        """
        if self.user.deleted:
            raise NotAsExpected(f"{self.user.real_name} is deactivated and cannot do anything ({what})")
        entry = await self.stage.delivery.send(kind, what, payload, person=self.user.id)
        if not entry.acked:
            raise self.unexpected(f"{self.user.real_name}: nobody answered {what}: {_why(entry.ack)}")
        return entry

    async def click(self, surface: Surface, label: str, beside: str | None) -> Inbound:
        """Clicks a button, or an option of an overflow menu, by its visible text."""
        button = self._button(surface, label, beside)
        return await self.dispatch(surface, button.action)

    def _button(self, surface: Surface, label: str, beside: str | None) -> Button:
        there = self.stage.screen.buttons(surface.blocks)
        found = [each for each in there if each.label == label and (beside is None or beside in each.beside)]
        if len(found) == 1:
            return found[0]
        names = ", ".join(f'"{each.label}"' for each in there) or "none"
        where = f' beside "{beside}"' if beside else ""
        if not found:
            raise self.unexpected(
                f'{self.user.real_name} wanted to click "{label}"{where} on {surface.described}; '
                f"the buttons there: {names}"
            )
        raise self.unexpected(f'{surface.described} has {len(found)} buttons "{label}"{where}; say beside= which text')

    async def dispatch(self, surface: Surface, action: Json) -> Inbound:
        """Sends block_actions for an element of a surface."""
        what = f"block_actions {action['action_id']}"
        return await self.act("interactive", what, surface.action_payload(self.stage.payloads, action))

    def field(self, surface: Surface, label: str) -> Field | None:
        """The field with this label; None when there is none.

        Raises:
            NotAsExpected: There are several.
        """
        found = [each for each in fields_of(surface.blocks) if each.label == label]
        if len(found) > 1:
            raise self.unexpected(f'{surface.described} has {len(found)} fields "{label}"')
        return found[0] if found else None

    async def fill(self, surface: Surface, label: str, wanted: Any) -> None:
        """Fills in one field, and sends block_actions where the field asks for it.

        Raises:
            NotAsExpected: The field is not there within the patience, or does not take that.
        """
        place = await self.stage.slack.changes.until(lambda: self.field(surface, label), self.stage.patience)
        if place is None:
            labels = ", ".join(f'"{each.label}"' for each in fields_of(surface.blocks)) or "none"
            raise self.unexpected(f'no field "{label}" on {surface.described}; the fields there: {labels}')
        options = await self._suggestions(surface, place, wanted) if "external" in place.type else None
        surface.filled[place.key] = Filling(self.stage.slack.workspace).value(place, wanted, options)
        self.stage.slack.changes.announce()
        if place.dispatches:
            await self.dispatch(surface, _action(place, surface.filled[place.key]))

    async def _suggestions(self, surface: Surface, place: Field, wanted: Any) -> list[Json]:
        """What was suggested for this field: as it is if it has the wanted ones, else by searching them."""
        names = [wanted] if isinstance(wanted, str) else list(wanted or ())
        known = self.suggested.get(place.key, [])
        for name in names:
            if name not in [each["text"]["text"] for each in known]:
                known = [*known, *await self.suggest(surface, place, name)]
        return known

    async def suggest(self, surface: Surface, place: Field, query: str) -> list[Json]:
        """Types into an external select and returns the options that the app suggests.

        Raises:
            NotAsExpected: Slack would not ask the app yet, or its answer is not one.
        """
        least = place.element.get("min_query_length", QUERY_BEFORE_ASKING)
        if len(query) < least:
            raise NotAsExpected(f'"{place.label}" suggests after {least} characters, not for "{query}"')
        payload = self.stage.payloads.suggestion(self.user, surface.where(self.stage.payloads), *place.key, query)
        entry = await self.act("interactive", f"block_suggestion {place.key[1]}", payload)
        self.suggested[place.key] = _checked_options(entry)
        return self.suggested[place.key]

    def answer(self, entry: Inbound, channel: Channel) -> Answer:
        """What the person sees of the answer to a command.

        Raises:
            NotAsExpected: Slack would not show it.
        """
        payload = entry.ack.payload if entry.ack else None
        if not payload:
            return Answer("", ())
        if not isinstance(payload, Mapping):
            raise self.unexpected(f"this is no answer to {entry.what}: {payload}")
        if is_empty(payload):
            return Answer("", ())
        try:
            post = put(self.stage.slack, channel, self.user.id, payload)
        except Refused as refused:
            raise self.unexpected(
                f"Slack would not show the answer to {entry.what}: {refused.error} {list(refused.messages)}"
            ) from refused
        self.stage.slack.changes.announce()
        message = Message(self.stage, self.user, post)
        return Answer(message.text(), tuple(post.blocks), message)

    def place_named(self, where: Place | None) -> Channel:
        """A conversation: None is the person's direct messages with the app.

        Raises:
            NotAsExpected: There is none of this name.
        """
        workspace = self.stage.slack.workspace
        if where is None:
            return workspace.open_direct(self.user.id)
        if isinstance(where, Channel):
            return where
        channel = workspace.channels.get(where) or workspace.channel_named(where)
        if channel is None:
            raise NotAsExpected(f"there is no channel {where}")
        return channel

    def place_of_mine(self, where: Place | None) -> Channel:
        """A conversation in which the person is.

        Raises:
            NotAsExpected: There is none of this name, or the person is not in it.
        """
        channel = self.place_named(where)
        if self.user.id not in channel.members:
            raise NotAsExpected(f"{self.user.real_name} is not in #{channel.name}")
        return channel

    async def close(self, view: View, *, is_cleared: bool) -> None:
        """Closes a modal, and tells the app if it wants to know."""
        self.stage.slack.views.close(view)
        self.stage.slack.changes.announce()
        if view.definition.get("notify_on_close"):
            payload = self.stage.payloads.closed(self.user, view, is_cleared=is_cleared)
            await self.act("interactive", f"view_closed {view.definition['callback_id']}", payload)


def _why(ack: Ack | None) -> str:
    if ack is None or ack.failure == "no_connection":
        return "no socket is connected"
    if ack.status is not None:
        return f"it was answered with {ack.status} ({ack.failure})"
    return f"no ack within {ack.elapsed:.1f} s ({ack.failure})"


def _action(place: Field, value: Any) -> Json:
    kept = (
        "placeholder",
        "initial_option",
        "initial_options",
        "initial_date",
        "initial_time",
        "initial_user",
        "initial_conversation",
        "initial_channel",
    )
    action: Json = {name: place.element[name] for name in kept if name in place.element}
    state = place.state({place.key: value})
    return {**action, **state, "action_id": place.element["action_id"], "block_id": place.block_id}


def _checked_options(entry: Inbound) -> list[Json]:
    payload = entry.ack.payload if entry.ack else None
    body: Mapping[str, Any] = payload if isinstance(payload, Mapping) else {}
    groups, options = body.get("option_groups"), body.get("options")
    if (groups is None) is (options is None):
        raise NotAsExpected(f"{entry.what}: the answer must have options or option_groups, it was {payload}")
    rule = array(option_group if options is None else option(), at_most=MOST_SUGGESTIONS)
    problems = [str(each) for each in rule(groups if options is None else options, "/options")]
    if problems:
        raise NotAsExpected(f"{entry.what}: Slack would not show these options: {problems}")
    return _flat(groups) if options is None else list(options)


def _flat(groups: Sequence[Mapping[str, Any]] | None) -> list[Json]:
    return [each for group in groups or () for each in group["options"]]
