"""Prompt plans: which questions an embedding asks its team."""

from datetime import date, datetime

from sqlmodel import Field, Session, select

from store.questions import QuestionSet
from store.table import Table
from store.types import Instant, Word


class PromptPlan(Table, table=True):
    """Which questions an embedding asks its team. When and whom is the policy's and the shift pattern's to say."""

    __tablename__ = "prompt_plan"

    id: int | None = Field(default=None, primary_key=True)
    embedding_id: int = Field(foreign_key="embedding.id", index=True)
    questions: QuestionSet = Field(default=QuestionSet.DID_IT_HELP, sa_type=Word(QuestionSet))
    planned_through: date | None = None
    """The last local day whose prompts are rows; it moves by one writer at a time."""
    created_at: datetime = Field(sa_type=Instant)

    @property
    def key(self) -> int:
        """The id of a row that is in the database."""
        assert self.id is not None  # noqa: S101 - rows that are read have one
        return self.id


def of_embedding(session: Session, embedding_id: int) -> PromptPlan | None:
    """The prompt plan of an embedding, or None before it is planned."""
    return session.exec(select(PromptPlan).where(PromptPlan.embedding_id == embedding_id)).first()
