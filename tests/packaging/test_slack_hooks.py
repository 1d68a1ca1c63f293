"""Slack's own command line runs the app by the hooks it finds here: a process each, JSON on its standard output.

https://docs.slack.dev/tools/slack-cli/reference/hooks
"""

import asyncio
import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

from bot.listeners.table import TABLE
from bot.manifest import manifest
from tests.bot.cli.test_run import a_slack
from tests.packaging.containerfile import ROOT

CONFIGURED = json.loads((ROOT / ".slack" / "hooks.json").read_text("utf-8"))


def words(hook: str) -> list[str]:
    """The command of a hook, in this environment wherever it lies."""
    program, *rest = shlex.split(CONFIGURED["hooks"][hook])
    assert Path(program).parent == Path(".venv/bin")
    return [str(Path(sys.executable).with_name(Path(program).name)), *rest]


def answer(hook: str) -> object:
    done = subprocess.run(words(hook), cwd=ROOT, capture_output=True, check=True, timeout=60)  # noqa: S603 - our hook
    return json.loads(done.stdout)


def test_the_manifest_that_slack_reads_is_the_one_of_the_code() -> None:
    assert answer("get-manifest") == manifest(TABLE)


def test_what_slack_asks_about_the_machine_is_answered() -> None:
    said = answer("doctor")
    assert isinstance(said, dict)
    assert said["versions"][0]["name"] == "python"


def test_the_answers_come_bare_because_no_other_protocol_is_offered() -> None:
    assert CONFIGURED["config"]["protocol-version"] == ["default"]
    assert CONFIGURED["config"]["sdk-managed-connection-enabled"] is True


async def test_start_runs_the_app_with_the_tokens_that_slack_hands_over(tmp_path: Path) -> None:
    async with a_slack(http=False) as slack:
        environment = os.environ | {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "ALONGSIDE_SLACK_API_URL": slack.api_url,
        }
        process = await asyncio.create_subprocess_exec(
            *words("start"), env=environment, cwd=tmp_path, stderr=asyncio.subprocess.PIPE
        )
        assert process.stderr is not None
        said = await asyncio.wait_for(process.stderr.readline(), 30)
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 10) == 0
    assert said.startswith(b"Alongside is listening over Socket Mode")
