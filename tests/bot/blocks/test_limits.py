"""Everything that people are shown keeps Slack's limits, with few words and with as many as there can be."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from bot.blocks import kit
from bot.blocks.kit import Written
from bot.blocks.reviews import carried_to_owner
from bot.local_slack.blocks import is_too_large, problems_of_blocks, problems_of_view
from bot.messages import MESSAGES
from bot.texts import Texts
from store.deliveries import Kind
from store.feedback import KINDS_OFFERED
from store.feedback import Kind as Kinds
from store.reporting import Reportable
from store.tools import ToolType
from tests.bot.texts.gallery import CARRIED_OVER, EXAMPLES, Example, of, plain, rendered
from tests.bot.texts.pseudo import write_pseudo

NAME, TYPED = 80, 3_000
"""The longest name that Slack gives a person or a channel; the longest text that a field takes."""

TYPED_IN = frozenset(
    {"text", "what", "why", "exit_criteria", "words", "answer", "report"}
    | {"before", "after", "expected", "take_back", "rolled_back_because"}
)
UNFINISHED = re.compile(r"&(?!amp;|lt;|gt;)")
LONGEST_TEXT = 4_000
"""Of a message's text when it is edited: https://docs.slack.dev/reference/methods/chat.update#errors"""

KINDS_AT_ONCE = 6
"""As many kinds as a reporter sees."""


def as_it_comes(example: Example) -> Example:
    """An example with as many kinds as are ever offered at once."""
    given = (
        replace(one, kinds=one.kinds[:KINDS_AT_ONCE]) if isinstance(one, Reportable) else one for one in example.before
    )
    return replace(example, before=tuple(given))


SHOWN = tuple(as_it_comes(example) for example in EXAMPLES)
each_example = pytest.mark.parametrize("example", SHOWN, ids=[f"{n}-{e}" for n, e in enumerate(SHOWN)])


def stretched(value: Any, length: int = NAME, *, hostile: bool, times: int = 1) -> Any:
    """The same value with everything that people typed or named as long as it can be, and lists longer."""

    def inside(part: Any, longest: int = NAME, many: int = times) -> Any:
        return stretched(part, longest, hostile=hostile, times=many)

    if isinstance(value, str):
        return (("<&>" if hostile else "wörd ") * length)[:length] if "‹" in value else value
    if isinstance(value, tuple):
        longer = value * times if value and is_dataclass(value[0]) else value
        return tuple(inside(part, length) for part in longer)
    if isinstance(value, list):
        return [inside(part, length) for part in value]
    if isinstance(value, Mapping):
        return {name: inside(part, TYPED if name in TYPED_IN else NAME) for name, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: inside(getattr(value, field.name), TYPED if field.name in TYPED_IN | {"answers"} else NAME)
            for field in fields(value)
        }
        return replace(value, **changed)
    return value


def marked_up(shown: Any) -> list[str]:
    """The texts that Slack reads as mrkdwn."""
    if isinstance(shown, Mapping):
        own = [shown["text"]] if shown.get("type") == "mrkdwn" else []
        return own + [text for part in shown.values() for text in marked_up(part)]
    return [text for part in shown for text in marked_up(part)] if isinstance(shown, list) else []


def labels(shown: Any) -> list[str]:
    """Titles, headings and what stands on buttons."""
    if isinstance(shown, Mapping):
        own = [shown[name]["text"] for name in ("title", "submit", "close") if shown.get(name)]
        own += [shown["text"]["text"]] if shown.get("type") in ("button", "header") else []
        return own + [text for part in shown.values() for text in labels(part)]
    return [text for part in shown for text in labels(part)] if isinstance(shown, list) else []


def in_its_place(shown: Any) -> Any:
    """A piece of a message as it stands in one: a block among blocks, a button in a row, choices in a menu."""
    if isinstance(shown, list) and shown and "type" not in shown[0]:
        menu = {"type": "static_select", "action_id": "menu", "options": shown}
        return [{"type": "actions", "elements": [menu]}]
    if isinstance(shown, Mapping) and shown.get("type") == "button":
        return [{"type": "actions", "elements": [shown]}]
    if isinstance(shown, Mapping) and shown.get("type") in ("section", "actions", "context"):
        return [shown]
    return shown


