"""How the summary of an embedding looks."""

from datetime import date

from slack_sdk.models.blocks import Block

from bot.blocks import exposure, kit
from bot.blocks.kit import Written
from bot.texts import Texts, escape
from bot.texts.glossary import CHANGE_STATES, EMBEDDING_STATUSES, FEEDBACK_STATUSES, REASONS
from store.embeddings import EmbeddingStatus
from store.figures.change_state import ChangeState
from store.not_asked import NotAsked
from store.privacy import Withheld
from store.summary import Summary

SHOWN = 30
"""As many changes as fit one message with room to spare."""
TOOLS = 8
"""As many tools as it has room for beside them."""


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
    if found.paused_because is not None:
        blocks.append(kit.section(t.md("*Paused:* {because}", because=kit.line(found.paused_because, 300))))
    blocks += [kit.section(_reports(found, t)), *_weeks(found, t), *_changes(found, t)]
    if found.not_asked is not None:
        blocks.append(kit.section(_asked(found.not_asked, t)))
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


def _weeks(found: Summary, t: Texts) -> list[Block]:
    """The newest weeks of each tool; as many tools as one message has room for."""
    shown = list(dict.fromkeys(week.tool for week in found.weeks))[:TOOLS]
    return exposure.weeks([week for week in found.weeks if week.tool in shown], t)


def _asked(found: NotAsked, t: Texts) -> str:
    """How often people were asked, and why not; a figure that few people stand behind is withheld."""
    if found.expected == 0:
        return t.md("*Questions:* they are counted here when their week is over.")
    head = t.md(
        "*Questions* up to last week: {sent} of {expected} went out.",
        sent=_figure(found.sent, t),
        expected=_figure(found.expected, t),
    )
    lines = [
        t.md("{count}: {reason}", count=_figure(figure, t), reason=t(REASONS[reason]))
        for reason, figure in found.reasons
    ]
    return "\n".join([head, *lines])


def _figure(value: int | Withheld, t: Texts) -> str:
    return t("too few people to say") if isinstance(value, Withheld) else str(value)


def change(
    reference: str, what: str, state: ChangeState, taken_back_on: date | None, because: str | None, t: Texts
) -> Block:
    """A change with what was said of it in a word; when it was taken back, whatever was said, also that and why."""
    line = t.md(
        "*{reference}* {what} _{state}_", reference=reference, what=kit.line(what, 300), state=t(CHANGE_STATES[state])
    )
    if taken_back_on is None:
        return kit.section(line)
    back = t.md("*Taken back on {day}.*", day=t.day(taken_back_on))
    if because:
        back = t.md("*Taken back on {day}:* {because}", day=t.day(taken_back_on), because=kit.line(because, 300))
    return kit.section(f"{line}\n{back}")


def _changes(found: Summary, t: Texts) -> list[Block]:
    if not found.changes:
        return [kit.section(t.md("*No changes yet.*"))]
    lines = [
        change(one.reference, one.what, one.state, one.taken_back_on, one.taken_back_because, t)
        for one in found.changes[-SHOWN:]
    ]
    if len(found.changes) > SHOWN:
        lines.append(kit.small(t.md("The newest {count} are shown.", count=SHOWN)))
    return lines
