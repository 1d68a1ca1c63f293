"""What a sponsor filled in to sign a review."""

from bot.forms import FormErrors
from bot.forms.request import PICK_ONE, UNREADABLE, Request
from bot.texts import Texts
from store.errors import N_
from store.reviews import Outcome

OUTDATED = N_("This form is from before the app was updated. Close it, open the app's home and sign from there.")


def modal(request: Request, t: Texts) -> tuple[int, Outcome]:
    """The review's modal: the review's id and what should become of the tool."""
    try:
        review_id = request.kept_number("review")
    except FormErrors:
        raise FormErrors({"outcome": OUTDATED}) from None
    chosen = request.choice("outcome")
    if chosen is None:
        raise FormErrors({"outcome": PICK_ONE})
    try:
        return review_id, Outcome(chosen)
    except ValueError:
        raise FormErrors({"outcome": UNREADABLE}) from None
