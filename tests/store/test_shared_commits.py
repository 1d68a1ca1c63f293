"""On PostgreSQL many units share a commit as well, and whoever cannot wait with the others runs alone."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from store.engine import writing_engine
from store.errors import Refused, RunAgain, TryAgain
from store.group_commit import GroupCommitWriter
from store.pool import UnitPool
from store.workspaces import Workspace
from tests.store.units import add, cut_off_others, refuse

Unit = Callable[[Session], Any]


@dataclass
class Writers:
    """A writer as a process on PostgreSQL has one."""

    engine: Engine
    commits: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pool = UnitPool(self.engine)
        self.together = GroupCommitWriter(self.engine, self.pool)
        event.listen(self.engine, "commit", lambda connection: self.commits.append("commit"))

    async def run(self, *units: Unit) -> list[Any]:
        """Run units that come at the same moment; returns what each returned or raised."""
        return await asyncio.gather(*(self.together.run(unit) for unit in units), return_exceptions=True)

    def names(self) -> list[str]:
        with Session(self.engine) as session:
            return list(session.exec(select(Workspace.name).order_by(Workspace.name)).all())

    def close(self) -> None:
        self.together.close()
        self.pool.close()
        self.engine.dispose()


@pytest.fixture
def writers(postgres_url: str) -> Iterator[Writers]:
    opened = Writers(writing_engine(postgres_url))
    yield opened
    opened.close()


@pytest.fixture
def elsewhere(writers: Writers, postgres_url: str) -> Iterator[Writers]:
    """Another process on the same database."""
    opened = Writers(writing_engine(postgres_url))
    yield opened
    opened.close()


def rename(slack_id: str, name: str) -> Unit:
    def unit(session: Session) -> str:
        workspace = session.exec(select(Workspace).where(Workspace.slack_id == slack_id).with_for_update()).one()
        workspace.name = name
        session.add(workspace)
        session.flush()
        return f"renamed {slack_id}"

    return unit


async def test_what_comes_at_the_same_moment_shares_one_commit(writers: Writers) -> None:
    answers = await writers.run(*(add(f"W{number}") for number in range(20)))
    assert answers == [f"added W{number}" for number in range(20)]
    assert len(writers.names()) == 20
    assert len(writers.commits) == 1


async def test_whoever_is_refused_is_left_out_and_the_others_share_theirs(writers: Writers) -> None:
    first, refused, last = await writers.run(add("first"), refuse, add("last"))
    assert (first, type(refused), last) == ("added first", Refused, "added last")
    assert len(writers.commits) == 1
    assert writers.names() == ["first", "last"]


async def test_a_unit_that_is_refused_after_it_wrote_leaves_nothing_and_the_others_take_effect_once(
    writers: Writers,
) -> None:
    def write_and_refuse(session: Session) -> None:
        add("half")(session)
        session.flush()
        raise Refused("Not today.")

    def write_by_text_and_refuse(session: Session) -> None:
        session.execute(
            text("INSERT INTO workspace (enterprise_id, slack_id, name, created_at) VALUES ('', 'x', 'x', now())")
        )
        raise Refused("Not today.")

    answers = await writers.run(add("first"), write_and_refuse, write_by_text_and_refuse, add("last"))
    assert [type(answer) for answer in answers] == [str, Refused, Refused, str]
    assert writers.names() == ["first", "last"]


async def test_a_broken_constraint_hits_only_its_own_unit(writers: Writers) -> None:
    first, second, last = await writers.run(add("same"), add("same"), add("last"))
    assert sorted([type(first).__name__, type(second).__name__]) == [IntegrityError.__name__, "str"]
    assert last == "added last"
    assert writers.names() == ["last", "same"]


async def test_a_unit_that_lost_its_race_runs_again_and_the_others_once(writers: Writers) -> None:
    attempts: list[int] = []

    def lose_first(session: Session) -> str:
        attempts.append(1)
        if len(attempts) == 1:
            raise RunAgain
        return str(add("mine")(session))

    assert await writers.run(add("first"), lose_first) == ["added first", "added mine"]
    assert writers.names() == ["first", "mine"]


async def test_who_waits_for_a_row_that_somebody_holds_keeps_nobody_waiting(writers: Writers) -> None:
    await writers.run(add("held"))
    with Session(writers.engine) as holder:
        rename("held", "by hand")(holder)
        waiting = asyncio.ensure_future(writers.together.run(rename("held", "later")))
        answers = await writers.run(add("one"), add("two"))
        assert answers == ["added one", "added two"]
        assert writers.names() == ["held", "one", "two"]
        assert not waiting.done()
        holder.commit()
    assert await waiting == "renamed held"
    assert writers.names() == ["later", "one", "two"]


async def test_units_of_several_workspaces_run_in_the_order_of_their_names(writers: Writers) -> None:
    ran: list[str] = []

    def unit(name: str) -> Unit:
        return lambda session: ran.append(name)

    asked = [("T2", "first of 2"), ("T1", "first of 1"), ("T2", "second of 2"), ("T1", "second of 1")]
    await asyncio.gather(*(writers.together.run(unit(name), workspace) for workspace, name in asked))
    assert ran == ["first of 1", "second of 1", "first of 2", "second of 2"]


async def test_two_processes_whose_units_want_the_same_rows_in_another_order_both_get_them(
    writers: Writers, elsewhere: Writers
) -> None:
    await writers.run(add("A"), add("B"))
    both_hold_one = threading.Barrier(2)

    def meet(session: Session) -> None:
        try:
            both_hold_one.wait(5)
        except threading.BrokenBarrierError:  # each alone later meets nobody
            return
        both_hold_one.abort()

    mine, theirs = await asyncio.gather(
        writers.run(rename("A", "mine"), meet, rename("B", "mine")),
        elsewhere.run(rename("B", "theirs"), meet, rename("A", "theirs")),
    )
    assert mine == ["renamed A", None, "renamed B"]
    assert theirs == ["renamed B", None, "renamed A"]
    assert set(writers.names()) <= {"mine", "theirs"}


async def test_a_database_that_went_away_means_try_again_for_all_and_then_it_works(writers: Writers) -> None:
    async def fail_in_the_middle(session_is_open: threading.Event, was_cut: threading.Event) -> Any:
        def unit(session: Session) -> str:
            session.exec(select(Workspace)).all()
            session_is_open.set()
            assert was_cut.wait(10)
            return str(add("cut")(session))

        return await writers.together.run(unit)

    is_open, was_cut = threading.Event(), threading.Event()
    asked = asyncio.ensure_future(fail_in_the_middle(is_open, was_cut))
    await asyncio.to_thread(is_open.wait, 10)
    with Session(writers.engine) as session:
        cut_off_others(session)
    was_cut.set()
    # Nothing of it was committed, hence it is run again alone, on a connection that stands.
    assert await asked == "added cut"
    assert await writers.run(add("next")) == ["added next"]
    assert writers.names() == ["cut", "next"]


async def test_after_closing_a_write_is_turned_away(writers: Writers) -> None:
    writers.close()
    assert [type(answer) for answer in await writers.run(add("late"))] == [TryAgain]
