"""Feedback: what somebody on the floor reports about a tool's behaviour, and what becomes of the report."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import JSON, Executable, Index, UniqueConstraint, and_, bindparam, case, exists
from sqlalchemy import select as sa_select
from sqlmodel import Field, Session, col, select

from store import access, additions, deliveries, embeddings, history, people, prepared, references, restrictions, tools
from store.access import Act, Asking, Held, Standing
from store.additions import Added
from store.causes import Cause
from store.deliveries import Kind as MessageKind
from store.embeddings import IS_UNDER_WAY, Embedding, EmbeddingTool, Hearer
from store.errors import N_, Refused, RunAgain
from store.people import Caller, Person
from store.references import Series
from store.restrictions import InForce
from store.roles import Grant, Role, Scope
from store.table import Keyed, index_where_there_is_one
from store.tools import Tool, ToolType, ToolUse, ToolVersion
from store.types import Instant, Word


class Kind(StrEnum):
    """What sort of behaviour a report is about."""

    FALSE_ALARM = "false_alarm"
    MISSED = "missed"
    WRONG_VALUE = "wrong_value"
    WRONG_ADVICE = "wrong_advice"
    TOO_LATE = "too_late"
    TOO_OFTEN = "too_often"
    UNCLEAR = "unclear"
    CANNOT_FOLLOW = "cannot_follow"
    NOT_WORKING = "not_working"
    GOOD_CATCH = "good_catch"
    IDEA = "idea"
    OTHER = "other"


NOTHING_TO_MEND = frozenset({Kind.GOOD_CATCH, Kind.IDEA})
"""For these nobody is asked whether a change helped."""

OWES_NOTHING = frozenset({Kind.GOOD_CATCH})
"""For these nobody waits for an answer, so nothing is carried over at the end."""

KINDS_OFFERED: dict[ToolType, tuple[Kind, ...]] = {
    ToolType.ALARM: (
        Kind.FALSE_ALARM,
        Kind.MISSED,
        Kind.TOO_LATE,
        Kind.UNCLEAR,
        Kind.GOOD_CATCH,
        Kind.OTHER,
    ),
    ToolType.FORECAST: (
        Kind.WRONG_VALUE,
        Kind.TOO_LATE,
        Kind.UNCLEAR,
        Kind.NOT_WORKING,
        Kind.GOOD_CATCH,
        Kind.OTHER,
    ),
    ToolType.RECOMMENDATION: (
        Kind.WRONG_ADVICE,
        Kind.CANNOT_FOLLOW,
        Kind.TOO_LATE,
        Kind.UNCLEAR,
        Kind.GOOD_CATCH,
        Kind.OTHER,
    ),
    ToolType.VISION: (
        Kind.FALSE_ALARM,
        Kind.MISSED,
        Kind.WRONG_VALUE,
        Kind.NOT_WORKING,
        Kind.GOOD_CATCH,
        Kind.OTHER,
    ),
    ToolType.OPTIMISER: (
        Kind.WRONG_ADVICE,
        Kind.CANNOT_FOLLOW,
        Kind.WRONG_VALUE,
        Kind.TOO_OFTEN,
        Kind.GOOD_CATCH,
        Kind.OTHER,
    ),
    ToolType.ASSISTANT: (
        Kind.WRONG_ADVICE,
        Kind.UNCLEAR,
        Kind.CANNOT_FOLLOW,
        Kind.NOT_WORKING,
        Kind.GOOD_CATCH,
        Kind.OTHER,
    ),
}


class Impact(StrEnum):
    """What the behaviour cost."""

    NONE = "none"
    EXTRA_WORK = "extra_work"
    LOST_OUTPUT = "lost_output"
    DAMAGE = "damage"
    UNSAFE = "unsafe"


class Did(StrEnum):
    """What the people on the floor did about what the tool said."""

    FOLLOWED = "followed"
    PARTLY = "partly"
    OTHERWISE = "otherwise"
    SWITCHED_OFF = "switched_off"
    NO_CHOICE = "no_choice"


class FeedbackStatus(StrEnum):
    """Where a report stands."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    CHANGED = "changed"
    CONFIRMED = "confirmed"
    CONTESTED = "contested"
    NOT_SEEN_SINCE = "not_seen_since"
    PASSED_ON = "passed_on"
    EXPLAINED = "explained"
    DECLINED = "declined"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    CARRIED_OVER = "carried_over"


