"""The inbox of a data scientist: reports to look through by filters and pages, to open, and to do something with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from store import access, asking_back, decisions, embeddings, feedback, people, reporting, restrictions
from store.access import Act
from store.causes import Cause
from store.decisions import ANSWERED, FOLLOWS, Step, steps_after
from store.errors import N_, Refused
from store.feedback import OPEN, UNSAFE_FIRST, Feedback, FeedbackCard, FeedbackStatus, Impact, Kind
from store.figures import similarity
from store.fitting import does_not_follow
from store.people import Caller, Person
from store.policy import Policy
from store.restrictions import InForce

PAGE = 10
"""As many as Slack has ticks for in one group: https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element"""
SIMILAR = 5
COMPARED = 500
"""With so many open reports, the newest, another one is compared at most."""
CARRYING_ON = 100
"""As many reports as a menu has."""
NONE_YOURS = N_("You are not embedded with a team right now, so no reports are yours to answer.")


class Which(StrEnum):
    """Which reports somebody wants to see."""

    OPEN = "open"
    NEW = "new"
    UNSAFE = "unsafe"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody wants to see of their inbox; pages count from 1."""

    which: Which = Which.OPEN
    tool_id: int | None = None
    kind: Kind | None = None
    cause: Cause | None = None
    newest_first: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody filled in before their inbox, or before one report of it."""

    sought: Sought
    ticked: tuple[int, ...] = ()
    step: Step | None = None
    """What they want to do with the ticked ones; None: to look."""
    looked_at: Sought | None = None
    """What they had before them."""
    opened: bool = False
    """Whether they had one report before them, the first of the ticked ones."""
    seen: int | None = None
    """The newest decision when they looked at what they had before them."""


@dataclass(frozen=True, slots=True)
class Line:
    """A report in a list for data scientists."""

    card: FeedbackCard
    cause: Cause | None
    waits_for_answer: bool
    """Whether its reporter was asked something and has not answered."""
    zone: str
    """Its site's, for the times."""


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of an inbox, what is unsafe first, and what there is to filter by."""

    sought: Sought
    lines: tuple[Line, ...]
    count: int
    pages: int
    ticked: tuple[int, ...]
    """On this page and on others."""
    tools: tuple[tuple[int, str], ...]
    kinds: tuple[Kind, ...]
    causes: tuple[Cause, ...]
    restrictions: tuple[InForce, ...] = ()
    """What stands on their tools."""
    seen: int = 0
    """The newest decision of now."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A report with all that a data scientist needs to answer it."""

    line: Line
    questions: tuple[asking_back.QuestionCard, ...]
    decided: tuple[decisions.Decided, ...]
    carried_on_by: str | None
    joined: tuple[str, ...]
    """The references of reports that go on in this one."""
    similar: tuple[FeedbackCard, ...]
    """Open reports on the same tool that may be about the same thing, the likest first."""
    steps: tuple[Step, ...]
    seen: int = 0
    """The newest decision of now."""


@dataclass(frozen=True, slots=True)
class ToDo:
    """The reports with which somebody wants to do something, and what there is to choose from."""

    step: Step
    cards: tuple[FeedbackCard, ...]
    carrying_on: tuple[FeedbackCard, ...] = ()
    """Reports in which they may go on, the likeliest first."""
    seen: int = 0
    """The newest decision when they looked."""


def first_page(session: Session, *, by: Caller) -> InboxPage:
    """The inbox as it is opened: the open reports, what is unsafe first, then the oldest.

    Raises:
        Refused: The person answers for no tool.
    """
    return _page(session, people.known(session, by), Sought(), ())


def opened(session: Session, feedback_id: int, *, by: Caller) -> Opened:
    """A report as it is opened.

    Raises:
        Refused: It is not here, or the person does not answer for it.
    """
    person = people.known(session, by)
    return _opened(session, _theirs(session, person, [feedback_id])[0])


def next_page(session: Session, asked: Asked, *, policy: Policy, by: Caller) -> InboxPage | Opened | ToDo:
    """What somebody sees next: another page, the one report that they ticked, or what it takes to do something.

    Raises:
        Refused: Something cannot be done with what they ticked, or they ticked nothing.
    """
    person = people.known(session, by)
    if asked.step is not None:
        if not asked.ticked:
            raise Refused("Tick at least one report.", field="ticked")
        seen = decisions.newest(session) if asked.seen is None else asked.seen
        return _to_do(session, _theirs(session, person, asked.ticked), asked.step, seen)
    if asked.opened:
        raise Refused("Pick what you want to do.", field="step")
    if asked.ticked and asked.sought == asked.looked_at:
        if len(asked.ticked) > 1:
            raise Refused("Pick what to do with those ticked. To open one, tick it alone.", field="step")
        return _opened(session, _theirs(session, person, asked.ticked)[0])
    return _page(session, person, asked.sought, asked.ticked)


def _theirs(session: Session, person: Person, ids: Sequence[int]) -> list[Feedback]:
    rows = session.exec(
        select(Feedback).where(col(Feedback.id).in_(ids), Feedback.workspace_id == person.workspace_id)
    ).all()
    mine = set(embeddings.answered_for(session, person))
    by_id = {row.key: row for row in rows if row.embedding_id in mine}
    theirs = [by_id[one] for one in ids if one in by_id]
    if not theirs:
        raise Refused(access.REFUSALS[Act.TRIAGE_FEEDBACK])
    return theirs


