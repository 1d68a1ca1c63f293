"""How prompt plans look: the list of them, the form of one, what it would cost, and the form of own questions."""

from dataclasses import asdict

from babel.numbers import format_decimal
from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, Option
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from bot.texts.asked import answer_label, question_text, set_title
from bot.texts.glossary import FREQUENCIES, MOMENTS, QUESTION_KINDS, ROLES, SET_TITLES
from store.asking import ROLES_ASKED, Kept, PlanChoices, PlanLine, Planned, Plans, Preview, SetChoice, SetToCopy
from store.figures.burden import Burden
from store.prompt_plans import Frequency, Moment
from store.questions import MOST_QUESTIONS, QuestionKind, QuestionSet, SetName

EVERYBODY = "all"
"""The value of the option that leaves out nobody."""
LONGEST_TITLE = 60
LONGEST_QUESTION = 200
MOST_SETS = 10
LISTED = 4
"""As many embeddings as one message has room for, each with as many plans as it may have."""


def listed(found: Plans, t: Texts) -> Written:
    """What somebody plans: each plan with its buttons, and what one can begin."""
    title = t("What your embeddings ask")
    blocks: list[Block] = [kit.heading(title)]
    for planned in found.embeddings[:LISTED]:
        blocks.append(kit.section(t.md("*{reference}* {team}", reference=planned.reference, team=planned.team)))
        if not planned.plans:
            blocks.append(kit.small(t.md("It asks nobody.")))
        for line in planned.plans:
            blocks += [kit.section(_line(line, t)), kit.buttons(*_plan_buttons(planned, line, t))]
        blocks.append(kit.buttons(*_new_buttons(planned, t)))
    if len(found.embeddings) > LISTED:
        blocks.append(kit.small(t.md("The newest {count} are shown.", count=LISTED)))
    return Written(title, blocks)


def plan_form(found: PlanChoices, t: Texts) -> View:
    """The modal that makes or changes a plan; what is left empty is as the site has it."""
    draft = found.draft
    sets = [kit.option(set_title(one, t), one.name.written) for one in found.sets]
    everybody = t("Everybody")
    crews = [kit.option(everybody, EVERYBODY), *(kit.option(name, key) for key, name in found.crews)]
    roles = [kit.option(everybody, EVERYBODY), *(kit.option(t(ROLES[role]), role) for role in ROLES_ASKED)]
    moments = [kit.option(t(MOMENTS[moment]), moment) for moment in Moment]
    frequencies = [kit.option(t(FREQUENCIES[frequency]), frequency) for frequency in Frequency]
    usual = t("Empty: as your site has it")
    return kit.modal(
        t,
        t("What to ask"),
        [
            kit.select("questions", t("Questions"), sets, chosen=_chosen(sets, draft.set_name.written)),
            kit.select("crew", t("Crew"), crews, chosen=_chosen(crews, draft.crew_id or EVERYBODY)),
            kit.select("role", t("Who of them"), roles, chosen=_chosen(roles, draft.role or EVERYBODY)),
            _number("share", t("How many percent of them each time"), draft.share),
            kit.select("moment", t("When"), moments, chosen=_chosen(moments, draft.moment)),
            _number("minutes", t("How many minutes before or after that"), draft.minutes, usual),
            kit.select("frequency", t("How often"), frequencies, chosen=_chosen(frequencies, draft.frequency)),
            _number("nth", t("For every n-th shift: n"), draft.nth, usual),
            _number("window_minutes", t("Minutes into the next shift to answer"), draft.window_minutes, usual),
            _number("cap", t("At most so often a week"), draft.cap, usual),
        ],
        callback=ids.PREVIEW_PLAN,
        submit=t("See what it costs"),
        keep={"embedding": draft.embedding_id, "plan": draft.plan_id},
    )


def preview(found: Preview, t: Texts) -> View:
    """What the plan would cost, before it is kept."""
    text = t.md("*{questions}* for {reference}", questions=set_title(found.asked, t), reference=found.reference)
    return kit.modal(
        t,
        t("What it costs"),
        [
            kit.section(text),
            kit.section(_cost(found.burden, t)),
            kit.small(t.md("This counts reading and answering all of it, for one of those whom it asks.")),
        ],
        callback=ids.KEEP_PLAN,
        submit=t("Keep the plan"),
        keep=asdict(found.draft),
    )


def plan_kept(result: Kept, t: Texts) -> Written:
    """The answer to whoever made or changed a plan."""
    if result.changed:
        text = t.md("The plan of {reference} is changed. What has not gone out yet follows it.", **_of(result))
    else:
        text = t.md("The plan of {reference} is made. Type `/embedding prompts` to see all of them.", **_of(result))
    return Written(text, [kit.section(text)])


