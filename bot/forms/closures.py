"""What somebody filled in to shut a team down."""

from bot.forms import FormErrors
from bot.forms.absences import between
from bot.forms.request import Request
from bot.texts import Texts
from store.closures import Closing
from store.errors import N_


def modal(request: Request, t: Texts) -> tuple[Closing]:
    """The form that notes a shutdown."""
    reason = request.words("reason").strip()
    if not reason:
        raise FormErrors({"reason": N_("Say in a few words why.")})
    days = between(request.day("first_day"), request.day("last_day"), "last_day")
    return (Closing(request.number("team"), days, reason),)
