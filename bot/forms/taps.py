"""What a tap on one of several answers says."""

from bot.forms import FormErrors
from bot.forms.request import UNREADABLE, Request
from bot.texts import Texts
from store.questions import QUESTIONS, accepts
from store.verdicts import Helped


def clicked(request: Request, t: Texts) -> tuple[int]:
    """A button that carries the id of what it is about."""
    return (request.clicked_number,)


def answer(request: Request, t: Texts) -> tuple[int, str, str]:
    """An answer to a prompt: its id, the question, the choice."""
    prompt_id, question, value = _parts(request, 3)
    if not any(accepts(question_set, question, value) for question_set in QUESTIONS):
        raise FormErrors({"": UNREADABLE})
    return _id(prompt_id), question, value


def verdict(request: Request, t: Texts) -> tuple[int, Helped]:
    """A verdict on a change: the note's id and the choice."""
    note_id, value = _parts(request, 2)
    try:
        return _id(note_id), Helped(value)
    except ValueError:
        raise FormErrors({"": UNREADABLE}) from None


def _parts(request: Request, count: int) -> list[str]:
    parts = request.clicked.split("/")
    if len(parts) != count:
        raise FormErrors({"": UNREADABLE})
    return parts


def _id(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise FormErrors({"": UNREADABLE})
    return int(text)
