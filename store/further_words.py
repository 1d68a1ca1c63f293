"""Words that are typed after the reference of a report: an addition to it, as long as it waits for an answer."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from store import people, report_edits, unsafe
from store.feedback import OPEN, Feedback, Filed, Impact, Report
from store.people import Caller
from store.report_edits import Kept


@dataclass(frozen=True, slots=True)
class Further:
    """What became of the words."""

    kept: Kept | None = None
    """The report that they were added to."""
    filed: Filed | None = None
    """The report that they are themselves."""


def say_more(session: Session, number: int, words: str, report: Report, *, by: Caller, at: datetime) -> Further:
    """Add a few words to somebody's own report.

    About a report that is not theirs or was answered, and of something unsafe, they are a report of their own: whoever
    reads it finds the reference at its head.

    Args:
        session: The unit's session.
        number: Of the report that they name.
        words: What they typed after its reference.
        report: All that they typed, as a report.
        by: Who typed it.
        at: Now.

    Raises:
        Refused: As `unsafe.file_report` does.
    """
    person = people.known(session, by)
    about = session.exec(select(Feedback).where(Feedback.reporter_id == person.id, Feedback.number == number)).first()
    if about is None or about.status not in OPEN or report.impact is Impact.UNSAFE:
        return Further(filed=unsafe.file_report(session, report, by=by, at=at))
    return Further(kept=report_edits.add_to_report(session, about.key, words, (), by=by, at=at))
