"""What a data scientist may choose from when they note a change."""

from dataclasses import dataclass

from sqlmodel import Session

from store import embeddings, feedback, people
from store.errors import Refused
from store.feedback import FeedbackCard
from store.people import Caller

SHOWN = 100
"""As many reports as Slack takes in one select; the oldest."""


@dataclass(frozen=True, slots=True)
class Notable:
    """The tools that somebody answers for (id and name), and the reports on them that are open."""

    tools: tuple[tuple[int, str], ...]
    reports: tuple[FeedbackCard, ...]


def notable(session: Session, *, by: Caller) -> Notable:
    """What somebody may note a change of.

    Raises:
        Refused: The person answers for no tool.
    """
    person = people.known(session, by)
    mine = embeddings.tools_answered_for(session, person)
    if not mine:
        raise Refused("You are not embedded with a team right now, so no reports are yours to answer.")
    rows = feedback.open_in(session, embeddings.answered_for(session, person), SHOWN)
    cards = tuple(feedback.card(session, row.key) for row in rows)
    return Notable(tuple((tool.key, tool.name) for tool in mine), cards)
