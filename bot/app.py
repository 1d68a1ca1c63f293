"""The composition root: settings → store, clock, app, ticker."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import structlog
from aiohttp import ClientSession, ClientTimeout, TCPConnector
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import Route

from bot.afterwards import Afterwards
from bot.archive import FolderArchive
from bot.directory import SlackDirectory
from bot.http.health import PATIENCE_S, health_routes
from bot.http.metrics import Acks, Counted, exposition
from bot.http.server import asgi_app, bare_app, serving
from bot.in_flight import InFlight
from bot.incidents import IncidentBook
from bot.installations import installation
from bot.languages import Languages
from bot.line import PING_S, Line
from bot.listeners.desk import Desk
from bot.listeners.registration import register
from bot.listeners.rows import Row
from bot.listeners.table import TABLE
from bot.logs import quiet_logger
from bot.pulse import Pulse
from bot.readiness import looks_at
from bot.sender import SlackSender
from bot.settings import Settings
from bot.texts import CATALOGUES
from jobs.clock import Clock
from jobs.outbox import Equipment, Outbox
from jobs.ticker import Ticker
from store.backlog import backlog
from store.errors import TryAgain
from store.store import Store

log = structlog.get_logger()

PORT = 3000
"""Where Slack's requests come in unless the settings say otherwise."""
CALL_TIMEOUT_S = 8
"""Of a call to Slack: far below a delivery's lease."""
KEPT_OPEN_S = 5
"""An idle connection to Slack: well below what servers keep one, so that none is closed under a call."""
DRAINING_S = 2.5
"""How long requests under way are waited for at the end; calls to Slack get a little more."""


@dataclass(frozen=True, slots=True)
class Alongside:
    """The app, put together."""

    settings: Settings
    store: Store
    clock: Clock
    now: Callable[[], Awaitable[datetime]]
    """The present instant, which all processes on one database share."""
    bolt: AsyncApp
    ticker: Ticker
    outbox: Outbox
    in_flight: InFlight
    afterwards: Afterwards
    incidents: IncidentBook
    unheard: Counter[str]
    """What came from Slack and nobody listens to."""
    acks: Acks
    pulse: Pulse
    connections: ClientSession
    """Those to Slack, which are kept open for the next call."""

    def health(self, line: Line | None = None) -> list[Route]:
        """The routes that say how this process is; with a line also how that is."""
        return health_routes(looks_at(self.store, self.pulse, line), partial(self._count, line))

    async def _count(self, line: Line | None) -> bytes:
        try:
            at = await self.now()
            found = await asyncio.wait_for(self.store.read(backlog, at=at), PATIENCE_S)
        except (TryAgain, TimeoutError):
            at, found = self.clock.now(), None
        counted = Counted(
            outcomes=self.outbox.counts,
            slowed_down=self.outbox.slowed_down,
            unheard=self.unheard,
            late_ticks=self.pulse.late,
            seconds_since_tick=self.pulse.age,
            writes_waiting=self.store.waiting,
            backlog=found,
            at=at,
            connected=line.connected if line else None,
        )
        return exposition(self.acks, counted)

    async def tick(self) -> None:
        """Do what is due now."""
        await self.ticker.tick(self.clock.now())

    async def quiet(self) -> None:
        """Wait until what was to be said after the acks is said, and what is due now has gone out."""
        await self.afterwards.finish()
        await self.outbox.idle()

    def stop_taking(self) -> None:
        """From now on requests are asked to come again, to another process or after a restart."""
        self.pulse.ending = True
        self.in_flight.refuse()

    async def _drain(self) -> None:
        await _within(DRAINING_S, self.in_flight.close())
        await _within(3, self.afterwards.finish())

    async def wind_down(self) -> None:
        """Take no more requests, and finish those under way and what they have left to do, within some seconds.

        Whatever does not end in its time is left: what was being sent is looked up by whoever comes next.
        """
        self.stop_taking()
        await asyncio.gather(self._drain(), _within(DRAINING_S + 3, self.outbox.close(DRAINING_S + 2)))
        await _within(0.5, self.afterwards.finish())  # what broke meanwhile is kept
        await self.connections.close()


