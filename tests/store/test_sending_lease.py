"""One process sends for a workspace at a time, and whoever takes over knows what Slack asked for."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from store import sending_lease
from store.dialect import database_instant
from store.sending_lease import Held
from tests.store.conftest import Run
from tests.store.site import MONDAY, Site, build

LEASE = timedelta(seconds=60)


def obtain(run: Run, site: Site, who: str) -> Held | None:
    return run(sending_lease.obtain, site.workspace_id, who, lease=LEASE)


def let_it_lapse(run: Run) -> None:
    run(lambda session: session.execute(text("UPDATE sending_lease SET until = 1")))


def test_who_comes_first_sends_and_renews_and_others_do_not(run: Run, site: Site) -> None:
    assert obtain(run, site, "first") == Held(is_new=False)
    assert obtain(run, site, "second") is None
    assert obtain(run, site, "first") == Held(is_new=False)


@pytest.mark.parametrize("which", range(3))
def test_each_workspace_has_its_own(run: Run, site: Site, which: int) -> None:
    sites = [site, run(build, slack_id="T2"), run(build, slack_id="T3")]
    for number, one in enumerate(sites):
        if number != which:
            assert obtain(run, one, "another") == Held(is_new=False)
    assert obtain(run, sites[which], "first") == Held(is_new=False)


def test_it_is_held_for_a_lease_on_the_databases_clock(run: Run, site: Site) -> None:
    before = run(database_instant).timestamp()
    obtain(run, site, "first")
    held = run(lambda session: session.execute(text("SELECT until FROM sending_lease")).scalar_one())
    assert before + 59 < held < run(database_instant).timestamp() + 61


def test_a_lease_that_ran_out_goes_to_the_next_who_knows_that_somebody_was_there(run: Run, site: Site) -> None:
    obtain(run, site, "first")
    let_it_lapse(run)
    assert obtain(run, site, "second") == Held(is_new=True)
    assert obtain(run, site, "first") is None


def test_a_lease_that_was_let_go_is_free_at_once(run: Run, site: Site) -> None:
    obtain(run, site, "first")
    assert run(sending_lease.let_go, "second") == 0
    assert run(sending_lease.let_go, "first") == 1
    assert obtain(run, site, "second") is not None


@pytest.mark.parametrize("who", ["a", "b", "c"])
def test_whoever_lets_go_lets_go_of_its_own(run: Run, site: Site, who: str) -> None:
    sites = {"a": site, "b": run(build, slack_id="T2"), "c": run(build, slack_id="T3")}
    for holder, one in sites.items():
        obtain(run, one, holder)
    assert run(sending_lease.let_go, who) == 1
    free = [holder for holder, one in sites.items() if obtain(run, one, "next") is not None]
    assert free == [who]


@pytest.mark.parametrize("who", ["a", "z"])
def test_only_the_holder_keeps_a_pause(run: Run, site: Site, who: str) -> None:
    obtain(run, site, "m")
    run(sending_lease.pause, site.workspace_id, who, "chat.update", MONDAY)
    assert obtain(run, site, "m") == Held(is_new=False)


def test_a_pause_outlives_its_holder_and_is_kept_by_nobody_else(run: Run, site: Site) -> None:
    obtain(run, site, "first")
    run(sending_lease.pause, site.workspace_id, "first", "chat.postMessage", MONDAY)
    run(sending_lease.pause, site.workspace_id, "second", "chat.update", MONDAY)
    run(sending_lease.let_go, "first")
    assert obtain(run, site, "second") == Held(is_new=True, pauses={"chat.postMessage": MONDAY})
