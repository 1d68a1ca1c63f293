"""Many units, one commit: what happens to each when another of its batch fails."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from store import workspaces
from store.engine import writing_engine
from store.errors import Refused, TryAgain
from store.group_commit import GroupCommitWriter
from store.workspaces import Workspace
from tests.store.site import MONDAY
from tests.store.units import add, refuse

Unit = Callable[[Session], Any]


class Desk:
    """A writer whose thread can be held, so that what is handed in meanwhile shares a batch."""

    def __init__(self, url: str, *, capacity: int = 1_000, batch: int = 64) -> None:
        self.path = Path(make_url(url).database or "")
        self.engine = writing_engine(url)
        with self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 50")  # one connection for all, hence it stays
        self.commits = _counted(self.engine, "commit")
        self.rollbacks = _counted(self.engine, "rollback")
        self.writer = GroupCommitWriter(self.engine, capacity=capacity, batch=batch)
        self._free = threading.Event()

    async def hold(self) -> "asyncio.Future[Any]":
        """Keep the writer busy until `let_go`; returns once it is."""
        busy = threading.Event()

        def wait(session: Session) -> str:
            busy.set()
            assert self._free.wait(10)
            return "held"

        held = asyncio.ensure_future(self.writer.run(wait))
        await asyncio.to_thread(busy.wait, 10)
        self.commits.clear()
        return held

    def let_go(self) -> None:
        self._free.set()

    async def together(self, *units: Unit) -> list[Any]:
        """Run units in one batch; returns what each returned or raised."""
        held = await self.hold()
        answers = [asyncio.ensure_future(self.writer.run(unit)) for unit in units]
        await asyncio.sleep(0)
        self.let_go()
        results = await asyncio.gather(*answers, return_exceptions=True)
        await held
        return results

    def names(self) -> list[str]:
        """The workspaces that anybody else sees now, in the order in which they were written."""
        return names_in(self.path)

    def close(self) -> None:
        self._free.set()
        self.writer.close()
        self.engine.dispose()


def names_in(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as reader:
        return [row[0] for row in reader.execute("SELECT name FROM workspace ORDER BY id")]


def _counted(engine: Engine, what: str) -> list[str]:
    seen: list[str] = []
    event.listen(engine, what, lambda connection: seen.append(what))
    return seen


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    opened = Desk(sqlite_url)
    yield opened
    opened.close()


def write_and_fail(session: Session) -> None:
    add("half")(session)
    session.flush()
    raise RuntimeError("a bug after writing")


async def test_units_that_wait_together_share_one_commit(desk: Desk) -> None:
    answers = await desk.together(*(add(f"W{number}") for number in range(20)))
    assert answers == [f"added W{number}" for number in range(20)]
    assert desk.names() == [f"W{number}" for number in range(20)]
    assert len(desk.commits) == 2  # the unit that held the writer, and the twenty


async def test_a_refused_unit_is_left_out_of_the_commit_that_the_others_share(desk: Desk) -> None:
    first, refused, last = await desk.together(add("first"), refuse, add("last"))
    assert (first, last) == ("added first", "added last")
    assert isinstance(refused, Refused)
    assert desk.names() == ["first", "last"]
    assert len(desk.commits) == 2
    assert desk.rollbacks == []


async def test_a_unit_that_fails_after_writing_leaves_nothing_and_the_others_take_effect_once(desk: Desk) -> None:
    first, failed, last = await desk.together(add("first"), write_and_fail, add("last"))
    assert (first, last) == ("added first", "added last")
    assert isinstance(failed, RuntimeError)
    assert desk.names() == ["first", "last"]


async def test_a_refusal_and_a_failure_in_one_batch_go_to_their_own_callers(desk: Desk) -> None:
    answers = await desk.together(add("first"), refuse, write_and_fail, refuse, add("last"))
    assert [type(answer) for answer in answers] == [str, Refused, RuntimeError, Refused, str]
    assert desk.names() == ["first", "last"]


@pytest.mark.parametrize("through", ["orm", "core"])
async def test_a_broken_constraint_hits_only_its_own_unit(desk: Desk, through: str) -> None:
    def double(session: Session) -> None:
        if through == "orm":
            session.add(Workspace(slack_id="first", name="double", created_at=MONDAY))
            session.flush()
        else:
            session.execute(
                text("INSERT INTO workspace (enterprise_id, slack_id, name, created_at) VALUES ('', 'first', 'x', 0)")
            )

    first, broken, last = await desk.together(add("first"), double, add("last"))
    assert (first, last) == ("added first", "added last")
    assert isinstance(broken, IntegrityError)
    assert desk.names() == ["first", "last"]


async def test_a_constraint_that_breaks_only_when_the_unit_ends_hits_only_its_own_unit(desk: Desk) -> None:
    first, broken, last = await desk.together(add("same"), add("same"), add("last"))
    assert (first, last) == ("added same", "added last")
    assert isinstance(broken, IntegrityError)
    assert desk.names() == ["same", "last"]


async def test_a_later_unit_of_a_batch_sees_what_an_earlier_one_wrote(desk: Desk) -> None:
    def count(session: Session) -> int:
        return len(session.exec(select(Workspace)).all())

    assert await desk.together(count, add("one"), count) == [0, "added one", 1]


async def test_units_share_neither_their_session_nor_its_notes(desk: Desk) -> None:
    def note(session: Session) -> object:
        return session.info.setdefault("seen", object())

    one, two = await desk.together(note, note)
    assert one is not two


async def test_a_full_queue_says_try_again_and_what_was_accepted_is_kept(sqlite_url: str) -> None:
    desk = Desk(sqlite_url, capacity=3)
    try:
        answers = await desk.together(*(add(f"W{number}") for number in range(5)))
        assert answers[:3] == ["added W0", "added W1", "added W2"]
        assert [type(answer) for answer in answers[3:]] == [TryAgain, TryAgain]
        assert desk.names() == ["W0", "W1", "W2"]
        assert await desk.writer.run(add("later")) == "added later"
    finally:
        desk.close()


async def test_a_batch_is_no_longer_than_it_may_be(sqlite_url: str) -> None:
    desk = Desk(sqlite_url, batch=4)
    try:
        await desk.together(*(add(f"W{number}") for number in range(10)))
        assert len(desk.commits) == 1 + 3
        assert len(desk.names()) == 10
    finally:
        desk.close()


async def test_a_caller_who_gives_up_waiting_disturbs_nobody(desk: Desk) -> None:
    held = await desk.hold()
    leaving = asyncio.ensure_future(desk.writer.run(add("leaving")))
    staying = asyncio.ensure_future(desk.writer.run(add("staying")))
    await asyncio.sleep(0)
    leaving.cancel()
    desk.let_go()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    async with asyncio.timeout(5):
        assert await staying == "added staying"
        assert await held == "held"
    assert desk.names() == ["leaving", "staying"]  # it was accepted, hence it is kept all the same


async def test_nobody_is_answered_before_the_commit(desk: Desk) -> None:
    kept_when_answered: list[list[str]] = []

    async def ask(name: str) -> None:
        await desk.writer.run(add(name))
        kept_when_answered.append(desk.names())

    await asyncio.gather(ask("one"), ask("two"))
    assert all({"one", "two"} & set(kept) for kept in kept_when_answered)
    assert sorted(kept_when_answered[-1]) == ["one", "two"]


async def test_a_reader_during_a_batch_sees_nothing_of_it_and_is_not_blocked(desk: Desk) -> None:
    written, read = threading.Event(), threading.Event()

    def slow(session: Session) -> bool:
        add("slow")(session)
        session.flush()
        written.set()
        return read.wait(10)

    writing = asyncio.ensure_future(desk.writer.run(slow))
    await asyncio.to_thread(written.wait, 10)
    assert desk.names() == []  # waiting for the writer would end in "database is locked"
    read.set()
    assert await writing
    assert desk.names() == ["slow"]


async def test_a_database_locked_by_somebody_else_says_try_again_and_then_works(desk: Desk) -> None:
    with contextlib.closing(sqlite3.connect(desk.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        asked = [desk.writer.run(unit) for unit in (add("one"), refuse, add("two"))]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(answer) for answer in answers] == [TryAgain] * 3
        other.execute("ROLLBACK")
    assert desk.names() == []
    assert await desk.writer.run(add("three")) == "added three"
    assert desk.names() == ["three"]


async def test_a_lock_that_is_soon_let_go_is_waited_for(sqlite_url: str) -> None:
    desk = Desk(sqlite_url)
    with desk.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 5000")
    try:
        with contextlib.closing(sqlite3.connect(desk.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            waiting = asyncio.ensure_future(desk.writer.run(add("patient")))
            await asyncio.sleep(0.05)
            assert not waiting.done()
            other.execute("ROLLBACK")
        assert await waiting == "added patient"
    finally:
        desk.close()


def test_close_finishes_what_is_queued(sqlite_url: str) -> None:
    answers: list[Any] = []

    async def leave_in_a_hurry() -> None:
        desk = Desk(sqlite_url)
        held = await desk.hold()
        waiting = [asyncio.ensure_future(desk.writer.run(add(f"W{number}"))) for number in range(100)]
        await asyncio.sleep(0)
        desk.close()
        answers.extend(await asyncio.gather(held, *waiting))
        assert len(desk.names()) == 100

    asyncio.run(_within(10, leave_in_a_hurry()))
    assert answers == ["held", *(f"added W{number}" for number in range(100))]


async def test_after_closing_a_write_is_turned_away_instead_of_waiting_for_ever(sqlite_url: str) -> None:
    desk = Desk(sqlite_url)
    desk.close()
    with pytest.raises(TryAgain):
        await _within(2, desk.writer.run(add("late")))
    assert desk.names() == []


def test_a_caller_whose_loop_has_ended_does_not_stop_the_writer(sqlite_url: str) -> None:
    desk = Desk(sqlite_url)
    gone = asyncio.new_event_loop()
    asking = gone.create_task(_ask(desk, "asked from a loop that ends"))
    gone.run_until_complete(asyncio.sleep(0))
    asking.cancel()
    gone.run_until_complete(asyncio.gather(asking, return_exceptions=True))
    gone.close()
    try:
        assert asyncio.run(_ask(desk, "next")) == "added next"
        assert "next" in desk.names()
    finally:
        desk.close()


async def _ask(desk: Desk, name: str) -> Any:
    return await desk.writer.run(add(name))


async def _within(seconds: float, waiting: Coroutine[Any, Any, Any]) -> Any:
    async with asyncio.timeout(seconds):
        return await waiting


async def test_use_cases_that_insert_without_the_orm_count_as_writing(desk: Desk) -> None:
    def ensure_and_refuse(session: Session) -> None:
        workspaces.ensure(session, "", "half", "half", at=MONDAY)
        raise Refused("Not today.")

    first, refused, last = await desk.together(add("first"), ensure_and_refuse, add("last"))
    assert (first, type(refused), last) == ("added first", Refused, "added last")
    assert desk.names() == ["first", "last"]


async def test_a_commit_that_the_database_refuses_keeps_nothing_and_the_writer_goes_on(desk: Desk) -> None:
    def owe(session: Session) -> None:
        # The rule is looked at when the transaction commits, and that is nobody's own statement any more.
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        session.execute(
            text(
                "INSERT INTO team (workspace_id, name, site, zone, channel, anchor, cycle, created_at)"
                " VALUES (999, 'x', 'x', 'x', 'x', '2026-03-02', '[]', 0)"
            )
        )

    answers = await desk.together(add("first"), owe)
    assert [type(answer) for answer in answers] == [IntegrityError, IntegrityError]
    assert desk.names() == []
    assert await desk.writer.run(add("next")) == "added next"


async def test_a_disk_that_is_full_says_try_again_and_leaves_room_for_what_still_fits(desk: Desk) -> None:
    def write_more_than_fits(session: Session) -> None:
        add("half")(session)
        session.flush()
        session.execute(text("PRAGMA max_page_count = 1"))  # it grows no more than it has
        add("x" * 1_000_000)(session)

    first, full = await desk.together(add("first"), write_more_than_fits)
    assert first == "added first"
    assert isinstance(full, TryAgain)
    assert "full" in str(full)
    assert desk.names() == ["first"]
