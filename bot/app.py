"""The composition root: settings → store, clock, app, ticker."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.afterwards import Afterwards
from bot.archive import FolderArchive
from bot.directory import SlackDirectory
from bot.http.server import asgi_app, serving
from bot.in_flight import InFlight
from bot.installations import installation
from bot.listeners.desk import Desk
from bot.listeners.registration import register
from bot.listeners.rows import Row
from bot.listeners.table import TABLE
from bot.logs import quiet_logger
from bot.sender import SlackSender
from bot.settings import Settings
from jobs.clock import Clock
from jobs.nudge import Nudge
from jobs.ticker import Ticker
from store.store import Store

CALL_TIMEOUT_S = 8
"""Of a call to Slack: far below a delivery's lease."""


@dataclass(frozen=True, slots=True)
class Alongside:
    """The app, put together."""

    settings: Settings
    store: Store
    clock: Clock
    bolt: AsyncApp
    ticker: Ticker
    in_flight: InFlight
    afterwards: Afterwards
    unheard: Counter[str]
    """What came from Slack and nobody listens to."""

    async def tick(self) -> None:
        """Do what is due now."""
        await self.ticker.tick(self.clock.now())

    async def wind_down(self) -> None:
        """Take no more requests, and finish those under way and what they have left to do."""
        await self.in_flight.close()
        await self.afterwards.finish()


async def compose(settings: Settings, *, store: Store, clock: Clock, table: Iterable[Row] = TABLE) -> Alongside:
    """Put the app together for the workspace that its bot token belongs to.

    Raises:
        SlackApiError: Slack refuses the token.
    """
    token = settings.slack_bot_token.get_secret_value()
    client = _client(settings, token)
    policy = replace(settings.policy, admins=frozenset(settings.admins))
    installed = await installation(client, token)
    bolt = AsyncApp(
        logger=quiet_logger(),
        client=_client(settings),  # Bolt gives it the token that a request is authorized with
        authorize=installed.authorize(),
        before_authorize=installed.turning_strangers_away(),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        # The gate has verified what comes over HTTP; nothing else is signed.
        request_verification_enabled=False,
    )
    ticker = Ticker(
        store=store,
        sender=SlackSender(store, client),
        archive=FolderArchive(settings.folder),
        directory=SlackDirectory(client),
        policy=policy,
        limits=settings.limits,
    )
    afterwards, unheard = Afterwards(), Counter[str]()

    async def send() -> None:
        await ticker.send(clock.now())

    in_flight = InFlight()
    desk = Desk(store, clock, policy, client, afterwards, Nudge(send), in_flight)
    register(bolt, desk, table, unheard)
    return Alongside(settings, store, clock, bolt, ticker, in_flight, afterwards, unheard)


@asynccontextmanager
async def over_socket_mode(app: Alongside) -> AsyncIterator[None]:
    """Listen to Slack over a socket until the context ends."""
    handler = AsyncSocketModeHandler(app.bolt, app.settings.slack_app_token.get_secret_value(), logger=quiet_logger())
    await handler.connect_async()  # type: ignore[no-untyped-call] # slack_bolt leaves it out
    try:
        yield
    finally:
        await app.wind_down()
        await handler.close_async()  # type: ignore[no-untyped-call] # as above


@asynccontextmanager
async def over_http(app: Alongside) -> AsyncIterator[str]:
    """Listen to Slack's signed requests until the context ends; yields the address."""
    api = asgi_app(app.bolt, app.settings.slack_signing_secret.get_secret_value())
    async with serving(api, app.settings.host, app.settings.port) as address:
        try:
            yield address
        finally:
            await app.wind_down()


def _client(settings: Settings, token: str | None = None) -> AsyncWebClient:
    # The SDK's own retries post twice when a connection drops after Slack has taken the message.
    return AsyncWebClient(
        token, base_url=settings.slack_api_url, timeout=CALL_TIMEOUT_S, retry_handlers=[], logger=quiet_logger()
    )
