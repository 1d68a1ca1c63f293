"""How fast what is due goes out, among a million deliveries, with a sender that does nothing.

Three figures, on SQLite at synchronous FULL and on PostgreSQL with its fsync, with tokens and leases as in production:

- *claimed and marked*: claimed, and committed as `sending`, in the batches of production, without a call;
- *the whole way*: through the outbox to settled, at no pace but its own;
- *an idle look*: whether anything is to be done when nothing is, with the plan of the query.

The first two are held against APScheduler's job store and procrastinate (`tests.bench.rivals`), which have tables to
themselves with no more than the same number of jobs. Rounds alternate in one run; figures are medians of the rounds.
"""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy.engine import Connection, make_url
from sqlmodel import Session

from jobs.clock import SharedTime, SystemClock
from jobs.outbox import Equipment, Outbox
from jobs.ports import Call, LookUp, Outcome, Rule, Sent, WhenLost
from jobs.rates import POST
from store import sending, transaction
from store.compiled import Compiled, Values
from store.deliveries import Kind
from store.dialect import database_instant
from store.engine import is_sqlite, reading_engine
from store.policy import Limits, Rate
from store.sending import Claimed, Lost
from store.store import Store
from tests.bench import million, rivals
from tests.bench.databases import peopled
from tests.bench.row import Row
from tests.jobs.conftest import Incidents

AT_WILL = Rate(per_second=1e9, burst=1_000_000_000)
LIMITS = Limits(to_conversation=AT_WILL, posts=AT_WILL, edits=AT_WILL, look_ups=AT_WILL)
"""Production's, but for Slack's pace."""
LOOKS = 300
"""How many idle looks a round takes the median of."""


class DoesNothing:
    """A sender for which every message is written and sent at once."""

    def __init__(self, workspace_id: int) -> None:
        self._workspaces = (workspace_id,)

    async def workspaces(self) -> Collection[int]:
        """The one."""
        return self._workspaces

    def rule(self, kind: Kind) -> Rule:
        """Nothing gets lost."""
        return Rule(LookUp.NONE, WhenLost.SKIP)

    async def write(self, claimed: Sequence[Claimed], at: datetime) -> list[Call]:
        """Empty messages."""
        return [Call(POST, {}) for _ in claimed]

    async def call(self, claimed: Claimed, call: Call) -> Outcome:
        """Taken."""
        return Sent("D1", f"{claimed.id}.0")

    async def look_up(self, lost: Sequence[Lost]) -> Mapping[int, Sent]:
        """Nothing is there."""
        return {}


@dataclass(slots=True)
class Figures:
    """What the rounds on one database gave: idle looks in milliseconds, all others a second."""

    idle: list[float] = field(default_factory=list)
    claimed: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    rivals: dict[str, list[float]] = field(default_factory=dict)


TARGETS = {"APScheduler": (8, 2), "procrastinate": (20, 5)}
"""By how much each is to be outdone: by claiming, and on the whole way."""


def run(
    kinds: Iterable[str] = ("sqlite", "postgresql"), rows: int = 1_000_000, due: int = 10_000, rounds: int = 3
) -> list[Row]:
    """Measure it on some databases.

    Args:
        kinds: The databases.
        rows: How many deliveries there are.
        due: How many become due for each figure of each round, and how many jobs the others get.
        rounds: How often everything is measured.
    """
    found: list[Row] = []
    for kind in kinds:
        with tempfile.TemporaryDirectory() as folder, peopled(kind, Path(folder)) as url:
            found += _rows(kind, _measured(url, rows, due, rounds))
    return found


def _measured(url: str, rows: int, due: int, rounds: int) -> Figures:
    figures = Figures()
    with Store(url) as store, ExitStack() as stack:
        workspace_id = asyncio.run(store.write(million.settle_in, rows))
        _tidy(url)
        print(f"An idle look among {rows:,} deliveries:\n{_plan(url, workspace_id)}\n")
        others = _others(url, due, stack)
        for _ in range(rounds):
            figures.idle.append(asyncio.run(_idle(store, workspace_id)))
            for name, throughput in others.items():
                figures.rivals.setdefault(name, []).append(throughput())
            for measure, throughputs in ((_claimed, figures.claimed), (_whole_way, figures.whole)):
                asyncio.run(store.write(million.make_due, workspace_id, due, uuid4().hex))
                _tidy(url)
                throughputs.append(due / asyncio.run(measure(store, workspace_id, due)))
                asyncio.run(store.write(million.end_all))
    return figures


