"""What a sponsor filled in to sign a review."""

from bot.forms import FormErrors
from bot.forms.request import PICK_ONE, UNREADABLE, Request
from bot.texts import Texts
from store.reviews import Outcome


def modal(request: Request, t: Texts) -> tuple[int, Outcome]:
    """The review's modal: the review's id and what should become of the tool."""
    review_id = request.kept_number("review")
    chosen = request.choice("outcome")
    if chosen is None:
        raise FormErrors({"outcome": PICK_ONE})
    try:
        return review_id, Outcome(chosen)
    except ValueError:
        raise FormErrors({"outcome": UNREADABLE}) from None
