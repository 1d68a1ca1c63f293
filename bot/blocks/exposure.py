"""How exposure looks: the form, its answer, and a line for each week."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from store.exposure import Enterable, Entered, WeekOfTool
from store.tools import ToolType

WEEKS = 4
"""Of each tool, the newest; the packet has all."""
LARGEST = 12
"""Digits of a figure."""


def exposure_form(choices: Enterable, t: Texts) -> View:
    """The modal that enters how much a tool has shown in a week."""
    tools = [kit.option(name, key) for key, name in choices.tools]
    return kit.modal(
        t,
        t("Alerts in a week"),
        [
            kit.select("tool", t("Tool"), tools, chosen=tools[0]),
            kit.day_input("week", t("Any day of the week"), choices.week),
            kit.text_input("shown", t("How many alerts or recommendations did it show?"), lines=False, most=LARGEST),
            kit.small(t.md("A week that is entered again is replaced. What stood before stays on record.")),
        ],
        callback=ids.ENTER_EXPOSURE,
        submit=t("Keep it"),
    )


def entered(result: Entered, t: Texts) -> Written:
    """The answer to whoever entered it."""
    counted = _shown(result.type, result.shown, t)
    text = t.md("{tool}, week of {day}: {shown}.", tool=result.tool, day=t.day(result.week), shown=counted)
    if result.before is not None:
        text = t.md("{text} It was {before} before.", text=text, before=result.before)
    return Written(text, [kit.section(text)])


def _shown(kind: ToolType, count: int, t: Texts) -> str:
    """What a tool of a type shows people, such as `412 alerts`."""
    match kind:
        case ToolType.ALARM:
            return t.many("{count} alert", "{count} alerts", count)
        case ToolType.FORECAST:
            return t.many("{count} forecast", "{count} forecasts", count)
        case ToolType.RECOMMENDATION:
            return t.many("{count} recommendation", "{count} recommendations", count)
        case ToolType.VISION:
            return t.many("{count} detection", "{count} detections", count)
        case ToolType.OPTIMISER:
            return t.many("{count} proposal", "{count} proposals", count)
        case ToolType.ASSISTANT:
            return t.many("{count} answer", "{count} answers", count)


def _week(found: WeekOfTool, t: Texts) -> str:
    """Such as `Week of Mon 1 Jun 2026: 3 false alarms among 412 alerts`."""
    reported = t.listed(_reported(found, t)) or t("nothing wrong reported")
    if found.shown is None:
        return t.md(
            "Week of {day}: {reported}; how much it showed is not known.", day=t.day(found.week), reported=reported
        )
    shown = _shown(found.type, found.shown, t)
    if found.missed:
        # What it missed is not among what it showed.
        return t.md(
            "Week of {day}: {reported}; it showed {shown}.", day=t.day(found.week), reported=reported, shown=shown
        )
    return t.md("Week of {day}: {reported} among {shown}.", day=t.day(found.week), reported=reported, shown=shown)


def _reported(found: WeekOfTool, t: Texts) -> list[str]:
    said = [
        (found.false_alarms, t.many("{count} false alarm", "{count} false alarms", found.false_alarms)),
        (found.missed, t.many("{count} miss", "{count} misses", found.missed)),
        (found.wrong, t.many("{count} wrong value or advice", "{count} wrong values or advice", found.wrong)),
    ]
    return [sentence for count, sentence in said if count]


def weeks(found: Sequence[WeekOfTool], t: Texts) -> list[Block]:
    """The newest weeks of each tool."""
    blocks: list[Block] = []
    for tool in dict.fromkeys(one.tool for one in found):
        of_tool = [one for one in found if one.tool == tool][-WEEKS:]
        head = t.md("*{tool}*", tool=tool)
        blocks += kit.listing([head, *(_week(one, t) for one in of_tool)])
    return blocks
