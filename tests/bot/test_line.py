"""The line to Slack: when it falls silent the app has a new one, and the next command is answered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.app import compose, over_socket_mode
from bot.line import Line
from bot.listeners.table import TABLE
from bot.local_slack import LocalSlack
from bot.manifest import manifest
from bot.settings import Settings
from jobs.clock import SystemClock
from store.site import import_site
from store.store import Store
from tests.bot.conftest import Logs, demo_site
from tests.bot.proxy import Proxy, proxied

PING_S = 0.3


@asynccontextmanager
async def connected(url: str, folder: Path) -> AsyncIterator[tuple[LocalSlack, Proxy, Line]]:
    """The app, connected over a line that can fall silent."""
    slack = LocalSlack(manifest(TABLE), now=lambda: datetime.now(UTC), team_id="T0REDSTONE", patience=20.0)
    slack.add_person("Ola Nordby", user_id="U0OLA", zone="Australia/Perth", locale="en-US")
    async with slack, proxied(urlsplit(slack.base_url).port or 0) as proxy:
        with Store(url) as store:
            await store.write(import_site, demo_site(), at=datetime.now(UTC))
            settings = Settings(
                _env_file=None,  # type: ignore[call-arg] # pydantic-settings' own argument
                database_url=url,
                folder=folder,
                slack_api_url=f"http://127.0.0.1:{proxy.port}/api/",
                SLACK_BOT_TOKEN=SecretStr(slack.bot_token),
                SLACK_APP_TOKEN=SecretStr(slack.app_token),
            )
            app = await compose(settings, store=store, clock=SystemClock())
            async with over_socket_mode(app, ping=PING_S) as line:
                await slack.until_connected()
                yield slack, proxy, line


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - it is slack_sdk that changes it
            await asyncio.sleep(0.02)


async def ola_is_answered(slack: LocalSlack) -> None:
    answer = await slack.person("Ola Nordby").runs("/model-feedback", "false alarm on P-101")
    assert "F-1" in answer.text


async def test_after_a_silence_there_is_a_new_connection_and_the_next_command_is_answered(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with connected(sqlite_url, tmp_path) as (slack, proxy, line):
        before = proxy.connections
        proxy.fall_silent()
        proxy.speak()  # what was open stays dead
        await until(lambda: proxy.connections > before)
        await slack.until_connected()
        await ola_is_answered(slack)
        await until(lambda: line.connected)


async def test_a_silence_that_the_sdk_does_not_survive_ends_in_a_new_connection(
    sqlite_url: str, tmp_path: Path, logs: Logs
) -> None:
    async with connected(sqlite_url, tmp_path) as (slack, proxy, line):
        proxy.fall_silent()
        await until(lambda: bool(logs.of("socket_silent")))
        assert not line.connected
        proxy.speak()
        await until(lambda: line.connected)
        await slack.until_connected()
        await ola_is_answered(slack)
        assert logs.of("socket_replaced")
