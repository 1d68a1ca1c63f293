"""What must talk to Slack after the ack: tracked, timed out, and awaited at shutdown."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger()

TIMEOUT_S = 10.0


class Afterwards:
    """A group of tasks that nobody waits for, except whoever shuts the app down."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, name: str, work: Coroutine[Any, Any, Any], timeout: float | None = TIMEOUT_S) -> None:
        """Do something after the ack; what goes wrong, or takes longer than so many seconds, is logged."""
        task = asyncio.create_task(self._guarded(name, work, timeout), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Wait for everything that was started."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    @staticmethod
    async def _guarded(name: str, work: Coroutine[Any, Any, Any], timeout: float | None) -> None:  # noqa: ASYNC109
        try:
            await asyncio.wait_for(work, timeout)
        except Exception as error:
            log.warning("afterwards_failed", work=name, error=type(error).__name__, detail=_code(error))


def _code(error: Exception) -> str:
    # A Slack error's answer holds what we sent; only its code goes to the log.
    response = getattr(error, "response", None)
    return str(response.get("error", "")) if response is not None and hasattr(response, "get") else ""
