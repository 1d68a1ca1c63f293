"""The words by which somebody in the story finds what they look for: those of the catalogue, in their own language."""

from string import Formatter

from bot.blocks import kit
from bot.texts import Texts
from bot.texts.glossary import KINDS, PICTOGRAMS
from store.feedback import Kind

GAP = "\x00"


def piece(t: Texts, sentence: str, plural: str = "", count: int = 0, **known: str) -> str:
    """The longest stretch of a sentence in which nothing is unknown.

    Args:
        t: The reader's language.
        sentence: A sentence of the catalogue; its singular, if it has two forms.
        plural: Its plural.
        count: The number that it depends on.
        known: What stands in some of its gaps.
    """
    gaps = {name for _, name, _, _ in Formatter().parse(sentence + plural) if name and name != "count"}
    values = dict.fromkeys(gaps, GAP) | known
    said = t.many(sentence, plural, count, **values) if plural else t(sentence, **values)
    return max(said.split(GAP), key=len)


def title(t: Texts, sentence: str, **values: str) -> str:
    """The title of a modal."""
    return kit.cut(t(sentence, **values), kit.TITLE)


def choice(label: str) -> str:
    """One of several things to choose from."""
    return kit.line(label, kit.OPTION)


def kind_choice(t: Texts, kind: Kind) -> str:
    """A kind as the report's form offers it."""
    return choice(f"{PICTOGRAMS[kind]} {t(KINDS[kind])}")
