"""Restricting a tool: a lead or a duty contact says what not to rely on it for, sets another end, or lifts it.

Every crew that works with the tool is told once, at the start of its next shift; who is at work hears now. Nobody hears
that something is over of which they never heard. Questions that wait for an answer say it, too, as long as it stands.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, select

from store import (
    access,
    deliveries,
    embeddings,
    feedback,
    history,
    people,
    prompts,
    quiet,
    restrictions,
    returns,
    shifts,
    tools,
)
from store.access import Act, Grant, Role, Scope
from store.deliveries import Delivery, Kind, Status
from store.errors import Refused
from store.people import Caller, Person
from store.restrictions import InForce, Restriction
from store.teams import Member
from store.tools import Tool

DUE_AT_ONCE = 100
NOT_ANY_MORE = "it does not hold any more"
ANOTHER_END = "its end was set anew"


@dataclass(frozen=True, slots=True)
class Restrictable:
    """The tools that somebody may restrict, by id and name, and what stands on them."""

    tools: tuple[tuple[int, str], ...]
    standing: tuple[InForce, ...]
    chosen: int | None = None
    """The tool of the report that it is about."""
    feedback_id: int | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """What somebody filled in. Without a day it holds until it is lifted; without a time until that day is over."""

    tool_id: int
    what_for: str
    why: str
    day: date | None = None
    wall: time | None = None
    feedback_id: int | None = None


@dataclass(frozen=True, slots=True)
class Restricted:
    """A tool is not to be relied on for something."""

    restriction: InForce
    extended: bool
    """Whether it stood already, with another end."""


@dataclass(frozen=True, slots=True)
class Liftable:
    """What somebody may lift."""

    standing: tuple[InForce, ...]
    chosen: int | None = None


@dataclass(frozen=True, slots=True)
class Lifted:
    """A restriction is over before its end."""

    tool: str
    what_for: str
    told: int
    """How many people had heard of it, and hear that it is lifted."""


@dataclass(frozen=True, slots=True)
class News:
    """What people are told of a restriction."""

    restriction: InForce
    stands: bool
    lifted_by: str | None
    because: str | None


def restrictable(session: Session, feedback_id: int | None = None, *, by: Caller) -> Restrictable:
    """What the form of a restriction offers.

    Raises:
        Refused: The person may restrict no tool.
    """
    person = people.known(session, by)
    mine = _tools_of(session, person)
    if not mine:
        raise Refused(access.REFUSALS[Act.RESTRICT_TOOL])
    ids = [tool.key for tool in mine]
    report = session.get(feedback.Feedback, feedback_id) if feedback_id is not None else None
    chosen = report.tool_id if report is not None and report.tool_id in ids else None
    return Restrictable(
        tools=tuple((tool.key, tool.name) for tool in mine),
        standing=restrictions.on_tools(session, ids),
        chosen=chosen,
        feedback_id=report.key if report is not None and chosen else None,
    )


def liftable(session: Session, restriction_id: int | None = None, *, by: Caller) -> Liftable:
    """What the form that lifts a restriction offers.

    Raises:
        Refused: The person may lift none, or none stands on their tools.
    """
    person = people.known(session, by)
    mine = _tools_of(session, person)
    if not mine:
        raise Refused(access.REFUSALS[Act.RESTRICT_TOOL])
    standing = restrictions.on_tools(session, [tool.key for tool in mine])
    if not standing:
        raise Refused("Nothing stands on your tools, so there is nothing to lift.")
    chosen = restriction_id if restriction_id in {one.id for one in standing} else None
    return Liftable(standing, chosen)


def may_restrict(session: Session, person: Person, tool_id: int) -> bool:
    """Whether somebody may say what not to rely on a tool for."""
    roles = access.roles_of(session, person, teams=tools.teams_using(session, tool_id))
    return bool(roles & access.RIGHTS[Act.RESTRICT_TOOL])


def _tools_of(session: Session, person: Person) -> list[Tool]:
    theirs = tools.of_teams(session, access.teams_of(session, person))
    return [tool for tool in theirs if may_restrict(session, person, tool.key)]


def restrict(session: Session, limit: Limit, *, by: Caller, at: datetime) -> Restricted:
    """Say what a tool is not to be relied on for. For the same thing again with another end, that end is set.

    Raises:
        Refused: The person may not, nothing was said, the end is past or does not exist, or the same stands already.
    """
    person = people.known(session, by)
    tool = _locked(session, person, limit.tool_id)
    if not may_restrict(session, person, tool.key):
        raise Refused(access.REFUSALS[Act.RESTRICT_TOOL], field="tool")
    until = _until(session, tool, limit)
    if until is not None and until <= at:
        raise Refused("That is over already. Pick a later end, or none.", field="until_day")
    same = next((one for one in restrictions.on_tool(session, tool.key) if _is_same(one, limit)), None)
    if same is not None and same.until == until:
        raise Refused(
            "{name} has said that already: {tool}, {what_for}. Change the end, or leave it.",
            field="what_for",
            name=people.by_id(session, same.set_by_id).name,
            tool=tool.name,
            what_for=same.what_for,
        )
    row = same or Restriction(tool_id=tool.key, set_by_id=person.key, what_for=limit.what_for, set_at=at, version=0)
    row.set_by_id, row.why, row.until = person.key, limit.why, until
    row.version += 1
    if _is_about(session, limit.feedback_id, tool):
        row.feedback_id = limit.feedback_id
    session.add(row)
    session.flush()
    kind = "restriction_set" if same is None else "restriction_extended"
    data = {"tool": tool.name, "until": until.isoformat() if until else None}
    history.record(session, tool.workspace_id, kind, "restriction", row.key, at=at, actor_id=person.id, data=data)
    deliveries.call_off(session, (Kind.RESTRICTION_TOLD,), [row.key], ANOTHER_END, at)
    for person_id in _around(session, tool) - {person.key}:
        _tell(session, tool, row, Kind.RESTRICTION_TOLD, f"told:{row.version}", person_id, at)
    prompts.show_anew(session, tool.key, at=at)
    standing = restrictions.on_tools(session, [tool.key])
    return Restricted(next(one for one in standing if one.id == row.key), extended=same is not None)


def _is_same(one: Restriction, limit: Limit) -> bool:
    return _bare(one.what_for) == _bare(limit.what_for)


def _bare(words: str) -> str:
    return " ".join(words.split()).casefold()


def _is_about(session: Session, feedback_id: int | None, tool: Tool) -> bool:
    report = session.get(feedback.Feedback, feedback_id) if feedback_id is not None else None
    return report is not None and report.tool_id == tool.id


def _locked(session: Session, person: Person, tool_id: int) -> Tool:
    # Held without stopping reports, which only refer to it.
    tool = session.exec(
        select(Tool).where(Tool.id == tool_id, Tool.workspace_id == person.workspace_id).with_for_update(key_share=True)
    ).first()
    if tool is None:
        raise Refused("That tool is not on this site's list any more. Pick another.", field="tool")
    return tool


def _until(session: Session, tool: Tool, limit: Limit) -> datetime | None:
    if limit.day is None:
        return None
    zone = restrictions.zone_of(session, tool.key)
    try:
        day, wall = (limit.day, limit.wall) if limit.wall is not None else (limit.day + timedelta(days=1), time())
        until = shifts.instant(day, wall, zone)
    except OverflowError:
        until = None
    if until is None:
        raise Refused("There is no such day at your site. Pick another.", field="until_day")
    return until


def _around(session: Session, tool: Tool) -> set[int]:
    """Everybody who works with a tool, leads such people, is called in danger, answers for it, or owns it."""
    using = tools.teams_using(session, tool.key)
    members = session.exec(select(Member.person_id).where(col(Member.team_id).in_(using))).all()
    leading = session.exec(
        select(Grant.person_id).where(
            Grant.scope == Scope.TEAM,
            col(Grant.scope_id).in_(using),
            col(Grant.role).in_((Role.LEAD, Role.DUTY_CONTACT)),
        )
    ).all()
    return {*members, *leading, *_answering_for(session, tool)}


def _answering_for(session: Session, tool: Tool) -> set[int]:
    under_way = embeddings.of_tool(session, tool.key)
    embedded = {hearer.key for one in under_way for hearer in embeddings.data_scientists(session, one.key)}
    return embedded | {tool.owner_id}


def _tell(session: Session, tool: Tool, row: Restriction, kind: Kind, what: str, person_id: int, at: datetime) -> None:
    at_once = person_id in _answering_for(session, tool)
    deliveries.queue(
        session,
        tool.workspace_id,
        kind,
        f"restriction:{row.key}:{what}:{person_id}",
        "restriction",
        row.key,
        at=at,
        person_id=person_id,
        due_at=at if at_once else quiet.at_work(session, person_id, at),
        data={"version": row.version},
    )


def lift(session: Session, restriction_id: int, because: str, *, by: Caller, at: datetime) -> Lifted:
    """Lift a restriction with a reason. Who has heard of it is told; to the others nothing of it is sent any more.

    Raises:
        Refused: The person may not, it is lifted or over already, or there is none.
    """
    person = people.known(session, by)
    found = session.get(Restriction, restriction_id)
    tool = _locked(session, person, found.tool_id) if found is not None else None
    if found is None or tool is None:
        raise Refused("That is not here any more. Nothing to lift.")
    if not may_restrict(session, person, tool.key):
        raise Refused(access.REFUSALS[Act.RESTRICT_TOOL], field="restriction")
    session.refresh(found)
    if found.lifted_by_id is not None:
        name = people.by_id(session, found.lifted_by_id).name
        raise Refused("{name} has lifted it already. Nothing to do.", field="restriction", name=name)
    if found.ended_at is not None:
        raise Refused("It has ended already. Nothing to do.", field="restriction")
    found.lifted_by_id, found.lifted_at, found.lifted_because = person.key, at, because
    session.add(found)
    data = {"tool": tool.name}
    history.record(
        session, tool.workspace_id, "restriction_lifted", "restriction", found.key, at=at, actor_id=person.id, data=data
    )
    session.flush()
    prompts.show_anew(session, tool.key, at=at)
    heard = _no_more(session, found, at) - {person.key}
    for person_id in heard:
        _tell(session, tool, found, Kind.RESTRICTION_LIFTED, "lifted", person_id, at)
    return Lifted(tool.name, found.what_for, len(heard))


def _no_more(session: Session, row: Restriction, at: datetime) -> set[int]:
    """Call off what is not yet out about a restriction. Returns those who have heard of it, and who set it."""
    deliveries.call_off(session, (Kind.RESTRICTION_TOLD,), [row.key], NOT_ANY_MORE, at)
    told = session.exec(
        select(Delivery.person_id, Delivery.reason).where(
            Delivery.kind == Kind.RESTRICTION_TOLD, Delivery.subject_id == row.key
        )
    ).all()
    heard = {person_id for person_id, reason in told if person_id and reason not in (NOT_ANY_MORE, ANOTHER_END)}
    return heard | {row.set_by_id}


def over(session: Session, *, at: datetime) -> list[int]:
    """The ids of the restrictions whose end has come, the earliest first."""
    rows = session.exec(
        select(Restriction)
        .where(
            col(Restriction.until) <= at,
            col(Restriction.ended_at).is_(None),
            col(Restriction.lifted_at).is_(None),
        )
        .order_by(col(Restriction.until), col(Restriction.id))
        .limit(DUE_AT_ONCE)
    ).all()
    return [row.key for row in rows]


def end(session: Session, restriction_id: int, *, at: datetime) -> bool:
    """End a restriction whose time has come; who has heard of it is told at the start of their next shift.

    Returns:
        Whether it was still to be ended.
    """
    row = restrictions.by_id(session, restriction_id)
    tool = session.exec(select(Tool).where(Tool.id == row.tool_id).with_for_update(key_share=True)).one()
    session.refresh(row)
    if not row.stands or row.until is None or row.until > at:
        return False
    row.ended_at = at
    session.add(row)
    history.record(
        session, tool.workspace_id, "restriction_ended", "restriction", row.key, at=at, data={"tool": tool.name}
    )
    session.flush()
    prompts.show_anew(session, tool.key, at=at)
    for person_id in _no_more(session, row, at):
        _tell(session, tool, row, Kind.RESTRICTION_ENDED, "ended", person_id, at)
    return True


def news(session: Session, restriction_id: int) -> News:
    """What people are told of a restriction now."""
    row = restrictions.by_id(session, restriction_id)
    return News(
        restriction=InForce(
            tool=tools.by_id(session, row.tool_id).name,
            what_for=row.what_for,
            until=row.until,
            why=row.why or "",
            set_by=people.by_id(session, row.set_by_id).name,
            id=row.key,
            zone=restrictions.zone_of(session, row.tool_id),
        ),
        stands=row.stands,
        lifted_by=people.by_id(session, row.lifted_by_id).name if row.lifted_by_id is not None else None,
        because=row.lifted_because,
    )


def has_heard(session: Session, news: Delivery) -> bool:
    """Whether somebody has heard of the restriction that news is about: by its own message, or at their return."""
    row = restrictions.by_id(session, news.subject_id)
    if news.person_id == row.set_by_id:
        return True
    told = session.exec(
        select(Delivery).where(
            Delivery.kind == Kind.RESTRICTION_TOLD,
            Delivery.subject_id == row.key,
            Delivery.person_id == news.person_id,
        )
    ).all()
    went_out = (Status.SENDING, Status.SENT, Status.UNKNOWN)
    return any(one.status in went_out or returns.at_the_same_time(session, one) is not None for one in told)


def of_person(session: Session, person: Person) -> tuple[InForce, ...]:
    """What stands on the tools of somebody's teams and of what they answer for or own, the newest first."""
    theirs = {tool.key for tool in tools.of_teams(session, access.teams_of(session, person))}
    theirs |= {tool.key for tool in embeddings.tools_answered_for(session, person)}
    return restrictions.on_tools(session, sorted(theirs))
