"""How a prompt looks: before, while and after it is answered, too late, or off shift; and its small forms."""

from datetime import date

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit, restrictions
from bot.blocks.kit import Written
from bot.blocks.preferences import mute_button
from bot.texts import Markdown, Texts
from bot.texts.asked import answer_label, question_md
from store.prompt_plans import Moment
from store.prompts import Asked, PromptCard, ToAnswer
from store.questions import LONGEST_ANSWER, MOST_DIGITS, ONE_TAP, Question, QuestionKind
from store.swaps import Instead, Swappable, Swapped, Then

DETAILS = 20
"""As many as one message has room for beside its questions."""


def asked(card: PromptCard, t: Texts) -> Written:
    """The question of a shift: one tap answers it."""
    banner = restrictions.banner(card.restrictions, t)
    return Written(_title(card, t), [*banner, *_question(card, card.asked[0].question, t), rather_not(card, t)])


def answered(card: PromptCard, t: Texts) -> Written:
    """The same message with what was said, and the next question in its place."""
    said = [one for one in card.asked if one.said is not None]
    blocks: list[Block] = restrictions.banner(card.restrictions, t)
    blocks += [kit.section(_said(card, one, t), _change(card, one, t)) for one in said]
    if len(card.details) > DETAILS:
        blocks.append(kit.small(t.md("The newest {count} of your details are shown.", count=DETAILS)))
    for detail in card.details[-DETAILS:]:
        blocks.append(kit.small(kit.quote(detail.text or t("A photo"))))
    if following := card.next:
        if said:
            blocks.append(kit.small(t.md("{number} of {count}", number=len(said) + 1, count=len(card.asked))))
        blocks += _question(card, following, t)
    if card.reports:
        blocks.append(kit.small(t.md("Made into a report: {references}", references=t.listed(card.reports))))
    if not said:
        return Written(_title(card, t), [*blocks, rather_not(card, t)])
    more = (
        kit.button(t("Add detail"), ids.ADD_DETAIL, card.id),
        kit.button(t("Make it a report"), ids.REPORT_ANSWER, card.id),
    )
    return Written(_said(card, said[-1], t), [*blocks, kit.buttons(*more)])


def closed(card: PromptCard, t: Texts) -> Written:
    """The same message when its time is over."""
    text = t.md("{question} This one has closed, nothing to do.", question=_title(card, t))
    return Written(text, [kit.small(text)])


def rather_not(card: PromptCard, t: Texts) -> Block:
    """The last row under a question: what somebody taps who has nothing to say to it."""
    off = kit.button(t("I'm not on this shift"), ids.NOT_ON_SHIFT, card.id)
    return kit.buttons(off, mute_button(card.id, t))


def not_on_shift(card: PromptCard, instead: Instead | None, t: Texts) -> Written:
    """The same message for somebody who does not work that shift, and may work another one instead."""
    question = _title(card, t)
    if instead is None:
        text = t.md("{question} You are not on this shift, so there is nothing to do.", question=question)
    elif instead.then is Then.NOTHING:
        text = t.md(
            "{question} You work {shift} on {day} instead, so there is nothing to do.",
            question=question,
            shift=instead.shift,
            day=t.day(instead.day),
        )
    else:
        then = _then(instead.shift, instead.day, instead.then, instead.moment, t)
        text = t.md("{question} You are not on this shift. {then}", question=question, then=then)
    another = kit.button(t("I work another one instead"), ids.SWAP, card.id)
    this_one = kit.button(t("I'm on this shift after all"), ids.ON_SHIFT, card.id)
    return Written(text, [kit.small(text), kit.buttons(another, this_one)])


