"""`alongside run` as a process of its own: it listens, ticks, sends, and ends in order when it is told to."""

import asyncio
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.demo import SITE_FILE
from bot.http.server import SLACK_PATH
from bot.listeners.table import TABLE
from bot.local_slack import LocalSlack
from bot.manifest import manifest
from store import migrations
from store.backup import backups

PORT = 38_917


@asynccontextmanager
async def running(
    slack: LocalSlack, folder: Path, site: Path | None, *, command_line: str = "run", **more: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = os.environ | {
        "ALONGSIDE_DATABASE_URL": f"sqlite:///{folder / 'alongside.sqlite'}",
        "ALONGSIDE_FOLDER": str(folder / "reviews"),
        "ALONGSIDE_SLACK_API_URL": slack.api_url,
        "ALONGSIDE_TICK_SECONDS": "0.2",
        "SLACK_BOT_TOKEN": slack.bot_token,
        **more,
    }
    if site:
        await (await command(environment, "site", "import", str(site))).wait()
    process = await command(environment, command_line)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def command(environment: dict[str, str], *words: str) -> asyncio.subprocess.Process:
    quiet, kept = asyncio.subprocess.DEVNULL, asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", *words, env=environment, stdout=quiet, stderr=kept, cwd=SITE_FILE.parents[2]
    )


def asked_about(slack: LocalSlack) -> set[str]:
    return {call.arguments["user"] for call in slack.journal.calls("users.info")}


def a_slack(http: bool) -> LocalSlack:
    made_for = manifest(TABLE, "http://127.0.0.1" if http else None)
    slack = LocalSlack(made_for, now=lambda: datetime.now(UTC), team_id="T0REDSTONE", patience=20.0)
    for name, user_id in (("Lena Fischer", "U0LENA"), ("Ola Nordby", "U0OLA")):
        slack.add_person(name, user_id=user_id, zone="Australia/Perth", locale="en-US")
    return slack


@pytest.mark.parametrize("http", [False, True], ids=["socket mode", "http"])
async def test_it_answers_people_learns_who_they_are_and_ends_when_told(tmp_path: Path, http: bool) -> None:
    async with a_slack(http) as slack:
        more = (
            {"SLACK_SIGNING_SECRET": slack.signing_secret, "ALONGSIDE_PORT": str(PORT)}
            if http
            else {"SLACK_APP_TOKEN": slack.app_token}
        )
        async with running(slack, tmp_path, SITE_FILE, **more) as process:
            assert process.stderr is not None
            heard = b""
            while b"is listening" not in heard:
                heard += await asyncio.wait_for(process.stderr.readline(), 30)
            if http:
                slack.deliver_over_http(f"http://127.0.0.1:{PORT}{SLACK_PATH}")
            else:
                await slack.until_connected()
            answer = await slack.person("Ola Nordby").runs("/model-feedback", "false alarm on P-101")
            assert "F-1" in answer.text
            await slack.person("Lena Fischer").runs("/embedding")
            await slack.person("Lena Fischer").sees_modal("Schedule an embedding")
            # Some of the site file are not in this Slack; that stops nobody else.
            async with asyncio.timeout(20):
                while "U0OLA" not in asked_about(slack):  # noqa: ASYNC110 - it is another process that asks
                    await asyncio.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 10) == 0
            rest = await process.stderr.read()
    assert b"Traceback" not in heard + rest
    assert b"P-101" not in heard + rest


async def said_at_the_end(slack: LocalSlack, folder: Path, *, command_line: str = "run", **more: str) -> str:
    """What `alongside run` says when it cannot begin; it says so in one line and exits with 1."""
    async with running(slack, folder, None, command_line=command_line, **more) as process:
        _, said = await asyncio.wait_for(process.communicate(), 30)
    lines = said.decode().splitlines()
    assert (process.returncode, len(lines)) == (1, 1), lines
    assert not any(secret in lines[0] for secret in (slack.bot_token, slack.app_token, slack.signing_secret))
    return lines[0]


async def test_a_token_that_slack_does_not_take_ends_in_a_sentence(tmp_path: Path) -> None:
    async with a_slack(http=False) as slack:
        slack.revoke()
        said = await said_at_the_end(slack, tmp_path, SLACK_APP_TOKEN=slack.app_token)
    assert said.startswith("Slack does not take SLACK_BOT_TOKEN (token_revoked).")


@pytest.mark.parametrize("error", ["invalid_auth", "not_allowed_token_type"])
async def test_an_app_level_token_that_slack_does_not_take_ends_in_a_sentence(tmp_path: Path, error: str) -> None:
    async with a_slack(http=False) as slack:
        slack.expect_trouble("apps.connections.open", error=error)
        said = await said_at_the_end(slack, tmp_path, SLACK_APP_TOKEN=slack.app_token)
    assert said.startswith(f"Slack does not take SLACK_APP_TOKEN ({error}).")
    assert "App-Level Tokens" in said


