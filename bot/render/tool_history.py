"""A tool's behaviour history as Markdown to read and as CSV to count with."""

import csv
import io
import re

from bot.texts import Texts
from bot.texts.glossary import CHANGE_STATES
from store.errors import N_
from store.tool_history import HistoryPage, ToolChange

COLUMNS = (
    "reference",
    "live_at",
    "author",
    "version_from",
    "version_to",
    "what",
    "why",
    "before",
    "after",
    "expected",
    "approval",
    "approved_by",
    "reports",
    "answers",
    "state",
    "rolled_back_at",
    "rolled_back_because",
)
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula: https://owasp.org/www-community/attacks/CSV_Injection"""
_MARKS = re.compile(
    r"([\\`*\[\]<|~&]|(?<![^\W_])_|_(?![^\W_])|(?<=https):(?=//)|(?<=http):(?=//)|(?<=www)\.|(?<=\w)@|(?<=\s)#)",
    re.IGNORECASE,
)
"""What is markup anywhere. A hyphen or an underscore inside a tag is none and stays readable."""


def to_markdown(found: HistoryPage, t: Texts) -> str:
    """The history as Markdown, oldest first; what people wrote cannot become a heading, a link or markup."""
    lines = [f"# {_plain(t('How {tool} has changed', tool=found.tool))}", ""]
    if not found.changes:
        lines += [_plain(t("No change of {tool} has gone live yet.", tool=found.tool)), ""]
    for change in found.changes:
        lines += _entry(change, found, t)
    return "\n".join(lines)


def _entry(change: ToolChange, found: HistoryPage, t: Texts) -> list[str]:
    head = f"{change.reference}, {t.day(found.day(change.live_at))}, {change.author}"
    if change.version_to:
        versions = f"{change.version_from} → {change.version_to}" if change.version_from else change.version_to
        head = t("{head}, version {versions}", head=head, versions=versions)
    parts = [
        ("", change.what),
        (t("Why:"), change.why),
        (t("Before:"), change.before),
        (t("Since:"), change.after),
        (t("Should be better:"), change.expected),
        (t("Approval:"), change.approval),
    ]
    lines = [f"## {_plain(head)}", ""]
    for label, words in parts:
        if words:
            lines += [_paragraph(f"{label} {words}".strip()), ""]
    if change.answers:
        answered = t.many(
            "In answer to {count} report: {references}.",
            "In answer to {count} reports: {references}.",
            len(change.answers),
            references=t.listed(change.answers),
        )
        lines += [_plain(answered), ""]
    if change.approved_by:
        lines += [_plain(t("Approved by {name}.", name=change.approved_by)), ""]
    if change.rolled_back_at:
        back = t(
            "Taken back on {day}: {words}",
            day=t.day(found.day(change.rolled_back_at)),
            words=change.rolled_back_because or "",
        )
        lines += [_paragraph(back), ""]
    said = N_("Until then: {state}.") if change.rolled_back_at else N_("So far: {state}.")
    lines += [_plain(t(said, state=t(CHANGE_STATES[change.state]))), ""]
    return lines


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def _paragraph(text: str) -> str:
    return "  \n".join(_without_beginning(_plain(line)) for line in text.splitlines() if line.strip())


def _without_beginning(line: str) -> str:
    # "12. March" at the beginning of a line would begin a list, "===" would make a heading of the line above.
    return re.sub(r"^(\d*)([#=>+.)-])", r"\1\\\2", line)


def to_csv(found: HistoryPage) -> str:
    """The history as CSV with a header, oldest first, instants in ISO 8601.

    What would be a formula in a spreadsheet has an apostrophe before it, which makes it text there.
    """
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for change in found.changes:
        writer.writerow(_safe(cell) for cell in _cells(change))
    return lines.getvalue()


def _cells(change: ToolChange) -> tuple[str, ...]:
    return (
        change.reference,
        change.live_at.isoformat(),
        change.author,
        change.version_from or "",
        change.version_to or "",
        change.what,
        change.why,
        change.before,
        change.after,
        change.expected,
        change.approval,
        change.approved_by or "",
        str(len(change.answers)),
        " ".join(change.answers),
        change.state.value,
        change.rolled_back_at.isoformat() if change.rolled_back_at else "",
        change.rolled_back_because or "",
    )


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULAS) else cell
