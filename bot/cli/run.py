"""`alongside run`: the app with real tokens, over Socket Mode or HTTP, until it is told to stop."""

import asyncio
import signal

import typer

from bot.app import Alongside, compose, over_http, over_socket_mode
from bot.cli import database
from bot.logs import configure_logs
from bot.settings import Settings
from jobs.clock import SystemClock
from jobs.scheduler import Scheduler
from store.dialect import database_instant
from store.errors import Refused
from store.runner_lock import RunnerLock
from store.store import Store


def run() -> None:
    """Listen, tick and send until SIGTERM or Ctrl-C; a setting or a database that is not right ends in a sentence."""
    configure_logs()
    with database.ending_in_a_sentence():
        url = database.database_url()
        settings = Settings()
        if missing := settings.missing():
            raise Refused(missing)
        _make_ready(url)
        with Store(url) as store:
            asyncio.run(_run(settings, store))


def _make_ready(url: str) -> None:
    if file := database.sqlite_file(url):
        with RunnerLock(file):  # nobody's schema changes under them
            database.upgrade(url)
    elif not database.is_current(url):
        raise Refused("The database has another version's schema. Bring it to this one's: alongside db upgrade")


async def _run(settings: Settings, store: Store) -> None:
    app = await compose(settings, store=store, clock=SystemClock())
    scheduler = Scheduler(lambda: _tick(app), settings.tick_seconds)
    async with over_socket_mode(app) if settings.over_a_socket else over_http(app):
        scheduler.start()
        typer.echo("Alongside is listening. Ctrl-C ends it.", err=True)
        try:
            await _until_told_to_stop()
        finally:
            await scheduler.stop()


async def _tick(app: Alongside) -> None:
    # Several processes tick on one database; its clock is the one that they share.
    await app.ticker.tick(await app.store.read(database_instant))


async def _until_told_to_stop() -> None:
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await told.wait()
