"""Finds in source text which Web API methods are called, by the syntax tree."""

import ast
import inspect
from collections.abc import Iterator
from functools import cache

from slack_sdk.web import async_client

CALLED_BY_THE_SDK = {"AsyncSocketModeHandler": "apps.connections.open"}
"""Methods that a class of the SDK calls for whoever uses it."""


class Unreadable(Exception):
    """A method is called whose name is only known at run time."""


def methods_called(source: str) -> set[str]:
    """The Web API methods that a module calls.

    A call is a method of the SDK's client (`client.views_open`), a literal given to `api_call`, or a literal `Call`
    that the sender makes later.

    Raises:
        Unreadable: A `Call` is made with a method that is no literal.
    """
    return {method for node in ast.walk(ast.parse(source)) for method in _of(node)}


def _of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and node.id in CALLED_BY_THE_SDK:
        yield CALLED_BY_THE_SDK[node.id]
    if isinstance(node, ast.Attribute) and node.attr in client_methods():
        yield client_methods()[node.attr]
    if isinstance(node, ast.Call) and (literal := _named(node)):
        yield literal


def _named(call: ast.Call) -> str | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in ("Call", "api_call"):
        return None
    given = [*call.args[:1], *(word.value for word in call.keywords if word.arg in ("method", "api_method"))]
    method = given[0].value if given and isinstance(given[0], ast.Constant) else None
    if isinstance(method, str):
        return method
    # The sender hands on what a Call says: the literal stands where the Call was made.
    if name == "api_call" and given and ast.unparse(given[0]) == "call.method":
        return None
    raise Unreadable(f"line {call.lineno}: {ast.unparse(call)[:60]}")


@cache
def client_methods() -> dict[str, str]:
    """The methods of the SDK's client by the Web API method that each calls, read from the SDK's own source."""
    found = {}
    for function in ast.walk(ast.parse(inspect.getsource(async_client))):
        if isinstance(function, ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "api_call" and node.args:
                    method = node.args[0]
                    if isinstance(method, ast.Constant):
                        found[function.name] = str(method.value)
    return found
