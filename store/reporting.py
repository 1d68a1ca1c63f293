"""What somebody may report on, and what waits for those who answer."""

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from store import embeddings, feedback, people, teams, tools
from store.errors import Refused
from store.feedback import KINDS_OFFERED, OPEN, Feedback, FeedbackCard, Kind
from store.people import Caller


@dataclass(frozen=True, slots=True)
class Reportable:
    """The tools that somebody may report on (id and name, the likeliest first) and the kinds that fit them."""

    tools: tuple[tuple[int, str], ...]
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Inbox:
    """The oldest reports that wait for a data scientist, and how many there are in all."""

    reports: tuple[FeedbackCard, ...]
    count: int
    zone: str
    """The site's, for the times."""


def reportable(session: Session, *, by: Caller) -> Reportable:
    """What somebody may report on.

    Raises:
        Refused: No tool is on the list for them.
    """
    person = people.known(session, by)
    own = feedback.tools_at_hand(session, person.key)
    if not own:
        raise Refused("No tool is on this site's list for you yet. Ask a lead to have it added.")
    fitting = {kind for tool in own for kind in KINDS_OFFERED[tool.type]}
    # Slack shows ten choices at most; "something else" is always one of them.
    kinds = [kind for kind in Kind if kind in fitting and kind is not Kind.OTHER][:9]
    return Reportable(tuple((tool.key, tool.name) for tool in own), (*kinds, Kind.OTHER))


def inbox(session: Session, size: int, *, by: Caller) -> Inbox:
    """The reports that wait for a data scientist, oldest first.

    Raises:
        Refused: The person answers for no tool.
    """
    person = people.known(session, by)
    mine = embeddings.answered_for(session, person)
    if not mine:
        raise Refused("You are not embedded with a team right now, so no reports are yours to answer.")
    waiting = feedback.open_in(session, mine, size)
    count = session.exec(
        select(func.count())
        .select_from(Feedback)
        .where(col(Feedback.embedding_id).in_(mine), col(Feedback.status).in_(OPEN))
    ).one()
    cards = tuple(feedback.card(session, row.key) for row in waiting)
    return Inbox(cards, count, zone_of_embedding(session, mine[0]))


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
