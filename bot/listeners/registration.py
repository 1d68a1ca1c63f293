"""Binds the table to Bolt, and answers what nobody listens to."""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from bot.forms.request import Request
from bot.listeners.desk import Desk
from bot.listeners.rows import (
    EMBEDDING_REFERENCE,
    FEEDBACK_REFERENCE,
    FEEDBACK_REFERENCE_AND_WORDS,
    REFERENCE,
    Heard,
    Row,
)
from bot.texts import Texts, texts_in
from store import references
from store.errors import N_
from store.people import Caller
from store.references import Series

log = structlog.get_logger()

Listener = Callable[..., Awaitable[BoltResponse]]

BROKEN = N_(
    "Something broke on our side, not yours. Look whether it arrived before you try again. Tell an admin: {error_id}"
)
NAME = re.compile(r"/?[a-z][a-z0-9_.:-]{0,79}")
NAMELESS = "something"
MOST_NAMES = 200
"""Of what nobody listens to; what comes beyond that is counted without its name."""
CLICKED = ("block_actions", "message_action")
"""Requests whose ack has no place for a sentence."""
UNKNOWN_COMMAND = N_("That is no command we know. Try /model-feedback help.")


def register(app: AsyncApp, desk: Desk, table: Iterable[Row], unheard: Counter[str]) -> None:
    """Bind every row of the table.

    Args:
        app: The Bolt app.
        desk: What carries the rows out.
        table: The rows.
        unheard: Counts what came and nobody listens to, by what it was.
    """
    rows = tuple(table)
    listen = _listener(desk, Finder(rows).row_of)
    # One listener for each kind: Bolt asks all that are there one after the other, and there are a hundred buttons.
    for heard, bind in (
        (Heard.COMMAND, app.command),
        (Heard.ACTION, app.action),
        (Heard.VIEW, app.view),
        (Heard.OPTIONS, app.options),
        (Heard.SHORTCUT, app.message_shortcut),
    ):
        if names := {row.id for row in rows if row.heard is heard}:
            bind(_any_of(names, and_more=heard is Heard.ACTION))(listen)
    for row in rows:
        if row.heard is Heard.EVENT:
            app.event(row.id, matchers=_matchers(row))(_listener(desk, _always(row)))
    app.error(_on_error(desk, unheard))


def describe(body: Mapping[str, Any]) -> str:
    """What a request is, without anything that somebody typed: `/embedding`, `view_submission feedback.file`."""
    request = Request(body)
    match body:
        case {"command": str(command)}:
            return _name(command)
        case {"type": "event_callback"}:
            return f"event {_name(request.event.get('type'))}"
        case {"type": "block_actions", "actions": [{"action_id": str(action)}, *_]}:
            return f"block_actions {_name(action)}"
        case {"type": "block_suggestion", "action_id": str(action)}:
            return f"block_suggestion {_name(action)}"
        case {"type": str(kind), "view": {"callback_id": str(callback)}} | {
            "type": str(kind),
            "callback_id": str(callback),
        }:
            return f"{_name(kind)} {_name(callback)}"
        case {"type": str(kind)}:
            return _name(kind)
    return NAMELESS


def _name(given: object) -> str:
    # Whatever does not look like a name that Slack or we gave may hold somebody's words.
    return given if isinstance(given, str) and NAME.fullmatch(given) else NAMELESS


def _any_of(names: Iterable[str], *, and_more: bool) -> re.Pattern[str]:
    each = "|".join(map(re.escape, names))
    return re.compile(rf"^(?:{each})(?::.*)?$" if and_more else rf"^(?:{each})$")


def _always(row: Row) -> Callable[[Mapping[str, Any]], Row]:
    return lambda body: row


def _listener(desk: Desk, find: Callable[[Mapping[str, Any]], Row | None]) -> Listener:
    async def listen(body: dict[str, Any], ack: AsyncAck) -> BoltResponse:
        row = find(body)
        assert row is not None  # noqa: S101 - Bolt was told of no other names
        return await desk.carry_out(row, body, ack)

    return listen


async def _happened_to_the_app(event: Mapping[str, Any], context: AsyncBoltContext) -> bool:
    return event.get("user") == context.bot_user_id


def _matchers(row: Row) -> list[Callable[..., Awaitable[bool]]]:
    only = ((row.about_the_app, _happened_to_the_app), (row.to_the_app, _said_to_the_app))
    return [matcher for wanted, matcher in only if wanted]


async def _said_to_the_app(event: Mapping[str, Any]) -> bool:
    # A changed or deleted message has a subtype; a photo comes with that of a shared file.
    said = event.get("subtype") in (None, "file_share") and not event.get("bot_id")
    return said and event.get("channel_type") == "im" and isinstance(event.get("user"), str)


