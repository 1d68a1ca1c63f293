"""How reporters are asked whether a change helped, and what its author hears of it."""

from slack_sdk.models.blocks import Block, ButtonElement
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.change_notes import what
from bot.blocks.kit import Written
from bot.texts import Markdown, Texts
from bot.texts.glossary import VERDICTS
from store.change_notes import NoteCard
from store.verdicts import Contest, Helped


def asked(card: NoteCard, t: Texts) -> Written:
    """To a reporter, some shifts later: did it help?"""
    return _asked(
        t.md("{tool} changed because of your {references}. Did it help?", tool=card.tool, references=_own(card, t)),
        card,
        t,
    )


def asked_again(card: NoteCard, it_happened: bool, t: Texts) -> Written:
    """Once more: it happened again, or the term is about to end."""
    if it_happened:
        text = t.md(
            "It happened again on {tool}. It was changed because of your {references}. Did that help?",
            tool=card.tool,
            references=_own(card, t),
        )
    else:
        text = t.md(
            "Soon the embedding ends. {tool} was changed because of your {references}, and you had not seen it since. "
            "Did it help?",
            tool=card.tool,
            references=_own(card, t),
        )
    return _asked(text, card, t)


def reminder(card: NoteCard, t: Texts) -> Written:
    """The one reminder, for those who want it."""
    text = t.md(
        "As you wished, one reminder: {tool} changed because of your {references}. Did it help?",
        tool=card.tool,
        references=_own(card, t),
    )
    return _asked(text, card, t)


def _asked(text: Markdown, card: NoteCard, t: Texts) -> Written:
    choices = [kit.button(t(VERDICTS[value]), ids.each(ids.VERDICT, value), f"{card.id}/{value}") for value in Helped]
    return Written(text, [kit.section(f"*{text}*"), *what(card, t), kit.buttons(*choices)])


def given(card: NoteCard, value: Helped, t: Texts, words: str = "") -> Written:
    """The same message with the answer, and room for a word."""
    text = t.md(
        "{tool} changed because of your {references}. You said: {said}. Thank you.",
        tool=card.tool,
        references=_own(card, t),
        said=t(VERDICTS[value]),
    )
    blocks: list[Block] = [kit.section(text)]
    if words:
        blocks.append(kit.section(kit.quote(words)))
    buttons = [kit.button(t("Change what you added") if words else t("Add a word"), ids.ADD_WORDS, card.id)]
    if value is Helped.NOT_SEEN_SINCE:
        buttons += [
            again_button(reference, t) if len(card.answers) == 1 else again_button(reference, t, named=True)
            for reference, _ in card.answers[:4]
        ]
    return Written(text, [*blocks, kit.buttons(*buttons)])


def closed(card: NoteCard, t: Texts) -> Written:
    """The same message once the change was taken back."""
    text = t.md(
        "The change {reference} of {tool} was taken back. There is nothing to answer any more.",
        reference=card.reference,
        tool=card.tool,
    )
    return Written(text, [kit.section(text)])


def words_form(found: tuple[int, str], t: Texts) -> View:
    """The modal for a word beside a verdict."""
    note_id, said = found
    return kit.modal(
        t,
        t("Add a word"),
        [
            kit.text_input("words", t("What did you see?"), initial=said),
            kit.small(t.md("The people embedded with your team see this with your name. Nobody else does.")),
        ],
        callback=ids.KEEP_WORDS,
        submit=t("Keep it"),
        keep={"note": note_id},
    )


def contested(found: Contest, t: Texts) -> Written:
    """To the author of a change: it did not help somebody."""
    references = t.listed([reference for reference, _ in found.card.answers])
    text = t.many_md(
        "{name} says that {note} ({tool}) did not help: {said}. {references} is open again.",
        "{name} says that {note} ({tool}) did not help: {said}. {references} are open again.",
        len(found.card.answers),
        name=found.reporter,
        note=found.card.reference,
        tool=found.card.tool,
        said=t(VERDICTS[found.value]),
        references=references,
    )
    quotes = [kit.section(kit.quote(found.words))] if found.words else []
    reports = "\n".join(kit.quote(words, 300) for _, words in found.card.answers if words.strip())
    return Written(text, [kit.section(text), *quotes, *([kit.small(reports)] if reports else [])])


def again_button(reference: str, t: Texts, *, named: bool = False) -> ButtonElement:
    """The button on a report that says it happened again."""
    label = t("{reference} happened again", reference=reference) if named else t("It happened again")
    number = reference.partition("-")[2]
    return kit.button(label, ids.each(ids.AGAIN, number), number)


def _own(card: NoteCard, t: Texts) -> str:
    return t.listed([reference for reference, _ in card.answers])
