"""A stage to play on, Slack's published examples, and every log line that is written meanwhile."""

import asyncio
import io
import json
import logging
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlmodel import Session, col, select

from bot.demo.stage import Stage, staged
from bot.listeners.rows import Row
from bot.listeners.table import TABLE
from bot.logs import configure_logs
from bot.site_file import read_site
from store.deliveries import Delivery
from store.site import Site
from tests.bot.opening import BEGUN_AT, PROPOSED_AT, begin

SITE_FILE = Path(__file__).parents[2] / "bot" / "demo" / "site.yaml"

Staging = Callable[..., AbstractAsyncContextManager[Stage]]


class Logs:
    """Everything that is logged, as production writes it, and what other libraries hand to `logging`."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog
        self.written = io.StringIO()

    @property
    def text(self) -> str:
        """All of it."""
        return self.written.getvalue() + "".join(self._described(record) for record in self._caplog.records)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Our own lines."""
        return [json.loads(line) for line in self.written.getvalue().splitlines()]

    def of(self, event: str) -> list[dict[str, Any]]:
        """Our own lines of one event."""
        return [line for line in self.lines if line["event"] == event]

    def forget(self) -> None:
        """Begin anew."""
        self.written.seek(0)
        self.written.truncate()
        self._caplog.clear()

    @staticmethod
    def _described(record: logging.LogRecord) -> str:
        return f"{record.name}: {logging.Formatter().format(record)}\n"


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[Logs]:
    """What is logged during the test, down to DEBUG."""
    caplog.set_level(logging.DEBUG)
    logs = Logs(caplog)
    configure_logs(logging.DEBUG)
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(logs.written))
    yield logs
    structlog.reset_defaults()


def still_waiting(session: Session) -> bool:
    """Whether something of the opening has not gone out."""
    due = col(Delivery.due_at) <= BEGUN_AT + timedelta(minutes=10)
    return session.exec(select(Delivery.id).where(due, col(Delivery.ended_at).is_(None)).limit(1)).first() is not None


@pytest.fixture(scope="session")
def begun_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database on the embedding's first day; the opening was played once for all."""
    folder = tmp_path_factory.mktemp("begun")
    shutil.copyfile(sqlite_template, folder / "played.db")

    async def play() -> None:
        async with staged(demo_site(), PROPOSED_AT, folder, database_url=f"sqlite:///{folder / 'played.db'}") as stage:
            await begin(stage)
            # On a machine that is busy a call may have been too slow, and its message waits to be sent again.
            while await stage.app.store.read(still_waiting):
                stage.clock.advance(timedelta(seconds=10))
                await stage.tick()

    asyncio.run(play())
    with closing(sqlite3.connect(folder / "played.db")) as connection:
        # Slack never gives an id twice; a new Slack on this machine begins to count anew.
        connection.execute("DELETE FROM source_key")
        connection.execute("DELETE FROM sending_lease")
        connection.commit()
        connection.execute("VACUUM INTO ?", [str(folder / "begun.db")])
    return folder / "begun.db"


@pytest.fixture
def on_stage(sqlite_template: Path, begun_template: Path, tmp_path: Path) -> Staging:
    """Sets the stage: with the embedding of the story under way on its first day, or before it with `begun=False`.

    What was posted while it began is not on people's screens.
    """

    @asynccontextmanager
    async def set_stage(
        *, http: bool = False, table: Iterable[Row] = TABLE, begun: bool = True
    ) -> AsyncIterator[Stage]:
        shutil.copyfile(begun_template if begun else sqlite_template, tmp_path / "alongside.db")
        url, start = f"sqlite:///{tmp_path / 'alongside.db'}", BEGUN_AT if begun else PROPOSED_AT
        async with staged(demo_site(), start, tmp_path, http=http, table=table, database_url=url) as stage:
            stage.slack.ack_within = 30.0  # a busy machine is no fault of the app; whoever tests its haste says so
            yield stage

    return set_stage


def demo_site() -> Site:
    """The site of the demo."""
    site = read_site(SITE_FILE.read_text(encoding="utf-8"))
    assert isinstance(site, Site)
    return site


@pytest.fixture
async def stage(on_stage: Staging) -> AsyncIterator[Stage]:
    """The stage over Socket Mode, with the embedding under way."""
    async with on_stage() as stage:
        yield stage


@pytest.fixture
async def http_stage(on_stage: Staging) -> AsyncIterator[Stage]:
    """The stage over signed requests, with the embedding under way."""
    async with on_stage(http=True) as stage:
        yield stage
