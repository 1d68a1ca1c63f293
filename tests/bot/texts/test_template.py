import importlib
import re
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.pofile import read_po

from bot.texts import CATALOGUES
from bot.texts.collect import TEMPLATE, template
from tests.bot.texts.marked import sentences
from tests.bot.texts.pseudo import entries, forms, gaps

ROOT = Path(__file__).parents[3]
NOT_SHOWN_IN_SLACK = ("bot/cli/", "bot/demo/", "bot/local_slack/", "store/migrations/", "bot/site_file/")
"""What these say is read in a terminal, in English."""


def test_the_template_holds_the_sentences_of_today() -> None:
    assert TEMPLATE.read_bytes() == template(), "make texts"


def test_every_sentence_that_is_handed_to_a_translation_is_in_the_template() -> None:
    known = {sentence for entry in entries() for sentence in entry}
    missing = [
        f"{file.relative_to(ROOT)}:{line}: {sentence}"
        for file in shown_in_slack()
        for line, sentence in sentences(file.read_text("utf-8"), imported(file))
        if sentence not in known
    ]
    assert missing == []


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: re.sub(r"\W+", " ", entry[0])[:60])
def test_a_sentence_has_named_gaps_only_and_formats(entry: tuple[str, ...]) -> None:
    for sentence in entry:
        assert all(name.isidentifier() for name in gaps(sentence))
        values = dict.fromkeys(gaps(sentence), "‹a {brace}›")
        assert sentence.format(**values).count("‹a {brace}›") == sum(sentence.count(f"{{{name}}}") for name in values)
        assert sentence == sentence.strip() or sentence.startswith(", ")
    if len(entry) == 2:
        assert gaps(entry[0]) | {"count"} == gaps(entry[1]) | {"count"}


def test_the_translations_that_there_are_keep_the_gaps_of_their_sentences() -> None:
    for file in sorted(CATALOGUES.glob("*.po")):
        known = entries()
        for message in read_po(BytesIO(file.read_bytes()), locale=file.stem):
            told = [string for string in forms(message.string) if string]
            if message.id and told:
                said = forms(message.id)
                assert said in known, f"{file.name}: {said[0]} is no sentence any more"
                assert all(gaps(sentence) <= gaps(said[-1]) | {"count"} for sentence in told), f"{file.name}: {told}"


def test_sentences_are_found_under_every_name_that_they_have() -> None:
    module = ModuleType("planted")
    module.BUSY = "Busy."  # type: ignore[attr-defined]
    module.WORDS = {1: "One.", 2: "Two."}  # type: ignore[attr-defined]
    source = """
def f(t, said, request):
    t("Plain."), t.md("Marked {up}.", up=1), t.many("{count} thing", "{count} things", 2), t(BUSY), t(WORDS[said])
    t(said), t.translated(said), t("Yes." if said else BUSY)
    t(f"Put {together}."), t("Added " + said)
    raise Refused("No.", field="text")
    raise FormErrors({"a": BUSY, "b": "Wrong."})
"""
    found = {sentence for _, sentence in sentences(source, module)}
    assert found == {
        *("Plain.", "Marked {up}.", "{count} thing", "{count} things", "Busy.", "One.", "Two.", "Yes.", "No."),
        *("Wrong.", "f'Put {together}.'", "'Added ' + said"),
    }


def shown_in_slack() -> list[Path]:
    """The modules whose sentences people read in Slack."""
    files = [file for layer in ("bot", "jobs", "store") for file in sorted((ROOT / layer).rglob("*.py"))]
    return [file for file in files if not file.relative_to(ROOT).as_posix().startswith(NOT_SHOWN_IN_SLACK)]


def imported(file: Path) -> ModuleType:
    """A module of ours by its file."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
