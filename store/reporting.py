"""What somebody may report on, and where."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from store import access, embeddings, feedback, people, restrictions, rosters, shifts, teams, tools
from store.errors import Refused
from store.feedback import KINDS_OFFERED, Kind
from store.people import Caller
from store.restrictions import InForce
from store.teams import Crew, Member, Team
from store.tools import ToolType


@dataclass(frozen=True, slots=True)
class Reportable:
    """What somebody may report on, and what the form chooses for them."""

    tools: tuple[tuple[int, str], ...]
    """Id and name, the likeliest first."""
    kinds: tuple[Kind, ...]
    """Those that fit the chosen tool."""
    tool_id: int = 0
    """The chosen tool."""
    type: ToolType = ToolType.ALARM
    """Its type, which picks the kinds."""
    version: str | None = None
    """The one that is live of it."""
    shifts: tuple[tuple[date, str], ...] = ()
    """Their latest shifts, the one under way or the last one first: the day on which it starts, and its name."""
    number: str | None = None
    """Whom to call in danger, where the site has said it."""
    restrictions: tuple[InForce, ...] = ()
    """What stands on these tools."""


def reportable(session: Session, tool_id: int | None = None, *, by: Caller, at: datetime) -> Reportable:
    """What somebody may report on.

    Args:
        session: The unit's session.
        tool_id: The tool that they have chosen; without it the likeliest.
        by: Who asks.
        at: Now.

    Raises:
        Refused: No tool is on the list for them.
    """
    person = people.known(session, by)
    own = feedback.tools_at_hand(session, person.key)
    if not own:
        raise Refused(feedback.NO_TOOL)
    chosen = next((tool for tool in own if tool.key == tool_id), own[0])
    live = tools.live_version(session, chosen.key, at)
    return Reportable(
        tuple((tool.key, tool.name) for tool in own),
        KINDS_OFFERED[chosen.type],
        chosen.key,
        chosen.type,
        live.name if live else None,
        _latest_shifts(session, person.key, at),
        number=teams.number_for(session, access.teams_of(session, person)),
        restrictions=restrictions.on_tools(session, [tool.key for tool in own]),
    )


@dataclass(frozen=True, slots=True)
class OfMessage:
    """The form for something that was said already."""

    choices: Reportable
    relayed_for: str = ""
    """Whose words they are, when they are a colleague's."""


def of_message(session: Session, author: str, *, by: Caller, at: datetime) -> OfMessage:
    """The form for a message in Slack; when a colleague wrote it, it is theirs that is told.

    Args:
        session: The unit's session.
        author: Slack's id of whoever wrote it, or nothing; an app's or a stranger's is nobody's that we know.
        by: Who reports it.
        at: Now.

    Raises:
        Refused: No tool is on the list for them.
    """
    choices = reportable(session, by=by, at=at)
    reporter = people.known(session, by)
    writer = people.by_slack_id(session, reporter.workspace_id, author) if author else None
    return OfMessage(choices, writer.name if writer and writer.id != reporter.id else "")


SHIFTS_OFFERED = 4
LOOKED_BACK = 14
"""Days in which somebody's latest shifts are looked for."""


def _latest_shifts(session: Session, person_id: int, at: datetime) -> tuple[tuple[date, str], ...]:
    begun: list[tuple[datetime, date, str]] = []
    rows = session.exec(
        select(Crew, Team).where(Member.person_id == person_id, Crew.id == Member.crew_id, Team.id == Member.team_id)
    ).all()
    for crew, team in rows:
        today = shifts.local_day(at, team.zone)
        first = today - timedelta(days=LOOKED_BACK)
        pattern = teams.pattern_of(session, team)
        for shift in rosters.worked_between(session, team, pattern, crew, person_id, first, today):
            if shift.starts_at <= at:
                begun.append((shift.starts_at, shift.day, shift.name))
    latest = sorted(begun, reverse=True)[:SHIFTS_OFFERED]
    return tuple((day, name) for _, day, name in latest)


def zone_of_embedding(session: Session, embedding_id: int) -> str:
    """The site zone of an embedding's team."""
    return teams.by_id(session, embeddings.by_id(session, embedding_id).team_id).zone


def zone_of_tool(session: Session, tool_id: int) -> str:
    """The site zone of a team that uses a tool; UTC when none does."""
    using = tools.teams_using(session, tool_id)
    return teams.by_id(session, using[0]).zone if using else "UTC"


def zone_of_report(session: Session, feedback_id: int) -> str:
    """The site zone that a report's times are shown in."""
    return zone_of_tool(session, feedback.by_id(session, feedback_id).tool_id)
