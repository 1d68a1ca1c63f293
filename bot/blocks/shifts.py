"""How the shifts of a team look."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.blocks import kit
from bot.blocks.kit import Written
from bot.render import shift_calendar
from bot.texts import Texts, escape
from store.shift_calendar import ShiftCalendar

SHOWN = 8
"""As many teams as fit one message with room to spare."""


def calendars(found: Sequence[ShiftCalendar], t: Texts) -> Written:
    """The answer to `/embedding shifts`: two weeks of each of somebody's teams."""
    blocks: list[Block] = []
    for calendar in found[:SHOWN]:
        blocks.append(kit.section(t.md("*{team}*, times in {zone}", team=calendar.team, zone=calendar.zone)))
        blocks += [kit.section(f"```\n{escape(week)}\n```") for week in shift_calendar.weeks(calendar, t)]
        blocks.append(kit.small("\n".join(map(escape, _small_print(calendar, t)))))
    if len(found) > SHOWN:
        blocks.append(kit.small(t.md("The first {count} teams are shown.", count=SHOWN)))
    return Written(t("Shifts"), [kit.heading(t("Shifts")), *blocks])


def _small_print(calendar: ShiftCalendar, t: Texts) -> list[str]:
    lines = shift_calendar.legend(calendar, t)
    if calendar.own:
        lines.append(t("Your own days differ from those of crew {crew}; they stand first.", crew=calendar.own_crew))
    elif calendar.own_crew:
        lines.append(t("You are in crew {crew}, which stands first.", crew=calendar.own_crew))
    return lines
