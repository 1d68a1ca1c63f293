"""Places in people's words: the tags of equipment, as they are written on it and typed on the floor (P-101, cv 3)."""

import re

_TAG = re.compile(r"(?<![\w-])([a-z]{1,4})[-\s]?(\d{1,5})([a-z]?)(?![\w-])", re.IGNORECASE)
_NO_TAGS = frozenset(
    {"a", "at", "by", "for", "in", "of", "on", "the", "to", "and", "or", "is", "was", "all", "f", "c", "e"}
)
"""Words that stand before numbers without naming equipment with them, and the letters of our own references."""


def places(text: str) -> frozenset[str]:
    """The tags that a text names, each written in one way: `P-101` and `p 101` are the same place."""
    return frozenset(
        f"{letters}{int(digits)}{part}".casefold()
        for letters, digits, part in _TAG.findall(text)
        if letters.casefold() not in _NO_TAGS
    )


def same_place(one: str, other: str) -> bool:
    """Whether two texts name a place in common, or neither names one."""
    first, second = places(one), places(other)
    return bool(first & second) or not (first or second)
