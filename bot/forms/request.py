"""A request from Slack as far as every kind has the same things in it."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any, TypeVar

from bot import ids
from bot.blocks.kit import ENTERED
from bot.forms import FormErrors
from store.errors import N_
from store.people import Caller

T = TypeVar("T")

UNREADABLE = N_("Slack sent this in a way we can't read. Close it and try again.")
PICK_ONE = N_("Pick one.")

LATER_PAGES = frozenset({ids.SAY_MAY_CALL})
"""Forms in the place of one that was carried out already: a modal keeps its id from page to page."""

LONGEST_ID = 200
"""Longer than any id of Slack's, and short enough for an index."""

PLAIN_NAME = re.compile(r"[\w-]{1,100}", re.ASCII)
TIMESTAMP = re.compile(r"\d{1,12}\.\d{1,8}", re.ASCII)
LATEST_MOMENT = 9_999_999_999
"""Slack's moments have ten digits: https://docs.slack.dev/reference/block-kit/block-elements/datetime-picker-element"""

MOST_CHOSEN = 100
"""As many options as Slack lets a menu have: https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element"""


@dataclass(frozen=True)
class Request:
    """A request's body, with ways to read it that never trust its shape."""

    body: Mapping[str, Any]

    @cached_property
    def caller(self) -> Caller:
        """Who asks, as Slack names them."""
        team = self._first_text(("team", "id"), ("team_id",), ("user", "team_id"))
        user = self._first_text(("user", "id"), ("user_id",), ("event", "user"), ("event", "user", "id"))
        return Caller(self._first_text(("enterprise", "id"), ("enterprise_id",)), team, user)

    @property
    def text(self) -> str:
        """What was typed after a command."""
        return self._first_text(("text",)).strip()

    @property
    def trigger(self) -> str:
        """The trigger's id: it opens a modal within three seconds, once."""
        return self._first_text(("trigger_id",))

    @property
    def answer_address(self) -> str:
        """The response_url, or nothing where Slack gives none."""
        return self._first_text(("response_url",))

    @property
    def is_shortcut(self) -> bool:
        """Whether somebody used a message's shortcut."""
        return self._first_text(("type",)) == "message_action"

    @property
    def in_a_view(self) -> bool:
        """Whether a button was clicked in a home or a modal rather than in a message."""
        return isinstance(self.body.get("view"), Mapping)

    @property
    def source_key(self) -> str | None:
        """What this request counts once for, or None where Slack gives nothing to tell it by."""
        body_type = self._first_text(("type",))
        if body_type == "event_callback":
            return _key("event", self._first_text(("event_id",)))
        if body_type == "view_submission":
            view_id, callback = self._first_text(("view", "id")), self._first_text(("view", "callback_id"))
            return _key("view", f"{view_id}:{callback}" if view_id and callback in LATER_PAGES else view_id)
        return _key("trigger", self.trigger)

    @property
    def event(self) -> Mapping[str, Any]:
        """The inner event."""
        event = self.body.get("event")
        return event if isinstance(event, Mapping) else {}

    @property
    def message_text(self) -> str:
        """The text of the message that a shortcut was used on, as people see it."""
        message = self.body.get("message")
        return text_of(message) if isinstance(message, Mapping) else ""

    @property
    def message_author(self) -> str:
        """Slack's id of the person who wrote the message that a shortcut was used on, or nothing for an app's."""
        return "" if self._first_text(("message", "bot_id")) else self._first_text(("message", "user"))

    @property
    def message_link(self) -> str | None:
        """The permalink of the message that a shortcut was used on, as `chat.getPermalink` has it.

        https://docs.slack.dev/reference/methods/chat.getPermalink
        """
        domain, channel = self._first_text(("team", "domain")), self._first_text(("channel", "id"))
        ts, thread = self._first_text(("message", "ts")), self._first_text(("message", "thread_ts"))
        if not (PLAIN_NAME.fullmatch(domain) and PLAIN_NAME.fullmatch(channel) and TIMESTAMP.fullmatch(ts)):
            return None
        link = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
        in_thread = TIMESTAMP.fullmatch(thread) and thread != ts
        return f"{link}?thread_ts={thread}&cid={channel}" if in_thread else link

    @property
    def searched(self) -> str:
        """What somebody typed into a menu that is searched."""
        return self._first_text(("value",)).strip()

    @property
    def clicked(self) -> str:
        """The value of the button that was clicked."""
        actions = self.body.get("actions")
        first = actions[0] if isinstance(actions, list) and actions else None
        value = first.get("value") if isinstance(first, Mapping) else None
        return value if isinstance(value, str) else ""

    @property
    def clicked_number(self) -> int:
        """The number that a button carries; FormErrors when it carries none."""
        return _number(self.clicked)

    @property
    def kept(self) -> Mapping[str, Any]:
        """What a modal was given to keep."""
        try:
            kept = json.loads(self._first_text(("view", "private_metadata")) or "{}")
        except (ValueError, RecursionError):
            raise FormErrors({"": UNREADABLE}) from None
        return kept if isinstance(kept, Mapping) else {}

    def kept_number(self, name: str) -> int:
        """The id that a modal was given to keep; FormErrors when it keeps none."""
        kept = self.kept.get(name)
        return _number(str(kept) if type(kept) is int else None)

    def first_input(self) -> str | None:
        """The name of a modal's first field, where an error that belongs to none can be shown."""
        for block in self._blocks():
            if block.get("type") == "input" and isinstance(block.get("block_id"), str):
                return str(block["block_id"])
        return None

    def has_input(self, name: str) -> bool:
        """Whether a modal has a field of that name."""
        return any(block.get("type") == "input" and block.get("block_id") == name for block in self._blocks())

    def entered(self, name: str) -> Mapping[str, Any]:
        """The state of a field, empty when it is not there."""
        state: Any = self.body
        for step in ("view", "state", "values", name):
            state = state.get(step) if isinstance(state, Mapping) else None
        # A field has one element; one that tells of each choice at once has an action of its own.
        elements = list(state.values()) if isinstance(state, Mapping) and ENTERED not in state else []
        state = state.get(ENTERED) if isinstance(state, Mapping) and not elements else next(iter(elements), None)
        return state if isinstance(state, Mapping) else {}

    def input_named(self, prefix: str) -> str:
        """The name of a modal's field that begins like this; the beginning itself when there is none."""
        names = (block.get("block_id") for block in self._blocks() if block.get("type") == "input")
        return next((name for name in names if isinstance(name, str) and name.startswith(prefix)), prefix)

    @property
    def modal_id(self) -> str:
        """The id of the modal in which a button was clicked, or nothing where it was none."""
        return self._first_text(("view", "id")) if self._first_text(("view", "type")) == "modal" else ""

    def words(self, name: str) -> str:
        """What was typed into a field; empty when nothing was, FormErrors when it cannot be read."""
        value = self.entered(name).get("value")
        return "" if value is None else storable(_of_kind(str, value, name))

    def choice(self, name: str) -> str | None:
        """The value of what was chosen in a field, or None; FormErrors when it cannot be read."""
        chosen = self.entered(name).get("selected_option")
        return None if chosen is None else _value(chosen, name)

    def choices(self, name: str) -> tuple[str, ...]:
        """The values of everything that was chosen in a field, each once.

        Raises:
            FormErrors: It cannot be read, or is more than a menu has.
        """
        chosen = self.entered(name).get("selected_options")
        options: list[Any] = [] if chosen is None else _of_kind(list, chosen, name)
        return _each_once(name, (_value(option, name) for option in options))

    def number(self, name: str) -> int:
        """The id that was chosen in a field; FormErrors when none was."""
        return _number(self.choice(name), name)

    def numbers(self, name: str) -> tuple[int, ...]:
        """The ids that were chosen in a field, each once."""
        return tuple(dict.fromkeys(_number(value, name) for value in self.choices(name)))

    def person(self, name: str) -> str:
        """The Slack id of the person who was chosen in a field; FormErrors when nobody was."""
        chosen = self.entered(name).get("selected_user")
        if not isinstance(chosen, str) or not chosen:
            raise FormErrors({name: N_("Pick a person.")})
        return storable(chosen)

    def persons(self, name: str) -> tuple[str, ...]:
        """The Slack ids of the people who were chosen in a field, each once; FormErrors when nobody was."""
        chosen = self.entered(name).get("selected_users")
        users = chosen if isinstance(chosen, list) else []
        found = _each_once(name, (storable(user) for user in users if isinstance(user, str)))
        if not found:
            raise FormErrors({name: N_("Pick a person.")})
        return found

    def day(self, name: str) -> date:
        """The day that was chosen in a field; FormErrors when none was."""
        try:
            return date.fromisoformat(str(self.entered(name).get("selected_date")))
        except ValueError:
            raise FormErrors({name: N_("Pick a day.")}) from None

    def moment(self, name: str) -> datetime | None:
        """The moment that was chosen in a field, or None; FormErrors when it cannot be read."""
        chosen = self.entered(name).get("selected_date_time")
        if chosen is None:
            return None
        if type(chosen) is not int or not 0 <= chosen <= LATEST_MOMENT:
            raise FormErrors({name: UNREADABLE})
        return datetime.fromtimestamp(chosen, UTC)

    def time_of_day(self, name: str) -> time | None:
        """The time of day that was chosen in a field, or None; FormErrors when it cannot be read."""
        chosen = self.entered(name).get("selected_time")
        if chosen is None:
            return None
        try:
            return time.fromisoformat(_of_kind(str, chosen, name)).replace(tzinfo=None)
        except ValueError:
            raise FormErrors({name: UNREADABLE}) from None

    def _blocks(self) -> list[Mapping[str, Any]]:
        view = self.body.get("view")
        blocks = view.get("blocks") if isinstance(view, Mapping) else None
        return [block for block in blocks if isinstance(block, Mapping)] if isinstance(blocks, list) else []

    def _first_text(self, *paths: tuple[str, ...]) -> str:
        for path in paths:
            value: Any = self.body
            for step in path:
                value = value.get(step) if isinstance(value, dict) else None
            if isinstance(value, str) and value:
                return storable(value)
        return ""


