"""When somebody is at work next: nobody is told on their day off what can wait."""

from datetime import datetime

import pytest
from sqlmodel import Session

from store import rota, triage
from store.shifts import OFF
from store.teams import Team
from tests.store.conftest import Run
from tests.store.site import Site, active_embedding, filed_report, outbox


@pytest.mark.parametrize(
    ("name", "now", "told"),
    [
        pytest.param("Ana", "2026-03-10T09:00", "2026-03-10T09:00", id="in a day shift at once"),
        pytest.param("Ana", "2026-03-10T05:59", "2026-03-10T06:00", id="before the shift when it starts"),
        pytest.param("Ana", "2026-03-10T18:00", "2026-03-11T06:00", id="just after the shift on the next one"),
        pytest.param("Ana", "2026-03-13T03:00", "2026-03-13T03:00", id="after midnight in a night shift at once"),
        pytest.param("Ana", "2026-03-14T06:00", "2026-03-18T06:00", id="after the last night when the crew is back"),
        pytest.param("Dan", "2026-03-10T09:00", "2026-03-14T06:00", id="the other crew when it is back"),
        pytest.param("Priya", "2026-03-10T09:00", "2026-03-10T09:00", id="somebody without shifts at once"),
    ],
)
def test_what_can_wait_is_told_at_work(run: Run, site: Site, name: str, now: str, told: str) -> None:
    at = datetime.fromisoformat(f"{now}:00+08:00")
    assert run(rota.next_at_work, site.people[name], at) == datetime.fromisoformat(f"{told}:00+08:00")


def test_a_team_that_works_no_shifts_is_told_at_once(run: Run, site: Site) -> None:
    def send_home(session: Session) -> None:
        session.get_one(Team, site.team_id).cycle = [OFF, OFF]

    run(send_home)
    now = datetime.fromisoformat("2026-03-10T09:00:00+08:00")
    assert run(rota.next_at_work, site.people["Ana"], now) == now


def test_that_a_report_was_seen_is_told_when_its_reporter_is_back(run: Run, site: Site) -> None:
    run(active_embedding, site)
    report = run(filed_report, site, by="Dan")
    seen = datetime.fromisoformat("2026-03-10T09:00:00+08:00")
    run(triage.acknowledge, report, by=site.caller("Priya"), at=seen)
    (told,) = [row for row in run(outbox) if row.kind == "feedback_acknowledged"]
    assert told.due_at == datetime.fromisoformat("2026-03-14T06:00:00+08:00")
