"""Exports: reports row by row with names and texts, for the embedded people only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from store import access, embeddings, people, references
from store.access import Act
from store.additions import Addition
from store.embeddings import Embedding
from store.errors import Refused
from store.feedback import UNSAFE_FIRST, Feedback, shift_of
from store.people import Caller, Person
from store.references import Series
from store.tools import Tool, ToolVersion


@dataclass(frozen=True, slots=True)
class ExportedReport:
    """A report as the embedded people get it, row by row."""

    reference: str
    filed_at: datetime
    reporter: str
    tool: str
    version: str
    kind: str
    impact: str
    status: str
    text: str
    expected: str = ""
    place: str = ""
    did: str = ""
    shift_day: str = ""
    shift: str = ""
    relayed_for: str = ""
    links: str = ""
    """One on each line."""
    permalink: str = ""
    edited_at: str = ""
    additions: str = ""
    """Oldest first, with a blank line between them."""


def export(session: Session, embedding_number: int, *, by: Caller) -> list[ExportedReport]:
    """Every report of an embedding with names and texts, what is unsafe first, for the embedded people only.

    Raises:
        Refused: There is no such embedding, or the person is not one of its embedded people.
    """
    person = people.known(session, by)
    embedding = embeddings.by_reference(session, person.workspace_id, embedding_number)
    if embedding is None:
        raise Refused(
            "There is no embedding {reference}. Type /embedding list to see what there is.",
            reference=references.write(Series.EMBEDDING, embedding_number),
        )
    roles = access.roles_of(session, person, teams=[embedding.team_id], embeddings=[embedding.key])
    access.require(Act.READ_REPORTS, roles)
    return list(_rows(session, embedding))


def _rows(session: Session, embedding: Embedding) -> Iterator[ExportedReport]:
    rows = session.exec(
        select(Feedback, Person.name, Tool.name, ToolVersion.name)
        .join(Person, col(Person.id) == col(Feedback.reporter_id))
        .join(Tool, col(Tool.id) == col(Feedback.tool_id))
        .outerjoin(ToolVersion, col(ToolVersion.id) == col(Feedback.version_id))
        .where(Feedback.embedding_id == embedding.id)
        .order_by(UNSAFE_FIRST, col(Feedback.id))
    )
    added = _additions(session, embedding)
    for row, reporter, tool, version in rows:
        day, shift = shift_of(row) or (None, "")
        yield ExportedReport(
            row.reference,
            row.filed_at,
            reporter,
            tool,
            version or "",
            row.kind.value,
            row.impact.value if row.impact else "",
            row.status.value,
            row.text,
            expected=row.expected or "",
            place=row.place or "",
            did=row.did.value if row.did else "",
            shift_day=day.isoformat() if day else "",
            shift=shift,
            relayed_for=row.relayed_for or "",
            links="\n".join(row.links or ()),
            permalink=row.permalink or "",
            edited_at=row.edited_at.isoformat() if row.edited_at else "",
            additions="\n\n".join("\n".join((one.text, *(one.links or ()))).strip() for one in added.get(row.key, ())),
        )


def _additions(session: Session, embedding: Embedding) -> dict[int, list[Addition]]:
    rows = session.exec(
        select(Addition)
        .join(Feedback, col(Feedback.id) == col(Addition.feedback_id))
        .where(Feedback.embedding_id == embedding.id)
        .order_by(col(Addition.id))
    )
    found: dict[int, list[Addition]] = {}
    for row in rows:
        found.setdefault(row.feedback_id, []).append(row)
    return found