def as_seen(text: str) -> str:
    """A message's text without Slack's markup: links and names as they read, and the escaped signs as they are.

    https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages
    """

    def shown(found: re.Match[str]) -> str:
        target, _, label = found[1].partition("|")
        if target.startswith(("@", "#", "!")):
            return label or target
        return f"{label} ({target})" if label and label != target else target

    plain = re.sub(r"<([^<>]+)>", shown, text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def text_of(message: Mapping[str, Any]) -> str:
    """The words of a message as people see them; those of an app may stand in its attachments or blocks alone.

    https://docs.slack.dev/messaging/formatting-message-text and
    https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments
    """
    if isinstance(text := message.get("text"), str) and text.strip():
        return as_seen(storable(text))
    said: list[str] = []
    for attachment in _mappings(message.get("attachments")):
        parts = [attachment.get(name) for name in ("pretext", "title", "text")]
        words = [part for part in parts if isinstance(part, str) and part]
        fallback = attachment.get("fallback")
        said += words or ([fallback] if isinstance(fallback, str) else [])
    for block in _mappings(message.get("blocks")):
        shown = block.get("text")
        if isinstance(shown, Mapping) and isinstance(shown.get("text"), str):
            said.append(shown["text"])
    return as_seen(storable("\n".join(said)))


def _mappings(values: object) -> list[Mapping[str, Any]]:
    return [value for value in values if isinstance(value, Mapping)] if isinstance(values, list) else []


def storable(text: str) -> str:
    """A text without what no database keeps: lone surrogates and NUL, each replaced by the sign for "unreadable"."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _of_kind(kind: type[T], value: object, name: str) -> T:
    # Left out instead, it would be lost without a word.
    if not isinstance(value, kind):
        raise FormErrors({name: UNREADABLE})
    return value


def _value(option: object, name: str) -> str:
    return _of_kind(str, option.get("value") if isinstance(option, Mapping) else None, name)


def _each_once(name: str, chosen: Iterable[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(chosen))
    if len(found) > MOST_CHOSEN:
        raise FormErrors({name: UNREADABLE})
    return found


def _key(kind: str, value: str) -> str | None:
    return f"{kind}:{value}" if 0 < len(value) <= LONGEST_ID else None


def _number(value: str | None, field: str = "") -> int:
    if value is None or not value.isascii() or not value.isdigit() or len(value) > 18:
        raise FormErrors({field: PICK_ONE if field else UNREADABLE})
    return int(value)
