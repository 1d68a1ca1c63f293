"""One run: processes on a database and a local Slack, what is done to them, and what came of it."""

import asyncio
import json
import os
import random
import shutil
import signal
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import psycopg

from bot.local_slack import Fault, LocalSlack
from store import migrations
from store.store import Presence, Store
from tests.conftest import POSTGRESQL, SQLITE, PostgresServer
from tests.torture.fate import MOST_PASSES, Point
from tests.torture.forked import processes
from tests.torture.judged import Judged, judge
from tests.torture.mine import a_slack, in_the_story, posted, settle_in
from tests.torture.worker import LEASE, Order, work

PATIENCE_S = 30.0
"""How long a run may take until it is quiet; it takes about three seconds on an idle machine."""
LAG = timedelta(seconds=0.3)
"""How late the history of the local Slack is: less than the processes reckon with."""


class Trouble(StrEnum):
    """What is done to the processes: killed at a point, or something else."""

    ACT = Point.ACT
    CLAIM = Point.CLAIM
    BEGUN = Point.BEGUN
    EXECUTED = Point.EXECUTED
    ANSWERED = Point.ANSWERED
    SETTLE = Point.SETTLE
    TIMEOUT = "timeout"
    """Slack does what it is asked for, and never answers."""
    RESET = "reset"
    """The connection breaks after Slack has done it."""
    TOO_MANY = "too-many"
    """429."""
    BROKEN_BEFORE = "broken-before"
    """500 or 503, and nothing was done."""
    BROKEN_AFTER = "broken-after"
    """500 or 503, and it was done."""
    STOPPED = "stopped"
    """A process stands still for two leases, wherever it is."""
    WRONG_CLOCK = "wrong-clock"
    """The machines' clocks are ten minutes ahead and behind, and a process is killed."""
    CUT = "cut"
    """The connections to the database are cut, three times."""
    TWICE = "twice"
    """Each request comes twice at once."""
    FOUR_TIMES = "four-times"
    FROZEN = "frozen"
    """A process stands still for two leases exactly between its last look at the lease and the socket."""
    LATE_HISTORY = "late-history"
    """A message shows in the history later than the processes reckon with."""


KILLS = tuple(Trouble(point) for point in Point)
MEASURED = (Trouble.FROZEN, Trouble.LATE_HISTORY)
"""What cannot be prevented: it is counted."""
ONLY_POSTGRESQL = (Trouble.WRONG_CLOCK, Trouble.CUT)


@dataclass(frozen=True, slots=True)
class Case:
    """A run, as the command line names it."""

    trouble: Trouble
    database: str
    seed: int

    @property
    def again(self) -> str:
        """The command that repeats it."""
        return f'make torture ARGS="--point {self.trouble} --database {self.database} --seed {self.seed}"'


class Ground:
    """Where runs take place: databases that are copied from a settled mine, and processes forked from a loaded one.

    Args:
        folder: For files.
        postgres: A server, if there is to be one.
    """

    def __init__(self, folder: Path, postgres: PostgresServer | None) -> None:
        self._folder = folder
        self._postgres = postgres
        self._one_at_a_time = asyncio.Lock()
        self._processes = processes()
        self._templates: dict[str, str] = {}

    @asynccontextmanager
    async def settled(self) -> AsyncIterator["Ground"]:
        """The mine is built on each database, and taken away at the end."""
        await self._settle()
        try:
            yield self
        finally:
            if self._postgres:
                self._postgres.drop(self._templates[POSTGRESQL])

    async def _settle(self) -> None:
        await self._build(SQLITE, f"sqlite:///{self._folder / 'built.db'}")
        with sqlite3.connect(self._folder / "built.db") as connection:
            connection.execute("VACUUM INTO ?", [str(self._folder / "template.db")])
        connection.close()
        if self._postgres:
            await self._build(POSTGRESQL, self._postgres.fresh())

    async def _build(self, database: str, url: str) -> None:
        if database == SQLITE:
            migrations.upgrade(url)
        with Store(url) as store:
            await store.write(settle_in)
        self._templates[database] = url

    @asynccontextmanager
    async def database(self, kind: str, folder: Path) -> AsyncIterator[str]:
        """A database of one's own."""
        if kind == SQLITE:
            shutil.copyfile(self._folder / "template.db", folder / "alongside.db")
            yield f"sqlite:///{folder / 'alongside.db'}"
            return
        assert self._postgres is not None
        async with self._one_at_a_time:
            url = await asyncio.to_thread(self._postgres.copy, self._templates[POSTGRESQL])
        try:
            yield url
        finally:
            async with self._one_at_a_time:
                await asyncio.to_thread(self._postgres.drop, url)

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder of one's own."""
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            yield Path(folder)

    def start(self, order: Order) -> ForkServerProcess:
        """A process that works."""
        process = self._processes.Process(target=work, args=(order,), daemon=True)
        process.start()
        return process


