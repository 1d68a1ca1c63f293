"""What somebody sees when they open the app: what is asked of them now, then how things stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from store import (
    absences,
    access,
    change_notes,
    embeddings,
    feedback,
    incidents,
    note_approval,
    note_lists,
    people,
    preferences,
    prompts,
    report_status,
    reporting,
    restricting,
    reviews,
    scheduling,
    shifts,
    teams,
    troubles,
    unsafe_cards,
    user_groups,
)
from store.access import Act, Role
from store.change_notes import NoteCard
from store.deliveries import Delivery, Kind, Status
from store.embeddings import Agreement, Embedding, EmbeddingCard, EmbeddingStatus
from store.feedback import OPEN, UNSAFE_FIRST, Feedback, FeedbackCard, FeedbackStatus, Impact
from store.not_now import Days
from store.note_lists import NoteLine, Waiting
from store.own_reports import OwnReport
from store.people import Caller, Person
from store.preferences import Kept
from store.prompts import Prompt, PromptCard, PromptStatus
from store.restrictions import InForce
from store.retrying import LATELY
from store.reviews import Review, ReviewCard
from store.troubles import Undelivered
from store.unsafe_cards import Unanswered, UnsafeCard
from store.user_groups import GroupTrouble
from store.verdicts import Verdict

SHOWN = 5
"""Of each list; the others are counted."""
UNDELIVERED_SHOWN = 10
"""Lines about what did not go out."""

ENDED = (EmbeddingStatus.CLOSED, EmbeddingStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class EmbeddingLine:
    """An embedding that is not over, and what day it is where it takes place."""

    card: EmbeddingCard
    today: date


@dataclass(frozen=True, slots=True)
class Broke:
    """Something that broke: the id that people were told, and when."""

    id: str
    during: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ToDo:
    """What is asked of somebody now."""

    unsafe: tuple[FeedbackCard, ...]
    """Unread reports of something unsafe."""
    prompts: tuple[PromptCard, ...]
    changes: tuple[NoteCard, ...]
    """Changes of which they are asked whether they helped."""
    to_agree: tuple[EmbeddingCard, ...]
    to_sign: tuple[ReviewCard, ...]
    unread: tuple[FeedbackCard, ...]
    """Unread reports of anything else."""
    unread_count: int
    """Of unread reports in all, unsafe ones too."""
    not_in_channel: tuple[str, ...]
    """Teams of theirs into whose channel the app must be invited."""
    user_groups: tuple[GroupTrouble, ...]
    """What is odd about the user groups that crews follow."""
    undelivered: tuple[Undelivered, ...]
    undelivered_count: int
    """Of messages, not of lines."""
    broke: tuple[Broke, ...]
    broke_count: int
    calls: tuple[UnsafeCard, ...] = ()
    """What they were called about and nobody has yet."""
    unanswered: tuple[Unanswered, ...] = ()
    """For admins: what is unsafe and nobody is left to be called about."""
    approvals: tuple[note_approval.Asked, ...] = ()
    """Changes that wait for their OK."""
    notes: tuple[NoteLine, ...] = ()
    """Their own change notes that go on only when they say so."""
    notes_count: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand for somebody."""

    embeddings: tuple[EmbeddingLine, ...]
    """Those that they take part in and that are not over, newest first."""
    embeddings_count: int
    reports: tuple[FeedbackCard, ...]
    """Reports that were read and are still open."""
    reports_count: int
    own: tuple[OwnReport, ...]
    own_count: int
    notes: tuple[NoteCard, ...] = ()
    """Their own change notes that wait for somebody's OK or for their time."""
    notes_count: int = 0


@dataclass(frozen=True, slots=True)
class Own:
    """What somebody who is asked has set for themselves; nobody else sees it."""

    away: tuple[Days, ...]
    """Their absences that are not over, the earliest first."""
    kept: Kept
    muted: tuple[tuple[int, str], ...]
    """The plans that they are not asked, each with the reference of its embedding."""


