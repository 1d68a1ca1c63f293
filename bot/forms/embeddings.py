"""What somebody filled in to schedule an embedding, or tapped to agree to one."""

from bot.forms import FormErrors
from bot.forms.request import PICK_ONE, Request
from bot.texts import Texts
from store.errors import N_
from store.references import Series, read
from store.scheduling import Proposal


def modal(request: Request, t: Texts) -> tuple[Proposal]:
    """The modal that schedules an embedding."""
    tools = request.numbers("tools")
    if not tools:
        raise FormErrors({"tools": PICK_ONE})
    criteria = request.words("exit_criteria").strip()
    if not criteria:
        raise FormErrors({"exit_criteria": N_("Say in a sentence what must be true at the end.")})
    return (
        Proposal(
            team_id=request.number("team"),
            tool_ids=tools,
            data_scientists=request.persons("data_scientists"),
            sponsor_operations=request.person("sponsor_operations"),
            sponsor_data=request.person("sponsor_data"),
            first_day=request.day("first_day"),
            last_day=request.day("last_day"),
            exit_criteria=criteria,
        ),
    )


def agrees(request: Request, t: Texts) -> tuple[int, bool]:
    """The button that agrees."""
    return request.clicked_number, True


def declines(request: Request, t: Texts) -> tuple[int, bool]:
    """The button that declines."""
    return request.clicked_number, False


def named(request: Request, t: Texts) -> tuple[int | None]:
    """`/embedding-summary E-4`; without a reference the newest one is meant."""
    if not request.text:
        return (None,)
    number = read(Series.EMBEDDING, request.text)
    if number is None:
        raise FormErrors({"": N_("That is no reference of an embedding. They look like E-4.")})
    return (number,)
