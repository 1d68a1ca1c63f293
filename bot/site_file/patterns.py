"""The shifts of a team in a site file: a ready pattern by its name, or a cycle of the site's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

import yaml

from bot.site_file.flaws import Flaw, did_you_mean
from bot.site_file.parts import Part, Word
from store import patterns, shifts
from store.patterns import READY, ReadyPattern
from store.shifts import ShiftTimes

OFF = "off"
"""How a day off is written in a cycle."""
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class TeamPattern:
    """What a team says of its shifts; `ready` is the ready pattern that it named."""

    anchor: date
    cycle: tuple[str, ...]
    shifts: tuple[ShiftTimes, ...]
    ready: ReadyPattern | None = None


def read_pattern(team: Part, flaws: list[Flaw]) -> TeamPattern:
    """Read `pattern` of a team, with `shifts` and `anchor`, which belong to it."""
    if isinstance(team.node("pattern"), yaml.ScalarNode):
        return _ready(team, flaws)
    return _own(team, flaws)


def _ready(team: Part, flaws: list[Flaw]) -> TeamPattern:
    word = team.word("pattern", "the name of a ready pattern")
    ready = READY.get(word.text)
    if ready is None:
        if word.text:
            otherwise = f"Choose one of {', '.join(READY)}, or write `anchor` and `cycle` under it."
            hint = did_you_mean(word.text, READY, otherwise)
            team.flaw(word.line, f'pattern "{word.text}" is not known.{hint}')
        return TeamPattern(date.min, (), ())
    if not team.has("anchor"):
        team.flaw(word.line, "`anchor` is missing. Add the day on which the cycle of the first crew begins.")
    anchor = team.day("anchor")
    if ready.by_the_week and anchor != date.min and anchor.weekday():
        monday = shifts.monday_of(anchor)
        team.flaw(team.line_of("anchor"), f"the weeks of {ready.name} begin on a Monday. Take {monday} as the anchor.")
    times = ready.with_starts(_starts(team, ready, flaws))
    hole = patterns.hole(times) if ready.around_the_clock else None
    if hole:
        team.flaw(team.line_of("shifts"), _meets_not(*hole))
    return TeamPattern(anchor, ready.cycle, times, ready)


def _starts(team: Part, ready: ReadyPattern, flaws: list[Flaw]) -> Mapping[str, time]:
    section = Part(team.node("shifts"), f"{team.where}, shifts", flaws, open_keys=True)
    known = [shift.name for shift in ready.shifts]
    found: dict[str, time] = {}
    for key in section.headings():
        if key.text not in known:
            section.flaw(key.line, f'{ready.name} has no shift "{key.text}". It has {", ".join(known)}.')
            continue
        shift = Part(section.node(key.text), f"{team.where}, shift {key.text}", flaws, required=("starts",))
        if shift.has("starts"):
            found[key.text] = shift.time_of_day("starts")
    return found


def _meets_not(ending: ShiftTimes, beginning: ShiftTimes) -> str:
    return (
        f"{ending.name} ends at {ending.ends:%H:%M}, but {beginning.name} starts at "
        f"{beginning.starts:%H:%M}. Somebody is always on shift in this pattern: move all starts alike."
    )


def _own(team: Part, flaws: list[Flaw]) -> TeamPattern:
    if not team.has("shifts"):
        team.flaw(team.line, "`shifts` is missing. Add it.")
    if team.has("anchor"):
        team.flaw(team.line_of("anchor"), "`anchor` belongs under `pattern`, beside the cycle. Move it there.")
    times = _shifts(team, flaws)
    pattern = Part(team.node("pattern"), f"{team.where}, pattern", flaws, required=("anchor", "cycle"))
    cycle = _cycle(pattern, {shift.name for shift in times} if team.has("shifts") else None)
    return TeamPattern(pattern.day("anchor"), cycle, times)


def _shifts(team: Part, flaws: list[Flaw]) -> tuple[ShiftTimes, ...]:
    section = Part(team.node("shifts"), f"{team.where}, shifts", flaws, open_keys=True)
    found: list[ShiftTimes] = []
    for key in section.headings():
        if key.text == OFF:
            section.flaw(key.line, f"`{OFF}` is a day off in the cycle. Give the shift another name.")
        where = f"{team.where}, shift {key.text}"
        shift = Part(section.node(key.text), where, flaws, required=("starts", "minutes"))
        found.append(ShiftTimes(key.text, shift.time_of_day("starts"), shift.number("minutes", 1, DAY_MINUTES)))
    return tuple(found)


def _cycle(pattern: Part, known: set[str] | None) -> tuple[str, ...]:
    days = pattern.words("cycle")
    for day in days:
        if day.text != OFF and known is not None:
            pattern.refer(day, "cycle", "shift", sorted(known))
    if pattern.has("cycle") and all(day.text == OFF for day in days):
        pattern.flaw(
            pattern.line_of("cycle"), "`cycle` has no shift. Write one entry a day, such as [D, D, N, N, off]."
        )
    return tuple(shifts.OFF if day.text == OFF else day.text for day in days)


def count_crews(team: Part, ready: ReadyPattern, crews: list[Word]) -> None:
    """See that a team has as many crews as its ready pattern."""
    wanted = len(ready.offsets)
    if crews and len(crews) != wanted:
        of_it = "1 crew" if wanted == 1 else f"{wanted} crews"
        team.flaw(
            team.line_of("crews"),
            f"{ready.name} has {of_it}, and {len(crews)} stand here. Name them all, with `people: []` where nobody is.",
        )
