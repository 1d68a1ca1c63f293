"""How reporters hear what came of their reports, and what they are asked; and how data scientists hear of answers."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit, unsafe
from bot.blocks.kit import Written
from bot.texts import Markdown, Texts
from bot.texts.glossary import FEEDBACK_STATUSES, KINDS, PICTOGRAMS
from store.asking_back import Answered, QuestionCard
from store.decisions import Decided
from store.feedback import FeedbackCard, FeedbackStatus
from store.outcome_news import Outcome

QUOTED, QUOTED_SIGNS = 5, 600
"""Of the reports that one sentence is about, and of their words in all, so that their reporter knows them again."""
REMINDED = 15
"""As many unread reports as one message names."""


def outcomes(found: Sequence[Outcome], t: Texts) -> Written:
    """To a reporter: what came of their reports, with what was said to them word for word."""
    blocks: list[Block] = []
    for outcome in found:
        blocks.append(kit.section("\n".join([_what(outcome, t), *_own_words(outcome)])))
        if outcome.words.strip():
            cut = t.md("Cut here. Ask {name} for all of it.", name=outcome.by)
            blocks.append(kit.section(t.md("In {name}'s words:", name=outcome.by)))
            blocks += kit.words(outcome.words, cut)
    text = _what(found[0], t)
    if len(found) > 1:
        text = t.many_md(
            "There is news of {count} report of yours.",
            "There is news of {count} reports of yours.",
            sum(len(outcome.references) for outcome in found),
        )
        blocks = [kit.section(f"*{text}*"), *blocks]
    return Written(text, blocks)


def _own_words(outcome: Outcome) -> list[str]:
    said = [text for text in outcome.texts if text.strip()][:QUOTED]
    return [kit.quote(text, QUOTED_SIGNS // len(said)) for text in said]


def _what(outcome: Outcome, t: Texts) -> str:
    given = {"references": t.listed(outcome.references), "name": outcome.by, "tool": outcome.tool}
    count = len(outcome.references)
    if outcome.promised:
        return t.many_md(
            "What you were told last about {references} ({tool}) does not hold any more. "
            "It is worked on as promised before, and meant to be done by {day}.",
            "What you were told last about {references} ({tool}) does not hold any more. "
            "They are worked on as promised before, and meant to be done by {day}.",
            count,
            references=given["references"],
            tool=outcome.tool,
            day=t.day(outcome.promised),
        )
    if outcome.reopened:
        return t.many_md(
            "Your report {references} on {tool} is open again: what you were told does not hold any more.",
            "Your reports {references} on {tool} are open again: what you were told does not hold any more.",
            count,
            **given,
        )
    if outcome.goes_alone:
        return t.many_md(
            "Your report {references} goes on by itself again: {other} does not carry on. You hear what becomes of it.",
            "Your reports {references} go on by themselves again: {other} does not carry on. "
            "You hear what becomes of them.",
            count,
            references=given["references"],
            other=outcome.carried_on_by or "",
        )
    if outcome.carried_on_by and outcome.status is not FeedbackStatus.DUPLICATE:
        joined = t.many_md(
            "Your report {references} goes on in {other}.",
            "Your reports {references} go on in {other}.",
            count,
            references=given["references"],
            other=outcome.carried_on_by,
        )
        given["references"] = outcome.carried_on_by
        return Markdown(f"{joined} {_decided(outcome, given, 1, t)}")
    return _decided(outcome, given, count, t)


def _decided(outcome: Outcome, given: dict[str, str], count: int, t: Texts) -> str:
    match outcome.status:
        case FeedbackStatus.ACCEPTED:
            return t.many_md(
                "{name} works on {references} ({tool}) and means to have it done by {day}.",
                "{name} works on {references} ({tool}) and means to have them done by {day}.",
                count,
                day=t.day(outcome.day) if outcome.day else "?",
                **given,
            )
        case FeedbackStatus.PASSED_ON:
            return " ".join(_passed_on(outcome, given, count, t))
        case FeedbackStatus.EXPLAINED:
            return t.many_md(
                "{name} looked into {references}: {tool} did there what it is meant to do.",
                "{name} looked into {references}: {tool} did there what it is meant to do.",
                count,
                **given,
            )
        case FeedbackStatus.DECLINED:
            return t.many_md(
                "Thank you for {references}. {name} read it, and {tool} will not be changed for it.",
                "Thank you for {references}. {name} read them, and {tool} will not be changed for them.",
                count,
                **given,
            )
    return t.many_md(
        "Your report {references} is about the same as {other}, which carries on. You hear what becomes of it.",
        "Your reports {references} are about the same as {other}, which carries on. You hear what becomes of it.",
        count,
        references=given["references"],
        other=outcome.carried_on_by or "",
    )


def _passed_on(outcome: Outcome, given: dict[str, str], count: int, t: Texts) -> list[str]:
    lines: list[str] = [
        t.many_md(
            "{name} passed {references} ({tool}) on: {owner} looks after it now.",
            "{name} passed {references} ({tool}) on: {owner} looks after them now.",
            count,
            owner=outcome.owner or "",
            **given,
        )
    ]
    if outcome.day:
        lines.append(t.md("It should be their turn by {day}.", day=t.day(outcome.day)))
    if outcome.work_order:
        lines.append(t.md("The work order is {number}.", number=outcome.work_order))
    return lines


def question(card: QuestionCard, t: Texts) -> Written:
    """To a reporter: a data scientist asks something about their report."""
    text = t.md("{name} has a question about your report {reference}.", name=card.asked_by, reference=card.reference)
    return Written(
        text,
        [
            kit.section(f"*{text}*"),
            *_report(card),
            *kit.words(card.text, t.md("Cut here.")),
            kit.buttons(kit.button(t("Answer"), ids.ANSWER_QUESTION, card.id, style="primary")),
            kit.small(t.md("Or write your answer in the thread of this message.")),
        ],
    )


def question_over(card: QuestionCard, t: Texts) -> Written:
    """The same message once it is answered, or nobody needs the answer any more."""
    text = t.md("{name} had a question about your report {reference}.", name=card.asked_by, reference=card.reference)
    if card.answer is None:
        done = t.md("It is settled without an answer. Nothing to do.")
        return Written(text, [kit.section(text), *kit.words(card.text, t.md("Cut here.")), kit.small(done)])
    return Written(
        text,
        [
            kit.section(text),
            *kit.words(card.text, t.md("Cut here.")),
            kit.section(t.md("*You said:* {answer}", answer=kit.cut(card.answer, 2_500))),
            kit.small(t.md("{name} has your answer. You can add to it in the thread.", name=card.asked_by)),
        ],
    )


def question_answered(card: QuestionCard, t: Texts) -> Written:
    """To the data scientist: the answer."""
    text = t.md("{name} answered about {reference}.", name=card.reporter, reference=card.reference)
    open_it = kit.button(t("Open"), ids.each(ids.OPEN_REPORT, card.feedback_id), card.feedback_id)
    return Written(
        text,
        [
            kit.section(f"*{text}*"),
            kit.section(kit.quote(card.text)),
            *kit.words(card.answer or "", t.md("Cut here. The report has all of it.")),
            kit.buttons(open_it),
        ],
    )


def question_form(card: QuestionCard, t: Texts) -> View:
    """The form in which a reporter answers."""
    return kit.modal(
        t,
        t("Your answer"),
        [
            *_report(card),
            kit.section(t.md("*{name} asks:*", name=card.asked_by)),
            *kit.words(card.text, t.md("Cut here.")),
            kit.text_input("answer", t("Your answer")),
            kit.small(t.md("{name} gets it with your name.", name=card.asked_by)),
        ],
        callback=ids.KEEP_QUESTION_ANSWER,
        submit=t("Send"),
        keep={"question": card.id},
    )


def answer_kept(result: Answered, t: Texts) -> Written | View:
    """The answer to whoever answered; of something unsafe one more question is asked."""
    if result.unsafe is not None:
        return unsafe.ask_after(result.unsafe, t)
    text = t.md(
        "Thank you. {name} gets your answer about {reference}.", name=result.asked_by, reference=result.reference
    )
    return Written(text, [kit.section(text)])


def _report(card: QuestionCard) -> list[Block]:
    return [kit.section(kit.quote(card.report))] if card.report.strip() else []


def decided(one: Decided, t: Texts) -> Block:
    """A decision about a report, with what its reporter was told."""
    said = t.md("{name}: {status}.", name=one.by, status=t(FEEDBACK_STATUSES[one.status]))
    more = [said]
    if one.owner:
        more.append(t.md("To {owner}.", owner=one.owner))
    if one.day:
        more.append(t.md("By {day}.", day=t.day(one.day)))
    if one.work_order:
        more.append(t.md("Work order {number}.", number=one.work_order))
    if one.words.strip():
        more.append(t.md("“{words}”", words=kit.cut(one.words, 600)))
    if one.taken_back:
        more.append(t.md("_Taken back._"))
    return kit.small(" ".join(more))


def unread(found: Sequence[FeedbackCard], t: Texts) -> Written:
    """To the data scientists: reports that nobody has read for two of their working days."""
    text = t.many_md(
        "{count} report has waited for two working days, and nobody has read it.",
        "{count} reports have waited for two working days, and nobody has read them.",
        len(found),
    )
    return Written(
        text,
        [
            kit.section(f"*{text}*"),
            *kit.listing(_unread(card, t) for card in found[:REMINDED]),
            kit.buttons(kit.button(t("See the reports"), ids.INBOX, style="primary")),
        ],
    )


def _unread(card: FeedbackCard, t: Texts) -> Markdown:
    kind = f"{PICTOGRAMS[card.kind]} {t(KINDS[card.kind])}"
    if not card.text.strip():
        return t.md("*{reference}* {kind}, {tool}", reference=card.reference, kind=kind, tool=card.tool)
    return t.md(
        "*{reference}* {kind}, {tool}: {words}",
        reference=card.reference,
        kind=kind,
        tool=card.tool,
        words=kit.line(card.text, 120),
    )
