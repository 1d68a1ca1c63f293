"""What somebody filled in about the shift that they are asked about."""

from datetime import date

from bot.forms import FormErrors
from bot.forms.request import PICK_ONE, Request
from bot.texts import Texts


def swap(request: Request, t: Texts) -> tuple[int, date, str]:
    """The modal that swaps a shift: the prompt's id, the day and the name of the other shift."""
    shift = request.choice("shift")
    if not shift:
        raise FormErrors({"shift": PICK_ONE})
    return request.kept_number("prompt"), request.day("day"), shift
