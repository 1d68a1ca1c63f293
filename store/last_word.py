"""The last word before a question goes out: whether its person is to be asked now, whatever was planned.

A day is computed in a read and written on its own, so somebody may say in between that they are away. What is planned
follows within a minute; this keeps what is due at that moment from going out.
"""

from sqlalchemy import Executable, bindparam
from sqlmodel import Session, col, or_, select

from store import prepared
from store.days_off import Absence, Shutdown
from store.embeddings import Embedding
from store.preferences import MutedPlan
from store.prompts import Prompt


def is_asked(session: Session, prompt_id: int) -> bool:
    """Whether nobody has said that this person is not asked about this day: an absence, a shutdown, a muted plan."""
    return bool(prepared.rows(session, _ASKED, {"prompt_id": prompt_id}))


def _asked() -> Executable:
    away = select(Absence.id).where(
        Absence.person_id == Prompt.person_id, Absence.first_day <= Prompt.day, Absence.last_day >= Prompt.day
    )
    muted = select(MutedPlan.id).where(MutedPlan.person_id == Prompt.person_id, MutedPlan.plan_id == Prompt.plan_id)
    closed = (
        select(Shutdown.id)
        .join(Embedding, col(Embedding.team_id) == col(Shutdown.team_id))
        .where(Embedding.id == Prompt.embedding_id, Shutdown.first_day <= Prompt.day, Shutdown.last_day >= Prompt.day)
    )
    stopped = or_(away.exists(), muted.exists(), closed.exists())
    return select(Prompt.id).where(Prompt.id == bindparam("prompt_id"), ~stopped)


_ASKED = _asked()
