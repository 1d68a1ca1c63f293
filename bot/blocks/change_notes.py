"""How a change note looks: the forms, what people are told and asked, and the line in the channel."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, InputBlock, Option
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Markdown, Texts
from bot.texts.glossary import KINDS
from store.change_notes import NoteCard, Noted, NoteStatus, When
from store.errors import N_
from store.feedback import FeedbackCard
from store.noting import Editable, Notable
from store.tellings import Told

COMPARED = 900
"""Signs, as Slack counts them, of each of the three lines about how it behaves: they fit one paragraph."""
TOLD_AT_ONCE = 8
"""So many changes one message has room for."""
WHENS: dict[When, str] = {
    When.NOW: N_("It is live now"),
    When.LATER: N_("It goes live at a time"),
    When.DRAFT: N_("Not decided: keep it as a draft"),
}


def note_form(choices: Notable, t: Texts) -> View:
    """The modal that files a change note."""
    tools = [kit.option(name, key) for key, name in choices.tools]
    return kit.modal(
        t,
        t("What changed?"),
        [
            kit.select("tool", t("Tool"), tools, chosen=tools[0]),
            *_words(None, t),
            *_answers(choices, (), t),
            *_rest(None, t),
            kit.small(_who_hears(t)),
        ],
        callback=ids.FILE_NOTE,
        submit=t("Keep it"),
    )


def edit_form(found: Editable, t: Texts) -> View:
    """The modal that edits one; of one that is live only the words."""
    tools = [kit.option(name, key) for key, name in found.choices.tools]
    note = found.note
    blocks: list[Block] = [kit.select("tool", t("Tool"), tools, chosen=tools[0]), *_words(note, t)]
    if found.only_words:
        blocks += [
            *_explained(note, t),
            kit.small(t.md("It is live: only its words change, and nobody is told again.")),
        ]
    else:
        blocks += [*_answers(found.choices, found.chosen, t), *_rest(note, t), kit.small(_who_hears(t))]
    return kit.modal(
        t,
        t("Edit {reference}", reference=note.reference),
        blocks,
        callback=ids.KEEP_NOTE,
        submit=t("Keep it"),
        keep={"note": note.id, "revision": note.revision},
    )


def _who_hears(t: Texts) -> Markdown:
    return t.md("Once it is live the reporters hear of it on their shift, in the words above.")


def _words(note: NoteCard | None, t: Texts) -> list[InputBlock]:
    return [
        kit.text_input("what", t("What does it do differently now?"), initial=note.what if note else ""),
        kit.text_input("why", t("Why?"), initial=note.why if note else ""),
    ]


def _explained(note: NoteCard | None, t: Texts) -> list[InputBlock]:
    asked = (
        ("before", t("What did it do before?"), note.before if note else ""),
        ("after", t("What does it do with the change?"), note.after if note else ""),
        ("expected", t("What should be better on the floor?"), note.expected if note else ""),
        ("take_back", t("How is it taken back?"), note.take_back if note else ""),
    )
    return [
        *(kit.text_input(name, label, initial=initial, optional=True) for name, label, initial in asked),
        kit.text_input(
            "approval",
            t("Approval, such as a number"),
            initial=note.approval if note else "",
            lines=False,
            optional=True,
        ),
    ]


def _rest(note: NoteCard | None, t: Texts) -> list[InputBlock]:
    whens = [kit.option(t(label), when) for when, label in WHENS.items()]
    planned = note.planned_for if note else None
    is_decided = note is None or note.waits_for or note.status is NoteStatus.APPROVED
    when = When.LATER if planned else When.NOW if is_decided else When.DRAFT
    return [
        kit.text_input(
            "version", t("New version"), initial=(note.version or "") if note else "", lines=False, optional=True
        ),
        kit.text_input(
            "version_from",
            t("Version before"),
            initial=(note.version_from or "") if note else "",
            lines=False,
            optional=True,
            hint=t("Empty for the one that is live."),
        ),
        *_explained(note, t),
        kit.radio("when", t("When is it live?"), whens, chosen=next(one for one in whens if one.value == when)),
        kit.moment_input("planned_for", t("At this time"), planned, optional=True),
    ]


def _answers(choices: Notable, chosen: Sequence[FeedbackCard], t: Texts) -> list[Block]:
    label = t("Which reports does it answer?")
    picked = report_options(chosen, t)
    if choices.more:
        field: Block = kit.searched_select("answers", label, ids.FIND_REPORTS, chosen=picked, optional=True)
    elif choices.reports:
        offered = report_options(choices.reports, t)
        field = kit.multi_select("answers", label, offered, chosen=picked, optional=True)
    else:
        return [kit.small(t.md("No report is open on your tools, so this note answers none."))]
    pasted = kit.text_input("pasted", t("Or their numbers"), lines=False, optional=True, hint=t("Such as F-12, F-15."))
    return [field, pasted]


def report_options(reports: Sequence[FeedbackCard], t: Texts) -> list[Option]:
    """Reports as a menu offers them."""
    return [
        kit.option(f"{card.reference} {card.tool}, {t(KINDS[card.kind])}: {card.text}", card.id) for card in reports
    ]


def noted(result: Noted, t: Texts) -> Written:
    """The answer to whoever filed or edited it."""
    return _line(_noted(result, t))


def _noted(result: Noted, t: Texts) -> Markdown:
    reference = result.reference
    if result.reworded:
        return t.md("The new words of *{reference}* are kept. Nobody is told again.", reference=reference)
    if result.status is NoteStatus.DRAFT and result.asked:
        asked = t.md(
            "*{reference}* waits for the OK of {name}. You hear as soon as it is there.",
            reference=reference,
            name=result.asked,
        )
        if result.planned_for is None:
            return asked
        planned = t.md("It goes live on {moment}, not before the OK.", moment=t.moment(result.planned_for, result.zone))
        return Markdown(f"{asked} {planned}")
    if result.status is NoteStatus.DRAFT:
        return t.md("*{reference}* is kept as a draft. `/change-note list` has it.", reference=reference)
    if result.status is NoteStatus.APPROVED and result.planned_for:
        moment = t.moment(result.planned_for, result.zone)
        return t.md(
            "*{reference}* goes live on {moment}. `/change-note list` has it until then.",
            reference=reference,
            moment=moment,
        )
    if not result.answers:
        return t.md("*{reference}* is noted for {tool}.", reference=reference, tool=result.tool)
    return t.md(
        "*{reference}* is noted for {tool}. Whoever filed {answers} is told on their shift and asked in a few shifts "
        "whether it helped.",
        reference=reference,
        tool=result.tool,
        answers=t.listed(result.answers),
    )


def told(found: Told, t: Texts) -> Written:
    """To a reporter what changed because of what they said; to everybody else on its teams what changed."""
    notes = [(card, True) for card in found.own] + [(card, False) for card in found.others]
    first, is_own = notes[0]
    if len(notes) == 1:
        text = _changed(first, is_own, t)
        return Written(text, [*_entry(first, is_own, t), kit.small(_signature(first, t))])
    text = t.many_md("{count} change in your tools", "{count} changes in your tools", len(notes))
    blocks: list[Block] = [kit.section(f"*{text}*")]
    for card, own in notes[:TOLD_AT_ONCE]:
        blocks += [*_entry(card, own, t, most=1), kit.small(_signature(card, t))]
    if len(notes) > TOLD_AT_ONCE:
        blocks.append(kit.small(t.md("There are more: `/change-note history` has all of them.")))
    return Written(text, blocks)


def _changed(card: NoteCard, is_own: bool, t: Texts) -> Markdown:
    if is_own:
        return t.md("{tool} changed because of your {references}.", tool=card.tool, references=_own(card, t))
    return t.md("{tool} changed ({reference}).", tool=card.tool, reference=card.reference)


def _entry(card: NoteCard, is_own: bool, t: Texts, most: int = kit.PARAGRAPHS) -> list[Block]:
    quotes = (
        "\n".join(kit.quote(own_words, 300) for _, own_words in card.answers if own_words.strip()) if is_own else ""
    )
    return [
        kit.section(f"*{_changed(card, is_own, t)}*"),
        *([kit.section(quotes)] if quotes else []),
        *what(card, t, most),
        *compared(card, t),
    ]


def in_channel(card: NoteCard, t: Texts) -> Written:
    """One line to the team's channel."""
    text = t.md("{tool} changed ({reference}).", tool=card.tool, reference=card.reference)
    line = f"*{text}*"
    if card.answers:
        count = t.many_md(
            "It answers {count} report from the floor.",
            "It answers {count} reports from the floor.",
            len(card.answers),
        )
        text, line = Markdown(f"{text} {count}"), f"{line} {count}"
    return Written(text, [kit.section(f"{line} {kit.said(kit.line(card.what, 300))}")])


