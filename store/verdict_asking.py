"""When reporters are asked whether a change helped: after some shifts, and once more who has not seen it since."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, update

from store import deliveries, embeddings, following, quiet, rota, teams, terms
from store.change_notes import ChangeNote
from store.deliveries import Delivery, Kind, Status
from store.feedback import NOTHING_TO_MEND, Feedback
from store.policy import Policy

ASKS = (Kind.VERDICT_ASKED, Kind.VERDICT_ASKED_AGAIN, Kind.VERDICT_REMINDER)
AT_THE_END, IT_HAPPENED_AGAIN = "end", "again"
"""Why somebody is asked once more."""


def ask_later(
    session: Session, note: ChangeNote, answered: Sequence[Feedback], *, policy: Policy, at: datetime
) -> None:
    """Have each reporter asked near the end of their n-th shift with a change; not about praise and ideas."""
    for reporter_id in sorted({one.reporter_id for one in answered if one.kind not in NOTHING_TO_MEND}):
        due_at, expires_at, data = _when(session, reporter_id, policy, at, policy.verdict_after_shifts)
        _queue(session, note, Kind.VERDICT_ASKED, "verdict", reporter_id, at, due_at, expires_at, data)
        # Whether they want to be reminded is looked up when it would go out.
        due_at, expires_at, data = _when(session, reporter_id, policy, at, policy.verdict_after_shifts + 1)
        _queue(session, note, Kind.VERDICT_REMINDER, "verdict_reminder", reporter_id, at, due_at, expires_at, data)


def ask_at_the_end(session: Session, note: ChangeNote, reporter_id: int, *, policy: Policy, at: datetime) -> None:
    """Ask somebody who has not seen it since once more near the end of their last shift before the review opens."""
    embedding = embeddings.by_id(session, note.embedding_id)
    opens_at = terms.review_opens_at(embedding, teams.by_id(session, embedding.team_id), policy)
    over = [shift for shift in rota.coming_shifts(session, reporter_id, at, opens_at) if shift.ends_at <= opens_at]
    if over:
        due_at = over[-1].ends_at - policy.prompt_before_shift_end
    elif rota.nth_shift(session, reporter_id, at, 1) is None:
        due_at = opens_at - policy.verdict_without_shifts
    else:
        return
    due_at = quiet.at_work(session, reporter_id, due_at)
    if at < due_at < opens_at:
        because = {"because": AT_THE_END}
        _queue(session, note, Kind.VERDICT_ASKED_AGAIN, "verdict_again", reporter_id, at, due_at, opens_at, because)


def ask_again(session: Session, note: ChangeNote, reporter_id: int, *, at: datetime) -> bool:
    """Ask somebody once more because it happened again: on their shift, and not a third time.

    Returns:
        Whether they are asked.
    """
    due_at = quiet.at_work(session, reporter_id, at)
    because = {"because": IT_HAPPENED_AGAIN}
    queued = _queue(session, note, Kind.VERDICT_ASKED_AGAIN, "verdict_again", reporter_id, at, due_at, None, because)
    if queued is not None:
        return True
    moved = session.execute(
        update(Delivery)
        .where(
            col(Delivery.workspace_id) == note.workspace_id,
            col(Delivery.dedupe_key) == f"change_note:{note.key}:verdict_again:{reporter_id}",
            col(Delivery.status) == Status.QUEUED,
            col(Delivery.due_at) > due_at,
        )
        .values(due_at=due_at, expires_at=None, data=because)
        .returning(col(Delivery.id))
    ).first()
    return moved is not None


def asks_of(session: Session, note: ChangeNote, reporter_id: int) -> Sequence[Delivery]:
    """The questions about a change that somebody has before them, or that is on its way to them."""
    first = deliveries.posted_for(session, note.workspace_id, f"change_note:{note.key}:verdict:{reporter_id}")
    later = [row for row in deliveries.posts_about(session, ASKS[1:], note.key) if row.person_id == reporter_id]
    return [first, *later] if first else later


def was_asked(session: Session, reminder: Delivery) -> bool:
    """Whether the question is out that a reminder reminds of."""
    key = f"change_note:{reminder.subject_id}:verdict:{reminder.person_id}"
    asked = deliveries.posted_for(session, reminder.workspace_id, key)
    return asked is not None and asked.status is Status.SENT


def call_off(session: Session, note: ChangeNote, *, at: datetime) -> None:
    """A change was taken back: nobody is asked about it any more, and questions that are out say so."""
    deliveries.call_off(session, ASKS, [note.key], "the change was taken back", at)
    for posted in deliveries.posts_about(session, ASKS, note.key):
        deliveries.rewrite(session, posted, Kind.VERDICT_CLOSED, at=at)


def _when(
    session: Session, person_id: int, policy: Policy, at: datetime, shifts: int
) -> tuple[datetime, datetime | None, Mapping[str, Any]]:
    """Near the end of the reporter's n-th shift with the change; some days later for somebody without shifts."""
    shift = rota.nth_shift(session, person_id, at, shifts)
    if shift is None:
        return *quiet.on_shift(session, person_id, at + policy.verdict_without_shifts, None), {}
    before_end = policy.prompt_before_shift_end
    moment = quiet.on_shift(session, person_id, shift.ends_at - before_end, shift.ends_at)
    return *moment, following.near_the_end_of(shifts, before_end)


def _queue(
    session: Session,
    note: ChangeNote,
    kind: Kind,
    key: str,
    reporter_id: int,
    at: datetime,
    due_at: datetime,
    expires_at: datetime | None,
    data: Mapping[str, Any],
) -> int | None:
    return deliveries.queue(
        session,
        note.workspace_id,
        kind,
        f"change_note:{note.key}:{key}:{reporter_id}",
        "change_note",
        note.key,
        at=at,
        person_id=reporter_id,
        due_at=due_at,
        expires_at=expires_at,
        data=data,
    )
