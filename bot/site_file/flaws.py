"""What is wrong with a site file: a line, and a sentence that says what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """Something that must be put right; lines count from 1."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.sentence}"


def did_you_mean(word: str, words: Iterable[str], otherwise: str = "") -> str:
    """The end of a sentence about an unknown word: the known one that it looks like, or something else to do."""
    known = {known.casefold(): known for known in words}
    close = get_close_matches(word.casefold(), known, n=1)
    if close:
        return f" Did you mean {known[close[0]]}?"
    return f" {otherwise}" if otherwise else ""