def _page(session: Session, person: Person, sought: Sought, ticked: tuple[int, ...]) -> InboxPage:
    mine = embeddings.answered_for(session, person)
    if not mine:
        raise Refused(NONE_YOURS)
    wanted = _wanted(mine, sought)
    count = session.exec(select(func.count()).select_from(Feedback).where(*wanted)).one()
    pages = max(1, -(-count // PAGE))
    sought = replace(sought, page=min(max(sought.page, 1), pages))
    in_order = col(Feedback.id).desc() if sought.newest_first else col(Feedback.id)
    rows = session.exec(
        select(Feedback).where(*wanted).order_by(UNSAFE_FIRST, in_order).offset((sought.page - 1) * PAGE).limit(PAGE)
    ).all()
    tools = embeddings.tools_answered_for(session, person)
    return InboxPage(
        sought=sought,
        lines=_lines(session, rows),
        count=count,
        pages=pages,
        ticked=ticked,
        tools=tuple((tool.key, tool.name) for tool in tools),
        kinds=tuple(kind for kind in Kind if kind in _values(session, mine, col(Feedback.kind))),
        causes=tuple(cause for cause in Cause if cause in _values(session, mine, col(Feedback.cause))),
        restrictions=restrictions.on_tools(session, [tool.key for tool in tools]),
        seen=decisions.newest(session),
    )


def _wanted(mine: Sequence[int], sought: Sought) -> list[Any]:
    wanted: list[Any] = [col(Feedback.embedding_id).in_(mine)]
    match sought.which:
        case Which.NEW:
            wanted.append(Feedback.status == FeedbackStatus.NEW)
        case Which.ANSWERED:
            wanted.append(col(Feedback.status).in_(ANSWERED))
        case Which.UNSAFE:
            wanted += [col(Feedback.status).in_(OPEN), Feedback.impact == Impact.UNSAFE]
        case Which.OPEN:
            wanted.append(col(Feedback.status).in_(OPEN))
    if sought.tool_id is not None:
        wanted.append(Feedback.tool_id == sought.tool_id)
    if sought.kind is not None:
        wanted.append(Feedback.kind == sought.kind)
    if sought.cause is not None:
        wanted.append(Feedback.cause == sought.cause)
    return wanted


def _values(session: Session, mine: Sequence[int], column: Any) -> frozenset[Any]:
    return frozenset(session.exec(select(column).where(col(Feedback.embedding_id).in_(mine)).distinct()).all())


def _lines(session: Session, rows: Sequence[Feedback]) -> tuple[Line, ...]:
    waiting = asking_back.with_questions(session, [row.key for row in rows])
    zones = {
        key: reporting.zone_of_embedding(session, key) for key in {row.embedding_id for row in rows if row.embedding_id}
    }
    return tuple(
        Line(feedback.card(session, row.key), row.cause, row.key in waiting, zones[row.embedding_id or 0])
        for row in rows
    )


def _opened(session: Session, report: Feedback) -> Opened:
    carried_on_by = feedback.by_id(session, report.duplicate_of_id).reference if report.duplicate_of_id else None
    joined = session.exec(
        select(Feedback)
        .where(Feedback.duplicate_of_id == report.id, Feedback.status == FeedbackStatus.DUPLICATE)
        .order_by(col(Feedback.id))
    ).all()
    return Opened(
        line=_lines(session, [report])[0],
        questions=asking_back.of_report(session, report.key),
        decided=tuple(decisions.shown(session, one) for one in decisions.of_report(session, report.key)),
        carried_on_by=carried_on_by,
        joined=tuple(row.reference for row in joined),
        similar=similar(session, report) if report.status in OPEN else (),
        steps=steps_after(report.status),
        seen=decisions.newest(session),
    )


def similar(session: Session, report: Feedback) -> tuple[FeedbackCard, ...]:
    """Open reports on the same tool that may be about the same thing, the likest first."""
    others = _beside(session, [report], COMPARED)
    ranked = similarity.most_alike(_said(report), (_said(row) for row in others), SIMILAR)
    return tuple(feedback.card(session, key) for key, _ in ranked)


def _said(report: Feedback) -> similarity.Text:
    return similarity.Text(report.key, report.text, report.place)


def _beside(session: Session, reports: Sequence[Feedback], limit: int) -> Sequence[Feedback]:
    """The other open reports of the same embedding on the same tool, newest first."""
    first = reports[0]
    return session.exec(
        select(Feedback)
        .where(
            Feedback.embedding_id == first.embedding_id,
            Feedback.tool_id == first.tool_id,
            col(Feedback.status).in_(OPEN),
            col(Feedback.id).not_in([report.key for report in reports]),
        )
        .order_by(col(Feedback.id).desc())
        .limit(limit)
    ).all()


def _to_do(session: Session, reports: list[Feedback], step: Step, seen: int) -> ToDo:
    if not any(report.status in FOLLOWS[step].after for report in reports):
        if len(reports) == 1:
            raise Refused(does_not_follow(step, reports[0].status), field="step")
        raise Refused("That can't be done with what you ticked. Pick something else.", field="step")
    cards = tuple(feedback.card(session, report.key) for report in reports)
    return ToDo(step, cards, _carrying_on(session, reports) if step is Step.DUPLICATE else (), seen)


def _carrying_on(session: Session, reports: list[Feedback]) -> tuple[FeedbackCard, ...]:
    likely = [card for card in similar(session, reports[0]) if card.id not in {report.key for report in reports}]
    others = [feedback.card(session, row.key) for row in _beside(session, reports, CARRYING_ON)]
    return tuple({card.id: card for card in (*likely, *others)}.values())[:CARRYING_ON]
