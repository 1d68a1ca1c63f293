"""What follows from how deliveries ended, in the transaction that settles them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from store import channels, people, report_buttons, sending
from store.deliveries import Kind, Status
from store.meanings import Meaning
from store.sending import Settled


def settle(session: Session, results: Sequence[Settled], *, at: datetime) -> frozenset[int]:
    """Write down what became of some deliveries, and what follows.

    Whoever is gone gets nothing more; where the app was not invited somebody is asked to do so; what arrived in a
    channel shows that the app is in there.

    Returns:
        The ids of those that were still held.
    """
    held = sending.settle_results(session, results, at=at)
    for result in results:
        if result.claimed.id in held:
            _follow(session, result, at)
    return held


def _follow(session: Session, result: Settled, at: datetime) -> None:
    claimed, meaning = result.claimed, result.meaning
    if claimed.kind is Kind.REPORT_BUTTON and result.status is Status.SENT:
        report_buttons.is_out(session, claimed.id, at=at)
    if claimed.channel is not None and result.status is Status.SENT:
        channels.is_in(session, claimed.workspace_id, claimed.channel, at=at)
    elif claimed.channel is not None and meaning is Meaning.NOT_INVITED:
        channels.ask_for_invitation(session, claimed.workspace_id, claimed.channel, at=at)
    elif claimed.person_id is not None and meaning is Meaning.PERSON_GONE:
        people.switch_off(session, people.by_id(session, claimed.person_id), at=at)
    elif claimed.person_id is not None and meaning is Meaning.CHANNEL_GONE:
        people.doubt(session, people.by_id(session, claimed.person_id))
