"""How a review looks in Slack: the question to sign, the packet in short, and the end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit, summary
from bot.blocks.kit import Written
from bot.texts import Texts
from bot.texts.glossary import KINDS, OUTCOMES
from store.feedback import Kind
from store.figures.change_state import ChangeState
from store.handovers import CarriedOver
from store.reviews import Outcome, ReviewCard

SHOWN = 40
"""As many changes as fit a modal with room to spare."""

CARRIED = 200
"""As many reports as fit one message with room to spare, a line each."""


def opened(card: ReviewCard, t: Texts) -> Written:
    """On the last day: to the sponsors with the button to sign, to the others as news."""
    text = t.md("{reference} has reached its last day. Prompts have stopped.", reference=card.reference)
    blocks: list[Block] = [kit.section(f"*{text}*"), kit.section(_in_short(card, t))]
    if card.to_sign:
        blocks.append(kit.buttons(kit.button(t("Read and sign"), ids.READ_REVIEW, card.id, style="primary")))
    elif card.waiting_for:
        blocks.append(
            kit.small(
                t.many_md(
                    "{names} reads it and signs. Nothing for you to do.",
                    "{names} read it and sign. Nothing for you to do.",
                    len(card.waiting_for),
                    names=t.listed(card.waiting_for),
                )
            )
        )
    return Written(text, blocks)


def sign_form(card: ReviewCard, t: Texts) -> View:
    """The modal in which a sponsor reads the packet in short and signs it."""
    changes: list[Block] = [_change(change, card.packet["zone"], t) for change in card.packet["changes"][:SHOWN]]
    if len(card.packet["changes"]) > SHOWN:
        changes.append(kit.small(t.md("The first {count} are shown; the packet has them all.", count=SHOWN)))
    return kit.modal(
        t,
        t("Review of {reference}", reference=card.reference),
        [
            kit.section(_in_short(card, t)),
            *_by_kind(card, t),
            kit.small(t.md("What must be true at the end?")),
            *kit.words(card.packet["exit_criteria"], t.md("Cut here. The packet has all of it.")),
            *changes,
            kit.radio("outcome", t("What should become of it?"), [kit.option(t(OUTCOMES[o]), o) for o in Outcome]),
            kit.small(_hash(card, t)),
        ],
        callback=ids.SIGN,
        submit=t("Sign"),
        keep={"review": card.id},
    )


def _change(change: Mapping[str, Any], zone: str, t: Texts) -> Block:
    # Packets of earlier versions say nothing of changes that were taken back.
    at = change.get("rolled_back_at")
    day = datetime.fromisoformat(at).astimezone(ZoneInfo(zone)).date() if at else None
    state = ChangeState(change["state"])
    return summary.change(change["reference"], change["what"], state, day, change.get("rolled_back_because"), t)


def _by_kind(card: ReviewCard, t: Texts) -> list[Block]:
    return [
        kit.section(
            t.md(
                "*{tool}* {kinds}",
                tool=tool["name"],
                kinds=", ".join(f"{count} {t(KINDS[Kind(kind)])}" for kind, count in tool["by_kind"].items()),
            )
        )
        for tool in card.packet["tools"]
        if tool["by_kind"]
    ]


def signed_answer(reference: str, waiting_for: tuple[str, ...], t: Texts) -> Written:
    """The answer to the sponsor who signed."""
    text: str = t.md("You signed the review of {reference}.", reference=reference)
    if waiting_for:
        text += " " + t.many_md(
            "{names} is still to sign.", "{names} are still to sign.", len(waiting_for), names=t.listed(waiting_for)
        )
    else:
        text += " " + t.md("Everybody has signed, so the embedding is closed.")
    return Written(text, [kit.section(text)])


def signed(card: ReviewCard, t: Texts) -> Written:
    """The sponsor's message once they have signed."""
    text = t.md("You signed the review of {reference}. Thank you.", reference=card.reference)
    return Written(text, [kit.section(text), kit.small(_hash(card, t))])


def closed(card: ReviewCard, t: Texts) -> Written:
    """To the team's channel when both have signed."""
    text = t.md("The embedding {reference} is closed.", reference=card.reference)
    blocks: list[Block] = [kit.section(f"*{text}*"), kit.section(f"{_in_short(card, t)} {_ending(card, t)}")]
    if card.carried_over:
        blocks.append(
            kit.section(
                t.many_md(
                    "{count} report is still open. From here it is with {owners}.",
                    "{count} reports are still open. From here they are with {owners}.",
                    card.carried_over,
                    owners=t.listed(card.owners),
                )
            )
        )
    return Written(text, blocks)


def _ending(card: ReviewCard, t: Texts) -> str:
    if card.outcome is None:
        return t.md("The sponsors have not settled yet what becomes of it.")
    return t.md("Both sponsors say: {outcome}.", outcome=t(OUTCOMES[card.outcome]))


def _in_short(card: ReviewCard, t: Texts) -> str:
    reports = sum(len(tool["reports"]) for tool in card.packet["tools"])
    changes = len(card.packet["changes"])
    return t.md(
        "{team}, {first} to {last}: {reports}, {changes}.",
        team=card.team,
        first=t.day(card.first_day),
        last=t.day(card.last_day),
        reports=t.many("{count} report", "{count} reports", reports),
        changes=t.many("{count} change", "{count} changes", changes),
    )


def _hash(card: ReviewCard, t: Texts) -> str:
    return t.md("The review packet; whoever runs Alongside here has the page. SHA-256 {sha256}", sha256=card.sha256)


def carried_to_owner(found: CarriedOver, t: Texts) -> Written:
    """To a tool's owner: what is theirs from here. They are told what about, not in whose words."""
    text = t.many_md(
        "{embedding} has ended with {count} report still open. From here it is with you.",
        "{embedding} has ended with {count} reports still open. From here they are with you.",
        len(found.reports),
        embedding=found.embedding,
    )
    lines = [
        t.md("*{reference}* {tool}, {kind}", reference=reference, tool=tool, kind=t(KINDS[kind]))
        for reference, tool, kind in found.reports[:CARRIED]
    ]
    rest = [kit.small(t.md("The first {count} are shown; the packet has them all.", count=CARRIED))]
    more = rest if len(found.reports) > CARRIED else []
    return Written(text, [kit.section(f"*{text}*"), *kit.listing(lines), *more])


def carried_told(found: CarriedOver, t: Texts) -> Written:
    """To a reporter: who looks after their open reports from here."""
    text = t.md(
        "{embedding} has ended. From here your {references} is with {owners}.",
        embedding=found.embedding,
        references=t.listed([reference for reference, _, _ in found.reports]),
        owners=t.listed(found.owners),
    )
    return Written(text, [kit.section(text)])
