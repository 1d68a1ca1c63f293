"""What fits which reports: with which of a selection a step can be done, with which not and why, and what it needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from store import access, asking_back, decisions, embeddings, outcome_news, people, shifts, teams
from store.access import Act
from store.causes import Cause
from store.decisions import FOLLOWS, Step
from store.embeddings import Embedding
from store.errors import N_, Refused
from store.feedback import Feedback, FeedbackStatus
from store.people import Person


@dataclass(frozen=True, slots=True)
class Triage:
    """What a data scientist does with some reports."""

    step: Step
    report_ids: tuple[int, ...]
    words: str = ""
    """What the reporters are told, word for word."""
    day: date | None = None
    owner: str = ""
    work_order: str = ""
    cause: Cause | None = None
    carries_on: int | None = None
    """The number of the report in which they go on."""
    seen: int | None = None
    """The newest decision when they looked, so that what somebody else decided since is not undone unseen."""


@dataclass(frozen=True, slots=True)
class NotDone:
    """A report with which it was not done, and why."""

    reference: str
    because: str
    """A sentence of the catalogue."""
    values: dict[str, str] = field(default_factory=dict)


SETTLED: Mapping[FeedbackStatus, str] = {
    FeedbackStatus.CHANGED: N_("It was answered by a change meanwhile."),
    FeedbackStatus.CONFIRMED: N_("It was changed, and its reporter says that it helped."),
    FeedbackStatus.NOT_SEEN_SINCE: N_("It was changed, and not seen since."),
    FeedbackStatus.PASSED_ON: N_("It was passed on. Open it again first if that was wrong."),
    FeedbackStatus.EXPLAINED: N_("It was explained. Open it again first if that was wrong."),
    FeedbackStatus.DECLINED: N_("It was declined. Open it again first if that was wrong."),
    FeedbackStatus.DUPLICATE: N_("It goes on in another report. Open it again first if that was wrong."),
    FeedbackStatus.WITHDRAWN: N_("It was taken back by whoever filed it."),
    FeedbackStatus.CARRIED_OVER: N_("It was handed over to the tool's owner at the end of the embedding."),
}
READ_ALREADY = N_("It was read already.")
NOTHING_TO_REOPEN = N_("Nothing was decided about it, so there is nothing to open again.")
WAITS_ALREADY = N_("A question about it waits for an answer already.")
MEANWHILE = N_("{name} answered it meanwhile. Look at it again first.")
ANOTHER_TOOL = N_("It is about another tool than {reference}.")
ANOTHER_EMBEDDING = N_("It comes from another embedding than {reference}.")
ITSELF = N_("The others go on in it.")
NOT_THEIRS = N_("Only the data scientists of its embedding can answer it.")


def refuse(not_done: Sequence[NotDone]) -> None:
    """It fits none of them.

    Raises:
        Refused: With the reason of the first.
    """
    first = not_done[0]
    if first.because == NOT_THEIRS:
        raise Refused(access.REFUSALS[Act.TRIAGE_FEEDBACK])
    if first.because == ITSELF:
        raise Refused(
            "{reference} can't go on in itself, nor in what goes on in it. Pick another report.",
            field="carries_on",
            reference=first.reference,
        )
    raise Refused(first.because, **first.values)


def sort_out(
    session: Session, person: Person, what: Triage, reports: Iterable[Feedback], root: Feedback | None
) -> tuple[list[Feedback], list[NotDone]]:
    """The reports with which it can be done, and why it cannot with the others.

    Args:
        session: The unit's session.
        person: Who wants it.
        what: What they want.
        reports: With which.
        root: The report in which they are to go on, if they are.
    """
    fitting: list[Feedback] = []
    not_done: list[NotDone] = []
    for report in reports:
        why = _why_not(session, person, what, report, root)
        if why is None:
            fitting.append(report)
        else:
            not_done.append(NotDone(report.reference, *why))
    return fitting, not_done


def _why_not(
    session: Session, person: Person, what: Triage, report: Feedback, root: Feedback | None
) -> tuple[str, dict[str, str]] | None:
    if not access.RIGHTS[Act.TRIAGE_FEEDBACK] & roles_for(session, person, report):
        return NOT_THEIRS, {}
    if report.status not in FOLLOWS[what.step].after:
        return does_not_follow(what.step, report.status), {}
    other = _decided_unseen(session, person, what, report)
    if other is not None:
        return MEANWHILE, {"name": other}
    if what.step is Step.ASK_BACK and asking_back.waiting_of(session, report.key):
        return WAITS_ALREADY, {}
    if root is None:
        return None
    if report.id == root.id:
        return ITSELF, {}
    if report.tool_id != root.tool_id:
        return ANOTHER_TOOL, {"reference": root.reference}
    if report.embedding_id != root.embedding_id:
        return ANOTHER_EMBEDDING, {"reference": root.reference}
    return None


def _decided_unseen(session: Session, person: Person, what: Triage, report: Feedback) -> str | None:
    """Who else has decided about a report since somebody looked who wants to decide about it, too."""
    if what.seen is None or what.step in (Step.ACKNOWLEDGE, Step.ASK_BACK, Step.SET_CAUSE):
        return None
    decision = decisions.standing(session, report.key)
    if decision is None or decision.key <= what.seen or decision.decided_by_id == person.key:
        return None
    return people.by_id(session, decision.decided_by_id).name


def does_not_follow(step: Step, status: FeedbackStatus) -> str:
    """Why a step cannot come after a state: a sentence of the catalogue."""
    return SETTLED.get(status, NOTHING_TO_REOPEN if step is Step.REOPEN else READ_ALREADY)


def roles_for(session: Session, person: Person, feedback: Feedback) -> frozenset[access.Role]:
    """The roles that somebody holds for the embedding of a report, as long as that is under way."""
    embedding = session.get(Embedding, feedback.embedding_id) if feedback.embedding_id else None
    under_way = [embedding.key] if embedding and embedding.status in embeddings.UNDER_WAY else []
    return access.roles_of(session, person, embeddings=under_way)


def require_complete(session: Session, what: Triage, fitting: Sequence[Feedback], at: datetime) -> None:
    """What a step needs is there, and fits.

    Raises:
        Refused: At the field in which something is missing.
    """
    step = what.step
    if step in (Step.ASK_BACK, Step.EXPLAIN, Step.DECLINE) and not what.words.strip():
        raise Refused("Say it in a sentence. The reporter gets it word for word.", field="words")
    if step is Step.ACCEPT and what.day is None:
        raise Refused("Pick the day until which you will have done it.", field="day")
    if step is Step.PASS_ON and not what.owner.strip():
        raise Refused("Say who looks after it from now on.", field="owner")
    if step is Step.SET_CAUSE and what.cause is None:
        raise Refused("Pick a cause.", field="cause")
    if step is Step.DUPLICATE and what.carries_on is None:
        raise Refused("Pick the report in which they go on, or write its number.", field="carries_on")
    if what.day is not None and any(what.day < today for today in _todays(session, fitting, at)):
        raise Refused("That day is over. Pick one that is still to come.", field="day")
    if step is Step.REOPEN and not what.words.strip():
        told = [report for report in fitting if outcome_news.was_told(session, report)]
        if told:
            raise Refused(
                "The reporter of {reference} knows of it already. Say in a few words why it is open again.",
                field="words",
                reference=told[0].reference,
            )


def _todays(session: Session, fitting: Sequence[Feedback], at: datetime) -> set[date]:
    """What day it is at the sites of some reports."""
    found = {report.embedding_id for report in fitting if report.embedding_id is not None}
    of_teams = {embeddings.by_id(session, one).team_id for one in found}
    return {shifts.local_day(at, teams.by_id(session, one).zone) for one in of_teams}
