"""What forms offer: the teams, tools and reports that somebody may choose from."""

from datetime import date

import pytest

from store.access import REFUSALS, Act
from store.errors import Refused
from store.feedback import KINDS_OFFERED
from store.inbox import first_page
from store.noting import notable
from store.reporting import reportable
from store.scheduling import schedulable
from store.tools import ToolType
from tests.store.conftest import Run
from tests.store.site import LATER, Site, active_embedding, build, filed_report, live_change


@pytest.fixture(autouse=True)
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def test_the_embedded_tool_is_offered_first_with_its_kinds_and_its_live_version(run: Run, site: Site) -> None:
    offered = run(reportable, by=site.caller("Ana"), at=LATER)
    assert offered.tools == ((site.alarm_id, "Crusher alarm"), (site.forecast_id, "Haul forecast"))
    assert (offered.tool_id, offered.version) == (site.alarm_id, "1.1")
    assert offered.kinds == KINDS_OFFERED[ToolType.ALARM]


def test_another_tool_has_its_own_kinds_and_version(run: Run, site: Site) -> None:
    offered = run(reportable, site.forecast_id, by=site.caller("Ana"), at=LATER)
    assert (offered.tool_id, offered.version, offered.kinds) == (
        site.forecast_id,
        "3.2",
        KINDS_OFFERED[ToolType.FORECAST],
    )
    assert run(reportable, site.mill_id, by=site.caller("Ana"), at=LATER).tool_id == site.alarm_id


def test_the_shift_under_way_is_offered_first_then_the_ones_before(run: Run, site: Site) -> None:
    assert run(reportable, by=site.caller("Ana"), at=LATER).shifts == (
        (date(2026, 3, 10), "D"),
        (date(2026, 3, 5), "N"),
        (date(2026, 3, 4), "N"),
        (date(2026, 3, 3), "D"),
    )
    assert run(reportable, by=site.caller("Priya"), at=LATER).shifts == ()


def test_a_data_scientist_is_offered_the_tools_they_answer_for(run: Run, site: Site) -> None:
    assert run(reportable, by=site.caller("Priya"), at=LATER).tools == ((site.alarm_id, "Crusher alarm"),)


def test_somebody_without_a_tool_is_told_whom_to_ask(run: Run, site: Site) -> None:
    with pytest.raises(Refused, match="No tool is on this site's list for you"):
        run(reportable, by=site.caller("Olga"), at=LATER)


def test_what_may_be_noted_are_the_open_reports_on_ones_own_tools(run: Run, site: Site) -> None:
    run(filed_report, site)
    run(filed_report, site, tool_id=site.forecast_id)
    run(live_change, site, run(filed_report, site))
    offered = run(notable, by=site.caller("Priya"))
    assert offered.tools == ((site.alarm_id, "Crusher alarm"),)
    assert [card.reference for card in offered.reports] == ["F-1"]


@pytest.mark.parametrize("name", ["Ana", "Mei", "Olga"])
def test_others_have_neither_an_inbox_nor_anything_to_note(run: Run, site: Site, name: str) -> None:
    with pytest.raises(Refused, match="not embedded with a team right now"):
        run(first_page, by=site.caller(name))
    with pytest.raises(Refused, match="not embedded with a team right now"):
        run(notable, by=site.caller(name))


def test_a_coordinator_schedules_for_the_teams_of_their_own_workspace(run: Run, site: Site) -> None:
    run(build, slack_id="T2")
    for name in ("Kay", "Mei"):
        offered = run(schedulable, by=site.caller(name))
        assert offered.teams == ((site.team_id, "Pit crew"),)
        assert dict(offered.tools) == {site.alarm_id: "Crusher alarm", site.forecast_id: "Haul forecast"}


@pytest.mark.parametrize("name", ["Ana", "Priya", "Dmitri"])
def test_others_have_no_team_to_schedule_for(run: Run, site: Site, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        run(schedulable, by=site.caller(name))
    assert refusal.value.sentence == REFUSALS[Act.PROPOSE_EMBEDDING]
