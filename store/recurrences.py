"""It happened again: somebody sees once more what a report is about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, Session, col, select

from store import (
    access,
    change_notes,
    deliveries,
    embeddings,
    history,
    people,
    references,
    shifts,
    teams,
    tools,
    verdict_asking,
)
from store.access import Act
from store.change_notes import AnsweredFeedback, ChangeNote, NoteStatus
from store.deliveries import Kind
from store.errors import Refused
from store.feedback import NOTHING_TO_MEND, Feedback, FeedbackStatus
from store.figures import similarity
from store.figures.places import where
from store.people import Caller, Person
from store.references import Series
from store.table import Table
from store.types import Instant
from store.verdicts import Helped, Verdict


class Recurrence(Table, table=True):
    """Somebody saw it happen again."""

    __tablename__ = "recurrence"

    id: int | None = Field(default=None, primary_key=True)
    feedback_id: int = Field(foreign_key="feedback.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    seen_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Again:
    """It is noted that something happened again."""

    reference: str
    tool: str
    heard_by: tuple[str, ...]
    asked: bool
    """Whether the person who says so is asked about the change that was to mend it."""


def happened_again(session: Session, number: int, *, by: Caller, at: datetime) -> Again:
    """Note that what a report is about happened again.

    The embedded people hear of it, and whoever has not seen it since a change that answers the like, on this tool and
    in this place, is asked once more.

    Args:
        session: The unit's session.
        number: The report's number.
        by: Who saw it.
        at: Now.

    Raises:
        Refused: There is no such report, it was taken back, or the person does not work with its tool.
    """
    person = people.known(session, by)
    report = _report(session, person, number)
    hearers = _hearers(session, report)
    tool = tools.by_id(session, report.tool_id)
    said = tuple(hearer.name for hearer in hearers)
    own_note = _own_note(session, report, person)
    if _said_today(session, report, person, at):
        return Again(report.reference, tool.name, said, own_note is not None)
    session.add(Recurrence(feedback_id=report.key, person_id=person.key, seen_at=at))
    history.record(
        session,
        report.workspace_id,
        "feedback_happened_again",
        "feedback",
        report.key,
        at=at,
        actor_id=person.id,
        data={"reference": report.reference},
    )
    if own_note is not None:
        verdict_asking.ask_again(session, own_note, person.key, at=at)
    for note, reporter_id in _not_seen_since(session, report):
        if reporter_id != person.key:
            verdict_asking.ask_again(session, note, reporter_id, at=at)
    day = shifts.local_day(at, _zone(session, report))
    for hearer in hearers:
        deliveries.queue(
            session,
            report.workspace_id,
            Kind.HAPPENED_AGAIN,
            f"feedback:{report.key}:again:{day}:{hearer.key}",
            "feedback",
            report.key,
            at=at,
            person_id=hearer.key,
            data={"by": person.key},
        )
    return Again(report.reference, tool.name, said, own_note is not None)


def again_by_id(session: Session, feedback_id: int, *, by: Caller, at: datetime) -> Again:
    """The same by the button on a report.

    Raises:
        Refused: As for `happened_again`.
    """
    person = people.known(session, by)
    number = session.exec(
        select(Feedback.number).where(Feedback.id == feedback_id, Feedback.workspace_id == person.workspace_id)
    ).first()
    if number is None:
        raise Refused("That report is not here any more. Nothing to do.")
    return happened_again(session, number, by=by, at=at)


def _report(session: Session, person: Person, number: int) -> Feedback:
    report = session.exec(
        select(Feedback)
        .where(Feedback.workspace_id == person.workspace_id, Feedback.number == number)
        .with_for_update()
    ).first()
    if report is None:
        raise Refused(
            "There is no report {reference} here. `/model-feedback list` shows yours.",
            reference=references.write(Series.FEEDBACK, number),
        )
    around = [one.key for one in embeddings.of_tool(session, report.tool_id)]
    roles = access.roles_of(session, person, teams=tools.teams_using(session, report.tool_id), embeddings=around)
    if person.key != report.reporter_id and not roles & access.RIGHTS[Act.FILE_FEEDBACK]:
        raise Refused("Only people who work with that tool say that it happened again. Ask somebody of its team.")
    if report.status is FeedbackStatus.WITHDRAWN:
        raise Refused(
            "{reference} was taken back by whoever filed it. Report what you saw instead.", reference=report.reference
        )
    return report


def _hearers(session: Session, report: Feedback) -> list[embeddings.Hearer]:
    if report.embedding_id is None:
        return []
    embedding = embeddings.by_id(session, report.embedding_id)
    under_way = embedding.status in embeddings.UNDER_WAY
    return embeddings.data_scientists(session, embedding.key) if under_way else []


def _own_note(session: Session, report: Feedback, person: Person) -> ChangeNote | None:
    if report.reporter_id != person.key or report.kind in NOTHING_TO_MEND:
        return None
    latest = change_notes.latest_for(session, report.key)
    return change_notes.by_id(session, latest) if latest else None


def _not_seen_since(session: Session, report: Feedback) -> Iterator[tuple[ChangeNote, int]]:
    """Who said "not seen since" of a change that answers the like, on the same tool and in the same place."""
    rows = session.exec(
        select(ChangeNote, Feedback)
        .join(AnsweredFeedback, col(AnsweredFeedback.change_note_id) == col(ChangeNote.id))
        .join(Feedback, col(Feedback.id) == col(AnsweredFeedback.feedback_id))
        .join(
            Verdict,
            (col(Verdict.change_note_id) == col(ChangeNote.id)) & (col(Verdict.person_id) == col(Feedback.reporter_id)),
        )
        .where(
            ChangeNote.tool_id == report.tool_id,
            ChangeNote.status == NoteStatus.LIVE,
            Verdict.value == Helped.NOT_SEEN_SINCE,
        )
        .order_by(col(ChangeNote.id), col(Feedback.id))
    ).all()
    seen: set[tuple[int, int]] = set()
    for note, other in rows:
        place = (note.key, other.reporter_id)
        if place not in seen and (other.id == report.id or _the_like(other, report)):
            seen.add(place)
            yield note, other.reporter_id


def _the_like(one: Feedback, other: Feedback) -> bool:
    """Whether two reports are about the same place; where neither names one, whether their words are alike."""
    first, second = where(one.place, one.text), where(other.place, other.text)
    if first or second:
        return bool(first & second)
    return similarity.alike(similarity.Text(one.key, one.text), similarity.Text(other.key, other.text))


def _said_today(session: Session, report: Feedback, person: Person, at: datetime) -> bool:
    last = session.exec(
        select(Recurrence.seen_at)
        .where(Recurrence.feedback_id == report.id, Recurrence.person_id == person.id)
        .order_by(col(Recurrence.id).desc())
    ).first()
    zone = _zone(session, report)
    return last is not None and shifts.local_day(last, zone) == shifts.local_day(at, zone)


def _zone(session: Session, report: Feedback) -> str:
    using = tools.teams_using(session, report.tool_id)
    return teams.by_id(session, using[0]).zone if using else "UTC"
