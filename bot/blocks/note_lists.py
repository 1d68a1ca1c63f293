"""How change notes look to those who write and approve them: the list, the question for an OK, taking one back."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ButtonElement
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit, restrictions
from bot.blocks.change_notes import compared, what
from bot.blocks.kit import Written
from bot.texts import Markdown, Texts
from bot.texts.glossary import NOTE_STATUSES
from store.change_notes import ChangeNote, NoteCard, NoteStatus
from store.going_live import WentLive
from store.note_approval import Asked, Decision
from store.note_lists import NoteLine, NotePage
from store.rolling_back import RolledBack


def listed(found: NotePage, t: Texts) -> Written:
    """The notes of a data scientist's tools, a page at a time, with what can be done with each."""
    if not found.notes:
        text = t.md("There are no change notes yet. `/change-note` writes the first.")
        return Written(text, [kit.section(text)])
    title = t("Change notes, page {number} of {pages}", number=found.number, pages=found.pages)
    blocks: list[Block] = [kit.heading(title), *restrictions.banner(found.restrictions, t)]
    for line in found.notes:
        blocks.append(kit.section(_entry(line.card, found.zone, t)))
        if buttons := _buttons(line, t, t("Edit")):
            blocks.append(kit.buttons(*buttons))
    turns = [
        kit.button(label, ids.each(ids.LIST_NOTES, number), number)
        for label, number in ((t("Newer"), found.number - 1), (t("Older"), found.number + 1))
        if 1 <= number <= found.pages
    ]
    return Written(title, [*blocks, kit.buttons(*turns)] if turns else blocks)


def to_go_on(line: NoteLine, zone: str, t: Texts) -> list[Block]:
    """A note of somebody's own that waits for them, on their home."""
    return [kit.section(_entry(line.card, zone, t)), kit.buttons(*_buttons(line, t, t("Continue")))]


def on_their_way(notes: Sequence[NoteCard], zone: str, t: Texts) -> list[Block]:
    """The notes of somebody's own that wait for somebody else or for their time, on their home."""
    return kit.listing(_entry(note, zone, t) for note in notes)


def _entry(card: NoteCard, zone: str, t: Texts) -> Markdown:
    """A note in a list: what it is, and what it waits for."""
    head = t.md(
        "*{reference}* {tool}, {status}: {what}",
        reference=card.reference,
        tool=card.tool,
        status=t(NOTE_STATUSES[card.status]),
        what=kit.line(card.what, 300),
    )
    lines = [head]
    if card.waits_for:
        lines.append(t.md("Waits for the OK of {name}.", name=card.waits_for))
    if card.planned_for and card.status in (NoteStatus.DRAFT, NoteStatus.APPROVED):
        lines.append(t.md("To go live on {moment}.", moment=t.moment(card.planned_for, zone)))
    return Markdown("\n".join(lines))


def _buttons(line: NoteLine, t: Texts, edit: str) -> list[ButtonElement]:
    card = line.card
    wanted = (
        (line.can_go_live, t("It is live"), ids.NOTE_IS_LIVE),
        (line.needs_approval, t("Ask for the OK"), ids.SEND_NOTE),
        (line.editable, edit, ids.EDIT_NOTE),
        (card.status is NoteStatus.LIVE, t("Take it back"), ids.TAKE_BACK),
    )
    return [kit.button(label, ids.each(action, card.id), card.id) for shown, label, action in wanted if shown]


def is_live(result: WentLive, t: Texts) -> Written:
    """The answer to whoever said that a change is live."""
    text = t.md("*{reference}* is live.", reference=result.reference)
    if result.answers:
        text = t.md(
            "*{reference}* is live. Whoever filed {answers} is told on their shift.",
            reference=result.reference,
            answers=t.listed(result.answers),
        )
    return _line(_left_out(text, result.left_out, t))


def went_live(card: NoteCard, answers: tuple[str, ...], left_out: tuple[str, ...], t: Texts) -> Written:
    """To the author: their note went live at its time."""
    return is_live(WentLive(card.reference, answers, left_out, 0), t)


def _left_out(text: Markdown, references: tuple[str, ...], t: Texts) -> Markdown:
    if not references:
        return text
    said = t.many_md(
        "{references} was answered meanwhile and is left out.",
        "{references} were answered meanwhile and are left out.",
        len(references),
        references=t.listed(references),
    )
    return Markdown(f"{text} {said}")


def sent(name: str, t: Texts) -> Written:
    """The answer to whoever asked for an OK."""
    return _line(t.md("{name} is asked for the OK. You hear as soon as it is there.", name=name))


