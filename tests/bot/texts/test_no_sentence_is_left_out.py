import importlib
import inspect
import json
import pkgutil
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
from babel.dates import format_date

import bot.blocks
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from tests.bot.texts.gallery import EXAMPLES, FILED_AT, FIRST_DAY, LAST_DAY, ZONE, Example, rendered
from tests.bot.texts.pseudo import bracketed, write_pseudo
from tests.bot.texts.visible import uncatalogued, visible_texts


@pytest.fixture(scope="module")
def pseudo(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    return Texts("en-US", write_pseudo(tmp_path_factory.mktemp("pseudo")))


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_people_are_shown_catalogued_sentences_only(example: Example, pseudo: Texts) -> None:
    dates = (pseudo.day(LAST_DAY), pseudo.moment(FILED_AT, ZONE), pseudo.language, *first_week(pseudo))
    texts = list(visible_texts(rendered(example, pseudo)))
    assert texts
    assert {text: left for text in texts if (left := uncatalogued(text, dates))} == {}


def test_a_planted_sentence_that_is_not_in_the_catalogue_is_noticed(pseudo: Texts) -> None:
    def thanks(t: Texts) -> Written:
        return Written(t("Send"), [kit.section(f"{t('Send')} Thanks!"), kit.small(t.md("{kind}", kind="Other"))])

    found = [uncatalogued(text) for text in visible_texts(rendered(Example(thanks), pseudo))]
    assert found == ["", "Thanks", "Other"]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_is_told_in_english_without_a_mark_of_the_pseudo_language(example: Example) -> None:
    assert "⟦" not in json.dumps(rendered(example), ensure_ascii=False)


def test_everything_that_people_can_be_shown_has_an_example() -> None:
    shown = {example.function for example in EXAMPLES}
    missing = [
        f"{module.__name__}.{name}"
        for module in modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_") and function not in shown
    ]
    assert missing == ["bot.blocks.home.refused"]  # its example translates the sentence first


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("⟦Got it: ⟧F-7⟦ (⟧⟦False alarm⟧⟦)⟧", ""),
        ("‹Grace Okafor› and ‹Viktor Hallberg›, ⟦since ⟧Mon 2 Mar 2026", ""),
        ("*‹P-101› C-12* :bell: 🔕 2 ⟦new⟧ &lt;", ""),
        ("⟦Got it: ⟧False alarm", "False alarm"),
        ("Thanks!", "Thanks"),
        ("⟦Status: ⟧new", "new"),
        ("⟦cut of", "⟦ cut of"),
        ("‹Grace Okafor› says", "says"),
    ],
)
def test_a_word_outside_of_the_catalogue_is_noticed(text: str, left: str) -> None:
    assert uncatalogued(text, ("Mon 2 Mar 2026",)) == left


def test_every_place_where_text_is_seen_is_looked_at() -> None:
    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "title"},
        "submit": {"type": "plain_text", "text": "submit"},
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": "section"}},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "context"}]},
            {
                "type": "input",
                "label": {"type": "plain_text", "text": "label"},
                "hint": {"type": "plain_text", "text": "hint"},
                "element": {
                    "placeholder": {"type": "plain_text", "text": "placeholder"},
                    "options": [{"text": {"type": "plain_text", "text": "option"}, "value": "not seen"}],
                },
            },
        ],
    }
    seen = {"title", "submit", "section", "context", "label", "hint", "placeholder", "option"}
    assert set(visible_texts(view)) == seen
    assert list(visible_texts({"text": "notification", "blocks": []})) == ["notification"]


def test_the_pseudo_language_leaves_gaps_outside() -> None:
    assert bracketed("*{reference}* is noted for {tool}.") == "⟦*⟧{reference}⟦* is noted for ⟧{tool}⟦.⟧"
    assert bracketed("Plain") == "⟦Plain⟧"


def first_week(t: Texts) -> list[str]:
    """The days of a calendar's first week as the language writes them, then their parts."""
    days = [FIRST_DAY + timedelta(days=number) for number in range(7)]
    parts = [format_date(day, part, locale=t.locale) for day in days for part in ("EEEEEE", "LLL")]
    return [*map(t.day, days), *parts]


def modules() -> list[ModuleType]:
    """The modules of bot/blocks that show something; the kit is what they are made of."""
    names = [module.name for module in pkgutil.iter_modules(bot.blocks.__path__) if module.name != "kit"]
    return [importlib.import_module(f"bot.blocks.{name}") for name in names]


def test_the_pseudo_language_is_read_from_the_folder_it_is_given(pseudo: Texts, tmp_path: Path) -> None:
    assert pseudo("Send") == "⟦Send⟧"
    assert Texts("en-US", tmp_path)("Send") == "Send"