def set_form(found: SetToCopy, t: Texts) -> View:
    """The modal that changes a copy of a set: up to five questions."""
    title = found.title or (t(SET_TITLES[found.ready]) if found.ready else "")
    blocks: list[Block] = [
        kit.text_input("title", t("Name of the set"), initial=title, lines=False, most=LONGEST_TITLE),
        kit.small(t.md("Everybody is asked in these words. Leave a question empty to leave it out.")),
    ]
    kinds = [kit.option(t(QUESTION_KINDS[kind]), kind) for kind in QuestionKind]
    for place in range(MOST_QUESTIONS):
        question = found.questions[place] if place < len(found.questions) else None
        number = place + 1
        text = question_text(question, found.tools, t) if question else ""
        labels = [*question.labels] if question else []
        if question and question.kind is QuestionKind.CHOICE and not labels:
            labels = [answer_label(question, choice, t) for choice in question.choices]
        kind = question.kind if question else QuestionKind.RATING
        blocks += [
            kit.text_input(
                f"text_{number}",
                t("Question {number}", number=number),
                initial=text,
                lines=False,
                optional=number > 1,
                most=LONGEST_QUESTION,
            ),
            kit.select(f"kind_{number}", t("{number}. Answered by", number=number), kinds, chosen=_chosen(kinds, kind)),
            kit.text_input(
                f"choices_{number}",
                t("{number}. Choices, one a line", number=number),
                initial="\n".join(labels),
                optional=True,
                most=400,
            ),
        ]
    return kit.modal(
        t,
        t("Your own questions"),
        blocks,
        callback=ids.KEEP_SET,
        submit=t("Keep them"),
        keep={"embedding": found.embedding_id},
    )


def set_kept(result: Kept, t: Texts) -> Written:
    """The answer to whoever wrote questions."""
    if result.changed:
        text = t.md("The questions of {reference} are changed. Who was asked before keeps the old ones.", **_of(result))
    else:
        text = t.md("The questions are kept with {reference}. A plan can ask them now.", **_of(result))
    return Written(text, [kit.section(text)])


def _line(line: PlanLine, t: Texts) -> str:
    whom = t("{share} percent of {crew}", share=line.share, crew=line.crew or t("everybody"))
    if line.role:
        whom = t("{whom}, only: {role}", whom=whom, role=t(ROLES[line.role]))
    text = t.md(
        "*{questions}*, {whom}. {frequency}, {moment}.",
        questions=set_title(line.asked, t),
        whom=whom,
        frequency=t(FREQUENCIES[line.frequency]),
        moment=t(MOMENTS[line.moment]),
    )
    state = t.md("It rests.") if line.paused else _cost(line.cost, t)
    return f"{text}\n{state}"


def _plan_buttons(planned: Planned, line: PlanLine, t: Texts) -> list[ButtonElement]:
    if line.paused:
        turn = kit.button(t("Go on"), ids.each(ids.RESUME_PLAN, line.id), line.id)
    else:
        turn = kit.button(t("Pause"), ids.each(ids.PAUSE_PLAN, line.id), line.id)
    return [
        kit.button(t("Change"), ids.each(ids.PLAN_FORM, line.id), f"{planned.id}/{line.id}"),
        turn,
        kit.button(t("End it"), ids.each(ids.END_PLAN, line.id), line.id, style="danger"),
    ]


def _new_buttons(planned: Planned, t: Texts) -> list[ButtonElement]:
    new = kit.button(t("New plan"), ids.each(ids.PLAN_FORM, f"new{planned.id}"), f"{planned.id}/0", style="primary")
    sets = (*(SetChoice(SetName(ready)) for ready in QuestionSet), *planned.own_sets)[:MOST_SETS]
    copies = [
        kit.button(
            t("Copy “{name}”", name=kit.cut(set_title(one, t), 40)),
            ids.each(ids.COPY_SET, f"{planned.id}/{one.name.written}"),
            f"{planned.id}/{one.name.written}",
        )
        for one in sets
    ]
    return [new, *copies]


def _cost(cost: Burden, t: Texts) -> str:
    return t.md(
        "About {minutes} minutes per person and week: asked {times} times a week.",
        minutes=format_decimal(round(cost.minutes, 1), locale=t.locale),
        times=format_decimal(round(cost.prompts, 1), locale=t.locale),
    )


def _of(result: Kept) -> dict[str, str]:
    return {"reference": result.reference}


def _number(name: str, label: str, value: int | None, hint: str | None = None) -> InputBlock:
    initial = "" if value is None else str(value)
    return kit.text_input(name, label, initial=initial, lines=False, optional=hint is not None, hint=hint, most=6)


def _chosen(options: list[Option], value: object) -> Option | None:
    return next((option for option in options if option.value == str(value)), None)
