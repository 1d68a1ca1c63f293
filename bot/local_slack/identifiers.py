"""Ids, message timestamps, hashes and tokens in the form in which Slack gives them out."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

MICROSECONDS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime) -> int:
    """Microseconds since 1970, exactly; `at` must be aware."""
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * MICROSECONDS + since.microseconds


def stamp(at_microseconds: int) -> str:
    """A Slack timestamp such as `1355517523.000005`."""
    seconds, rest = divmod(at_microseconds, MICROSECONDS)
    return f"{seconds}.{rest:06d}"


@dataclass
class Stamps:
    """Gives out timestamps that grow within a channel even while the simulated clock stands still."""

    now: Callable[[], datetime]
    _last: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def next(self, channel_id: str) -> str:
        """The timestamp of the next message of a channel."""
        at = max(microseconds(self.now()), self._last[channel_id] + 1)
        self._last[channel_id] = at
        return stamp(at)

    def seconds(self) -> int:
        """The simulated time in whole seconds since 1970."""
        return microseconds(self.now()) // MICROSECONDS


@dataclass
class Ids:
    """Counts up ids by prefix: `D000000001`, `V000000001` and so on, the same in each run."""

    _counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def next(self, prefix: str) -> str:
        """The next id with this prefix."""
        self._counts[prefix] += 1
        return f"{prefix}{self._counts[prefix]:09X}"


@dataclass(frozen=True)
class Tokens:
    """What an installation hands to the app; made up, in Slack's form."""

    bot: str
    app: str
    signing_secret: str
    verification: str

    @classmethod
    def make(cls, app_id: str) -> Tokens:
        """New tokens for an app."""
        return cls(
            bot=f"xoxb-{_digits(12)}-{_digits(13)}-{secrets.token_urlsafe(18).replace('-', 'a')}",
            app=f"xapp-1-{app_id}-{_digits(13)}-{secrets.token_hex(32)}",
            signing_secret=secrets.token_hex(16),
            verification=secrets.token_urlsafe(18),
        )


def _digits(count: int) -> str:
    return "".join(secrets.choice("123456789") for _ in range(count))
