"""How a prompt looks before, after and too late."""

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from bot.texts.glossary import SHIFT_ANSWERS
from store.prompts import PromptCard
from store.questions import Helped


def asked(card: PromptCard, t: Texts) -> Written:
    """The question near the end of a shift: one tap answers it."""
    text = _question(card, t)
    choices = [
        kit.button(t(SHIFT_ANSWERS[choice]), ids.each(ids.ANSWER, choice), f"{card.id}/{card.question}/{choice}")
        for choice in card.choices
    ]
    return Written(text, [kit.section(f"*{text}*"), kit.buttons(*choices)])


def answered(card: PromptCard, t: Texts) -> Written:
    """The same message with the answer; somebody whom the tool hindered can say how."""
    choice = card.said or ""
    text = t.md("{question} You said: {said}", question=_question(card, t), said=t(SHIFT_ANSWERS[choice]))
    blocks = [kit.section(text)]
    if card.said == Helped.IN_THE_WAY:
        return Written(text, [*blocks, kit.buttons(kit.button(t("Say what happened"), ids.REPORT))])
    return Written(text, blocks)


def closed(card: PromptCard, t: Texts) -> Written:
    """The same message when its time is over."""
    text = t.md("{question} This one has closed, nothing to do.", question=_question(card, t))
    return Written(text, [kit.small(text)])


def _question(card: PromptCard, t: Texts) -> str:
    return t.md("How did {tools} do this shift?", tools=t.listed(card.tools))
