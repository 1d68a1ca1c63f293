"""How often an app may call, by the workspace's clock.

https://docs.slack.dev/apis/web-api/rate-limits: each method by its tier, per app and workspace; who calls too often
gets HTTP 429 with the whole seconds to wait in Retry-After, and only that method is held.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.local_slack.errors import Refused
from bot.local_slack.methods import Method, Tier

MINUTE = 60.0


@dataclass(frozen=True)
class RateLimits:
    """The limits; bursts are not published, those here are ours.

    Attributes:
        per_minute: Calls of a method, by its tier (https://docs.slack.dev/apis/web-api/rate-limits#overview).
        special_per_minute: Calls of methods with a limit of their own; the pages of auth.test and
            chat.getPermalink say "hundreds".
        posts_per_second: chat.postMessage in one conversation: "no more than one message per second"
            (https://docs.slack.dev/reference/methods/chat.postMessage#rate_limiting).
        post_burst: Posts in one conversation that may come at once; Slack says only that short bursts may pass.
        workspace_posts_per_minute: chat.postMessage in all conversations: "several hundred"
            (https://docs.slack.dev/apis/web-api/rate-limits#posting-messages).
        workspace_post_burst: How many of them may come at once; None for all those of a minute.
    """

    per_minute: Mapping[Tier, int] = field(
        default_factory=lambda: {Tier.ONE: 1, Tier.TWO: 20, Tier.THREE: 50, Tier.FOUR: 100}
    )
    special_per_minute: Mapping[str, int] = field(default_factory=lambda: {"auth.test": 300, "chat.getPermalink": 300})
    posts_per_second: float = 1.0
    post_burst: int = 3
    workspace_posts_per_minute: int = 300
    workspace_post_burst: int | None = None


class RateLimited(Refused):
    """Too many calls; `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


@dataclass
class _Bucket:
    """Holds `size` calls and gets `rate` new ones a second."""

    size: float
    rate: float
    since: datetime
    left: float

    def wait(self, now: datetime) -> float:
        """Seconds until there is a call left."""
        gained = max((now - self.since).total_seconds(), 0.0) * self.rate
        self.left, self.since = min(self.size, self.left + gained), now
        return max(1 - self.left, 0.0) / self.rate


class RateLimiter:
    """Counts the calls of an app against its limits.

    Args:
        now: The workspace's clock.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._buckets: dict[str, _Bucket] = {}
        self._limits: RateLimits | None = None

    @property
    def limits(self) -> RateLimits | None:
        """The limits; None while nothing is limited. Setting them begins to count anew."""
        return self._limits

    @limits.setter
    def limits(self, limits: RateLimits | None) -> None:
        self._limits = limits
        self._buckets.clear()

    def spend(self, method: Method, conversation: str) -> None:
        """Counts a call.

        Args:
            method: What is called.
            conversation: Where a message is posted.

        Raises:
            RateLimited: It is one too many, and does not count.
        """
        if self._limits is None:
            return
        now = self._now()
        buckets = [self._bucket(*each, now) for each in _applying(self._limits, method, conversation)]
        wait = max((bucket.wait(now) for bucket in buckets), default=0.0)
        if wait > 0:
            raise RateLimited(math.ceil(wait))
        for bucket in buckets:
            bucket.left -= 1

    def _bucket(self, name: str, size: float, rate: float, now: datetime) -> _Bucket:
        return self._buckets.setdefault(name, _Bucket(size, rate, now, size))


def _applying(limits: RateLimits, method: Method, conversation: str) -> list[tuple[str, float, float]]:
    """The buckets that a call is taken from: name, size and calls a second."""
    if method.name == "chat.postMessage":
        a_minute = limits.workspace_posts_per_minute
        return [
            (f"posts {conversation}", limits.post_burst, limits.posts_per_second),
            ("posts", limits.workspace_post_burst or a_minute, a_minute / MINUTE),
        ]
    a_minute = limits.special_per_minute.get(method.name) or limits.per_minute[method.tier]
    return [(method.name, a_minute, a_minute / MINUTE)]
