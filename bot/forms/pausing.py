"""What somebody filled in to pause an embedding or to resume it."""

from bot.forms import FormErrors
from bot.forms.request import Request
from bot.texts import Texts
from store.errors import N_


def modal(request: Request, t: Texts) -> tuple[int, str]:
    """Which embedding, and why."""
    because = request.words("because").strip()
    if not because:
        raise FormErrors({"because": N_("Say in a sentence why.")})
    return request.number("embedding"), because
