"""What a data scientist filled in of what they saw."""

import re

from bot.forms.request import Request
from bot.texts import Texts
from store.observations import Seen


def modal(request: Request, t: Texts) -> tuple[Seen]:
    """The form of an observation."""
    crew = request.choice("crew")
    return (
        Seen(
            tool_id=request.number("tool"),
            text=request.words("text"),
            day=request.day("day"),
            crew_id=request.number("crew") if crew is not None else None,
        ),
    )


def page(request: Request, t: Texts) -> tuple[int]:
    """`/change-note observations 2`, or the button that turns the page."""
    match = re.search(r"\d{1,6}$", request.clicked or request.text)
    return (int(match[0]) if match else 1,)
