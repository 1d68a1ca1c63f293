"""Verdicts: whether a change helped, said by those whose reports it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, col, func, select

from store import change_notes, deliveries, embeddings, history, people, verdict_asking, visits
from store.change_notes import AnsweredFeedback, ChangeNote, NoteCard, NoteStatus
from store.deliveries import Kind
from store.embeddings import Embedding, EmbeddingStatus
from store.errors import N_, Refused
from store.feedback import NOTHING_TO_MEND, Feedback, FeedbackStatus
from store.people import Caller, Person
from store.policy import Policy
from store.table import Table
from store.types import Instant, Word


class Helped(StrEnum):
    """The answers to "did it help?"."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    NOT_SEEN_SINCE = "not_seen_since"


BECOMES: dict[Helped, FeedbackStatus] = {
    Helped.BETTER: FeedbackStatus.CONFIRMED,
    Helped.SAME: FeedbackStatus.CONTESTED,
    Helped.WORSE: FeedbackStatus.CONTESTED,
    Helped.NOT_SEEN_SINCE: FeedbackStatus.NOT_SEEN_SINCE,
}


JUDGED = frozenset({FeedbackStatus.CHANGED, *BECOMES.values()})
"""The states that a verdict may change."""


MOST_WORDS = 3_000
"""As many signs as the form for them has room for."""


