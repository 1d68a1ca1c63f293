"""How a reminder looks: a line that points at the question, which is answered in its own place."""

from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from store.prompts import PromptCard


def reminder(card: PromptCard, t: Texts) -> Written:
    """To somebody who wants to be reminded, once, before their shift ends."""
    text = t.md("A question about {tools} is still open, just above. One tap does it.", tools=t.listed(card.tools))
    return Written(text, [kit.small(text)])