@dataclass(frozen=True, slots=True)
class Home:
    """Everything on somebody's home."""

    name: str
    zone: str
    to_do: ToDo
    standing: Standing
    can_report: bool
    can_note: bool
    can_schedule: bool
    works_in_a_team: bool
    signs: bool
    """Whether they are a sponsor of an embedding that is not over."""
    leads: bool
    represents: bool
    """Whether they represent the workers."""
    look_after: tuple[str, ...]
    """Who to ask for what is missing here."""
    own: Own | None = None
    """For those who work in a team."""
    restrictions: tuple[InForce, ...] = ()
    """What stands on their tools."""
    can_restrict: bool = False


def home(session: Session, *, by: Caller, at: datetime) -> Home:
    """What somebody sees when they open the app.

    Raises:
        Refused: We do not know them.
    """
    person = people.known(session, by)
    mine = embeddings.answered_for(session, person)
    here = access.roles_of(session, person, teams=access.teams_of(session, person))
    lines = _embeddings(session, person, at)
    notes = note_lists.waiting(session, person, SHOWN) if mine else Waiting()
    return Home(
        name=person.name,
        zone=reporting.zone_of_embedding(session, mine[0]) if mine else person.zone,
        to_do=_to_do(session, person, mine, notes, here, at),
        standing=_standing(session, person, mine, notes, lines),
        can_report=bool(feedback.tools_at_hand(session, person.key)),
        can_note=bool(mine),
        can_schedule=bool(scheduling.scheduled_by(session, person)),
        works_in_a_team=Role.FRONTLINE in here,
        signs=any(person.key in _sponsors(session, line.card.id) for line in lines),
        leads=Role.LEAD in here,
        represents=Role.WORKER_REPRESENTATIVE in here,
        look_after=tuple(people.look_after(session, person.workspace_id)),
        own=_own(session, person, by, at) if Role.FRONTLINE in here else None,
        restrictions=restricting.of_person(session, person),
        can_restrict=bool(here & access.RIGHTS[Act.RESTRICT_TOOL]),
    )


def _own(session: Session, person: Person, by: Caller, at: datetime) -> Own:
    noted = absences.to_come(session, person.key, shifts.local_day(at, person.zone))
    return Own(
        away=tuple(absence.days for absence in noted[:SHOWN]),
        kept=preferences.own(session, by=by),
        muted=tuple(preferences.muted_by(session, person.key).items()),
    )


def _to_do(
    session: Session, person: Person, mine: list[int], notes: Waiting, roles: frozenset[Role], at: datetime
) -> ToDo:
    new = (col(Feedback.embedding_id).in_(mine), Feedback.status == FeedbackStatus.NEW)
    calls = unsafe_cards.waiting_for(session, person.key)
    called = [one.report.id for one in calls]
    unread_unsafe, unsafe_count = _reports(
        session, *new, Feedback.impact == Impact.UNSAFE, col(Feedback.id).not_in(called)
    )
    unread, unread_count = _reports(session, *new, col(Feedback.impact).is_distinct_from(Impact.UNSAFE))
    since = at - LATELY
    is_admin = Role.ADMIN in roles
    lost, lost_count = _undelivered(session, person, since, at) if is_admin else ((), 0)
    broke = incidents.since(session, person.workspace_id, since) if is_admin else ()
    return ToDo(
        calls=calls,
        unsafe=unread_unsafe,
        prompts=_prompts(session, person, at),
        changes=_changes(session, person),
        to_agree=_to_agree(session, person),
        to_sign=_to_sign(session, person),
        unread=unread,
        unread_count=unsafe_count + unread_count,
        not_in_channel=troubles.not_in_channel(session, person, since),
        user_groups=user_groups.troubles(session, person.workspace_id) if is_admin else (),
        undelivered=lost,
        undelivered_count=lost_count,
        broke=tuple(Broke(one.reference, one.during, one.at) for one in broke[:SHOWN]),
        broke_count=len(broke),
        unanswered=unsafe_cards.unanswered(session, person.workspace_id)[:SHOWN] if is_admin else (),
        approvals=note_approval.waiting_for(session, person),
        notes=notes.to_go_on,
        notes_count=notes.to_go_on_count,
    )


def _undelivered(
    session: Session, person: Person, since: datetime, at: datetime
) -> tuple[tuple[Undelivered, ...], int]:
    return troubles.undelivered(session, person.workspace_id, UNDELIVERED_SHOWN, since=since, at=at)


