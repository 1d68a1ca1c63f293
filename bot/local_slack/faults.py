"""What can go wrong on the way to Slack and back: refusals, broken connections, answers that are late or never come."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal, Self

from bot.local_slack.methods import COMMON_ERRORS, METHODS

ANY = "*"
"""Instead of a method: whichever is called next."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call.

    Attributes:
        error: Slack refuses with this error.
        status: The HTTP status of the answer.
        retry_after: Seconds in the Retry-After header.
        executed: Whether what was asked for is done all the same.
        answer: Whether the answer is given, is lost because the connection breaks, or never comes.
        delay: Wall seconds before the answer.
    """

    error: str | None = None
    status: int = 200
    retry_after: int | None = None
    executed: bool = True
    answer: Literal["given", "lost", "never"] = "given"
    delay: float = 0.0

    @classmethod
    def refusal(cls, error: str, *, status: int = 200, retry_after: int | None = None) -> Self:
        """Slack refuses with an error that the page of the method documents."""
        return cls(error, status, retry_after, executed=False)

    @classmethod
    def timeout(cls, *, executed: bool) -> Self:
        """The answer never comes: the caller gives up before Slack does anything, or after it was done."""
        return cls(executed=executed, answer="never")

    @classmethod
    def reset(cls, *, executed: bool) -> Self:
        """The connection breaks before Slack does anything, or after it was done."""
        return cls(executed=executed, answer="lost")

    @classmethod
    def breakdown(cls, status: Literal[500, 503], *, executed: bool) -> Self:
        """Slack's servers fail with a page that is no JSON, before it does anything or after it was done."""
        return cls(status=status, executed=executed)

    @classmethod
    def slow(cls, seconds: float) -> Self:
        """All goes well, but the answer takes so many wall seconds."""
        return cls(delay=seconds)


SOUND = Fault()


@dataclass
class _Plan:
    method: str
    fault: Fault
    left: int | None
    chance: float
    dice: random.Random


class Faults:
    """The faults that are still to come; those planned first come first."""

    def __init__(self) -> None:
        self._plans: list[_Plan] = []

    def plan(self, method: str, fault: Fault, *, times: int | None, chance: float, seed: int) -> None:
        """Plans a fault for the next calls of a method, or of any.

        Raises:
            ValueError: The page of the method has no such error.
            KeyError: There is no such method.
        """
        known = COMMON_ERRORS if method == ANY else METHODS[method].errors | COMMON_ERRORS
        if fault.error is not None and fault.error not in known:
            page = "https://docs.slack.dev/reference/methods" if method == ANY else METHODS[method].doc
            raise ValueError(f"{page} knows no error {fault.error}")
        self._plans.append(_Plan(method, fault, times, chance, random.Random(seed)))

    def clear(self) -> None:
        """Plans nothing more."""
        self._plans.clear()

    def next(self, method: str) -> Fault:
        """What goes wrong with a call of this method now; `SOUND` when nothing does."""
        for plan in self._plans:
            if plan.method in (ANY, method) and plan.dice.random() < plan.chance:
                self._spend(plan)
                return plan.fault
        return SOUND

    def _spend(self, plan: _Plan) -> None:
        if plan.left is None:
            return
        plan.left -= 1
        if plan.left == 0:
            self._plans.remove(plan)
