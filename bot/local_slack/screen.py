"""What a person reads: the visible text of messages, modals and Home tabs.

The markup of https://docs.slack.dev/messaging/formatting-message-text is shown as a person sees it:
mentions by name, links by their label, `*bold*` without its stars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.local_slack.blocks import elements_of
from bot.local_slack.forms import Field, Filled, fields_of
from bot.local_slack.records import Channel, Json, Post, User, View
from bot.local_slack.workspace import Workspace

SHOWN_MESSAGES = 6
_ANGLES = re.compile(r"<([^<>]+)>")
_MARKS = re.compile(r"(?<![\w*_~`])([*_~`])(?=\S)([^\n]*?\S)\1(?![\w*_~`])")


@dataclass(frozen=True)
class Button:
    """Something to click: a button, or an option of an overflow menu.

    Attributes:
        beside: The text of its block, or of the block above when its own has none.
    """

    label: str
    block_id: str
    action: Json
    beside: str


class Screen:
    """Reads surfaces as the people of a workspace see them."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def markup(self, text: str) -> str:
        """A mrkdwn text as it is seen."""
        seen = _ANGLES.sub(self._angle, text)
        while (bare := _MARKS.sub(r"\2", seen)) != seen:
            seen = bare
        return seen.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    def _angle(self, match: re.Match[str]) -> str:
        target, _, label = match.group(1).partition("|")
        if target.startswith("@"):
            user = self._workspace.users.get(target[1:])
            return f"@{user.real_name if user else target[1:]}"
        if target.startswith("#"):
            channel = self._workspace.channels.get(target[1:])
            return f"#{channel.name if channel else label}"
        if target.startswith("!date"):
            return label
        if target.startswith("!"):
            return label or f"@{target[1:]}"
        return label or target

    def text(self, text: Any) -> str:
        """A text object as it is seen."""
        if not isinstance(text, Mapping):
            return ""
        raw = str(text.get("text", ""))
        return self.markup(raw) if text.get("type") == "mrkdwn" else raw

    def lines(self, blocks: Sequence[Json], filled: Filled | None = None) -> list[str]:
        """The blocks line by line, fields with what stands in them, buttons left out."""
        return [line for block in blocks for line in self._block(block, filled or {}) if line]

    def _block(self, block: Json, filled: Filled) -> Iterator[str]:
        kind = block["type"]
        if kind == "input":
            for field in fields_of([block]):
                yield f"{field.label}: {self.shown(field, filled)}"
            yield self.text(block.get("hint"))
            return
        if kind == "markdown":
            yield str(block["text"])
        elif kind == "rich_text":
            yield self._rich(block["elements"])
        elif kind == "image":
            yield self.text(block.get("title")) or str(block.get("alt_text", ""))
        elif kind == "context":
            yield " ".join(self.text(each) or str(each.get("alt_text", "")) for each in block["elements"])
        else:
            yield self.text(block.get("text"))
            yield from (self.text(each) for each in block.get("fields") or ())
        for field in fields_of([block]):
            yield f"{field.label}: {self.shown(field, filled)}"

    def _rich(self, elements: Sequence[Mapping[str, Any]]) -> str:
        return "".join(self._rich_part(each) for each in elements)

    def _rich_part(self, part: Mapping[str, Any]) -> str:
        if "elements" in part:
            return self._rich(part["elements"]) + "\n" * (part.get("type") != "rich_text_section")
        if part.get("type") == "user":
            return self._angle_name(part["user_id"])
        return str(part.get("text") or part.get("url") or "")

    def _angle_name(self, user_id: str) -> str:
        return self.markup(f"<@{user_id}>")

    def shown(self, field: Field, filled: Filled) -> str:
        """What stands in a field, as it is seen; an em dash for nothing."""
        value = field.value(filled)
        values = value if isinstance(value, list) else [value]
        return ", ".join(self._value(field, each) for each in values if each not in (None, "")) or "—"

    def _value(self, field: Field, value: Any) -> str:
        if isinstance(value, dict):
            return self.text(value.get("text"))
        if "users" in field.type and value in self._workspace.users:
            return self._workspace.users[value].real_name
        if value in self._workspace.channels:
            return f"#{self._workspace.channels[value].name}"
        return str(value)

    def buttons(self, blocks: Sequence[Json]) -> list[Button]:
        """Everything there is to click, in order."""
        found: list[Button] = []
        above = ""
        for block in blocks:
            text = "\n".join(self.lines([block]))
            above = text or above
            for _, element in elements_of(block):
                found += self._clickable(block["block_id"], element, above)
        return found

    def _clickable(self, block_id: str, element: Json, beside: str) -> Iterator[Button]:
        if element["type"] in ("button", "workflow_button"):
            kept = ("type", "action_id", "text", "value", "style", "url")
            action: Json = {name: element[name] for name in kept if name in element}
            yield Button(element["text"]["text"], block_id, {**action, "block_id": block_id}, beside)
        if element["type"] == "overflow":
            for option in element["options"]:
                action = {
                    "type": "overflow",
                    "action_id": element["action_id"],
                    "block_id": block_id,
                    "selected_option": option,
                }
                yield Button(option["text"]["text"], block_id, action, beside)

    def post(self, post: Post) -> str:
        """A message: its blocks, or its text when it has none; attachments below."""
        lines = self.lines(post.blocks, post.filled) if post.blocks else [self.markup(post.text)]
        for each in post.attachments:
            lines += self.lines(each.get("blocks") or [])
            lines += [self.markup(str(each[name])) for name in ("pretext", "title", "text") if each.get(name)]
        return "\n".join(line for line in lines if line)

    def view(self, view: View) -> str:
        """A modal or a Home tab: title, blocks, errors at fields, and the buttons below."""
        lines = [view.title, *self.lines(view.blocks, view.filled)]
        labels = {field.block_id: field.label for field in fields_of(view.blocks)}
        lines += [f"! {labels.get(block_id, block_id)}: {text}" for block_id, text in view.errors.items()]
        names = [button.label for button in self.buttons(view.blocks)]
        names += [view.definition[name]["text"] for name in ("submit", "close") if view.definition.get(name)]
        return "\n".join(line for line in [*lines, _in_brackets(names)] if line)

    def all(self, user: User, modals: Sequence[View], home: View | None) -> str:
        """Everything a person has before them: the last messages, the modal, the Home tab."""
        parts = [f"{user.real_name} sees:"]
        posts = self._workspace.visible_to(user.id)
        for channel in self._workspace.channels.values():
            mine = [post for post in posts if post.channel_id == channel.id][-SHOWN_MESSAGES:]
            if mine:
                parts += [f"  {self.place(channel)}", *(self._line(post) for post in mine)]
        if modals:
            parts += [f"  modal ({len(modals)} open)", _indented(self.view(modals[-1]))]
        if home is not None:
            parts += ["  Home tab", _indented(self.view(home))]
        return "\n".join(parts) if len(parts) > 1 else f"{user.real_name} sees nothing at all."

    def place(self, channel: Channel) -> str:
        """The name of a conversation as it stands in the sidebar."""
        return f"messages with {self._workspace.bot.real_name}" if channel.kind == "im" else f"#{channel.name}"

    def _line(self, post: Post) -> str:
        author = self._workspace.users[post.user_id].real_name
        marks = ("(only you) " if post.is_ephemeral else "") + ("(in a thread) " if post.thread_ts else "")
        buttons = _in_brackets([button.label for button in self.buttons(post.blocks)])
        return _indented("\n".join(part for part in (f"{marks}{author}: {self.post(post)}", buttons) if part))


def _in_brackets(names: Sequence[str]) -> str:
    return " ".join(f"[{name}]" for name in names)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
