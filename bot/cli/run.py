"""`alongside run`: the app with real tokens, over Socket Mode or HTTP, until it is told to stop."""

import asyncio
import signal

from rich.console import Console

from bot.app import compose, over_http, over_socket_mode
from bot.settings import Settings
from jobs.clock import SystemClock
from jobs.scheduler import Scheduler
from store import migrations
from store.store import Store


def run() -> None:
    """Upgrade the database, listen, tick and send until SIGTERM or Ctrl-C."""
    settings = Settings()
    migrations.upgrade(settings.database_url)
    with Store(settings.database_url) as store:
        asyncio.run(_run(settings, store))


async def _run(settings: Settings, store: Store) -> None:
    app = await compose(settings, store=store, clock=SystemClock())
    scheduler = Scheduler(app.tick, settings.tick_seconds)
    async with over_socket_mode(app) if settings.slack_app_token.get_secret_value() else over_http(app):
        scheduler.start()
        Console(stderr=True).print("Alongside is listening. Ctrl-C ends it.")
        try:
            await _until_told_to_stop()
        finally:
            await scheduler.stop()


async def _until_told_to_stop() -> None:
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await told.wait()