def _then(shift: str, day: date, then: Then, moment: Moment, t: Texts) -> Markdown:
    """What somebody is asked about the shift that they work instead."""
    at_start = moment is Moment.AFTER_START
    if then is Then.ASKED and at_start:
        return t.md("You're asked at the start of {shift} on {day} instead.", shift=shift, day=t.day(day))
    if then is Then.ASKED:
        return t.md("You're asked at the end of {shift} on {day} instead.", shift=shift, day=t.day(day))
    if then is Then.IN_TURN and at_start:
        return t.md(
            "If it's your turn then, you're asked at the start of {shift} on {day}.", shift=shift, day=t.day(day)
        )
    if then is Then.IN_TURN:
        return t.md("If it's your turn then, you're asked at the end of {shift} on {day}.", shift=shift, day=t.day(day))
    return t.md("Nothing more is asked.")


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
        "Noted: {with_shift} on {with_day} instead of {shift} on {day}. {then}",
        with_shift=result.with_shift,
        with_day=t.day(result.with_day),
        shift=result.shift,
        day=t.day(result.day),
        then=_then(result.with_shift, result.with_day, result.then, result.moment, t),
    )
    return Written(text, [kit.section(text)])


def not_kept(why: str, words_kept: bool, t: Texts) -> Written:
    """To somebody whose reply in a thread was not kept, or not all of it."""
    if why == "closed":
        text = t.md("That question has closed, so your reply is not kept. `/model-feedback` always works.")
    elif why == "unread":
        text = t.md("Nobody reads replies to that message. Use its buttons, or write to the people themselves.")
    elif words_kept:
        text = t.md("Your words are kept. Photos are not kept at your site, so we left yours out.")
    else:
        text = t.md("Photos are not kept at your site, so we left yours out. Say it in a few words instead.")
    return Written(text, [kit.section(text)])


def reply_kept(reference: str, t: Texts) -> Written:
    """To somebody whose reply in a thread was added to their report."""
    text = t.md("Added to {reference}.", reference=reference)
    return Written(text, [kit.section(text)])


def answer_form(found: ToAnswer, t: Texts) -> View:
    """The small form that answers one question, or changes what was said to it."""
    question = found.asked.question
    return kit.modal(
        t,
        t("Your answer"),
        [kit.section(f"*{question_md(question, found.tools, t)}*"), _input(found.asked, t)],
        callback=ids.ENTER_ANSWER,
        submit=t("Keep it"),
        keep={"prompt": found.prompt_id, "question": question.name},
    )


def detail_form(prompt_id: int, t: Texts) -> View:
    """The form for more than a tap."""
    return kit.modal(
        t,
        t("Add detail"),
        [
            kit.text_input("text", t("What happened?")),
            kit.small(t.md("The people embedded with your team see this with your name. Nobody else does.")),
        ],
        callback=ids.KEEP_DETAIL,
        submit=t("Keep it"),
        keep={"prompt": prompt_id},
    )


def _title(card: PromptCard, t: Texts) -> Markdown:
    return question_md(card.asked[0].question, card.tools, t)


def _said(card: PromptCard, one: Asked, t: Texts) -> Markdown:
    question = question_md(one.question, card.tools, t)
    return t.md("{question} You said: {said}", question=question, said=answer_label(one.question, one.said or "", t))


def _change(card: PromptCard, one: Asked, t: Texts) -> ButtonElement:
    return kit.button(t("Change"), ids.each(ids.ANSWER_FORM, one.question.name), f"{card.id}/{one.question.name}")


def _question(card: PromptCard, question: Question, t: Texts) -> list[Block]:
    text = kit.section(f"*{question_md(question, card.tools, t)}*")
    if question.kind not in ONE_TAP:
        value = f"{card.id}/{question.name}"
        return [text, kit.buttons(kit.button(t("Answer"), ids.each(ids.ANSWER_FORM, question.name), value))]
    choices = [
        kit.button(
            answer_label(question, choice, t), ids.each(ids.ANSWER, choice), f"{card.id}/{question.name}/{choice}"
        )
        for choice in question.choices
    ]
    return [text, kit.buttons(*choices)]


def _input(asked: Asked, t: Texts) -> InputBlock:
    question, said = asked.question, asked.said or ""
    if question.kind in ONE_TAP:
        choices = [kit.option(answer_label(question, choice, t), choice) for choice in question.choices]
        chosen = next((option for option in choices if option.value == said), None)
        return kit.radio("answer", t("Pick one"), choices, chosen=chosen)
    if question.kind is QuestionKind.NUMBER:
        return kit.text_input("answer", t("A number"), initial=said, lines=False, most=2 * MOST_DIGITS)
    return kit.text_input("answer", t("In your words"), initial=said, most=LONGEST_ANSWER)
