"""How the chain looks: from a report to the changes that answered it, from a note to all it has been."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot import ids
from bot.blocks import kit, restrictions
from bot.blocks.change_notes import compared, what
from bot.blocks.kit import Written
from bot.blocks.verdicts import again_button
from bot.texts import Markdown, Texts
from bot.texts.glossary import CHANGE_STATES, FEEDBACK_STATUSES, KINDS, NOTE_STATUSES, VERDICTS
from store.chain import Answer, NoteChain, ReportChain
from store.errors import N_
from store.recurrences import Again
from store.tool_history import HistoryPage, ToolChange

MOST_ANSWERS = 8
MOST_EDITS = 10
MOST_REFERENCES = 20
MOST_REPORTS = 40
LINE = 700
"""Of a history in signs as Slack counts them, so that a page of five changes has no more blocks than a message may."""


def report(found: ReportChain, t: Texts) -> Written:
    """A report and everything that came of it."""
    card = found.report
    text = t.md(
        "*{reference}* {tool}, {kind}: {status}",
        reference=card.reference,
        tool=card.tool,
        kind=t(KINDS[card.kind]),
        status=t(FEEDBACK_STATUSES[card.status]),
    )
    blocks: list[Block] = [kit.section(text)]
    if card.text.strip():
        blocks.append(kit.section(kit.quote(card.text)))
    times = [t.md("Filed {moment}.", moment=t.moment(card.filed_at, found.zone))]
    if not found.is_own:
        times = [t.md("Filed by {name}, {moment}.", name=card.reporter, moment=t.moment(card.filed_at, found.zone))]
    if found.acknowledged_at:
        times.append(t.md("Read {moment}.", moment=t.moment(found.acknowledged_at, found.zone)))
    if found.answered_at and found.answered_at != found.acknowledged_at:
        times.append(t.md("First answer {moment}.", moment=t.moment(found.answered_at, found.zone)))
    if found.decided_at:
        times.append(t.md("Decided {moment}.", moment=t.moment(found.decided_at, found.zone)))
    blocks.append(kit.small(" ".join(times)))
    blocks += answers(found.answers, found.zone, t)
    if not found.answers:
        blocks.append(kit.small(t.md("No change answers it yet.")))
    look = kit.button(t("Open"), ids.each(ids.LOOK_AT_REPORT, card.id), card.id)
    again = [again_button(card.reference, t)] if found.can_happen_again else []
    blocks.append(kit.buttons(look, *again))
    return Written(text, blocks)


def answers(found: Sequence[Answer], zone: str, t: Texts) -> list[Block]:
    """The newest of the changes that answer a report."""
    left_out = [_newest(MOST_ANSWERS, t)] if len(found) > MOST_ANSWERS else []
    return [*left_out, *(block for answer in found[-MOST_ANSWERS:] for block in _answer(answer, zone, t))]


def _newest(count: int, t: Texts) -> Block:
    return kit.small(t.md("The newest {count} are shown.", count=count))


def _answer(answer: Answer, zone: str, t: Texts) -> list[Block]:
    note = answer.note
    head = t.md("*{reference}* {what}", reference=note.reference, what=kit.line(note.what, 600))
    lines: list[str] = []
    if answer.live_at:
        lines.append(t.md("Live {moment}.", moment=t.moment(answer.live_at, zone)))
    if note.version:
        lines.append(t.md("Version {version}.", version=note.version))
    if note.revision > 1:
        lines.append(t.many_md("Edited once.", "Edited {count} times.", note.revision - 1))
    if answer.told_at:
        lines.append(t.md("Told {moment}.", moment=t.moment(answer.told_at, zone)))
    if answer.verdict and answer.verdict_at:
        said = t(VERDICTS[answer.verdict])
        lines.append(t.md("{said}, {moment}.", said=said, moment=t.moment(answer.verdict_at, zone)))
        if answer.verdict_changed_at:
            lines.append(t.md("Changed their mind {moment}.", moment=t.moment(answer.verdict_changed_at, zone)))
    elif answer.rolled_back_at is None and answer.is_asked:
        lines.append(t.md("No verdict yet."))
    if answer.rolled_back_at:
        lines.append(t.md("Taken back {moment}.", moment=t.moment(answer.rolled_back_at, zone)))
    words = [kit.section(kit.quote(answer.words, 300))] if answer.words else []
    return [kit.section(head), kit.small(" ".join(lines)), *words]


def note(found: NoteChain, t: Texts) -> Written:
    """A change note, what it has been and where its reports stand."""
    card = found.note
    text = t.md(
        "*{reference}* {tool}, {status}",
        reference=card.reference,
        tool=card.tool,
        status=t(NOTE_STATUSES[card.status]),
    )
    if card.version:
        text = Markdown(f"{text}, {_versions(card.version_from, card.version, t)}")
    lines: list[str] = [t.md("*Why:* {words}", words=kit.line(card.why, 600))]
    if card.take_back:
        lines.append(t.md("*How to take it back:* {words}", words=kit.line(card.take_back, 600)))
    if card.approval:
        lines.append(t.md("*Approval:* {words}", words=card.approval))
    if card.rolled_back_because:
        lines.append(t.md("*Taken back because:* {words}", words=kit.line(card.rolled_back_because, 600)))
    blocks: list[Block] = [kit.section(text), *what(card, t, most=2), *compared(card, t), *kit.listing(lines)]
    if found.reports:
        stand = [f"*{reference}* {t(FEEDBACK_STATUSES[status])}" for reference, status in found.reports[:MOST_REPORTS]]
        more = len(found.reports) - MOST_REPORTS
        others = [t.md("{count} more", count=more)] if more > 0 else []
        blocks += kit.listing([t.md("*It answers*"), *stand, *others])
    blocks.append(kit.small(" ".join(_times(found, t))))
    if len(found.edits) > 1:
        edits = [
            t.md(
                "Version {number}, {name}, {moment}: {what}",
                number=edit.number,
                name=edit.by,
                moment=t.moment(edit.at, found.zone),
                what=kit.line(edit.what, 200),
            )
            for edit in found.edits[-MOST_EDITS:]
        ]
        blocks += kit.listing([t.md("*What it has been*"), *edits])
    if len(found.edits) > MOST_EDITS:
        blocks.append(_newest(MOST_EDITS, t))
    return Written(text, blocks)


def _times(found: NoteChain, t: Texts) -> list[Markdown]:
    """When a note was written, approved, live and taken back."""
    first = found.edits[0]
    times = [t.md("Written by {name}, {moment}.", name=first.by, moment=t.moment(first.at, found.zone))]
    if found.approved_by and found.approved_at:
        moment = t.moment(found.approved_at, found.zone)
        times.append(t.md("Approved by {name}, {moment}.", name=found.approved_by, moment=moment))
    if found.live_at:
        state = t(CHANGE_STATES[found.state])
        times.append(t.md("Live {moment}: {state}.", moment=t.moment(found.live_at, found.zone), state=state))
    if found.rolled_back_at:
        times.append(t.md("Taken back {moment}.", moment=t.moment(found.rolled_back_at, found.zone)))
    return times


def _versions(before: str | None, version: str, t: Texts) -> Markdown:
    if before:
        return t.md("version {before} → {version}", before=before, version=version)
    return t.md("version {version}", version=version)


def history(found: HistoryPage, t: Texts) -> Written:
    """How a tool has changed, a page at a time."""
    if not found.changes:
        text = t.md("No change of {tool} has gone live yet.", tool=found.tool)
        if found.version:
            text = t.md("No change came with version {version} of {tool}.", version=found.version, tool=found.tool)
        return Written(text, [kit.section(text), *restrictions.banner(found.restrictions, t)])
    title = t("How {tool} has changed", tool=found.tool)
    if found.version and found.pages > 1:
        title = t(
            "What changed with version {version} of {tool}, page {number} of {pages}",
            version=found.version,
            tool=found.tool,
            number=found.number,
            pages=found.pages,
        )
    elif found.version:
        title = t("What changed with version {version} of {tool}", version=found.version, tool=found.tool)
    elif found.pages > 1:
        title = t(
            "How {tool} has changed, page {number} of {pages}", tool=found.tool, number=found.number, pages=found.pages
        )
    blocks: list[Block] = [kit.heading(title), *restrictions.banner(found.restrictions, t)]
    for change in found.changes:
        blocks += _change(change, found, t)
    turns = [
        kit.button(label, ids.each(ids.TURN_HISTORY, number), f"{found.tool_id}/{found.version_id or ''}/{number}")
        for label, number in ((t("Newer"), found.number - 1), (t("Older"), found.number + 1))
        if 1 <= number <= found.pages
    ]
    return Written(title, [*blocks, kit.buttons(*turns)] if turns else blocks)


def _change(change: ToolChange, found: HistoryPage, t: Texts) -> list[Block]:
    head: Markdown = t.md(
        "*{reference}* {day}, {author}",
        reference=change.reference,
        day=t.day(found.day(change.live_at)),
        author=change.author,
    )
    if change.version_to:
        head = Markdown(f"{head}, {_versions(change.version_from, change.version_to, t)}")
    lines: list[str] = [t.md("*Why:* {words}", words=kit.line(change.why, 600))]
    if change.before:
        lines.append(t.md("*Before:* {words}", words=kit.line(change.before, 600)))
    if change.after:
        lines.append(t.md("*Since:* {words}", words=kit.line(change.after, 600)))
    if change.expected:
        lines.append(t.md("*Should be better:* {words}", words=kit.line(change.expected, 600)))
    if change.approved_by:
        lines.append(t.md("Approved by {name}.", name=change.approved_by))
    if change.answers:
        more = len(change.answers) - MOST_REFERENCES
        others = [t("{count} more", count=more)] if more > 0 else []
        lines.append(
            t.many_md(
                "In answer to {count} report: {references}.",
                "In answer to {count} reports: {references}.",
                len(change.answers),
                references=t.listed([*change.answers[:MOST_REFERENCES], *others]),
            )
        )
    if change.rolled_back_at:
        lines.append(
            t.md(
                "*Taken back on {day}:* {words}",
                day=t.day(found.day(change.rolled_back_at)),
                words=kit.line(change.rolled_back_because or "", 600),
            )
        )
    said = N_("Until then: {state}.") if change.rolled_back_at else N_("So far: {state}.")
    lines.append(t.md(said, state=t(CHANGE_STATES[change.state])))
    words = kit.words(change.what, t.md("Cut here. `alongside history` has all of it."), most=2)
    return [kit.section(head), *words, *kit.listing(kit.cut_markdown(one, LINE) for one in lines)]


def happened_again(result: Again, t: Texts) -> Written:
    """The answer to whoever said that it happened again."""
    if result.heard_by:
        text = t.many_md(
            "Noted: *{reference}* happened again on {tool}. {names} hears of it.",
            "Noted: *{reference}* happened again on {tool}. {names} hear of it.",
            len(result.heard_by),
            reference=result.reference,
            tool=result.tool,
            names=t.listed(result.heard_by),
        )
    else:
        text = t.md("Noted: *{reference}* happened again on {tool}.", reference=result.reference, tool=result.tool)
    return Written(text, [kit.section(text)])


def seen_again(reference: str, tool: str, by: str, words: str, t: Texts) -> Written:
    """To the embedded people: it happened again."""
    text = t.md("{name} saw it again: {reference} on {tool}.", name=by, reference=reference, tool=tool)
    return Written(text, [kit.section(f"*{text}*"), *([kit.section(kit.quote(words))] if words.strip() else [])])
