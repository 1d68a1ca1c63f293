"""How somebody's own settings look, and the button that stops a question for good."""

from slack_sdk.models.blocks import Block, ButtonElement
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from store.preferences import Kept, Reminders


def settings_form(held: Kept, t: Texts) -> View:
    """The modal of one's own settings."""
    choices = [
        kit.option(t("No reminders"), Reminders.NONE),
        kit.option(t("Remind me once before my shift ends"), Reminders.ONE),
    ]
    return kit.modal(
        t,
        t("Your settings"),
        [
            kit.time_input(
                "quiet_from", t("Quiet hours from"), held.quiet.begins if held.quiet else None, optional=True
            ),
            kit.time_input(
                "quiet_until", t("Quiet hours until"), held.quiet.ends if held.quiet else None, optional=True
            ),
            kit.radio("reminders", t("When I have not answered"), choices, chosen=choices[held.reminders]),
            kit.small(
                t.md("Only you see these. In your quiet hours questions are left out, and what can wait comes later.")
            ),
        ],
        callback=ids.CHOOSE,
        submit=t("Keep"),
    )


def kept(held: Kept, t: Texts) -> Written:
    """What somebody has set for themselves, as the answer to them and on their home."""
    text = f"{_quiet(held, t)} {_reminders(held, t)}"
    return Written(text, [kit.section(text)])


def _quiet(held: Kept, t: Texts) -> str:
    if held.quiet is None:
        return t.md("No quiet hours.")
    return t.md("Quiet from {begins} to {ends}.", begins=t.clock(held.quiet.begins), ends=t.clock(held.quiet.ends))


def _reminders(held: Kept, t: Texts) -> str:
    return t.md("You are reminded once.") if held.reminders else t.md("No reminders.")


def mute_button(prompt_id: int, t: Texts) -> ButtonElement:
    """Under a question: the button that stops it for good."""
    return kit.button(t("Don't ask me this any more"), ids.MUTE, prompt_id)


def muted(plan_id: int, reference: str, t: Texts) -> Written:
    """The message of a question after its reader wanted no more of them."""
    text = t.md("You get no more of these questions from {reference}. Nobody is told.", reference=reference)
    return Written(text, [kit.section(text, _unmute(plan_id, t))])


def is_muted(plan_id: int, reference: str, t: Texts) -> list[Block]:
    """On the home: what somebody is not asked any more, and the button that undoes it."""
    text = t.md("You get no more of some questions from {reference}.", reference=reference)
    return [kit.section(text, _unmute(plan_id, t))]


def _unmute(plan_id: int, t: Texts) -> ButtonElement:
    return kit.button(t("Ask me again"), ids.each(ids.UNMUTE, plan_id), plan_id)
