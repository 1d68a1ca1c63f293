"""The packet of a review: what an embedding's term was, as canonical JSON, with nothing in it about few people."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from store import (
    change_notes,
    deliveries,
    embeddings,
    exposure,
    history,
    observations,
    privacy,
    prompt_plans,
    shifts,
    teams,
    tools,
    unsafe_cards,
)
from store.change_notes import ChangeNote
from store.deliveries import Delivery
from store.embeddings import Embedding
from store.exposure import WeekOfTool
from store.feedback import UNSAFE_FIRST, Feedback, Impact
from store.figures.change_state import ChangeState, change_state
from store.policy import Policy
from store.prompts import Answer, Prompt, PromptStatus
from store.questions import QUESTIONS, QuestionSet
from store.restrictions import Restriction
from store.tools import Tool, ToolVersion
from store.verdicts import Verdict

SCHEMA = "alongside-review-1"


@dataclass(frozen=True, slots=True)
class Compiled:
    """A packet, and the newest event that it knows of."""

    packet: str
    newest_event: int


def compile_packet(session: Session, embedding_id: int, *, policy: Policy, at: datetime) -> Compiled:
    """The review packet of an embedding as canonical JSON (sorted keys, no spaces, UTF-8).

    It holds facts about the tools row by row, without names or texts of reporters, and figures about people only
    when enough distinct people stand behind them.
    """
    embedding = embeddings.by_id(session, embedding_id)
    newest = history.newest(session, embedding.workspace_id)
    team = teams.by_id(session, embedding.team_id)
    weeks = exposure.weeks_of_embedding(session, embedding, shifts.local_day(at, team.zone))
    packet = {
        "schema": SCHEMA,
        "reference": embedding.reference,
        "team": team.name,
        "site": team.site,
        "zone": team.zone,
        "first_day": embedding.first_day.isoformat(),
        "last_day": embedding.last_day.isoformat(),
        "exit_criteria": embedding.exit_criteria,
        "compiled_at": at.isoformat(),
        "data_scientists": [person.name for person in embeddings.embedded(session, embedding.key)],
        "sponsors": {role.value: person.name for role, person in embeddings.sponsors(session, embedding.key).items()},
        "tools": [
            {**_tool_part(session, embedding, tool), "exposure": _exposure_part(tool, weeks)}
            for tool in embeddings.tools_of(session, embedding.key)
        ],
        "changes": _changes(session, embedding),
        "prompts": _prompt_figures(session, embedding, policy),
        "observations": observations.count_of(session, embedding.key),
    }
    text = json.dumps(packet, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Compiled(text, newest)


def digest(packet: str) -> str:
    """The SHA-256 of a packet's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(packet.encode()).hexdigest()


def _tool_part(session: Session, embedding: Embedding, tool: Tool) -> dict[str, Any]:
    rows = session.exec(
        select(Feedback, ToolVersion.name)
        .outerjoin(ToolVersion, col(ToolVersion.id) == col(Feedback.version_id))
        .where(Feedback.embedding_id == embedding.id, Feedback.tool_id == tool.id)
        .order_by(UNSAFE_FIRST, col(Feedback.id))
    ).all()
    unsafe_ids = [row.key for row, _ in rows if row.impact is Impact.UNSAFE]
    seen_after = unsafe_cards.seen_after_minutes(session, unsafe_ids)
    versions = session.exec(
        select(ToolVersion.name).where(ToolVersion.tool_id == tool.id).order_by(col(ToolVersion.live_from))
    ).all()
    restrictions = session.exec(
        select(func.count())
        .select_from(Restriction)
        .where(
            Restriction.tool_id == tool.id,
            col(Restriction.lifted_at).is_(None),
            col(Restriction.ended_at).is_(None),
        )
    ).one()
    return {
        "name": tool.name,
        "type": tool.type.value,
        "versions": list(versions),
        "restrictions_in_force": restrictions,
        "unsafe": [
            {"reference": row.reference, "seen_after_minutes": seen_after.get(row.key)}
            for row, _ in rows
            if row.impact is Impact.UNSAFE
        ],
        "reports": [
            {
                "reference": row.reference,
                "kind": row.kind.value,
                "version": version,
                "status": row.status.value,
            }
            for row, version in rows
        ],
        "by_status": _counted(row.status.value for row, _ in rows),
        "by_kind": _counted(row.kind.value for row, _ in rows),
    }


def _exposure_part(tool: Tool, weeks: Sequence[WeekOfTool]) -> list[dict[str, Any]]:
    """Each week of the term: what was reported, among what the tool has shown, null where nobody has said how much."""
    return [
        {
            "week": one.week.isoformat(),
            "shown": one.shown,
            "false_alarms": one.false_alarms,
            "missed": one.missed,
            "wrong": one.wrong,
        }
        for one in weeks
        if one.tool == tool.name
    ]


def _changes(session: Session, embedding: Embedding) -> list[dict[str, Any]]:
    return [
        {
            "reference": note.reference,
            "tool": tools.by_id(session, note.tool_id).name,
            "what": note.what,
            "why": note.why,
            "version_from": change_notes.version_name(session, note.version_from_id),
            "version_to": change_notes.version_name(session, note.version_to_id),
            "live_at": note.live_at.isoformat() if note.live_at else None,
            "answers": [row.reference for row in change_notes.answered_by(session, note.key)],
            "state": state_of(session, note).value,
            "rolled_back_at": note.rolled_back_at.isoformat() if note.rolled_back_at else None,
            "rolled_back_because": note.rolled_back_because,
        }
        for note in change_notes.of_embedding(session, embedding.key)
    ]


def state_of(session: Session, note: ChangeNote) -> ChangeState:
    """The state of a change in a word, from what its reporters said so far."""
    verdicts = session.exec(select(Verdict).where(Verdict.change_note_id == note.id)).all()
    return change_state(verdict.value for verdict in verdicts)


def _prompt_figures(session: Session, embedding: Embedding, policy: Policy) -> dict[str, Any]:
    rows = session.exec(
        select(Prompt.person_id, Prompt.status)
        .join(Delivery, col(Delivery.id) == col(Prompt.delivery_id))
        .where(Prompt.embedding_id == embedding.id, Delivery.status == deliveries.Status.SENT)
    ).all()
    asked = {person for person, _ in rows}
    answered = [person for person, status in rows if status is PromptStatus.ANSWERED]
    return {
        "sent": _figure(privacy.about_people(len(rows), len(asked), policy)) if rows else 0,
        "answered": _figure(privacy.about_people(len(answered), len(set(answered)), policy)) if rows else 0,
        "said": _said(session, embedding, policy),
    }


def _said(session: Session, embedding: Embedding, policy: Policy) -> dict[str, Any]:
    (question,) = QUESTIONS[QuestionSet.DID_IT_HELP]
    said = session.exec(
        select(Answer.value, Prompt.person_id)
        .join(Prompt, col(Prompt.id) == col(Answer.prompt_id))
        .where(Prompt.embedding_id == embedding.id, Answer.question == question.name)
    ).all()
    people_by_choice = {
        choice: [person for value, person in said if value == choice]
        for choice in (question.choices if prompt_plans.of_embedding(session, embedding.key) else ())
    }
    figures = privacy.breakdown(
        {choice: (len(by), len(set(by))) for choice, by in people_by_choice.items()},
        len({person for _, person in said}),
        policy,
    )
    return {str(choice): _figure(figure) for choice, figure in figures.items()}


def _figure(value: int | privacy.Withheld) -> Any:
    return {"withheld": asdict(value)} if isinstance(value, privacy.Withheld) else value


def _counted(words: Any) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))
