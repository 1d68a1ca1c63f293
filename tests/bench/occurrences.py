"""What a whole local day of prompts costs at a site of 2,000 teams and at one of 20, and a tick with nothing due.

The teams have 50 people each, in four crews of a cycle; every embedding is under way, and all are in one zone, so that
the day begins for all of them at the same instant. It is planned by the functions of production through a store, on
SQLite at synchronous FULL and on PostgreSQL with its fsync, in a process that has settled in as production's does:

- *per due prompt*: from the look that finds the day due until every prompt of every team is a row with its delivery;
- *the longest unit*: how long the writer was busy with one unit of that, before its commit;
- *a tick with nothing due*: what the ticker does about prompts, while the look at what is planned rests and while it is
  under way; that takes more ticks at the larger site, and none of them is longer.

The small site is measured before and after the large one, in the same run; its figures are medians. The large one is
measured once, after a day that is not counted.
"""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import ParamSpec, TypeVar

import psycopg
from sqlalchemy import insert
from sqlalchemy.engine import make_url
from sqlmodel import Session

from bot import memory
from jobs import prompts
from jobs.prompts import LastLook
from store import next_days, reviews, shifts, terms
from store.embeddings import Embedding, EmbeddingStatus
from store.engine import is_sqlite
from store.people import Person
from store.policy import Policy
from store.prompt_plans import PromptPlan
from store.store import Store, UseCase
from store.table import Table
from store.teams import Crew, Member, Shift, Team
from store.workspaces import Workspace
from tests.bench.databases import peopled
from tests.bench.row import Row
from tests.store.site import CYCLE, FIRST_DAY, MONDAY, ZONE

P = ParamSpec("P")
T = TypeVar("T")

POLICY = Policy()
PEOPLE = 50
CREWS = 4
LONG = timedelta(days=60)
TICKS = 60
"""How many ticks with nothing due are taken the median of."""


