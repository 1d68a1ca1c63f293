"""`alongside run` and `alongside worker`: the app with real tokens, until it is told to stop."""

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import structlog
import typer

from bot.app import Alongside, compose, only_working, over_http, over_socket_mode, watched
from bot.cli import database
from bot.http.server import SLACK_PATH, CannotListen
from bot.logs import configure_logs
from bot.memory import settle_in
from bot.settings import Settings, read_settings
from jobs.clock import SharedTime, SystemClock
from jobs.scheduler import Scheduler
from store.dialect import database_instant
from store.errors import Refused
from store.runner_lock import RunnerLock
from store.store import Store

log = structlog.get_logger()

Listen = Callable[[Alongside, AsyncExitStack], Awaitable[str]]

TICK_PATIENCE_S = 0.5
"""How long a tick is waited for at the end; what it did not come to is due again."""
LONGEST_STOP_S = 9.5
"""After this the process ends as it is: what it held lapses with its leases."""


def run() -> None:
    """Listen, tick and send until SIGTERM or Ctrl-C; what is not right at the start ends in a sentence and exit 1."""
    configure_logs()
    with database.ending_in_a_sentence():
        settings = read_settings()
        settings.require_secrets()
        _work(settings, _listen)


def work() -> None:
    """Tick and send until SIGTERM or Ctrl-C, beside processes that listen."""
    configure_logs()
    with database.ending_in_a_sentence():
        settings = read_settings()
        settings.require_bot_token()
        _work(settings, _only_work)


def _work(settings: Settings, listen: Listen) -> None:
    _make_ready(settings)
    with Store(settings.database_url) as store:
        asyncio.run(_run(settings, store, listen))


def _make_ready(settings: Settings) -> None:
    url = settings.database_url
    if file := database.sqlite_file(url):
        database.require_folder(url)
        with RunnerLock(file):  # nobody's schema changes under them
            database.bring_up(url)
    else:
        database.require_current(url)  # other processes may be running on it: a command of its own changes it
    database.require_writable(settings.folder, "ALONGSIDE_FOLDER", make=True)


async def _run(settings: Settings, store: Store, listen: Listen) -> None:
    told = _told_to_stop()
    # Several processes may work on one database; its clock is the one that they share.
    shared = SharedTime(lambda: store.read(database_instant))
    app = await compose(settings, store=store, clock=SystemClock(), shared_now=shared.now)
    scheduler = Scheduler(lambda: _tick(app), settings.tick_seconds)
    async with AsyncExitStack() as stack:
        where = await _taking_the_port(listen(app, stack))
        scheduler.start()
        settle_in()
        typer.echo(f"Alongside {where}. Ctrl-C ends it.", err=True)
        try:
            await told.wait()
        finally:
            app.stop_taking()
            await scheduler.stop(TICK_PATIENCE_S)


async def _listen(app: Alongside, stack: AsyncExitStack) -> str:
    if app.settings.over_a_socket:
        line = await stack.enter_async_context(over_socket_mode(app))
        await stack.enter_async_context(watched(app, line))
        unused = " (SLACK_APP_TOKEN is set; SLACK_SIGNING_SECRET is not used)"
        both = app.settings.slack_signing_secret.get_secret_value()
        return "is listening over Socket Mode" + (unused if both else "")
    address = await stack.enter_async_context(over_http(app))
    return f"is listening for Slack at {address}{SLACK_PATH}"


async def _only_work(app: Alongside, stack: AsyncExitStack) -> str:
    await stack.enter_async_context(only_working(app))
    await stack.enter_async_context(watched(app))
    return "ticks and sends; it listens to nothing"


async def _taking_the_port(listening: Awaitable[str]) -> str:
    try:
        return await listening
    except CannotListen as error:
        raise Refused(
            "Nothing can listen on {address} ({why}). Stop what does, or set ALONGSIDE_HOST and ALONGSIDE_PORT.",
            address=error.address,
            why=error.why,
        ) from None


async def _tick(app: Alongside) -> None:
    app.pulse.beat()
    # Several processes tick on one database; its clock is the one that they share.
    await app.ticker.tick(await app.now())


def _told_to_stop() -> asyncio.Event:
    """Set by SIGTERM or Ctrl-C. The second of them ends the process at once."""
    told, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        _end_after(LONGEST_STOP_S)
        told.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    return told


def _end_after(seconds: float) -> None:
    # A thread, because what hangs may be this one: closing the store waits for a database that may never answer.
    def end() -> None:
        log.error("stopped_short", seconds=seconds)
        os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
