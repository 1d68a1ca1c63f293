"""Going alone: the report in which another one went on is gone or settled, and nobody would hear of it otherwise."""

from datetime import datetime

from sqlmodel import Session

from store import decisions, history, outcome_news
from store.feedback import Feedback, FeedbackStatus


def go_alone(session: Session, report: Feedback, *, at: datetime) -> None:
    """Let a report, which is held, go on by itself: it stands where it stood before it went on in another one.

    The message in which its reporter heard that it went on there says so from now on.
    """
    decision, root_id = decisions.standing(session, report.key), report.duplicate_of_id
    was = FeedbackStatus.ACKNOWLEDGED
    if decision is not None and decision.status is FeedbackStatus.DUPLICATE:
        outcome_news.call_off(session, report.reporter_id, decision.key, at=at)
        decision.taken_back_at = at
        session.add(decision)
        session.flush()
        was = decision.was
        outcome_news.show_alone(session, report, decision, root_id, at=at)
    earlier = decisions.standing(session, report.key)
    report.status = FeedbackStatus.ACKNOWLEDGED if was is FeedbackStatus.NEW else was
    report.decided_at = earlier.decided_at if earlier else None
    report.duplicate_of_id = None
    session.add(report)
    data = {"reference": report.reference, "status": report.status}
    history.record(session, report.workspace_id, "feedback_goes_on_alone", "feedback", report.key, at=at, data=data)
