"""The store as the rest of the house sees it: writes, reads, one runner, visitors beside it."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlmodel import Session, select

from store import feedback, workspaces
from store.errors import Refused, RunnerTaken, TryAgain
from store.feedback import Kind, Report
from store.store import Presence, Store
from store.workspaces import Workspace
from tests.store.site import MONDAY, build


def names(session: Session) -> list[str]:
    return sorted(session.exec(select(Workspace.name)).all())


def add(session: Session, name: str) -> str:
    workspaces.ensure(session, "", name, name, at=MONDAY)
    return name


async def test_what_a_use_case_wrote_can_be_read_once_it_is_answered(store: Store) -> None:
    assert await store.write(add, "Ridge") == "Ridge"
    assert await store.read(names) == ["Ridge"]


async def test_a_refusal_reaches_its_caller_and_nothing_changed(store: Store) -> None:
    def add_and_refuse(session: Session) -> None:
        add(session, "half")
        raise Refused("Not today.")

    with pytest.raises(Refused, match="Not today"):
        await store.write(add_and_refuse)
    assert await store.read(names) == []


async def test_a_read_cannot_write(store: Store) -> None:
    with pytest.raises((DBAPIError, TryAgain)):
        await store.read(add, "sneaked in")
    assert await store.read(names) == []


async def test_rows_are_still_there_after_the_commit(store: Store) -> None:
    workspace = await store.write(workspaces.ensure, "E1", "T1", "Ridge", at=MONDAY)
    assert (workspace.name, workspace.created_at) == ("Ridge", MONDAY)


async def test_thirty_people_at_the_end_of_a_shift_all_keep_their_report(store: Store) -> None:
    site = await store.write(build)
    report = Report(Kind.FALSE_ALARM, "", site.alarm_id)
    filed = await asyncio.gather(
        *(
            store.write(feedback.file_feedback, report, by=site.caller("Ana"), at=MONDAY + timedelta(seconds=second))
            for second in range(30)
        )
    )
    assert sorted(int(one.reference.removeprefix("F-")) for one in filed) == list(range(1, 31))


async def test_a_closed_store_is_open_to_the_next(database_url: str) -> None:
    with Store(database_url) as first:
        await first.write(add, "Ridge")
    with Store(database_url) as second:
        assert await second.read(names) == ["Ridge"]


async def test_closing_finishes_what_was_asked_for(database_url: str) -> None:
    store = Store(database_url)
    asked = [asyncio.ensure_future(store.write(add, f"W{number}")) for number in range(40)]
    await asyncio.sleep(0)
    store.close()
    assert len(await asyncio.gather(*asked)) == 40
    with Store(database_url) as again:
        assert len(await again.read(names)) == 40


async def test_a_second_runner_of_a_file_is_refused_with_what_to_do(sqlite_url: str) -> None:
    sentence = r"already runs .*alongside\.db\. Stop it first, or use PostgreSQL"
    with Store(sqlite_url), pytest.raises(RunnerTaken, match=sentence):
        Store(sqlite_url)
    with Store(sqlite_url) as next_one:
        assert await next_one.read(names) == []


async def test_on_postgresql_any_number_may_run(postgres_url: str) -> None:
    with Store(postgres_url) as one, Store(postgres_url) as two:
        await one.write(add, "from one")
        await two.write(add, "from two")
        assert await one.read(names) == ["from one", "from two"]


async def test_a_visitor_writes_beside_a_runner(database_url: str) -> None:
    with Store(database_url) as runner, Store(database_url, Presence.VISITOR) as visitor:
        await asyncio.gather(
            *(runner.write(add, f"runner {number:02}") for number in range(10)),
            *(visitor.write(add, f"visitor {number:02}") for number in range(10)),
        )
        expected = [f"runner {number:02}" for number in range(10)] + [f"visitor {number:02}" for number in range(10)]
        assert await runner.read(names) == expected
        assert await visitor.read(names) == expected


async def test_visitors_do_not_shut_each_other_out(sqlite_url: str) -> None:
    with Store(sqlite_url, Presence.VISITOR) as one, Store(sqlite_url, Presence.VISITOR) as two:
        await asyncio.gather(one.write(add, "one"), two.write(add, "two"))
        assert await one.read(names) == ["one", "two"]


async def test_a_crowd_of_readers_is_served_while_somebody_writes(store: Store) -> None:
    writing = asyncio.gather(*(store.write(add, f"W{number}") for number in range(20)))
    seen = await asyncio.gather(*(store.read(names) for _ in range(40)))
    await writing
    assert all(len(one) <= 20 for one in seen)
    assert len(await store.read(names)) == 20


async def test_a_sqlite_commit_is_on_the_disk_when_it_is_answered(sqlite_url: str) -> None:
    def durability(session: Session) -> tuple[object, object, object]:
        run = session.connection().exec_driver_sql
        return tuple(run(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys"))  # type: ignore[return-value]

    with Store(sqlite_url) as store:
        assert await store.write(durability) == ("wal", 2, 1)
        await store.write(add, "Ridge")
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
        assert other.execute("SELECT name FROM workspace").fetchall() == [("Ridge",)]
        other.close()


def test_a_file_that_is_no_database_is_an_error_of_whoever_opens_it(tmp_path: Path) -> None:
    (tmp_path / "notes.sqlite").write_text("shopping list: gland packing, two bearings, coffee" * 100)
    with pytest.raises(DatabaseError, match="not a database"):
        Store(f"sqlite:///{tmp_path / 'notes.sqlite'}")
