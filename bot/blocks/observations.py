"""How observations look: the form, its answer, and the list."""

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from store.observations import Observable, ObservationPage, Observed


def observation_form(choices: Observable, text: str, t: Texts) -> View:
    """The modal that notes what a data scientist saw."""
    tools = [kit.option(name, key) for key, name in choices.tools]
    crews = [kit.option(name, key) for key, name in choices.crews]
    return kit.modal(
        t,
        t("What did you see?"),
        [
            kit.select("tool", t("Tool"), tools, chosen=tools[0]),
            kit.text_input("text", t("In your words"), initial=text),
            kit.day_input("day", t("On which day?"), choices.today),
            *([kit.select("crew", t("On shift with crew"), crews, optional=True)] if crews else []),
            kit.small(t.md("This is kept apart from the reports and counts as none. The review says how many.")),
        ],
        callback=ids.NOTE_OBSERVATION,
        submit=t("Keep it"),
    )


def observed(result: Observed, t: Texts) -> Written:
    """The answer to whoever noted it."""
    text = t.many_md(
        "Kept: what you saw {tool} do. That is {count} observation of this embedding; `/change-note observations` "
        "lists them.",
        "Kept: what you saw {tool} do. These are {count} observations of this embedding; `/change-note observations` "
        "lists them.",
        result.count,
        tool=result.tool,
    )
    return Written(text, [kit.section(text)])


def listed(page: ObservationPage, t: Texts) -> Written:
    """The observations, a page at a time."""
    if not page.lines:
        text = t.md("No observation yet. `/change-note observed` notes what you see on the floor.")
        return Written(text, [kit.section(text)])
    title = t("Observations, page {number} of {pages}", number=page.number, pages=page.pages)
    blocks: list[Block] = [kit.heading(title)]
    for line in page.lines:
        if line.crew:
            head = t.md(
                "*{tool}*, {day}, {author} on shift with crew {crew}",
                tool=line.tool,
                day=t.day(line.day),
                author=line.author,
                crew=line.crew,
            )
        else:
            head = t.md("*{tool}*, {day}, {author}", tool=line.tool, day=t.day(line.day), author=line.author)
        blocks += [kit.small(head), *kit.words(line.text, t.md("Cut here. All of it is kept."), most=2)]
    turns = [
        kit.button(label, ids.each(ids.OBSERVATIONS_PAGE, number), number)
        for label, number in ((t("Newer"), page.number - 1), (t("Older"), page.number + 1))
        if 1 <= number <= page.pages
    ]
    return Written(title, [*blocks, kit.buttons(*turns)] if turns else blocks)
