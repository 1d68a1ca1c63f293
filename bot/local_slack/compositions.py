"""Composition objects: texts, options, option groups, confirmations.

Limits from https://docs.slack.dev/reference/block-kit/composition-objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.local_slack.rules import Problem, Rule, array, boolean, choice, length, shape, string

LONGEST_TEXT = 3000
LONGEST_URL = 3000


def text(longest: int = LONGEST_TEXT, *, kinds: tuple[str, ...] = ("plain_text",)) -> Rule:
    """A text object of 1 to `longest` characters, of one of the given kinds.

    https://docs.slack.dev/reference/block-kit/composition-objects/text-object
    """

    def of_its_kind(value: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
        if value["type"] not in kinds:
            yield Problem(f"must be {' or '.join(kinds)}, not {value['type']}", f"{pointer}/type")
        if value["type"] == "mrkdwn" and "emoji" in value:
            yield Problem("invalid additional property: emoji", pointer)
        if value["type"] == "plain_text" and "verbatim" in value:
            yield Problem("invalid additional property: verbatim", pointer)

    def long_enough(value: Any, pointer: str) -> Iterator[Problem]:
        if isinstance(value, str):
            yield from length(value, pointer, 1, longest)
        else:
            yield Problem("must provide a string", pointer)

    return shape(
        {"type": choice("plain_text", "mrkdwn"), "text": long_enough},
        {"emoji": boolean, "verbatim": boolean},
        checks=[of_its_kind],
    )


plain = text
BOTH = ("plain_text", "mrkdwn")


def option(*, kinds: tuple[str, ...] = ("plain_text",), with_url: bool = False) -> Rule:
    """An option: text 75, value 150, description 75 characters.

    https://docs.slack.dev/reference/block-kit/composition-objects/option-object
    """
    optional: dict[str, Rule] = {"description": text(75, kinds=kinds)}
    if with_url:
        optional["url"] = string(LONGEST_URL)
    return shape({"text": text(75, kinds=kinds), "value": string(150)}, optional)


# https://docs.slack.dev/reference/block-kit/composition-objects/option-group-object
option_group = shape({"label": plain(75), "options": array(option(), at_least=1, at_most=100)})

# https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
confirm = shape(
    {
        "title": plain(100),
        "text": text(300, kinds=BOTH),
        "confirm": plain(30),
        "deny": plain(30),
    },
    {"style": choice("primary", "danger")},
)

# https://docs.slack.dev/reference/block-kit/composition-objects/dispatch-action-configuration-object
dispatch_config = shape({"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), at_least=1)})

# https://docs.slack.dev/reference/block-kit/composition-objects/conversation-filter-object
conversation_filter = shape(
    {},
    {
        "include": array(choice("im", "mpim", "private", "public"), at_least=1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
