"""How it looks when a lead puts somebody into a crew."""

from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from store.crews import Movable, Moved


def move_form(found: Movable, t: Texts) -> View:
    """The modal that puts somebody into a crew."""
    several = len({team for _, _, team in found.crews}) > 1
    crews = [kit.option(f"{crew} · {team}" if several else crew, key) for key, crew, team in found.crews]
    return kit.modal(
        t,
        t("Crews"),
        [
            kit.person_input("person", t("Who?")),
            kit.select("crew", t("Crew"), crews, chosen=crews[0] if len(crews) == 1 else None),
            kit.small(t.md("Whoever is in another crew of that team leaves it.")),
        ],
        callback=ids.MOVE,
        submit=t("Put them there"),
    )


def moved(result: Moved, t: Texts) -> Written:
    """The answer to whoever put somebody into a crew."""
    text = t.md(
        "{person} is in crew {crew} of {team} now, and is asked at the end of its shifts.",
        person=result.person,
        crew=result.crew,
        team=result.team,
    )
    return Written(text, [kit.section(text)])
