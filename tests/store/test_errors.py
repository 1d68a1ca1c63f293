"""Errors carry the sentence that the person should see."""

from store.errors import Refused, RunnerTaken, StoreError, TryAgain


def test_a_refusal_carries_its_sentence_with_the_gaps_filled_and_empty() -> None:
    refusal = Refused("{team} has no lead yet.", field="team", team="Pit crew")
    assert str(refusal) == "Pit crew has no lead yet."
    assert refusal.sentence == "{team} has no lead yet."
    assert refusal.values == {"team": "Pit crew"}
    assert refusal.field == "team"


def test_words_with_braces_can_fill_a_gap() -> None:
    assert str(Refused("{tool} is not here.", tool="{reference}")) == "{reference} is not here."


def test_all_that_the_store_raises_on_purpose_has_one_root() -> None:
    assert all(issubclass(kind, StoreError) for kind in (Refused, TryAgain, RunnerTaken))
