"""Requests that are being carried out: at shutdown new ones are asked to come again, and these are waited for."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from store.errors import TryAgain


class InFlight:
    """Counts the requests under way, until it is closed and they have ended."""

    def __init__(self) -> None:
        self._count = 0
        self._closed = False
        self._ended = asyncio.Event()
        self._ended.set()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold the place of one request; TryAgain when no more are taken."""
        if self._closed:
            raise TryAgain("shutting down")
        self._count += 1
        self._ended.clear()
        try:
            yield
        finally:
            self._count -= 1
            if self._count == 0:
                self._ended.set()

    def refuse(self) -> None:
        """Take no more."""
        self._closed = True

    async def close(self) -> None:
        """Take no more, and wait until those under way have ended."""
        self.refuse()
        await self._ended.wait()
