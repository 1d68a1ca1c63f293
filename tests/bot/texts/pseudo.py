"""Pseudo-languages: every sentence of the template in ⟦ ⟧, or other brackets, except for its gaps."""

from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from bot.texts.collect import template


def entries() -> list[tuple[str, ...]]:
    """The sentences of the template: one, or singular and plural."""
    catalogue = read_po(BytesIO(template()))
    return [forms(message.id) for message in catalogue if message.id]


def forms(said: Any) -> tuple[str, ...]:
    """A message of a catalogue: one sentence, or one for each form of a number."""
    return tuple(said) if isinstance(said, tuple | list) else (said,)


def gaps(sentence: str) -> set[str]:
    """What stands between the braces of a sentence."""
    return {name + (f"!{how}" if how else "") + (f":{spec}" if spec else "") for name, spec, how in _gaps(sentence)}


def _gaps(sentence: str) -> list[tuple[str, str, str]]:
    parsed = Formatter().parse(sentence)
    return [(name, spec or "", how or "") for _, name, spec, how in parsed if name is not None]


def bracketed(sentence: str, brackets: str = "⟦⟧", times: int = 1) -> str:
    """A sentence in brackets with its gaps outside of them: what fills a gap must be catalogued by itself.

    Its words are said so many times over.
    """
    opening, closing = brackets[0], brackets[1]
    parts = []
    for literal, name, _, _ in Formatter().parse(sentence):
        if literal:
            parts.append(opening + literal.replace("{", "{{").replace("}", "}}") * times + closing)
        if name is not None:
            parts.append("{" + name + "}")
    return "".join(parts)


def write_pseudo(folder: Path, language: str = "en", brackets: str = "⟦⟧", times: int = 1) -> Path:
    """Write a pseudo-language into a folder of catalogues as one of its languages; returns the folder.

    It is so many times as long as English.
    """
    catalogue = Catalog(locale=language, charset="utf-8")
    for entry in entries():
        if len(entry) == 1:
            catalogue.add(entry[0], bracketed(entry[0], brackets, times))
        else:
            singular, plural = (bracketed(form, brackets, times) for form in entry)
            catalogue.add(entry, (singular, *[plural] * (catalogue.num_plurals - 1)))
    with (folder / f"{language}.po").open("wb") as file:
        write_po(file, catalogue)
    return folder
