"""The ready question sets. Their sentences are in the catalogue; here is what can be answered."""

from dataclasses import dataclass
from enum import StrEnum


class QuestionSet(StrEnum):
    """A set of questions that a prompt plan asks."""

    DID_IT_HELP = "did_it_help"


class Helped(StrEnum):
    """How the tool behaved on a shift, in one tap."""

    HELPED = "helped"
    NO_DIFFERENCE = "no_difference"
    IN_THE_WAY = "in_the_way"
    NOT_USED = "not_used"


@dataclass(frozen=True, slots=True)
class Question:
    """One question and the answers that it takes."""

    name: str
    choices: tuple[str, ...]


QUESTIONS: dict[QuestionSet, tuple[Question, ...]] = {
    QuestionSet.DID_IT_HELP: (Question("did_it_help", tuple(Helped)),),
}


def accepts(question_set: QuestionSet, question: str, value: str) -> bool:
    """Whether a set has this question and the question takes this answer."""
    return any(asked.name == question and value in asked.choices for asked in QUESTIONS[question_set])
