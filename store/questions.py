"""Question sets: the ready ones, whose sentences are in the catalogue, and those that an embedding wrote itself."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint, func
from sqlmodel import Field, Session, col, select

from store.table import Keyed
from store.types import Instant

MOST_QUESTIONS = 5
MOST_CHOICES = 5
"""As many buttons as fit one row on a phone."""
LONGEST_ANSWER = 300
"""Of a short text."""
MOST_DIGITS = 12


class QuestionSet(StrEnum):
    """A ready set. What it asks never changes, so that old answers keep their meaning."""

    DID_IT_HELP = "did_it_help"
    WEEKLY_LOOK_BACK = "weekly_look_back"


class QuestionKind(StrEnum):
    """How a question is answered."""

    RATING = "rating"
    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"
    TEXT = "text"


ONE_TAP = frozenset({QuestionKind.RATING, QuestionKind.CHOICE, QuestionKind.YES_NO})
"""The kinds that a button answers."""


class Rating(StrEnum):
    """From bad to very good."""

    ONE = "1"
    TWO = "2"
    THREE = "3"
    FOUR = "4"
    FIVE = "5"


class YesNo(StrEnum):
    """What a yes/no question takes."""

    YES = "yes"
    NO = "no"


class Helped(StrEnum):
    """How the tool behaved on a shift, in one tap."""

    HELPED = "helped"
    NO_DIFFERENCE = "no_difference"
    IN_THE_WAY = "in_the_way"
    NOT_USED = "not_used"


class Trusted(StrEnum):
    """How far somebody went by what the tool said."""

    MOST_TIMES = "most_times"
    CHECKED_FIRST = "checked_first"
    HARDLY_EVER = "hardly_ever"
    NOT_USED = "not_used"


@dataclass(frozen=True, slots=True)
class Question:
    """One question and the answers that it takes."""

    name: str
    kind: QuestionKind
    choices: tuple[str, ...] = ()
    """What is kept of an answer by one tap; for a rating and yes/no it follows from the kind."""
    text: str = ""
    """The question in its author's words; empty for a ready one."""
    labels: tuple[str, ...] = ()
    """What stands on the buttons of a choice in its author's words, one for each."""

    def read(self, said: str) -> str | None:
        """An answer as it is kept, or None if the question takes none such."""
        match self.kind:
            case QuestionKind.NUMBER:
                return _number(said)
            case QuestionKind.TEXT:
                text = said.strip()
                return text if 0 < len(text) <= LONGEST_ANSWER else None
        return said if said in self.choices else None


def rating(name: str, text: str = "") -> Question:
    """A question that is answered by one of five faces."""
    return Question(name, QuestionKind.RATING, tuple(Rating), text)


def yes_no(name: str, text: str = "") -> Question:
    """A question that is answered by yes or no."""
    return Question(name, QuestionKind.YES_NO, tuple(YesNo), text)


QUESTIONS: dict[QuestionSet, tuple[Question, ...]] = {
    QuestionSet.DID_IT_HELP: (Question("did_it_help", QuestionKind.CHOICE, tuple(Helped)),),
    QuestionSet.WEEKLY_LOOK_BACK: (
        rating("week"),
        Question("went_by_it", QuestionKind.CHOICE, tuple(Trusted)),
        Question("minutes_lost", QuestionKind.NUMBER),
        yes_no("heard_back"),
        Question("change_first", QuestionKind.TEXT),
    ),
}


class OwnQuestions(Keyed, table=True):
    """A version of a set that an embedding wrote itself. A change is a new version: what was asked stays as it was."""

    __tablename__ = "question_set"
    __table_args__ = (UniqueConstraint("embedding_id", "name", "version"),)

    embedding_id: int = Field(foreign_key="embedding.id")
    name: str
    version: int
    questions: list[dict[str, Any]] = Field(sa_type=JSON)
    made_by_id: int = Field(foreign_key="person.id")
    made_at: datetime = Field(sa_type=Instant)

    @property
    def asked(self) -> tuple[Question, ...]:
        """Its questions."""
        return tuple(
            Question(
                name=one["name"],
                kind=QuestionKind(one["kind"]),
                choices=tuple(one["choices"]),
                text=one["text"],
                labels=tuple(one["labels"]),
            )
            for one in self.questions
        )


@dataclass(frozen=True, slots=True)
class SetName:
    """Which set is meant: a ready one, or a version of an embedding's own."""

    ready: QuestionSet = QuestionSet.DID_IT_HELP
    own_id: int | None = None

    @property
    def written(self) -> str:
        """How a form carries it: `ready:did_it_help`, or `own:12`."""
        return f"ready:{self.ready}" if self.own_id is None else f"own:{self.own_id}"


FIRST_SET = SetName()
"""What every embedding asks until somebody plans something else."""


def questions_of(session: Session, name: SetName) -> tuple[Question, ...]:
    """The questions of a set."""
    if name.own_id is None:
        return QUESTIONS[name.ready]
    return session.get_one(OwnQuestions, name.own_id).asked


def own_sets(session: Session, embedding_id: int) -> Sequence[OwnQuestions]:
    """The newest version of each set that an embedding wrote itself, by name."""
    newest = (
        select(OwnQuestions.name, func.max(OwnQuestions.version).label("version"))
        .where(OwnQuestions.embedding_id == embedding_id)
        .group_by(OwnQuestions.name)
        .subquery()
    )
    return session.exec(
        select(OwnQuestions)
        .join(newest, (newest.c.name == col(OwnQuestions.name)) & (newest.c.version == col(OwnQuestions.version)))
        .where(OwnQuestions.embedding_id == embedding_id)
        .order_by(OwnQuestions.name)
    ).all()


def own(name: str, kind: QuestionKind, text: str, labels: Sequence[str] = ()) -> Question:
    """A question in somebody's own words; of a choice the place of what was chosen is kept."""
    match kind:
        case QuestionKind.RATING:
            return rating(name, text)
        case QuestionKind.YES_NO:
            return yes_no(name, text)
        case QuestionKind.CHOICE:
            places = tuple(str(place) for place in range(1, len(labels) + 1))
            return Question(name, kind, places, text, tuple(labels))
    return Question(name, kind, text=text)


def add_version(
    session: Session, embedding_id: int, name: str, questions: Sequence[Question], *, by_id: int, at: datetime
) -> OwnQuestions:
    """Keep the next version of an embedding's own set."""
    latest = session.exec(
        select(func.max(OwnQuestions.version)).where(
            OwnQuestions.embedding_id == embedding_id, OwnQuestions.name == name
        )
    ).one()
    version = OwnQuestions(
        embedding_id=embedding_id,
        name=name,
        version=(latest or 0) + 1,
        questions=[asdict(question) for question in questions],
        made_by_id=by_id,
        made_at=at,
    )
    session.add(version)
    session.flush()
    return version


def _number(said: str) -> str | None:
    """A number as it is kept; people write `12`, `12.5` or `12,5`."""
    written = said.strip().replace(",", ".")
    if not re.fullmatch(rf"-?[0-9]{{1,{MOST_DIGITS}}}(\.[0-9]{{1,{MOST_DIGITS}}})?", written):
        return None
    number = Decimal(written)
    return format(number.normalize(), "f") if number else "0"
