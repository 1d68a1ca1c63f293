"""How a pause of an embedding looks: the forms that begin and end one, and the answer."""

from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from store.pausing import Pausable, Paused


def pause_form(choices: Pausable, t: Texts) -> View:
    """The modal that pauses an embedding."""
    hint = t.md("Nobody is asked while it is paused. Its last day stays where it is.")
    return _form(choices, t, t("Pause an embedding"), hint, ids.PAUSE, t("Pause it"))


def resume_form(choices: Pausable, t: Texts) -> View:
    """The modal that resumes one."""
    hint = t.md("People are asked again from their next shift on.")
    return _form(choices, t, t("Resume an embedding"), hint, ids.RESUME, t("Resume it"))


def _form(choices: Pausable, t: Texts, title: str, hint: str, callback: str, submit: str) -> View:
    offered = [kit.option(f"{reference} {team}", key) for key, reference, team in choices.embeddings]
    return kit.modal(
        t,
        title,
        [
            kit.select("embedding", t("Embedding"), offered, chosen=offered[0] if len(offered) == 1 else None),
            kit.text_input("because", t("Why?"), lines=False),
            kit.small(hint),
        ],
        callback=callback,
        submit=submit,
    )


def paused(result: Paused, t: Texts) -> Written:
    """The answer to whoever paused or resumed it."""
    if result.paused:
        text = t.md(
            "*{reference}* is paused: {team} is asked nothing until `/embedding resume`.",
            reference=result.reference,
            team=result.team,
        )
    else:
        text = t.md("*{reference}* goes on: {team} is asked again.", reference=result.reference, team=result.team)
    return Written(text, [kit.section(text)])