async def test_tokens_in_each_others_place_end_in_a_sentence(tmp_path: Path) -> None:
    async with a_slack(http=False) as slack:
        swapped = {"SLACK_APP_TOKEN": slack.bot_token, "SLACK_BOT_TOKEN": slack.app_token}
        said = await said_at_the_end(slack, tmp_path, **swapped)
    assert said.startswith("SLACK_BOT_TOKEN holds an app-level token.")


async def test_a_slack_that_is_away_ends_in_a_sentence(tmp_path: Path) -> None:
    async with a_slack(http=False) as slack:
        slack.expect_trouble("auth.test", answer_lost=True)
        said = await said_at_the_end(slack, tmp_path, SLACK_APP_TOKEN=slack.app_token)
        assert said.startswith(f"Slack does not answer at {slack.api_url} (")
    nobody = {"SLACK_APP_TOKEN": slack.app_token, "ALONGSIDE_SLACK_API_URL": "http://127.0.0.1:1/api/"}
    said = await said_at_the_end(slack, tmp_path, **nobody)
    assert said.startswith("Slack does not answer at http://127.0.0.1:1/api/ (ClientConnectorError).")


async def test_a_port_that_is_taken_ends_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with a_slack(http=True) as slack:
            more = {"SLACK_SIGNING_SECRET": slack.signing_secret, "ALONGSIDE_PORT": port}
            said = await said_at_the_end(slack, tmp_path, **more)
    assert said.startswith(f"Nothing can listen on 127.0.0.1:{port} (Address already in use).")
    assert "ALONGSIDE_PORT" in said


@pytest.mark.parametrize("setting", ["ALONGSIDE_FOLDER", "ALONGSIDE_DATABASE_URL"])
async def test_a_folder_that_cannot_be_written_ends_in_a_sentence(tmp_path: Path, setting: str) -> None:
    (tmp_path / "file").write_text("not a folder")
    place = f"{tmp_path}/file/in" if setting == "ALONGSIDE_FOLDER" else f"sqlite:///{tmp_path}/file/a.sqlite"
    async with a_slack(http=False) as slack:
        said = await said_at_the_end(slack, tmp_path, SLACK_APP_TOKEN=slack.app_token, **{setting: place})
    assert said.startswith(f"The folder {tmp_path}/file")
    assert said.endswith(f"(Not a directory). Put that right, or set {setting} to another place.")


async def test_a_wrong_setting_ends_in_a_sentence(tmp_path: Path) -> None:
    async with a_slack(http=False) as slack:
        said = await said_at_the_end(slack, tmp_path, SLACK_APP_TOKEN=slack.app_token, ALONGSIDE_PORT="abc")
    assert said.startswith("ALONGSIDE_PORT must be a valid integer")


async def test_it_says_which_of_two_ways_to_listen_it_takes(tmp_path: Path) -> None:
    async with a_slack(http=False) as slack:
        both = {"SLACK_APP_TOKEN": slack.app_token, "SLACK_SIGNING_SECRET": slack.signing_secret}
        async with running(slack, tmp_path, None, **both) as process:
            assert process.stderr is not None
            said = await asyncio.wait_for(process.stderr.readline(), 30)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 10) == 0
    assert said.decode() == (
        "Alongside is listening over Socket Mode (SLACK_APP_TOKEN is set; SLACK_SIGNING_SECRET is not used). "
        "Ctrl-C ends it.\n"
    )


async def test_an_older_sqlite_file_is_backed_up_and_upgraded(tmp_path: Path) -> None:
    async with a_slack(http=False) as slack:
        old = tmp_path / "old.sqlite"
        with closing(sqlite3.connect(old)) as connection:
            connection.execute("CREATE TABLE left_by_an_older_version (id INTEGER)")
        at = {"SLACK_APP_TOKEN": slack.app_token, "ALONGSIDE_DATABASE_URL": f"sqlite:///{old}"}
        async with running(slack, tmp_path, None, **at) as process:
            assert process.stderr is not None
            said = (await asyncio.wait_for(process.stderr.readline(), 30)).decode()
            assert b"is listening" in await asyncio.wait_for(process.stderr.readline(), 30)
    [backup] = backups(old)
    assert said == f"The database was backed up to {backup} before its upgrade.\n"
    assert migrations.is_current(f"sqlite:///{old}")


async def test_an_older_postgresql_schema_is_left_to_a_command(tmp_path: Path, postgres_url: str) -> None:
    migrations.downgrade(postgres_url, "base")
    async with a_slack(http=False) as slack:
        at = {"SLACK_APP_TOKEN": slack.app_token, "ALONGSIDE_DATABASE_URL": postgres_url}
        said = await said_at_the_end(slack, tmp_path, **at)
    assert said.endswith("alongside db upgrade")
