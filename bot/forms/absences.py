"""When somebody says that they are away, in a command line or in a form."""

import re
from datetime import date

from bot.forms import FormErrors
from bot.forms.request import Request
from bot.texts import Texts
from store.errors import N_
from store.not_now import Days

DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:\.\.|\s)\s*(\d{4}-\d{2}-\d{2}))?", re.ASCII)
"""A day, or two with dots or a space between them."""
NO_DAYS = N_("Write the days as 2026-12-24..2027-01-02, or type /embedding away alone for a form.")
BACKWARDS = N_("The last day must not come before the first. Pick a later one.")


def command(request: Request, t: Texts) -> tuple[Days]:
    """`/embedding away 2026-12-24..2027-01-02`; one day stands for itself."""
    found = DAYS.fullmatch(request.text.partition(" ")[2].strip())
    if found is None:
        raise FormErrors({"": NO_DAYS})
    try:
        first = date.fromisoformat(found[1])
        last = date.fromisoformat(found[2] or found[1])
    except ValueError:
        raise FormErrors({"": NO_DAYS}) from None
    return (between(first, last, ""),)


def modal(request: Request, t: Texts) -> tuple[Days]:
    """The form that notes an absence."""
    return (between(request.day("first_day"), request.day("last_day"), "last_day"),)


def between(first: date, last: date, field: str) -> Days:
    """The days from one to another; FormErrors at a field when there are none."""
    if last < first:
        raise FormErrors({field: BACKWARDS})
    return Days(first, last)
