"""What somebody typed or filled in to report a tool's behaviour."""

import re
from functools import lru_cache

from bot.forms import FormErrors
from bot.forms.request import PICK_ONE, UNREADABLE, Request
from bot.texts import Texts
from bot.texts.glossary import KIND_WORDS
from store.feedback import Impact, Kind, Report


def understood_kind(text: str, t: Texts) -> Kind:
    """The kind that somebody's words name; `other` when they name none.

    Of several the one that is named first counts.
    """
    folded = text.replace("’", "'").casefold()  # phones type the curly one
    named = _naming(t).search(folded)
    return Kind(named.lastgroup) if named and named.lastgroup else Kind.OTHER


@lru_cache(maxsize=64)
def _naming(t: Texts) -> re.Pattern[str]:
    """What names a kind in a language; of kinds that are named at the same place the first counts."""
    each = "|".join(f"(?P<{kind.value}>(?:{_one_of(t(ways))})(?!\\w))" for kind, ways in KIND_WORDS.items())
    return re.compile(rf"(?<!\w)(?:{each})")


def _one_of(ways: str) -> str:
    return "|".join(re.escape(way.strip()) for way in ways.casefold().split(","))


def command(request: Request, t: Texts) -> tuple[Report]:
    """`/model-feedback false alarm on P-101`."""
    return (Report(kind=understood_kind(request.text, t), text=request.text),)


def modal(request: Request, t: Texts) -> tuple[Report]:
    """The report modal."""
    return (
        Report(
            kind=_kind(request),
            text=request.words("text"),
            tool_id=request.number("tool"),
            impact=_impact(request),
        ),
    )


def page(request: Request, t: Texts) -> tuple[int, int]:
    """`/model-feedback list 3`, or the button that turns the page: number and size of the page."""
    match = re.search(r"\d{1,6}$", request.clicked or request.text)
    return (int(match[0]) if match else 1), PAGE


PAGE = 10


def _kind(request: Request) -> Kind:
    chosen = request.choice("kind")
    if chosen is None:
        raise FormErrors({"kind": PICK_ONE})
    try:
        return Kind(chosen)
    except ValueError:
        raise FormErrors({"kind": UNREADABLE}) from None


def _impact(request: Request) -> Impact | None:
    chosen = request.choice("impact")
    try:
        return Impact(chosen) if chosen else None
    except ValueError:
        raise FormErrors({"impact": UNREADABLE}) from None
