"""What somebody typed, ticked or tapped about something unsafe."""

import re
from functools import lru_cache

from bot.forms import FormErrors
from bot.forms.request import PICK_ONE, UNREADABLE, Request
from bot.forms.taps import number, parts
from bot.texts import Texts
from bot.texts.glossary import NOT_UNSAFE_WORDS, UNSAFE_WORDS
from store.errors import N_
from store.feedback import Impact, Kind, Report

YES, NO = "yes", "no"


def is_named(text: str, t: Texts) -> bool:
    """Whether somebody's words say that something is unsafe."""
    folded = text.replace("’", "'").casefold()  # phones type the curly one
    return bool(_naming(t(UNSAFE_WORDS)).search(_naming(t(NOT_UNSAFE_WORDS)).sub(" ", folded)))


@lru_cache(maxsize=64)
def _naming(ways: str) -> re.Pattern[str]:
    each = "|".join(r"[\s-]+".join(map(re.escape, way.split())) for way in ways.casefold().split(","))
    return re.compile(rf"(?<!\w)(?:{each})(?!\w)")


def is_said(request: Request, t: Texts) -> bool:
    """Whether what somebody typed after a command or wrote to the app says that something is unsafe."""
    written = request.event.get("text")
    return is_named(f"{request.text} {written if isinstance(written, str) else ''}", t)


def is_ticked(request: Request) -> bool:
    """Whether the first row of the report form is ticked."""
    return bool(request.choices("unsafe"))


def modal(request: Request, t: Texts) -> tuple[Report, bool]:
    """The form for something unsafe, and whether the reporter may be called."""
    text = request.words("text")
    if not text.strip():
        raise FormErrors({"text": N_("Say in a few words what is unsafe.")})
    report = Report(kind=Kind.OTHER, text=text, tool_id=request.number("tool"), impact=Impact.UNSAFE)
    return report, _said(request.choice("may_call"), "may_call")


def tapped(request: Request, t: Texts) -> tuple[int, bool]:
    """A button that says whether they may be called: the report's id and the choice."""
    feedback_id, said = parts(request, 2)
    return number(feedback_id), _said(said)


def chosen(request: Request, t: Texts) -> tuple[int, bool]:
    """The same, chosen on the screen that follows the report form."""
    return request.kept_number("feedback"), _said(request.choice("may_call"), "may_call")


def _said(word: str | None, field: str = "") -> bool:
    if word not in (YES, NO):
        raise FormErrors({field: PICK_ONE if field and word is None else UNREADABLE})
    return word == YES
