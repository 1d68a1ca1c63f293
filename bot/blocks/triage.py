"""How triage looks to data scientists: the inbox, a report that is opened, and the form of what is done with some."""

from collections.abc import Sequence
from dataclasses import asdict, astuple

from slack_sdk.models.blocks import Block, InputBlock, Option
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit, outcomes, restrictions
from bot.blocks.feedback import report_body
from bot.texts import Texts
from bot.texts.glossary import CAUSES, FEEDBACK_STATUSES, KINDS, PICTOGRAMS, STEPS, WHICH
from store.asking_back import QuestionCard
from store.causes import Cause
from store.decisions import Step
from store.errors import N_
from store.feedback import FeedbackCard, Impact
from store.inbox import InboxPage, Line, Opened, Sought, ToDo, Which
from store.triage import Triaged

WORK_ORDER = 40
OWNER = 80
LISTED = 30
"""Of the reports with which something is done, shown before it is; the others are counted."""
HISTORY = 10
"""Of questions and of decisions, the newest."""

DONE: dict[Step, str] = {
    Step.ACKNOWLEDGE: N_("Read: {references}. Their reporters are told on their shift."),
    Step.ACCEPT: N_("Promised: {references}. Their reporters are told on their shift."),
    Step.ASK_BACK: N_("Asked about {references}. You get the answer as a message."),
    Step.SET_CAUSE: N_("The cause is noted: {references}."),
    Step.DUPLICATE: N_("These go on in another report: {references}. Their reporters are told on their shift."),
    Step.PASS_ON: N_("Passed on: {references}. Their reporters are told on their shift."),
    Step.EXPLAIN: N_("Explained: {references}. Their reporters are told on their shift."),
    Step.DECLINE: N_("Declined: {references}. Their reporters get your words on their shift."),
    Step.REOPEN: N_("Open again: {references}. Whoever knew of it is told on their shift."),
}

WORDS: dict[Step, str] = {
    Step.ACCEPT: N_("A word to the reporter"),
    Step.ASK_BACK: N_("Your question"),
    Step.DUPLICATE: N_("A word to the reporter"),
    Step.PASS_ON: N_("A word to the reporter"),
    Step.EXPLAIN: N_("Your explanation"),
    Step.DECLINE: N_("Your reason"),
    Step.REOPEN: N_("A word to the reporter"),
}
NEEDS_WORDS = (Step.ASK_BACK, Step.EXPLAIN, Step.DECLINE)


def inbox(found: InboxPage, t: Texts) -> View:
    """The inbox: reports to tick, what to do with them, and what else to look at."""
    sought = found.sought
    here = astuple(sought)
    lines = [_tick(line, t) for line in found.lines]
    shown = {line.card.id for line in found.lines}
    elsewhere = len(set(found.ticked) - shown)
    head = t.many_md("{count} report", "{count} reports", found.count)
    if found.pages > 1:
        head = t.md("{head}, page {number} of {pages}", head=head, number=sought.page, pages=found.pages)
    blocks: list[Block] = [*restrictions.banner(found.restrictions, t), kit.section(head)]
    if lines:
        chosen = [one for one in lines if one.value in {str(key) for key in found.ticked}]
        steps = [kit.option(t(STEPS[step]), step) for step in Step]
        hint = t("Leave this empty to open the one that you ticked, or to look on.")
        blocks += [
            kit.ticks(ids.on_page("ticked", *here), t("Reports"), lines, chosen=chosen),
            *([kit.small(_ticked_elsewhere(elsewhere, t))] if elsewhere else []),
            kit.select(
                ids.on_page("step", *here),
                t("What to do with those ticked"),
                steps,
                optional=True,
                hint=hint,
            ),
        ]
    else:
        blocks.append(kit.section(_nothing(found, t)))
    kept = {**asdict(sought), "ticked": list(found.ticked), "shown": sorted(shown), "seen": found.seen}
    return kit.modal(
        t,
        t("Reports"),
        [*blocks, *_filters(found, t)],
        callback=ids.LOOK_ON,
        submit=t("Go on"),
        keep=kept,
    )


def _ticked_elsewhere(count: int, t: Texts) -> str:
    return t.many_md("{count} more is ticked on other pages.", "{count} more are ticked on other pages.", count)


