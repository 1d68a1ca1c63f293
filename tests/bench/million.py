"""A workspace that has sent for years: a million deliveries of which nothing is due, and then what is due on top.

The database makes all rows by itself, in a statement for each table.
"""

from typing import Any

from sqlalchemy import text
from sqlmodel import Session, select

from store.prepared import dialect_of
from store.workspaces import Workspace
from tests.bench.site import WORKSPACE

PEOPLE = 5_000
EVERY_S = 94
"""Seconds between two messages of the past: a million are three years of a busy site."""
QUEUED = 0.02
"""The share that is queued for the days to come; all others have ended."""

SERIES = "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :many)"

PERSONS = """
INSERT INTO person (workspace_id, slack_id, name, zone, locale, active, shared, admin, direct_channel, created_at)
{series} SELECT :workspace, 'UMANY' || n, 'Person ' || n, 'UTC', 'en-US', true, false, false, 'DMANY' || n, {then}
FROM series
"""

DELIVERIES = """
INSERT INTO delivery
(id, workspace_id, kind, dedupe_key, person_id, edits_id, subject, subject_id, data, status, reason, due_at,
 attempts, attempted_at, looks, created_at, ended_at)
{series} SELECT :first + n, :workspace,
    CASE WHEN n % 10 = 0 THEN 'prompt_answered' ELSE 'prompt' END,
    'past:' || n, :person - n % :people,
    CASE WHEN n % 10 = 0 AND n <= :edge THEN :first + n - 1 END, 'prompt', n, '{{}}',
    CASE WHEN n > :edge THEN 'queued' WHEN n % 20 = 17 THEN 'skipped' WHEN n % 20 = 18 THEN 'expired'
         WHEN n % 100 = 99 THEN 'failed' ELSE 'sent' END,
    CASE WHEN n <= :edge AND (n % 20 IN (17, 18) OR n % 100 = 99) THEN 'for some reason' END,
    {then}, CASE WHEN n <= :edge THEN 1 ELSE 0 END, CASE WHEN n <= :edge THEN {then} END, 0, {then},
    CASE WHEN n <= :edge THEN {then} END
FROM series
"""
"""One in ten rewrites the message before it."""

MESSAGES = """
INSERT INTO message (delivery_id, channel, ts, posted_at)
SELECT delivery.id, person.direct_channel, delivery.id || '.0', delivery.ended_at
FROM delivery JOIN person ON person.id = delivery.person_id
WHERE delivery.status = 'sent' AND delivery.edits_id IS NULL
"""

DUE = """
INSERT INTO delivery
(workspace_id, kind, dedupe_key, person_id, subject, subject_id, data, status, due_at, expires_at, attempts, looks,
 created_at)
{series} SELECT :workspace, 'prompt', :key || n, :person - n % :people, 'prompt', n, '{{}}', 'queued', {then},
    {soon}, 0, 0, {then}
FROM series
"""

SECONDS = "((n - :edge) * :every + CASE WHEN n > :edge THEN 86400 ELSE 0 END)"
"""Of a series of instants: the one with the number `edge` is now, and nothing more happens for a day."""
THEN = {
    "sqlite": f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {SECONDS} || ' seconds')",
    "postgresql": f"now() + {SECONDS} * interval '1 second'",
}
SOON = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now', '1 hour')",
    "postgresql": "now() + interval '1 hour'",
}


def settle_in(session: Session, rows: int) -> int:
    """Make people and deliveries of whom nothing is due. Returns the workspace's id."""
    workspace = session.exec(select(Workspace).where(Workspace.slack_id == WORKSPACE)).one()
    edge = int(rows * (1 - QUEUED))
    _make(session, PERSONS, PEOPLE, workspace=workspace.id, edge=PEOPLE + 1, every=EVERY_S)
    first = session.execute(text("SELECT coalesce(max(id), 0) FROM delivery")).scalar_one()
    person = _newest_person(session)
    _make(
        session,
        DELIVERIES,
        rows,
        workspace=workspace.id,
        edge=edge,
        every=EVERY_S,
        first=first,
        person=person,
        people=PEOPLE,
    )
    session.execute(text(MESSAGES))
    if dialect_of(session) == "postgresql":
        session.execute(text("SELECT setval(pg_get_serial_sequence('delivery', 'id'), max(id)) FROM delivery"))
    session.execute(
        text("UPDATE delivery SET status = 'skipped', ended_at = due_at WHERE id <= :first"), {"first": first}
    )
    assert workspace.id is not None
    return workspace.id


def make_due(session: Session, workspace_id: int, many: int, key: str) -> None:
    """Make deliveries that became due within the last ten minutes, to many people in turn.

    Args:
        session: The unit's session.
        workspace_id: Whose they are.
        many: How many.
        key: What tells them from those of other rounds.
    """
    person = _newest_person(session)
    _make(
        session,
        DUE,
        many,
        workspace=workspace_id,
        edge=many + 1,
        every=600 / many,
        key=key,
        person=person,
        people=PEOPLE,
    )


def end_all(session: Session) -> None:
    """End what is under way, as if it had been sent."""
    session.execute(
        text(
            "UPDATE delivery SET status = 'sent', ended_at = attempted_at, claim_token = NULL, lease_until = NULL "
            "WHERE status = 'sending'"
        )
    )


def _make(session: Session, statement: str, many: int, **values: Any) -> None:
    dialect = dialect_of(session)
    said = statement.format(series=SERIES, then=THEN[dialect], soon=SOON[dialect])
    session.execute(text(said), {"many": many, **values})


def _newest_person(session: Session) -> int:
    return int(session.execute(text("SELECT max(id) FROM person")).scalar_one())