def _standing(
    session: Session, person: Person, mine: list[int], notes: Waiting, lines: list[EmbeddingLine]
) -> Standing:
    read = [status for status in OPEN if status is not FeedbackStatus.NEW]
    reports, count = _reports(session, col(Feedback.embedding_id).in_(mine), col(Feedback.status).in_(read))
    own = report_status.first(session, person.key, SHOWN)
    own_count = session.exec(select(func.count()).select_from(Feedback).where(Feedback.reporter_id == person.id)).one()
    return Standing(
        embeddings=tuple(lines[:SHOWN]),
        embeddings_count=len(lines),
        reports=reports,
        reports_count=count,
        own=own,
        own_count=own_count,
        notes=notes.on_their_way,
        notes_count=notes.on_their_way_count,
    )


def _reports(session: Session, *which: Any) -> tuple[tuple[FeedbackCard, ...], int]:
    """Of some reports what is unsafe and then the oldest, and how many there are in all."""
    count = session.exec(select(func.count()).select_from(Feedback).where(*which)).one()
    rows = session.exec(select(Feedback).where(*which).order_by(UNSAFE_FIRST, col(Feedback.id)).limit(SHOWN)).all()
    return tuple(feedback.card(session, row.key) for row in rows), count


def _prompts(session: Session, person: Person, at: datetime) -> tuple[PromptCard, ...]:
    rows = session.exec(
        select(Prompt)
        .where(
            Prompt.person_id == person.id,
            Prompt.status == PromptStatus.OPEN,
            Prompt.due_at <= at,
            Prompt.closes_at > at,
        )
        .order_by(col(Prompt.due_at))
    ).all()
    return tuple(prompts.card(session, row.key) for row in rows)


def _changes(session: Session, person: Person) -> tuple[NoteCard, ...]:
    answered = select(Verdict.change_note_id).where(Verdict.person_id == person.id)
    asked: Sequence[int] = session.exec(
        select(Delivery.subject_id)
        .where(
            Delivery.person_id == person.id,
            Delivery.kind == Kind.VERDICT_ASKED,
            Delivery.status == Status.SENT,
            col(Delivery.subject_id).not_in(answered),
        )
        .order_by(col(Delivery.id))
    ).all()
    cards = (change_notes.card(session, note_id, person.key) for note_id in asked)
    return tuple(card for card in cards if card.live and card.answers)


def _to_agree(session: Session, person: Person) -> tuple[EmbeddingCard, ...]:
    rows = session.exec(
        select(Embedding)
        .join(Agreement, col(Agreement.embedding_id) == col(Embedding.id))
        .where(
            Agreement.person_id == person.id,
            col(Agreement.agreed).is_(None),
            Embedding.status == EmbeddingStatus.PROPOSED,
        )
        .order_by(col(Embedding.number))
    ).all()
    return tuple(embeddings.card(session, row.key) for row in rows)


def _to_sign(session: Session, person: Person) -> tuple[ReviewCard, ...]:
    rows = session.exec(
        select(Review)
        .join(Embedding, col(Embedding.id) == col(Review.embedding_id))
        .join(Agreement, col(Agreement.embedding_id) == col(Embedding.id))
        .where(Agreement.person_id == person.id, Embedding.status == EmbeddingStatus.IN_REVIEW)
        .order_by(col(Review.id))
        .distinct()
    ).all()
    cards = (reviews.card(session, row.key, person.key) for row in rows)
    return tuple(card for card in cards if card.to_sign)


def _embeddings(session: Session, person: Person, at: datetime) -> list[EmbeddingLine]:
    rows = session.exec(
        select(Embedding)
        .where(Embedding.workspace_id == person.workspace_id, col(Embedding.status).not_in(ENDED))
        .order_by(col(Embedding.number).desc())
    ).all()
    return [
        EmbeddingLine(embeddings.card(session, row.key), shifts.local_day(at, teams.by_id(session, row.team_id).zone))
        for row in rows
        if access.RIGHTS[Act.READ_SUMMARY] & access.roles_of(session, person, teams=[row.team_id], embeddings=[row.key])
    ]


def _sponsors(session: Session, embedding_id: int) -> set[int]:
    return {sponsor.key for sponsor in embeddings.sponsors(session, embedding_id).values()}
