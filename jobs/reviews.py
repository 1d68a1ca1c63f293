"""Opening reviews: on an embedding's last day its packet is compiled in a read, frozen in a write, and kept."""

from datetime import datetime

from jobs.ports import Archive
from store import packets, reviews
from store.policy import Policy
from store.store import Store


async def open_due(store: Store, archive: Archive, policy: Policy, *, at: datetime) -> int:
    """Open the review of every embedding whose last day has come. Returns how many."""
    due = await store.read(reviews.due, policy=policy, at=at)
    for embedding_id in due:
        packet = await store.read(packets.compile_packet, embedding_id, policy=policy, at=at)
        await store.write(reviews.open_review, embedding_id, packet, at=at)
        # What is kept is what is in the store now, whoever froze it.
        frozen = await store.read(reviews.frozen, embedding_id)
        await archive.keep(frozen.reference, frozen.packet, frozen.sha256)
    return len(due)
