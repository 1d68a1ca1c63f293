"""What time makes of something unsafe that nobody takes, and of restrictions whose end has come."""

from datetime import date, timedelta

from jobs import restrictions as restriction_jobs
from jobs import unsafe as unsafe_jobs
from store import restricting, restrictions, unsafe
from store.feedback import Impact, Kind, Report
from store.policy import Policy
from store.restricting import Limit
from store.store import Store
from tests.store.site import LATER, Site, sent_to

POLICY = Policy()
STEP = POLICY.unsafe_unseen_after


async def reported(store: Store, site: Site, by: str) -> int:
    what = Report(Kind.OTHER, "The guard opens", site.alarm_id, Impact.UNSAFE)
    filed = await store.write(unsafe.file_report, what, by=site.caller(by), at=LATER)
    return filed.id


async def test_every_report_that_waits_long_enough_goes_on_by_itself_and_once(store: Store, site: Site) -> None:
    taken = await reported(store, site, "Ben")
    await reported(store, site, "Ana")
    await reported(store, site, "Cleo")
    await store.write(unsafe.take, taken, by=site.caller("Mei"), at=LATER)
    assert await unsafe_jobs.escalate_due(store, POLICY, at=LATER + STEP - timedelta(seconds=1)) == 0
    assert await unsafe_jobs.escalate_due(store, POLICY, at=LATER + STEP) == 2
    assert await unsafe_jobs.escalate_due(store, POLICY, at=LATER + STEP) == 0
    # Only the lead is there to be called, and was: nobody is left, and each reporter is told.
    nobody = [name for kind, name in await store.read(sent_to, site) if kind == "unsafe_nobody_left"]
    assert nobody == ["Ana", "Cleo"]


async def test_every_restriction_whose_end_has_come_ends_once(store: Store, site: Site) -> None:
    for what_for, day in (("P-101", date(2026, 3, 11)), ("P-102", date(2026, 3, 20)), ("P-103", None)):
        limit = Limit(site.alarm_id, what_for, "It missed two failures", day)
        await store.write(restricting.restrict, limit, by=site.caller("Mei"), at=LATER)
    after = LATER + timedelta(days=3)
    assert await restriction_jobs.end_due(store, at=LATER) == 0
    assert await restriction_jobs.end_due(store, at=after) == 1
    assert await restriction_jobs.end_due(store, at=after) == 0
    standing = await store.read(restrictions.on_tools, [site.alarm_id])
    assert [one.what_for for one in standing] == ["P-103", "P-102"]
