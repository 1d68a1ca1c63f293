"""trigger_ids: proof that a person has just done something, so that a modal may be put before them.

https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses: they live for 3 seconds
(wall time, also when the workspace's clock is simulated) and can be exchanged once.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.local_slack.errors import Refused

LIFETIME = 3.0
_FORM = re.compile(r"\d+\.\d+\.[0-9a-f]+")


@dataclass
class _Trigger:
    user_id: str
    made: float
    used: bool = False


class Triggers:
    """The trigger_ids that were given out.

    Args:
        wall: The wall clock in seconds.
    """

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._given: dict[str, _Trigger] = {}

    def issue(self, user_id: str) -> str:
        """A new trigger_id for what this person has just done."""
        trigger_id = f"{int(self._wall() * 1000)}.{len(self._given) + 10**9}.{secrets.token_hex(16)}"
        self._given[trigger_id] = _Trigger(user_id, self._wall())
        return trigger_id

    def owner(self, trigger_id: str) -> str:
        """The user id whose act the trigger_id stands for.

        Raises:
            Refused: It is unknown, used up or too old.
        """
        trigger = self._given.get(trigger_id)
        if trigger is None or not _FORM.fullmatch(trigger_id):
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self._wall() - trigger.made > LIFETIME:
            raise Refused("expired_trigger_id")
        return trigger.user_id

    def exchange(self, trigger_id: str) -> None:
        """Uses it up."""
        self._given[trigger_id].used = True

    def expire(self) -> None:
        """Makes all that were given out so far too old, as if 3 seconds had gone by."""
        for trigger in self._given.values():
            trigger.made -= LIFETIME + 1