SIDE_BY_SIDE = {SQLITE: 6, POSTGRESQL: 4}
"""Runs mostly wait; those on PostgreSQL need its connections."""


async def side_by_side(
    cases: Sequence[Case], ground: Ground, tell: Callable[[Case, Judged], None] = lambda case, judged: None
) -> list[tuple[Case, Judged]]:
    """Play many cases.

    Args:
        cases: Which.
        ground: Where.
        tell: Is told of each that has ended.
    """
    gates = {kind: asyncio.Semaphore(many) for kind, many in SIDE_BY_SIDE.items()}

    async def one(case: Case) -> tuple[Case, Judged]:
        async with gates[case.database]:
            judged = await play(case, ground)
        tell(case, judged)
        return case, judged

    return await asyncio.gather(*(one(case) for case in cases))


STALL_S = 0.3
"""A local Slack that stands still for longer shows messages later than the processes reckon with."""
TRIES = 4


async def play(case: Case, ground: Ground) -> Judged:
    """Let a case happen, wait until all is quiet, and judge it.

    A flaw counts only where the local Slack was as prompt as the processes reckon with: on a machine that is too
    busy for that, the case is played again, which is counted.
    """
    again = 0
    while True:
        stalls = Stalls()
        async with stalls.watched():
            judged = await _play_once(case, ground)
        if judged.flaws and stalls.longest_s > STALL_S and again < TRIES:
            again += 1
            continue
        judged.counts["again"] = again
        return judged


class Stalls:
    """How long this process, in which the local Slack runs, did not get to do anything."""

    def __init__(self) -> None:
        self.longest_s = 0.0

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Watch until the context ends."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        before = time.monotonic()
        while True:
            await asyncio.sleep(0.02)
            now = time.monotonic()
            self.longest_s, before = max(self.longest_s, now - before), now


async def _play_once(case: Case, ground: Ground) -> Judged:
    with ground.folder() as folder:
        async with ground.database(case.database, folder) as url, a_slack(lambda: datetime.now(UTC)) as slack:
            chance = random.Random(f"{case.trouble} {case.seed}")
            _prepare(case, slack, chance)
            orders = _orders(case, Order(url, slack.api_url, slack.bot_token, folder, case.seed), chance)
            flaws = await _Run(case, ground, slack, chance).go(orders)
            with Store(url, Presence.VISITOR) as store:
                rows, places = await store.read(in_the_story), await store.read(posted)
            notes = (folder / "notes").read_text()
            judged = judge(slack.journal, rows, places, notes, doubles=case.trouble in MEASURED)
            if flaws or judged.flaws:
                flaws += [notes, (folder / "log").read_text()]
            judged.flaws += flaws
            return judged


def _prepare(case: Case, slack: LocalSlack, chance: random.Random) -> None:
    """What the local Slack does to calls."""
    slack.history_lag = timedelta(seconds=20) if case.trouble is Trouble.LATE_HISTORY else LAG
    post, often = "chat.postMessage", 6
    match case.trouble:
        case Trouble.EXECUTED | Trouble.WRONG_CLOCK | Trouble.LATE_HISTORY:
            if before := chance.randrange(MOST_PASSES[Point.EXECUTED]):
                slack.fault(post, Fault(), times=before)
            slack.fault(post, Fault.timeout(executed=True))
        case Trouble.TIMEOUT:
            slack.fault(post, Fault.timeout(executed=True), times=often, chance=0.4, seed=case.seed)
            slack.fault("chat.update", Fault.timeout(executed=True), times=1, chance=0.5, seed=case.seed)
        case Trouble.RESET:
            slack.fault(post, Fault.reset(executed=True), times=often, chance=0.4, seed=case.seed)
            slack.fault("chat.update", Fault.reset(executed=True), times=1, chance=0.5, seed=case.seed)
        case Trouble.TOO_MANY:
            refused = Fault.refusal("ratelimited", status=429, retry_after=1)
            slack.fault(post, refused, times=2, chance=0.3, seed=case.seed)
        case Trouble.BROKEN_BEFORE | Trouble.BROKEN_AFTER:
            fault = Fault.breakdown(chance.choice((500, 503)), executed=case.trouble is Trouble.BROKEN_AFTER)
            slack.fault(post, fault, times=often, chance=0.4, seed=case.seed)
            slack.fault("chat.update", fault, times=2, chance=0.5, seed=case.seed)


