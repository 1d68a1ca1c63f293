"""Where a process dies: wrappers around the store and the sender that know the points, and the notes they leave."""

import asyncio
import json
import os
import signal
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from jobs.ports import Call, Draft, Later, Outcome, Rule, Sender, Sent
from store import sending, settling
from store.deliveries import Kind
from store.sending import Claimed, Lost
from store.store import P, Session, Store, T, UseCase


class Point(StrEnum):
    """The moments at which a process is killed."""

    ACT = "act"
    """After the commit of the act, before anybody knows."""
    CLAIM = "claim"
    """After the claim is committed."""
    BEGUN = "begun"
    """After `sending` is committed, before the call."""
    EXECUTED = "executed"
    """After Slack has done it, before the answer."""
    ANSWERED = "answered"
    """After the answer was read."""
    SETTLE = "settle"
    """After the result is written, before that is committed."""


MOST_PASSES = {Point.ACT: 7, Point.CLAIM: 3, Point.BEGUN: 3, Point.EXECUTED: 8, Point.ANSWERED: 12, Point.SETTLE: 3}
"""How often a point is passed in a story, at least; the seed says at which passing the process dies."""
SILENCE_S = 0.15
"""An answer that has not come by then never comes: the local Slack has done the call and says nothing."""


class Notes:
    """What processes write down as they go; a line that is written stays when they die.

    Args:
        file: Where to.
    """

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def __call__(self, what: str, **more: Any) -> None:
        """Write a line."""
        os.write(self._file, (json.dumps({"what": what, "process": os.getpid()} | more) + "\n").encode())


@dataclass
class Fate:
    """A process dies when it passes a point for the n-th time.

    Attributes:
        point: Which; None for a process that lives.
        left: How many passings are left.
        stands_still: It stands still there instead, until somebody wakes it.
    """

    notes: Notes
    point: Point | None = None
    left: int = 1
    stands_still: bool = False

    def passes(self, point: Point) -> None:
        """Passes a point, or dies there."""
        if point is not self.point:
            return
        self.left -= 1
        if self.left == 0:
            self.notes("stood still" if self.stands_still else "died", point=point)
            os.kill(os.getpid(), signal.SIGSTOP if self.stands_still else signal.SIGKILL)


class FatedStore(Store):
    """A store whose process may die around a commit; it counts what becomes of what was lost.

    Args:
        url: The database.
        fate: When it dies.
    """

    def __init__(self, url: str, fate: Fate) -> None:
        super().__init__(url)
        self.fate = fate

    async def write(self, use_case: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case; at some the process may die before or after the commit."""

        def unit(session: Session) -> T:
            value = use_case(session, *args, **kwargs)
            if _is(use_case, settling.settle):
                self.fate.passes(Point.SETTLE)
            return value

        value = await super().write(unit)
        if _is(use_case, sending.claim) and value:
            self.fate.passes(Point.CLAIM)
        elif _is(use_case, sending.begin_round) and value:
            self.fate.passes(Point.BEGUN)
        elif isinstance(value, int) and value and any(_is(use_case, one) for one in COUNTED):
            self.fate.notes(use_case.__name__, count=value)
        return value

    async def write_together(self, workspace: str, use_case: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an act; the process may die after the commit."""
        value = await super().write_together(workspace, use_case, *args, **kwargs)
        self.fate.passes(Point.ACT)
        return value


COUNTED = (sending.found, sending.send_again, sending.leave, sending.give_up_lapsed)


def _is(use_case: Any, other: Any) -> bool:
    return use_case is other


class FatedSender:
    """A sender whose process may die around a call.

    Args:
        sender: What really sends.
        fate: When it dies.
    """

    def __init__(self, sender: Sender, fate: Fate) -> None:
        self._sender = sender
        self._fate = fate

    async def workspaces(self) -> Collection[int]:
        """As the sender says."""
        return await self._sender.workspaces()

    def rule(self, kind: Kind) -> Rule:
        """As the sender says."""
        return self._sender.rule(kind)

    async def write(self, claimed: Sequence[Claimed], at: datetime) -> Sequence[Draft]:
        """As the sender writes them."""
        return await self._sender.write(claimed, at)

    async def look_up(self, lost: Sequence[Lost]) -> Mapping[int, Sent] | Later:
        """As the sender finds it."""
        return await self._sender.look_up(lost)

    async def call(self, claimed: Claimed, call: Call) -> Outcome:
        """Make the call; the process may die while it waits for the answer, or once it has it."""
        if self._fate.stands_still:
            self._fate.passes(Point.BEGUN)
        if self._fate.point is not Point.EXECUTED:
            outcome = await self._sender.call(claimed, call)
            self._fate.passes(Point.ANSWERED)
            return outcome
        asked = asyncio.ensure_future(self._sender.call(claimed, call))
        await asyncio.wait({asked}, timeout=SILENCE_S)
        if not asked.done():
            self._fate.passes(Point.EXECUTED)
        return await asked
