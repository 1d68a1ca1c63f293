"""The message that is pinned in a team's channel: one button that opens the form, for whoever presses it."""

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts


def report_button(t: Texts) -> Written:
    """The pinned message."""
    text = t.md("Did a tool do something odd, or something good? Say so here. It takes ten seconds.")
    return Written(text, [kit.section(text), kit.buttons(kit.button(t("Report"), ids.REPORT, style="primary"))])
