"""How a change note looks: the form, what reporters are told and asked, and the line in the channel."""

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from bot.texts.glossary import KINDS, VERDICTS
from store.change_notes import NoteCard, Noted
from store.noting import Notable
from store.verdicts import Helped


def note_form(choices: Notable, t: Texts) -> View:
    """The modal that files a change note."""
    tools = [kit.option(name, key) for key, name in choices.tools]
    open_reports = [
        kit.option(f"{card.reference} {card.tool}, {t(KINDS[card.kind])}: {card.text}", card.id)
        for card in choices.reports
    ]
    answers = (
        [kit.multi_select("answers", t("Which reports does it answer?"), open_reports, optional=True)]
        if open_reports
        else [kit.small(t.md("No report is open on your tools, so this note answers none."))]
    )
    return kit.modal(
        t,
        t("What changed?"),
        [
            kit.select("tool", t("Tool"), tools, chosen=tools[0]),
            kit.text_input("what", t("What does it do differently now?")),
            kit.text_input("why", t("Why?")),
            kit.text_input("version", t("New version"), lines=False, optional=True),
            *answers,
            kit.small(t.md("It counts as live now. The reporters are told at once, in the words above.")),
        ],
        callback=ids.FILE_NOTE,
        submit=t("It is live"),
    )


def noted(result: Noted, t: Texts) -> Written:
    """The answer to whoever filed it."""
    if not result.answers:
        text = t.md("*{reference}* is noted for {tool}.", reference=result.reference, tool=result.tool)
    else:
        text = t.md(
            "*{reference}* is noted for {tool}. Whoever filed {answers} is told now and asked in a few shifts "
            "whether it helped.",
            reference=result.reference,
            tool=result.tool,
            answers=t.listed(result.answers),
        )
    return Written(text, [kit.section(text)])


def told(card: NoteCard, t: Texts) -> Written:
    """To a reporter: what changed because of what they said."""
    text = t.md("{tool} changed because of your {references}.", tool=card.tool, references=_own(card, t))
    quotes = "\n".join(kit.quote(own_words, 300) for _, own_words in card.answers if own_words.strip())
    return Written(
        text,
        [
            kit.section(f"*{text}*"),
            *([kit.section(quotes)] if quotes else []),
            *_what(card, t),
            kit.small(_signature(card, t)),
        ],
    )


def verdict_asked(card: NoteCard, t: Texts) -> Written:
    """To a reporter, some shifts later: did it help?"""
    text = t.md("{tool} changed because of your {references}. Did it help?", tool=card.tool, references=_own(card, t))
    choices = [kit.button(t(VERDICTS[value]), ids.each(ids.VERDICT, value), f"{card.id}/{value}") for value in Helped]
    return Written(text, [kit.section(f"*{text}*"), *_what(card, t), kit.buttons(*choices)])


def verdict_given(card: NoteCard, value: Helped, t: Texts) -> Written:
    """The same message with the answer."""
    text = t.md(
        "{tool} changed because of your {references}. You said: {said}. Thank you.",
        tool=card.tool,
        references=_own(card, t),
        said=t(VERDICTS[value]),
    )
    return Written(text, [kit.section(text)])


def in_channel(card: NoteCard, t: Texts) -> Written:
    """One line to the team's channel."""
    answers = len(card.answers)
    text: str = t.md("{tool} changed ({reference}).", tool=card.tool, reference=card.reference)
    if answers:
        text += " " + t.many(
            "It answers {count} report from the floor.", "It answers {count} reports from the floor.", answers
        )
    return Written(text, [kit.section(f"*{text}*"), *_what(card, t)])


def _what(card: NoteCard, t: Texts) -> list[Block]:
    return kit.words(card.what, t.md("Cut here. The review packet has all of it."))


def _own(card: NoteCard, t: Texts) -> str:
    return t.listed([reference for reference, _ in card.answers])


def _signature(card: NoteCard, t: Texts) -> str:
    version = t.md(", version {version}", version=card.version) if card.version else ""
    return t.md("{author}, {reference}", author=card.author, reference=card.reference) + version
