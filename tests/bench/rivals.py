"""What the outbox is held against: APScheduler's job store and procrastinate, each with 10,000 jobs that do nothing.

Both are set up as somebody would who knows them, and both start with their jobs queued: to queue is not measured.
Each is one process, as our own sender is, with as many jobs at once as suits it best.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any
from uuid import uuid4

import psycopg
from apscheduler import events
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from procrastinate import App, PsycopgConnector
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url

from store.engine import is_sqlite

AT_ONCE = (1, 4, 10, 30)
"""How many threads and how many jobs at once both are tried with; the fastest is what the outbox is held against."""
TRIAL = 1_000
"""With how many jobs they are tried."""


@contextmanager
def beside(url: str) -> Iterator[str]:
    """The URL of an empty database beside another one: its own file, or its own database on the same server."""
    address = make_url(url)
    if is_sqlite(url):
        yield f"sqlite:///{address.database}.{uuid4().hex}"
        return
    name = f"rival_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        yield address.set(database=name).render_as_string(hide_password=False)
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def nothing() -> None:
    """The job of APScheduler."""


class APScheduler:
    """A BackgroundScheduler with an SQLAlchemyJobStore.

    Date jobs that were due one by one in the minutes before are run however late they are. SQLite is in WAL mode with
    synchronous FULL, as our own is. The clock stops when each job has run and has left the store.

    Args:
        url: A database without tables.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        trials = {threads: self.run(TRIAL, threads) for threads in AT_ONCE}
        self.threads = max(trials, key=trials.__getitem__)

    def run(self, jobs: int, threads: int | None = None) -> float:
        """How many jobs a second it runs."""
        durability = _Durability()
        engine = durability.kept_by(self._url)
        scheduler = BackgroundScheduler(
            jobstores={"default": SQLAlchemyJobStore(engine=engine)},
            executors={"default": ThreadPoolExecutor(threads or self.threads)},
            job_defaults={"misfire_grace_time": None, "coalesce": True},
            timezone="UTC",
        )
        scheduler.start(paused=True)
        first = datetime.now(UTC) - timedelta(minutes=10)
        for number in range(jobs):
            scheduler.add_job(nothing, "date", run_date=first + timedelta(minutes=5) * number / jobs)
        durability.is_full = True
        engine.dispose()
        try:
            return jobs / _run_all(scheduler, jobs)
        finally:
            scheduler.shutdown()


def _run_all(scheduler: BackgroundScheduler, jobs: int) -> float:
    run, removed, done = [0], [0], Event()

    def noted(what: Any) -> None:
        (run if what.code == events.EVENT_JOB_EXECUTED else removed)[0] += 1
        if run[0] == removed[0] == jobs:
            done.set()

    scheduler.add_listener(noted, events.EVENT_JOB_EXECUTED | events.EVENT_JOB_REMOVED)
    began = time.perf_counter()
    scheduler.resume()
    assert done.wait(600), f"APScheduler ran {run[0]} of {jobs} jobs"
    return time.perf_counter() - began


@dataclass
class _Durability:
    """Jobs are queued without waiting for the disk, and run with each commit on it, as ours are."""

    is_full: bool = False

    def kept_by(self, url: str) -> Engine:
        """An engine whose new connections are so."""
        address = make_url(url)
        engine = create_engine(address if is_sqlite(url) else address.set(drivername="postgresql+psycopg"))

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, record: Any) -> None:
            if is_sqlite(url):
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute(f"PRAGMA synchronous = {'FULL' if self.is_full else 'OFF'}")
            else:
                connection.execute(f"SET synchronous_commit = {'on' if self.is_full else 'off'}")
                connection.commit()

        return engine


class Procrastinate:
    """procrastinate with its schema on a database of its own.

    Its pool is as large as what it works on at once; finished jobs are kept, as we keep deliveries, and what earlier
    rounds left is cleared away.

    Args:
        url: A PostgreSQL database without tables.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        asyncio.run(self._prepare())
        trials = {concurrency: self.run(TRIAL, concurrency) for concurrency in AT_ONCE}
        self.concurrency = max(trials, key=trials.__getitem__)

    def run(self, jobs: int, concurrency: int | None = None) -> float:
        """How many jobs a second its worker works through."""
        return asyncio.run(self._run(jobs, concurrency or self.concurrency))

    async def _prepare(self) -> None:
        async with _procrastinate(self._url, 1).open_async() as app:
            await app.schema_manager.apply_schema_async()

    async def _run(self, jobs: int, concurrency: int) -> float:
        async with _procrastinate(self._url, concurrency).open_async() as app:
            await app.connector.execute_query_async("TRUNCATE procrastinate_jobs CASCADE")
            await app.tasks["nothing"].batch_defer_async(*({} for _ in range(jobs)))
            began = time.perf_counter()
            await app.run_worker_async(
                concurrency=concurrency, wait=False, listen_notify=False, install_signal_handlers=False
            )
            took = time.perf_counter() - began
            left = await app.connector.execute_query_one_async(
                "SELECT count(*) AS jobs FROM procrastinate_jobs WHERE status <> 'succeeded'"
            )
            assert left["jobs"] == 0, f"procrastinate left {left['jobs']} jobs"
            return jobs / took


def _procrastinate(url: str, concurrency: int) -> App:
    app = App(connector=PsycopgConnector(conninfo=url, min_size=concurrency + 1, max_size=concurrency + 1))

    async def nothing_at_all() -> None:
        pass

    app.task(name="nothing")(nothing_at_all)
    return app
