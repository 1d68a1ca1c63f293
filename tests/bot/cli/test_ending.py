"""`alongside run` and `alongside worker` end within ten seconds of being told, whatever hangs."""

import asyncio
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy.engine import make_url

from bot.cli.demo import SITE_FILE
from bot.local_slack import LocalSlack
from bot.local_slack.faults import Fault
from tests.bot.cli.test_run import a_slack, running, said_at_the_end
from tests.bot.proxy import proxied

PORT = 38_931
TEN_SECONDS = 10


async def said_to_work(process: asyncio.subprocess.Process) -> None:
    """Wait until a process has said that it is at work."""
    assert process.stderr is not None
    said = [b""]
    while b"Ctrl-C ends it" not in said[-1]:
        said.append(await asyncio.wait_for(process.stderr.readline(), 30))
        assert said[-1], b"".join(said)


async def ends(process: asyncio.subprocess.Process, number: int = signal.SIGTERM) -> int:
    """The exit code of a process that is told to stop; it fails when it takes too long."""
    process.send_signal(number)
    return await asyncio.wait_for(process.wait(), TEN_SECONDS)


def sending_leases(folder: Path) -> list[float]:
    with closing(sqlite3.connect(folder / "alongside.sqlite")) as connection:
        return [until for (until,) in connection.execute("SELECT until FROM sending_lease")]


async def somebody_is_asked_to_agree(slack: LocalSlack) -> None:
    """Lena proposes an embedding, so that messages go out to its sponsors."""
    lena = slack.person("Lena Fischer")
    await lena.runs("/embedding")
    modal = await lena.sees_modal("Schedule an embedding")
    first = datetime.now(UTC).date() + timedelta(days=7)
    await modal.fills(
        {
            "Tools": ["Pump Watch"],
            "Data scientists": "Dana Reyes",
            "Sponsor, operations": "Grace Okafor",
            "Sponsor, data": "Viktor Hallberg",
            "First day": first.isoformat(),
            "Last day": (first + timedelta(days=41)).isoformat(),
            "What must be true at the end?": "Fewer than two false alarms a shift",
        }
    )
    await modal.submits()
    await modal.closes()


async def test_a_call_that_never_comes_back_does_not_keep_it_and_the_lease_is_given_back(tmp_path: Path) -> None:
    async with a_slack(http=False) as slack:
        for name, user_id in (("Dana Reyes", "U0DANA"), ("Grace Okafor", "U0GRACE"), ("Viktor Hallberg", "U0VIKTOR")):
            slack.add_person(name, user_id=user_id, zone="Australia/Perth", locale="en-US")
        slack.fault("chat.postMessage", Fault.slow(60), times=None)
        async with running(slack, tmp_path, SITE_FILE, SLACK_APP_TOKEN=slack.app_token) as process:
            await said_to_work(process)
            await somebody_is_asked_to_agree(slack)
            async with asyncio.timeout(20):
                while not slack.journal.calls("chat.postMessage"):  # noqa: ASYNC110 - it is another process that sends
                    await asyncio.sleep(0.05)
            assert [until > 0 for until in sending_leases(tmp_path)] == [True]
            assert await ends(process) == 0
    assert sending_leases(tmp_path) == [0.0]


async def test_a_database_that_hangs_does_not_keep_it(tmp_path: Path, postgres_url: str) -> None:
    async with a_slack(http=False) as slack, proxied(socket_of(postgres_url)) as proxy:
        through = make_url(postgres_url).set(host="127.0.0.1", port=proxy.port, query={})
        at = {
            "SLACK_APP_TOKEN": slack.app_token,
            "ALONGSIDE_DATABASE_URL": through.render_as_string(hide_password=False),
        }
        async with running(slack, tmp_path, None, **at) as process:
            await said_to_work(process)
            proxy.fall_silent()
            assert await ends(process) in (0, 1)


def socket_of(url: str) -> int | str:
    """Where a database server listens: a port, or the path of its socket."""
    made = make_url(url)
    folder, port = made.query.get("host"), made.port or 5432
    return f"{folder}/.s.PGSQL.{port}" if folder else port


async def test_the_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    async with a_slack(http=False) as slack:
        slack.fault("views.open", Fault.slow(60), times=None)
        async with running(slack, tmp_path, SITE_FILE, SLACK_APP_TOKEN=slack.app_token) as process:
            await said_to_work(process)
            await slack.person("Lena Fischer").runs("/embedding")
            process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.5)
            assert process.returncode is None
            process.send_signal(signal.SIGINT)
            assert await asyncio.wait_for(process.wait(), 2) == -signal.SIGINT


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
    async with (
        a_slack(http=False) as slack,
        running(slack, tmp_path, None, SLACK_APP_TOKEN=slack.app_token) as process,
    ):
        await said_to_work(process)
        said = await said_at_the_end(slack, tmp_path, command_line=second, SLACK_APP_TOKEN=slack.app_token)
        assert await ends(process) == 0
    assert said.startswith("Another Alongside (process ")
    assert said.endswith("or use PostgreSQL, where any number may run.")
