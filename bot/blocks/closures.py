"""How a shutdown looks: the form that notes one, and the answer."""

from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from store.closures import Closable, Closed


def shutdown_form(choices: Closable, t: Texts) -> View:
    """The modal that notes a shutdown."""
    teams = [kit.option(name, key) for key, name in choices.teams]
    return kit.modal(
        t,
        t("Note a shutdown"),
        [
            kit.select("team", t("Team"), teams, chosen=teams[0] if len(teams) == 1 else None),
            kit.day_input("first_day", t("First day")),
            kit.day_input("last_day", t("Last day")),
            kit.text_input("reason", t("Why?"), lines=False),
            kit.small(t.md("Nobody in the team gets a question about a shift that begins on these days.")),
        ],
        callback=ids.SHUT_DOWN,
        submit=t("Note it"),
    )


def shut_down(closed: Closed, t: Texts) -> Written:
    """The answer to whoever noted it."""
    text = t.md(
        "Noted: nobody in {team} is asked about shifts from {first} to {last}.",
        team=closed.team,
        first=t.day(closed.first_day),
        last=t.day(closed.last_day),
    )
    return Written(text, [kit.section(text)])
