"""Ending the restrictions whose time has come."""

from datetime import datetime

from store import restricting
from store.store import Store


async def end_due(store: Store, *, at: datetime) -> int:
    """End every restriction whose end has come, each in a unit of its own. Returns how many there were."""
    ended = 0
    for restriction_id in await store.read(restricting.over, at=at):
        ended += await store.write(restricting.end, restriction_id, at=at)
    return ended
