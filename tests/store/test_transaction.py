"""What a transaction adds at its end, and what it asks only once."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import bindparam
from sqlmodel import Session, col, select, text

from store import feedback, history, prepared
from store.engine import writing_engine
from store.errors import Refused, RunAgain
from store.feedback import Kind, Report
from store.group_commit import GroupCommitWriter
from store.history import Event
from store.inbound import SourceKey, once
from store.pool import Unit
from store.store import Presence, Store
from store.tools import Tool
from store.workspaces import Workspace
from tests.store.conftest import Run
from tests.store.site import LATER, MONDAY, Site, active_embedding, build

NAME = select(Workspace.name).where(Workspace.slack_id == bindparam("slack_id"))
KINDS = select(Event.kind).where(Event.workspace_id == bindparam("workspace_id")).order_by(col(Event.id))


def happened(session: Session, site: Site, kind: str) -> None:
    history.record(session, site.workspace_id, kind, "tool", site.alarm_id, at=MONDAY)


def by_orm(session: Session, site: Site) -> list[str]:
    return list(session.exec(select(Event.kind).order_by(col(Event.id))).all())


def by_prepared(session: Session, site: Site) -> list[str]:
    return prepared.scalars(session, KINDS, {"workspace_id": site.workspace_id})


def by_text(session: Session, site: Site) -> list[str]:
    return [row.kind for row in session.execute(text("SELECT kind FROM event ORDER BY id"))]


@pytest.mark.parametrize("ask", [by_orm, by_prepared, by_text])
def test_whoever_asks_for_what_is_added_later_finds_it_in_its_order(
    run: Run, site: Site, ask: Callable[[Session, Site], list[str]]
) -> None:
    def act(session: Session) -> list[list[str]]:
        happened(session, site, "first")
        happened(session, site, "second")
        found = ask(session, site)
        happened(session, site, "third")
        return [found[-2:], ask(session, site)[-3:]]

    assert run(act) == [["first", "second"], ["first", "second", "third"]]
    assert run(ask, site)[-3:] == ["first", "second", "third"]


def test_what_is_taken_back_takes_with_it_what_was_to_be_added_later(run: Run, site: Site) -> None:
    def give_up(session: Session) -> None:
        happened(session, site, "taken_back")
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError):
        run(give_up)
    run(happened, site, "kept")
    assert run(by_orm, site)[-1] == "kept"
    assert "taken_back" not in run(by_orm, site)


def test_a_session_of_ones_own_adds_it_when_it_commits(database_url: str) -> None:
    engine = writing_engine(database_url)
    with Session(engine) as session:
        site = build(session)
        happened(session, site, "kept")
        session.commit()
        happened(session, site, "rolled_back")
        session.rollback()
        assert by_text(session, site)[-1] == "kept"
    engine.dispose()


def test_a_row_that_has_to_be_new_and_is_not_makes_the_unit_run_again(run: Run, site: Site) -> None:
    key = {"workspace": "/T1", "key": "Ev1", "answer": None, "at": MONDAY}

    def add(session: Session) -> None:
        prepared.add_new_later(session, SourceKey, key)

    run(add)
    with pytest.raises(RunAgain):
        run(add)


async def test_a_store_runs_a_unit_again_whose_new_row_is_there_already(database_url: str) -> None:
    attempts: list[int] = []
    key = {"workspace": "/T1", "key": "Ev1", "answer": None, "at": MONDAY}

    def add(session: Session) -> str:
        attempts.append(len(attempts))
        if len(attempts) == 3:
            return "given up"
        prepared.add_new_later(session, SourceKey, key)
        return "added"

    # A visitor's units each have a transaction of their own, on SQLite too.
    with Store(database_url, Presence.VISITOR) as store:
        assert await store.write(add) == "added"
        assert await store.write(add) == "given up"
    assert len(attempts) == 3


@dataclass
class Crew:
    """Reports that come at the same moment to a writer on SQLite, and what it says to the database."""

    url: str

    def __post_init__(self) -> None:
        self.engine = writing_engine(self.url)
        with Session(self.engine) as session:
            self.site = build(session)
            active_embedding(session, self.site)
            session.commit()
        self.said: list[str] = []
        with self.engine.connect() as connection:  # there is one for all
            driver: Any = connection.connection.dbapi_connection
            driver.set_trace_callback(self.said.append)
        self.writer = GroupCommitWriter(self.engine)

    def report(self, number: int) -> Unit:
        what = Report(Kind.FALSE_ALARM, "It rang")
        by = self.site.caller("Ana")
        return lambda session: once(session, f"Ev{number}", feedback.file_feedback, what, by=by, at=LATER)

    async def run(self, *units: Unit) -> list[Any]:
        return await asyncio.gather(*map(self.writer.run, units), return_exceptions=True)

    def times(self, beginning: str) -> int:
        return sum(one.startswith(beginning) for one in self.said)

    def close(self) -> None:
        self.writer.close()
        self.engine.dispose()


@pytest.fixture
def crew(sqlite_url: str) -> Iterator[Crew]:
    opened = Crew(sqlite_url)
    yield opened
    opened.close()


async def test_sixteen_reports_that_share_a_commit_share_what_they_add_and_ask(crew: Crew) -> None:
    filed = await crew.run(*map(crew.report, range(16)))
    assert [one.reference for one in filed] == [f"F-{number}" for number in range(1, 17)]
    assert crew.times("BEGIN") == 1
    assert crew.times("INSERT INTO feedback") == 16
    assert crew.times("INSERT INTO event") == 1
    assert crew.times("INSERT INTO source_key") == 1
    assert crew.times("INSERT INTO delivery") == 1
    assert crew.times("SELECT tool.id, tool.name") == 1
    assert crew.times("SELECT restriction.id") == 1


async def test_the_same_request_twice_in_one_commit_has_one_effect_and_one_answer(crew: Crew) -> None:
    first, again, other = await crew.run(crew.report(1), crew.report(1), crew.report(2))
    assert first == again
    assert (first.reference, other.reference) == ("F-1", "F-2")
    assert crew.times("BEGIN") == 1


async def test_whoever_reads_what_others_are_about_to_add_and_is_refused_leaves_them_as_they_are(crew: Crew) -> None:
    def read_and_refuse(session: Session) -> None:
        assert "feedback_filed" in by_text(session, crew.site)
        raise Refused("Not today.")

    first, refused, last = await crew.run(crew.report(1), read_and_refuse, crew.report(2))
    assert (first.reference, type(refused), last.reference) == ("F-1", Refused, "F-2")
    assert crew.times("BEGIN") == 1


@pytest.mark.parametrize("reads", [True, False])
async def test_what_a_refused_unit_was_to_add_later_is_not_added(crew: Crew, reads: bool) -> None:
    def note_and_refuse(session: Session) -> None:
        happened(session, crew.site, "never_happened")
        if reads:
            assert by_text(session, crew.site)[-1] == "never_happened"
        raise Refused("Not today.")

    first, refused, last = await crew.run(crew.report(1), note_and_refuse, crew.report(2))
    assert (first.reference, type(refused), last.reference) == ("F-1", Refused, "F-2")
    with Session(crew.engine) as session:
        kinds = by_text(session, crew.site)
    assert "never_happened" not in kinds
    assert kinds.count("feedback_filed") == 2


def test_what_is_asked_once_is_as_it_was_the_first_time_until_it_is_changed(run: Run, site: Site) -> None:
    asked = {"slack_id": site.slack_id}

    def act(session: Session) -> list[str]:
        names = [prepared.rows_once(session, NAME, asked)[0].name]
        workspace = session.get_one(Workspace, site.workspace_id)
        workspace.name = "By the ORM"
        session.add(workspace)
        names.append(prepared.rows_once(session, NAME, asked)[0].name)
        session.execute(text("UPDATE workspace SET name = 'By text'"))
        names.append(prepared.rows_once(session, NAME, asked)[0].name)
        return names

    before, by_the_orm, by_words = run(act)
    assert before not in (by_the_orm, by_words)
    assert (by_the_orm, by_words) == ("By the ORM", "By text")


def test_what_was_asked_once_is_forgotten_with_what_is_taken_back(run: Run, site: Site) -> None:
    asked = {"slack_id": "T77"}
    new = {"enterprise_id": "", "slack_id": "T77", "name": "Not for long", "created_at": MONDAY}

    def found(session: Session) -> list[str]:
        return [row.name for row in prepared.rows_once(session, NAME, asked)]

    with run.aside() as aside:
        aside(prepared.add, Workspace, new)
        assert aside(found) == ["Not for long"]
    assert run(found) == []


def test_what_somebody_else_commits_meanwhile_is_found_by_the_next_transaction(database_url: str) -> None:
    asked = {"slack_id": "T1"}
    mine, theirs = writing_engine(database_url), writing_engine(database_url)
    with Session(theirs) as session:
        site = build(session, "T1")
        session.commit()
    with Session(mine) as session:
        assert prepared.rows_once(session, NAME, asked)[0].name != "Renamed"
        session.commit()
        with Session(theirs) as other:
            other.get_one(Workspace, site.workspace_id).name = "Renamed"
            other.commit()
        assert prepared.rows_once(session, NAME, asked)[0].name == "Renamed"
    mine.dispose()
    theirs.dispose()


def test_a_change_of_one_table_leaves_what_was_asked_of_others(run: Run, site: Site) -> None:
    tools = select(Tool.name).where(Tool.workspace_id == bindparam("workspace_id")).order_by(Tool.name)

    def act(session: Session) -> bool:
        before = prepared.rows_once(session, tools, {"workspace_id": site.workspace_id})
        prepared.add(
            session, Workspace, {"enterprise_id": "", "slack_id": "T78", "name": "Other", "created_at": MONDAY}
        )
        return prepared.rows_once(session, tools, {"workspace_id": site.workspace_id}) is before

    assert run(act)
