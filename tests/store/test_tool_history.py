"""The history of a tool is found by what people type: its name or the beginning of it, a version, a page."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from store import change_notes, going_live, note_drafts, rolling_back, tool_history, tools
from store.change_notes import When
from store.errors import Refused
from store.feedback import Feedback
from store.policy import Policy
from store.tools import Tool, ToolType, ToolUse, ToolVersion
from tests.store.conftest import Run
from tests.store.site import LATER, MONDAY, Site, active_embedding, change, filed_report, live_change

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def called(session: Session, site: Site, *names: str) -> None:
    """More tools of the pit crew."""
    for name in names:
        tool = Tool(
            workspace_id=site.workspace_id,
            name=name,
            type=ToolType.ALARM,
            owner_id=site.people["Omar"],
            created_at=MONDAY,
        )
        session.add(tool)
        session.flush()
        session.add(ToolUse(team_id=site.team_id, tool_id=tool.key))


def found(run: Run, site: Site, words: str) -> tool_history.HistoryPage:
    return run(tool_history.named, words, 2, by=site.caller("Ana"))


def drafted(session: Session, site: Site, what: change_notes.Change) -> None:
    note_drafts.file_change_note(
        session, replace(what, when=When.DRAFT), policy=Policy(), by=site.caller("Priya"), at=LATER
    )


def goes_live(session: Session, site: Site, number: int, hours: int = 0) -> None:
    note = change_notes.by_number(session, site.workspace_id, number)
    going_live.go_live_now(session, note.key, policy=Policy(), by=site.caller("Priya"), at=LATER + hours * HOUR)


def test_a_version_whose_name_holds_spaces_is_found(run: Run, site: Site) -> None:
    run(live_change, site, version="2.0 beta 1")
    page = found(run, site, "crusher alarm  2.0 beta 1")
    assert (page.tool, page.version, len(page.changes)) == ("Crusher alarm", "2.0 beta 1", 1)


def test_a_name_with_two_spaces_is_found_as_it_is_read(run: Run, site: Site) -> None:
    run(called, site, "Belt  scale")
    assert found(run, site, "belt scale").tool == "Belt  scale"
    assert run(tool_history.whole, site.workspace_id, "Belt  scale").tool == "Belt  scale"


def test_a_page_of_one_tool_is_not_taken_for_the_beginning_of_another_ones_name(run: Run, site: Site) -> None:
    run(called, site, "Crusher alarm 21")
    for hours in range(3):
        run(live_change, site, at=LATER + hours * HOUR)
    page = found(run, site, "Crusher alarm 2")
    assert (page.tool, page.number) == ("Crusher alarm", 2)
    assert found(run, site, "crusher alarm 21").tool == "Crusher alarm 21"


def test_several_tools_that_begin_alike_are_named(run: Run, site: Site) -> None:
    run(called, site, "Crusher camera")
    alike = "Several tools begin so: Crusher alarm, Crusher camera. Write more of the name."
    with pytest.raises(Refused) as in_slack:
        found(run, site, "crusher")
    with pytest.raises(Refused) as on_the_command_line:
        run(tool_history.whole, site.workspace_id, "crusher")
    assert (str(in_slack.value), str(on_the_command_line.value)) == (alike, alike)


def test_a_version_that_a_tool_never_had_is_said_to_be_none(run: Run, site: Site) -> None:
    with pytest.raises(Refused, match=r"^Crusher alarm never had a version 9\.9\."):
        found(run, site, "Crusher alarm 9.9")
    with pytest.raises(Refused, match="No tool or version of yours"):
        found(run, site, "Mill 9.9")


def test_the_pages_of_a_version_stay_with_it(run: Run, site: Site) -> None:
    run(live_change, site)
    planned = [change(site, version="2.0") for _ in range(3)]
    for one in planned:
        run(drafted, site, one)
    for number in (2, 3, 4):
        run(goes_live, site, number)
    first = found(run, site, "Crusher alarm 2.0")
    assert first.pages == 2
    by = site.caller("Ana")
    second = run(tool_history.turned, first.tool_id, first.version_id, 2, 2, by=by)
    assert (second.version, [one.reference for one in second.changes]) == ("2.0", ["C-2"])
    whole = run(tool_history.turned, first.tool_id, None, 2, 2, by=by)
    assert (whole.version, [one.reference for one in whole.changes]) == (None, ["C-2", "C-1"])
    with pytest.raises(Refused, match="not on this site's list"):
        run(tool_history.turned, site.mill_id, first.version_id, 1, 2, by=by)
    elsewhere = run(tool_history.turned, site.forecast_id, first.version_id, 1, 2, by=by)
    assert (elsewhere.version, elsewhere.changes) == (None, ())


@pytest.mark.parametrize("drafted_before", [True, False])
def test_a_version_that_goes_live_again_is_the_one_that_people_work_with(
    run: Run, site: Site, drafted_before: bool
) -> None:
    if drafted_before:
        run(drafted, site, change(site, version="2.0"))
    taken_back = run(live_change, site, version="2.0", at=LATER)
    with pytest.raises(Refused, match=r"already had a version 2\.0"):
        run(drafted, site, change(site, version="2.0"))
    run(rolling_back.roll_back, taken_back, "It missed a seal", by=site.caller("Tom"), at=LATER + HOUR)
    run(live_change, site, version="2.1", at=LATER + 2 * HOUR)
    if not drafted_before:
        run(drafted, site, change(site, version="2.0"))
    again = 1 if drafted_before else 3
    run(goes_live, site, again, hours=3)
    live = run(tools.live_version, site.alarm_id, LATER + 4 * HOUR)
    assert live is not None
    assert live.name == "2.0"
    report = run(filed_report, site, at=LATER + 4 * HOUR)

    def version_of(session: Session) -> str:
        version_id = session.get_one(Feedback, report).version_id
        return session.exec(select(ToolVersion.name).where(ToolVersion.id == version_id)).one()

    assert run(version_of) == "2.0"
    page = found(run, site, "Crusher alarm 2.0")
    assert [(one.reference, one.version_from, one.rolled_back_at is None) for one in page.changes] == [
        (f"C-{again}", "2.1", True),
        ("C-2" if drafted_before else "C-1", "1.1", False),
    ]
