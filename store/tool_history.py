"""The history of a tool's behaviour: what changed from version to version, why, and in answer to how many reports.

It holds facts about the tool alone: no reporter's name or words, and of what they say only the word for all of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from store import access, change_notes, note_approval, packets, people, reporting, restrictions, shifts, tools
from store.access import Act
from store.change_notes import WENT_LIVE, ChangeNote
from store.embeddings import Embedding, EmbeddingTool
from store.errors import Refused
from store.figures.change_state import ChangeState
from store.people import Caller, Person
from store.restrictions import InForce
from store.tools import Tool, ToolVersion


@dataclass(frozen=True, slots=True)
class ToolChange:
    """A change in the history of a tool."""

    reference: str
    live_at: datetime
    author: str
    version_from: str | None
    version_to: str | None
    what: str
    why: str
    before: str
    after: str
    expected: str
    answers: tuple[str, ...]
    """The references of the reports that it answers."""
    state: ChangeState
    rolled_back_at: datetime | None
    rolled_back_because: str | None
    approval: str = ""
    """Such as the number of a change request elsewhere."""
    approved_by: str | None = None
    """Who gave their OK, where one was needed."""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of a tool's history, newest first; pages count from 1."""

    tool_id: int
    tool: str
    zone: str
    version: str | None
    """The one that it is about, when it is about one only."""
    changes: tuple[ToolChange, ...]
    number: int
    pages: int
    restrictions: tuple[InForce, ...] = ()
    """What it is not to be relied on for now."""
    version_id: int | None = None
    """Our id of that version."""

    def day(self, at: datetime) -> date:
        """The local day of something that happened to the tool."""
        return shifts.local_day(at, self.zone)


def named(session: Session, words: str, size: int, *, by: Caller) -> HistoryPage:
    """The history of the tool that somebody names, perhaps with a version or the number of a page behind it.

    Raises:
        Refused: No tool of theirs is called so, or they name none and have several.
    """
    person = people.known(session, by)
    readable = readable_by(session, person)
    if not readable:
        raise Refused("No tool is on this site's list for you yet. Ask a lead to have it added.")
    wanted = " ".join(words.split())
    if not wanted and len(readable) == 1:
        return page(session, readable[0], None, 1, size)
    meant = list(_meant(readable, wanted))
    for tool, last in meant:
        if not last:
            return page(session, tool, None, 1, size)
        version = tools.version_named(session, tool.key, last)
        if version is not None:
            return page(session, tool, version, 1, size)
        if last.isascii() and last.isdigit() and len(last) < 7:
            return page(session, tool, None, int(last), size)
    names = _listed(readable)
    if not wanted:
        raise Refused(
            "Say which tool, as in /change-note history {example}. Yours: {names}.",
            example=readable[0].name,
            names=names,
        )
    _refuse_alike(readable, wanted)
    for tool, last in meant:
        if _plain(f"{tool.name} {last}") == _plain(wanted):
            raise Refused(
                "{tool} never had a version {version}. Type /change-note history {tool} for all that has changed.",
                tool=tool.name,
                version=last[:80],
            )
    raise Refused("No tool or version of yours is called {words}. Your tools: {names}.", words=wanted[:80], names=names)


def _meant(readable: Sequence[Tool], wanted: str) -> Iterator[tuple[Tool, str]]:
    """The tools that words may begin with, and what stands behind each name: whole names before their beginnings."""
    parts = wanted.split(" ")
    split = [(" ".join(parts[:count]), " ".join(parts[count:])) for count in range(len(parts), 0, -1)]
    for called in (_of_name, _called):
        for name, last in split:
            tool = called(readable, name)
            if tool is not None:
                yield tool, last
    # Whoever has one tool need not name it.
    if len(readable) == 1:
        yield readable[0], wanted


def turned(
    session: Session, tool_id: int, version_id: int | None, number: int, size: int, *, by: Caller
) -> HistoryPage:
    """Another page of the history of a tool, or of one version of it.

    Raises:
        Refused: The tool is none of theirs.
    """
    person = people.known(session, by)
    tool = next((one for one in readable_by(session, person) if one.id == tool_id), None)
    if tool is None:
        raise Refused("That tool is not on this site's list for you any more.")
    version = session.get(ToolVersion, version_id) if version_id else None
    if version is not None and version.tool_id != tool.id:
        version = None
    return page(session, tool, version, number, size)


