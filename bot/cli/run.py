"""`alongside run`: the app with real tokens, over Socket Mode or HTTP, until it is told to stop."""

import asyncio
import signal
from contextlib import AsyncExitStack

import typer

from bot.app import Alongside, compose, over_http, over_socket_mode
from bot.cli import database
from bot.http.server import SLACK_PATH, CannotListen
from bot.logs import configure_logs
from bot.settings import Settings, read_settings
from jobs.clock import SystemClock
from jobs.scheduler import Scheduler
from store.dialect import database_instant
from store.errors import Refused
from store.runner_lock import RunnerLock
from store.store import Store


def run() -> None:
    """Listen, tick and send until SIGTERM or Ctrl-C; what is not right at the start ends in a sentence and exit 1."""
    configure_logs()
    with database.ending_in_a_sentence():
        settings = read_settings()
        settings.require_secrets()
        _make_ready(settings)
        with Store(settings.database_url) as store:
            asyncio.run(_run(settings, store))


def _make_ready(settings: Settings) -> None:
    url = settings.database_url
    if file := database.sqlite_file(url):
        database.require_folder(url)
        with RunnerLock(file):  # nobody's schema changes under them
            database.bring_up(url)
    else:
        database.require_current(url)  # other processes may be running on it: a command of its own changes it
    database.require_writable(settings.folder, "ALONGSIDE_FOLDER", make=True)


async def _run(settings: Settings, store: Store) -> None:
    told = _told_to_stop()
    # Several processes may work on one database; its clock is the one that they share.
    app = await compose(settings, store=store, clock=SystemClock(), shared_now=lambda: store.read(database_instant))
    scheduler = Scheduler(lambda: _tick(app), settings.tick_seconds)
    async with AsyncExitStack() as stack:
        where = await _listen(app, stack)
        scheduler.start()
        typer.echo(f"Alongside is listening {where}. Ctrl-C ends it.", err=True)
        try:
            await told.wait()
        finally:
            await scheduler.stop()


async def _listen(app: Alongside, stack: AsyncExitStack) -> str:
    if app.settings.over_a_socket:
        await stack.enter_async_context(over_socket_mode(app))
        unused = " (SLACK_APP_TOKEN is set; SLACK_SIGNING_SECRET is not used)"
        return "over Socket Mode" + (unused if app.settings.slack_signing_secret.get_secret_value() else "")
    try:
        address = await stack.enter_async_context(over_http(app))
    except CannotListen as error:
        raise Refused(
            "Nothing can listen on {address} ({why}). Stop what does, or set ALONGSIDE_HOST and ALONGSIDE_PORT.",
            address=error.address,
            why=error.why,
        ) from None
    return f"for Slack at {address}{SLACK_PATH}"


async def _tick(app: Alongside) -> None:
    # Several processes tick on one database; its clock is the one that they share.
    await app.ticker.tick(await app.store.read(database_instant))


def _told_to_stop() -> asyncio.Event:
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    return told
