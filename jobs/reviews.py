"""Opening reviews: on an embedding's last day its packet is compiled in a read, frozen in a write, and kept."""

from datetime import datetime

from jobs.ports import Archive
from store import packets, reviews
from store.policy import Policy
from store.store import Store

ATTEMPTS = 5
"""How often a packet is compiled again because something happened meanwhile; then the next tick goes on."""


async def open_due(store: Store, archive: Archive, policy: Policy, *, at: datetime) -> int:
    """Open the review of every embedding whose last day has come, and keep what is not kept yet.

    Returns:
        How many reviews were due.
    """
    due = await store.read(reviews.due, policy=policy, at=at)
    for embedding_id in due:
        for _ in range(ATTEMPTS):
            compiled = await store.read(packets.compile_packet, embedding_id, policy=policy, at=at)
            if await store.write(reviews.open_review, embedding_id, compiled, at=at):
                break
    # What is kept is what is in the store, whoever froze it, and again at the next tick if it could not be kept.
    for frozen in await store.read(reviews.to_keep):
        await archive.keep(frozen.reference, frozen.packet, frozen.sha256)
        await store.write(reviews.mark_kept, frozen.review_id, at=at)
    return len(due)
