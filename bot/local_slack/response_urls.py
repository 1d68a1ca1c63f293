"""response_urls: five answers within thirty minutes of what a person did.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.local_slack.errors import Refused
from bot.local_slack.records import Channel, Post

LIFETIME = 30 * 60.0
MOST_USES = 5


@dataclass
class ResponseUrl:
    """One response_url: who did what where.

    Attributes:
        source: The message on which the person acted; None for a command.
        made: Wall seconds.
    """

    path: str
    user_id: str
    channel: Channel
    source: Post | None
    made: float
    posted: list[Post] = field(default_factory=list)
    uses: int = 0


class ResponseUrls:
    """The response URLs that were given out, by path.

    Args:
        wall: The wall clock in seconds; 30 minutes are 30 minutes even in simulated time.
    """

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._given: dict[str, ResponseUrl] = {}

    def issue(self, kind: str, team_id: str, user_id: str, channel: Channel, source: Post | None) -> str:
        """The path of a new response URL; `kind` is `commands`, `actions` or `app`."""
        path = f"/{kind}/{team_id}/{len(self._given) + 10**10}/{secrets.token_urlsafe(18)}"
        self._given[path] = ResponseUrl(path, user_id, channel, source, self._wall())
        return path

    def use(self, path: str) -> ResponseUrl:
        """Counts a use.

        Raises:
            Refused: It is unknown, older than 30 minutes or used up.
        """
        url = self._given.get(path)
        if url is None:
            raise Refused("invalid_url")
        if self._wall() - url.made > LIFETIME:
            raise Refused("expired_url")
        if url.uses >= MOST_USES:
            raise Refused("used_url")
        url.uses += 1
        return url

    def expire(self) -> None:
        """Makes all that were given out so far too old, as if 30 minutes had gone by."""
        for url in self._given.values():
            url.made -= LIFETIME + 1
