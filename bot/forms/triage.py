"""What a data scientist ticked, chose and wrote to look through reports and to answer them; and a reporter's answer."""

from collections.abc import Mapping
from dataclasses import astuple, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from bot import ids
from bot.forms import FormErrors, unsafe
from bot.forms.request import MOST_CHOSEN, PICK_ONE, UNREADABLE, Request
from bot.texts import Texts
from store import references
from store.causes import Cause
from store.decisions import Step
from store.errors import N_
from store.feedback import Kind
from store.fitting import Triage
from store.inbox import Asked, Sought, Which
from store.references import Series

NO_REFERENCE = N_("Write the number of a report, such as F-12.")
TOO_MANY = N_("You can tick 100 reports at most. Untick these and do something with the others first.")

W = TypeVar("W", bound=StrEnum)


def look_on(request: Request, t: Texts) -> tuple[Asked]:
    """The inbox, a report that was opened, or what was done: what to see next."""
    if "report" in request.kept:
        ticked = (request.kept_number("report"), *request.numbers("similar"))
        return (Asked(Sought(), ticked, _word(Step, request.choice("step"), "step"), opened=True, seen=_seen(request)),)
    if "which" not in request.kept:
        return (Asked(Sought()),)
    before = _kept_sought(request.kept)
    shown = set(_kept_numbers(request.kept, "shown"))
    elsewhere = [key for key in _kept_numbers(request.kept, "ticked") if key not in shown]
    here = ids.on_page("ticked", *astuple(before))
    ticked = tuple(dict.fromkeys([*elsewhere, *request.numbers(here)]))
    if len(ticked) > MOST_CHOSEN:
        raise FormErrors({here: TOO_MANY})
    sought = Sought(
        which=_word(Which, _picked(request, "which", before), ids.on_page("which", *astuple(before))) or Which.OPEN,
        tool_id=_id(request, ids.on_page("tool", *astuple(before))),
        kind=_chosen(request, Kind, "kind", before),
        cause=_chosen(request, Cause, "cause", before),
        newest_first=_newest_first(request, before),
        page=before.page,
    )
    # Whoever looks for something else begins on its first page.
    _picked(request, "page", before)
    page = (_id(request, ids.on_page("page", *astuple(before))) or 1) if sought == before else 1
    step = _chosen(request, Step, "step", before)
    return (Asked(replace(sought, page=page), ticked, step, before, seen=_seen(request)),)


def _picked(request: Request, name: str, sought: Sought) -> str | None:
    """What was chosen in a menu in which something always is; None where there is no such menu."""
    field = ids.on_page(name, *astuple(sought))
    chosen = request.choice(field)
    if chosen is None and request.has_input(field):
        raise FormErrors({field: PICK_ONE})
    return chosen


def _newest_first(request: Request, sought: Sought) -> bool:
    order = _picked(request, "order", sought)
    if order not in (None, "oldest", "newest"):
        raise FormErrors({ids.on_page("order", *astuple(sought)): UNREADABLE})
    return order == "newest"


def _chosen(request: Request, words: type[W], name: str, sought: Sought) -> W | None:
    field = ids.on_page(name, *astuple(sought))
    return _word(words, request.choice(field), field)


def _kept_sought(kept: Mapping[str, Any]) -> Sought:
    def text(name: str) -> str | None:
        value = kept.get(name)
        return value if isinstance(value, str) else None

    def number(name: str) -> int | None:
        value = kept.get(name)
        return value if type(value) is int else None

    return Sought(
        which=_word(Which, text("which"), "") or Which.OPEN,
        tool_id=number("tool_id"),
        kind=_word(Kind, text("kind"), ""),
        cause=_word(Cause, text("cause"), ""),
        newest_first=kept.get("newest_first") is True,
        page=number("page") or 1,
    )


def _kept_numbers(kept: Mapping[str, Any], name: str) -> list[int]:
    values = kept.get(name)
    numbers = [value for value in values if type(value) is int] if isinstance(values, list) else []
    return [number for number in numbers if 0 < number < 10**18][:MOST_CHOSEN]


def _word(words: type[W], value: str | None, field: str) -> W | None:
    if value is None:
        return None
    try:
        return words(value)
    except ValueError:
        raise FormErrors({field: UNREADABLE}) from None


def _id(request: Request, field: str) -> int | None:
    return None if request.choice(field) is None else request.number(field)


def triage(request: Request, t: Texts) -> tuple[Triage]:
    """The form of what is done with some reports."""
    step = _word(Step, _kept_text(request, "step"), "")
    if step is None:
        raise FormErrors({"": UNREADABLE})
    return (
        Triage(
            step=step,
            report_ids=tuple(_kept_numbers(request.kept, "reports")),
            words=request.words("words"),
            day=_day(request),
            owner=" ".join(request.words("owner").split()),
            work_order=" ".join(request.words("work_order").split()),
            cause=_word(Cause, request.choice("cause"), "cause"),
            carries_on=_carries_on(request) if step is Step.DUPLICATE else None,
            seen=_seen(request),
        ),
    )


def _seen(request: Request) -> int | None:
    value = request.kept.get("seen")
    return value if type(value) is int else None


def _kept_text(request: Request, name: str) -> str | None:
    value = request.kept.get(name)
    return value if isinstance(value, str) else None


def _day(request: Request) -> date | None:
    return request.day("day") if request.entered("day").get("selected_date") is not None else None


def _carries_on(request: Request) -> int | None:
    written = request.words("number").strip()
    chosen = request.choice("carries_on")
    if not written:
        return references.read(Series.FEEDBACK, chosen) if chosen else None
    number = references.read(Series.FEEDBACK, written)
    if number is None:
        raise FormErrors({"number": NO_REFERENCE})
    return number


def answer(request: Request, t: Texts) -> tuple[int, str, bool]:
    """The form in which a reporter answers a question: its id, the answer, and whether it says something is unsafe."""
    words = request.words("answer")
    return request.kept_number("question"), words, unsafe.is_named(words, t)
