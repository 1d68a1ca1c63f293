"""What waits for somebody when they open the app."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from store import embeddings, feedback, own_reports, people, reporting, reviews
from store.embeddings import Agreement, Embedding, EmbeddingCard, EmbeddingStatus
from store.feedback import FeedbackCard
from store.own_reports import OwnReport
from store.people import Caller, Person
from store.reviews import Review, ReviewCard

OWN_SHOWN = 5
INBOX_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Home:
    """Everything on somebody's home, what waits for them first."""

    name: str
    to_agree: tuple[EmbeddingCard, ...]
    to_sign: tuple[ReviewCard, ...]
    reports: tuple[FeedbackCard, ...]
    """The open reports that wait for a data scientist."""
    zone: str
    own: tuple[OwnReport, ...]
    can_report: bool


def home(session: Session, *, by: Caller) -> Home:
    """What somebody sees when they open the app.

    Raises:
        Refused: We do not know them.
    """
    person = people.known(session, by)
    mine = embeddings.answered_for(session, person)
    waiting = feedback.open_in(session, mine, INBOX_SHOWN) if mine else ()
    at_hand = feedback.tools_at_hand(session, person)
    return Home(
        name=person.name,
        to_agree=_to_agree(session, person),
        to_sign=_to_sign(session, person),
        reports=tuple(feedback.card(session, row.key) for row in waiting),
        zone=reporting.zone_of_embedding(session, mine[0]) if mine else person.zone,
        own=own_reports.page(session, 1, OWN_SHOWN, by=by).reports,
        can_report=bool(at_hand),
    )


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
