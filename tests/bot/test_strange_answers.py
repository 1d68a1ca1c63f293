"""Answers that no page of Slack's describes: nothing escapes from a call, and nothing is sent again on a guess."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.directory import SlackDirectory
from bot.sender import SlackSender
from jobs.ports import Call, Ended, Halted, Later, Outcome, Sent, Untold
from store.deliveries import Kind, Status
from store.meanings import Meaning
from store.people import Caller
from store.sending import Claimed
from store.store import Store
from store.user_groups import GroupOfCrew

POST = Call("chat.postMessage", {"channel": "U0OLA", "text": "hello"})
EDIT = Call("chat.update", {"channel": "D1", "ts": "1.0", "text": "hello"}, repeats_safely=True)
CLAIMED = Claimed(1, 1, Kind.PROMPT, 0, None, 1, None, False, "token")
OLA = Caller("", "T1", "U0OLA")
CREW = GroupOfCrew(1, "S0CREWA")


class Incidents:
    """Nothing breaks here: what Slack answers is no incident."""

    def record(self, error: Exception, during: str, by: Caller | None = None) -> str:
        """Fails the test."""
        raise AssertionError(during) from error


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def saying(text: str, *, status: int = 200, kind: str = "application/json", **headers: str) -> Handler:
    """Answers everything in one way."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=text, status=status, content_type=kind, headers=headers)

    return answer


async def hang_up(request: web.Request) -> web.Response:
    """Takes the call and breaks the connection."""
    assert isinstance(request.transport, asyncio.Transport)
    request.transport.abort()
    return web.Response()


async def say_half(request: web.Request) -> web.StreamResponse:
    """Breaks the connection in the middle of the answer."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "100"})
    await response.prepare(request)
    await response.write(b'{"ok": tr')
    assert isinstance(request.transport, asyncio.Transport)
    request.transport.abort()
    return response


async def say_nothing(request: web.Request) -> web.Response:
    """Never answers."""
    await asyncio.Event().wait()
    raise AssertionError


@asynccontextmanager
async def answering(handler: Handler) -> AsyncIterator[AsyncWebClient]:
    """A client of a server that answers like that."""
    app = web.Application()
    app.router.add_route("*", "/api/{method}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    # A second is short for a person, and long for a loopback connection.
    yield AsyncWebClient("xoxb-1", base_url=url, timeout=1, retry_handlers=[])
    await runner.cleanup()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Store:
    """A store that nothing is asked of here."""
    return Store(sqlite_url)


LOST = {
    "a page of a proxy": saying("<html>welcome</html>", kind="text/html"),
    "plain text": saying("ok", kind="text/plain"),
    "no JSON": saying("{nonsense"),
    "no JSON and 502": saying("<html>", status=502),
    "an empty body": saying(""),
    "null": saying("null"),
    "a list": saying('["ok"]'),
    "a number": saying("7"),
    "no place": saying('{"ok": true}'),
    "no timestamp": saying('{"ok": true, "channel": "D1"}'),
    "no words": saying('{"ok": true, "channel": "", "ts": ""}'),
    "a place that is none": saying('{"ok": true, "channel": {"id": "D1"}, "ts": 1.5}'),
    "bytes": saying("ok", kind="application/gzip"),
    "an error without a name": saying('{"ok": false}'),
    "a bad gateway": saying("bad gateway", status=502, kind="text/html"),
    "a server in pain": saying('{"ok": false, "error": "a_word_of_tomorrow"}', status=500),
    "a connection that breaks": hang_up,
    "half an answer": say_half,
    "no answer": say_nothing,
}


@pytest.mark.parametrize("handler", LOST.values(), ids=LOST)
async def test_an_answer_that_cannot_be_read_leaves_a_post_unknown_and_an_edit_to_be_made_again(
    handler: Handler, sqlite_store: Store
) -> None:
    with sqlite_store:
        async with answering(handler) as client:
            sender = SlackSender(sqlite_store, client, Incidents(), "", "T1")
            posted, edited = await sender.call(CLAIMED, POST), await sender.call(CLAIMED, EDIT)
            told = await SlackDirectory(client).look_up(OLA)
            unlisted = await SlackDirectory(client).members_of(CREW)
    assert isinstance(posted, Ended)
    assert (posted.status, posted.meaning) == (Status.UNKNOWN, Meaning.UNKNOWN)
    assert isinstance(edited, Later)
    assert isinstance(told, Untold)
    assert isinstance(unlisted, Untold)
    assert told.meaning is unlisted.meaning is Meaning.UNKNOWN


SURE: dict[str, tuple[Handler, Outcome]] = {
    "a message": (saying('{"ok": true, "channel": "D1", "ts": "1.0"}'), Sent("D1", "1.0")),
    "too fast, without a body": (
        saying("", status=429, kind="text/html"),
        Later("Slack asks us to wait (ratelimited)", slow_down=True),
    ),
    "too fast, with nonsense": (
        saying("{", status=429, **{"Retry-After": "in a while"}),
        Later("Slack asks us to wait (ratelimited)", slow_down=True),
    ),
    "forbidden by a proxy": (
        saying("<html>", status=403, kind="text/html"),
        Ended(
            Status.FAILED,
            "Slack refused it for a reason that Alongside does not know: report it (HTTP 403)",
            Meaning.UNHEARD_OF,
        ),
    ),
    "a word of tomorrow": (
        saying('{"ok": false, "error": "a_word_of_tomorrow"}'),
        Ended(
            Status.FAILED,
            "Slack refused it for a reason that Alongside does not know: report it (a_word_of_tomorrow)",
            Meaning.UNHEARD_OF,
        ),
    ),
}


@pytest.mark.parametrize(("handler", "outcome"), SURE.values(), ids=SURE)
async def test_an_answer_that_is_sure_counts_whatever_else_is_odd(
    handler: Handler, outcome: Outcome, sqlite_store: Store
) -> None:
    with sqlite_store:
        async with answering(handler) as client:
            assert await SlackSender(sqlite_store, client, Incidents(), "", "T1").call(CLAIMED, POST) == outcome


async def test_only_ids_count_as_members_of_a_user_group() -> None:
    async with answering(saying('{"ok": true, "users": ["U0OLA", 7, null, "U0MICK"]}')) as client:
        assert await SlackDirectory(client).members_of(CREW) == ("U0OLA", "U0MICK")


async def test_where_no_connection_is_made_nothing_was_done_and_everything_waits(sqlite_store: Store) -> None:
    with sqlite_store:
        async with answering(say_nothing) as client:
            pass
        posted = await SlackSender(sqlite_store, client, Incidents(), "", "T1").call(CLAIMED, POST)
        told = await SlackDirectory(client).look_up(OLA)
    assert isinstance(posted, Halted)
    assert isinstance(told, Untold)
    assert posted.meaning is told.meaning is Meaning.OUT_OF_REACH
