"""What must talk to Slack after the ack: tracked, timed out, and awaited at shutdown."""

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import uuid4

import structlog

from bot.slack_errors import SLACKS, Said, understood
from store.meanings import Meaning

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
        except SLACKS as error:
            _say_refused(name, understood(error))
        except Exception as error:
            log.error("afterwards_broke", work=name, error_id=uuid4().hex[:8], exc_info=error)


def _say_refused(name: str, said: Said) -> None:
    # An error's answer holds what we sent; only its code goes to the log.
    if said.meaning in (Meaning.OURS, Meaning.UNHEARD_OF):
        log.error("afterwards_failed", work=name, error=said.code, meaning=said.meaning, error_id=uuid4().hex[:8])
    else:
        log.warning("afterwards_failed", work=name, error=said.code, meaning=said.meaning, reason=said.sentence)
