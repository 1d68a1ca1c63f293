"""Events that were not answered are sent again, three times.

https://docs.slack.dev/apis/events-api#retries: nearly at once, after one minute and after five. What people do
(commands, clicks, submissions) is never sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.local_slack.journal import Ack, Inbound

PAUSES = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))


@dataclass(frozen=True)
class Owed:
    """A retry that is still to come, when and why."""

    entry: Inbound
    due: datetime
    reason: str


class Retries:
    """The retries that Slack owes the app.

    Args:
        now: The workspace's clock; the minutes are minutes of it.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._owed: list[Owed] = []

    def after(self, entry: Inbound) -> None:
        """Owes the next attempt, if the entry is an event that failed and has attempts left."""
        ack = entry.ack
        is_event = entry.payload.get("type") == "event_callback"
        if is_event and ack is not None and not ack.ok and not ack.no_retry and entry.attempt < len(PAUSES):
            self._owed.append(Owed(entry, self._now() + PAUSES[entry.attempt], _reason(entry, ack)))

    def take_due(self) -> list[Owed]:
        """The retries that are due now, the longest overdue first; they are owed no more."""
        now = self._now()
        due = sorted((each for each in self._owed if each.due <= now), key=lambda each: each.due)
        self._owed = [each for each in self._owed if each.due > now]
        return due


def _reason(entry: Inbound, ack: Ack) -> str:
    if entry.via == "socket":
        return "timeout"
    if ack.failure == "operation_timeout":
        return "http_timeout"
    return "connection_failed" if ack.status is None else "http_error"
