"""What somebody typed or filled in to report a tool's behaviour."""

import re
from dataclasses import replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from bot.blocks.kit import LINK
from bot.blocks.report_form import COLLEAGUE, EXPECTED, KIND, PLACE, Filling
from bot.forms import FormErrors, unsafe
from bot.forms.request import PICK_ONE, UNREADABLE, Request
from bot.forms.taps import number, parts
from bot.texts import Texts
from bot.texts.glossary import KIND_WORDS
from store import references
from store.errors import N_
from store.feedback import Did, Impact, Kind, Report
from store.references import Series

W = TypeVar("W", bound=StrEnum)


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
    each = "|".join(f"(?P<{kind.value}>(?:{one_of(t(ways))})(?!\\w))" for kind, ways in KIND_WORDS.items())
    return re.compile(rf"(?<!\w)(?:{each})")


def one_of(ways: str) -> str:
    """A pattern for any of some ways to say a thing, between which a comma stands, in folded case."""
    return "|".join(re.escape(way.strip()) for way in ways.casefold().split(","))


def command(request: Request, t: Texts) -> tuple[Report]:
    """`/model-feedback false alarm on P-101`, or `/model-feedback Ola told me: it rang for nothing`."""
    colleague, words = _told_by(request.text, t)
    impact = Impact.UNSAFE if unsafe.is_named(words, t) else None
    return (Report(kind=understood_kind(words, t), text=words, impact=impact, relayed_for=colleague),)


def _told_by(text: str, t: Texts) -> tuple[str, str]:
    """The colleague whose report it is, or nothing, and what they said."""
    told = _telling(t).fullmatch(text)
    return (" ".join(told["who"].split()).removeprefix("@"), told["what"]) if told else ("", text)


@lru_cache(maxsize=64)
def _telling(t: Texts) -> re.Pattern[str]:
    says = one_of(t(TOLD_ME))
    return re.compile(
        rf"(?P<who>[^\s:.!?,][^:.!?,\n]{{0,{COLLEAGUE - 1}}}?)\s+(?:{says})\s*:\s*(?P<what>.*\S.*)", FLAGS
    )


FLAGS = re.IGNORECASE | re.DOTALL
TOLD_ME = N_("told me, tells me")
"""What stands between a colleague's name and what they said; a comma stands between the ways to say it."""


def modal(request: Request, t: Texts) -> tuple[Report, int | None]:
    """The report modal, and the prompt whose answer it was made of.

    Words that say that something is unsafe count as its tick does, as they do in one line.
    """
    report = _report(request)
    if unsafe.is_named(report.text, t):
        report = replace(report, impact=Impact.UNSAFE)
    return report, request.kept_number("prompt") if "prompt" in request.kept else None


def edited(request: Request, t: Texts) -> tuple[int, Report, bool]:
    """The same modal for a report that is there already, and whether its words had no room in it.

    Here the tick alone says whether it is unsafe: without it a reporter takes back what their words still say.
    """
    return request.kept_number("report"), _report(request), not request.has_input("text")


def addition(request: Request, t: Texts) -> tuple[int, str, tuple[str, ...], bool]:
    """The modal that adds to a report, and whether its words say that something is unsafe."""
    words = request.words("text")
    return request.kept_number("report"), words, _links(request), unsafe.is_named(words, t)


def other_tool(request: Request, t: Texts) -> tuple[int, int]:
    """The tap by which a report is about another tool: the report's id and the tool's."""
    report_id, tool_id = parts(request, 2)
    return number(report_id), number(tool_id)


def named(request: Request, t: Texts) -> tuple[int]:
    """`/model-feedback F-12`: the number."""
    found = references.read(Series.FEEDBACK, request.text)
    if found is None:
        raise FormErrors({"": UNREADABLE})
    return (found,)


def further(request: Request, t: Texts) -> tuple[int, str, Report]:
    """`/model-feedback F-12 it rang again`: the number, the words behind it, and all of it as a report."""
    reference, _, words = request.text.partition(" ")
    number = references.read(Series.FEEDBACK, reference)
    if number is None:
        raise FormErrors({"": UNREADABLE})
    return number, words.strip(), *command(request, t)


def author(request: Request, t: Texts) -> tuple[str]:
    """Who wrote the message that a shortcut was used on."""
    return (request.message_author,)


def chosen_tool(request: Request, t: Texts) -> tuple[int]:
    """The tool that was chosen in the modal."""
    return (request.number("tool"),)


def so_far(request: Request) -> Filling:
    """What the modal is filled in with so far."""
    chosen = request.choice(request.input_named(KIND))
    kept = {name: request.kept[name] for name in KEPT if name in request.kept}
    return Filling(_report(request, Kind.OTHER), Kind(chosen) if chosen in set(Kind) else None, kept)


KEPT = ("report", "reference", "prompt", "permalink")
"""What the modal brings back."""
MOST_LINKS = 10


def _report(request: Request, kind: Kind | None = None) -> Report:
    permalink = request.kept.get("permalink")
    impact = _word(request, "impact", Impact)
    return Report(
        kind=kind or _kind(request),
        text=request.words("text"),
        tool_id=request.number("tool"),
        impact=Impact.UNSAFE if unsafe.is_ticked(request) else impact,
        expected=_short(request, "expected", EXPECTED),
        place=_short(request, "place", PLACE),
        did=_word(request, "did", Did),
        links=_links(request),
        permalink=permalink if isinstance(permalink, str) and LINK.fullmatch(permalink) else None,
        relayed_for=_short(request, "relayed_for", COLLEAGUE),
        shift=_shift(request),
    )


def _short(request: Request, name: str, most: int) -> str:
    words = request.words(name).strip()
    if len(words) > most:
        raise FormErrors({name: UNREADABLE})
    return words


def _links(request: Request) -> tuple[str, ...]:
    links = tuple(dict.fromkeys(request.words("links").split()))
    if len(links) > MOST_LINKS or not all(LINK.fullmatch(link) for link in links):
        raise FormErrors({"links": N_("Paste links that begin with https://, ten at most, with a space between them.")})
    return links


def _shift(request: Request) -> tuple[date, str] | None:
    chosen = request.choice("shift")
    if chosen is None:
        return None
    day, _, name = chosen.partition("/")
    try:
        return date.fromisoformat(day), name[:LONGEST_SHIFT]
    except ValueError:
        raise FormErrors({"shift": UNREADABLE}) from None


LONGEST_SHIFT = 75
"""As long as an option's label."""


def page(request: Request, t: Texts) -> tuple[int, int]:
    """`/model-feedback list 3`, or the button that turns the page: number and size of the page."""
    match = re.search(r"\d{1,6}$", request.clicked or request.text)
    return (int(match[0]) if match else 1), PAGE


PAGE = 10


def _kind(request: Request) -> Kind:
    name = request.input_named(KIND)
    chosen = request.choice(name)
    if chosen is None:
        raise FormErrors({name: PICK_ONE})
    try:
        return Kind(chosen)
    except ValueError:
        raise FormErrors({name: UNREADABLE}) from None


def _word(request: Request, name: str, words: type[W]) -> W | None:
    chosen = request.choice(name)
    try:
        return words(chosen) if chosen else None
    except ValueError:
        raise FormErrors({name: UNREADABLE}) from None
