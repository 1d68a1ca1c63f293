"""How the app's home looks: what waits for this person first."""

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import embeddings, feedback, kit, reviews
from bot.texts import Texts
from bot.texts.glossary import FEEDBACK_STATUSES, KINDS
from store.home import Home

LIMIT = 100
"""Blocks in a home: https://docs.slack.dev/reference/block-kit/blocks"""


def home(found: Home, t: Texts) -> View:
    """The home of somebody we know."""
    waiting = _waiting(found, t)
    blocks: list[Block] = [kit.heading(t("Waiting for you"))]
    blocks += waiting or [kit.section(t.md("Nothing. Good shift!"))]
    if found.can_report:
        blocks += [kit.heading(t("Your reports")), *_own(found, t)]
        blocks.append(kit.buttons(kit.button(t("Report behaviour"), ids.REPORT, style="primary")))
    return View(type="home", blocks=blocks[:LIMIT])


def refused(sentence: str) -> View:
    """The home of somebody who cannot be shown one."""
    return View(type="home", blocks=[kit.section(sentence)])


def _waiting(found: Home, t: Texts) -> list[Block]:
    blocks: list[Block] = []
    for embedding in found.to_agree:
        blocks += embeddings.asked_to_agree(embedding, t).blocks
    for review in found.to_sign:
        blocks += reviews.opened(review, t).blocks
    for report in found.reports:
        blocks += feedback.inbox_entry(report, t, found.zone)
    return blocks


def _own(found: Home, t: Texts) -> list[Block]:
    if not found.own:
        return [kit.section(t.md("None yet. When a tool does something odd, say so: it takes ten seconds."))]
    lines: list[Block] = [
        kit.section(
            t.md(
                "*{reference}* {text} _{status}_",
                reference=report.reference,
                text=kit.line(report.text, 200) or f"{report.tool}, {t(KINDS[report.kind])}",
                status=t(FEEDBACK_STATUSES[report.status]),
            )
        )
        for report in found.own
    ]
    return lines
