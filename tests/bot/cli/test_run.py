"""`alongside run` as a process of its own: it listens, ticks, sends, and ends in order when it is told to."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.demo import SITE_FILE
from bot.http.server import SLACK_PATH
from bot.listeners.table import TABLE
from bot.local_slack import LocalSlack
from bot.manifest import manifest

PORT = 38_917


@asynccontextmanager
async def running(slack: LocalSlack, folder: Path, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = os.environ | {
        "ALONGSIDE_DATABASE_URL": f"sqlite:///{folder / 'alongside.sqlite'}",
        "ALONGSIDE_FOLDER": str(folder / "reviews"),
        "ALONGSIDE_SLACK_API_URL": slack.api_url,
        "ALONGSIDE_TICK_SECONDS": "0.2",
        "SLACK_BOT_TOKEN": slack.bot_token,
        **more,
    }
    await (await command(environment, "site", "import", str(SITE_FILE))).wait()
    process = await command(environment, "run")
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
        async with running(slack, tmp_path, **more) as process:
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


async def test_a_token_that_slack_does_not_take_ends_in_a_sentence(tmp_path: Path) -> None:
    async with a_slack(http=False) as slack:
        slack.revoke()
        async with running(slack, tmp_path, SLACK_APP_TOKEN=slack.app_token) as process:
            _, said = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 1
    assert said.decode().startswith("Slack does not take SLACK_BOT_TOKEN (token_revoked).")
