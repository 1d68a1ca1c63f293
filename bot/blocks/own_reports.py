"""One's own report as its reporter looks at it: where it stands, what happened, and what can still be done."""

from slack_sdk.models.blocks import Block, ButtonElement
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import chains, feedback, kit, outcomes, restrictions, unsafe
from bot.blocks.kit import Written
from bot.blocks.verdicts import again_button
from bot.texts import Markdown, Texts
from bot.texts.glossary import FEEDBACK_STATUSES
from bot.texts.happened import happened_md
from store.feedback import FeedbackStatus
from store.further_words import Further
from store.report_edits import Kept
from store.report_status import ReportStatus

LINES = 20
"""The newest ones; older ones are counted."""


def status(found: ReportStatus, t: Texts) -> Written:
    """Where a report stands and what happened, with the buttons for its reporter while it waits for an answer."""
    card = found.card
    text = t.md("*{reference}* is {status}.", reference=card.reference, status=t(FEEDBACK_STATUSES[card.status]))
    blocks: list[Block] = [
        *restrictions.banner(card.restrictions, t),
        kit.section(text),
        *feedback.report_body(card, t, found.zone),
        *_decided(found, t),
        *chains.answers(found.answers, found.zone, t),
        *_history(found, t),
    ]
    if found.next_there:
        blocks += feedback.next_there(found.next_there, t)
    buttons = _buttons(found, t) if found.can_change else []
    if found.can_answer:
        buttons.append(kit.button(t("Answer it"), ids.OPEN_REPORT, card.id))
    if card.status is not FeedbackStatus.WITHDRAWN:
        buttons.append(again_button(card.reference, t))
    if buttons:
        blocks.append(kit.buttons(*buttons))
    return Written(text, blocks)


def status_modal(found: ReportStatus, t: Texts) -> View:
    """The same in a modal."""
    return kit.modal(t, t("Report {reference}", reference=found.card.reference), status(found, t).blocks)


def added(kept: Kept, t: Texts) -> Written | View:
    """The answer to whoever added to their report; of something unsafe one more question is asked."""
    if kept.unsafe is not None:
        return unsafe.ask_after(kept.unsafe, t)
    text = t.md("It is kept with {reference}. Whoever has the report sees it there.", reference=kept.reference)
    return Written(text, [kit.section(text)])


def said_more(result: Further, t: Texts) -> Written | View:
    """The answer to whoever typed more about a report of theirs."""
    if result.filed is not None:
        return feedback.filed(result.filed, t)
    assert result.kept is not None  # noqa: S101 - it is either of the two
    return added(result.kept, t)


def withdrawn(kept: Kept, t: Texts) -> Written:
    """The answer to whoever withdrew their report."""
    text = t.md("{reference} is withdrawn. Nobody works on it any more.", reference=kept.reference)
    return Written(text, [kit.section(text)])


def _buttons(found: ReportStatus, t: Texts) -> list[ButtonElement]:
    key, reference = found.card.id, found.card.reference
    return [
        kit.button(t("Edit"), ids.EDIT_REPORT, key),
        kit.button(t("Add detail"), ids.ADD_TO_REPORT, key),
        kit.button(
            t("Withdraw"),
            ids.WITHDRAW,
            key,
            confirm=kit.confirm(
                t("Withdraw {reference}?", reference=reference),
                t("Nobody works on it then. What it says is kept, marked as withdrawn. It can't be taken up again."),
                t("Withdraw it"),
                t("Leave it"),
            ),
        ),
    ]


def _decided(found: ReportStatus, t: Texts) -> list[Block]:
    blocks = [outcomes.decided(found.decided, t)] if found.decided is not None else []
    if found.goes_on_in is not None:
        blocks.append(kit.small(t.md("It goes on in {reference}.", reference=found.goes_on_in)))
    return blocks


def _history(found: ReportStatus, t: Texts) -> list[Block]:
    told = [line for one in found.history if (line := happened_md(one, found.zone, t))]
    lines: list[Markdown] = []
    if len(told) > LINES:
        lines.append(t.md("The newest {count} things that happened:", count=LINES))
    return [kit.small("\n".join([*lines, *told[-LINES:]]))] if told else []
