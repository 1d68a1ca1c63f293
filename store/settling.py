"""What follows from how a delivery ended, in the transaction that settles it."""

from datetime import datetime

from sqlmodel import Session

from store import channels, deliveries, people
from store.deliveries import Claimed, Status
from store.meanings import Meaning


def sent(session: Session, claimed: Claimed, channel: str, ts: str, *, at: datetime) -> bool:
    """Slack took it; what arrived in a channel shows that the app is in there. False when the claim was lost."""
    if not deliveries.settle_sent(session, claimed, channel, ts, at=at):
        return False
    delivery = deliveries.by_id(session, claimed.id)
    if delivery.channel is not None:
        channels.is_in(session, delivery.workspace_id, delivery.channel, at=at)
    return True


def ended(
    session: Session, claimed: Claimed, status: Status, reason: str, meaning: Meaning | None = None, *, at: datetime
) -> bool:
    """It will not go out, or nobody knows whether it did.

    Whoever is gone gets nothing more, and where the app was not invited somebody is asked to do so.

    Returns:
        False when the claim was lost.
    """
    if not deliveries.settle_ended(session, claimed, status, reason, meaning, at=at):
        return False
    delivery = deliveries.by_id(session, claimed.id)
    if meaning is Meaning.NOT_INVITED and delivery.channel is not None:
        channels.ask_for_invitation(session, delivery.workspace_id, delivery.channel, at=at)
    elif delivery.person_id is not None and meaning is Meaning.PERSON_GONE:
        people.switch_off(session, people.by_id(session, delivery.person_id), at=at)
    elif delivery.person_id is not None and meaning is Meaning.CHANNEL_GONE:
        people.doubt(session, people.by_id(session, delivery.person_id))
    return True
