"""Messages whose answers were lost: looked up where that can be done, then sent again, left alone, or found.

Slack has no key by which it would notice a repeat, so what may not come twice is looked for in the history of its
conversation (https://docs.slack.dev/reference/methods/conversations.history) once that must have it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from jobs.ports import Later, LookUp, Rule, Sender, WhenLost
from store import sending
from store.deliveries import Status
from store.policy import Limits
from store.sending import Claimed, Lost
from store.store import Store

log = structlog.get_logger()

AT_ONCE = 200

NOT_FOUND = "its answer was lost, and Slack's history does not have it: rather not at all than twice"
NO_WAY_TO_LOOK = "its answer was lost, and it cannot be looked up: see whether it is there before you send it again"
COULD_NOT_LOOK = "its answer was lost, and Slack does not let us look whether it is there ({reason})"


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look for what was lost took.

    Args:
        calls: How many calls were made.
        wait: How long Slack asks us not to look any more, if it does.
    """

    calls: int
    wait: timedelta | None = None


class LostAndFound:
    """Looks after what was lost in one workspace.

    Args:
        store: Where the deliveries are.
        sender: Knows the rule of each kind, and looks.
        limits: How long Slack's history lags, and how often to look.
        workspace_id: Whose deliveries.
    """

    def __init__(self, store: Store, sender: Sender, limits: Limits, workspace_id: int) -> None:
        self._store = store
        self._sender = sender
        self._limits = limits
        self._workspace_id = workspace_id

    async def give_up_lapsed(self, at: datetime) -> None:
        """Take up what was being sent by a process that is gone."""
        look_at = at + self._limits.history_lag
        if given_up := await self._store.write(sending.give_up_lapsed, self._workspace_id, look_at=look_at):
            log.warning("deliveries_lost", workspace=self._workspace_id, count=given_up)

    def look_at(self, lost: Claimed, at: datetime) -> datetime:
        """When a delivery whose answer was lost just now is taken up."""
        looks = self._rule(lost).look_up is LookUp.HISTORY
        return at + (self._limits.history_lag if looks else timedelta(0))

    async def take_up(self, at: datetime, calls: int) -> Looked:
        """Settle what was lost and is due; what Slack lets us look for no more stays for the next time.

        Args:
            at: Now.
            calls: How many calls to Slack may be made at most.
        """
        conversations: dict[str, list[Lost]] = defaultdict(list)
        for one in await self._store.read(sending.lost, self._workspace_id, at=at, limit=AT_ONCE):
            if self._rule(one).look_up is LookUp.NONE:
                await self._end([one], self._rule(one).when_lost, NO_WAY_TO_LOOK, Status.UNKNOWN, at)
            else:
                conversations[one.conversation].append(one)
        taken = list(conversations.values())[:calls]
        for count, together in enumerate(taken, start=1):
            if wait := await self._look(together, at):
                return Looked(count, wait)
        return Looked(len(taken))

    def _rule(self, lost: Lost | Claimed) -> Rule:
        # The same edit twice is the same as once.
        return Rule(LookUp.NONE, WhenLost.SEND_AGAIN) if lost.is_edit else self._sender.rule(lost.kind)

    async def _look(self, together: Sequence[Lost], at: datetime) -> timedelta | None:
        """Settle those of one conversation. Returns how long Slack asks us to wait, if it does."""
        seen = await self._sender.look_up(together)
        if isinstance(seen, Later):
            wait = seen.after or self._limits.first_retry
            await self._look_again(together, seen.reason, wait, at)
            return wait if seen.slow_down else None
        there = {which: (sent.channel, sent.ts) for which, sent in seen.items()}
        if there:
            await self._store.write(sending.found, there, at=at)
        for when_lost in WhenLost:
            missing = [one for one in together if one.id not in there and self._rule(one).when_lost is when_lost]
            await self._end(missing, when_lost, NOT_FOUND, Status.SKIPPED, at)
        return None

    async def _look_again(self, together: Sequence[Lost], reason: str, wait: timedelta, at: datetime) -> None:
        tired = [one for one in together if one.looks + 1 >= self._limits.looks]
        for when_lost in WhenLost:
            mine = [one for one in tired if self._rule(one).when_lost is when_lost]
            await self._end(mine, when_lost, COULD_NOT_LOOK.format(reason=reason), Status.UNKNOWN, at)
        again = [one.id for one in together if one not in tired]
        if again:
            await self._store.write(sending.look_later, again, due_at=at + wait)

    async def _end(self, lost: Sequence[Lost], when_lost: WhenLost, reason: str, status: Status, at: datetime) -> None:
        if not lost:
            return
        ids = [one.id for one in lost]
        if when_lost is WhenLost.SEND_AGAIN:
            await self._store.write(sending.send_again, ids, at=at)
            return
        await self._store.write(sending.leave, ids, status, reason, at=at)
        log.warning("deliveries_left", workspace=self._workspace_id, deliveries=ids, status=status, reason=reason)
