"""The state of a change in a word."""

import pytest

from store.figures.change_state import ChangeState, change_state
from store.verdicts import Helped

BETTER, SAME, WORSE, NOT_SEEN = Helped.BETTER, Helped.SAME, Helped.WORSE, Helped.NOT_SEEN_SINCE


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ([], ChangeState.NO_VERDICT),
        ([BETTER], ChangeState.CONFIRMED),
        ([BETTER, BETTER, NOT_SEEN], ChangeState.CONFIRMED),
        ([SAME], ChangeState.CONTESTED),
        ([WORSE, SAME, NOT_SEEN], ChangeState.CONTESTED),
        ([BETTER, WORSE], ChangeState.MIXED),
        ([SAME, NOT_SEEN, BETTER], ChangeState.MIXED),
        ([NOT_SEEN, NOT_SEEN], ChangeState.NOT_SEEN_SINCE),
    ],
)
def test_verdicts_become_one_word_whatever_their_order(said: list[Helped], state: ChangeState) -> None:
    assert change_state(said) is state
    assert change_state(reversed(said)) is state
