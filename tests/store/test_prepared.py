"""Statements that are handed to the driver: what they find, what they add, and what their errors say."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import bindparam
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col, select

from store import engine, prepared
from store.errors import TryAgain
from store.feedback import Feedback, Kind
from store.history import Event
from store.store import Store
from store.tools import Tool, ToolType
from store.workspaces import Workspace
from tests.store.conftest import Run
from tests.store.site import MONDAY, Site
from tests.store.units import cut_off_others

TOOLS = select(Tool.name, Tool.type, Tool.created_at).where(Tool.workspace_id == bindparam("workspace_id"))
BY_NAME = select(Tool.id).where(Tool.name == bindparam("name"))
AMONG = select(Tool.name).where(col(Tool.name).in_(bindparam("names", expanding=True))).order_by(Tool.name)
SECRET = "what somebody typed"


def test_rows_have_names_and_are_of_their_columns_kinds(run: Run, site: Site) -> None:
    found = run(prepared.rows, TOOLS, {"workspace_id": site.workspace_id})
    row = next(row for row in found if row.name == "Crusher alarm")
    assert row.type is ToolType.ALARM
    assert row.created_at == MONDAY
    assert row.created_at.utcoffset() == timedelta(0)


def test_where_there_is_nothing_there_is_none(run: Run, site: Site) -> None:
    nothing = {"name": "Nothing of the kind"}
    assert run(prepared.rows, BY_NAME, nothing) == []
    assert run(prepared.scalars, BY_NAME, nothing) == []
    assert run(prepared.row, BY_NAME, nothing) is None
    assert run(prepared.scalar, BY_NAME, nothing) is None


def test_a_list_of_any_length_can_be_asked_for(run: Run, site: Site) -> None:
    assert run(prepared.scalars, AMONG, {"names": ["Crusher alarm"]}) == ["Crusher alarm"]
    assert run(prepared.scalars, AMONG, {"names": []}) == []


def test_what_was_changed_on_an_object_is_found(run: Run, site: Site) -> None:
    def rename(session: Session) -> int | None:
        tool = session.exec(select(Tool).where(Tool.name == "Crusher alarm")).one()
        tool.name = "Crusher siren"
        session.add(tool)
        return prepared.scalar(session, BY_NAME, {"name": "Crusher siren"})  # type: ignore[no-any-return]

    assert run(rename) == site.alarm_id


def test_what_one_session_prepared_serves_its_next_transaction(database_url: str) -> None:
    opened = engine.writing_engine(database_url)
    named = {"enterprise_id": "", "slack_id": "T9", "name": "Nine", "created_at": MONDAY}
    with Session(opened) as session:
        added = prepared.add(session, Workspace, named)
        session.commit()
        assert prepared.add_new(session, Workspace, named) is None
        session.rollback()
        assert session.get(Workspace, added) is not None
    opened.dispose()


def event_of(site: Site, number: int) -> dict[str, object]:
    return {
        "workspace_id": site.workspace_id,
        "kind": f"seen_{number}",
        "actor_id": None,
        "subject": "person",
        "subject_id": number,
        "at": datetime(2026, 3, 2, 14, tzinfo=ZoneInfo("Australia/Perth")),
        "data": {"number": number},
        "source": None,
    }


@pytest.mark.parametrize("many", [0, 1, 2, 3, 31, 32, 33, 100])
def test_as_many_rows_are_added_as_there_are(run: Run, site: Site, many: int) -> None:
    def add(session: Session) -> list[Event]:
        prepared.add_all_new(session, Event, [event_of(site, number) for number in range(many)])
        return list(session.exec(select(Event).where(Event.subject == "person").order_by(col(Event.id))).all())

    added = run(add)
    assert [event.data for event in added] == [{"number": number} for number in range(many)]
    assert {event.at for event in added} <= {datetime(2026, 3, 2, 6, tzinfo=ZoneInfo("UTC"))}


def test_of_many_rows_those_that_are_there_already_are_left_as_they_are(run: Run, site: Site) -> None:
    def add(session: Session) -> list[str]:
        names = [f"T{number}" for number in range(10, 20)]
        rows = [{"enterprise_id": "", "slack_id": name, "name": name, "created_at": MONDAY} for name in names]
        prepared.add_all_new(session, Workspace, rows[3:6])
        prepared.add_all_new(session, Workspace, [{**row, "name": "again"} for row in rows])
        found = session.exec(
            select(Workspace.name).where(col(Workspace.slack_id).in_(names)).order_by(Workspace.slack_id)
        )
        return list(found.all())

    assert run(add) == ["again"] * 3 + ["T13", "T14", "T15"] + ["again"] * 4


@pytest.mark.parametrize("many", [1, 3, 33])
def test_of_many_rows_those_that_are_new_answer(run: Run, site: Site, many: int) -> None:
    names = [f"T{number}" for number in range(100, 100 + many)]
    rows = [{"enterprise_id": "", "slack_id": name, "name": name, "created_at": MONDAY} for name in names]

    def add(session: Session) -> list[tuple[str, datetime]]:
        prepared.add_all_new(session, Workspace, rows[:1])
        added = prepared.add_each_new(session, Workspace, rows, ("id", "slack_id", "created_at"))
        found = session.exec(select(Workspace.id).where(col(Workspace.slack_id).in_(names[1:]))).all()
        assert {row.id for row in added} == set(found)
        return sorted((row.slack_id, row.created_at) for row in added)

    assert run(add) == [(name, MONDAY) for name in names[1:]]


def test_an_error_is_the_one_that_sqlalchemy_raises_and_holds_nobodys_words(run: Run, site: Site) -> None:
    report = {
        "workspace_id": site.workspace_id,
        "number": 1,
        "tool_id": -1,
        "version_id": None,
        "embedding_id": None,
        "reporter_id": site.people["Tom"],
        "kind": Kind.OTHER,
        "text": SECRET,
        "impact": None,
        "status": "new",
        "filed_at": MONDAY,
        "acknowledged_at": None,
    }
    with pytest.raises(IntegrityError) as broken:
        run(prepared.add, Feedback, report)
    assert "INSERT INTO feedback" in str(broken.value)
    assert SECRET not in str(broken.value)


def find(session: Session) -> str:
    return str(prepared.scalar(session, BY_NAME, {"name": "nothing"}))


async def test_a_connection_that_is_cut_in_the_middle_of_a_unit_means_try_again(postgres_url: str) -> None:
    with Store(postgres_url) as store, Store(postgres_url) as other:

        def cut(session: Session) -> None:
            find(session)
            asyncio.run(other.write(cut_off_others))
            find(session)

        with pytest.raises(TryAgain):
            await store.write(cut)
        assert await store.write(find) == "None"


async def test_connections_that_were_cut_while_nobody_used_them_are_noticed_before_they_are_used(
    postgres_url: str,
) -> None:
    with Store(postgres_url) as store, Store(postgres_url) as other:
        await asyncio.gather(*(store.write(find) for _ in range(8)), *(store.read(find) for _ in range(8)))
        await other.write(cut_off_others)
        await asyncio.sleep(engine.IDLE_S)
        found = await asyncio.gather(*(store.write(find) for _ in range(8)), *(store.read(find) for _ in range(8)))
        assert found == ["None"] * 16


async def test_of_a_connection_that_is_in_use_all_the_time_nobody_asks_whether_it_stands(postgres_url: str) -> None:
    with Store(postgres_url) as store, Store(postgres_url) as other:
        await store.write(find)
        await other.write(cut_off_others)
        with pytest.raises((TryAgain, DBAPIError)):
            await store.write(find)
        assert await store.write(find) == "None"
