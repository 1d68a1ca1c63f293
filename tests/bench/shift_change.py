"""A shift change: thousands of prompts due at the same instant in many workspaces, at the pace that Slack allows.

The prompts are real ones, written from the rows of a crew; each workspace is an app of its own on one database, as it
is composed for work, in one process that has settled in. Each talks to a local Slack that checks every call and has its
limits on. What is measured is how long it takes until the last of them is out, against what the limits allow: so many a
minute, and what may come at once.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import update
from sqlmodel import Session

from bot import memory
from bot.app import Alongside, compose
from bot.settings import Settings
from store.deliveries import Delivery, Status
from store.people import Person
from store.store import Store
from store.teams import Member
from tests.bench.databases import peopled
from tests.bench.row import Row
from tests.bench.site import crew_of, team_id
from tests.bench.slacks import LIMITS, Seen, Where
from tests.store.site import FIRST_SHIFT, MONDAY, ZONE, active_embedding, asked_crew, build

DUE = FIRST_SHIFT + timedelta(hours=11)
"""An hour before the first shift ends, when its crew is asked."""
LOOK_S = 1.0
"""How often the outboxes are woken besides, as the tick does it."""


def run(kinds: Iterable[str] = ("sqlite", "postgresql"), workspaces: int = 20, prompts: int = 5_000) -> list[Row]:
    """Play a shift change on some databases.

    Args:
        kinds: The databases.
        workspaces: How many.
        prompts: How many in all of them together.
    """
    crew = prompts // workspaces
    rows: list[Row] = []
    for kind in kinds:
        people = partial(_settle_in, workspaces=workspaces, crew=crew)
        with tempfile.TemporaryDirectory() as folder, peopled(kind, Path(folder), people) as url:
            rows += asyncio.run(_measured(kind, url, Path(folder), workspaces, crew))
    return rows


def _settle_in(session: Session, *, workspaces: int, crew: int) -> None:
    for number in range(workspaces):
        site = build(session, team_id(number))
        embedding_id = active_embedding(session, site)
        people = {
            name: Person(workspace_id=site.workspace_id, slack_id=name, name=name, zone=ZONE, created_at=MONDAY)
            for name in crew_of(crew)
        }
        session.add_all(people.values())
        session.flush()
        session.add_all(
            Member(team_id=site.team_id, person_id=one.key, crew_id=site.crew_a_id) for one in people.values()
        )
        before = update(Delivery).values(status=Status.SKIPPED, reason="before the shift change", ended_at=MONDAY)
        session.execute(before.where(Delivery.workspace_id == site.workspace_id))  # type: ignore[arg-type] # a column
        everybody = site.people | {name: one.key for name, one in people.items()}
        asked_crew(session, replace(site, people=everybody), embedding_id, names=list(people))
    session.execute(update(Person).values(profile_at=DUE))  # who they are is known


async def _measured(kind: str, url: str, folder: Path, workspaces: int, crew: int) -> list[Row]:
    ahead = DUE - datetime.now(UTC) - timedelta(seconds=10)
    with slacks(workspaces, crew, ahead) as (there, look), Store(url) as store:
        async with _apps(there, store, folder, _Ahead(ahead)) as apps:
            seen = await _sent(apps, look, crew)
    assert [(one.posts, one.people) for one in seen] == [(crew, crew)] * workspaces, seen
    took = max(one.last for one in seen) - DUE.timestamp()
    allowed = (crew - (LIMITS.workspace_post_burst or 0)) / (LIMITS.workspace_posts_per_minute / 60)
    name, what = f"shift_change.{kind}", f"{workspaces * crew:,} prompts in {workspaces} workspaces, {kind}"
    return [
        Row(f"{name}.time", f"{what}: until the last is out", took, "s", allowed, took / allowed, "<= 1.05"),
        Row(f"{name}.too_many", f"{what}: HTTP 429", sum(one.too_many for one in seen), "", target="<= 0"),
    ]


class _Ahead:
    """The machine's clock, moved to the day of the shift change."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@asynccontextmanager
async def _apps(there: list[Where], store: Store, folder: Path, clock: _Ahead) -> AsyncIterator[list[Alongside]]:
    async def now() -> datetime:
        return clock.now()

    apps = [await compose(_settings(one, folder), store=store, clock=clock, shared_now=now) for one in there]
    memory.settle_in()
    await asyncio.sleep(max(0.0, (DUE - clock.now()).total_seconds()))
    try:
        yield apps
    finally:
        await asyncio.gather(*(app.wind_down() for app in apps))


def _settings(where: Where, folder: Path) -> Settings:
    given: dict[str, Any] = {"SLACK_BOT_TOKEN": SecretStr(where.token), "_env_file": None}
    return Settings(folder=folder / "reviews", slack_api_url=where.api_url, **given)


async def _sent(apps: list[Alongside], look: "Look", crew: int) -> list[Seen]:
    """Send until everything is out; what was not after a few minutes is not waited for."""
    patience = asyncio.get_running_loop().time() + 10 + 3 * crew / (LIMITS.workspace_posts_per_minute / 60)
    while True:
        for app in apps:
            app.outbox.wake()
        await asyncio.wait([asyncio.ensure_future(app.outbox.idle()) for app in apps], timeout=LOOK_S)
        seen = await asyncio.to_thread(look.now)
        if all(one.posts >= crew for one in seen) or asyncio.get_running_loop().time() > patience:
            return seen


class Look:
    """Asks the process of the local Slacks what they saw."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def now(self) -> list[Seen]:
        """What they saw until now."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return [Seen(**one) for one in json.loads(self._process.stdout.readline())]


@contextmanager
def slacks(count: int, crew: int, ahead: timedelta) -> Iterator[tuple[list[Where], Look]]:
    """Local Slacks in a process of their own: where they are, and who can be asked what they saw."""
    options = ["--count", str(count), "--crew", str(crew), "--ahead", str(ahead.total_seconds())]
    command = [sys.executable, "-m", "tests.bench.slacks", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield [Where(**one) for one in json.loads(process.stdout.readline())], Look(process)
        finally:
            process.stdin.close()
            process.wait(20)