def _nothing(found: InboxPage, t: Texts) -> str:
    if found.sought == Sought():
        return t.md("No report waits for you. New ones come to you as messages.")
    return t.md("No report is like that. Choose something else below.")


def _tick(line: Line, t: Texts) -> Option:
    card = line.card
    words = card.text if card.text.strip() else t(KINDS[card.kind])
    sign = "⚠️ " if card.impact is Impact.UNSAFE else ""
    status = t("waits for an answer") if line.waits_for_answer else t(FEEDBACK_STATUSES[card.status])
    below = t(
        "{tool}, {name}, {moment}, {status}",
        tool=kit.cut(card.tool, 20),
        name=kit.cut(card.reporter, 20),
        moment=t.moment(card.filed_at, line.zone),
        status=status,
    )
    return kit.option(f"{sign}{card.reference} {PICTOGRAMS[card.kind]} {words}", card.id, below)


def _filters(found: InboxPage, t: Texts) -> list[InputBlock]:
    sought = found.sought
    here = astuple(sought)
    which = [kit.option(t(WHICH[one]), one) for one in Which]
    orders = [kit.option(t("Oldest first"), "oldest"), kit.option(t("Newest first"), "newest")]
    pages = [kit.option(t("Page {number}", number=number), number) for number in range(1, found.pages + 1)]
    blocks = []
    if len(pages) > 1:
        blocks.append(kit.select(ids.on_page("page", *here), t("Page"), pages, chosen=_chosen(pages, sought.page)))
    blocks.append(kit.select(ids.on_page("which", *here), t("Show"), which, chosen=_chosen(which, sought.which)))
    # All reports have a tool and a kind, so a single one filters nothing; many have no cause yet.
    for name, label, offered, now, fewest in (
        ("tool", t("Tool"), list(found.tools), sought.tool_id, 2),
        ("kind", t("Kind"), [(kind, t(KINDS[kind])) for kind in found.kinds], sought.kind, 2),
        ("cause", t("Cause"), [(cause, t(CAUSES[cause])) for cause in found.causes], sought.cause, 1),
    ):
        if len(offered) >= fewest or now is not None:
            options = [kit.option(text, key) for key, text in offered]
            blocks.append(
                kit.select(ids.on_page(name, *here), label, options, chosen=_chosen(options, now), optional=True)
            )
    chosen = orders[1] if sought.newest_first else orders[0]
    return [*blocks, kit.select(ids.on_page("order", *here), t("Order"), orders, chosen=chosen)]


def _chosen(options: Sequence[Option], value: object) -> Option | None:
    return next((option for option in options if option.value == str(value)), None)


def opened(found: Opened, t: Texts) -> View:
    """One report: all that is known of it, reports like it, and what can be done with it."""
    card = found.line.card
    blocks: list[Block] = [
        *restrictions.banner(card.restrictions, t),
        *report_body(card, t, found.line.zone),
        kit.small(t.md("Status: {status}", status=t(FEEDBACK_STATUSES[card.status]))),
        *_about(found, t),
        *(block for question in found.questions[-HISTORY:] for block in _question(question, t)),
        *(outcomes.decided(decided, t) for decided in found.decided[-HISTORY:]),
    ]
    if found.similar:
        similar = [
            kit.option(f"{one.reference} {one.text.strip() or t(KINDS[one.kind])}", one.id, one.reporter)
            for one in found.similar
        ]
        blocks.append(kit.ticks("similar", t("These may be the same. Tick to treat alike"), similar))
    if not found.steps:
        return kit.modal(t, card.reference, blocks)
    steps = [kit.option(t(STEPS[step]), step) for step in found.steps]
    blocks.append(kit.select("step", t("What do you want to do?"), steps))
    keep = {"report": card.id, "seen": found.seen}
    return kit.modal(t, card.reference, blocks, callback=ids.LOOK_ON, submit=t("Go on"), keep=keep)


