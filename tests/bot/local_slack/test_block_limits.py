"""Every limit of Block Kit: what is just within it passes, one more is refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from bot.local_slack.blocks import problems_of_blocks, problems_of_view
from tests.bot.local_slack.kiosk import button, field, form, option, plain, section

Make = Callable[[int], list[dict[str, Any]]]


def text(count: int) -> dict[str, Any]:
    return plain("x" * count)


def mrkdwn(count: int) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": "x" * count}


def actions(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "actions", "elements": list(elements)}]


def options(count: int) -> list[dict[str, Any]]:
    return [option(f"Option {n}", str(n)) for n in range(count)]


def select(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", "options": options(2), **more}


def confirm(**more: Any) -> dict[str, Any]:
    return {"title": text(1), "text": mrkdwn(1), "confirm": text(1), "deny": text(1), **more}


def one_input(**element: Any) -> list[dict[str, Any]]:
    return [field("Label", "b", element)]


# name, what makes blocks with n of something, the most that is allowed
LIMITS: list[tuple[str, Make, int]] = [
    ("section.text", lambda n: [{"type": "section", "text": mrkdwn(n)}], 3000),
    ("section.fields", lambda n: [{"type": "section", "fields": [mrkdwn(1)] * n}], 10),
    ("section.fields.text", lambda n: [{"type": "section", "fields": [mrkdwn(n)]}], 2000),
    ("block_id", lambda n: [{"type": "divider", "block_id": "x" * n}], 255),
    ("header", lambda n: [{"type": "header", "text": text(n)}], 150),
    ("context.elements", lambda n: [{"type": "context", "elements": [mrkdwn(1)] * n}], 10),
    ("actions.elements", lambda n: actions(*[button(f"B{k}", f"b{k}") for k in range(n)]), 25),
    ("context_actions.elements", lambda n: [{"type": "context_actions", "elements": [{}] * n}], 5),
    ("image.alt_text", lambda n: [{"type": "image", "image_url": "https://x", "alt_text": "x" * n}], 2000),
    ("image.title", lambda n: [{"type": "image", "image_url": "https://x", "alt_text": "x", "title": text(n)}], 2000),
    ("image.image_url", lambda n: [{"type": "image", "image_url": "x" * n, "alt_text": "x"}], 3000),
    ("input.label", lambda n: [field("x" * n, "b", {"type": "plain_text_input"})], 2000),
    ("input.hint", lambda n: [{**field("L", "b", {"type": "plain_text_input"}), "hint": text(n)}], 2000),
    ("markdown", lambda n: [{"type": "markdown", "text": "x" * n}], 12_000),
    (
        "markdown together",
        lambda n: [{"type": "markdown", "text": "x" * (n - 10)}, {"type": "markdown", "text": "x" * 10}],
        12_000,
    ),
    ("table.rows", lambda n: [{"type": "table", "rows": [[{}]] * n}], 100),
    ("table.columns", lambda n: [{"type": "table", "rows": [[{}] * n]}], 20),
    ("action_id", lambda n: actions(button("B", "x" * n)), 255),
    ("button.text", lambda n: actions(button("x" * n, "b")), 75),
    ("button.value", lambda n: actions(button("B", "b", "x" * n)), 2000),
    ("button.url", lambda n: actions({**button("B", "b"), "url": "x" * n}), 3000),
    ("button.accessibility_label", lambda n: actions({**button("B", "b"), "accessibility_label": "x" * n}), 75),
    ("select.options", lambda n: actions(select(options=options(n))), 100),
    ("multi_select.options", lambda n: one_input(type="multi_static_select", options=options(n)), 100),
    (
        "select.option_groups",
        lambda n: actions({"type": "static_select", "option_groups": [{"label": text(1), "options": options(1)}] * n}),
        100,
    ),
    (
        "option_group.options",
        lambda n: actions({"type": "static_select", "option_groups": [{"label": text(1), "options": options(n)}]}),
        100,
    ),
    (
        "option_group.label",
        lambda n: actions({"type": "static_select", "option_groups": [{"label": text(n), "options": options(1)}]}),
        75,
    ),
    ("placeholder", lambda n: actions(select(placeholder=text(n))), 150),
    ("option.text", lambda n: actions(select(options=[{"text": text(n), "value": "v"}])), 75),
    ("option.value", lambda n: actions(select(options=[{"text": text(1), "value": "x" * n}])), 150),
    ("option.description", lambda n: actions(select(options=[{**option("O", "v"), "description": text(n)}])), 75),
    ("option.url", lambda n: actions({"type": "overflow", "options": [{**option("O", "v"), "url": "x" * n}]}), 3000),
    ("overflow.options", lambda n: actions({"type": "overflow", "options": options(n)}), 5),
    ("checkboxes.options", lambda n: actions({"type": "checkboxes", "options": options(n)}), 10),
    ("radio_buttons.options", lambda n: actions({"type": "radio_buttons", "options": options(n)}), 10),
    ("plain_text_input.max_length", lambda n: one_input(type="plain_text_input", max_length=n), 3000),
    ("plain_text_input.min_length", lambda n: one_input(type="plain_text_input", min_length=n), 3000),
    (
        "plain_text_input.initial_value",
        lambda n: one_input(type="plain_text_input", max_length=10, initial_value="x" * n),
        10,
    ),
    ("confirm.title", lambda n: actions({**button("B", "b"), "confirm": confirm(title=text(n))}), 100),
    ("confirm.text", lambda n: actions({**button("B", "b"), "confirm": confirm(text=mrkdwn(n))}), 300),
    ("confirm.confirm", lambda n: actions({**button("B", "b"), "confirm": confirm(confirm=text(n))}), 30),
    ("confirm.deny", lambda n: actions({**button("B", "b"), "confirm": confirm(deny=text(n))}), 30),
    ("message.blocks", lambda n: [{"type": "divider"}] * n, 50),
]


@pytest.mark.parametrize(("make", "most"), [limit[1:] for limit in LIMITS], ids=[each[0] for each in LIMITS])
def test_the_limit_passes_and_one_more_is_refused(make: Make, most: int) -> None:
    assert problems_of_blocks(make(most), "message") == []
    assert problems_of_blocks(make(most + 1), "message") != []


# name, blocks that a message may not have, a part of what Slack says
WRONG: list[tuple[str, list[Any], str]] = [
    ("a block without type", [{}], "missing required field: type [json-pointer:/blocks/0]"),
    ("an unknown block", [{"type": "poem"}], "unsupported type: poem [json-pointer:/blocks/0/type]"),
    ("no object", ["divider"], "must provide an object [json-pointer:/blocks/0]"),
    (
        "an unknown property",
        [{"type": "divider", "text": text(1)}],
        "invalid additional property: text [json-pointer:/blocks/0]",
    ),
    ("a section of nothing", [{"type": "section"}], "missing required field: text or fields"),
    ("an empty text", [section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ("a header in mrkdwn", [{"type": "header", "text": mrkdwn(1)}], "must be plain_text, not mrkdwn"),
    ("a button in mrkdwn", actions({"type": "button", "text": mrkdwn(1)}), "must be plain_text, not mrkdwn"),
    (
        "emoji in mrkdwn",
        [{"type": "section", "text": {**mrkdwn(1), "emoji": True}}],
        "invalid additional property: emoji",
    ),
    ("a button without text", actions({"type": "button"}), "missing required field: text"),
    ("an unknown style", actions({**button("B", "b"), "style": "warning"}), "must be a valid enum value"),
    ("no elements", actions(), "no less than 1 items allowed [json-pointer:/blocks/0/elements]"),
    ("an input as action", actions({"type": "plain_text_input"}), "unsupported type: plain_text_input"),
    ("a button as input", one_input(type="button", text=text(1)), "unsupported type: button"),
    ("an overflow as input", one_input(type="overflow", options=options(1)), "unsupported type: overflow"),
    (
        "a datetimepicker as accessory",
        [{**section("x"), "accessory": {"type": "datetimepicker"}}],
        "unsupported type: datetimepicker",
    ),
    (
        "options and groups",
        actions(select(option_groups=[{"label": text(1), "options": options(1)}])),
        "only one of options",
    ),
    ("no options at all", actions({"type": "static_select"}), "missing required field: options"),
    (
        "an initial option of another list",
        actions(select(initial_option=option("Other", "9"))),
        "initial_option is not one of the options [json-pointer:/blocks/0/elements/0/initial_option]",
    ),
    (
        "initial options of another list",
        one_input(type="checkboxes", options=options(2), initial_options=[option("Other", "9")]),
        "is not one of the options",
    ),
    ("a date that is none", one_input(type="datepicker", initial_date="10 May"), "must match the pattern"),
    ("a time that is none", one_input(type="timepicker", initial_time="7:30"), "must match the pattern"),
    (
        "a number input that does not say which",
        one_input(type="number_input"),
        "missing required field: is_decimal_allowed",
    ),
    (
        "a text that must be longer than it may be",
        one_input(type="plain_text_input", min_length=11, max_length=10),
        "must be less than max_length",
    ),
    ("a string for a number", one_input(type="plain_text_input", max_length="10"), "must provide an integer"),
    (
        "two blocks with one id",
        [{"type": "divider", "block_id": "b"}] * 2,
        "`block_id` b already exists [json-pointer:/blocks/1/block_id]",
    ),
    (
        "two elements of a block with one id",
        actions(button("A", "same"), button("B", "same")),
        "`action_id` same already exists [json-pointer:/blocks/0/elements/1/action_id]",
    ),
    (
        "two elements with the focus",
        [
            field("A", "a", {"type": "plain_text_input", "focus_on_load": True}),
            field("B", "b", {"type": "plain_text_input", "focus_on_load": True}),
        ],
        "focus_on_load",
    ),
    ("an image without source", [{"type": "image", "alt_text": "x"}], "missing required field: image_url"),
]


@pytest.mark.parametrize(("blocks", "said"), [each[1:] for each in WRONG], ids=[each[0] for each in WRONG])
def test_wrong_blocks_are_refused_in_slacks_words(blocks: list[Any], said: str) -> None:
    assert said in "\n".join(str(each) for each in problems_of_blocks(blocks, "message"))


@pytest.mark.parametrize(
    "element",
    [
        {"type": "external_select", "min_query_length": 1},
        {"type": "multi_external_select", "max_selected_items": 2},
        {"type": "users_select", "initial_user": "U0OLA"},
        {"type": "multi_users_select", "initial_users": ["U0OLA"]},
        {"type": "conversations_select", "filter": {"include": ["public"]}},
        {"type": "multi_conversations_select"},
        {"type": "channels_select", "placeholder": plain("Where")},
        {"type": "multi_channels_select"},
        {"type": "datepicker", "initial_date": "2026-05-10"},
        {"type": "timepicker", "initial_time": "07:30"},
        {"type": "datetimepicker", "initial_date_time": 1778310000},
        {"type": "email_text_input"},
        {"type": "url_text_input"},
        {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"},
        {"type": "radio_buttons", "options": [{"text": mrkdwn(3), "value": "1"}]},
        {"type": "rich_text_input"},
        {"type": "file_input", "max_files": 3},
    ],
    ids=lambda element: str(element["type"]),
)
def test_every_kind_of_input_may_stand_in_a_modal(element: dict[str, Any]) -> None:
    assert problems_of_view(form(blocks=[field("Label", "b", element)]), "modal") == []


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
def test_input_blocks_may_stand_on_every_surface(surface: str) -> None:
    assert problems_of_blocks(one_input(type="plain_text_input"), surface) == []


@pytest.mark.parametrize("kind", ["markdown", "table", "file", "context_actions"])
def test_some_blocks_are_for_messages_only(kind: str) -> None:
    assert problems_of_blocks([{"type": kind}], "modal")[0].text == f"unsupported type: {kind}"


def test_views_hold_a_hundred_blocks() -> None:
    for surface in ("modal", "home"):
        assert problems_of_blocks([{"type": "divider"}] * 100, surface) == []
        assert problems_of_blocks([{"type": "divider"}] * 101, surface) != []


@pytest.mark.parametrize(
    ("name", "make", "most"),
    [
        ("title", text, 24),
        ("submit", text, 24),
        ("close", text, 24),
        ("private_metadata", lambda n: "x" * n, 3000),
        ("callback_id", lambda n: "x" * n, 255),
        ("external_id", lambda n: "x" * n, 255),
    ],
)
def test_the_parts_of_a_modal_have_limits(name: str, make: Callable[[int], Any], most: int) -> None:
    assert problems_of_view(form(**{name: make(most)}), "modal") == []
    assert problems_of_view(form(**{name: make(most + 1)}), "modal") != []


def test_a_modal_with_inputs_needs_a_submit_button() -> None:
    view = copy.deepcopy(form())
    del view["submit"]
    assert [each.pointer for each in problems_of_view(view, "modal")] == ["/view/submit"]


def test_a_modal_needs_a_title_in_plain_text() -> None:
    assert "missing required field: title" in str(problems_of_view(form(title=None), "modal")[0])
    assert problems_of_view(form(title=mrkdwn(3)), "modal") != []


def test_a_home_tab_has_no_title() -> None:
    assert problems_of_view({"type": "home", "blocks": [], "title": text(1)}, "home") != []