def approval_asked(found: Asked, zone: str, t: Texts) -> Written:
    """To a tool's approver: may this go live?"""
    text = _asks(found.card, t)
    value = f"{found.card.id}/{found.card.revision}"
    buttons = kit.buttons(
        kit.button(t("Approve"), ids.APPROVE_NOTE, value, style="primary"),
        kit.button(t("Not yet"), ids.NOT_YET, value),
    )
    return Written(text, [kit.section(f"*{text}*"), *_in_full(found.card, zone, t), buttons])


def approval_shown(found: Asked, zone: str, t: Texts) -> Written:
    """The same message once it was decided, or the note is another one by now."""
    text = _asks(found.card, t)
    if found.decision is None:
        said = t.md("It was changed since you were asked. A newer message has what counts, if your OK is still needed.")
        return Written(text, [kit.section(text), kit.small(said)])
    said = t.md("You approved it.") if found.decision.approved else t.md("You said: not yet.")
    reason = [kit.section(kit.quote(found.decision.reason))] if found.decision.reason else []
    return Written(text, [kit.section(text), kit.section(said), *reason])


def _asks(card: NoteCard, t: Texts) -> Markdown:
    return t.md(
        "{author} asks for your OK: {reference}, a change of {tool}.",
        author=card.author,
        reference=card.reference,
        tool=card.tool,
    )


def _in_full(card: NoteCard, zone: str, t: Texts) -> list[Block]:
    lines = [t.md("*Why:* {words}", words=kit.line(card.why, 600))]
    if card.version:
        lines.append(t.md("*New version:* {version}", version=card.version))
    if card.take_back:
        lines.append(t.md("*How to take it back:* {words}", words=kit.line(card.take_back, 600)))
    if card.approval:
        lines.append(t.md("*Approval:* {words}", words=card.approval))
    if card.planned_for:
        lines.append(t.md("*Goes live:* {moment}, once you approve", moment=t.moment(card.planned_for, zone)))
    if card.answers:
        # An approver is not one of the embedded people, and reads no reporter's words.
        lines.append(t.md("*Answers:* {references}", references=t.listed(reference for reference, _ in card.answers)))
    return [*what(card, t, most=2), *compared(card, t), *kit.listing(lines)]


def approved(card: NoteCard, by: str, zone: str, t: Texts) -> Written:
    """To the author: there is the OK."""
    if card.planned_for is not None:
        text = t.md(
            "{name} approved {reference}. It goes live on {moment}.",
            name=by,
            reference=card.reference,
            moment=t.moment(card.planned_for, zone),
        )
        return _line(text)
    text = t.md("{name} approved {reference}. Say when it is live.", name=by, reference=card.reference)
    button = kit.button(t("It is live"), ids.each(ids.NOTE_IS_LIVE, card.id), card.id, style="primary")
    return Written(text, [kit.section(text), kit.buttons(button)])


def sent_back(card: NoteCard, decision: Decision | None, t: Texts) -> Written:
    """To the author: not yet, and why; or its time came when the embedding was over."""
    edit = kit.buttons(kit.button(t("Edit"), ids.each(ids.EDIT_NOTE, card.id), card.id))
    if decision is None:
        return _line(
            t.md(
                "{reference} did not go live: its embedding was over when its time came. It is a draft again.",
                reference=card.reference,
            )
        )
    text = t.md("{name} says of {reference}: not yet.", name=decision.by, reference=card.reference)
    reason = [kit.section(kit.quote(decision.reason))] if decision.reason else []
    return Written(text, [kit.section(text), *reason, edit])


def not_yet_form(note: ChangeNote, t: Texts) -> View:
    """The modal in which an approver says why not yet."""
    return kit.modal(
        t,
        t("Not yet"),
        [
            kit.text_input("reason", t("What is missing?")),
            kit.small(t.md("Its author gets this word for word.")),
        ],
        callback=ids.SAY_NOT_YET,
        submit=t("Send"),
        keep={"note": note.key, "revision": note.revision},
    )


def take_back_form(note: ChangeNote, t: Texts) -> View:
    """The modal in which a data scientist says why a change is taken back."""
    return kit.modal(
        t,
        t("Take back {reference}", reference=note.reference),
        [
            kit.text_input("because", t("Why?")),
            kit.small(
                t.md(
                    "Its reports are open again, as they stood before. Whoever was told of it gets this word for word."
                )
            ),
        ],
        callback=ids.ROLL_BACK,
        submit=t("Take it back"),
        keep={"note": note.key},
    )


def rolled_back(result: RolledBack, t: Texts) -> Written:
    """The answer to whoever took it back."""
    text = t.md("*{reference}* is taken back.", reference=result.reference)
    if result.reopened:
        again = t.many_md(
            "{references} is open again.",
            "{references} are open again.",
            len(result.reopened),
            references=t.listed(result.reopened),
        )
        text = Markdown(f"{text} {again}")
    return _line(text)


def _line(text: str) -> Written:
    return Written(text, [kit.section(text)])
