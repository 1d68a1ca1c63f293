"""How a prompt looks before, after, too late, and when somebody is not on the shift that it is about."""

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from bot.texts.glossary import SHIFT_ANSWERS
from store.prompts import PromptCard
from store.questions import Helped
from store.rosters import Swappable, Swapped


def asked(card: PromptCard, t: Texts) -> Written:
    """The question near the end of a shift: one tap answers it."""
    text = _question(card, t)
    choices = [
        kit.button(t(SHIFT_ANSWERS[choice]), ids.each(ids.ANSWER, choice), f"{card.id}/{card.question}/{choice}")
        for choice in card.choices
    ]
    return Written(text, [kit.section(f"*{text}*"), kit.buttons(*choices), *off_row(card, t)])


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


def off_row(card: PromptCard, t: Texts) -> list[Block]:
    """What somebody taps who does not work the shift that they are asked about."""
    return [kit.buttons(kit.button(t("I'm not on this shift"), ids.NOT_ON_SHIFT, card.id))]


def not_on_shift(card: PromptCard, swapped: bool, t: Texts) -> Written:
    """The same message for somebody who does not work that shift, and may work another one instead."""
    if swapped:
        text = t.md(
            "{question} You work another shift instead, so there is nothing to do.", question=_question(card, t)
        )
        return Written(text, [kit.small(text)])
    text = t.md("{question} You are not on this shift, so there is nothing to do.", question=_question(card, t))
    return Written(text, [kit.small(text), kit.buttons(kit.button(t("I work another one instead"), ids.SWAP, card.id))])


def swap_form(found: Swappable, t: Texts) -> View:
    """The modal that says which shift somebody works instead."""
    shifts = [kit.option(name, name) for name in found.shifts]
    return kit.modal(
        t,
        t("Swap a shift"),
        [
            kit.section(
                t.md("Which shift do you work instead of {shift} on {day}?", shift=found.shift, day=t.day(found.day))
            ),
            kit.day_input("day", t("Day on which it starts"), found.day),
            kit.select("shift", t("Shift"), shifts, chosen=shifts[0] if len(shifts) == 1 else None),
        ],
        callback=ids.FILE_SWAP,
        submit=t("Note it"),
        keep={"prompt": found.prompt_id},
    )


def swapped(result: Swapped, t: Texts) -> Written:
    """The answer to whoever swapped a shift."""
    text = t.md(
        "Noted: {with_shift} on {with_day} instead of {shift} on {day}.",
        with_shift=result.with_shift,
        with_day=t.day(result.with_day),
        shift=result.shift,
        day=t.day(result.day),
    )
    return Written(text, [kit.section(text)])


def _question(card: PromptCard, t: Texts) -> str:
    return t.md("How did {tools} do this shift?", tools=t.listed(card.tools))
