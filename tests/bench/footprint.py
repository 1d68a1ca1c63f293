"""What a process takes: memory at rest and after many requests, the time until it is ready, and to say its help."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bot.listeners.table import TABLE
from bot.local_slack import LocalSlack
from bot.manifest import manifest
from tests.bench.databases import peopled
from tests.bench.processes import beside, generator, server, stub_slack
from tests.bench.row import Row
from tests.bench.site import WORKSPACE

CALLERS = 16
CHUNK_S = 10.0
PORT = 38_951
ALONGSIDE = Path(sys.executable).with_name("alongside")
HELP_TARGET = "<= 0.4"


def run(requests: int = 100_000, rounds: int = 10) -> list[Row]:
    """Measure it on SQLite.

    Args:
        requests: After how many the memory is looked at.
        rounds: How often a start and a help are timed; the figure is the median.
    """
    return [*_memory(requests), *_times(rounds)]


def _memory(requests: int) -> list[Row]:
    with (
        tempfile.TemporaryDirectory() as folder,
        peopled("sqlite", Path(folder)) as url,
        beside(stub_slack(sends=True)) as slack,
        generator() as load,
        server("ours", "--slack", slack, "--database", url, "--folder", folder) as ours,
    ):
        idle = ours.resident_mb()
        done = 0
        while done < requests:
            with ours.awake():
                found = load.load(ours.address, CALLERS, CHUNK_S)
            assert not found.wrong, f"{found.wrong} answers were not 200"
            done += len(found.latencies)
        after = ours.resident_mb()
    return [
        Row("memory.idle", "memory of a process at rest", idle, "MB"),
        Row("memory.after", f"memory after {requests:,} reports", after, "MB", idle, after / idle, in_readme=True),
    ]


def _times(rounds: int) -> list[Row]:
    ready = [_until_ready() for _ in range(rounds)]
    said = [_until_helped() for _ in range(rounds)]
    return [
        Row("start.ready", "`alongside run`, from its start to `/readyz`", median(ready), "s"),
        Row("start.help", "`alongside --help`", median(said), "s", target=HELP_TARGET),
    ]


def _until_helped() -> float:
    began = time.perf_counter()
    subprocess.run([ALONGSIDE, "--help"], check=True, capture_output=True)  # noqa: S603 - our own
    return time.perf_counter() - began


def _until_ready() -> float:
    with (
        tempfile.TemporaryDirectory() as folder,
        peopled("sqlite", Path(folder)) as url,
        beside(_local_slack()) as slack,
    ):
        environment = os.environ | {
            "ALONGSIDE_DATABASE_URL": url,
            "ALONGSIDE_FOLDER": f"{folder}/reviews",
            "ALONGSIDE_SLACK_API_URL": slack.api_url,
            "ALONGSIDE_PORT": str(PORT),
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
        }
        began = time.perf_counter()
        with subprocess.Popen([ALONGSIDE, "run"], env=environment, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - our own
            while not _is_ready():
                assert process.poll() is None, "it ended"
                time.sleep(0.01)
            took = time.perf_counter() - began
            process.send_signal(signal.SIGTERM)
    return took


def _is_ready() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=2) as answer:
            return bool(json.load(answer)["ready"])
    except (urllib.error.URLError, ConnectionError):
        return False


def _local_slack() -> LocalSlack:
    return LocalSlack(manifest(TABLE), now=lambda: datetime.now(UTC), team_id=WORKSPACE)
