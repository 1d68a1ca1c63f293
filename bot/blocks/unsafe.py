"""How something unsafe looks: what its reporter reads first, what those who are called get, and what follows."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, InputBlock
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import additions, kit, restrictions
from bot.blocks.kit import Written
from bot.texts import Markdown, Texts
from store.details import Noted
from store.feedback import Filed, Raised
from store.reporting import Reportable
from store.restrictions import InForce
from store.unsafe import MayCall
from store.unsafe_cards import Unanswered, UnsafeCard

YES, NO = "yes", "no"


def _danger(number: str | None, t: Texts) -> Markdown:
    """What stands first wherever something unsafe is reported."""
    if number is None:
        return t.md(
            "🛑 *Danger now? Stop and call your site's emergency number.* "
            "This app is not the emergency or hazard system."
        )
    return t.md(
        "🛑 *Danger now? Stop and call {number}.* This app is not the emergency or hazard system.", number=number
    )


def refused(said: Markdown, t: Texts) -> Written:
    """To whoever wrote that something is unsafe where nothing came of it: what to do, and then why."""
    nobody = t.md("*Nobody was told.* {why}", why=said)
    danger = _danger(None, t)
    return Written(Markdown(f"{danger}\n{nobody}"), [kit.section(danger), kit.section(nobody)])


def first_rows(found: Reportable, t: Texts, *, ticked: bool = False) -> list[Block]:
    """The first rows of every form that files a report."""
    choice = kit.option(t("⚠️ Something is unsafe: tell the duty contact now"), YES)
    return [kit.section(_danger(found.number, t)), kit.tick("unsafe", t("Unsafe?"), choice, ticked=ticked)]


def form(found: Reportable, t: Texts) -> View:
    """The form for something unsafe alone: short, with what to do in danger first."""
    tools = [kit.option(name, key) for key, name in found.tools]
    return kit.modal(
        t,
        t("Something unsafe"),
        [
            kit.section(_danger(found.number, t)),
            _may_they_call(t),
            kit.select("tool", t("Tool"), tools, chosen=tools[0]),
            kit.text_input("text", t("What is unsafe, and where?")),
            kit.small(
                t.md(
                    "Your duty contacts, your lead and the people embedded with your team see this with your name. "
                    "You hear at once who has it."
                )
            ),
            *restrictions.banner(found.restrictions, t),
        ],
        callback=ids.FILE_UNSAFE,
        submit=t("Send"),
    )


def way_in(t: Texts) -> list[Block]:
    """The row with the button that reports something unsafe, for a home or a pinned message."""
    return [kit.buttons(kit.button(t("Something unsafe"), ids.REPORT_UNSAFE, style="danger"))]


def filed(result: Filed, raised: Raised, t: Texts) -> Written:
    """The answer to whoever typed it: what to do in danger, and one question."""
    return _asked(result.reference, raised, result.restrictions, t)


def raised(found: Raised, t: Texts) -> Written:
    """The same to whoever said it in a thread."""
    return _asked(found.reference, found, (), t)


def _asked(reference: str, raised: Raised, limits: Sequence[InForce], t: Texts) -> Written:
    buttons = [
        kit.button(label, ids.each(ids.MAY_CALL, word), f"{raised.feedback_id}/{word}")
        for word, label in ((YES, t("Yes")), (NO, t("No")))
    ]
    return Written(
        _danger(raised.number, t),
        [
            *_told(reference, raised, t),
            kit.section(t.md("May they call you?")),
            kit.buttons(*buttons),
            *restrictions.banner(limits, t),
        ],
    )


def ask_back(result: Filed, raised: Raised, t: Texts) -> View:
    """The screen that follows a form in which something unsafe was ticked: it is filed already."""
    return _ask_back(result.reference, raised, result.restrictions, t)


def ask_after(raised: Raised, t: Texts) -> Written | View:
    """The screen that follows a form in which somebody said besides that something is unsafe.

    Whoever said it before was asked then; what to do in danger stands there again.
    """
    return _ask_back(raised.reference, raised, (), t) if raised.anew else _said_again(raised, t)


def _said_again(raised: Raised, t: Texts) -> Written:
    danger = _danger(raised.number, t)
    kept = t.md("It is kept with {reference}. Whoever has the report sees it there.", reference=raised.reference)
    blocks = [kit.section(danger), kit.section(kept)]
    if raised.taken_by is not None:
        blocks.append(kit.section(_has_it(raised.taken_by, raised.reference, t)))
    elif raised.called:
        names = t.listed(raised.called)
        blocks.append(kit.section(t.md("Called so far: {names}. You hear at once who has it.", names=names)))
    return Written(danger, blocks)


def noted(result: Noted, t: Texts) -> Written | View | None:
    """The same after the form of an answer; there is no screen when nothing is unsafe."""
    return ask_after(result.unsafe, t) if result.unsafe is not None else None


def _ask_back(reference: str, raised: Raised, limits: Sequence[InForce], t: Texts) -> View:
    return kit.modal(
        t,
        t("Something unsafe"),
        [*_told(reference, raised, t), _may_they_call(t), *restrictions.banner(limits, t)],
        callback=ids.SAY_MAY_CALL,
        submit=t("Send"),
        keep={"feedback": raised.feedback_id},
    )


def filed_alone(result: Filed, t: Texts) -> Written:
    """The answer to the form for something unsafe, in which the question was answered already."""
    raised = result.unsafe or Raised(result.id, None, ())
    blocks = [*_told(result.reference, raised, t), *restrictions.banner(result.restrictions, t)]
    return Written(_danger(raised.number, t), blocks)


def may_call(result: MayCall, t: Texts) -> Written:
    """The answer once they have said whether they may be called."""
    said = t.md("Noted: they may call you.") if result.yes else t.md("Noted: they will not call you.")
    if result.taken_by is None:
        blocks = _told(result.reference, result.raised, t)
    else:
        has_it = _has_it(result.taken_by, result.reference, t)
        blocks = [kit.section(_danger(result.raised.number, t)), kit.section(has_it)]
    edit = kit.button(t("Edit"), ids.EDIT_REPORT, result.raised.feedback_id)
    return Written(said, [*blocks, kit.section(said), kit.buttons(edit)])


def _has_it(name: str, reference: str, t: Texts) -> Markdown:
    return t.md("{name} has your report {reference}.", name=name, reference=reference)


def _told(reference: str, raised: Raised, t: Texts) -> list[Block]:
    first = kit.section(_danger(raised.number, t))
    if raised.taken_by is not None:
        return [first, kit.section(_has_it(raised.taken_by, reference, t))]
    if not raised.called:
        return [first, kit.section(_nobody(reference, raised.number, t))]
    told = t.many_md(
        "*{reference}* is filed. {names} is told now. You hear at once who has it.",
        "*{reference}* is filed. {names} are told now. You hear at once who has it.",
        len(raised.called),
        reference=reference,
        names=t.listed(raised.called),
    )
    return [first, kit.section(told)]


def _may_they_call(t: Texts) -> InputBlock:
    return kit.radio("may_call", t("May they call you?"), [kit.option(t("Yes"), YES), kit.option(t("No"), NO)])


def called(card: UnsafeCard, t: Texts) -> Written:
    """To whoever is called, with the button that says they have it; later with what came of it."""
    written = _card(card, t)
    return Written(written.text, [*written.blocks, *restrictions.banner(card.report.restrictions, t)])


def _card(card: UnsafeCard, t: Texts) -> Written:
    report = card.report
    title = t.md("⚠️ Unsafe: {reference} on {tool}", reference=report.reference, tool=report.tool)
    if card.not_unsafe:
        title = t.md("Not unsafe: {reference} on {tool}", reference=report.reference, tool=report.tool)
    rest = t.md("Cut here. All of it is kept.")
    return Written(
        title,
        [
            kit.section(t.md("*{title}*", title=title)),
            *kit.words(report.text, rest),
            *additions.added(report.additions, t, card.zone),
            *_answers(card, t),
            kit.small(_by(card, t)),
            *_standing(card, t),
            *_buttons(card, t),
        ],
    )


def entry(card: UnsafeCard, t: Texts) -> Sequence[Block]:
    """The same in a list, above which stands what not to rely on."""
    return _card(card, t).blocks


def _by(card: UnsafeCard, t: Texts) -> str:
    report = card.report
    filed_at = t.moment(report.filed_at, card.zone)
    if card.may_call is None:
        return t.md("{name}, {moment}", name=report.reporter, moment=filed_at)
    if card.may_call:
        return t.md("{name}, {moment}. You may call them.", name=report.reporter, moment=filed_at)
    return t.md("{name}, {moment}. Please do not call them.", name=report.reporter, moment=filed_at)


def _answers(card: UnsafeCard, t: Texts) -> list[Block]:
    """What its reporter said to those who asked about it: the newest answers."""
    return [
        kit.section("\n".join([t.md("Asked: {question}", question=kit.line(question, QUESTIONED)), kit.quote(answer)]))
        for question, answer in card.answers[-additions.SHOWN :]
    ]


QUESTIONED = 300
"""Of a question that was asked about it."""


def _standing(card: UnsafeCard, t: Texts) -> list[Block]:
    if card.withdrawn:
        return [kit.section(t.md("*Withdrawn* by {name}. Nothing to do.", name=card.report.reporter))]
    if card.not_unsafe:
        says = t.md("{name} says now that it is *not unsafe*. Nothing to do.", name=card.report.reporter)
        return [kit.section(says), *_who_has_it(card, t)]
    return _who_has_it(card, t)


def _who_has_it(card: UnsafeCard, t: Texts) -> list[Block]:
    if card.taken_by is None or card.taken_at is None:
        return []
    moment = t.moment(card.taken_at, card.zone)
    if card.mine:
        return [kit.section(t.md("*You have it*, since {moment}.", moment=moment))]
    return [kit.section(t.md("*{name} has it*, since {moment}.", name=card.taken_by, moment=moment))]


def _buttons(card: UnsafeCard, t: Texts) -> list[Block]:
    report_id = card.report.id
    rows: list[Block] = []
    if card.is_open:
        rows.append(
            kit.buttons(kit.button(t("I've got it"), ids.each(ids.TAKE, report_id), report_id, style="primary"))
        )
    if card.may_restrict and not card.withdrawn and not card.not_unsafe:
        rows += restrictions.way_in(t, report_id)
    return rows


def taken(card: UnsafeCard, t: Texts) -> Written:
    """To the reporter: somebody has it."""
    text = _has_it(card.taken_by or "", card.report.reference, t)
    return Written(text, [kit.section(text)])


def unseen(card: UnsafeCard, t: Texts) -> Written:
    """To the reporter: nobody has taken it in time."""
    reference = card.report.reference
    if card.number is None:
        text = t.md(
            "Nobody has seen *{reference}* yet. *Call your site's emergency number.* Others are told now.",
            reference=reference,
        )
    else:
        text = t.md(
            "Nobody has seen *{reference}* yet. *Call {number}.* Others are told now.",
            reference=reference,
            number=card.number,
        )
    return Written(text, [kit.section(text)])


def nobody_left(card: UnsafeCard, t: Texts) -> Written:
    """To the reporter: there is nobody left to be called."""
    text = _nobody(card.report.reference, card.number, t)
    return Written(text, [kit.section(text)])


def _nobody(reference: str, number: str | None, t: Texts) -> Markdown:
    if number is None:
        return t.md(
            "*{reference}* is filed, but there is nobody else I can reach. *Call your site's emergency number.*",
            reference=reference,
        )
    return t.md(
        "*{reference}* is filed, but there is nobody else I can reach. *Call {number}.*",
        reference=reference,
        number=number,
    )


def withdrawn(card: UnsafeCard, t: Texts) -> Written:
    """To those who were called: it was withdrawn."""
    report = card.report
    text = t.md(
        "{reference} on {tool} was withdrawn by {name}. Nothing to do.",
        reference=report.reference,
        tool=report.tool,
        name=report.reporter,
    )
    return Written(text, [kit.section(text)])


def no_more(card: UnsafeCard, t: Texts) -> Written:
    """To those who were called: its reporter says that it is not unsafe."""
    report = card.report
    text = t.md(
        "{name} says that {reference} on {tool} is not unsafe. Nothing to do.",
        reference=report.reference,
        tool=report.tool,
        name=report.reporter,
    )
    return Written(text, [kit.section(text)])


def unanswered(one: Unanswered, t: Texts, zone: str) -> list[Block]:
    """To an admin: nobody is left to be called about something unsafe."""
    moment = t.moment(one.at, zone)
    if one.team is None:
        text = t.md(
            "⚠️ *{reference}* on {tool} is unsafe, and since {moment} there is nobody to tell: no team uses the tool.",
            reference=one.reference,
            tool=one.tool,
            moment=moment,
        )
    else:
        text = t.md(
            "⚠️ *{reference}* on {tool} is unsafe, and since {moment} there is nobody left to tell in {team}. "
            "See that somebody has it, and that its duty contacts are right.",
            reference=one.reference,
            tool=one.tool,
            moment=moment,
            team=one.team,
        )
    return [kit.section(text)]
