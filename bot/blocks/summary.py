"""How the summary of an embedding looks."""

from slack_sdk.models.blocks import Block

from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts, escape
from bot.texts.glossary import CHANGE_STATES, EMBEDDING_STATUSES, FEEDBACK_STATUSES
from store.embeddings import EmbeddingStatus
from store.summary import Summary

SHOWN = 30
"""As many changes as fit one message with room to spare."""


def summary(found: Summary, t: Texts) -> Written:
    """How an embedding is going."""
    card = found.card
    title = t(
        "{reference} {team}: {status}",
        reference=card.reference,
        team=card.team,
        status=t(EMBEDDING_STATUSES[card.status]),
    )
    term = t.md(
        "{names} on {tools}, {first} to {last}.",
        names=t.listed(card.data_scientists),
        tools=t.listed(card.tools),
        first=t.day(card.first_day),
        last=t.day(card.last_day),
    )
    blocks: list[Block] = [kit.heading(title), kit.section(f"{term} {_days_left(found, t)}".strip())]
    blocks += [kit.section(_reports(found, t)), *_changes(found, t)]
    if found.sha256:
        blocks.append(kit.small(t.md("Review packet, SHA-256 {sha256}", sha256=found.sha256)))
    return Written(escape(title), blocks)


def _days_left(found: Summary, t: Texts) -> str:
    if found.card.status is not EmbeddingStatus.ACTIVE:
        return ""
    days = max(0, (found.card.last_day - found.today).days)
    return t.many("{count} day to go.", "{count} days to go.", days)


def _reports(found: Summary, t: Texts) -> str:
    total = sum(count for _, count in found.by_status)
    if not total:
        return t.md("*No reports yet.* `/model-feedback` files one.")
    head = t.many("*{count} report*", "*{count} reports*", total)
    return f"{head}: " + " · ".join(f"{count} {t(FEEDBACK_STATUSES[status])}" for status, count in found.by_status)


def _changes(found: Summary, t: Texts) -> list[Block]:
    if not found.changes:
        return [kit.section(t.md("*No changes yet.*"))]
    lines: list[Block] = [
        kit.section(
            t.md(
                "*{reference}* {what} _{state}_",
                reference=change.reference,
                what=kit.line(change.what, 300),
                state=t(CHANGE_STATES[change.state]),
            )
        )
        for change in found.changes[-SHOWN:]
    ]
    if len(found.changes) > SHOWN:
        lines.append(kit.small(t.md("The newest {count} are shown.", count=SHOWN)))
    return lines
