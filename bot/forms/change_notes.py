"""What a data scientist filled in to note a change."""

from bot.forms import FormErrors
from bot.forms.request import Request
from bot.texts import Texts
from store.change_notes import Change
from store.errors import N_

VERSION = 40
"""Characters in the name of a version."""


def modal(request: Request, t: Texts) -> tuple[Change]:
    """The change note's modal."""
    what, why = request.words("what").strip(), request.words("why").strip()
    missing = {name: N_("Say it in a sentence.") for name, said in (("what", what), ("why", why)) if not said}
    if missing:
        raise FormErrors(missing)
    version = request.words("version").strip()
    if len(version) > VERSION:
        raise FormErrors({"version": N_("That is too long for a version. Write its name, such as 2.4.")})
    return (
        Change(
            tool_id=request.number("tool"),
            what=what,
            why=why,
            version=version or None,
            answers=request.numbers("answers"),
        ),
    )
