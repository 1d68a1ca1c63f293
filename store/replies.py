"""Replies in the threads of our direct messages: each goes to what the message was about.

In the thread of a prompt it is a detail of the answer, in that of a question about a report the answer, in that of what
was told about a report of theirs an addition to it, and beside a verdict the word that goes with it. Thanks are nothing
to keep. What nobody would read is not kept, and whoever says it is told so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from store import change_notes, deliveries, details, feedback, outcome_news, people, report_edits, unsafe, verdicts
from store.deliveries import Delivery
from store.deliveries import Kind as MessageKind
from store.details import Words
from store.errors import N_, Refused
from store.feedback import OPEN
from store.people import Caller, Person
from store.verdict_asking import ASKS


class Became(StrEnum):
    """What became of a reply."""

    DETAIL = "detail"
    ANSWER = "answer"
    ADDITION = "addition"
    WORD = "word"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody said in the thread of a message of ours."""

    words: Words
    thanks: bool = False
    """Whether it only says thank you."""
    photos_left_out: bool = False
    """Whether there were photos, and the site keeps none."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not self.words.text.strip() and not self.words.links


_OF_PROMPTS = frozenset({MessageKind.PROMPT, MessageKind.PROMPT_REMINDER})
_OF_ONE_REPORT = frozenset(
    {
        MessageKind.UNSAFE_RAISED,
        MessageKind.UNSAFE_TAKEN,
        MessageKind.UNSAFE_UNSEEN,
        MessageKind.UNSAFE_NOBODY_LEFT,
        MessageKind.REPLY_KEPT,
    }
)
_TO_THE_FLOOR = frozenset(
    {
        MessageKind.CHANGE_TOLD,
        MessageKind.CHANGE_NEWS,
        MessageKind.CHANGE_TAKEN_BACK,
        MessageKind.CARRIED_OVER_TOLD,
        MessageKind.RESTRICTION_TOLD,
        MessageKind.RESTRICTION_LIFTED,
        MessageKind.RESTRICTION_ENDED,
        MessageKind.SINCE_LAST_ON,
        MessageKind.FEEDBACK_ACKNOWLEDGED,
        MessageKind.FEEDBACK_OUTCOME,
        MessageKind.REPLY_NOT_KEPT,
    }
)
"""What people hear of the tools that they work with: what they say to it may be a report."""


def hear_reply(session: Session, posted: Delivery, reply: Reply, *, by: Caller, at: datetime) -> Became | None:
    """Keep a reply in the thread of a message to whoever replies.

    About something unsafe in an answer people are called, and whoever said it reads who they are.

    Args:
        session: The unit's session.
        posted: The delivery whose message it is.
        reply: What they said.
        by: Who said it.
        at: Now.

    Returns:
        What became of it; None when it is like anything else that they might say to the app.

    Raises:
        Refused: Of a photo alone no link may be kept.
    """
    person = people.known(session, by)
    if posted.kind in _OF_PROMPTS:
        details.add_reply(session, posted.subject_id, reply.words, reply.photos_left_out, by=by, at=at)
        return Became.DETAIL
    if posted.kind is MessageKind.FEEDBACK_QUESTION:
        _answer(session, posted.subject_id, reply, by, at)
        return Became.ANSWER
    if reply.thanks and not reply.words.unsafe:
        return Became.NOTHING
    if reply.is_empty:
        if reply.photos_left_out:
            raise Refused(NO_PHOTOS)
        return Became.NOTHING
    if reply.words.unsafe:
        # It may be about something else: it is a report of its own, which calls people whatever became of that one.
        return None
    if posted.kind in ASKS:
        return Became.WORD if _beside_the_verdict(session, posted, person, reply, by, at) else None
    open_ones = _own_open(session, _reports_in(session, posted), person)
    if len(open_ones) == 1:
        add(session, open_ones[0], reply.words, by=by, at=at)
        return Became.ADDITION
    if posted.kind in _TO_THE_FLOOR | _OF_ONE_REPORT:
        return None
    _tell_that_nobody_reads_it(session, posted, person, at)
    return Became.NOTHING


NO_PHOTOS = N_("Photos are not kept at your site, so yours is left out. Say it in a few words instead.")


def _answer(session: Session, question_id: int, reply: Reply, by: Caller, at: datetime) -> None:
    text = "\n".join(part for part in (reply.words.text, *reply.words.links) if part.strip())
    answered = report_edits.answer_question(session, question_id, text, reply.words.unsafe, by=by, at=at)
    if answered.unsafe is not None:
        unsafe.tell_reporter(session, answered.unsafe.feedback_id, at=at)


def _beside_the_verdict(
    session: Session, posted: Delivery, person: Person, reply: Reply, by: Caller, at: datetime
) -> bool:
    """Keep a word with the verdict that was given to a question, if there is one and it has room."""
    given = verdicts.of(session, posted.subject_id, person.key)
    if given is None:
        return False
    words = "\n".join(part for part in (given.words, reply.words.text, *reply.words.links) if part.strip())
    if len(words) > verdicts.MOST_WORDS:
        return False
    verdicts.add_words(session, posted.subject_id, words, by=by, at=at)
    return True


def _reports_in(session: Session, posted: Delivery) -> list[int]:
    """The reports that a message tells its reporter of."""
    if posted.kind is MessageKind.FEEDBACK_OUTCOME:
        return outcome_news.reports_in(session, posted)
    if posted.kind is MessageKind.FEEDBACK_ACKNOWLEDGED:
        return [posted.subject_id, *posted.data["others"]]
    return [posted.subject_id] if posted.kind in _OF_ONE_REPORT else []


def _own_open(session: Session, feedback_ids: Sequence[int], person: Person) -> list[int]:
    """Those of some reports that are somebody's own and wait for an answer."""
    rows = [feedback.by_id(session, feedback_id) for feedback_id in feedback_ids]
    return [row.key for row in rows if row.reporter_id == person.key and row.status in OPEN]


def about(session: Session, posted: Delivery) -> str:
    """The reference of the one report or change that a message was about, such as `F-12`; nothing where it was others.

    Whoever reads a report that was said beneath it would not know else what it goes on about.
    """
    if posted.kind in ASKS:
        return change_notes.by_id(session, posted.subject_id).reference
    reports = _reports_in(session, posted)
    return feedback.by_id(session, reports[0]).reference if len(reports) == 1 else ""


def add(session: Session, feedback_id: int, words: Words, *, by: Caller, at: datetime) -> None:
    """Add to somebody's own report, and tell them that it is there.

    Raises:
        Refused: As `report_edits.add_to_report` does.
    """
    kept = report_edits.add_to_report(session, feedback_id, words.text, words.links, words.unsafe, by=by, at=at)
    if kept.unsafe is not None:
        unsafe.tell_reporter(session, kept.id, at=at)
        return
    report = feedback.by_id(session, kept.id)
    deliveries.queue(
        session,
        report.workspace_id,
        MessageKind.REPLY_KEPT,
        f"feedback:{kept.id}:added:{at.isoformat()}",
        "feedback",
        kept.id,
        at=at,
        person_id=report.reporter_id,
    )


def _tell_that_nobody_reads_it(session: Session, posted: Delivery, person: Person, at: datetime) -> None:
    """Once for each message."""
    deliveries.queue(
        session,
        person.workspace_id,
        MessageKind.REPLY_NOT_KEPT,
        f"delivery:{posted.key}:reply_not_kept",
        "person",
        person.key,
        at=at,
        person_id=person.key,
        data={"why": "unread", "words_kept": False},
    )