OPEN = (
    FeedbackStatus.NEW,
    FeedbackStatus.ACKNOWLEDGED,
    FeedbackStatus.ACCEPTED,
    FeedbackStatus.CONTESTED,
)
"""Reports that still wait for an answer."""


class Feedback(Keyed, table=True):
    """One report of a tool's behaviour, in its reporter's own words."""

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("workspace_id", "number"),
        Index(None, "tool_id", "status"),
        Index(None, "reporter_id", "id"),
        index_where_there_is_one("feedback", "prompt_id"),
        index_where_there_is_one("feedback", "duplicate_of_id"),
    )

    workspace_id: int = Field(foreign_key="workspace.id")
    number: int
    tool_id: int = Field(foreign_key="tool.id")
    version_id: int | None = Field(default=None, foreign_key="tool_version.id")
    embedding_id: int | None = Field(default=None, foreign_key="embedding.id", index=True)
    reporter_id: int = Field(foreign_key="person.id")
    kind: Kind = Field(sa_type=Word(Kind))
    text: str
    impact: Impact | None = Field(default=None, sa_type=Word(Impact))
    status: FeedbackStatus = Field(sa_type=Word(FeedbackStatus))
    filed_at: datetime = Field(sa_type=Instant)
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)
    # What its reporter says besides, and what became of their words
    expected: str | None = None
    place: str | None = None
    """Where it was: an asset, a line."""
    did: Did | None = Field(default=None, sa_type=Word(Did))
    links: list[str] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    """Of photos and files, which stay where they are."""
    permalink: str | None = None
    """Of the message that it was made of."""
    relayed_for: str | None = None
    """The colleague who told its reporter; they are never written to."""
    shift_day: date | None = None
    shift: str | None = None
    """On which shift it happened, where its reporter says so."""
    prompt_id: int | None = Field(default=None, foreign_key="prompt.id")
    """The question whose answer it was made of."""
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    """When somebody else first did something about it: read it, asked back, or decided. No edit moves it."""
    edited_at: datetime | None = Field(default=None, sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    # Triage
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    """When what stands now was decided; None while nothing does."""
    cause: Cause | None = Field(default=None, sa_type=Word(Cause))
    duplicate_of_id: int | None = Field(default=None, foreign_key="feedback.id")
    """The report in which it goes on, which is never a duplicate itself."""
    unread_told_at: datetime | None = Field(default=None, sa_type=Instant)
    """When its data scientists were reminded that nobody had read it."""

    @property
    def reference(self) -> str:
        """Such as `F-12`."""
        return references.write(Series.FEEDBACK, self.number)


UNSAFE_FIRST = case(
    (and_(col(Feedback.impact) == Impact.UNSAFE, col(Feedback.status) != FeedbackStatus.WITHDRAWN), 0), else_=1
)
"""Orders a list of reports: what is unsafe stands first in all of them, unless it was withdrawn."""


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports. Without a tool it is about the one that their words name, or the one they have."""

    kind: Kind
    text: str
    tool_id: int | None = None
    impact: Impact | None = None
    expected: str = ""
    place: str = ""
    did: Did | None = None
    links: tuple[str, ...] = ()
    permalink: str | None = None
    relayed_for: str = ""
    shift: tuple[date, str] | None = None
    """The day on which it starts, and its name."""


@dataclass(frozen=True, slots=True)
class Raised:
    """Something unsafe was reported: what its reporter is to read first."""

    feedback_id: int
    number: str | None
    """Whom to call in danger; None where the site has not said it."""
    called: tuple[str, ...]
    """The names of those who are called now; nobody when nobody can be."""
    reference: str = ""
    taken_by: str | None = None
    """Who has it already."""
    anew: bool = True
    """Whether this called them; not where they were called before, and are still."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A report was kept."""

    reference: str
    tool: str
    kind: Kind
    heard_by: tuple[str, ...]
    """The data scientists who get it now; nobody outside an embedding."""
    embedded: bool
    """Whether there is an embedding that it belongs to, even if nobody of it can read it now."""
    others: tuple[tuple[int, str], ...] = ()
    """The reporter's other tools, when their words named none and it was filed for the likeliest."""
    id: int = 0
    """Our id of it; 0 in answers that were kept before they said it."""
    relayed_for: str = ""
    edited: bool = False
    """Whether it was there before and says something else now."""
    restrictions: tuple[InForce, ...] = ()
    """What the tool is not to be relied on for now."""
    unsafe: Raised | None = None
    """When people are called about it."""

    def raising(self, raised: Raised | None) -> "Filed":
        """The same report once people are called about it."""
        return replace(self, unsafe=raised)


def file_feedback(session: Session, report: Report, prompt_id: int | None = None, *, by: Caller, at: datetime) -> Filed:
    """Keep a report and hand it to the data scientists of the tool's embedding.

    Args:
        session: The unit's session.
        report: What is reported.
        prompt_id: The reporter's own prompt whose answer it was made of, if it was.
        by: The reporter.
        at: Now.

    Raises:
        Refused: Nothing was said, the reporter has no tool, or does not work with this one.
    """
    reporter = access.asking(session, by)
    require_words(report)
    tool, others = _tool_meant(session, reporter, report)
    place = _place(session, reporter, tool, at)
    number = references.take(session, reporter.workspace_id, Series.FEEDBACK)
    filed = {
        "workspace_id": reporter.workspace_id,
        "number": number,
        "tool_id": tool.key,
        "version_id": place.version_id,
        "embedding_id": place.embedding_id,
        "reporter_id": reporter.person_id,
        "kind": report.kind,
        "text": report.text,
        "impact": report.impact,
        "status": FeedbackStatus.NEW,
        "filed_at": at,
        "prompt_id": prompt_id,
        "permalink": report.permalink,
        **besides(report),
    }
    feedback_id = prepared.add(session, Feedback, filed)
    reference = references.write(Series.FEEDBACK, number)
    history.record(
        session,
        reporter.workspace_id,
        "feedback_filed",
        "feedback",
        feedback_id,
        at=at,
        actor_id=reporter.person_id,
        data={"reference": reference, "kind": report.kind, "tool": tool.name},
    )
    hand_over(session, reporter.workspace_id, feedback_id, place.hearers, at)
    return Filed(
        reference,
        tool.name,
        report.kind,
        place.names,
        place.embedded,
        others,
        feedback_id,
        report.relayed_for,
        restrictions=restrictions.on_tools(session, [tool.key]),
    )


def require_words(report: Report) -> None:
    """Let a report pass that says what it is about.

    Raises:
        Refused: It is of no kind, and nothing was said.
    """
    if report.kind is Kind.OTHER and not report.text.strip():
        raise Refused("Say in a few words what the tool did.", field="text")


def besides(report: Report) -> dict[str, object]:
    """What a report says besides its tool, kind, words and impact, as its row keeps it; what was left out is NULL."""
    day, shift = report.shift or (None, None)
    return {
        "expected": report.expected or None,
        "place": report.place or None,
        "did": report.did,
        "links": list(report.links) or None,
        "relayed_for": report.relayed_for or None,
        "shift_day": day,
        "shift": shift,
    }


class Place(NamedTuple):
    """Where a report belongs: the tool's live version, the embedding, and those of it who hear of it."""

    tool_id: int
    version_id: int | None
    embedding_id: int | None
    hearers: list[Hearer]

    @property
    def embedded(self) -> bool:
        """Whether there is an embedding that it belongs to."""
        return self.embedding_id is not None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of those who hear of it."""
        return tuple(hearer.name for hearer in self.hearers)


def place_of(session: Session, reporter: Asking, tool_id: int | None, at: datetime) -> Place:
    """Where a report belongs that turns out to be about another tool.

    Args:
        session: The unit's session.
        reporter: Who reports.
        tool_id: The tool that they picked.
        at: When the version was live that they worked with.

    Raises:
        Refused: It is none of the workspace's tools, or they do not work with it.
    """
    return _place(session, reporter, _picked(session, reporter, tool_id or 0), at)


def _place(session: Session, reporter: Asking, tool: "ToolAtHand", at: datetime) -> Place:
    around = _around(session, tool.key, at)
    embedding_ids = [one.key for one in around.embeddings]
    if not reporter.standing.roles(teams=tool.teams, embeddings=embedding_ids) & access.RIGHTS[Act.FILE_FEEDBACK]:
        raise Refused(access.REFUSALS[Act.FILE_FEEDBACK], field="tool")
    embedding = _nearest(around.embeddings, reporter.standing)
    if embedding is None:
        return Place(tool.key, around.version_id, None, [])
    _stays_under_way(session, embedding.key)
    return Place(tool.key, around.version_id, embedding.key, embedding.hearers)


def answered(feedback: Feedback, *, at: datetime) -> None:
    """Note that somebody else did something about a report; only the first time counts."""
    if feedback.answered_at is None:
        feedback.answered_at = at


def adopt(session: Session, embedding: Embedding, *, at: datetime) -> list[str]:
    """Hand the open reports of an embedding's team that nobody was embedded for to its data scientists.

    Returns:
        Their references, oldest first.
    """
    tool_ids = [tool.key for tool in embeddings.tools_of(session, embedding.key)]
    waiting = session.exec(
        select(Feedback)
        .where(
            Feedback.workspace_id == embedding.workspace_id,
            col(Feedback.embedding_id).is_(None),
            col(Feedback.tool_id).in_(tool_ids),
            col(Feedback.status).in_(OPEN),
        )
        .order_by(col(Feedback.id))
        .with_for_update()
    ).all()
    adopted = [
        feedback
        for feedback in waiting
        if embedding.team_id in access.teams_of(session, people.by_id(session, feedback.reporter_id))
    ]
    hearers = embeddings.data_scientists(session, embedding.key)
    for feedback in adopted:
        feedback.embedding_id = embedding.key
        session.add(feedback)
        hand_over(session, embedding.workspace_id, feedback.key, hearers, at)
    return [feedback.reference for feedback in adopted]


def hand_over(session: Session, workspace_id: int, feedback_id: int, hearers: list[Hearer], at: datetime) -> None:
    """Send a report to some people; nobody gets it twice."""
    to = {hearer.key: f"feedback:{feedback_id}:filed:{hearer.key}" for hearer in hearers}
    deliveries.queue_for_each(session, workspace_id, MessageKind.FEEDBACK_FILED, "feedback", feedback_id, to, at=at)


class _UnderWay(NamedTuple):
    """An embedding under way, and those of it who hear of a report."""

    key: int
    team_id: int
    hearers: list[Hearer]


class _Around(NamedTuple):
    """What stands around a tool when somebody reports on it."""

    version_id: int | None
    """The version that is live."""
    embeddings: list[_UnderWay]
    """Those about it that are under way, newest first."""


def _around(session: Session, tool_id: int, at: datetime) -> _Around:
    found = prepared.rows_once(session, _AROUND, {"tool_id": tool_id})
    under_way: dict[int, _UnderWay] = {}
    for row in found:
        if row.embedding_id is not None:
            embedding = under_way.setdefault(row.embedding_id, _UnderWay(row.embedding_id, row.team_id, []))
            if row.hearer_id is not None:
                embedding.hearers.append(Hearer(row.hearer_id, row.hearer))
    return _Around(_live_of(session, tool_id, found[0], at), list(under_way.values()))


def _live_of(session: Session, tool_id: int, latest: Any, at: datetime) -> int | None:
    """The version that is live at an instant: nearly always the latest, which is the same for all who report."""
    if latest.version_id is None:
        return None
    if latest.live_from <= at and (latest.taken_back_at is None or latest.taken_back_at > at):
        return int(latest.version_id)
    live = tools.live_version(session, tool_id, at)
    return live.id if live else None


_LATEST_VERSION = (
    select(ToolVersion.id)
    .where(col(ToolVersion.tool_id) == col(Tool.id))
    .order_by(col(ToolVersion.live_from).desc(), col(ToolVersion.id).desc())
    .limit(1)
    .correlate(Tool)
    .scalar_subquery()
)
_ANSWERS_FOR_IT = and_(
    col(Grant.scope_id) == col(Embedding.id),
    col(Grant.scope) == Scope.EMBEDDING,
    col(Grant.role) == Role.DATA_SCIENTIST,
)
_AROUND: Executable = (
    sa_select(
        col(ToolVersion.id).label("version_id"),
        col(ToolVersion.live_from),
        col(ToolVersion.taken_back_at),
        col(Embedding.id).label("embedding_id"),
        col(Embedding.team_id),
        col(Person.id).label("hearer_id"),
        col(Person.name).label("hearer"),
    )
    .select_from(Tool)
    .outerjoin(ToolVersion, col(ToolVersion.id) == _LATEST_VERSION)
    .outerjoin(EmbeddingTool, col(EmbeddingTool.tool_id) == col(Tool.id))
    .outerjoin(Embedding, and_(col(Embedding.id) == col(EmbeddingTool.embedding_id), IS_UNDER_WAY))
    .outerjoin(Grant, _ANSWERS_FOR_IT)
    .outerjoin(Person, and_(col(Person.id) == col(Grant.person_id), col(Person.active)))
    .where(col(Tool.id) == bindparam("tool_id"))
    .order_by(col(Embedding.number).desc(), col(Person.name))
)


def _stays_under_way(session: Session, embedding_id: int) -> None:
    """Hold an embedding, so that it is not closed beside a report that is being filed for it."""
    if prepared.dialect_of(session) == "sqlite":  # nobody else writes as long as this transaction does
        return
    found = prepared.rows_once(session, _HOLDING, {"embedding_id": embedding_id})  # once held, it stays so
    if not found or found[0].status not in embeddings.UNDER_WAY:
        raise RunAgain


_HOLDING = select(Embedding.status).where(Embedding.id == bindparam("embedding_id")).with_for_update(read=True)


def locked(session: Session, feedback_id: int, workspace_id: int, *, field: str | None = None) -> Feedback:
    """A report, held until the transaction ends: whoever changes its state asks for it this way.

    Args:
        session: The unit's session.
        feedback_id: Our id.
        workspace_id: Whose report it must be.
        field: The form's field in which it was chosen, if it was.

    Raises:
        Refused: There is none with that id in the workspace.
    """
    feedback = session.exec(
        select(Feedback).where(Feedback.id == feedback_id, Feedback.workspace_id == workspace_id).with_for_update()
    ).first()
    if feedback is None:
        sentence = N_("One of these reports is not here any more. Take it off the list.")
        raise Refused(sentence if field else "That report is not here any more. Nothing to do.", field=field)
    return feedback


def by_id(session: Session, feedback_id: int) -> Feedback:
    """The report with our id; a missing one is a bug (LookupError)."""
    feedback = session.get(Feedback, feedback_id)
    if feedback is None:
        raise LookupError(f"no feedback {feedback_id}")
    return feedback


def open_in(session: Session, embedding_ids: Sequence[int], limit: int = 100) -> Sequence[Feedback]:
    """The reports of some embeddings that still wait for an answer: what is unsafe first, then the oldest."""
    return session.exec(
        select(Feedback)
        .where(col(Feedback.embedding_id).in_(embedding_ids), col(Feedback.status).in_(OPEN))
        .order_by(UNSAFE_FIRST, col(Feedback.id))
        .limit(limit)
    ).all()


@dataclass(frozen=True, slots=True)
class FeedbackCard:
    """A report as its reporter and the embedded people are shown it."""

    id: int
    reference: str
    tool: str
    version: str | None
    kind: Kind
    text: str
    impact: Impact | None
    status: FeedbackStatus
    reporter: str
    filed_at: datetime
    expected: str = ""
    place: str = ""
    did: Did | None = None
    links: tuple[str, ...] = ()
    permalink: str | None = None
    relayed_for: str = ""
    shift: tuple[date, str] | None = None
    edited_at: datetime | None = None
    additions: tuple[Added, ...] = ()
    """What its reporter added later, oldest first."""
    restrictions: tuple[InForce, ...] = ()
    """What its tool is not to be relied on for."""


def card(session: Session, feedback_id: int) -> FeedbackCard:
    """What its reporter and the embedded people are shown of a report."""
    feedback = by_id(session, feedback_id)
    version = session.get(ToolVersion, feedback.version_id) if feedback.version_id else None
    return FeedbackCard(
        id=feedback.key,
        reference=feedback.reference,
        tool=tools.by_id(session, feedback.tool_id).name,
        version=version.name if version else None,
        kind=feedback.kind,
        text=feedback.text,
        impact=feedback.impact,
        status=feedback.status,
        reporter=people.by_id(session, feedback.reporter_id).name,
        filed_at=feedback.filed_at,
        expected=feedback.expected or "",
        place=feedback.place or "",
        did=feedback.did,
        links=tuple(feedback.links or ()),
        permalink=feedback.permalink,
        relayed_for=feedback.relayed_for or "",
        shift=shift_of(feedback),
        edited_at=feedback.edited_at,
        additions=additions.of_report(session, feedback.key),
        restrictions=restrictions.on_tools(session, [feedback.tool_id]),
    )


def shift_of(feedback: Feedback) -> tuple[date, str] | None:
    """The shift on which it happened: the day on which it starts, and its name."""
    return (feedback.shift_day, feedback.shift) if feedback.shift_day and feedback.shift else None


class ToolAtHand(NamedTuple):
    """A tool that somebody may report on."""

    key: int
    name: str
    type: ToolType
    teams: tuple[int, ...]
    """Their teams that use it."""


def tools_at_hand(session: Session, person_id: int) -> list[ToolAtHand]:
    """The tools of somebody's teams and of the embeddings they answer for, those with one under way first."""
    return _tools_of(session, access.held_by(session, person_id))


def _tools_of(session: Session, held: Held) -> list[ToolAtHand]:
    teams = dict.fromkeys(scope_id for _, scope, scope_id in held if scope is Scope.TEAM)
    answered_for = [
        scope_id for role, scope, scope_id in held if (role, scope) == (Role.DATA_SCIENTIST, Scope.EMBEDDING)
    ]
    found = [
        *((row, team_id) for team_id in teams for row in prepared.rows_once(session, _OF_TEAM, {"team_id": team_id})),
        *((row, None) for one in answered_for for row in prepared.rows_once(session, _OF_EMBEDDING, {"id": one})),
    ]
    using: dict[int, list[int]] = {row.id: [] for row, _ in found}
    for row, team_id in found:
        if team_id is not None:
            using[row.id].append(team_id)
    in_order = sorted({row.id: row for row, _ in found}.values(), key=lambda row: (not row.under_way, row.name))
    return [ToolAtHand(row.id, row.name, row.type, tuple(using[row.id])) for row in in_order]


def named_in(words: str, own: Sequence[ToolAtHand]) -> ToolAtHand | None:
    """The tool that somebody's words name, of those that they have; None when they name none."""
    folded = words.casefold()
    return next((tool for tool in own if tool.name.casefold() in folded), None)


_TOOL = (
    col(Tool.id),
    col(Tool.name),
    col(Tool.type),
    exists()
    .where(
        col(EmbeddingTool.tool_id) == col(Tool.id), col(EmbeddingTool.embedding_id) == col(Embedding.id), IS_UNDER_WAY
    )
    .correlate(Tool)
    .label("under_way"),
)
_OF_TEAM: Executable = (
    sa_select(*_TOOL)
    .join(ToolUse, col(ToolUse.tool_id) == col(Tool.id))
    .where(col(ToolUse.team_id) == bindparam("team_id"))
)
_OF_EMBEDDING: Executable = (
    sa_select(*_TOOL)
    .join(EmbeddingTool, col(EmbeddingTool.tool_id) == col(Tool.id))
    .join(Embedding, col(Embedding.id) == col(EmbeddingTool.embedding_id))
    .where(col(Embedding.id) == bindparam("id"), IS_UNDER_WAY)
)


def _nearest(under_way: Sequence[_UnderWay], held: Standing) -> _UnderWay | None:
    """Of the embeddings about a tool the one that somebody takes part in: their words go to nobody else's."""
    for embedding in under_way:
        roles = held.roles(teams=[embedding.team_id], embeddings=[embedding.key])
        if access.RIGHTS[Act.FILE_FEEDBACK] & roles:
            return embedding
    return None


def _tool_meant(session: Session, reporter: Asking, report: Report) -> tuple[ToolAtHand, tuple[tuple[int, str], ...]]:
    """The tool that a report is about, and those that it may have been about when nothing names it."""
    if report.tool_id is not None:
        return _picked(session, reporter, report.tool_id), ()
    own = _tools_of(session, reporter.standing.held)
    if not own:
        raise Refused(NO_TOOL)
    named = named_in(report.text, own)
    return (named, ()) if named else (own[0], tuple((tool.key, tool.name) for tool in own[1:]))


NO_TOOL = N_("No tool is on this site's list for you yet. Ask a lead to have it added.")


def _picked(session: Session, reporter: Asking, tool_id: int) -> ToolAtHand:
    tool = session.get(Tool, tool_id)
    if tool is None or tool.workspace_id != reporter.workspace_id:
        raise Refused(
            "That tool is not on this site's list any more. Pick another; your text is still here.", field="tool"
        )
    return ToolAtHand(tool.key, tool.name, tool.type, tuple(tools.teams_using(session, tool.key)))
