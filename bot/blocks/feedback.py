"""How a report looks: to the one who files it, to the data scientist, and in lists."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ButtonElement
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import additions, kit, restrictions, unsafe
from bot.blocks.kit import Written
from bot.texts import Markdown, Texts
from bot.texts.glossary import DID, FEEDBACK_STATUSES, IMPACTS, KINDS, PICTOGRAMS
from store.errors import N_
from store.feedback import FeedbackCard, FeedbackStatus, Filed, Impact
from store.unread import NextThere, OwnList

QUOTED = 600
"""Of the words of what was read, in all."""
OWN_PARAGRAPHS = 2
"""As many for each report as a page of ten has room for."""


def filed(result: Filed, t: Texts) -> Written:
    """The answer to whoever filed it."""
    if result.unsafe is not None:
        written = unsafe.filed(result, result.unsafe, t)
        return Written(written.text, [*written.blocks, *_understood(result, t)])
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
    if result.edited:
        text = t.md(
            "*{reference}* is now: {kind}, {tool}.",
            reference=result.reference,
            kind=t(KINDS[result.kind]),
            tool=result.tool,
        )
    if result.relayed_for:
        told = t.md("It is down as told to you by {name}.", name=result.relayed_for)
        text = Markdown(f"{text} {told}")
    if result.others:
        text = Markdown(f"{text} {t.md(ANOTHER_TOOL)}")
    blocks = [kit.section(text), *_taps(result, t), *restrictions.banner(result.restrictions, t)]
    return Written(text, blocks)


ANOTHER_TOOL = N_("You named no tool. Was it another one?")


def _understood(result: Filed, t: Texts) -> list[Block]:
    """As what something unsafe is down, and how to put that right."""
    text = t.md("It is down as: {kind}, {tool}.", kind=t(KINDS[result.kind]), tool=result.tool)
    if result.others:
        text = Markdown(f"{text} {t.md(ANOTHER_TOOL)}")
    return [kit.section(text), *_taps(result, t)]


def _taps(result: Filed, t: Texts) -> list[Block]:
    taps = [kit.button(t("Edit"), ids.EDIT_REPORT, result.id)] if result.id else []
    taps += [
        kit.button(t("It was {tool}", tool=name), ids.each(ids.OTHER_TOOL, key), f"{result.id}/{key}")
        for key, name in result.others[:OTHER_TOOLS]
    ]
    return [kit.buttons(*taps)] if taps else []


def filed_by_form(result: Filed, t: Texts) -> Written | View:
    """The answer to whoever filed it by the form: of something unsafe one more question is asked."""
    return unsafe.ask_back(result, result.unsafe, t) if result.unsafe is not None else filed(result, t)


OTHER_TOOLS = 4
"""As many as fit beside the other button; with more of them the form has the rest."""


def went_elsewhere(reference: str, t: Texts) -> Written:
    """The message of somebody who had a report that turned out to be about another tool."""
    text = t.md(
        "{reference} turned out to be about another tool, so it went to the people of that one.", reference=reference
    )
    return Written(text, [kit.small(text)])


def filed_for_data_scientist(card: FeedbackCard, t: Texts, *, zone: str) -> Written:
    """A new report, with the button that tells its reporter it was read."""
    text = _headline(card, t)
    taps = kit.buttons(_read_button(card, t), _open_button(card, t))
    return Written(text, [*restrictions.banner(card.restrictions, t), *report_body(card, t, zone), taps])


def seen_by_data_scientist(card: FeedbackCard, t: Texts, *, zone: str) -> Written:
    """The same message once somebody has read it."""
    status = t.md("Status: {status}", status=t(FEEDBACK_STATUSES[card.status]))
    can_open = [] if card.status is FeedbackStatus.WITHDRAWN else [kit.buttons(_open_button(card, t))]
    banner = restrictions.banner(card.restrictions, t)
    return Written(_headline(card, t), [*banner, *report_body(card, t, zone), kit.small(status), *can_open])


def acknowledged(cards: Sequence[FeedbackCard], reader: str, t: Texts) -> Written:
    """To the reporter: somebody has read it, or several of theirs."""
    text = t.many_md(
        "{name} has read your report {references}.",
        "{name} has read your reports {references}.",
        len(cards),
        name=reader,
        references=t.listed(card.reference for card in cards),
    )
    each = QUOTED // len(cards)
    quotes = [kit.quote(card.text, each) if card.text.strip() else t(KINDS[card.kind]) for card in cards]
    return Written(text, [kit.section(text), kit.section("\n\n".join(quotes))])


def own_list(found: OwnList, t: Texts) -> Written:
    """A person's own reports, a page at a time."""
    page, readers = found.page, dict(found.next_there)
    if not page.reports:
        text = t.md("You have not reported anything yet. Type `/model-feedback` and what the tool did.")
        return Written(text, [*restrictions.banner(page.restrictions, t), kit.section(text)])
    title = t("Your reports, page {number} of {pages}", number=page.number, pages=page.pages)
    blocks: list[Block] = [kit.heading(title), *restrictions.banner(page.restrictions, t)]
    for report in page.reports:
        blocks += [
            kit.small(
                t.md(
                    "*{reference}* {tool}, {kind}: {status}",
                    reference=report.reference,
                    tool=report.tool,
                    kind=f"⚠️ {t(KINDS[report.kind])}" if report.unsafe else t(KINDS[report.kind]),
                    status=t(FEEDBACK_STATUSES[report.status]),
                )
            ),
            *kit.words(report.text, t.md("Cut here. All of it is kept."), most=OWN_PARAGRAPHS),
        ]
        if report.reference in readers:
            blocks += next_there(readers[report.reference], t)
    turns = [
        kit.button(label, ids.each(ids.LIST_PAGE, number), number)
        for label, number in ((t("Newer"), page.number - 1), (t("Older"), page.number + 1))
        if 1 <= number <= page.pages
    ]
    return Written(title, [*blocks, kit.buttons(*turns)] if turns else blocks)