class Verdict(Table, table=True):
    """What one reporter said of one change; the last tap counts."""

    __tablename__ = "verdict"
    __table_args__ = (UniqueConstraint("change_note_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    change_note_id: int = Field(foreign_key="change_note.id")
    person_id: int = Field(foreign_key="person.id")
    value: Helped = Field(sa_type=Word(Helped))
    given_at: datetime = Field(sa_type=Instant)
    """When they first gave one: how long they took is not counted anew when they change their mind."""
    changed_at: datetime | None = Field(default=None, sa_type=Instant)
    """When they last changed their mind, if they did."""
    words: str = ""
    """What they added, if they did."""


@dataclass(frozen=True, slots=True)
class Given:
    """A verdict was noted."""

    change_note_id: int
    value: Helped


def give_verdict(
    session: Session, change_note_id: int, value: Helped, *, policy: Policy, by: Caller, at: datetime
) -> Given:
    """Note whether a change helped, for all of this person's reports that it answers.

    Where it did not, these are open again, and the author hears of it once. After the second change that did not help
    a time is proposed at which the reporter shows the data scientist what they mean.

    Raises:
        Refused: None of the person's reports is answered by the change, or it was taken back.
    """
    person = people.known(session, by)
    note = _judged_note(session, change_note_id, person)
    answered = [
        feedback
        for feedback in change_notes.answered_by(session, note.key, person.key, lock=True)
        if feedback.kind not in NOTHING_TO_MEND
    ]
    if not answered:
        raise Refused(NOT_ASKED)
    before = of(session, note.key, person.key)
    if before is not None and before.value is value:
        return Given(note.key, value)
    verdict = before or Verdict(change_note_id=note.key, person_id=person.key, value=value, given_at=at)
    if before is not None:
        verdict.value, verdict.changed_at = value, at
    session.add(verdict)
    for feedback in answered:
        # A verdict on an older change says nothing about what a newer one made of the report.
        if change_notes.latest_for(session, feedback.key) == note.key and feedback.status in JUDGED:
            feedback.status = _state_after(session, feedback, value)
            session.add(feedback)
    _mark_links(session, note, answered, value, at)
    history.record(
        session,
        person.workspace_id,
        "verdict_given",
        "change_note",
        note.key,
        at=at,
        actor_id=person.id,
        data={"value": value, "stand": {feedback.reference: feedback.status for feedback in answered}},
    )
    for asked in verdict_asking.asks_of(session, note, person.key):
        deliveries.rewrite(session, asked, Kind.VERDICT_GIVEN, at=at)
    if value is Helped.NOT_SEEN_SINCE:
        verdict_asking.ask_at_the_end(session, note, person.key, policy=policy, at=at)
    elif BECOMES[value] is FeedbackStatus.CONTESTED:
        _contest(session, note, person, answered, policy, at)
    return Given(note.key, value)


NOT_ASKED = N_("That question was for the people whose reports this change answers.")


def add_words(session: Session, change_note_id: int, words: str, *, by: Caller, at: datetime) -> Given:
    """Keep a few words with somebody's verdict; the author reads them.

    Raises:
        Refused: They have given no verdict on the change.
    """
    person = people.known(session, by)
    note = _judged_note(session, change_note_id, person)
    verdict = of(session, note.key, person.key)
    if verdict is None:
        raise Refused("Say first whether it got better. Your text is still here.")
    verdict.words = words
    session.add(verdict)
    history.record(
        session, person.workspace_id, "verdict_words_added", "change_note", note.key, at=at, actor_id=person.id
    )
    for asked in verdict_asking.asks_of(session, note, person.key):
        deliveries.rewrite(session, asked, Kind.VERDICT_GIVEN, at=at)
    for posted in deliveries.posts_about(session, (Kind.LINK_CONTESTED,), note.key):
        if posted.data["reporter"] == person.key:
            deliveries.rewrite(session, posted, Kind.LINK_CONTESTED_SHOWN, at=at)
    return Given(note.key, verdict.value)


def own(session: Session, change_note_id: int, *, by: Caller) -> tuple[int, str]:
    """A change that somebody has judged, and the words that they have added so far.

    Raises:
        Refused: They have given none.
    """
    person = people.known(session, by)
    verdict = of(session, change_note_id, person.key)
    if verdict is None:
        raise Refused(NOT_ASKED)
    return change_note_id, verdict.words


@dataclass(frozen=True, slots=True)
class Contest:
    """A change that did not help somebody, as its author hears of it."""

    reporter: str
    card: NoteCard
    """With this reporter's reports only."""
    value: Helped
    words: str


def contest(session: Session, change_note_id: int, reporter_id: int) -> Contest | None:
    """What the author of a change hears of a reporter whom it did not help; None when they say so no longer."""
    verdict = of(session, change_note_id, reporter_id)
    if verdict is None or BECOMES[verdict.value] is not FeedbackStatus.CONTESTED:
        return None
    card = change_notes.card(session, change_note_id, reporter_id)
    return Contest(people.by_id(session, reporter_id).name, card, verdict.value, verdict.words)


def _judged_note(session: Session, change_note_id: int, person: Person) -> ChangeNote:
    # Held before the reports, as whoever takes it back does.
    note = session.exec(
        select(ChangeNote)
        .where(ChangeNote.id == change_note_id, ChangeNote.workspace_id == person.workspace_id)
        .with_for_update(key_share=True)
    ).first()
    if note is None:
        raise Refused(NOT_ASKED)
    if note.status is NoteStatus.ROLLED_BACK:
        raise Refused("{reference} was taken back, so there is nothing to say of it.", reference=note.reference)
    return note


def _mark_links(session: Session, note: ChangeNote, answered: Sequence[Feedback], value: Helped, at: datetime) -> None:
    ids = {feedback.key for feedback in answered}
    contested = BECOMES[value] is FeedbackStatus.CONTESTED
    for link in change_notes.links_of(session, note.key):
        if link.feedback_id in ids:
            link.contested_at = (link.contested_at or at) if contested else None
            session.add(link)
    session.flush()


def _contest(
    session: Session, note: ChangeNote, person: Person, answered: Sequence[Feedback], policy: Policy, at: datetime
) -> None:
    embedding = session.get_one(Embedding, note.embedding_id)
    if embedding.status not in embeddings.UNDER_WAY:
        return
    scientists = embeddings.data_scientists(session, embedding.key)
    author = next((one for one in scientists if one.key == note.author_id), None)
    for hearer in [author] if author else scientists:
        deliveries.queue(
            session,
            note.workspace_id,
            Kind.LINK_CONTESTED,
            f"change_note:{note.key}:contested:{person.key}:{hearer.key}",
            "change_note",
            note.key,
            at=at,
            person_id=hearer.key,
            data={"reporter": person.key},
        )
    again = next((one for one in answered if _contests_of(session, one.key) > 1), None)
    if again is not None and scientists:
        visits.propose(session, again, embedding, (author or scientists[0]).key, policy=policy, at=at)


def _contests_of(session: Session, feedback_id: int) -> int:
    """How many changes did not help a report, as its reporter says."""
    return session.exec(
        select(func.count())
        .select_from(AnsweredFeedback)
        .where(AnsweredFeedback.feedback_id == feedback_id, col(AnsweredFeedback.contested_at).is_not(None))
    ).one()


def _state_after(session: Session, feedback: Feedback, value: Helped) -> FeedbackStatus:
    state = BECOMES[value]
    embedding = session.get(Embedding, feedback.embedding_id) if feedback.embedding_id else None
    if state is FeedbackStatus.CONTESTED and embedding and embedding.status is EmbeddingStatus.CLOSED:
        # Nobody is embedded any more to take it up again: it goes where the open ones went, to the tool's owner.
        return FeedbackStatus.CARRIED_OVER
    return state


def of(session: Session, change_note_id: int, person_id: int) -> Verdict | None:
    """What somebody said of a change, or None."""
    return session.exec(
        select(Verdict).where(Verdict.change_note_id == change_note_id, Verdict.person_id == person_id)
    ).first()
