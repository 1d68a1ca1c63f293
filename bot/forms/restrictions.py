"""What somebody filled in to restrict a tool, or to lift a restriction."""

from datetime import date

from bot.forms import FormErrors
from bot.forms.request import UNREADABLE, Request
from bot.texts import Texts
from store.errors import N_
from store.restricting import Limit

WHAT_FOR = N_("Say what not to rely on it for, such as P-101.")
WHY = N_("Say in a few words why.")


def which(request: Request, t: Texts) -> tuple[int | None]:
    """A button that carries the id of what it is about, or nothing."""
    return (request.clicked_number if request.clicked else None,)


def modal(request: Request, t: Texts) -> tuple[Limit]:
    """The form that restricts a tool."""
    day, wall = _day(request), request.time_of_day("until_time")
    what_for, why = request.words("what_for").strip(), request.words("why").strip()
    if not what_for:
        raise FormErrors({"what_for": WHAT_FOR})
    if wall is not None and day is None:
        raise FormErrors({"until_day": N_("Pick the day too, or leave both empty.")})
    if not why:
        raise FormErrors({"why": WHY})
    about = request.kept_number("feedback") if "feedback" in request.kept else None
    return (Limit(request.number("tool"), what_for, why, day, wall, about),)


def lift(request: Request, t: Texts) -> tuple[int, str]:
    """The form that lifts a restriction: which, and why."""
    because = request.words("because").strip()
    if not because:
        raise FormErrors({"because": WHY})
    return request.number("restriction"), because


def _day(request: Request) -> date | None:
    chosen = request.entered("until_day").get("selected_date")
    if chosen is None:
        return None
    try:
        return date.fromisoformat(str(chosen))
    except ValueError:
        raise FormErrors({"until_day": UNREADABLE}) from None
