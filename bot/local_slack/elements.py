"""Block elements: what each may hold and how much of it.

Limits from https://docs.slack.dev/reference/block-kit/block-elements.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.local_slack.compositions import (
    BOTH,
    LONGEST_URL,
    confirm,
    conversation_filter,
    dispatch_config,
    option,
    option_group,
    plain,
)
from bot.local_slack.rules import (
    Check,
    Problem,
    Rule,
    anything,
    array,
    boolean,
    choice,
    exactly_one,
    integer,
    shape,
    string,
)

DATE = r"\d{4}-\d{2}-\d{2}"
TIME = r"\d{2}:\d{2}"
LONGEST_INPUT = 3000

_ids: Mapping[str, Rule] = {"type": anything, "action_id": string(255)}
_field: Mapping[str, Rule] = {"placeholder": plain(150), "focus_on_load": boolean}
_many: Mapping[str, Rule] = {"max_selected_items": integer(1)}


def element(required: Mapping[str, Rule], optional: Mapping[str, Rule], *checks: Check) -> Rule:
    """An element: its own fields, and the type and action_id that all of them have."""
    return shape(required, {**_ids, **optional}, checks=checks)


def options_of(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """All options of an element, those in groups too."""
    grouped = [each for group in value.get("option_groups") or [] for each in group["options"]]
    return [*(value.get("options") or []), *grouped]


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return (one["value"], one["text"]["text"]) == (other["value"], other["text"]["text"])


def initial_is_an_option(value: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    """What is chosen at first must be one of the options, as it stands there."""
    chosen = value.get("initial_option")
    if chosen and not any(_same(chosen, each) for each in options_of(value)):
        yield Problem("initial_option is not one of the options", f"{pointer}/initial_option")
    for position, each in enumerate(value.get("initial_options") or []):
        if not any(_same(each, other) for other in options_of(value)):
            yield Problem("is not one of the options", f"{pointer}/initial_options/{position}")


def shorter_than_longest(value: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    """A text cannot have to be longer than it may be."""
    if value.get("min_length", 0) > value.get("max_length", LONGEST_INPUT):
        yield Problem("must be less than max_length", f"{pointer}/min_length")


def initial_fits(value: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    """The text that is there at first must fit the field."""
    if len(value.get("initial_value", "")) > value.get("max_length", LONGEST_INPUT):
        yield Problem(
            f"must be less than {value.get('max_length', LONGEST_INPUT) + 1} characters", f"{pointer}/initial_value"
        )


def _select(own: Mapping[str, Rule], *checks: Check, required: Mapping[str, Rule] | None = None) -> Rule:
    return element(required or {}, {**_field, "confirm": confirm, **own}, *checks)


_static: Mapping[str, Rule] = {
    "options": array(option(), at_least=1, at_most=100),
    "option_groups": array(option_group, at_least=1, at_most=100),
}
_conversations: Mapping[str, Rule] = {
    "default_to_current_conversation": boolean,
    "filter": conversation_filter,
}
_one_source = exactly_one("options", "option_groups")
_ticks = array(option(kinds=BOTH), at_least=1, at_most=10)
_writes: Mapping[str, Rule] = {**_field, "dispatch_action_config": dispatch_config}
_length = integer(0, LONGEST_INPUT)

ELEMENTS: Mapping[str, Rule] = {
    "button": element(
        {"text": plain(75)},
        {
            "value": string(2000),
            "url": string(LONGEST_URL),
            "style": choice("primary", "danger"),
            "confirm": confirm,
            "accessibility_label": string(75),
        },
    ),
    "static_select": _select({**_static, "initial_option": option()}, _one_source, initial_is_an_option),
    "multi_static_select": _select(
        {**_static, **_many, "initial_options": array(option(), at_least=1)}, _one_source, initial_is_an_option
    ),
    "external_select": _select({"initial_option": option(), "min_query_length": integer(0)}),
    "multi_external_select": _select(
        {**_many, "initial_options": array(option(), at_least=1), "min_query_length": integer(0)}
    ),
    "users_select": _select({"initial_user": string()}),
    "multi_users_select": _select({**_many, "initial_users": array(string())}),
    "conversations_select": _select(
        {**_conversations, "initial_conversation": string(), "response_url_enabled": boolean}
    ),
    "multi_conversations_select": _select({**_conversations, **_many, "initial_conversations": array(string())}),
    "channels_select": _select({"initial_channel": string(), "response_url_enabled": boolean}),
    "multi_channels_select": _select({**_many, "initial_channels": array(string())}),
    "datepicker": _select({"initial_date": string(pattern=DATE)}),
    "timepicker": _select({"initial_time": string(pattern=TIME), "timezone": string()}),
    "datetimepicker": element(
        {},
        {"initial_date_time": integer(10**9, 10**10 - 1), "confirm": confirm, "focus_on_load": boolean},
    ),
    "checkboxes": element(
        {"options": _ticks},
        {"initial_options": array(option(kinds=BOTH), at_least=1), "confirm": confirm, "focus_on_load": boolean},
        initial_is_an_option,
    ),
    "radio_buttons": element(
        {"options": _ticks},
        {"initial_option": option(kinds=BOTH), "confirm": confirm, "focus_on_load": boolean},
        initial_is_an_option,
    ),
    "overflow": element({"options": array(option(with_url=True), at_least=1, at_most=5)}, {"confirm": confirm}),
    "plain_text_input": element(
        {},
        {
            **_writes,
            "initial_value": string(),
            "multiline": boolean,
            "min_length": _length,
            "max_length": integer(1, LONGEST_INPUT),
        },
        shorter_than_longest,
        initial_fits,
    ),
    "email_text_input": element({}, {**_writes, "initial_value": string()}),
    "url_text_input": element({}, {**_writes, "initial_value": string()}),
    "number_input": element(
        {"is_decimal_allowed": boolean},
        {**_writes, "initial_value": string(), "min_value": string(), "max_value": string()},
    ),
    "rich_text_input": element(
        {},
        {**_writes, "initial_value": anything, "min_lines": integer(1, 100), "max_lines": integer(1, 100)},
    ),
    "file_input": element({}, {"filetypes": array(string()), "max_files": integer(1, 10)}),
    "workflow_button": element({"text": plain(75), "workflow": anything}, {"style": choice("primary", "danger")}),
    # https://docs.slack.dev/reference/block-kit/block-elements/image-element
    "image": shape(
        {"type": anything, "alt_text": string(2000)},
        {"image_url": string(LONGEST_URL), "slack_file": anything},
        checks=[exactly_one("image_url", "slack_file")],
    ),
}

_SELECTS = frozenset(
    f"{many}{source}_select"
    for many in ("", "multi_")
    for source in ("static", "external", "users", "conversations", "channels")
)
_PICKERS = frozenset({"checkboxes", "datepicker", "radio_buttons", "timepicker"})

# Which elements which block takes: the "compatible with" line of each element's page.
IN_SECTION = _SELECTS | _PICKERS | {"button", "image", "overflow", "workflow_button"}
IN_ACTIONS = _SELECTS | _PICKERS | {"button", "datetimepicker", "overflow", "rich_text_input", "workflow_button"}
IN_INPUT = (
    _SELECTS
    | _PICKERS
    | {
        "datetimepicker",
        "email_text_input",
        "file_input",
        "number_input",
        "plain_text_input",
        "rich_text_input",
        "url_text_input",
    }
)
