"""What somebody tapped or wrote in answer to a prompt, or said of the shift that it is about."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.forms import FormErrors, unsafe
from bot.forms.feedback import understood_kind
from bot.forms.request import PICK_ONE, UNREADABLE, Request, storable
from bot.forms.taps import number, parts
from bot.texts import Texts
from store.feedback import Kind
from store.questions import QUESTIONS, Rating, YesNo

NAME = re.compile(r"[a-z][a-z_0-9]{0,39}")
"""Of a question."""
TAPPED = frozenset({*Rating, *YesNo, *(one for asked in QUESTIONS.values() for each in asked for one in each.choices)})
"""Whatever stands on a button of some set; the places of own choices are numbers as ratings are."""
LONGEST_LINK = 1_000


def tapped(request: Request, t: Texts) -> tuple[int, str, str]:
    """An answer by one tap: the prompt's id, the question, the choice."""
    prompt_id, question, value = parts(request, 3)
    if value not in TAPPED:
        raise FormErrors({"": UNREADABLE})
    return number(prompt_id), _named(question), value


def one_question(request: Request, t: Texts) -> tuple[int, str]:
    """The button that opens the form of one question."""
    prompt_id, question = parts(request, 2)
    return number(prompt_id), _named(question)


def entered(request: Request, t: Texts) -> tuple[int, str, str, Kind, bool]:
    """The form of one question; of own words what they say it is, and whether something is unsafe."""
    question = request.kept.get("question")
    value = request.choice("answer") or request.words("answer")
    if not value.strip():
        raise FormErrors({"answer": PICK_ONE})
    name = _named(question if isinstance(question, str) else "")
    return request.kept_number("prompt"), name, value, understood_kind(value, t), unsafe.is_named(value, t)


def detail(request: Request, t: Texts) -> tuple[int, str, Kind, bool]:
    """The form for more than a tap: also what the words say it is, and whether something is unsafe."""
    words = request.words("text")
    return request.kept_number("prompt"), words, understood_kind(words, t), unsafe.is_named(words, t)


def swap(request: Request, t: Texts) -> tuple[int, date, str]:
    """The modal that swaps a shift: the prompt's id, the day and the name of the other shift."""
    shift = request.choice("shift")
    if not shift:
        raise FormErrors({"shift": PICK_ONE})
    return request.kept_number("prompt"), request.day("day"), shift


def photos(event: Mapping[str, Any]) -> tuple[str, ...]:
    """The links of the files in a message (https://docs.slack.dev/reference/objects/file-object)."""
    files = event.get("files")
    links = [
        text_in(file, "permalink") for file in (files if isinstance(files, list) else []) if isinstance(file, Mapping)
    ]
    return tuple(link for link in links if link.startswith("https://") and len(link) <= LONGEST_LINK)


def text_in(values: Mapping[str, Any], name: str) -> str:
    """A text of an event; empty where it has none of that name."""
    value = values.get(name)
    return storable(value) if isinstance(value, str) else ""


def _named(question: str) -> str:
    if not NAME.fullmatch(question):
        raise FormErrors({"": UNREADABLE})
    return question
