"""What a data scientist may choose from when they note a change, or edit a note."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from store import change_notes, embeddings, feedback, people, references, tools
from store.change_notes import WENT_LIVE, NoteCard
from store.errors import Refused
from store.feedback import OPEN, UNSAFE_FIRST, Feedback, FeedbackCard
from store.people import Caller
from store.references import Series
from store.tools import Tool

SHOWN = 100
"""As many reports as Slack takes in one select; where there are more, they are searched."""
MOST_WORDS = 8
"""So many words of a search count."""


@dataclass(frozen=True, slots=True)
class Notable:
    """The tools that somebody answers for (id and name), and the reports on them that are open."""

    tools: tuple[tuple[int, str], ...]
    reports: tuple[FeedbackCard, ...]
    """The oldest of them."""
    more: bool = False
    """Whether there are more than these."""


@dataclass(frozen=True, slots=True)
class Editable:
    """A note that is to be edited, with what can be chosen."""

    note: NoteCard
    tool_id: int
    choices: Notable
    chosen: tuple[FeedbackCard, ...]
    """The reports that it is to answer so far."""
    only_words: bool
    """Whether it is live, so that nothing but its words can be changed."""
    planned_for: datetime | None


def notable(session: Session, *, by: Caller) -> Notable:
    """What somebody may note a change of.

    Raises:
        Refused: The person answers for no tool.
    """
    person = people.known(session, by)
    mine = embeddings.tools_answered_for(session, person)
    if not mine:
        raise Refused("You are not embedded with a team right now, so no reports are yours to answer.")
    rows = feedback.open_in(session, embeddings.answered_for(session, person), SHOWN + 1)
    cards = tuple(feedback.card(session, row.key) for row in rows[:SHOWN])
    return Notable(tuple((tool.key, tool.name) for tool in mine), cards, len(rows) > SHOWN)


def editable(session: Session, note_id: int, *, by: Caller) -> Editable:
    """A note for somebody who wants to edit it.

    Raises:
        Refused: They may not, or it was taken back.
    """
    person = people.known(session, by)
    note = change_notes.seen_by(session, note_id, person)
    if note.rolled_back_at is not None:
        raise Refused("{reference} was taken back. Write a new note instead.", reference=note.reference)
    tool = tools.by_id(session, note.tool_id)
    chosen = tuple(
        feedback.card(session, row.key) for row in change_notes.to_answer(session, note) if row.status in OPEN
    )
    offered = notable(session, by=by)
    missing = tuple(card for card in chosen if card.id not in {one.id for one in offered.reports})
    return Editable(
        note=change_notes.card(session, note.key),
        tool_id=tool.key,
        choices=Notable(((tool.key, tool.name),), (*missing, *offered.reports)[:SHOWN], offered.more),
        chosen=chosen,
        only_words=note.status in WENT_LIVE,
        planned_for=note.planned_for,
    )


def find_reports(session: Session, words: str, *, by: Caller) -> tuple[FeedbackCard, ...]:
    """The open reports of somebody's tools in which all these words are: in the reference, the tool or the text."""
    person = people.known(session, by)
    query = (
        select(Feedback.id)
        .join(Tool, col(Tool.id) == col(Feedback.tool_id))
        .where(col(Feedback.embedding_id).in_(embeddings.answered_for(session, person)), col(Feedback.status).in_(OPEN))
    )
    for word in words.casefold().split()[:MOST_WORDS]:
        number = references.read(Series.FEEDBACK, word)
        among = [
            func.lower(col(Feedback.text)).contains(word, autoescape=True),
            func.lower(col(Tool.name)).contains(word, autoescape=True),
        ]
        query = query.where(or_(*among, Feedback.number == number) if number is not None else or_(*among))
    found = session.exec(query.order_by(UNSAFE_FIRST, col(Feedback.id)).limit(SHOWN)).all()
    return tuple(feedback.card(session, key) for key in found if key is not None)
