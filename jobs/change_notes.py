"""Change notes whose time has come go live, each in a unit of its own."""

from datetime import datetime

from store import going_live
from store.policy import Policy
from store.store import Store


async def go_live_due(store: Store, policy: Policy, *, at: datetime) -> int:
    """Make live what was planned for now or earlier. Returns how many went live."""
    went = 0
    for note_id, workspace_id in await store.read(going_live.due, at=at):
        went += await store.write(going_live.go_live_on_time, note_id, workspace_id, policy=policy, at=at)
    return went
