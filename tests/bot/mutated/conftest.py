"""A stage on which everything happened, to send requests to that are nearly Slack's."""

import asyncio
import os
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings

from bot.app import Alongside, compose
from bot.demo.stage import Stage, staged
from bot.http.gate import signature
from bot.http.server import SLACK_PATH, asgi_app
from bot.listeners.rows import Row
from bot.listeners.table import TABLE
from bot.settings import Settings
from store.policy import Limits
from tests.bot.conftest import Logs, demo_site
from tests.bot.mutated.mutation import Mutation, copied, encoded
from tests.bot.mutated.originals import WORDS, Original, play_the_last_day, play_until_the_last_day
from tests.bot.mutated.watch import HOME, Watch
from tests.bot.opening import BEGUN_AT

TIMES = float(os.environ.get("ALONGSIDE_MUTATED_TIMES", "1"))
"""How many times as many requests as usual: `ALONGSIDE_MUTATED_TIMES=20 make test ARGS=tests/bot/mutated`."""

SHARES = {
    "commands": 3_000,
    "shortcuts and events": 1_600,
    "clicks": 3_000,
    "forms": 1_800,
    "the last day": 600,
    "sent on": 200,
}
"""How many requests of each kind are sent as usual."""


def as_many_as(requests: int) -> settings:
    """Send so many requests in a test, each time the same."""
    return settings(
        max_examples=int(requests * TIMES),
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


class Played:
    """What is left of a story.

    Args:
        database: Its database.
        ended_at: The time at its end.
        originals: What was asked for in it.
    """

    def __init__(self, database: Path, ended_at: datetime, originals: tuple[Original, ...]) -> None:
        self.database = database
        self.ended_at = ended_at
        self.originals = originals

    def one_of(self, which: int, *beginnings: str) -> Original:
        """One of the requests whose names begin so, counted round."""
        there = [original for original in self.originals if original.name.startswith(beginnings)]
        return there[which % len(there)]


class Trial:
    """Sends requests and sees to it that each ends as it should.

    Attributes:
        sent: How many it sent.
        acts: How many of them changed something.
        statuses: How they were answered.
    """

    def __init__(self, stage: Stage, app: Alongside, client: httpx.AsyncClient, watch: Watch, logs: Logs) -> None:
        self.stage = stage
        self.app = app
        self.sent = 0
        self.acts = 0
        self.statuses: Counter[int] = Counter()
        self._client = client
        self._watch = watch
        self._logs = logs

    async def send(self, original: Original, mutations: tuple[Mutation, ...]) -> httpx.Response:
        """Send a request with what is wrong with it.

        Raises:
            AssertionError: It was not answered properly, something broke, or somebody changed what is not theirs.
        """
        payload = self._fresh(original)
        for mutation in mutations:
            mutation.into(payload)
        answer = await self._post(*encoded(original, payload))
        await self.app.afterwards.finish()
        self.sent += 1
        self.statuses[answer.status_code] += 1
        assert answer.status_code in (200, 400, 413), answer.text
        self._nothing_broke()
        changes = self._watch.changes()
        self.acts += bool(changes)
        assert self._watch.objections(payload, changes) == []
        return answer

    def _fresh(self, original: Original) -> dict[str, Any]:
        payload: dict[str, Any] = copied(original.payload)
        if "trigger_id" in payload:
            user = payload.get("user_id") or payload["user"]["id"]
            payload["trigger_id"] = self.stage.slack.trigger(self.stage.person(user))
        if "response_url" in payload:
            payload["response_url"] = self._response_url(payload.get("user_id") or payload["user"]["id"])
        if payload.get("type") == "view_submission":
            payload["view"]["id"] = f"V{self.sent}"
        if "event_id" in payload:
            payload["event_id"] = f"Ev{self.sent}"
        return payload

    def _response_url(self, user: str) -> str:
        slack, direct = self.stage.slack._stage.slack, self.stage.person(user).direct
        return self.stage.slack.base_url + slack.response_urls.issue("actions", HOME, user, direct, None)

    async def _post(self, content_type: str, body: bytes) -> httpx.Response:
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(self.stage.slack.signing_secret.encode(), stamp, body),
        }
        return await self._client.post(SLACK_PATH, content=body, headers=headers)

    def _nothing_broke(self) -> None:
        text = self._logs.text
        assert '"event": "broken"' not in text, text
        assert "Traceback" not in text, text
        assert WORDS not in text, text
        self._logs.forget()


Trying = Callable[..., AbstractAsyncContextManager[Trial]]


@pytest.fixture(scope="session")
def before_the_last_day(begun_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The story up to its last day."""
    return _played(begun_template, BEGUN_AT, play_until_the_last_day, tmp_path_factory.mktemp("before"))


@pytest.fixture(scope="session")
def on_the_last_day(before_the_last_day: Played, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The story when its review waits for one more signature."""
    begun = before_the_last_day
    return _played(begun.database, begun.ended_at, play_the_last_day, tmp_path_factory.mktemp("last"))


def _played(database: Path, start: datetime, story: Any, folder: Path) -> Played:
    shutil.copyfile(database, folder / "played.db")
    url = f"sqlite:///{folder / 'played.db'}"

    async def play() -> tuple[datetime, list[Original]]:
        async with staged(demo_site(), start, folder, http=True, database_url=url) as stage:
            originals = await story(stage)
            return stage.clock.now(), originals

    ended_at, originals = asyncio.run(play())
    with closing(sqlite3.connect(folder / "played.db")) as connection:
        # Slack never gives an id twice; a new Slack on this machine begins to count anew.
        connection.execute("DELETE FROM source_key")
        connection.commit()
        connection.execute("VACUUM INTO ?", [str(folder / "done.db")])
    return Played(folder / "done.db", ended_at, tuple(originals))


@pytest.fixture
def trying(tmp_path: Path, logs: Logs) -> Trying:
    """Opens the app on what is left of a story, and watches its database."""

    @asynccontextmanager
    async def on(
        played: Played, *, table: Iterable[Row] = TABLE, sending: bool = False, at_least: int = 0
    ) -> AsyncIterator[Trial]:
        file = tmp_path / "alongside.db"
        shutil.copyfile(played.database, file)
        url = f"sqlite:///{file}"
        async with staged(demo_site(), played.ended_at, tmp_path, http=True, database_url=url) as stage:
            settings = stage.app.settings if sending else _without_sending(stage.app.settings)
            app = await compose(settings, store=stage.app.store, clock=stage.clock, table=table)
            transport = httpx.ASGITransport(asgi_app(app.bolt, stage.slack.signing_secret))
            with closing(Watch.over(file)) as watch:
                async with httpx.AsyncClient(transport=transport, base_url="http://alongside") as client:
                    trial = Trial(stage, app, client, watch, logs)
                    yield trial
                    await app.wind_down()  # nothing of it is under way when its store closes
                    print(f"{trial.sent} requests, {trial.acts} acts, answered {dict(trial.statuses)}")
                    assert trial.sent >= at_least * TIMES

    return on


def _without_sending(settings: Settings) -> Settings:
    # What is queued stays queued: writing to people takes most of the time, and is tried on its own.
    return settings.model_copy(update={"limits": Limits(at_once=0)})