def _about(found: Opened, t: Texts) -> list[Block]:
    lines: list[str] = []
    if found.line.cause is not None:
        lines.append(t.md("Cause: {cause}", cause=t(CAUSES[found.line.cause])))
    if found.carried_on_by:
        lines.append(t.md("It goes on in {reference}.", reference=found.carried_on_by))
    if found.joined:
        lines.append(
            t.many_md(
                "{references} goes on in it.",
                "{references} go on in it.",
                len(found.joined),
                references=t.listed(found.joined[:LISTED]),
            )
        )
    return [kit.small("\n".join(lines))] if lines else []


def _question(question: QuestionCard, t: Texts) -> list[Block]:
    asked = t.md("*{name} asked:* {text}", name=question.asked_by, text=kit.cut(question.text, 600))
    if question.answer is None:
        return [kit.section(asked), kit.small(t.md("No answer yet."))]
    answered = t.md("*{name}:* {text}", name=question.reporter, text=kit.cut(question.answer, 2_000))
    return [kit.section(asked), kit.section(answered)]


def to_do(found: ToDo, t: Texts) -> View:
    """What it takes to do something with some reports."""
    lines = [_short(card, t) for card in found.cards[:LISTED]]
    left = len(found.cards) - LISTED
    blocks: list[Block] = [kit.section(f"*{t(STEPS[found.step])}*"), *kit.listing(lines)]
    if left > 0:
        blocks.append(kit.small(t.md("And {count} more.", count=left)))
    return kit.modal(
        t,
        t("Answer reports"),
        [*blocks, *_fields(found, t)],
        callback=ids.TRIAGE,
        submit=t("Do it"),
        keep={"step": found.step, "reports": [card.id for card in found.cards], "seen": found.seen},
    )


def _short(card: FeedbackCard, t: Texts) -> str:
    words = kit.line(card.text, 120) if card.text.strip() else t(KINDS[card.kind])
    return t.md("*{reference}* {words}", reference=card.reference, words=words)


def _fields(found: ToDo, t: Texts) -> list[InputBlock]:
    step = found.step
    fields: list[InputBlock] = []
    if step is Step.DUPLICATE:
        options = [
            kit.option(f"{one.reference} {one.text.strip() or t(KINDS[one.kind])}", one.reference)
            for one in found.carrying_on
        ]
        if options:
            fields.append(kit.select("carries_on", t("In which? The likest first"), options, optional=True))
        fields.append(
            kit.text_input("number", t("Or its number"), lines=False, optional=True, hint=t("Such as F-12"), most=20)
        )
    if step is Step.PASS_ON:
        fields.append(kit.text_input("owner", t("Who looks after it now?"), lines=False, most=OWNER))
        fields.append(
            kit.text_input("work_order", t("Number of the work order"), lines=False, optional=True, most=WORK_ORDER)
        )
    if step is Step.ACCEPT:
        fields.append(kit.day_input("day", t("Done until")))
    if step is Step.PASS_ON:
        fields.append(kit.day_input("day", t("They get to it until"), optional=True))
    if step in WORDS:
        hint = t("The reporter gets this word for word.")
        optional = step not in NEEDS_WORDS
        fields.append(kit.text_input("words", t(WORDS[step]), optional=optional, hint=hint))
    if step in (Step.SET_CAUSE, Step.EXPLAIN, Step.DECLINE, Step.PASS_ON):
        causes = [kit.option(t(CAUSES[cause]), cause) for cause in Cause]
        fields.append(kit.select("cause", t("Cause"), causes, optional=step is not Step.SET_CAUSE))
    return fields


def next_view(found: InboxPage | Opened | ToDo, t: Texts) -> View:
    """What a data scientist sees after they went on."""
    match found:
        case InboxPage():
            return inbox(found, t)
        case Opened():
            return opened(found, t)
        case ToDo():
            return to_do(found, t)


def triaged(result: Triaged, t: Texts) -> View:
    """What was done, with what it was not done and why, and the way back."""
    blocks: list[Block] = [kit.section(t.md(DONE[result.step], references=t.listed(result.done)))]
    if result.not_done:
        head = t.many_md("Not done with {count}:", "Not done with {count}:", len(result.not_done))
        lines = [
            t.md("*{reference}* {because}", reference=one.reference, because=t(one.because, **one.values))
            for one in result.not_done
        ]
        blocks += [kit.section(head), *kit.listing(lines)]
    return kit.modal(t, t("Done"), blocks, callback=ids.LOOK_ON, submit=t("To the reports"))
