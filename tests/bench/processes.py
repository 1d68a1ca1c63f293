"""What a benchmark is played with: the measured processes, the load generator, and a Slack that costs nothing."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import asdict
from itertools import count
from threading import Thread
from typing import Any, TypeVar

from aiohttp import web

from tests.bench.load import Job, Load
from tests.bench.site import WORKSPACE

Thing = TypeVar("Thing")


@asynccontextmanager
async def stub_slack(*, sends: bool) -> AsyncIterator[str]:
    """A Slack that answers at once.

    Args:
        sends: Whether it takes messages; otherwise it asks for a pause of an hour at the first.

    Yields:
        Its address for `AsyncWebClient`.
    """
    numbers = count(1)

    async def answer(request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if method == "auth.test":
            return web.json_response(
                {"ok": True, "team_id": WORKSPACE, "user_id": "UBOT", "bot_id": "B1", "url": "https://ridge.example/"}
            )
        if not sends:
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "3600"})
        return web.json_response({"ok": True, "channel": "D1", "ts": f"1764000000.{next(numbers):06}"})

    app = web.Application()
    app.router.add_post("/api/{method}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    finally:
        await runner.cleanup()


@contextmanager
def beside(there: AbstractAsyncContextManager[Thing]) -> Iterator[Thing]:
    """Enter something on a loop of its own, in a thread: it has to answer while the measuring waits for processes."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(_entered(there), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(_left(there), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _entered(there: AbstractAsyncContextManager[Thing]) -> Thing:
    return await there.__aenter__()


async def _left(there: AbstractAsyncContextManager[Any]) -> None:
    await there.__aexit__(None, None, None)


class Measured:
    """A server process; it stands still while another one is measured."""

    def __init__(self, process: "subprocess.Popen[str]", address: str) -> None:
        self.address = address
        self.pid = process.pid
        self._process = process

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Let it run, and stand still again afterwards, so that its background work is not another one's cost."""
        self._process.send_signal(signal.SIGCONT)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGSTOP)

    def resident_mb(self) -> float:
        """Its resident memory."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            kilobytes = next(line.split()[1] for line in status if line.startswith("VmRSS"))
        return int(kilobytes) / 1024


@contextmanager
def server(app: str, *arguments: str) -> Iterator[Measured]:
    """Start `noop` or `ours`, and end it."""
    command = [sys.executable, "-m", "tests.bench.server", app, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        assert process.stdout is not None
        try:
            yield Measured(process, process.stdout.readline().strip())
        finally:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


class Generator:
    """The load generator's process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._prefixes = count(1)

    def load(self, address: str, callers: int, seconds: float, *, odd: float = 0.0) -> Load:
        """Put a load on an app and wait for what comes of it."""
        job = Job(address, callers, seconds, odd, f"{self._process.pid}.{next(self._prefixes)}")
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(job)) + "\n")
        self._process.stdin.flush()
        return Load(**json.loads(self._process.stdout.readline()))


@contextmanager
def generator() -> Iterator[Generator]:
    """Start the load generator, and end it."""
    command = [sys.executable, "-m", "tests.bench.load"]
    with subprocess.Popen(  # noqa: S603 - our own
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Generator(process)
        assert process.stdin is not None
        process.stdin.close()
