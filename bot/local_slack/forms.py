"""What a person fills in: the fields of a surface, their values and the state that Slack makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.local_slack.blocks import elements_of
from bot.local_slack.records import Json

Filled = Mapping[tuple[str, str], Any]

# By element type: the name of the value in state.values, and of the value at the start in the element
# (https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload and the element pages).
VALUES: Mapping[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "initial_files"),
}
TEXT_INPUTS = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input"})


@dataclass(frozen=True)
class Field:
    """Something to fill in, with the label that a person knows it by."""

    label: str
    block_id: str
    element: Json
    is_input: bool
    is_optional: bool
    dispatches: bool

    @property
    def key(self) -> tuple[str, str]:
        """Where its value is kept."""
        return self.block_id, str(self.element["action_id"])

    @property
    def type(self) -> str:
        """The type of the element."""
        return str(self.element["type"])

    @property
    def takes_many(self) -> bool:
        """Whether several values can be chosen."""
        return VALUES[self.type][0] in (
            "selected_options",
            "selected_users",
            "selected_conversations",
            "selected_channels",
            "files",
        )

    def value(self, filled: Filled) -> Any:
        """What stands in it: what was filled in, else what was there at the start."""
        if self.key in filled:
            return filled[self.key]
        start = self.element.get(VALUES[self.type][1])
        return [] if start is None and self.takes_many else start

    def is_empty(self, filled: Filled) -> bool:
        """Whether nothing stands in it."""
        return self.value(filled) in (None, "", [])

    def state(self, filled: Filled) -> Json:
        """Its entry in state.values."""
        return {"type": self.type, VALUES[self.type][0]: self.value(filled)}


def fields_of(blocks: Sequence[Json]) -> list[Field]:
    """All fields in the blocks, in order."""
    return [field for block in blocks for field in _fields(block)]


def _fields(block: Json) -> Iterator[Field]:
    is_input = block["type"] == "input"
    for _, element in elements_of(block):
        if element.get("type") in VALUES:
            yield Field(
                label=_label(block, element),
                block_id=block["block_id"],
                element=element,
                is_input=is_input,
                is_optional=not is_input or bool(block.get("optional")),
                dispatches=not is_input or bool(block.get("dispatch_action")),
            )


def _label(block: Json, element: Json) -> str:
    """An input is known by its label, a select in a text by that text, another by its placeholder."""
    for text in (block.get("label"), block.get("text"), element.get("placeholder")):
        if isinstance(text, dict):
            return str(text["text"])
    return str(element.get("action_id", element["type"]))


def state_values(blocks: Sequence[Json], filled: Filled) -> Json:
    """`state.values` of a surface: by block_id, then by action_id."""
    values: Json = {}
    for field in fields_of(blocks):
        values.setdefault(field.block_id, {})[field.element["action_id"]] = field.state(filled)
    return values


def still_there(blocks: Sequence[Json], filled: Filled) -> dict[tuple[str, str], Any]:
    """What was filled in and has its field still: Slack keeps it when both ids stay the same."""
    keys = {field.key for field in fields_of(blocks)}
    return {key: value for key, value in filled.items() if key in keys}
