"""Waiting for something to become true instead of sleeping."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Changes:
    """Wakes everybody who waits whenever anything in the workspace has changed.

    All of it runs on one event loop, so announcing needs no lock and can be done from plain functions.
    """

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def announce(self) -> None:
        """Says that something has changed."""
        waiting, self._event = self._event, asyncio.Event()
        waiting.set()

    async def next(self, seconds: float) -> bool:
        """Waits for the next change; False when there was none for so many wall seconds."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def until(self, find: Callable[[], Found | None], seconds: float) -> Found | None:
        """What `find` returns as soon as it is not None, or None after so many wall seconds."""
        deadline = time.monotonic() + seconds
        while True:
            found = find()
            left = deadline - time.monotonic()
            if found is not None or left <= 0:
                return found
            await self.next(left)
