"""From an HTTP request to the arguments of a Web API method.

https://docs.slack.dev/apis/web-api/#requests: arguments come in the query, as a form, or as JSON where the
method takes it; a token comes in the Authorization header, or as a form field, but never inside JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.local_slack.errors import Refused
from bot.local_slack.methods import Argument, Method

Arguments = Mapping[str, Any]

# The error for a part that should be JSON and is not.
_MALFORMED = {
    "blocks": "invalid_blocks_format",
    "metadata": "invalid_metadata_format",
    "attachments": "invalid_attachments",
    "view": "invalid_arguments",
    "array": "invalid_arguments",
}


@dataclass(frozen=True)
class Received:
    """A request as it came: its token, its body, and whether that body was JSON."""

    token: str | None
    raw: Mapping[str, Any]
    was_json: bool

    @property
    def without_token(self) -> dict[str, Any]:
        """What may be kept in the journal."""
        return {name: value for name, value in self.raw.items() if name != "token"}


async def receive(request: web.Request) -> Received:
    """Reads the body of a request.

    Raises:
        Refused: The body says that it is JSON and is not, or is no object.
    """
    raw: dict[str, Any] = dict(request.query)
    was_json = request.content_type == "application/json"
    if was_json:
        raw |= _object(await request.text())
    elif request.method == "POST":
        raw |= {name: str(value) for name, value in (await request.post()).items()}
    return Received(_token(request, raw, was_json), raw, was_json)


def _object(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text or "{}")
    except ValueError as error:
        raise Refused("invalid_json") from error
    if not isinstance(body, dict):
        raise Refused("json_not_object")
    return body


def _token(request: web.Request, raw: Mapping[str, Any], was_json: bool) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return None if was_json else raw.get("token")


def typed(method: Method, received: Received) -> Arguments:
    """The arguments with their types.

    Raises:
        Refused: A required one is missing, or one cannot be read.
    """
    # A method that takes no JSON does not see what a JSON body says.
    raw = received.raw if method.json or not received.was_json else {}
    given = {name: value for name, value in raw.items() if value is not None and name != "token"}
    for argument in method.arguments.values():
        if argument.required and given.get(argument.name) in (None, ""):
            raise _missing(argument)
    return {
        name: _read(method.arguments[name], value) if name in method.arguments else value
        for name, value in given.items()
    }


def _missing(argument: Argument) -> Refused:
    if argument.missing == "invalid_arguments":
        return Refused(argument.missing, [f"missing required field: {argument.name}"])
    return Refused(argument.missing)


def _read(argument: Argument, value: Any) -> Any:
    if argument.type == "boolean":
        return value is True or str(value).lower() in ("true", "1")
    if argument.type == "number":
        return _number(argument.name, value)
    if argument.type == "string":
        return _text(argument.name, value)
    return _parsed(argument, value)


def _number(name: str, value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise Refused("invalid_arguments", [f"must provide a number [json-pointer:/{name}]"]) from error


def _text(name: str, value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise Refused("invalid_arguments", [f"must provide a string [json-pointer:/{name}]"])
    return str(value)


def _parsed(argument: Argument, value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise Refused(_MALFORMED[argument.type]) from error
    wanted = dict if argument.type in ("view", "metadata") else list
    if not isinstance(value, wanted):
        raise Refused(_MALFORMED[argument.type])
    return value
