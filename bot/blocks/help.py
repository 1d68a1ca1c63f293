"""What `help` answers on each command: only what works for this person, and who does the rest."""

from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from store.abilities import Abilities
from store.errors import N_
from store.references import Series, named, write
from store.tools import ToolType

EXAMPLES: dict[ToolType, str] = {
    ToolType.ALARM: N_("{tool}: false alarm on P-101"),
    ToolType.FORECAST: N_("{tool}: wrong value for the night shift"),
    ToolType.RECOMMENDATION: N_("{tool}: wrong advice, that part is new"),
    ToolType.VISION: N_("{tool}: missed a hole in panel 14"),
    ToolType.OPTIMISER: N_("{tool}: can't follow, the plan wants two trucks that we don't have"),
    ToolType.ASSISTANT: N_("{tool}: unclear, it gave me two answers"),
}
"""What a report on each type of tool may sound like; the words name a kind that this type has."""

REFERENCES: dict[Series, str] = {
    Series.EMBEDDING: N_("{reference} is an embedding: `/embedding-summary {reference}` says how it is going."),
    Series.FEEDBACK: N_("{reference} is a report. `/model-feedback {reference}` shows one of yours."),
    Series.CHANGE_NOTE: N_("{reference} is a change note. `/change-note history` shows what changed in your tools."),
}
"""Where somebody finds what a reference names."""


def model_feedback(found: Abilities, t: Texts) -> Written:
    """The answer to `/model-feedback help`, and to a reference that nobody files as a report."""
    lines = _not_understood(found, t)
    if found.asked:
        lines.append(t.md("Nothing was filed just now. To report something, add what the tool did."))
    if not found.tools:
        return _written([*lines, *_no_tool(found, t)])
    name, kind = found.tools[0]
    lines += [
        t.md("`/model-feedback {example}` files a report in one go.", example=t(EXAMPLES[kind], tool=name)),
        t.md("`/model-feedback unsafe {tool}, and what it is` tells the duty contacts at once.", tool=name),
        t.md("`/model-feedback` alone opens a form."),
        t.md("You can also write to me here in your own words; I ask you back what it was."),
        t.md("*Report model behaviour*, in the menu of a message, makes a report of that message."),
    ]
    if found.has_reported:
        lines.append(
            t.md(
                "`/model-feedback list` shows your reports and what became of them. With the number of one, such as "
                "`/model-feedback F-12`, you can change it, add to it or withdraw it; words behind the number are "
                "added at once."
            )
        )
        lines.append(t.md("`/model-feedback again F-1` says that it happened again, `/change-note F-1` what changed."))
    if found.restricts:
        lines += [
            t.md(
                "`/model-feedback restrict` tells everybody what not to rely on {tools} for.",
                tools=t.either(found.restricts),
            ),
            t.md("`/model-feedback lift` tells them that they can rely on it again."),
        ]
    return _written(lines)


def embedding(found: Abilities, t: Texts) -> Written:
    """The answer to `/embedding help`, and to words that it does not know."""
    lines = _not_understood(found, t)
    if found.schedules_for:
        lines.append(t.md("`/embedding` proposes an embedding for {teams}.", teams=t.listed(found.schedules_for)))
    else:
        lines += _schedulers(found, t)
    if found.any_embedding:
        lines.append(t.md("`/embedding list` shows which there are."))
    else:
        lines.append(t.md("There is no embedding here yet."))
    if found.has_shifts:
        lines.append(t.md("`/embedding shifts` shows who works when."))
    if found.crews_of:
        lines.append(t.md("`/embedding crews` puts people of {teams} into crews.", teams=t.listed(found.crews_of)))
    return _written([*lines, *_not_now(found, t), *_summary(found, t)])


