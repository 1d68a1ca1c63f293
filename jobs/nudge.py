"""Sending at once after an act instead of at the next tick, without two of them running side by side."""

from collections.abc import Awaitable, Callable


class Nudge:
    """Calls a function soon; calls that come while it runs are answered by one more run.

    Args:
        send: Sends what is due.
    """

    def __init__(self, send: Callable[[], Awaitable[None]]) -> None:
        self._send = send
        self._wanted = False
        self._running = False

    async def __call__(self) -> None:
        """Send what is due now, or let the run under way know that there is more."""
        self._wanted = True
        if self._running:
            return
        self._running = True
        failure: Exception | None = None
        try:
            while self._wanted:
                self._wanted = False
                try:
                    await self._send()
                except Exception as error:  # whoever asked meanwhile still gets their run
                    failure = error
        finally:
            self._running = False
        if failure:
            raise failure