def next_there(found: NextThere, t: Texts) -> list[Block]:
    """When a report that nobody has read is read."""
    if found.today:
        return [kit.small(t.md("Nobody has read it yet. {name} is there today.", name=found.name))]
    day = t.day(found.day)
    return [kit.small(t.md("Nobody has read it yet. {name} is there on {day}.", name=found.name, day=day))]


def inbox_entry(card: FeedbackCard, t: Texts, zone: str) -> Sequence[Block]:
    """One report in a list for data scientists."""
    body = report_body(card, t, zone, most=1)
    read = [_read_button(card, t)] if card.status is FeedbackStatus.NEW else []
    return [*body, kit.buttons(*read, _open_button(card, t))]


def _read_button(card: FeedbackCard, t: Texts) -> ButtonElement:
    return kit.button(t("I've read it"), ids.each(ids.ACKNOWLEDGE, card.id), card.id, style="primary")


def _open_button(card: FeedbackCard, t: Texts) -> ButtonElement:
    return kit.button(t("Open"), ids.each(ids.OPEN_REPORT, card.id), card.id)


def _headline(card: FeedbackCard, t: Texts) -> str:
    return t.md("New report {reference} on {tool}", reference=card.reference, tool=card.tool)


def report_body(card: FeedbackCard, t: Texts, zone: str, most: int = kit.PARAGRAPHS) -> list[Block]:
    """A report as it is read: what it is about, what it says, and who said it when."""
    tool = f"{card.tool} {card.version}" if card.version else card.tool
    head: str = t.md(
        "*{reference}* {kind}, {tool}",
        reference=card.reference,
        kind=f"{PICTOGRAMS[card.kind]} {t(KINDS[card.kind])}",
        tool=tool,
    )
    if card.impact is Impact.UNSAFE:
        head = f"⚠️ {head} *{t(IMPACTS[card.impact])}*"
    moment = t.moment(card.filed_at, zone)
    by = t.md("{name}, {moment}", name=card.reporter, moment=moment)
    if card.relayed_for:
        by = t.md("{colleague} told {name}, {moment}", colleague=card.relayed_for, name=card.reporter, moment=moment)
    if card.edited_at:
        by = t.md("{by}, changed {moment}", by=by, moment=t.moment(card.edited_at, zone))
    rest = t.md("Cut here. The export of the embedding's reports has all of it.")
    own_words = kit.words(card.text, rest, most) if card.text.strip() else []
    return [kit.section(head), *own_words, *_besides(card, t), *additions.added(card.additions, t, zone), kit.small(by)]


def _besides(card: FeedbackCard, t: Texts) -> list[Block]:
    lines = []
    if card.place:
        lines.append(t.md("Where: {place}", place=card.place))
    if card.shift:
        lines.append(t.md("Shift: {shift} of {day}", shift=card.shift[1], day=t.day(card.shift[0])))
    if card.expected:
        lines.append(t.md("It should have: {expected}", expected=kit.line(card.expected, MOST_EXPECTED)))
    if card.did:
        lines.append(t.md("They: {did}", did=t(DID[card.did])))
    if card.impact and card.impact is not Impact.UNSAFE:
        lines.append(t.md("It cost: {impact}", impact=t(IMPACTS[card.impact])))
    if card.permalink:
        lines.append(kit.link(card.permalink, t("The message that it was made of")))
    lines += [kit.link(link) for link in card.links]
    return kit.listing(lines)


MOST_EXPECTED = 500
