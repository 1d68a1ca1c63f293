"""How fast Slack may be called for one workspace: token buckets, and the pauses that it asked for.

https://docs.slack.dev/apis/web-api/rate-limits: about one message a second to a channel, several hundred a minute to a
workspace, and for other methods a number a minute by their tier. A method that was answered 429 waits as long as
Retry-After says, in that workspace only.
"""

from collections.abc import Hashable, Mapping

from store.policy import Rate

NEARLY = 1e-9
"""Sums of many small parts miss a whole by less."""
POST, EDIT, LOOK, PIN = "chat.postMessage", "chat.update", "conversations.history", "pins.add"


class Bucket:
    """Tokens that come at a steady rate, up to a burst.

    Args:
        rate: How many a second, and how many at once.
        since: Now, in seconds of a clock that only goes forward.
        level: How many are there now; a full bucket unless said otherwise.
    """

    def __init__(self, rate: Rate, since: float, level: float | None = None) -> None:
        self.rate = rate
        self.since = since
        self.level = float(rate.burst) if level is None else level

    def there(self, now: float) -> int:
        """How many may be taken now."""
        self._refill(now)
        return int(self.level + NEARLY)

    def take(self, now: float) -> None:
        """Take one; ValueError when there is none."""
        if not self.there(now):
            raise ValueError("the bucket is empty")
        self.level -= 1

    def ready_in(self, now: float, many: int = 1) -> float:
        """Seconds until so many are there, or as many as there ever are; 0 when they are."""
        wanted = min(many, self.rate.burst)
        return 0.0 if self.there(now) >= wanted else (wanted - self.level) / self.rate.per_second

    def is_full(self, now: float) -> bool:
        """Whether it has forgotten all that was taken."""
        return self.there(now) == self.rate.burst

    def _refill(self, now: float) -> None:
        passed = max(0.0, now - self.since)
        self.level = min(float(self.rate.burst), self.level + passed * self.rate.per_second)
        self.since += passed


class Rates:
    """The pace of one workspace.

    Args:
        methods: The rate of each method.
        conversation: The rate of posts to one conversation.
        since: Now, in seconds of a clock that only goes forward.
        empty: Whether somebody else may just have used up what is allowed.
    """

    def __init__(self, methods: Mapping[str, Rate], conversation: Rate, since: float, *, empty: bool = False) -> None:
        self._methods = methods
        self._conversation = conversation
        self._since = since
        self._empty = empty
        self._buckets: dict[str, Bucket] = {}
        self._conversations: dict[Hashable, Bucket] = {}
        self._paused_until: dict[str, float] = {}
        if empty:  # to which conversations something has just gone is not known
            self.pause(POST, since + 1 / conversation.per_second)

    def pause(self, method: str, until: float) -> None:
        """Call a method no more before an instant."""
        self._paused_until[method] = max(until, self._paused_until.get(method, until))

    def allowed(self, method: str, now: float) -> int:
        """How many calls of a method may be made now."""
        if self._paused_until.get(method, now) > now:
            return 0
        return self._bucket(method).there(now)

    def take(self, method: str, conversation: Hashable, now: float) -> None:
        """Count a call that is about to be made; ValueError when it may not be."""
        self._bucket(method).take(now)
        if method == POST:
            self._of(conversation, now).take(now)

    def ready_in(self, method: str, now: float, many: int = 1) -> float:
        """Seconds until a method may be called so many times; 0 when it may be now."""
        return max(self._paused_until.get(method, now) - now, self._bucket(method).ready_in(now, many))

    def waiting(self, now: float) -> dict[Hashable, float]:
        """The conversations to which nothing may be posted yet, and in how many seconds something may."""
        self._forget_full(now)
        waits = {conversation: bucket.ready_in(now) for conversation, bucket in self._conversations.items()}
        return {conversation: wait for conversation, wait in waits.items() if wait}

    def _bucket(self, method: str) -> Bucket:
        if method not in self._buckets:
            level = 0.0 if self._empty else None
            self._buckets[method] = Bucket(self._methods[method], self._since, level)
        return self._buckets[method]

    def _of(self, conversation: Hashable, now: float) -> Bucket:
        if conversation not in self._conversations:
            self._conversations[conversation] = Bucket(self._conversation, now)
        return self._conversations[conversation]

    def _forget_full(self, now: float) -> None:
        full = [conversation for conversation, bucket in self._conversations.items() if bucket.is_full(now)]
        for conversation in full:
            del self._conversations[conversation]
