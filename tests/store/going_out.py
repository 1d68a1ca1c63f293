"""What goes out when it is due, as the outbox sends it, and what was said by it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.sender import compose
from jobs.ports import Ended, Postponed
from store import deliveries, outcome_news, sending, settling, tellings, triage
from store.deliveries import Delivery, Kind, Status
from store.feedback import FeedbackStatus
from store.sending import Claimed, Settled
from tests.store.conftest import Run
from tests.store.site import Site

LEASE = timedelta(minutes=10)
REPORT = re.compile(r"\bF-(\d+)\b")


COUNTED = (Kind.FEEDBACK_OUTCOME, Kind.FEEDBACK_ACKNOWLEDGED, Kind.CHANGE_TOLD, Kind.CHANGE_NEWS)
"""The kinds by which people hear what became of reports."""


@dataclass(frozen=True)
class Said:
    """What a message tells of reports and changes."""

    decided: tuple[tuple[str, int], ...] = ()
    """The words of decisions, each with the number of the report that was decided."""
    read: tuple[int, ...] = ()
    """The reports that were read, by our ids."""
    notes: tuple[int, ...] = ()
    """The changes that went live, by our ids."""


@dataclass(frozen=True)
class Sent:
    """A message whose time has come."""

    row: Delivery
    said: Said
    status: Status
    named: frozenset[int]
    """The numbers of the reports that it names."""
    waits: Postponed | None = None
    """For the shift that its person works, when it does."""


def send_due(run: Run, site: Site, at: datetime) -> Iterator[Sent]:
    """Everything that may go out now, in the order in which it goes."""
    while claimed := run(sending.claim, site.workspace_id, at=at, limit=50, lease=LEASE):
        for one in claimed:
            sent = run(_sent, one, at)
            if sent.status is Status.SENT:
                assert one.id in run(sending.begin_calls, [one], lease=LEASE, at=at)
            result = Settled(one, sent.status, "as things stand", channel=f"D{one.person_id}", ts=f"{one.id}.0")
            if sent.waits is not None:
                result = replace(result, due_at=sent.waits.due_at, expires_at=sent.waits.expires_at, is_counted=False)
            run(settling.settle, [result], at=at)
            yield sent


def _sent(session: Session, claimed: Claimed, at: datetime) -> Sent:
    row = deliveries.by_id(session, claimed.id)
    written = compose(session, claimed.id, at=at)
    if isinstance(written, Postponed):
        return Sent(row, Said(), Status.QUEUED, frozenset(), written)
    if claimed.expires_at is not None and at >= claimed.expires_at:
        return Sent(row, Said(), Status.EXPIRED, frozenset())
    if isinstance(written, Ended):
        return Sent(row, said_by(session, row), written.status, frozenset())
    words = json.dumps(written.arguments)
    return Sent(row, said_by(session, row), Status.SENT, frozenset(map(int, REPORT.findall(words))))


def said_by(session: Session, row: Delivery) -> Said:
    """What a message tells as things stand."""
    match row.kind:
        case Kind.FEEDBACK_OUTCOME:
            return Said(decided=tuple(_decided(session, row)))
        case Kind.FEEDBACK_ACKNOWLEDGED:
            return Said(read=triage.acknowledged_together(session, [row.subject_id, *row.data["others"]]))
        case Kind.CHANGE_TOLD | Kind.CHANGE_NEWS:
            told = tellings.told(session, row)
            return Said(notes=tuple(card.id for card in (*told.own, *told.others)))
    return Said()


def _decided(session: Session, row: Delivery) -> Iterator[tuple[str, int]]:
    for outcome in outcome_news.outcomes(session, row):
        decided = outcome.references
        if outcome.carried_on_by and outcome.status is not FeedbackStatus.DUPLICATE:
            decided = (outcome.carried_on_by,)
        for reference in decided:
            yield outcome.words, int(reference.removeprefix("F-"))
