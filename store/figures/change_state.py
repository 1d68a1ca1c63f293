"""The state of a change in a word, from what its reporters said: never how many of whom."""

from collections.abc import Iterable
from enum import StrEnum

from store.verdicts import Helped


class ChangeState(StrEnum):
    """Whether a change helped."""

    CONFIRMED = "confirmed"
    MIXED = "mixed"
    CONTESTED = "contested"
    NOT_SEEN_SINCE = "not_seen_since"
    NO_VERDICT = "no_verdict"


def change_state(verdicts: Iterable[Helped]) -> ChangeState:
    """The word for a set of verdicts; silence is no verdict, never "better"."""
    said = set(verdicts)
    better = Helped.BETTER in said
    no_better = bool(said & {Helped.SAME, Helped.WORSE})
    if better and no_better:
        return ChangeState.MIXED
    if better:
        return ChangeState.CONFIRMED
    if no_better:
        return ChangeState.CONTESTED
    return ChangeState.NOT_SEEN_SINCE if said else ChangeState.NO_VERDICT
