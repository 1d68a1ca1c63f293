"""The composition root: settings → store, clock, app, ticker."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.afterwards import Afterwards
from bot.archive import FolderArchive
from bot.directory import SlackDirectory
from bot.http.server import asgi_app, serving
from bot.in_flight import InFlight
from bot.incidents import IncidentBook
from bot.installations import installation, not_taken
from bot.listeners.desk import Desk
from bot.listeners.registration import register
from bot.listeners.rows import Row
from bot.listeners.table import TABLE
from bot.logs import quiet_logger
from bot.sender import SlackSender
from bot.settings import Settings
from bot.texts import CATALOGUES
from jobs.clock import Clock
from jobs.outbox import Equipment, Outbox
from jobs.ticker import Ticker
from store.store import Store

CALL_TIMEOUT_S = 8
"""Of a call to Slack: far below a delivery's lease."""
PATIENCE_S = 6.0
"""How long calls under way are waited for at the end; what is cut short then is looked up by whoever comes next."""


@dataclass(frozen=True, slots=True)
class Alongside:
    """The app, put together."""

    settings: Settings
    store: Store
    clock: Clock
    bolt: AsyncApp
    ticker: Ticker
    outbox: Outbox
    in_flight: InFlight
    afterwards: Afterwards
    incidents: IncidentBook
    unheard: Counter[str]
    """What came from Slack and nobody listens to."""

    async def tick(self) -> None:
        """Do what is due now."""
        await self.ticker.tick(self.clock.now())

    async def quiet(self) -> None:
        """Wait until what was to be said after the acks is said, and what is due now has gone out."""
        await self.afterwards.finish()
        await self.outbox.idle()

    async def wind_down(self) -> None:
        """Take no more requests, and finish those under way and what they have left to do."""
        await self.in_flight.close()
        await self.afterwards.finish()
        await self.outbox.close(PATIENCE_S)
        await self.afterwards.finish()  # what broke meanwhile is kept


async def compose(
    settings: Settings,
    *,
    store: Store,
    clock: Clock,
    table: Iterable[Row] = TABLE,
    catalogues: Path = CATALOGUES,
    shared_now: Callable[[], Awaitable[datetime]] | None = None,
) -> Alongside:
    """Put the app together for the workspace that its bot token belongs to.

    Args:
        settings: What the site sets.
        store: Where everything is kept.
        clock: What time it is.
        table: The registration table.
        catalogues: The folder of the sentences in other languages.
        shared_now: The time that all processes on one database share, if that is not the clock's.

    Raises:
        Refused: Slack does not take the bot token, or does not answer.
    """
    token = settings.slack_bot_token.get_secret_value()
    client = slack_client(settings, token)
    policy = replace(settings.policy, admins=frozenset(settings.admins))
    installed = await installation(client, token)
    bolt = AsyncApp(
        logger=quiet_logger(),
        client=slack_client(settings),  # Bolt gives it the token that a request is authorized with
        authorize=installed.authorize(),
        before_authorize=installed.turning_strangers_away(),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        # The gate has verified what comes over HTTP; nothing else is signed.
        request_verification_enabled=False,
    )

    async def clock_now() -> datetime:
        return clock.now()

    afterwards, unheard = Afterwards(), Counter[str]()
    incidents = IncidentBook(store, clock, afterwards)
    sender = SlackSender(store, client, incidents, installed.enterprise_id, installed.team_id, catalogues)
    outbox = Outbox(
        Equipment(
            store=store,
            sender=sender,
            incidents=incidents,
            clock=clock,
            limits=settings.limits,
            name=uuid4().hex,
            now=shared_now or clock_now,
        )
    )
    ticker = Ticker(
        store=store,
        outbox=outbox,
        archive=FolderArchive(settings.folder),
        directory=SlackDirectory(client),
        policy=policy,
        incidents=incidents,
    )
    in_flight = InFlight()
    desk = Desk(store, clock, policy, client, afterwards, outbox, in_flight, incidents, catalogues)
    register(bolt, desk, table, unheard)
    return Alongside(settings, store, clock, bolt, ticker, outbox, in_flight, afterwards, incidents, unheard)


@asynccontextmanager
async def over_socket_mode(app: Alongside) -> AsyncIterator[None]:
    """Listen to Slack over a socket until the context ends.

    Raises:
        Refused: Slack does not take the app-level token, or does not answer.
    """
    token = app.settings.slack_app_token.get_secret_value()
    # Asked here first: the SDK would try a token that Slack does not take for ever, and never say so.
    address = await _socket_address(app.bolt.client, token)
    handler = AsyncSocketModeHandler(app.bolt, token, logger=quiet_logger())
    assert handler.client is not None  # noqa: S101 - it makes its client at once
    handler.client.wss_uri = address
    await handler.connect_async()  # type: ignore[no-untyped-call] # slack_bolt leaves it out
    try:
        yield
    finally:
        await app.wind_down()
        await handler.close_async()  # type: ignore[no-untyped-call] # as above


async def _socket_address(client: AsyncWebClient, token: str) -> str:
    try:
        return str((await client.apps_connections_open(app_token=token))["url"])
    except Exception as error:
        raise not_taken("SLACK_APP_TOKEN", error, client) from None


@asynccontextmanager
async def over_http(app: Alongside) -> AsyncIterator[str]:
    """Listen to Slack's signed requests until the context ends; yields the address."""
    api = asgi_app(app.bolt, app.settings.slack_signing_secret.get_secret_value())
    async with serving(api, app.settings.host, app.settings.port) as address:
        try:
            yield address
        finally:
            await app.wind_down()


def slack_client(settings: Settings, token: str | None = None) -> AsyncWebClient:
    """A client that makes each call once, with a token or with one that is given at each call."""
    # The SDK's own retries post twice when a connection drops after Slack has taken the message.
    return AsyncWebClient(
        token, base_url=settings.slack_api_url, timeout=CALL_TIMEOUT_S, retry_handlers=[], logger=quiet_logger()
    )
