"""Blocks and the surfaces they stand on: messages, modals and the Home tab.

Limits from https://docs.slack.dev/reference/block-kit/blocks and, for views,
https://docs.slack.dev/surfaces/modals#view-object-fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.local_slack.compositions import BOTH, LONGEST_URL, plain, text
from bot.local_slack.elements import ELEMENTS, IN_ACTIONS, IN_INPUT, IN_SECTION
from bot.local_slack.rules import (
    Problem,
    Rule,
    anything,
    array,
    at_least_one,
    boolean,
    by_type,
    exactly_one,
    shape,
    string,
)

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
LARGEST_VIEW = 250_000
LONGEST_MARKDOWN = 12_000


def block(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None, *checks: Any) -> Rule:
    """A block: its own fields, and the type and block_id that all of them have."""
    return shape(required, {"type": anything, "block_id": string(255), **(optional or {})}, checks=checks)


def _input_element(value: Any, pointer: str) -> Iterator[Problem]:
    yield from by_type(ELEMENTS, IN_INPUT)(value, pointer)


_in_context = by_type({"image": ELEMENTS["image"], "mrkdwn": text(kinds=BOTH), "plain_text": text(kinds=BOTH)})
_in_context_actions = by_type({"feedback_buttons": anything, "icon_button": anything})
_rich = shape(
    {"type": string(), "elements": array(anything)},
    {
        "style": anything,
        "indent": anything,
        "offset": anything,
        "border": anything,
        "language": string(),
    },
)

BLOCKS: Mapping[str, Rule] = {
    "section": block(
        {},
        {
            "text": text(kinds=BOTH),
            "fields": array(text(2000, kinds=BOTH), at_least=1, at_most=10),
            "accessory": by_type(ELEMENTS, IN_SECTION),
            "expand": boolean,
        },
        at_least_one("text", "fields"),
    ),
    "divider": block({}),
    "header": block({"text": plain(150)}),
    "context": block({"elements": array(_in_context, at_least=1, at_most=10)}),
    "actions": block({"elements": array(by_type(ELEMENTS, IN_ACTIONS), at_least=1, at_most=25)}),
    "input": block(
        {"label": plain(2000), "element": _input_element},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "image": block(
        {"alt_text": string(2000)},
        {"image_url": string(LONGEST_URL), "slack_file": anything, "title": plain(2000)},
        exactly_one("image_url", "slack_file"),
    ),
    "rich_text": block({"elements": array(_rich)}),
    "markdown": block({"text": string(LONGEST_MARKDOWN, shortest=1)}),
    "table": block(
        {"rows": array(array(anything, at_most=20), at_least=1, at_most=100)}, {"column_settings": anything}
    ),
    "context_actions": block({"elements": array(_in_context_actions, at_least=1, at_most=5)}),
    "file": block({"external_id": string(), "source": string()}),
    "video": block(
        {"alt_text": string(), "title": plain(199), "thumbnail_url": string(), "video_url": string()},
        {
            "author_name": string(49),
            "description": plain(200),
            "provider_icon_url": string(),
            "provider_name": string(),
            "title_url": string(),
        },
    ),
}

_EVERYWHERE = frozenset({"actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video"})
ON_SURFACE: Mapping[str, frozenset[str]] = {
    "message": _EVERYWHERE | {"context_actions", "file", "markdown", "table"},
    "modal": _EVERYWHERE,
    "home": _EVERYWHERE,
}


def problems_of_blocks(blocks: Any, surface: str, pointer: str = "/blocks") -> list[Problem]:
    """Everything that is wrong with the blocks of a message, modal or Home tab.

    Args:
        blocks: The list as the app sent it.
        surface: `message`, `modal` or `home`.
        pointer: Where the list stands in the request.
    """
    rule = array(by_type(BLOCKS, ON_SURFACE[surface]), at_most=MOST_BLOCKS[surface])
    found = list(rule(blocks, pointer))
    if found:
        return found
    return [
        *_repeated_block_ids(blocks, pointer),
        *_repeated_action_ids(blocks, pointer),
        *_too_much_markdown(blocks, pointer),
        *_more_than_one_table(blocks, pointer),
        *_more_than_one_focus(blocks, pointer),
    ]


def elements_of(each: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The elements of a block with their places in it: accessory, element, elements/0 and so on."""
    single = [(name, each[name]) for name in ("accessory", "element") if isinstance(each.get(name), dict)]
    if each["type"] in ("actions", "context_actions"):
        return [(f"elements/{n}", one) for n, one in enumerate(each["elements"])]
    return single


