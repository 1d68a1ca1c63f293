"""How a report looks: to the one who files it, to the data scientist, and in lists."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ButtonElement
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Markdown, Texts
from bot.texts.glossary import FEEDBACK_STATUSES, IMPACTS, KINDS, PICTOGRAMS
from store.feedback import FeedbackCard, FeedbackStatus, Filed, Impact, Kind
from store.own_reports import Page
from store.reporting import Inbox, Reportable

OWN_PARAGRAPHS = 2
"""As many for each report as a page of ten has room for."""


def report_form(choices: Reportable, text: str, t: Texts, kind: Kind | None = None) -> View:
    """The modal that files a report; only the kind is needed, and perhaps chosen already."""
    tools = [kit.option(name, key) for key, name in choices.tools]
    kinds = [kit.option(f"{PICTOGRAMS[kind]} {t(KINDS[kind])}", kind) for kind in choices.kinds]
    chosen = next((option for option in kinds if option.value == kind), None)
    longer = t("The message is longer. These are its first 3,000 characters.") if len(text) > kit.INPUT else None
    impacts = [kit.option(t(IMPACTS[impact]), impact) for impact in Impact if impact is not Impact.NONE]
    return kit.modal(
        t,
        t("Report behaviour"),
        [
            kit.select("tool", t("Tool"), tools, chosen=tools[0]),
            kit.radio("kind", t("What did it do?"), kinds, chosen=chosen),
            kit.text_input("text", t("In your words"), initial=text, optional=True, hint=longer),
            kit.select("impact", t("What did it cost?"), impacts, optional=True),
            kit.small(t.md("The people embedded with your team see this with your name. Nobody else does.")),
        ],
        callback=ids.FILE,
        submit=t("Send"),
    )


def filed(result: Filed, t: Texts) -> Written:
    """The answer to whoever filed it."""
    if result.embedded and not result.heard_by:
        text = t.md(
            "Kept as *{reference}* ({kind}, {tool}). The people of your embedding are away; it waits for them.",
            reference=result.reference,
            kind=t(KINDS[result.kind]),
            tool=result.tool,
        )
    elif not result.heard_by:
        text = t.md(
            "Kept as *{reference}* ({kind}, {tool}). Nobody is embedded with your team right now; "
            "it waits for the next embedding.",
            reference=result.reference,
            kind=t(KINDS[result.kind]),
            tool=result.tool,
        )
    else:
        text = t.many_md(
            "Got it: *{reference}* ({kind}, {tool}). {names} sees it now.",
            "Got it: *{reference}* ({kind}, {tool}). {names} see it now.",
            len(result.heard_by),
            reference=result.reference,
            kind=t(KINDS[result.kind]),
            tool=result.tool,
            names=t.listed(result.heard_by),
        )
    if result.instead_of:
        other = t.md(
            "You named no tool. If it was {others}, type it again with that name in it.",
            others=t.either(result.instead_of),
        )
        text = Markdown(f"{text} {other}")
    return Written(text, [kit.Paragraph(text)])


def filed_for_data_scientist(card: FeedbackCard, t: Texts, *, zone: str) -> Written:
    """A new report, with the button that tells its reporter it was read."""
    text = _headline(card, t)
    return Written(text, [*_body(card, t, zone), kit.buttons(_read_button(card, t))])


def seen_by_data_scientist(card: FeedbackCard, t: Texts, *, zone: str) -> Written:
    """The same message once somebody has read it."""
    status = t.md("Status: {status}", status=t(FEEDBACK_STATUSES[card.status]))
    return Written(_headline(card, t), [*_body(card, t, zone), kit.small(status)])


def acknowledged(card: FeedbackCard, reader: str, t: Texts) -> Written:
    """To the reporter: somebody has read it."""
    text = t.md("{name} has read your report {reference}.", name=reader, reference=card.reference)
    return Written(
        text, [kit.section(text), kit.section(kit.quote(card.text) if card.text.strip() else t(KINDS[card.kind]))]
    )


def own_list(page: Page, t: Texts) -> Written:
    """A person's own reports, a page at a time."""
    if not page.reports:
        text = t.md("You have not reported anything yet. Type `/model-feedback` and what the tool did.")
        return Written(text, [kit.section(text)])
    title = t("Your reports, page {number} of {pages}", number=page.number, pages=page.pages)
    blocks: list[Block] = [kit.heading(title)]
    for report in page.reports:
        blocks += [
            kit.small(
                t.md(
                    "*{reference}* {tool}, {kind}: {status}",
                    reference=report.reference,
                    tool=report.tool,
                    kind=t(KINDS[report.kind]),
                    status=t(FEEDBACK_STATUSES[report.status]),
                )
            ),
            *kit.words(report.text, t.md("Cut here. All of it is kept."), most=OWN_PARAGRAPHS),
        ]
    turns = [
        kit.button(label, ids.each(ids.LIST_PAGE, number), number)
        for label, number in ((t("Newer"), page.number - 1), (t("Older"), page.number + 1))
        if 1 <= number <= page.pages
    ]
    return Written(title, [*blocks, kit.buttons(*turns)] if turns else blocks)


def inbox(found: Inbox, t: Texts) -> Written:
    """The reports that wait for a data scientist, oldest first."""
    if not found.reports:
        text = t.md("No report waits for you. New ones come to you as messages.")
        return Written(text, [kit.section(text)])
    title = t.many("{count} report waits for you", "{count} reports wait for you", found.count)
    blocks: list[Block] = [kit.heading(title)]
    for card in found.reports:
        blocks += inbox_entry(card, t, found.zone)
    if found.count > len(found.reports):
        blocks.append(kit.small(t.md("These are the oldest. The others show as you answer these.")))
    return Written(title, blocks)


def inbox_entry(card: FeedbackCard, t: Texts, zone: str) -> Sequence[Block]:
    """One report in a list for data scientists."""
    body = _body(card, t, zone, most=1)
    return [*body, kit.buttons(_read_button(card, t))] if card.status is FeedbackStatus.NEW else body


def _read_button(card: FeedbackCard, t: Texts) -> ButtonElement:
    return kit.button(t("I've read it"), ids.each(ids.ACKNOWLEDGE, card.id), card.id, style="primary")


def _headline(card: FeedbackCard, t: Texts) -> str:
    return t.md("New report {reference} on {tool}", reference=card.reference, tool=card.tool)


def _body(card: FeedbackCard, t: Texts, zone: str, most: int = kit.PARAGRAPHS) -> list[Block]:
    tool = f"{card.tool} {card.version}" if card.version else card.tool
    head: str = t.md(
        "*{reference}* {kind}, {tool}",
        reference=card.reference,
        kind=f"{PICTOGRAMS[card.kind]} {t(KINDS[card.kind])}",
        tool=tool,
    )
    if card.impact is Impact.UNSAFE:
        head = f"⚠️ {head} *{t(IMPACTS[card.impact])}*"
    by = t.md("{name}, {moment}", name=card.reporter, moment=t.moment(card.filed_at, zone))
    rest = t.md("Cut here. The export of the embedding's reports has all of it.")
    own_words = kit.words(card.text, rest, most) if card.text.strip() else []
    return [kit.section(head), *own_words, kit.small(by)]
