"""What a prompt plan costs those whom it asks: minutes per person and week, before anybody is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from store.prompt_plans import Frequency, Rules
from store.questions import Question, QuestionKind
from store.shifts import OFF, Pattern

OPENING = 5
"""Seconds to take out a phone's message and read whom it is from; our own estimate, as are those below."""
SECONDS: dict[QuestionKind, int] = {
    QuestionKind.RATING: 5,
    QuestionKind.CHOICE: 5,
    QuestionKind.YES_NO: 5,
    QuestionKind.NUMBER: 15,
    QuestionKind.TEXT: 30,
}


@dataclass(frozen=True, slots=True)
class Burden:
    """What a plan asks of one person in an average week."""

    prompts: float
    minutes: float


def burden(questions: Sequence[Question], rules: Rules, shifts_a_week: Fraction) -> Burden:
    """What one of those whom a plan is for spends on it in an average week.

    Args:
        questions: All that are asked; whoever stops after the first spends less.
        rules: The plan's.
        shifts_a_week: How many shifts a crew works in an average week.
    """
    occasions = min(shifts_a_week, Fraction(1)) if rules.frequency is Frequency.WEEKLY else shifts_a_week
    prompts = min(occasions * rules.share_at_a_time, Fraction(rules.cap))
    seconds = OPENING + sum(SECONDS[question.kind] for question in questions)
    return Burden(float(prompts), float(prompts * seconds / 60))


def shifts_a_week(pattern: Pattern) -> Fraction:
    """How many shifts a crew works in an average week of its cycle."""
    worked = sum(name != OFF for name in pattern.cycle)
    return Fraction(7 * worked, len(pattern.cycle))