def problems(shown: Any) -> list[str]:
    """What Slack would say against what it is sent."""
    shown = in_its_place(shown)
    if isinstance(shown, list):
        return [str(one) for one in problems_of_blocks(shown, "message")]
    if "type" in shown:
        large = ["the view is too large"] if is_too_large(shown) else []
        return [*(str(one) for one in problems_of_view(shown, shown["type"])), *large]
    long = ["the text is too long"] if len(shown["text"]) > LONGEST_TEXT else []
    empty = [] if shown["text"].strip() else ["there is no text for notifications"]
    return [*(str(one) for one in problems_of_blocks(shown["blocks"], "message")), *long, *empty]


@each_example
def test_with_few_words(example: Example) -> None:
    assert problems(rendered(example)) == []


@each_example
def test_it_is_sent_as_the_sdk_writes_it(example: Example) -> None:
    shown = example.function(*example.before, Texts("en-US"), *example.after, **example.named)
    parts = shown.blocks if isinstance(shown, Written) else shown
    assert kit.as_sent(parts) == plain(parts)


@each_example
@pytest.mark.parametrize("hostile", [False, True], ids=["long", "long and all escaped"])
def test_with_as_many_words_as_there_can_be(example: Example, hostile: bool) -> None:
    full = replace(example, before=stretched(example.before, hostile=hostile))
    shown = rendered(full)

    assert problems(shown) == []
    if hostile:
        assert [text for text in marked_up(shown) if UNFINISHED.search(text)] == []


@pytest.fixture(scope="module")
def long_winded(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    """A language that needs three times as many letters as English."""
    return Texts("en-US", write_pseudo(tmp_path_factory.mktemp("long"), times=3))


@each_example
def test_in_a_language_with_long_words(example: Example, long_winded: Texts) -> None:
    assert problems(rendered(example, long_winded)) == []
    assert problems(rendered(replace(example, before=stretched(example.before, hostile=True)), long_winded)) == []


@each_example
def test_no_title_button_or_heading_of_ours_is_cut_in_english(example: Example) -> None:
    assert [text for text in labels(rendered(example)) if text.endswith("…")] == []


def test_a_title_that_is_cut_is_noticed() -> None:
    modal = kit.modal(Texts("en-US"), "x" * 25, [kit.buttons(kit.button("y" * 76, "y"))], submit="z" * 25)
    assert [text[0] for text in labels(modal.to_dict()) if text.endswith("…")] == ["x", "z", "y"]


MANY = {"home.home": 30, "embeddings.listed": 20, "summary.summary": 20}


@pytest.mark.parametrize(
    "example", [example for example in SHOWN if str(example) in MANY], ids=lambda example: str(example)
)
def test_with_more_than_fits_on_one_page(example: Example) -> None:
    given = (stretched(one, hostile=True, times=MANY[str(example)]) for one in example.before)
    full = replace(example, before=tuple(given))
    assert problems(rendered(full)) == []


def test_an_owner_who_is_left_with_very_many_reports_is_shown_the_first_of_them() -> None:
    name = "<&>" * (NAME // 3)
    many = replace(CARRIED_OVER, reports=tuple((f"F-{number}", name, Kinds.IDEA) for number in range(1_000)))
    shown = rendered(of(carried_to_owner, many))
    assert problems(shown) == []
    assert "F-199" in str(shown)
    assert "The first 200 are shown" in str(shown)


def test_a_reporter_is_offered_no_more_kinds_than_that() -> None:
    assert max(len(kinds) for kinds in KINDS_OFFERED.values()) <= KINDS_AT_ONCE
    assert set(KINDS_OFFERED) == set(ToolType)


def test_every_kind_of_message_has_a_row() -> None:
    assert set(MESSAGES) == set(Kind)