def taken_back(card: NoteCard, is_reporter: bool, t: Texts) -> Written:
    """To those who were told of a change that was taken back."""
    text = t.md("The change {reference} of {tool} was taken back.", reference=card.reference, tool=card.tool)
    blocks: list[Block] = [kit.section(f"*{text}*"), *_because(card)]
    if is_reporter and card.answers:
        open_again = t.md("What you reported is open again: {references}.", references=_own(card, t))
        blocks.append(kit.section(open_again))
    return Written(text, blocks)


def taken_back_in_channel(card: NoteCard, t: Texts) -> Written:
    """One line to the team's channel."""
    text = t.md("The change {reference} of {tool} was taken back.", reference=card.reference, tool=card.tool)
    return Written(text, [kit.section(f"*{text}* {kit.said(kit.line(card.rolled_back_because or '', 300))}")])


def _because(card: NoteCard) -> list[Block]:
    return [kit.section(kit.quote(card.rolled_back_because))] if card.rolled_back_because else []


def close_together(card: NoteCard, other: NoteCard, t: Texts) -> Written:
    """To the authors of two changes of one tool that are live within a day."""
    return _line(
        t.md(
            "{first} and {second} both change {tool} within a day. If it gets better or worse, nobody can say which of "
            "the two did it.",
            first=f"{other.reference} ({other.author})",
            second=f"{card.reference} ({card.author})",
            tool=card.tool,
        )
    )


def what(card: NoteCard, t: Texts, most: int = kit.PARAGRAPHS) -> list[Block]:
    """What a note says that is different."""
    return kit.words(card.what, t.md("Cut here. `/change-note history` has all of it."), most)


def compared(card: NoteCard, t: Texts) -> list[Block]:
    """How it behaved before and behaves now, where somebody wrote that down."""
    lines = [
        t.md("*Before:* {words}", words=kit.line(card.before, 600)) if card.before else "",
        t.md("*Now:* {words}", words=kit.line(card.after, 600)) if card.after else "",
        t.md("*Should be better:* {words}", words=kit.line(card.expected, 600)) if card.expected else "",
    ]
    return kit.listing(kit.cut_markdown(line, COMPARED) for line in lines if line)


def _own(card: NoteCard, t: Texts) -> str:
    return t.listed([reference for reference, _ in card.answers])


def _signature(card: NoteCard, t: Texts) -> str:
    version = t.md(", version {version}", version=card.version) if card.version else ""
    return t.md("{author}, {reference}", author=card.author, reference=card.reference) + version


def _line(text: str) -> Written:
    return Written(text, [kit.section(text)])
