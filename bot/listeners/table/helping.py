"""Help on every command."""

from collections.abc import Callable

from bot.blocks.kit import Written
from bot.forms.request import Request
from bot.listeners.rows import Heard, Row, Show
from bot.texts import Texts
from store import abilities


def help_on(command: str, reply: Callable[[abilities.Abilities, Texts], Written], *words: str) -> tuple[Row, ...]:
    """Help on a command: asked for, and beside these words that it does not know."""
    return (
        Show(Heard.COMMAND, command, _asked_for, word="help", query=abilities.abilities, reply=reply),
        *(
            Show(Heard.COMMAND, command, _not_known, word=word, query=abilities.abilities, reply=reply)
            for word in words
        ),
    )


def _asked_for(request: Request, t: Texts) -> tuple[str]:
    return ("",)


def _not_known(request: Request, t: Texts) -> tuple[str]:
    return (request.text,)
