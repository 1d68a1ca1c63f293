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
    places = {
        match.start(): kind for kind, ways in reversed(KIND_WORDS.items()) if (match := _one_of(t(ways)).search(folded))
    }
    return places[min(places)] if places else Kind.OTHER


@lru_cache(maxsize=1_000)
def _one_of(ways: str) -> re.Pattern[str]:
    words = "|".join(re.escape(way.strip()) for way in ways.casefold().split(","))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)")


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
