"""Imports modules in a fresh interpreter and tells, as JSON on stdout, what that did besides defining things.

Run as `python -B watched_import.py module …`. It watches by audit hooks (https://peps.python.org/pep-0578), by an
environment that notes who reads it, and around the methods that start a thread and build an engine, for which Python
3.11 has no hook. It imports nothing of ours by itself.
"""

import importlib
import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any
from wsgiref import handlers as _  # noqa: F401 - it reads the whole environment, and prometheus_client imports it

import sqlalchemy

OUR_VARIABLES = ("ALONGSIDE_", "SLACK_")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CALLS = (
    "os.fork",
    "os.mkdir",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "os.system",
    "shutil.",
    "socket.",
    "sqlite3.connect",
    "subprocess.",
    "tempfile.",
)

deeds: list[str] = []
importing = ["nothing"]


def note(deed: str) -> None:
    """Keep what the module that is being imported did."""
    deeds.append(f"{importing[0]}: {deed}")


def hook(event: str, arguments: tuple[Any, ...]) -> None:
    """Note a file that is opened for writing, and every call that reaches outside the interpreter."""
    if event == "open":
        path, mode, flags = arguments
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & WRITING):
            note(f"opened {path} for writing")
    elif event.startswith(CALLS):
        note(f"called {event}")


class Environment(type(os.environ)):  # type: ignore[misc] # a class of os that has no public name
    """The environment, which notes when one of our variables is read."""

    def __getitem__(self, key: str) -> Any:
        if str(key).startswith(OUR_VARIABLES):
            note(f"read {key}")
        return super().__getitem__(key)


def noted(deed: str, act: Callable[..., Any]) -> Callable[..., Any]:
    """A function that notes that it is called."""

    def doing(*arguments: Any, **options: Any) -> Any:
        note(deed)
        return act(*arguments, **options)

    return doing


def main(modules: list[str]) -> None:
    """Import modules one after the other and print what they did."""
    os.environ.__class__ = Environment
    engine, thread = sqlalchemy.engine.Engine, threading.Thread
    engine.__init__ = noted("built an engine", engine.__init__)  # type: ignore[method-assign]
    thread.start = noted("started a thread", thread.start)  # type: ignore[method-assign]
    sys.addaudithook(hook)
    for module in modules:
        importing[0] = module
        importlib.import_module(module)
    importing[0] = "nothing"
    print(json.dumps(deeds))


if __name__ == "__main__":
    main(sys.argv[1:])
