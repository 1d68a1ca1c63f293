"""What may be said about people: nothing about one, and nothing about few.

Facts about a tool are free while they stand alone. A figure about people is shown only when enough distinct people
stand behind it; otherwise it is withheld, and says so instead of looking like a zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from store.policy import Policy


@dataclass(frozen=True, slots=True)
class Withheld:
    """A figure that too few people stand behind."""

    people_needed: int


def about_people(value: int, distinct_people: int, policy: Policy) -> int | Withheld:
    """A figure about people, or the note that it is withheld."""
    if distinct_people < policy.people_needed:
        return Withheld(policy.people_needed)
    return value


def breakdown(counted: Mapping[str, tuple[int, int]], in_all: int, policy: Policy) -> dict[str, int | Withheld]:
    """Figures about people that add up to a total: all of them, or none.

    If one of them were withheld alone, the total would give it away.

    Args:
        counted: For each part the figure and how many distinct people stand behind it.
        in_all: How many distinct people stand behind all parts together.
        policy: How many people are needed.
    """
    few = in_all < policy.people_needed or any(0 < distinct < policy.people_needed for _, distinct in counted.values())
    return {part: Withheld(policy.people_needed) if few else figure for part, (figure, _) in counted.items()}
