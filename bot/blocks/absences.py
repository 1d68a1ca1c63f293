"""How an absence looks: the form that notes one, and what is said of it."""

from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from store.absences import Away, Back


def away_form(t: Texts) -> View:
    """The modal that notes an absence."""
    return kit.modal(
        t,
        t("When are you away?"),
        [
            kit.day_input("first_day", t("First day")),
            kit.day_input("last_day", t("Last day")),
            kit.small(t.md("You get no questions on these days. Nobody is told, and nobody asks why.")),
        ],
        callback=ids.NOTE_AWAY,
        submit=t("Note it"),
    )


def away(noted: Away, t: Texts) -> Written:
    """The answer to whoever is going away."""
    if noted.first_day == noted.last_day:
        return _line(t.md("Noted: no questions on {day}. `/embedding back` ends it.", day=t.day(noted.first_day)))
    return _line(
        t.md(
            "Noted: no questions from {first} to {last}. `/embedding back` ends it.",
            first=t.day(noted.first_day),
            last=t.day(noted.last_day),
        )
    )


def back(ended: Back, t: Texts) -> Written:
    """The answer to whoever is back."""
    if ended.has_begun:
        return _line(t.md("Welcome back. You are asked again from today on."))
    return _line(t.md("Taken back: you are not away from {first} on after all.", first=t.day(ended.first_day)))


def _line(markdown: str) -> Written:
    return Written(markdown, [kit.section(markdown)])
