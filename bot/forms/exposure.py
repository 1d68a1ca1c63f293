"""What somebody filled in of how much a tool has shown."""

from bot.forms import FormErrors
from bot.forms.request import Request
from bot.texts import Texts
from store.errors import N_
from store.exposure import Entry

NO_NUMBER = N_("Write a whole number in digits alone, such as 1234.")


def modal(request: Request, t: Texts) -> tuple[Entry]:
    """The form of a week's exposure."""
    written = "".join(request.words("shown").split())
    if not written.isascii() or not written.isdigit() or len(written) > 12:
        raise FormErrors({"shown": NO_NUMBER})
    return (Entry(tool_id=request.number("tool"), day=request.day("week"), shown=int(written)),)