class Timed(Store):
    """A store that notes how long its writer is busy with each unit."""

    took: list[float]

    async def write(self, use_case: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As a store does."""

        def timed(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> T:
            began = time.perf_counter()
            result = use_case(session, *args, **kwargs)
            session.flush()
            self.took.append(time.perf_counter() - began)
            return result

        return await super().write(timed, *args, **kwargs)


@dataclass(slots=True)
class Measured:
    """A site, and what its days and ticks took: microseconds for each due prompt, milliseconds for all else."""

    store: Timed
    url: str
    next_day: date = FIRST_DAY
    per_prompt: list[float] = field(default_factory=list)
    longest: list[float] = field(default_factory=list)
    resting: list[float] = field(default_factory=list)
    looking: list[float] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        """A minute after the last planned day began."""
        return shifts.day_begins(self.next_day - timedelta(days=1), ZONE) + timedelta(minutes=1)

    def plan_a_day(self, *, counts: bool = True) -> None:
        """Plan the next local day of all teams."""
        self.next_day += timedelta(days=1)
        self.store.took = []
        took, made = asyncio.run(self._planned())
        assert made, "nobody is at work"
        if counts:
            self.per_prompt.append(1e6 * took / made)
            self.longest.append(1e3 * max(self.store.took))
        _tidy(self.url)

    async def _planned(self) -> tuple[float, int]:
        began, made = time.perf_counter(), 0
        while await self.store.read(next_days.is_any_due, at=self.at):
            made += await prompts.plan_due(self.store, POLICY, at=self.at)
        return time.perf_counter() - began, made

    def tick(self) -> None:
        """Tick a few times with nothing due, at rest and while a look is under way."""
        self.store.took = []
        resting, looking = asyncio.run(self._ticked())
        self.resting.append(resting)
        self.looking.append(looking)

    async def _ticked(self) -> tuple[float, float]:
        rests = LastLook()
        rests.at = self.at
        await self._tick(rests)  # what was not answered of earlier days is closed, and that we are at work is noted
        resting = [await self._tick(rests) for _ in range(TICKS)]
        looking = [await self._tick(self._under_way()) for _ in range(TICKS // 10)]
        return 1e3 * median(resting), 1e3 * median(looking)

    def _under_way(self) -> LastLook:
        """A look that has come to yesterday: at both sites a tick has as many days to look at as it takes."""
        look = LastLook()
        look.at, look.place = self.at, (self.next_day - timedelta(days=2), 0)
        return look

    async def _tick(self, look: LastLook) -> float:
        began = time.perf_counter()
        await self.store.write(terms.begin_due, at=self.at)
        assert await prompts.plan_due(self.store, POLICY, at=self.at) == 0
        assert await prompts.replan_changed(self.store, POLICY, look, at=self.at) == 0
        await prompts.close_lapsed(self.store, at=self.at)
        assert await self.store.read(reviews.due, policy=POLICY, at=self.at) == []
        await prompts.note_uptime(self.store, at=self.at)
        return time.perf_counter() - began


def run(kinds: Iterable[str] = ("sqlite", "postgresql"), few: int = 20, many: int = 2_000, days: int = 3) -> list[Row]:
    """Measure it on some databases.

    Args:
        kinds: The databases.
        few: How many teams the small site has.
        many: How many the large one has.
        days: How many days of the small one are measured before the large one's, and as many after it.
    """
    rows: list[Row] = []
    for kind in kinds:
        with ExitStack() as stack:
            small, large = (_site(kind, teams, stack) for teams in (few, many))
            memory.settle_in()
            for site in (small, large):
                site.plan_a_day(counts=False)
            for _ in range(days):
                small.plan_a_day()
            large.plan_a_day()
            for _ in range(days):
                small.plan_a_day()
            for _ in range(3):
                for site in (small, large):
                    site.tick()
            rows += _rows(kind, few, many, small, large)
    return rows


def _site(kind: str, teams: int, stack: ExitStack) -> Measured:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    url = stack.enter_context(peopled(kind, folder, partial(settle_in, teams=teams)))
    _tidy(url)
    store = Timed(url)
    store.took = []
    return Measured(stack.enter_context(closing(store)), url)


def settle_in(session: Session, *, teams: int) -> None:
    """Many teams whose embeddings begin on the same day, in a statement for each table."""
    _all(session, Workspace, [{"id": 1, "enterprise_id": "", "slack_id": "T1", "name": "Ridge", "created_at": MONDAY}])
    everybody = range(1, teams * PEOPLE + 1)
    about = {"workspace_id": 1, "zone": ZONE, "created_at": MONDAY, "profile_at": MONDAY}
    _all(session, Person, [{"id": one, "slack_id": f"U{one}", "name": f"Person {one}", **about} for one in everybody])
    numbers = range(1, teams + 1)
    place = {"workspace_id": 1, "site": "Ridge", "zone": ZONE, "anchor": FIRST_DAY, "cycle": CYCLE}
    _all(
        session,
        Team,
        [{"id": one, "name": f"Team {one}", "channel": f"C{one}", "created_at": MONDAY, **place} for one in numbers],
    )
    hours = {"D": datetime(2026, 1, 1, 6).time(), "N": datetime(2026, 1, 1, 18).time()}  # noqa: DTZ001 - wall times
    _all(
        session,
        Shift,
        [
            {"team_id": one, "name": name, "starts": starts, "minutes": 720}
            for one in numbers
            for name, starts in hours.items()
        ],
    )
    crews = [(team, CREWS * team + crew, crew) for team in numbers for crew in range(CREWS)]
    _all(
        session,
        Crew,
        [
            {"id": key, "team_id": team, "name": f"Crew {crew}", "offset": len(CYCLE) // CREWS * crew}
            for team, key, crew in crews
        ],
    )
    _all(
        session,
        Member,
        [
            {"team_id": team, "person_id": one, "crew_id": CREWS * team + one % CREWS}
            for one in everybody
            for team in [(one - 1) // PEOPLE + 1]
        ],
    )
    term = {
        "workspace_id": 1,
        "status": EmbeddingStatus.ACTIVE,
        "first_day": FIRST_DAY,
        "last_day": FIRST_DAY + LONG,
        "exit_criteria": "Fewer than two false alarms a shift",
        "proposed_by_id": 1,
        "created_at": MONDAY,
    }
    _all(session, Embedding, [{"id": one, "number": one, "team_id": one, **term} for one in numbers])
    begins = shifts.day_begins(FIRST_DAY, ZONE)
    _all(
        session,
        PromptPlan,
        [{"id": one, "embedding_id": one, "created_at": MONDAY, "next_look_at": begins} for one in numbers],
    )


def _all(session: Session, table: type[Table], rows: Sequence[dict[str, object]]) -> None:
    session.execute(insert(table), rows)


def _tidy(url: str) -> None:
    """What both databases do by themselves a little later."""
    if is_sqlite(url):
        with closing(sqlite3.connect(make_url(url).database or "")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("VACUUM (ANALYZE)")


def _rows(kind: str, few: int, many: int, small: Measured, large: Measured) -> list[Row]:
    name, than = f"occurrences.{kind}", f"{many:,} teams against {few}, {kind}"
    return [
        _compared(f"{name}.per_prompt", f"a day's prompts, for each: {than}", "µs", large.per_prompt, small.per_prompt),
        Row(
            f"{name}.unit",
            f"the longest unit of the writer while a day is planned, {many:,} teams, {kind}",
            max(large.longest + small.longest),
            "ms",
            target="<= 50",
        ),
        _compared(f"{name}.idle", f"a tick about prompts, nothing due: {than}", "ms", large.resting, small.resting),
        _compared(
            f"{name}.looking",
            f"a tick with nothing due that looks again at what is planned: {than}",
            "ms",
            large.looking,
            small.looking,
        ),
    ]


def _compared(name: str, what: str, unit: str, large: Sequence[float], small: Sequence[float]) -> Row:
    figure, against = median(large), median(small)
    return Row(name, what, figure, unit, against, figure / against, "<= 1.5")
