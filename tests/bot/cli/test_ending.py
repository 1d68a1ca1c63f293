"""`alongside run` and `alongside worker` end within ten seconds of being told, whatever hangs."""

import asyncio
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from bot.cli.demo import SITE_FILE
from tests.bot.cli.test_run import a_slack, running, said_at_the_end
from tests.bot.proxy import proxied

PORT = 38_931
TEN_SECONDS = 10


async def said_to_work(process: asyncio.subprocess.Process) -> None:
    """Wait until a process has said that it is at work."""
    assert process.stderr is not None
    heard = b""
    while b"Ctrl-C ends it" not in heard:
        heard = await asyncio.wait_for(process.stderr.readline(), 30)
        assert heard, "it ended"


async def ends(process: asyncio.subprocess.Process, number: int = signal.SIGTERM) -> int:
    """The exit code of a process that is told to stop; it fails when it takes too long."""
    process.send_signal(number)
    return await asyncio.wait_for(process.wait(), TEN_SECONDS)


def sending_leases(folder: Path) -> list[float]:
    with closing(sqlite3.connect(folder / "alongside.sqlite")) as connection:
        return [until for (until,) in connection.execute("SELECT until FROM sending_lease")]


async def test_a_call_that_never_comes_back_does_not_keep_it_and_the_lease_is_given_back(tmp_path: Path) -> None:
    async with a_slack(http=False) as slack:
        slack.expect_trouble("chat.postMessage", slow=60, times=None)
        async with running(slack, tmp_path, SITE_FILE, SLACK_APP_TOKEN=slack.app_token) as process:
            await said_to_work(process)
            await slack.person("Ola Nordby").runs("/model-feedback", "false alarm on P-101")
            async with asyncio.timeout(20):
                while not sending_leases(tmp_path):  # noqa: ASYNC110 - it is another process that sends
                    await asyncio.sleep(0.05)
            assert await ends(process) == 0
    assert set(sending_leases(tmp_path)) == {0.0}


async def test_a_database_that_hangs_does_not_keep_it(tmp_path: Path, postgres_url: str) -> None:
    async with a_slack(http=False) as slack, proxied(urlsplit(postgres_url).port or 5432) as proxy:
        parts = urlsplit(postgres_url)
        through = postgres_url.replace(parts.netloc, f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port}")
        at = {"SLACK_APP_TOKEN": slack.app_token, "ALONGSIDE_DATABASE_URL": through}
        async with running(slack, tmp_path, None, **at) as process:
            await said_to_work(process)
            proxy.fall_silent()
            assert await ends(process) in (0, 1)


async def test_the_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    async with a_slack(http=False) as slack:
        slack.expect_trouble("views.open", slow=60, times=None)
        async with running(slack, tmp_path, SITE_FILE, SLACK_APP_TOKEN=slack.app_token) as process:
            await said_to_work(process)
            await slack.person("Lena Fischer").runs("/embedding")
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(TEN_SECONDS):
                while process.returncode is None:
                    await asyncio.sleep(0.3)
                    process.send_signal(signal.SIGINT)
    assert process.returncode in (-signal.SIGINT, 0)


async def test_a_worker_ticks_listens_to_nothing_and_says_how_it_is(tmp_path: Path) -> None:
    async with (
        a_slack(http=False) as slack,
        running(slack, tmp_path, SITE_FILE, command_line="worker", ALONGSIDE_PORT=str(PORT)) as process,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}") as client,
    ):
        await said_to_work(process)
        answer = await client.get("/readyz")
        assert (answer.status_code, sorted(answer.json()["checks"])) == (200, ["database", "process", "tick"])
        assert not slack.journal.calls("apps.connections.open")
        assert await ends(process) == 0


@pytest.mark.parametrize("second", ["run", "worker"])
async def test_a_second_process_on_a_sqlite_file_is_refused_in_a_sentence(tmp_path: Path, second: str) -> None:
    async with a_slack(http=False) as slack:
        async with running(slack, tmp_path, None, SLACK_APP_TOKEN=slack.app_token) as process:
            await said_to_work(process)
            said = await said_at_the_end(slack, tmp_path, command_line=second, SLACK_APP_TOKEN=slack.app_token)
            assert await ends(process) == 0
    assert said.startswith("Another Alongside (process ")
    assert said.endswith("or use PostgreSQL, where any number may run.")