FATES = {
    Trouble.WRONG_CLOCK: Point.EXECUTED,
    Trouble.LATE_HISTORY: Point.EXECUTED,
    Trouble.TWICE: Point.ACT,
    Trouble.FOUR_TIMES: Point.ACT,
    Trouble.FROZEN: Point.BEGUN,
}
COPIES = {Trouble.TWICE: 2, Trouble.FOUR_TIMES: 4}


def _orders(case: Case, plain: Order, chance: random.Random) -> list[Order]:
    """One process on SQLite, two on PostgreSQL; all of them are to die, so that whoever takes over dies as well."""
    point = Point(case.trouble) if case.trouble in KILLS else FATES.get(case.trouble)
    # The local Slack counts the calls itself, and is silent at one.
    passing = 1 if point in (None, Point.EXECUTED) else chance.randint(1, MOST_PASSES[point])
    order = replace(
        plain,
        point=point,
        passing=passing,
        copies=COPIES.get(case.trouble, 1),
        stands_still=case.trouble is Trouble.FROZEN,
    )
    if case.database == SQLITE:
        return [order]
    wrong = timedelta(minutes=10 if case.trouble is Trouble.WRONG_CLOCK else 0)
    return [replace(order, skew=wrong), replace(order, skew=-wrong, seed=case.seed + 1)]


class _Run:
    def __init__(self, case: Case, ground: Ground, slack: LocalSlack, chance: random.Random) -> None:
        self._case = case
        self._ground = ground
        self._slack = slack
        self._chance = chance
        self._flaws: list[str] = []
        self._at_work: dict[ForkServerProcess, asyncio.Task[None]] = {}

    async def go(self, orders: list[Order]) -> list[str]:
        """Start, harm, replace whoever dies, until everybody has gone home. Returns what should not have been."""
        for order in orders:
            self._start(order)
        harming = asyncio.create_task(self._harm(orders[0], list(self._at_work)))
        try:
            async with asyncio.timeout(PATIENCE_S):
                while self._at_work:
                    await asyncio.wait(self._at_work.values(), return_when=asyncio.FIRST_COMPLETED)
                    self._bury(replace(orders[0], point=None))
                await harming
        except TimeoutError:
            self._flaws.append(f"it was not quiet after {PATIENCE_S} s")
        finally:
            harming.cancel()
            self._end()
        return self._flaws

    def _start(self, order: Order) -> None:
        process = self._ground.start(order)
        self._at_work[process] = asyncio.create_task(_ended(process))

    def _bury(self, successor: Order) -> None:
        for process in [one for one, task in self._at_work.items() if task.done()]:
            del self._at_work[process]
            process.join()
            if process.exitcode == -signal.SIGKILL:
                self._start(successor)
            elif process.exitcode:
                self._flaws.append(f"a process ended with {process.exitcode}")
            process.close()

    def _end(self) -> None:
        for process, task in self._at_work.items():
            task.cancel()
            process.kill()

    async def _harm(self, order: Order, processes: list[ForkServerProcess]) -> None:
        match self._case.trouble:
            case Trouble.STOPPED:
                await self._stop(self._chance.choice(processes).pid or 0)
            case Trouble.FROZEN:
                await self._thaw(order.folder / "notes")
            case Trouble.CUT:
                await self._cut(order.url)

    async def _stop(self, pid: int) -> None:
        calls = self._chance.randrange(12)
        while len(self._slack.journal.calls()) < calls:  # noqa: ASYNC110 - another process makes them
            await asyncio.sleep(0.005)
        await asyncio.sleep(self._chance.random() * 0.05)
        _signal(pid, signal.SIGSTOP)
        await asyncio.sleep(2 * LEASE.total_seconds())
        _signal(pid, signal.SIGCONT)

    async def _thaw(self, notes: Path) -> None:
        thawed: set[str] = set()
        while True:
            still = [line for line in _lines(notes) if '"stood still"' in line and line not in thawed]
            if still:
                await asyncio.sleep(2 * LEASE.total_seconds())
            for line in still:
                _signal(_process_of(line), signal.SIGCONT)
                thawed.add(line)
            if not self._at_work:
                return
            await asyncio.sleep(0.02)

    async def _cut(self, url: str) -> None:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            for _ in range(3):
                await asyncio.sleep(self._chance.random() * 0.4)
                await connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


async def _ended(process: ForkServerProcess) -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(process.sentinel, over.set)
    try:
        await over.wait()
    finally:
        loop.remove_reader(process.sentinel)


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def _process_of(note: str) -> int:
    return int(json.loads(note)["process"])


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it has gone home meanwhile
