"""A pool of threads: each unit in its own transaction, and again when it lost a race."""

import asyncio
import threading
from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from store.engine import writing_engine
from store.errors import Refused, RunAgain, TryAgain
from store.pool import ATTEMPTS, UnitPool
from store.workspaces import Workspace
from tests.store.site import MONDAY


@pytest.fixture
def pool(database_url: str) -> Iterator[UnitPool]:
    engine = writing_engine(database_url)
    opened = UnitPool(engine, threads=1, capacity=3)
    yield opened
    opened.close()
    engine.dispose()


def add(session: Session, name: str) -> str:
    session.add(Workspace(slack_id=name, name=name, created_at=MONDAY))
    session.flush()
    return name


def names(session: Session) -> list[str]:
    return sorted(session.exec(select(Workspace.name)).all())


async def test_a_unit_is_committed_when_its_caller_is_answered(pool: UnitPool) -> None:
    assert await pool.run(lambda session: add(session, "one")) == "one"
    assert await pool.run(names) == ["one"]


async def test_a_unit_that_is_refused_after_writing_leaves_nothing(pool: UnitPool) -> None:
    def write_and_refuse(session: Session) -> None:
        add(session, "half")
        raise Refused("Not today.")

    with pytest.raises(Refused):
        await pool.run(write_and_refuse)
    assert await pool.run(names) == []


async def test_a_unit_that_lost_its_race_runs_again_on_what_is_true_now(pool: UnitPool) -> None:
    attempts: list[list[str]] = []

    def lose_twice(session: Session) -> str:
        attempts.append(names(session))
        add(session, "mine")
        if len(attempts) < 3:
            raise RunAgain
        return "won"

    assert await pool.run(lose_twice) == "won"
    assert attempts == [[], [], []]
    assert await pool.run(names) == ["mine"]


async def test_a_unit_that_always_loses_says_try_again(pool: UnitPool) -> None:
    attempts: list[int] = []

    def lose(session: Session) -> None:
        attempts.append(1)
        raise RunAgain

    with pytest.raises(TryAgain):
        await pool.run(lose)
    assert len(attempts) == ATTEMPTS


async def test_too_many_at_once_say_try_again_and_the_accepted_ones_are_kept(pool: UnitPool) -> None:
    free = threading.Event()

    def wait_and_add(session: Session, name: str) -> str:
        assert free.wait(10)
        return add(session, name)

    def unit(name: str) -> "asyncio.Future[str]":
        return asyncio.ensure_future(pool.run(lambda session: wait_and_add(session, name)))

    accepted = [unit(f"W{number}") for number in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(TryAgain):
        await unit("too many")
    free.set()
    assert await asyncio.gather(*accepted) == ["W0", "W1", "W2"]
    assert await pool.run(names) == ["W0", "W1", "W2"]


async def test_a_bug_in_a_unit_reaches_its_caller_as_it_is(pool: UnitPool) -> None:
    with pytest.raises(ZeroDivisionError):
        await pool.run(lambda session: 1 // 0)


async def test_a_postgresql_that_is_away_says_try_again(postgres_url: str) -> None:
    engine = writing_engine(postgres_url.replace("/alongside_", "/no_such_database_"))
    pool = UnitPool(engine)
    with pytest.raises(TryAgain):
        await pool.run(names)
    pool.close()
    engine.dispose()


async def test_a_connection_that_breaks_says_try_again_and_the_next_unit_has_a_new_one(postgres_url: str) -> None:
    engine = writing_engine(postgres_url)
    pool = UnitPool(engine)

    def break_off(session: Session) -> None:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(TryAgain):
        await pool.run(break_off)
    assert await pool.run(names) == []
    pool.close()
    engine.dispose()


async def test_a_process_that_is_frozen_in_a_transaction_does_not_hold_up_the_others_for_ever(
    postgres_url: str,
) -> None:
    engines = [writing_engine(postgres_url), writing_engine(postgres_url)]
    frozen, other = (UnitPool(engine) for engine in engines)
    await other.run(partial(add, name="ours"))
    has_locked, goes_on = threading.Event(), threading.Event()
    rename = text("UPDATE workspace SET name = name || '+'")

    def freeze(session: Session) -> None:
        session.execute(rename)
        has_locked.set()
        goes_on.wait(30)
        session.execute(rename)

    freezing = asyncio.create_task(frozen.run(freeze))
    try:
        await asyncio.to_thread(has_locked.wait, 10)
        async with asyncio.timeout(20):
            await other.run(lambda session: session.execute(rename))
    finally:
        goes_on.set()
    with pytest.raises(TryAgain):
        await freezing
    assert await frozen.run(names) == ["ours+"]
    for pool, engine in zip((frozen, other), engines, strict=True):
        pool.close()
        engine.dispose()


async def test_two_units_in_a_deadlock_both_take_effect_once(postgres_url: str) -> None:
    engine = writing_engine(postgres_url)
    pool = UnitPool(engine)
    for name in ("one", "two"):
        await pool.run(partial(add, name=name))
    each_holds_one = threading.Barrier(2)
    attempts: list[str] = []

    def extend(first: str, second: str, session: Session) -> None:
        append = text("UPDATE workspace SET name = name || '+' WHERE slack_id = :slack_id")
        session.execute(append, {"slack_id": first})
        attempts.append(first)
        if attempts.count(first) == 1:  # the loser meets nobody when it runs again
            each_holds_one.wait(10)
        session.execute(append, {"slack_id": second})

    await asyncio.gather(
        pool.run(lambda session: extend("one", "two", session)),
        pool.run(lambda session: extend("two", "one", session)),
    )
    assert len(attempts) == 3
    assert await pool.run(names) == ["one++", "two++"]
    pool.close()
    engine.dispose()


async def test_after_closing_a_unit_is_turned_away(database_url: str) -> None:
    engine = writing_engine(database_url)
    closed = UnitPool(engine, threads=1)
    closed.close()
    with pytest.raises(TryAgain, match="closed"):
        await closed.run(names)
    engine.dispose()