def _repeated_block_ids(blocks: Sequence[Mapping[str, Any]], pointer: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, each in enumerate(blocks):
        block_id = each.get("block_id")
        if block_id and block_id in seen:
            yield Problem(f"`block_id` {block_id} already exists", f"{pointer}/{position}/block_id")
        seen.add(block_id or "")


def _repeated_action_ids(blocks: Sequence[Mapping[str, Any]], pointer: str) -> Iterator[Problem]:
    for position, each in enumerate(blocks):
        seen: set[str] = set()
        for place, one in elements_of(each):
            action_id = one.get("action_id")
            if action_id and action_id in seen:
                yield Problem(f"`action_id` {action_id} already exists", f"{pointer}/{position}/{place}/action_id")
            seen.add(action_id or "")


def _too_much_markdown(blocks: Sequence[Mapping[str, Any]], pointer: str) -> Iterator[Problem]:
    total = sum(len(each["text"]) for each in blocks if each["type"] == "markdown")
    if total > LONGEST_MARKDOWN:
        yield Problem(f"markdown must be less than {LONGEST_MARKDOWN + 1} characters in all blocks", pointer)


def _more_than_one_table(blocks: Sequence[Mapping[str, Any]], pointer: str) -> Iterator[Problem]:
    # https://docs.slack.dev/reference/block-kit/blocks/table-block
    tables = [position for position, each in enumerate(blocks) if each["type"] == "table"]
    for position in tables[1:]:
        yield Problem("only one table is allowed in a message", f"{pointer}/{position}")


def _more_than_one_focus(blocks: Sequence[Mapping[str, Any]], pointer: str) -> Iterator[Problem]:
    focused = [one for each in blocks for _, one in elements_of(each) if one.get("focus_on_load")]
    if len(focused) > 1:
        yield Problem("only one element may have focus_on_load", pointer)


_common: Mapping[str, Rule] = {
    "type": anything,
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
    "blocks": anything,
}
_modal = shape(
    {"title": plain(24), "blocks": anything},
    {
        **_common,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_home = shape({"blocks": anything}, _common)


def problems_of_view(view: Any, surface: str, pointer: str = "/view") -> list[Problem]:
    """Everything that is wrong with a view that should be a `modal` or a `home`."""
    if not isinstance(view, Mapping):
        return [Problem("must provide an object", pointer)]
    if view.get("type") != surface:
        return [Problem(f"unsupported type: {view.get('type')}", f"{pointer}/type")]
    found = list((_modal if surface == "modal" else _home)(view, pointer))
    if not isinstance(view.get("blocks"), list):
        return found or [Problem("must provide an array", f"{pointer}/blocks")]
    found += problems_of_blocks(view["blocks"], surface, f"{pointer}/blocks")
    if not found and surface == "modal":
        found += _submit_with_inputs(view, pointer)
    return found


def _submit_with_inputs(view: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    if not view.get("submit") and any(each["type"] == "input" for each in view["blocks"]):
        yield Problem("submit is required when an input block is in the blocks array", f"{pointer}/submit")


def is_too_large(view: Mapping[str, Any]) -> bool:
    """Whether a view is over 250 kB (https://docs.slack.dev/reference/methods/views.open)."""
    return len(json.dumps(view).encode()) > LARGEST_VIEW
