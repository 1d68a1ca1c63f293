"""What the stories of the outbox have in common: queueing, claiming, sending and looking at rows."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text, update
from sqlmodel import Session, col

from store import deliveries, sending
from store.deliveries import Delivery, Kind, Status
from store.sending import Claimed, Settled
from tests.store.conftest import Run
from tests.store.site import MONDAY, Site, outbox

LEASE = timedelta(seconds=60)
SOON = MONDAY + timedelta(minutes=5)
LATER = SOON + timedelta(minutes=1)


def queue(run: Run, site: Site, key: str = "first", **rest: Any) -> int:
    arguments = {"person_id": site.people["Ana"], **rest}
    made = run(deliveries.queue, site.workspace_id, Kind.CHANGE_TOLD, key, "change_note", 1, at=MONDAY, **arguments)
    assert made is not None
    return made


def rewrite(run: Run, delivery_id: int, kind: Kind = Kind.PROMPT_ANSWERED) -> int:
    def unit(session: Session) -> int:
        deliveries.rewrite(session, deliveries.by_id(session, delivery_id), kind, at=SOON)
        return max(edit.key for edit in outbox(session))

    return run(unit)


def claim(run: Run, site: Site, limit: int = 50, **rest: Any) -> list[Claimed]:
    return run(sending.claim, site.workspace_id, at=SOON, limit=limit, lease=LEASE, **rest)


def claim_one(run: Run, site: Site) -> Claimed:
    (claimed,) = claim(run, site)
    return claimed


def begin(run: Run, *claimed: Claimed) -> frozenset[int]:
    return run(sending.begin_calls, claimed, lease=LEASE, at=SOON)


def settle(run: Run, claimed: Claimed, status: Status = Status.SENT, **rest: Any) -> bool:
    result = Settled(claimed, status, **({"channel": "D_ANA", "ts": "1.0001"} | rest))
    return claimed.id in run(sending.settle_results, [result], at=SOON)


def send(run: Run, claimed: Claimed) -> bool:
    return claimed.id in begin(run, claimed) and settle(run, claimed)


def let_leases_lapse(run: Run) -> None:
    run(lambda session: session.execute(text("UPDATE delivery SET lease_until = 1 WHERE lease_until IS NOT NULL")))


def row(run: Run, delivery_id: int) -> Delivery:
    return run(deliveries.by_id, delivery_id)


def lose(run: Run, site: Site, key: str = "lost", **rest: Any) -> int:
    """A delivery whose answer was lost."""
    delivery_id = queue(run, site, key, **rest)
    (claimed,) = [one for one in claim(run, site) if one.id == delivery_id]
    begin(run, claimed)
    assert settle(run, claimed, Status.UNKNOWN, reason="the connection broke", due_at=LATER)
    return delivery_id


def put(run: Run, delivery_id: int, **values: Any) -> None:
    """Make a row what the test needs it to be."""

    def unit(session: Session) -> None:
        session.execute(update(Delivery).where(col(Delivery.id) == delivery_id).values(**values))

    run(unit)


def three(run: Run, site: Site, **rest: Any) -> tuple[int, int, int]:
    """Three messages to one person."""
    first, middle, last = (queue(run, site, key, **rest) for key in "abc")
    return first, middle, last


def statuses(run: Run, *delivery_ids: int) -> list[Status]:
    """Where some deliveries stand."""
    return [row(run, delivery_id).status for delivery_id in delivery_ids]
