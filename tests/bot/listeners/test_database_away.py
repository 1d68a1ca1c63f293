"""A database that is away, locked or too busy: people are asked for patience, and Slack to send its events again."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from bot.app import compose, over_http
from bot.demo.stage import Stage, staged
from bot.http.server import SLACK_PATH
from bot.listeners.desk import BUSY
from store.engine import BUSY_TIMEOUT_MS, POSTGRES_CONNECT_TIMEOUT_S
from store.store import Store
from tests.bot.conftest import Logs, Staging, demo_site
from tests.bot.opening import HELPED, PROPOSED_AT, answers, asked, begin, reports

WORDS = "The bearing is too hot"


class Postgres:
    """A database that may go away and come back."""

    def __init__(self, url: str) -> None:
        address = make_url(url)
        self._name = address.database
        self._admin = psycopg.connect(address.set(database="postgres").render_as_string(hide_password=False))
        self._admin.autocommit = True

    def go_away(self) -> None:
        """Refuse new connections and end those there are."""
        self._admin.execute(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS false')
        self._admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self._name])

    def come_back(self) -> None:
        """Take connections again."""
        self._admin.execute(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS true')

    def close(self) -> None:
        """Leave it as it was."""
        self.come_back()
        self._admin.close()


@pytest.fixture
def database(postgres_url: str) -> Iterator[Postgres]:
    with closing(Postgres(postgres_url)) as database:
        yield database


@pytest.fixture(params=[True, False], ids=["over HTTP", "over a socket"])
async def on_postgres(
    request: pytest.FixtureRequest, database: Postgres, postgres_url: str, tmp_path: Path
) -> AsyncIterator[Stage]:
    """The stage with the embedding under way, on PostgreSQL."""
    async with staged(demo_site(), PROPOSED_AT, tmp_path, http=request.param, database_url=postgres_url) as stage:
        await begin(stage)
        yield stage


async def test_a_database_that_is_away_asks_for_patience_and_all_works_when_it_is_back(
    on_postgres: Stage, database: Postgres, logs: Logs
) -> None:
    stage = on_postgres
    person, question = await asked(stage)
    noise = await person.says(WORDS, "C0WORKSHOP")
    await person.runs("/model-feedback")
    modal = await person.sees_modal("Report behaviour")
    await modal.fills({"What did it do?": modal.options("What did it do?")[0], "In your words": WORDS})
    before = question.text()
    database.go_away()

    told = await person.runs("/model-feedback", WORDS)
    result = await modal.submits()
    await person.clicks(HELPED, on=question)
    await person.uses_shortcut("Report model behaviour", on=noise)
    event = {"type": "user_change", "user": {"id": person.id, "team_id": stage.slack.team_id, "tz": "Europe/Oslo"}}
    sent = await stage.slack.send_event(event)
    await stage.quiet()

    assert told.text == BUSY
    assert (result.closed, list(result.errors.values())) == (False, [BUSY])
    assert modal.fields["In your words"] == WORDS
    assert question.text() == before
    assert [post.body["text"] for post in stage.slack.journal.response_url_posts] == [BUSY, BUSY]
    assert sent.ack is not None
    assert not sent.ack.ok

    database.come_back()
    answer = await person.runs("/model-feedback", WORDS)
    await modal.submits()
    await person.clicks(HELPED, on=question)
    assert (await stage.slack.redeliver(sent)).acked
    await stage.quiet()

    assert "Got it: F-1" in answer.text
    assert [report.text for report in await stage.app.store.read(reports)] == [WORDS, WORDS]
    assert len(await stage.app.store.read(answers)) == 1
    assert not logs.of("broken")
    assert WORDS not in logs.text


SLACK_WAITS_MS = 3_000
"""https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response"""


def test_whoever_waits_for_a_lock_is_told_before_slack_gives_up() -> None:
    assert 2 * BUSY_TIMEOUT_MS < SLACK_WAITS_MS
    assert POSTGRES_CONNECT_TIMEOUT_S * 1_000 < SLACK_WAITS_MS


@pytest.mark.parametrize("http", [True, False], ids=["over HTTP", "over a socket"])
async def test_a_file_that_somebody_else_holds_asks_for_patience(
    http: bool, on_stage: Staging, tmp_path: Path, logs: Logs
) -> None:
    async with on_stage(http=http) as stage:
        stage.slack.ack_within = 30  # on a busy machine the sentence may come later than Slack would wait
        person, question = await asked(stage)
        await person.runs("/model-feedback")
        modal = await person.sees_modal("Report behaviour")
        await modal.fills({"What did it do?": modal.options("What did it do?")[0], "In your words": WORDS})
        with closing(sqlite3.connect(tmp_path / "alongside.db", isolation_level=None)) as somebody_else:
            somebody_else.execute("BEGIN IMMEDIATE")
            told, result, listed, _ = await asyncio.gather(
                person.runs("/model-feedback", WORDS),
                modal.submits(),
                person.runs("/model-feedback", "list"),
                person.clicks(HELPED, on=question),
            )
            await stage.quiet()
            somebody_else.execute("ROLLBACK")

        assert told.text == BUSY
        assert (result.closed, list(result.errors.values())) == (False, [BUSY])
        assert "You have not reported anything yet" in listed.text
        assert [post.body["text"] for post in stage.slack.journal.response_url_posts] == [BUSY]
        assert await stage.app.store.read(answers) == []

        assert "Got it: F-1" in (await person.runs("/model-feedback", WORDS)).text
        await modal.submits()
        assert len(await stage.app.store.read(reports)) == 2
        assert not logs.of("broken")
        assert WORDS not in logs.text


def until_somebody_waits(connection: psycopg.Connection) -> None:
    while not connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
        time.sleep(0.01)


async def test_who_comes_when_the_queue_is_full_is_asked_for_patience_and_the_others_are_not(
    postgres_url: str, tmp_path: Path, logs: Logs
) -> None:
    async with staged(demo_site(), PROPOSED_AT, tmp_path, http=True, database_url=postgres_url) as stage:
        await begin(stage)
        ola, settings = stage.person("U0OLA"), stage.app.settings
        with Store(postgres_url, capacity=1) as narrow:
            app = await compose(settings, store=narrow, clock=stage.clock)
            async with over_http(replace(app, settings=settings)) as address:
                stage.slack.deliver_over_http(address + SLACK_PATH)
                stage.slack.ack_within = 30
                with psycopg.connect(postgres_url) as somebody_else:
                    somebody_else.execute("LOCK TABLE feedback IN ACCESS EXCLUSIVE MODE")
                    first = asyncio.create_task(ola.runs("/model-feedback", "false alarm on P-101"))
                    await asyncio.to_thread(until_somebody_waits, somebody_else)
                    second = await stage.person("U0MICK").runs("/model-feedback", WORDS)
                    event = {"type": "user_change", "user": {"id": "U0MICK", "tz": "Europe/Oslo"}}
                    sent = await stage.slack.send_event(event)
                    somebody_else.rollback()
                told = await first
                await app.afterwards.finish()

        assert "Got it: F-1" in told.text
        assert second.text == BUSY
        assert sent.ack is not None
        assert sent.ack.status == 503
        assert [report.text for report in await stage.app.store.read(reports)] == ["false alarm on P-101"]
        assert not logs.of("broken")
        assert WORDS not in logs.text
