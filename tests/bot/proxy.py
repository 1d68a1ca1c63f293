"""A line between two programs of this machine that can fall silent, as a network does whose packets are dropped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

HOST = "127.0.0.1"


class Proxy:
    """Hands bytes on, until it falls silent.

    Args:
        to: Where the bytes go: a port, or the path of a socket.
    """

    def __init__(self, to: int | str) -> None:
        self._to = to
        self._silent = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._backs: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.connections = 0
        """How many were ever opened."""

    def fall_silent(self) -> None:
        """From now on nothing comes through. Who called is not told; who was called has given the caller up."""
        self._silent = True
        for back in self._backs:
            back.close()

    def speak(self) -> None:
        """New connections are handed on again; what was open or begun meanwhile stays dead."""
        self._silent = False

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(ConnectionError):
                await (_nothing() if self._silent else self._hand_on_both_ways(reader, writer))
        except asyncio.CancelledError:
            pass  # the end: asyncio would report a task of a server that was cancelled
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _hand_on_both_ways(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await self._call()
        self._backs.add(back)
        ways = [asyncio.create_task(self._back(there, writer)), asyncio.create_task(self._forth(reader, back))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if self._silent:
                await _nothing()
        finally:
            self._backs.discard(back)
            back.close()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _call(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._to, str):
            return await asyncio.open_unix_connection(self._to)
        return await asyncio.open_connection(HOST, self._to)

    async def _forth(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            # An address that the other side names leads through this line too.
            writer.write(data.replace(f"{HOST}:{self._to}".encode(), f"{HOST}:{self.port}".encode()))
            await writer.drain()

    async def end(self) -> None:
        """Close what is open."""
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _nothing() -> None:
    await asyncio.Event().wait()


@asynccontextmanager
async def proxied(to: int | str) -> AsyncIterator[Proxy]:
    """A proxy before a port or a socket of this machine."""
    proxy = Proxy(to)
    server = await asyncio.start_server(proxy.take, HOST, 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.end()
