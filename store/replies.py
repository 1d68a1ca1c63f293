"""Replies in the threads of our direct messages: each goes to what the message asked."""

from datetime import datetime

from sqlmodel import Session

from store import asking_back, details, people, report_edits, unsafe
from store.details import Heard, Reply
from store.people import Caller
from store.policy import Policy


def hear_reply(session: Session, reply: Reply, *, policy: Policy, by: Caller, at: datetime) -> Heard:
    """Keep a reply: as the answer to a question about a report, or as a detail of an answered prompt.

    About something unsafe people are called, and whoever said it reads who they are.

    Raises:
        Refused: What was asked there was for somebody else, or it was too late.
    """
    person = people.known(session, by)
    question_id = asking_back.asked_at(session, person, reply.channel, reply.thread_ts)
    if question_id is None:
        return details.hear_reply(session, reply, policy=policy, by=by, at=at)
    text = "\n".join(part for part in (reply.text, *(reply.photos if policy.photos_allowed else ())) if part.strip())
    answered = report_edits.answer_question(session, question_id, text, reply.unsafe, by=by, at=at)
    if answered.unsafe is not None:
        unsafe.tell_reporter(session, answered.unsafe.feedback_id, at=at)
    return Heard(None, question_id=question_id)
