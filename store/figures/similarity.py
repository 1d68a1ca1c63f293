"""How alike texts are: which of the open reports may be about the same thing as another.

People on the floor write short, abbreviate and mistype, in any language. So parts of words are compared and not words:
the cosine between the three-letter pieces of two texts, each piece weighed by how rare it is among all of them (the
inverse document frequency of K. Spärck Jones, "A statistical interpretation of term specificity", 1972). That both name
the same asset, such as P-101, says more than all words.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from store.figures.places import where

SAME_ASSET = 0.5
"""What one asset in common adds to the cosine, which is 1 at most."""
ALIKE = 0.3
"""Less is chance: of pairs of work orders of one site that are drawn by lot, 98 in 100 stay below it."""


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody wrote, with an id."""

    key: int
    words: str
    place: str | None = None
    """Where it was, if they said that apart."""


def alike(one: Text, other: Text) -> bool:
    """Whether two texts are more alike than by chance."""
    return bool(most_alike(one, [other]))


def most_alike(to: Text, others: Iterable[Text], most: int = 5) -> list[tuple[int, float]]:
    """The ids of the texts that are most like another one, and how much, the likest first; of equals the first.

    Args:
        to: The text.
        others: What it is compared with.
        most: How many at most.
    """
    theirs = list(others)
    counted = [_pieces(text.words) for text in theirs]
    mine = _pieces(to.words)
    weights = _weights([mine, *counted])
    assets = where(to.place, to.words)
    found: list[tuple[int, float]] = []
    for text, pieces in zip(theirs, counted, strict=True):
        likeness = _cosine(mine, pieces, weights)
        if assets & where(text.place, text.words):
            likeness += SAME_ASSET
        if likeness >= ALIKE:
            found.append((text.key, likeness))
    return sorted(found, key=lambda one: -one[1])[:most]


def _folded(words: str) -> str:
    return unicodedata.normalize("NFKC", words).casefold()


def _pieces(words: str) -> Counter[str]:
    pieces: Counter[str] = Counter()
    for word in re.findall(r"\w+", _folded(words)[:3_000]):
        padded = f" {word} "
        pieces.update(padded[place : place + 3] for place in range(max(1, len(padded) - 2)))
    return pieces


def _weights(texts: Sequence[Counter[str]]) -> Mapping[str, float]:
    """How much each piece says: much where few texts have it."""
    having = Counter(piece for text in texts for piece in text)
    return {piece: math.log((1 + len(texts)) / count) for piece, count in having.items()}


def _cosine(one: Counter[str], other: Counter[str], weights: Mapping[str, float]) -> float:
    common = sum(one[piece] * other[piece] * weights[piece] ** 2 for piece in one.keys() & other.keys())
    if not common:
        return 0.0
    return common / (_length(one, weights) * _length(other, weights))


def _length(text: Counter[str], weights: Mapping[str, float]) -> float:
    return math.sqrt(sum((count * weights[piece]) ** 2 for piece, count in text.items()))
