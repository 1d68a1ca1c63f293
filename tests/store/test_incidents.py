"""What broke is found by the id that people were told, for a while."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from store import incidents
from store.incidents import Broken
from store.people import Caller
from tests.store.conftest import Run
from tests.store.site import MONDAY, Site, build


def record(session: Session, reference: str, by: Caller | None = None, days: int = 0) -> None:
    broken = Broken(reference, "/embedding", "KeyError", "File store/summary.py", "0.1.0")
    incidents.record(session, broken, by=by, at=MONDAY + timedelta(days=days))


def references(found: object) -> list[str]:
    assert isinstance(found, list | tuple)
    return [one.reference for one in found]


@pytest.mark.parametrize("typed", ["0a1b2c3d", " 0A1B2C3D\n"])
def test_an_incident_is_found_however_its_id_is_copied(run: Run, site: Site, typed: str) -> None:
    run(record, "0a1b2c3d", site.caller("Ana"))
    found = run(incidents.find, typed)
    assert found is not None
    assert (found.during, found.error, found.version, found.at) == ("/embedding", "KeyError", "0.1.0", MONDAY)
    assert found.workspace_id == site.workspace_id
    assert run(incidents.find, "ffffffff") is None


def test_an_incident_of_somebody_we_do_not_know_belongs_to_no_workspace(run: Run, site: Site) -> None:
    run(record, "0a1b2c3d", Caller("", "T9", "U1"))
    found = run(incidents.find, "0a1b2c3d")
    assert found is not None
    assert found.workspace_id is None


def test_a_workspace_sees_its_own_and_those_of_nobody_newest_first(run: Run, site: Site) -> None:
    other = run(build, slack_id="T2")
    run(record, "aaaa0001", site.caller("Ana"), 0)
    run(record, "aaaa0002", None, 1)
    run(record, "aaaa0003", other.caller("Ana"), 2)
    run(record, "aaaa0004", site.caller("Ben"), 3)
    since = MONDAY + timedelta(days=1)
    assert references(run(incidents.since, site.workspace_id, since)) == ["aaaa0004", "aaaa0002"]
    assert references(run(incidents.newest, 3)) == ["aaaa0004", "aaaa0003", "aaaa0002"]


def test_the_old_ones_are_forgotten_some_at_a_time(run: Run, site: Site) -> None:
    for number in range(5):
        run(record, f"aaaa000{number}", None, number)
    before = MONDAY + timedelta(days=3)
    assert run(incidents.forget, before, 2) == 2
    assert run(incidents.forget, before, 2) == 1
    assert run(incidents.forget, before, 2) == 0
    assert references(run(incidents.newest, 9)) == ["aaaa0004", "aaaa0003"]
