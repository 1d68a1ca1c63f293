"""How the message at somebody's return looks: what has happened since they were last on, in one place."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from bot.texts.glossary import FEEDBACK_STATUSES, KINDS
from store.change_notes import NoteCard
from store.own_reports import OwnReport
from store.returns import InForce, Since


def since(found: Since, t: Texts) -> Written:
    """To somebody at the start of their first shift after days off."""
    title = t("Since you were last on")
    return Written(
        title,
        [
            kit.heading(title),
            *_part(t.md("*Do not rely on*"), [_restricted(one, t, found.zone) for one in found.restrictions]),
            *_part(t.md("*Changed in your tools*"), [_changed(note, t) for note in found.changes]),
            *_part(t.md("*Your reports*"), [_report(one, t) for one in found.reports]),
            *_part(t.md("*Still asked: did it help?* It is on my home."), [_asked(note, t) for note in found.asked]),
        ],
    )


def _part(head: str, lines: Sequence[str]) -> list[Block]:
    return kit.listing([head, *lines]) if lines else []


def _restricted(one: InForce, t: Texts, zone: str) -> str:
    what_for = kit.line(one.what_for, 300)
    if one.until is None:
        return t.md("⚠️ {tool} for: {what_for}", tool=one.tool, what_for=what_for)
    until = t.moment(one.until, zone)
    return t.md("⚠️ {tool} for: {what_for}, until {until}", tool=one.tool, what_for=what_for, until=until)


def _changed(note: NoteCard, t: Texts) -> str:
    what = kit.line(note.what, 300)
    if not note.answers:
        return t.md("*{reference}* {tool}: {what}", reference=note.reference, tool=note.tool, what=what)
    return t.md(
        "*{reference}* {tool}: {what} Because of your {reports}.",
        reference=note.reference,
        tool=note.tool,
        what=what,
        reports=t.listed(reference for reference, _ in note.answers),
    )


def _report(one: OwnReport, t: Texts) -> str:
    return t.md(
        "*{reference}* {text} _{status}_",
        reference=one.reference,
        text=kit.line(one.text, 200) or f"{one.tool}, {t(KINDS[one.kind])}",
        status=t(FEEDBACK_STATUSES[one.status]),
    )


def _asked(note: NoteCard, t: Texts) -> str:
    return t.md("*{reference}* {tool}", reference=note.reference, tool=note.tool)
