"""How a review looks in Slack: the question to sign, the packet in short, and the end."""

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from bot.texts.glossary import CHANGE_STATES, OUTCOMES
from store.figures.change_state import ChangeState
from store.reviews import Outcome, ReviewCard


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
    changes: list[Block] = [
        kit.section(
            t.md(
                "*{reference}* {what} _{state}_",
                reference=change["reference"],
                what=kit.cut(change["what"], 300),
                state=t(CHANGE_STATES[ChangeState(change["state"])]),
            )
        )
        for change in card.packet["changes"][:40]
    ]
    return kit.modal(
        t,
        t("Review of {reference}", reference=card.reference),
        [
            kit.section(_in_short(card, t)),
            kit.section(t.md("At the end: {criteria}", criteria=kit.cut(card.packet["exit_criteria"], 600))),
            *changes,
            kit.radio("outcome", t("What should become of it?"), [kit.option(t(OUTCOMES[o]), o) for o in Outcome]),
            kit.small(_hash(card, t)),
        ],
        callback=ids.SIGN,
        submit=t("Sign"),
        keep={"review": card.id},
    )


def signed_answer(reference: str, waiting_for: tuple[str, ...], t: Texts) -> Written:
    """The answer to the sponsor who signed."""
    text = t.md("You signed the review of {reference}.", reference=reference)
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
                    "{count} report is still open. {owners} looks after it from here.",
                    "{count} reports are still open. {owners} looks after them from here.",
                    card.carried_over,
                    owners=t.listed(card.owners),
                )
            )
        )
    return Written(text, blocks)


def _ending(card: ReviewCard, t: Texts) -> str:
    if card.outcome is None:
        return t.md("The sponsors want different things to become of it; they will tell you.")
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
    return t.md("You sign the packet with SHA-256 {sha256}", sha256=card.sha256)
