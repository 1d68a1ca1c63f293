"""What a tap on one of several answers says."""

from bot.forms import FormErrors
from bot.forms.request import UNREADABLE, Request
from bot.texts import Texts
from store.verdicts import Helped


def clicked(request: Request, t: Texts) -> tuple[int]:
    """A button that carries the id of what it is about."""
    return (request.clicked_number,)


def verdict(request: Request, t: Texts) -> tuple[int, Helped]:
    """A verdict on a change: the note's id and the choice."""
    note_id, value = parts(request, 2)
    try:
        return number(note_id), Helped(value)
    except ValueError:
        raise FormErrors({"": UNREADABLE}) from None


def parts(request: Request, count: int) -> list[str]:
    """What a button carries between its slashes; FormErrors when it is not so many parts."""
    parts = request.clicked.split("/")
    if len(parts) != count:
        raise FormErrors({"": UNREADABLE})
    return parts


def number(text: str) -> int:
    """An id that a button carries; FormErrors when it is none."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise FormErrors({"": UNREADABLE})
    return int(text)