def row_for(rows: tuple[Row, ...], text: str) -> Row:
    """The row of a command that what was typed after it is meant for.

    A word counts only when it stands alone or before a number, a reference only alone: "list" is a command, "list of
    faults" is a report. Where more words may follow, the row says so.
    """
    return _meant(_by_word(rows), rows[-1], text)


def _by_word(rows: Sequence[Row]) -> dict[str | None, Row]:
    return {row.word: row for row in reversed(rows)}


def _meant(by_word: Mapping[str | None, Row], otherwise: Row, text: str) -> Row:
    if not text:
        return by_word.get(None, otherwise)
    word = next((word for word in (*_command_words(text), "*") if word in by_word), None)
    return by_word[word] if word else otherwise


def _command_words(text: str) -> Iterator[str]:
    word, _, rest = text.casefold().partition(" ")
    if not rest or rest.isdigit():
        yield word
    else:
        if references.named(rest):
            yield f"{word} {REFERENCE}"
        yield f"{word} …"
        first = references.named(word)
        if first and first[0] is Series.FEEDBACK:
            yield FEEDBACK_REFERENCE_AND_WORDS
    meant = references.named(text)
    if text.isdecimal() or (meant and meant[0] is Series.EMBEDDING):
        yield EMBEDDING_REFERENCE
    if meant and meant[0] is Series.FEEDBACK:
        yield FEEDBACK_REFERENCE
    if meant:
        yield REFERENCE


class Finder:
    """Finds the row that a request is meant for.

    Args:
        rows: The table.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows: dict[tuple[Heard, str], Row] = {}
        commands: dict[str, list[Row]] = {}
        for row in rows:
            self._rows.setdefault((row.heard, row.id), row)
            if row.heard is Heard.COMMAND:
                commands.setdefault(row.id, []).append(row)
        self._commands = {command: (_by_word(mine), mine[-1]) for command, mine in commands.items()}

    def row_of(self, body: Mapping[str, Any]) -> Row | None:
        """The row for a request's body, or None when nobody listens to it."""
        match body:
            case {"command": str(command)}:
                if command not in self._commands:
                    return None
                by_word, otherwise = self._commands[command]
                return _meant(by_word, otherwise, Request(body).text)
            case {"type": "event_callback", "event": {"type": str(name)}}:
                wanted = (Heard.EVENT, name)
            case {"type": "view_submission", "view": {"callback_id": str(name)}}:
                wanted = (Heard.VIEW, name)
            case {"type": "message_action", "callback_id": str(name)}:
                wanted = (Heard.SHORTCUT, name)
            case {"type": "block_actions", "actions": [{"action_id": str(name)}, *_]}:
                wanted = (Heard.ACTION, name.partition(":")[0])
            case {"type": "block_suggestion", "action_id": str(name)}:
                wanted = (Heard.OPTIONS, name)
            case _:
                return None
        return self._rows.get(wanted)


def row_of(rows: Iterable[Row], body: Mapping[str, Any]) -> Row | None:
    """The row of a table that a request's body is meant for, or None when nobody listens to it."""
    return Finder(rows).row_of(body)


def _on_error(desk: Desk, unheard: Counter[str]) -> Callable[..., Awaitable[BoltResponse]]:
    async def answer(error: Exception, body: dict[str, Any]) -> BoltResponse:
        if isinstance(error, BoltUnhandledRequestError):
            name = describe(body)
            unheard[name if name in unheard or len(unheard) < MOST_NAMES else NAMELESS] += 1
            log.info("unheard", request=name)
            return _unheard(desk, body)
        caller = Request(body).caller
        error_id = desk.incidents.record(error, describe(body), caller)
        log.error("broken", error_id=error_id, request=describe(body), error=type(error).__name__, exc_info=error)
        t = await _texts(desk, caller)
        sentence = t(BROKEN, error_id=error_id)
        if body.get("type") in CLICKED:
            desk.tell_afterwards(Request(body), t, sentence)
        return _broken(body, sentence)

    return answer


def _unheard(desk: Desk, body: Mapping[str, Any]) -> BoltResponse:
    # Slack retries an event that is not answered 200, and shows people a warning sign for the rest.
    sentence = texts_in("en-US", desk.catalogues)(UNKNOWN_COMMAND)
    return BoltResponse(status=200, body=sentence if "command" in body else "")


async def _texts(desk: Desk, caller: Caller) -> Texts:
    try:
        return texts_in(await desk.languages.of(caller), desk.catalogues)
    except Exception:  # the store may be what is broken
        return texts_in("en-US", desk.catalogues)


def _broken(body: Mapping[str, Any], sentence: str) -> BoltResponse:
    if "command" in body:
        return BoltResponse(status=200, body=sentence)
    if body.get("type") == "view_submission" and (name := Request(body).first_input()):
        return BoltResponse(status=200, body={"response_action": "errors", "errors": {name: sentence}})
    return BoltResponse(status=500 if body.get("type") == "event_callback" else 200, body="")
