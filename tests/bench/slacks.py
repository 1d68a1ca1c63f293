"""Many local Slacks with their limits on, a process of its own: `python -m tests.bench.slacks`.

It says on a line where they are, as a JSON list of `Where`, and for each line that it reads what they saw meanwhile, as
a list of `Seen`.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from bot.listeners.table import TABLE
from bot.local_slack import LocalSlack, RateLimits
from bot.manifest import manifest
from tests.bench.site import crew_of, team_id

LIMITS = RateLimits(workspace_posts_per_minute=300, workspace_post_burst=15)
"""Stricter than a Slack that lets the posts of a whole minute come at once: of a burst a few more than the app makes,
because what leaves at an even pace does not arrive at one."""


@dataclass(frozen=True, slots=True)
class Where:
    """How an app reaches one of them."""

    api_url: str
    token: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What one of them saw.

    Args:
        posts: How many messages were posted.
        people: To how many people.
        too_many: How many calls came too fast.
        last: When the last message was posted, in seconds since the epoch, by its clock.
    """

    posts: int
    people: int
    too_many: int
    last: float


def main() -> None:
    """Be there until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--crew", type=int, required=True)
    parser.add_argument("--ahead", type=float, required=True, help="seconds that their clock is ahead of the machine's")
    given = parser.parse_args()
    asyncio.run(_be_there(given.count, given.crew, timedelta(seconds=given.ahead)))


async def _be_there(count: int, crew: int, ahead: timedelta) -> None:
    def now() -> datetime:
        return datetime.now(UTC) + ahead

    async with AsyncExitStack() as stack:
        slacks = [await stack.enter_async_context(_slack(number, crew, now)) for number in range(count)]
        _say([Where(slack.api_url, slack.bot_token) for slack in slacks])
        while await asyncio.to_thread(sys.stdin.readline):
            _say([_seen(slack) for slack in slacks])


def _slack(number: int, crew: int, now: Callable[[], datetime]) -> LocalSlack:
    slack = LocalSlack(manifest(TABLE), now=now, team_id=team_id(number), rate_limits=LIMITS)
    for user_id in crew_of(crew):
        slack.add_person(user_id, user_id=user_id)
    return slack


def _seen(slack: LocalSlack) -> Seen:
    calls = slack.journal.calls("chat.postMessage")
    posted = [call for call in calls if call.executed]
    return Seen(
        posts=len(posted),
        people=len({str(call.arguments["channel"]) for call in posted}),
        too_many=sum(call.error == "ratelimited" for call in slack.journal.calls()),
        last=max((call.at.timestamp() for call in posted), default=0.0),
    )


def _say(what: list[Where] | list[Seen]) -> None:
    print(json.dumps([asdict(one) for one in what]), flush=True)


if __name__ == "__main__":
    main()