def readable_by(session: Session, person: Person) -> list[Tool]:
    """The tools whose history somebody may read: of their teams, of embeddings that they take part in, by name."""
    found = []
    for tool in tools.of_workspace(session, person.workspace_id):
        around = session.exec(
            select(Embedding.id)
            .join(EmbeddingTool, col(EmbeddingTool.embedding_id) == col(Embedding.id))
            .where(EmbeddingTool.tool_id == tool.id)
        ).all()
        roles = access.roles_of(
            session,
            person,
            teams=tools.teams_using(session, tool.key),
            embeddings=[embedding_id for embedding_id in around if embedding_id is not None],
        )
        if roles & access.RIGHTS[Act.READ_TOOL_HISTORY] or person.key in (tool.owner_id, tool.approver_id):
            found.append(tool)
    return found


def page(session: Session, tool: Tool, version: ToolVersion | None, number: int, size: int) -> HistoryPage:
    """A page of a tool's history; a number past the end gives the last one."""
    which = [col(ChangeNote.tool_id) == tool.id, col(ChangeNote.status).in_(WENT_LIVE)]
    if version is not None:
        which.append(col(ChangeNote.version_to_id) == version.id)
    count = session.exec(select(func.count()).select_from(ChangeNote).where(*which)).one()
    pages = max(1, -(-count // size))
    number = min(max(number, 1), pages)
    rows = session.exec(
        select(ChangeNote)
        .where(*which)
        .order_by(col(ChangeNote.live_at).desc(), col(ChangeNote.id).desc())
        .offset((number - 1) * size)
        .limit(size)
    ).all()
    return HistoryPage(
        tool_id=tool.key,
        tool=tool.name,
        zone=reporting.zone_of_tool(session, tool.key),
        version=version.name if version else None,
        changes=tuple(_change(session, row) for row in rows),
        number=number,
        pages=pages,
        restrictions=restrictions.on_tools(session, [tool.key]),
        version_id=version.id if version else None,
    )


def whole(session: Session, workspace_id: int, name: str) -> HistoryPage:
    """All of a tool's history on one page, oldest first.

    Raises:
        Refused: There is no such tool.
    """
    here = tools.of_workspace(session, workspace_id)
    tool = _called(here, name)
    if not name.strip():
        raise Refused("Say which tool. There are: {names}.", names=_listed(here))
    if tool is None:
        _refuse_alike(here, name)
        raise Refused("No tool here is called {name}. There are: {names}.", name=name, names=_listed(here))
    rows = session.exec(
        select(ChangeNote)
        .where(ChangeNote.tool_id == tool.id, col(ChangeNote.status).in_(WENT_LIVE))
        .order_by(col(ChangeNote.live_at), col(ChangeNote.id))
    ).all()
    changes = tuple(_change(session, row) for row in rows)
    return HistoryPage(tool.key, tool.name, reporting.zone_of_tool(session, tool.key), None, changes, 1, 1)


def _change(session: Session, note: ChangeNote) -> ToolChange:
    assert note.live_at is not None  # noqa: S101 - it went live
    decision = note_approval.latest(session, note.key)
    return ToolChange(
        reference=note.reference,
        live_at=note.live_at,
        author=people.by_id(session, note.author_id).name,
        version_from=change_notes.version_name(session, note.version_from_id),
        version_to=change_notes.version_name(session, note.version_to_id),
        what=note.what,
        why=note.why,
        before=note.before,
        after=note.after,
        expected=note.expected,
        answers=tuple(report.reference for report in change_notes.answered_by(session, note.key)),
        state=packets.state_of(session, note),
        rolled_back_at=note.rolled_back_at,
        rolled_back_because=note.rolled_back_because,
        approval=note.approval,
        approved_by=people.by_id(session, decision.person_id).name if decision and decision.approved else None,
    )


def _of_name(among: Sequence[Tool], name: str) -> Tool | None:
    return next((tool for tool in among if _plain(tool.name) == _plain(name)), None)


def _beginning(among: Sequence[Tool], name: str) -> list[Tool]:
    return [tool for tool in among if _plain(name) and _plain(tool.name).startswith(_plain(name))]


def _called(among: Sequence[Tool], name: str) -> Tool | None:
    """The tool of a name, or the only one whose name begins so."""
    alike = _beginning(among, name)
    return _of_name(among, name) or (alike[0] if len(alike) == 1 else None)


def _refuse_alike(among: Sequence[Tool], name: str) -> None:
    alike = _beginning(among, name)
    if len(alike) > 1:
        raise Refused("Several tools begin so: {names}. Write more of the name.", names=_listed(alike))


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _listed(among: Sequence[Tool]) -> str:
    return ", ".join(tool.name for tool in among) or "none"