def change_note(found: Abilities, t: Texts) -> Written:
    """The answer to `/change-note help`, and to words that it does not know."""
    lines = _not_understood(found, t)
    if found.notes_on:
        lines += [
            t.md("`/change-note` notes what changed in {tools}.", tools=t.listed(found.notes_on)),
            t.md("`/change-note inbox` shows the reports that wait for you."),
            t.md("`/change-note observed` notes what you saw on the floor, `/change-note observations` lists it."),
            t.md("`/change-note exposure` enters how many alerts a tool has shown in a week."),
            t.md("`/change-note list` has your drafts and what is live; `/change-note C-1` shows one of them."),
        ]
    elif found.noters:
        lines.append(
            t.many_md(
                "{names} notes what changes in your tools, and you are told when it answers a report of yours.",
                "{names} note what changes in your tools, and you are told when it answers a report of yours.",
                len(found.noters),
                names=t.listed(found.noters),
            )
        )
    else:
        lines.append(t.md("The data scientists of an embedding note changes. Nobody is embedded with you right now."))
    if found.tools:
        name, _ = found.tools[0]
        lines.append(t.md("`/change-note history {tool}` shows how {tool} has changed.", tool=name))
    if found.tools and not found.notes_on:
        lines.append(t.md("To say what a tool did, type `/model-feedback`."))
    return _written(lines)


def embedding_summary(found: Abilities, t: Texts) -> Written:
    """The answer to `/embedding-summary help`, and to words that it does not know."""
    lines = _not_understood(found, t)
    if found.summary_of:
        return _written([*lines, *_summary(found, t)])
    if found.any_embedding:
        lines.append(t.md("You take part in no embedding yet. `/embedding list` shows which there are."))
        return _written(lines)
    lines.append(t.md("There is no embedding here yet, so there is nothing to sum up."))
    if found.schedules_for:
        return _written([*lines, t.md("Type `/embedding` to propose the first one.")])
    return _written([*lines, *_schedulers(found, t)])


def _not_understood(found: Abilities, t: Texts) -> list[str]:
    if not found.asked:
        return []
    meant = named(found.asked)
    if meant is None:
        return [t.md("I don't know “{words}”. This works for you:", words=kit.cut(found.asked, 60))]
    series, number = meant
    return [t.md(REFERENCES[series], reference=write(series, number))]


def _no_tool(found: Abilities, t: Texts) -> list[str]:
    if not found.schedulers:
        return [t.md("No tool is on the list for you yet, so there is nothing to report on.")]
    return [
        t.md(
            "No tool is on the list for you yet, so there is nothing to report on. If you work with one, ask {name}.",
            name=found.schedulers[0],
        )
    ]


def _schedulers(found: Abilities, t: Texts) -> list[str]:
    if not found.schedulers:
        return []
    return [
        t.many_md(
            "{names} schedules embeddings here.",
            "{names} schedule embeddings here.",
            len(found.schedulers),
            names=t.listed(found.schedulers),
        )
    ]


def _not_now(found: Abilities, t: Texts) -> list[str]:
    lines: list[str] = []
    if found.is_asked:
        lines += [
            t.md("`/embedding away 2026-12-24..2027-01-02` stops questions for these days; `/embedding back` ends it."),
            t.md("`/embedding settings` has your quiet hours and reminders."),
        ]
    if found.closes_for:
        lines += [
            t.md(
                "`/embedding shutdown` shows and notes days on which {teams} does not work.",
                teams=t.listed(found.closes_for),
            ),
            t.md("`/embedding pause` stops the questions of an embedding, `/embedding resume` lets it go on."),
        ]
    return lines


def _summary(found: Abilities, t: Texts) -> list[str]:
    if not found.summary_of:
        return []
    return [
        t.md(
            "`/embedding-summary` says how the newest embedding that you take part in is going. "
            "`/embedding-summary {reference}` says it of {reference}.",
            reference=found.summary_of,
        )
    ]


def _written(lines: list[str]) -> Written:
    text = "\n".join(lines)
    return Written(text, [kit.section(text)])
