"""What somebody told the app and said no kind of: filed when its time is over."""

from datetime import datetime

from store import direct_reports
from store.store import Store

AT_ONCE = 100
"""Looked for in one read; the next tick goes on."""


async def file_left(store: Store, *, at: datetime) -> int:
    """File what nobody said a kind of in time, each in a unit of its own. Returns how many were due."""
    due = await store.read(direct_reports.left, AT_ONCE, at=at)
    for unfiled_id in due:
        await store.write(direct_reports.file_left, unfiled_id, at=at)
    return len(due)
