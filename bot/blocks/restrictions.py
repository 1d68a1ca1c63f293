"""How a restriction looks: as a banner, in the forms that set and lift it, and in the messages about it."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Markdown, Texts
from store.restricting import Liftable, Lifted, News, Restrictable, Restricted
from store.restrictions import InForce

SHORT = 200
"""Characters of people's words in a line."""


def banner(standing: Sequence[InForce], t: Texts) -> list[Block]:
    """What stands on tools, a line for each; nothing when nothing does."""
    return kit.listing(_line(one, t) for one in standing)


def with_buttons(standing: Sequence[InForce], t: Texts) -> list[Block]:
    """The same, each with the button that lifts it."""
    return [kit.section(_line(one, t), kit.button(t("Lift"), ids.each(ids.LIFT, one.id), one.id)) for one in standing]


def _line(one: InForce, t: Texts) -> Markdown:
    """One restriction on one line."""
    what_for, why = kit.line(one.what_for, SHORT), kit.line(one.why, SHORT)
    if one.until is None:
        head = t.md("⛔ *Do not rely on {tool} for {what_for}.*", tool=one.tool, what_for=what_for)
    else:
        head = t.md(
            "⛔ *Do not rely on {tool} for {what_for}* until {until}.",
            tool=one.tool,
            what_for=what_for,
            until=t.moment(one.until, one.zone),
        )
    return t.md("{head} {why} ({name})", head=head, why=why, name=one.set_by) if why else head


def way_in(t: Texts, feedback_id: int | None = None) -> list[Block]:
    """The row with the button that restricts a tool, perhaps the one that a report is about."""
    which = feedback_id if feedback_id is not None else ""
    return [kit.buttons(kit.button(t("Say what not to rely on"), ids.each(ids.RESTRICT, which), which))]


def form(found: Restrictable, t: Texts) -> View:
    """The modal that restricts a tool."""
    tools = [kit.option(name, key) for key, name in found.tools]
    chosen = next((one for one in tools if one.value == str(found.chosen)), tools[0] if len(tools) == 1 else None)
    return kit.modal(
        t,
        t("Do not rely on a tool"),
        [
            kit.select("tool", t("Tool"), tools, chosen=chosen),
            kit.text_input("what_for", t("Do not rely on it for"), lines=False, most=SHORT),
            kit.day_input("until_day", t("Until, day (empty: until it is lifted)"), optional=True),
            kit.time_input("until_time", t("Until, time (empty: until that day is over)"), optional=True),
            kit.text_input("why", t("Why?"), lines=False, most=SHORT),
            kit.small(t.md("Every crew with this tool is told at the start of its shift, and sees it until then.")),
            *banner(found.standing, t),
        ],
        callback=ids.SET_RESTRICTION,
        submit=t("Tell everybody"),
        keep={"feedback": found.feedback_id} if found.feedback_id is not None else None,
    )


def restricted(result: Restricted, t: Texts) -> Written:
    """The answer to whoever restricted it."""
    if result.extended:
        text = t.md("Its end is set anew. Every crew with this tool is told at the start of its shift.")
    else:
        text = t.md("Noted. Every crew with this tool is told at the start of its shift; whoever is at work hears now.")
    return Written(text, [*banner([result.restriction], t), kit.section(text)])


def lift_form(found: Liftable, t: Texts) -> View:
    """The modal that lifts a restriction."""
    standing = [kit.option(f"{one.tool}: {one.what_for}", one.id) for one in found.standing]
    chosen = next(
        (one for one in standing if one.value == str(found.chosen)), standing[0] if len(standing) == 1 else None
    )
    return kit.modal(
        t,
        t("Rely on it again"),
        [
            kit.select("restriction", t("What is over?"), standing, chosen=chosen),
            kit.text_input("because", t("Why can it be relied on again?"), lines=False, most=SHORT),
            kit.small(t.md("Everybody who was told not to rely on it is told this, with your reason.")),
        ],
        callback=ids.LIFT_IT,
        submit=t("Lift"),
    )


def lifted(result: Lifted, t: Texts) -> Written:
    """The answer to whoever lifted it."""
    if result.told:
        text = t.md(
            "Lifted: {tool} for {what_for}. Everybody who had heard of it is told at the start of their shift.",
            tool=result.tool,
            what_for=kit.line(result.what_for, SHORT),
        )
    else:
        text = t.md(
            "Lifted: {tool} for {what_for}. Nobody had heard of it yet, so nobody is told.",
            tool=result.tool,
            what_for=kit.line(result.what_for, SHORT),
        )
    return Written(text, [kit.section(text)])


def told(news: News, t: Texts) -> Written:
    """To everybody who works with the tool: do not rely on it."""
    text = _line(news.restriction, t)
    return Written(text, [kit.section(text)])


def lifted_news(news: News, t: Texts) -> Written:
    """To those who had heard of it: it is lifted, and why."""
    one = news.restriction
    text = t.md(
        "You can rely on {tool} for {what_for} again, says {name}: {because}",
        tool=one.tool,
        what_for=kit.line(one.what_for, SHORT),
        name=news.lifted_by or "",
        because=kit.line(news.because or "", SHORT),
    )
    return Written(text, [kit.section(text)])


def ended(news: News, t: Texts) -> Written:
    """To those who had heard of it: its time is over."""
    one = news.restriction
    text = t.md(
        "“Do not rely on {tool} for {what_for}” has ended. If you still cannot, say so: `/model-feedback`.",
        tool=one.tool,
        what_for=kit.line(one.what_for, SHORT),
    )
    return Written(text, [kit.section(text)])
