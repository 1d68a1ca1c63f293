"""Exposure as a site counts it elsewhere: how much each tool has shown in each week, taken over from a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from store import exposure
from store.figures.weeks import monday_of
from store.site import Change, Verb
from store.tools import Tool
from store.workspaces import Workspace


@dataclass(frozen=True, slots=True)
class ExposureLine:
    """A line of a list as it is written: the name of a tool, the Monday of a week, how many."""

    line: int
    tool: str
    week: date
    shown: int


@dataclass(frozen=True, slots=True, order=True)
class ExposureFlaw:
    """What is wrong with a line, and what to do."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class ExposurePlan:
    """What an import changes, or what is wrong: then nothing is changed."""

    changes: tuple[Change, ...] = ()
    flaws: tuple[ExposureFlaw, ...] = ()


def plan_exposure(session: Session, workspace_id: int, lines: Sequence[ExposureLine], *, at: datetime) -> ExposurePlan:
    """What an import would change, in the order of its lines."""
    plan, _ = _compared(session, workspace_id, lines, at)
    return plan


def import_exposure(
    session: Session, workspace_id: int, lines: Sequence[ExposureLine], *, at: datetime
) -> ExposurePlan:
    """Take over a list; a second time it changes nothing. A list with a flaw changes nothing."""
    # Imports of one workspace go one after the other, so that the comparison is true until this one commits.
    session.exec(select(Workspace).where(Workspace.id == workspace_id).with_for_update()).one()
    session.exec(
        select(Tool).where(Tool.workspace_id == workspace_id).order_by(col(Tool.id)).with_for_update(key_share=True)
    ).all()
    plan, changed = _compared(session, workspace_id, lines, at)
    for tool, each in changed:
        exposure.put(session, tool, each.week, each.shown, None, at=at)
    return plan


def _compared(
    session: Session, workspace_id: int, lines: Sequence[ExposureLine], at: datetime
) -> tuple[ExposurePlan, list[tuple[Tool, ExposureLine]]]:
    tools = {
        _plain(tool.name): tool for tool in session.exec(select(Tool).where(Tool.workspace_id == workspace_id)).all()
    }
    days = {name: exposure.today_of(session, tool.key, at) for name, tool in tools.items()}
    flaws = sorted(_flaws(lines, tools, days))
    if flaws or not lines:
        return ExposurePlan(flaws=tuple(flaws)), []
    weeks = [each.week for each in lines]
    noted = exposure.standing(session, [tool.key for tool in tools.values()], min(weeks), max(weeks))
    changes: list[Change] = []
    changed: list[tuple[Tool, ExposureLine]] = []
    for each in lines:
        tool = tools[_plain(each.tool)]
        before = noted.get((tool.key, each.week))
        if before == each.shown:
            continue
        detail = f"{each.week} {each.shown}" if before is None else f"{each.week} {before} → {each.shown}"
        changes.append(Change(Verb.ADDED if before is None else Verb.CHANGED, "exposure", tool.name, detail))
        changed.append((tool, each))
    return ExposurePlan(tuple(changes)), changed


def _flaws(lines: Sequence[ExposureLine], tools: dict[str, Tool], days: dict[str, date]) -> list[ExposureFlaw]:
    flaws: list[ExposureFlaw] = []
    first: dict[tuple[str, date], int] = {}
    known = ", ".join(sorted(tool.name for tool in tools.values()))
    hint = f"Known are {known}." if known else "None is known yet: import the site first."
    for each in lines:
        monday = monday_of(each.week)
        today = days.get(_plain(each.tool))
        if today is None:
            flaws.append(ExposureFlaw(each.line, f'"{each.tool}" is no tool of this site. {hint}'))
        if each.week != monday:
            flaws.append(
                ExposureFlaw(each.line, f"{each.week} is no Monday. Write the Monday of the week, such as {monday}.")
            )
        if today is not None and each.week > today:
            flaws.append(ExposureFlaw(each.line, f"the week of {each.week} has not begun."))
        if not 0 <= each.shown <= exposure.MOST:
            flaws.append(ExposureFlaw(each.line, f"{each.shown} can't be. Write how many it has shown, such as 412."))
        key = (_plain(each.tool), each.week)
        if key in first:
            flaws.append(ExposureFlaw(each.line, f"this week of {each.tool} stands in line {first[key]} already."))
        first.setdefault(key, each.line)
    return flaws


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
