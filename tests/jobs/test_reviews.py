"""A review is opened on what is true at that moment, also while people go on reporting."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from jobs.reviews import ATTEMPTS, open_due
from store import packets
from store.policy import Policy
from store.reviews import Review
from store.store import P, Store, T, UseCase
from tests.store.site import LATER, Site, active_embedding, build, filed_report

LAST_MORNING = LATER + timedelta(days=31)


class BusyStore(Store):
    """A store in which Ana reports something whenever a packet has just been compiled."""

    site: Site
    reports_to_come = 0

    async def read(self, query: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read, and be interrupted."""
        found = await super().read(query, *args, **kwargs)
        if query is packets.compile_packet and self.reports_to_come:
            self.reports_to_come -= 1
            await self.write(filed_report, self.site, at=LAST_MORNING)
        return found


@dataclass
class Archive:
    """Keeps packets in memory."""

    kept: dict[str, str] = field(default_factory=dict)

    async def keep(self, reference: str, packet: str, sha256: str) -> None:
        """Notes a packet."""
        self.kept[reference] = packet


@pytest.fixture
async def busy(database_url: str) -> AsyncIterator[BusyStore]:
    store = BusyStore(database_url)
    store.site = await store.write(build)
    await store.write(active_embedding, store.site)
    yield store
    store.close()


def opened(session: Session) -> list[str]:
    return [review.packet for review in session.exec(select(Review)).all()]


@pytest.mark.parametrize("reports", [0, 1, ATTEMPTS - 1])
async def test_what_is_reported_while_a_packet_is_compiled_is_in_the_one_that_is_frozen(
    busy: BusyStore, reports: int
) -> None:
    busy.reports_to_come = reports
    archive = Archive()
    assert await open_due(busy, archive, Policy(), at=LAST_MORNING) == 1

    frozen = json.loads(archive.kept["E-1"])
    assert sum(len(tool["reports"]) for tool in frozen["tools"]) == reports


async def test_where_reports_never_cease_the_next_tick_goes_on(busy: BusyStore) -> None:
    busy.reports_to_come = ATTEMPTS
    archive = Archive()
    await open_due(busy, archive, Policy(), at=LAST_MORNING)
    assert (await busy.read(opened), archive.kept) == ([], {})

    await open_due(busy, archive, Policy(), at=LAST_MORNING)
    assert await busy.read(opened) == [archive.kept["E-1"]]
