"""A shift calendar as plain text: a table for each week, narrow enough for a phone held upright."""

from collections.abc import Sequence
from datetime import date, timedelta

from babel.dates import format_date
from rich.cells import cell_len

from bot.blocks.kit import cut
from bot.texts import Texts
from store.shift_calendar import CalendarDay, ShiftCalendar
from store.shifts import OFF

WEEK = 7
NAME = 7
"""Signs of a crew's name. A space and three for each day make lines of 29, which a phone does not break."""
MOST_CREWS = 40
"""As many lines as one block of a message holds, whatever the crews are called."""
DAY_OFF, NO_DAY, CLOCK = ".", "×", "*"


def weeks(calendar: ShiftCalendar, t: Texts) -> list[str]:
    """A table for each week: crews below each other, days side by side."""
    codes = letters([shift.name for shift in calendar.shifts])
    rows = [(crew.crew, crew.shifts) for crew in calendar.crews[:MOST_CREWS]]
    if calendar.own:
        rows.insert(0, (t("You"), calendar.own))
    return [_week(calendar.days, rows, codes, begin, t) for begin in range(0, len(calendar.days), WEEK)]


def _week(
    days: Sequence[CalendarDay],
    rows: Sequence[tuple[str, Sequence[str]]],
    codes: dict[str, str],
    begin: int,
    t: Texts,
) -> str:
    shown = days[begin : begin + WEEK]
    lines = [
        _line("", [f"{_weekday(each.day, t)} " for each in shown]),
        _line(format_date(shown[0].day, "LLL", locale=t.locale), [f"{each.day.day:>2}{_mark(each)}" for each in shown]),
    ]
    for name, names in rows:
        cells = [_cell(each, codes.get(shift, shift)) for each, shift in zip(shown, names[begin:], strict=False)]
        lines.append(_line(name, cells))
    return "\n".join(lines)


def _line(name: str, cells: Sequence[str]) -> str:
    label = cut(" ".join(name.split()).replace("`", "'"), NAME)
    return (label + " " * (NAME + 1 - cell_len(label)) + "".join(cells)).rstrip()


def _cell(day: CalendarDay, code: str) -> str:
    return f"{NO_DAY if not day.exists else DAY_OFF if code == OFF else code:>2} "


def _mark(day: CalendarDay) -> str:
    return NO_DAY if not day.exists else CLOCK if day.clock_moves else " "


def _weekday(day: date, t: Texts) -> str:
    """Two letters, or one where a language's two take more room."""
    short, narrow = (format_date(day, width, locale=t.locale) for width in ("EEEEEE", "EEEEE"))
    name = short if cell_len(short) <= 2 else narrow
    return " " * (2 - cell_len(name)) + name


def letters(names: Sequence[str]) -> dict[str, str]:
    """A sign or two for each shift: the first of its name, or numbers where those do not tell them apart."""
    for length in (1, 2):
        short = [name.replace("`", "'")[:length] for name in names]
        if len(set(short)) == len(names) and all(cell_len(each) == len(each) <= 2 for each in short):
            return dict(zip(names, short, strict=True))
    return {name: str(number) for number, name in enumerate(names, start=1)}


def legend(calendar: ShiftCalendar, t: Texts) -> list[str]:
    """What the signs mean: each shift with its times, and what is the matter with marked days."""
    codes = letters([shift.name for shift in calendar.shifts])
    lines = []
    for shift in calendar.shifts:
        name = shift.name if codes[shift.name] == shift.name else f"{codes[shift.name]} {shift.name}"
        lines.append(f"{name} {shift.starts:%H:%M}–{shift.ends:%H:%M}")
    lines.extend(said for day in calendar.days if (said := _matter(day, t)))
    for day in calendar.days:
        for odd in day.odd:
            starts, ends = f"{odd.starts:%H:%M}", f"{odd.ends:%H:%M}"
            lines.append(
                t(
                    "{shift} on {day} goes from {starts} to {ends}.",
                    shift=odd.shift,
                    day=t.day(day.day),
                    starts=starts,
                    ends=ends,
                )
            )
    if len(calendar.crews) > MOST_CREWS:
        lines.append(t("The first {count} crews are shown.", count=MOST_CREWS))
    return lines


def _matter(day: CalendarDay, t: Texts) -> str | None:
    if not day.exists:
        return t("{mark} {day} does not exist here.", mark=NO_DAY, day=t.day(day.day))
    minutes = day.clock_moves // timedelta(minutes=1)
    if minutes > 0:
        return t(
            "{mark} {day}: the clock goes forward by {minutes} minutes.",
            mark=CLOCK,
            day=t.day(day.day),
            minutes=minutes,
        )
    if minutes < 0:
        return t(
            "{mark} {day}: the clock goes back by {minutes} minutes.", mark=CLOCK, day=t.day(day.day), minutes=-minutes
        )
    return None


def plain(calendar: ShiftCalendar, t: Texts) -> str:
    """The whole calendar for a terminal."""
    head = t("{team}, times in {zone}", team=calendar.team, zone=calendar.zone)
    return "\n\n".join([head, *weeks(calendar, t), "\n".join(legend(calendar, t))])
