"""Every limit of Block Kit: what is just within it passes, one more is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import Channel, LocalSlack, Person
from bot.local_slack.acting import MOST_SUGGESTIONS, QUERY_BEFORE_ASKING
from bot.local_slack.blocks import LARGEST_VIEW, MOST_BLOCKS, problems_of_blocks, problems_of_view
from bot.local_slack.calls.chat import LONGEST_UPDATE
from bot.local_slack.content import LARGEST_METADATA
from bot.local_slack.views import DEEPEST_STACK
from bot.local_slack.workspace import LONGEST_TEXT
from tests.bot.local_slack.kiosk import button, field, form, option, plain, section
from tests.bot.local_slack.town import error_of

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


def video(**more: Any) -> dict[str, Any]:
    video = {"type": "video", "alt_text": "x", "title": text(1), "thumbnail_url": "x", "video_url": "x"}
    return {**video, **more}


def one_input(**element: Any) -> list[dict[str, Any]]:
    return [field("Label", "b", element)]


# name, what makes blocks with n of something, the most that is allowed
LIMITS: list[tuple[str, Make, int]] = [
    ("section.text", lambda n: [{"type": "section", "text": mrkdwn(n)}], 3000),
    ("section.fields", lambda n: [{"type": "section", "fields": [mrkdwn(1)] * n}], 10),
    ("section.fields[].text", lambda n: [{"type": "section", "fields": [mrkdwn(n)]}], 2000),
    ("block_id", lambda n: [{"type": "divider", "block_id": "x" * n}], 255),
    ("header.text", lambda n: [{"type": "header", "text": text(n)}], 150),
    ("context.elements", lambda n: [{"type": "context", "elements": [mrkdwn(1)] * n}], 10),
    ("actions.elements", lambda n: actions(*[button(f"B{k}", f"b{k}") for k in range(n)]), 25),
    ("context_actions.elements", lambda n: [{"type": "context_actions", "elements": [{"type": "icon_button"}] * n}], 5),
    ("image.alt_text", lambda n: [{"type": "image", "image_url": "https://x", "alt_text": "x" * n}], 2000),
    ("image.title", lambda n: [{"type": "image", "image_url": "https://x", "alt_text": "x", "title": text(n)}], 2000),
    ("image.image_url", lambda n: [{"type": "image", "image_url": "x" * n, "alt_text": "x"}], 3000),
    ("input.label", lambda n: [field("x" * n, "b", {"type": "plain_text_input"})], 2000),
    ("input.hint", lambda n: [{**field("L", "b", {"type": "plain_text_input"}), "hint": text(n)}], 2000),
    ("markdown.text", lambda n: [{"type": "markdown", "text": "x" * n}], 12_000),
    (
        "markdown.text (all markdown blocks of one payload together)",
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
    ("table.per_message", lambda n: [{"type": "table", "rows": [[{}]]}] * n, 1),
    ("video.title", lambda n: [video(title=text(n))], 199),
    ("video.author_name", lambda n: [video(author_name="x" * n)], 49),
    ("file_input.max_files", lambda n: one_input(type="file_input", max_files=n), 10),
    ("rich_text_input.min_lines/max_lines", lambda n: one_input(type="rich_text_input", max_lines=n), 100),
    ("message.blocks", lambda n: [{"type": "divider"}] * n, 50),
]


IN_MODALS = [
    each
    for each in LIMITS
    if each[0] != "message.blocks" and not each[0].startswith(("markdown", "table", "context_actions"))
]


@pytest.mark.parametrize(("make", "most"), [limit[1:] for limit in LIMITS], ids=[each[0] for each in LIMITS])
async def test_a_message_takes_what_is_at_the_limit_and_no_more(
    slack: LocalSlack, client: AsyncWebClient, workshop: Channel, make: Make, most: int
) -> None:
    assert (await client.chat_postMessage(channel=workshop.id, text="x", blocks=make(most)))["ok"]
    arguments = {"channel": workshop.id, "text": "x", "blocks": make(most + 1)}
    answer = await error_of(client, "chat.postMessage", arguments)
    assert answer["error"] == "invalid_blocks"
    assert all("[json-pointer:/blocks" in said for said in answer["response_metadata"]["messages"])


@pytest.mark.parametrize(("make", "most"), [limit[1:] for limit in IN_MODALS], ids=[each[0] for each in IN_MODALS])
async def test_a_modal_takes_what_is_at_the_limit_and_no_more(
    slack: LocalSlack, client: AsyncWebClient, ola: Person, make: Make, most: int
) -> None:
    assert (await client.views_open(trigger_id=slack.trigger(ola), view=form(blocks=make(most))))["ok"]
    arguments = {"trigger_id": slack.trigger(ola), "view": form(blocks=make(most + 1))}
    answer = await error_of(client, "views.open", arguments)
    assert answer["error"] == "invalid_arguments"
    assert all("[json-pointer:/view/blocks" in said for said in answer["response_metadata"]["messages"])


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
        "two tables",
        [{"type": "table", "rows": [[{}]]}] * 2,
        "only one table is allowed in a message [json-pointer:/blocks/1]",
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


# the part of a view, what makes one with n characters, the most that is allowed
VIEW_LIMITS: list[tuple[str, Callable[[int], Any], int]] = [
    ("title", text, 24),
    ("submit", text, 24),
    ("close", text, 24),
    ("private_metadata", lambda n: "x" * n, 3000),
    ("callback_id", lambda n: "x" * n, 255),
    ("external_id", lambda n: "x" * n, 255),
]


@pytest.mark.parametrize(("name", "make", "most"), VIEW_LIMITS, ids=[each[0] for each in VIEW_LIMITS])
async def test_the_parts_of_a_modal_have_limits(
    slack: LocalSlack, client: AsyncWebClient, ola: Person, name: str, make: Callable[[int], Any], most: int
) -> None:
    assert (await client.views_open(trigger_id=slack.trigger(ola), view=form(**{name: make(most)})))["ok"]
    arguments = {"trigger_id": slack.trigger(ola), "view": form(**{name: make(most + 1)})}
    answer = await error_of(client, "views.open", arguments)
    assert answer["error"] == "invalid_arguments"
    assert f"[json-pointer:/view/{name}" in answer["response_metadata"]["messages"][0]


def view_of(size: int) -> dict[str, Any]:
    """A Home tab of exactly so many bytes."""
    full = [section("x" * 3000) for _ in range(81)]
    least = len(json.dumps({"type": "home", "blocks": [*full, section("")]}))
    return {"type": "home", "blocks": [*full, section("x" * (size - least))]}


async def test_a_view_holds_250_kb(slack: LocalSlack, client: AsyncWebClient, ola: Person) -> None:
    assert (await client.views_publish(user_id=ola.id, view=view_of(250_000)))["ok"]
    answer = await error_of(client, "views.publish", {"user_id": ola.id, "view": view_of(250_001)})
    assert answer["error"] == "view_too_large"


# the part of a message, the arguments with n of it, the most that is allowed, the error beyond it
MESSAGE_LIMITS: list[tuple[str, Callable[[int], dict[str, Any]], int, str]] = [
    ("markdown_text", lambda n: {"markdown_text": "x" * n}, 12_000, "msg_too_long"),
    ("attachments", lambda n: {"attachments": [{"text": "x"}] * n}, 100, "too_many_attachments"),
    ("metadata.size", lambda n: {"text": "x", "metadata": metadata_of(n)}, LARGEST_METADATA, "metadata_too_large"),
]


def metadata_of(size: int) -> dict[str, Any]:
    """Message metadata of exactly so many bytes."""
    empty = {"event_type": "delivery", "event_payload": {"id": ""}}
    return {"event_type": "delivery", "event_payload": {"id": "x" * (size - len(json.dumps(empty)))}}


@pytest.mark.parametrize(
    ("make", "most", "error"), [each[1:] for each in MESSAGE_LIMITS], ids=[each[0] for each in MESSAGE_LIMITS]
)
async def test_the_parts_of_a_message_have_limits(
    slack: LocalSlack,
    client: AsyncWebClient,
    workshop: Channel,
    make: Callable[[int], dict[str, Any]],
    most: int,
    error: str,
) -> None:
    assert (await client.api_call("chat.postMessage", json={"channel": workshop.id, **make(most)}))["ok"]
    answer = await error_of(client, "chat.postMessage", {"channel": workshop.id, **make(most + 1)})
    assert answer["error"] == error


OURS: dict[str, int] = {
    **{name: most for name, _, most in LIMITS},
    **{f"view.{name}": most for name, _, most in VIEW_LIMITS},
    **{name: most for name, _, most, _ in MESSAGE_LIMITS},
    "modal.blocks": MOST_BLOCKS["modal"],
    "home.blocks": MOST_BLOCKS["home"],
    "view.total_size": LARGEST_VIEW // 1000,
    "view.stack": DEEPEST_STACK,
    "text.truncated_above": LONGEST_TEXT,
    "chat.update.text": LONGEST_UPDATE,
    "select.external.response": MOST_SUGGESTIONS,
    "external_select.min_query_length.default": QUERY_BEFORE_ASKING,
}
NO_NUMBER = {
    "view.external_id": "no page gives its length; 255 is ours, as of the other ids",
    "metadata.size": "the error exists and no page gives a number; ours is documented where it stands",
    "blocks.total_size": "the error msg_blocks_too_long exists and no page gives a number; it is given when told",
    "metadata.event_payload.values": "a rule about types: invalid_metadata_format among the refusals",
    "view.submit_required_with_input_block": "a rule: a test above",
    "slash command in thread": "a rule: people here cannot run commands in threads",
    "attachment.collapses_above": "nothing is refused",
    "blocks.validate": "a method that the app does not call",
}
NOT_PLAYED = {
    "text.recommended": "Slack refuses nothing there; it only advises",
    "attachment.footer": "the app posts no attachments",
    "contact_cards": "the app posts none; too_many_contact_cards is given when told",
    "metadata.event_type(manifest subscription)": "the app subscribes to no metadata",
    "card.title/subtitle": "a block that is refused here as unknown",
    "card.body": "the same",
    "carousel.elements": "the same",
}


def limit_of(published: dict[str, Any]) -> int:
    """The most that passes: of `1..5` the 5, of `less than 200` 199."""
    most = int(str(published["limit"]).split("..")[-1])
    return most - 1 if "less than" in str(published["unit"]) else most


def test_our_limits_are_the_published_ones(reference: Path) -> None:
    groups = json.loads((reference / "slack" / "blockkit-limits.json").read_text("utf-8"))
    published = {name: each for group, limits in groups.items() if group != "_about" for name, each in limits.items()}
    numbers = {name: limit_of(each) for name, each in published.items() if name not in {**NO_NUMBER, **NOT_PLAYED}}
    ours = {**OURS, "text_object": OURS["section.text"]}
    assert {name: ours[name] for name in numbers} == numbers
    assert {*NO_NUMBER, *NOT_PLAYED} <= set(published)


def test_a_modal_with_inputs_needs_a_submit_button() -> None:
    view = copy.deepcopy(form())
    del view["submit"]
    assert [each.pointer for each in problems_of_view(view, "modal")] == ["/view/submit"]


def test_a_modal_needs_a_title_in_plain_text() -> None:
    assert "missing required field: title" in str(problems_of_view(form(title=None), "modal")[0])
    assert problems_of_view(form(title=mrkdwn(3)), "modal") != []


def test_a_home_tab_has_no_title() -> None:
    assert problems_of_view({"type": "home", "blocks": [], "title": text(1)}, "home") != []