async def _within(seconds: float, work: Awaitable[None]) -> None:
    try:
        await asyncio.wait_for(work, seconds)
    except TimeoutError:
        log.warning("cut_short", seconds=seconds)


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
    policy = replace(settings.policy, admins=frozenset(settings.admins))
    installed = await installation(slack_client(settings, token), token)
    connections = slack_connections(CALL_TIMEOUT_S)
    client = slack_client(settings, token, connections)
    bolt = AsyncApp(
        logger=quiet_logger(),
        # Bolt gives it the token that a request is authorized with.
        client=slack_client(settings, connections=connections),
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
    in_flight, acks = InFlight(), Acks()
    languages = Languages(store, clock)
    desk = Desk(store, clock, policy, client, afterwards, outbox, in_flight, incidents, acks, languages, catalogues)
    register(bolt, desk, table, unheard)
    return Alongside(
        settings=settings,
        store=store,
        clock=clock,
        now=shared_now or clock_now,
        bolt=bolt,
        ticker=ticker,
        outbox=outbox,
        in_flight=in_flight,
        afterwards=afterwards,
        incidents=incidents,
        unheard=unheard,
        acks=acks,
        pulse=Pulse(settings.tick_seconds, asyncio.get_running_loop().time),
        connections=connections,
    )


@asynccontextmanager
async def over_socket_mode(app: Alongside, *, ping: float = PING_S) -> AsyncIterator[Line]:
    """Listen to Slack over a socket until the context ends.

    Args:
        app: Who listens.
        ping: Seconds between pings.

    Raises:
        Refused: Slack does not take the app-level token, or does not answer.
    """
    line = Line(app.bolt, app.settings.slack_app_token.get_secret_value(), ping=ping)
    async with app.connections:
        await line.connect()
        try:
            yield line
        finally:
            await app.wind_down()
            await line.close()


@asynccontextmanager
async def over_http(app: Alongside) -> AsyncIterator[str]:
    """Listen to Slack's signed requests until the context ends; yields the address."""
    secret = app.settings.slack_signing_secret.get_secret_value()
    port = PORT if app.settings.port is None else app.settings.port
    api = asgi_app(app.bolt, secret, app.health())
    async with app.connections, serving(api, app.settings.host, port) as address:
        try:
            yield address
        finally:
            await app.wind_down()


@asynccontextmanager
async def only_working(app: Alongside) -> AsyncIterator[None]:
    """Listen to nothing, and wind down when the context ends."""
    try:
        yield
    finally:
        await app.wind_down()


@asynccontextmanager
async def watched(app: Alongside, line: Line | None = None) -> AsyncIterator[str | None]:
    """Answer questions about health alone, where a port is set; yields the address.

    Raises:
        CannotListen: The port is taken.
    """
    if app.settings.port is None:
        yield None
        return
    async with serving(bare_app(app.health(line)), app.settings.host, app.settings.port) as address:
        yield address


def slack_connections(timeout: float) -> ClientSession:
    """What keeps connections to Slack open from call to call, on the loop that runs; whoever asked closes it.

    Args:
        timeout: Seconds that a call may take.
    """
    return ClientSession(connector=TCPConnector(keepalive_timeout=KEPT_OPEN_S), timeout=ClientTimeout(total=timeout))


def slack_client(
    settings: Settings, token: str | None = None, connections: ClientSession | None = None
) -> AsyncWebClient:
    """A client that makes each call once.

    Args:
        settings: Where Slack is.
        token: The token, if it is not given at each call.
        connections: What keeps connections open from call to call; without it each call makes one of its own.
    """
    # The SDK's own retries post twice when a connection drops after Slack has taken the message.
    return AsyncWebClient(
        token,
        base_url=settings.slack_api_url,
        timeout=CALL_TIMEOUT_S,
        session=connections,
        retry_handlers=[],
        logger=quiet_logger(),
    )
