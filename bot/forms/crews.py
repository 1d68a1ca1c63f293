"""Whom somebody puts into which crew."""

from bot.forms.request import Request
from bot.texts import Texts


def modal(request: Request, t: Texts) -> tuple[int, str]:
    """The modal that puts somebody into a crew: the crew's id and the person's Slack id."""
    return request.number("crew"), request.person("person")