def _others(url: str, jobs: int, stack: ExitStack) -> dict[str, Callable[[], float]]:
    scheduler = rivals.APScheduler(stack.enter_context(rivals.beside(url)))
    others = {"APScheduler": lambda: scheduler.run(jobs)}
    if not is_sqlite(url):
        worker = rivals.Procrastinate(stack.enter_context(rivals.beside(url)))
        others["procrastinate"] = lambda: worker.run(jobs)
    return others


async def _claimed(store: Store, workspace_id: int, due: int) -> float:
    began = time.perf_counter()
    begun, now = 0, _now(store)
    while begun < due:
        at = await now()
        claimed = await store.write(sending.claim, workspace_id, at=at, limit=LIMITS.at_once, lease=LIMITS.lease)
        assert claimed, f"{begun} of {due} were claimed"
        begun += len(await store.write(sending.begin_calls, claimed, lease=LIMITS.lease, at=at))
    took = time.perf_counter() - began
    assert begun == due
    return took


async def _whole_way(store: Store, workspace_id: int, due: int) -> float:
    incidents = Incidents()
    outbox = Outbox(
        Equipment(
            store=store,
            sender=DoesNothing(workspace_id),
            incidents=incidents,
            clock=SystemClock(),
            limits=LIMITS,
            name=uuid4().hex,
            now=_now(store),
        )
    )
    began = time.perf_counter()
    outbox.wake()
    await outbox.idle()
    took = time.perf_counter() - began
    await outbox.close(patience=1)
    assert not incidents.noted, f"it broke: {incidents.noted}"
    assert outbox.counts == {(Kind.PROMPT, "sent"): due}, f"not all were sent: {outbox.counts}"
    return took


async def _idle(store: Store, workspace_id: int) -> float:
    async def look() -> float:
        at = datetime.now(UTC)
        began = time.perf_counter()
        busy = await store.read(sending.with_work, (workspace_id,), at=at)
        took = time.perf_counter() - began
        assert busy == []
        return took

    return 1_000 * median([await look() for _ in range(LOOKS)])


def _now(store: Store) -> Callable[[], Awaitable[datetime]]:
    """The present instant as production asks for it: that of the database."""
    return SharedTime(lambda: store.read(database_instant)).now


def _tidy(url: str) -> None:
    """What both databases do by themselves a little later, so that making rows is not a cost of what is measured."""
    if is_sqlite(url):
        with closing(sqlite3.connect(make_url(url).database or "")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("VACUUM (ANALYZE) delivery")
        server.execute("VACUUM (ANALYZE) message")


def _plan(url: str, workspace_id: int) -> str:
    engine = reading_engine(url)
    with Session(engine) as session:
        explaining = _Explaining(session.connection(), "EXPLAIN QUERY PLAN" if is_sqlite(url) else "EXPLAIN (ANALYZE)")
        session.info[transaction.UNDER_WAY] = session.get_transaction(), explaining
        sending.with_work(session, (workspace_id,), at=datetime.now(UTC))
    engine.dispose()
    assert explaining.plan
    return "\n".join(explaining.plan)


class _Explaining(transaction.Transaction):
    """A transaction whose statements say how they are carried out."""

    def __init__(self, connection: Connection, explain: str) -> None:
        super().__init__(connection)
        self._explain = explain
        self.plan: list[str] = []

    def _execute(self, compiled: Compiled, values: Values) -> list[Any]:
        self._cursor.execute(f"{self._explain} {compiled.text}", compiled.bind(values))
        self.plan += ["  " + str(row[-1]) for row in self._cursor.fetchall()]
        return super()._execute(compiled, values)


def _rows(kind: str, figures: Figures) -> list[Row]:
    rows = [
        Row(f"due.{kind}.idle", f"an idle look among all deliveries, {kind}", median(figures.idle), "ms", target="<= 1")
    ]
    for name, throughputs in figures.rivals.items():
        theirs = median(throughputs)
        for part, what, mine, times in zip(
            ("claimed", "whole"),
            ("claimed and marked", "sent and settled"),
            (median(figures.claimed), median(figures.whole)),
            TARGETS[name],
            strict=True,
        ):
            rows.append(
                Row(
                    f"due.{kind}.{part}.{name.lower()}",
                    f"due deliveries {what}, {kind}, against jobs of {name}",
                    mine,
                    "a second",
                    theirs,
                    mine / theirs,
                    f">= {times}",
                )
            )
    return rows
