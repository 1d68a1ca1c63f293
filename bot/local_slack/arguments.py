"""From an HTTP request to the arguments of a Web API method.

https://docs.slack.dev/apis/web-api/#requests: arguments come in the query, as a form, or as JSON where the
method takes it; a token comes in the Authorization header, or as a form field, but never inside JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.local_slack.errors import Refused
from bot.local_slack.methods import Argument, Method

Arguments = Mapping[str, Any]

# The error for a part that should be JSON and is not, where the method's page has it.
_MALFORMED = {
    "blocks": "invalid_blocks_format",
    "metadata": "invalid_metadata_format",
    "attachments": "invalid_attachments",
}
_BODIES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
_CHARSETS = (None, "utf-8", "iso-8859-1")
_NAME = re.compile(r"[A-Za-z0-9_]{1,255}")
_BOOLEANS: Mapping[Any, bool] = {"true": True, "1": True, "false": False, "0": False, "": False}


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
        Refused: The body is of a kind that Slack does not read, or no JSON object though it says so, or an argument
            has a name that none can have.
    """
    _check_body(request)
    raw: dict[str, Any] = dict(request.query)
    was_json = request.content_type == "application/json"
    if was_json:
        raw |= _object(await request.text())
    elif request.method == "POST":
        raw |= {name: str(value) for name, value in (await request.post()).items()}
    for name in raw:
        _check_name(name)
    return Received(_token(request, raw, was_json), raw, was_json)


def _check_body(request: web.Request) -> None:
    if request.method != "POST" or not request.can_read_body:
        return
    if "Content-Type" not in request.headers:
        raise Refused("missing_post_type")
    if request.content_type not in _BODIES:
        raise Refused("invalid_post_type")
    if request.charset is not None and request.charset.lower() not in _CHARSETS:
        raise Refused("invalid_charset")


def _check_name(name: str) -> None:
    if name.endswith("]") and _NAME.fullmatch(name.partition("[")[0]):
        raise Refused("invalid_array_arg")
    if not _NAME.fullmatch(name):
        raise Refused("invalid_arg_name")


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
        name: _read(method, method.arguments[name], value) if name in method.arguments else value
        for name, value in given.items()
    }


def _missing(argument: Argument) -> Refused:
    if argument.missing == "invalid_arguments":
        return Refused(argument.missing, [f"missing required field: {argument.name}"])
    return Refused(argument.missing)


def _read(method: Method, argument: Argument, value: Any) -> Any:
    if argument.type == "boolean":
        return _boolean(argument.name, value)
    if argument.type == "number":
        return _number(argument.name, value)
    if argument.type == "string":
        return _text(argument.name, value)
    return _parsed(method, argument, value)


def _boolean(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() not in _BOOLEANS:
        raise _wrong("boolean", name)
    return _BOOLEANS[str(value).lower()]


def _number(name: str, value: Any) -> int:
    if isinstance(value, (bool, float)):
        raise _wrong("number", name)
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise _wrong("number", name) from error


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong("string", name)
    return value


def _wrong(kind: str, name: str) -> Refused:
    return Refused("invalid_arguments", [f"must provide a {kind} [json-pointer:/{name}]"])


def _parsed(method: Method, argument: Argument, value: Any) -> Any:
    wanted = "object" if argument.type in ("view", "metadata") else "array"
    documented = _MALFORMED.get(argument.type)
    malformed = Refused(documented) if documented and documented in method.errors else _wrong(wanted, argument.name)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise malformed from error
    if not isinstance(value, dict if wanted == "object" else list):
        raise malformed
    return value
