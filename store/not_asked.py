"""Why people were not asked, as counts for the data scientists of an embedding: how often, and never who.

Only whole local weeks count, once they are over, so that two looks do not show what one day changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, or_, select

from store import privacy
from store.deliveries import Delivery, Status
from store.not_now import THEIR_OWN, Reason
from store.policy import Policy
from store.privacy import Withheld
from store.prompts import Prompt, PromptStatus
from store.shifts import monday_of

ABOUT_PEOPLE = THEIR_OWN | {Reason.NO_SHIFT}
"""Reasons that say something of somebody; the others hold for everybody at work."""


@dataclass(frozen=True, slots=True)
class NotAsked:
    """What became of the prompts of an embedding up to a week that is over.

    Every prompt that was expected is in one of the three: expected = sent + skipped + missed.
    """

    expected: int | Withheld
    sent: int | Withheld
    reasons: tuple[tuple[Reason, int | Withheld], ...]
    """Why the others were not, in a steady order; those about people all together, or withheld."""


def of_embedding(session: Session, embedding_id: int, today: date, policy: Policy) -> NotAsked:
    """How often an embedding's people were asked and why not, in the weeks that are over before a local day."""
    rows = session.exec(
        select(Prompt.person_id, Prompt.reason, Delivery.status)
        .outerjoin(Delivery, col(Delivery.id) == col(Prompt.delivery_id))
        .where(Prompt.embedding_id == embedding_id, Prompt.day < monday_of(today))
        .where(or_(Prompt.status != PromptStatus.OPEN, Delivery.status == Status.SENT))
    ).all()
    sent = [person for person, _, status in rows if status == Status.SENT]
    others = [(person, Reason(reason)) for person, reason, status in rows if status != Status.SENT and reason]
    everybody = len({person for person, _, _ in rows})
    return NotAsked(
        expected=privacy.about_people(len(rows), everybody, policy) if rows else 0,
        sent=privacy.about_people(len(sent), len(set(sent)), policy) if sent else 0,
        reasons=tuple(_reasons(others, policy)),
    )


def _reasons(others: list[tuple[int, Reason]], policy: Policy) -> Iterable[tuple[Reason, int | Withheld]]:
    by_reason: dict[Reason, list[int]] = {}
    for person, reason in others:
        by_reason.setdefault(reason, []).append(person)
    about = {reason.value: (len(by), len(set(by))) for reason, by in by_reason.items() if reason in ABOUT_PEOPLE}
    whom = {person for reason, by in by_reason.items() if reason in ABOUT_PEOPLE for person in by}
    figures = privacy.breakdown(about, len(whom), policy)
    for reason in Reason:
        if reason in by_reason:
            free = len(by_reason[reason])
            yield reason, figures[reason.value] if reason in ABOUT_PEOPLE else free
