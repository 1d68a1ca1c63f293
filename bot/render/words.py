"""The words of a packet, as the glossary says them."""

from collections.abc import Mapping
from typing import Any

from bot.render.packet import Figure
from bot.texts import Texts
from store.privacy import Withheld
from store.questions import Helped


def say(glossary: Mapping[Any, str], word: str, t: Texts) -> str:
    """A word as people are shown it; one that the glossary does not know stays as it is."""
    sentence = glossary.get(word)
    return t(sentence) if sentence else word


def version_name(version: str | None, t: Texts) -> str:
    """A version as people are shown it."""
    return t("not noted") if version is None else version


def isolated(written: str) -> str:
    """A name inside a sentence, in signs that keep a right-to-left name from turning the rest of it.

    See https://www.w3.org/International/questions/qa-bidi-unicode-controls.
    """
    return f"\u2068{written}\u2069"


def shift_answers(said: Mapping[str, Figure], answered: Figure) -> list[tuple[str, Figure]]:
    """Every answer that could be given, with its figure.

    An answer that nobody gave is missing in the packet. It is a zero only where the others are known: beside a figure
    that is withheld it is withheld too, so that the page does not tell which answers there were.
    """
    withheld = next((figure for figure in (answered, *said.values()) if isinstance(figure, Withheld)), None)
    missing: Figure = 0 if withheld is None else withheld
    known: list[str] = [*Helped]
    return [(answer, said.get(answer, missing)) for answer in [*known, *sorted(set(said) - set(known))]]
