"""Processes for the tests that kill: each is forked from a parent that has imported everything, so that none waits."""

import multiprocessing
from multiprocessing.context import ForkServerContext


def processes() -> ForkServerContext:
    """The context in which such processes are started."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.torture.worker", "tests.torture.receiving"])
    return context
