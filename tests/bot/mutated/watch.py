"""Watches every row of the database, and knows by its own lights who may change which.

A trigger on each table notes what is inserted, changed or taken away. What may change is written down here a second
time, from the glossary and the site file, and not read from the app: a right that the app gives by mistake is found.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.demo.story import DATA_SCIENTIST, LEAD, SPONSORS
from tests.bot.conftest import demo_site
from tests.bot.opening import ADMIN

HOME = "T0REDSTONE"
CREW = frozenset(who for team in demo_site().teams for crew in team.crews for who in crew.people)
DUTY = frozenset(who for team in demo_site().teams for who in team.duty_contacts)
KNOWN = frozenset(person.slack_id for person in demo_site().people)
EVERYBODY_AROUND = CREW | {LEAD, DATA_SCIENTIST}
ASKED = frozenset({LEAD, *SPONSORS})
PLANNERS = frozenset({LEAD, DATA_SCIENTIST})

COMES_OF_SENDING = frozenset(
    {
        ("delivery", "UPDATE"),
        ("message", "INSERT"),
        ("message", "UPDATE"),
        ("sending_lease", "INSERT"),
        ("sending_lease", "UPDATE"),
    }
)
"""What the sender writes down, whenever it comes round to it."""
NOTED_WITH_IT = {"person": ("direct_channel", "profile_at")}
"""It also keeps the channel of somebody's direct messages, and that Slack is to be asked about somebody whom it could
not reach, in a row that says much else of them."""


@dataclass(frozen=True)
class Right:
    """Who may do something, and what it changes besides the history, the outbox and the keys of requests."""

    who: frozenset[str]
    tables: frozenset[str]


COMPUTED_AGAIN = frozenset({"planned_day"})
"""What an act changes after which days that are planned are to be computed again."""
CALLED_OFF = COMPUTED_AGAIN | {"prompt"}
"""What calling questions off changes besides the outbox."""

OF_SHIFTS = ("shift_not_worked", "shift_swapped", "shift_worked_after_all")
"""What somebody says of the shift that they are asked about."""
TRIAGED = (
    "feedback_accepted",
    "feedback_passed_on",
    "feedback_explained",
    "feedback_declined",
    "feedback_duplicate",
    "feedback_reopened",
    "question_asked",
    "cause_set",
)
"""What a data scientist may do with a report, besides reading it."""

CALLS = frozenset({"unsafe_call", "unsafe_step", "unsafe_called"})
"""What calling people about something unsafe changes."""
TAKERS = frozenset({DATA_SCIENTIST, LEAD, *DUTY})
RESTRICTING = frozenset({LEAD, *DUTY})
NOTES = ("change_note_drafted", "change_note_edited", "change_note_sent_for_approval")
VISITS = ("visit_agreed", "visit_moved", "visit_called_off")

RIGHTS = {
    "feedback_filed": Right(EVERYBODY_AROUND, frozenset({"feedback", "sequence", "unfiled_report"}) | CALLS),
    "feedback_edited": Right(EVERYBODY_AROUND, frozenset({"feedback", "earlier_report", "question_back"}) | CALLS),
    "feedback_added_to": Right(EVERYBODY_AROUND, frozenset({"feedback_addition"})),
    "feedback_withdrawn": Right(EVERYBODY_AROUND, frozenset({"feedback", "unsafe_call", "question_back", "decision"})),
    **dict.fromkeys(("report_said", "report_forgotten"), Right(EVERYBODY_AROUND, frozenset({"unfiled_report"}))),
    "feedback_acknowledged": Right(frozenset({DATA_SCIENTIST}), frozenset({"feedback", "unsafe_call"})),
    # What is unsafe, and what a tool is not to be relied on for
    "unsafe_taken": Right(TAKERS, frozenset({"feedback", "unsafe_call"})),
    "unsafe_may_call": Right(EVERYBODY_AROUND, frozenset({"unsafe_call"})),
    **dict.fromkeys(
        ("restriction_set", "restriction_extended", "restriction_lifted"),
        Right(RESTRICTING, frozenset({"restriction"})),
    ),
    # Triage, observations and exposure
    **dict.fromkeys(
        TRIAGED,
        Right(frozenset({DATA_SCIENTIST}), frozenset({"feedback", "decision", "question_back", "unsafe_call"})),
    ),
    "question_answered": Right(CREW, frozenset({"question_back"})),
    "observation_noted": Right(frozenset({DATA_SCIENTIST}), frozenset({"observation"})),
    "exposure_entered": Right(frozenset({DATA_SCIENTIST}), frozenset({"exposure"})),
    "change_note_live": Right(
        frozenset({DATA_SCIENTIST}),
        frozenset({"change_note", "answered_feedback", "feedback", "sequence", "tool_version"})
        | {"change_note_version", "telling", "question_back", "unsafe_call"},
    ),
    **dict.fromkeys(
        NOTES,
        Right(
            frozenset({DATA_SCIENTIST}),
            frozenset({"change_note", "change_note_version", "sequence", "change_note_decision"}),
        ),
    ),
    **dict.fromkeys(
        ("change_note_approved", "change_note_not_yet"),
        Right(frozenset({ADMIN}), frozenset({"change_note", "change_note_decision"})),
    ),
    "change_note_rolled_back": Right(
        frozenset({DATA_SCIENTIST}), frozenset({"change_note", "feedback", "telling", "tool_version"})
    ),
    "verdict_words_added": Right(CREW, frozenset({"verdict"})),
    "feedback_happened_again": Right(EVERYBODY_AROUND, frozenset({"recurrence"})),
    **dict.fromkeys(VISITS, Right(CREW | {DATA_SCIENTIST}, frozenset({"visit"}))),
    "embedding_proposed": Right(
        frozenset({LEAD, ADMIN}), frozenset({"embedding", "embedding_tool", "agreement", "grant", "sequence"})
    ),
    "embedding_agreed": Right(ASKED, frozenset({"embedding", "agreement", "prompt_plan"})),
    "embedding_declined": Right(ASKED, frozenset({"embedding", "agreement"})),
    "prompt_answered": Right(CREW, frozenset({"prompt", "answer", "earlier_answer"})),
    "detail_added": Right(CREW, frozenset({"prompt_detail"})),
    **dict.fromkeys(
        (
            "prompt_plan_made",
            "prompt_plan_changed",
            "prompt_plan_paused",
            "prompt_plan_resumed",
            "prompt_plan_ended",
            "question_set_kept",
        ),
        Right(PLANNERS, frozenset({"prompt_plan", "question_set"}) | CALLED_OFF),
    ),
    "verdict_given": Right(CREW, frozenset({"verdict", "feedback", "answered_feedback", "visit"})),
    "review_signed": Right(frozenset(SPONSORS), frozenset({"review", "sign_off", "embedding", "feedback"})),
    "delivery_retried": Right(frozenset({ADMIN}), frozenset()),
    "absence_noted": Right(KNOWN, frozenset({"absence"}) | CALLED_OFF),
    "absence_ended": Right(KNOWN, frozenset({"absence"}) | COMPUTED_AGAIN),
    "preferences_chosen": Right(KNOWN, frozenset({"preferences"}) | CALLED_OFF),
    "plan_muted": Right(CREW, frozenset({"muted_plan"}) | CALLED_OFF),
    "plan_unmuted": Right(CREW, frozenset({"muted_plan"}) | CALLED_OFF),
    "crew_changed": Right(frozenset({LEAD, ADMIN}), frozenset({"team_member"}) | COMPUTED_AGAIN),
    **dict.fromkeys(OF_SHIFTS, Right(CREW, frozenset({"roster_entry"}) | CALLED_OFF)),
    "team_shut_down": Right(frozenset({LEAD, ADMIN}), frozenset({"shutdown"}) | CALLED_OFF),
    "shutdown_lifted": Right(frozenset({LEAD, ADMIN}), frozenset({"shutdown"}) | COMPUTED_AGAIN),
    "embedding_paused": Right(frozenset({LEAD, ADMIN}), frozenset({"embedding", "pause"}) | CALLED_OFF),
    "embedding_resumed": Right(frozenset({LEAD, ADMIN}), frozenset({"embedding", "pause"}) | COMPUTED_AGAIN),
}
ALSO_HAPPENS = frozenset(
    {
        *("embedding_planned", "embedding_cancelled", "review_closed", "embedding_closed"),
        *("account_switched_on", "account_switched_off", "report_button_put_up"),
        *("unsafe_raised", "unsafe_nobody_left", "unsafe_withdrawn", "visit_proposed", "feedback_goes_on_alone"),
    }
)
"""What the last act of several brings about, or what Slack says of somebody, without an actor of its own."""
TAKEN_BACK = {
    "absence_ended": "absence",
    "plan_unmuted": "muted_plan",
    "shutdown_lifted": "shutdown",
    "shift_swapped": "roster_entry",
    "shift_worked_after_all": "roster_entry",
}
"""What somebody had said and takes back: the only rows that go."""
COMES_WITH = frozenset({"unsafe_taken", "unsafe_may_call", "visit_booked"})
"""What may be said with another act of the same person."""
KEPT = frozenset({"source_key"})
ALWAYS = frozenset({"event", "delivery"}) | KEPT

ASKED_TO_AGREE = "SELECT p.slack_id FROM agreement a JOIN person p ON p.id = a.person_id WHERE a.embedding_id = ?"
THEIRS = {
    **dict.fromkeys(
        ("feedback_acknowledged", *TRIAGED),
        """
        SELECT p.slack_id FROM feedback f
        JOIN "grant" g ON g.scope = 'embedding' AND g.scope_id = f.embedding_id AND g.role = 'data_scientist'
        JOIN person p ON p.id = g.person_id WHERE f.id = ?""",
    ),
    "question_answered": "SELECT p.slack_id FROM feedback f JOIN person p ON p.id = f.reporter_id WHERE f.id = ?",
    **dict.fromkeys(
        ("feedback_edited", "feedback_added_to", "feedback_withdrawn"),
        "SELECT p.slack_id FROM feedback f JOIN person p ON p.id = f.reporter_id WHERE f.id = ?",
    ),
    **dict.fromkeys(
        ("report_said", "report_forgotten"),
        "SELECT p.slack_id FROM unfiled_report u JOIN person p ON p.id = u.person_id WHERE u.id = ?",
    ),
    **dict.fromkeys(
        ("unsafe_may_call",),
        "SELECT p.slack_id FROM feedback f JOIN person p ON p.id = f.reporter_id WHERE f.id = ?",
    ),
    **dict.fromkeys(
        VISITS,
        "SELECT p.slack_id FROM visit v JOIN person p ON p.id IN (v.reporter_id, v.scientist_id) WHERE v.id = ?",
    ),
    "embedding_agreed": ASKED_TO_AGREE,
    "embedding_declined": ASKED_TO_AGREE,
    **dict.fromkeys(
        ("prompt_answered", "detail_added", *OF_SHIFTS),
        "SELECT p.slack_id FROM prompt q JOIN person p ON p.id = q.person_id WHERE q.id = ?",
    ),
    "verdict_given": """
        SELECT p.slack_id FROM answered_feedback a JOIN feedback f ON f.id = a.feedback_id
        JOIN person p ON p.id = f.reporter_id WHERE a.change_note_id = ?""",
    "review_signed": """
        SELECT p.slack_id FROM review r
        JOIN "grant" g ON g.scope = 'embedding' AND g.scope_id = r.embedding_id AND g.role LIKE 'sponsor_%'
        JOIN person p ON p.id = g.person_id WHERE r.id = ?""",
}
"""Of what an act is about: the people whom it is for."""


@dataclass(frozen=True)
class Change:
    """A row that is not as it was."""

    table: str
    how: str
    row: int


@dataclass(frozen=True)
class Who:
    """Who asks, as Slack's documentation says where it stands."""

    workspace: str
    user: str

    @property
    def is_known(self) -> bool:
        """Whether the site file has them."""
        return self.workspace == HOME and self.user in KNOWN


def who_asks(payload: Mapping[str, Any]) -> Who:
    """Who asks by a request."""
    if payload.get("command") is not None:
        return Who(_text(payload.get("team_id")), _text(payload.get("user_id")))
    if payload.get("type") == "event_callback":
        event = payload.get("event")
        user = event.get("user") if isinstance(event, Mapping) else None
        return Who(_text(payload.get("team_id")), _text(user.get("id") if isinstance(user, Mapping) else user))
    team, user = payload.get("team"), payload.get("user")
    user = user if isinstance(user, Mapping) else {}
    # An app that is installed for a whole organisation gets no team.
    workspace = _text(team.get("id")) if isinstance(team, Mapping) else ""
    return Who(workspace or _text(user.get("team_id")), _text(user.get("id")))


def is_said_of_somebody(payload: Mapping[str, Any]) -> bool:
    """Whether Slack says that somebody has changed."""
    event = payload.get("event")
    return isinstance(event, Mapping) and event.get("type") == "user_change"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _of_the_rest(connection: sqlite3.Connection, table: str) -> str:
    names = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    return "UPDATE OF " + ", ".join(name for name in names if name not in NOTED_WITH_IT[table])


class Watch:
    """Notes what changes in a SQLite file while somebody else writes to it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._seen = 0

    @classmethod
    def over(cls, file: Path) -> "Watch":
        """Watch a file from now on."""
        connection = sqlite3.connect(file, isolation_level=None, timeout=10)
        connection.execute("CREATE TABLE watched (n INTEGER PRIMARY KEY, place TEXT, how TEXT, line INTEGER)")
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('watched', 'alembic_version')"
        )
        for (table,) in tables.fetchall():
            for how, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                what = _of_the_rest(connection, table) if how == "UPDATE" and table in NOTED_WITH_IT else how
                connection.execute(
                    f'CREATE TRIGGER watch_{table}_{how} AFTER {what} ON "{table}" BEGIN INSERT INTO watched '  # noqa: S608
                    f"(place, how, line) VALUES ('{table}', '{how}', {row}.rowid); END"
                )
        return cls(connection)

    def close(self) -> None:
        """Stop to watch."""
        self._connection.close()

    def changes(self) -> list[Change]:
        """What changed since it was asked last."""
        rows = self._connection.execute(
            "SELECT n, place, how, line FROM watched WHERE n > ? ORDER BY n", [self._seen]
        ).fetchall()
        self._seen = rows[-1][0] if rows else self._seen
        return [Change(*row[1:]) for row in rows]

    def objections(self, payload: Mapping[str, Any], changes: list[Change]) -> list[str]:
        """What should not have changed for a request, and why; nothing if all is as it may be."""
        asked_for = [change for change in changes if (change.table, change.how) not in COMES_OF_SENDING]
        if not asked_for:
            return []
        who = who_asks(payload)
        if who.workspace == HOME and is_said_of_somebody(payload) and {change.table for change in asked_for} == KEPT:
            return []
        if not who.is_known:
            return [f"{who} is nobody here, but changed {asked_for}"]
        return [*self._of_another_workspace(asked_for), *self._without_a_right(payload, who, asked_for)]

    def _without_a_right(self, payload: Mapping[str, Any], who: Who, changes: list[Change]) -> Iterator[str]:
        happened = [self._row("event", change.row) for change in changes if change.table == "event"]
        acts = [event for event in happened if event["kind"] not in ALSO_HAPPENS]
        tables = {change.table for change in changes} - ALWAYS
        gone = {change.table for change in changes if change.how == "DELETE"}
        if gone - {TAKEN_BACK[event["kind"]] for event in acts if event["kind"] in TAKEN_BACK}:
            yield f"a row is gone: {changes}"
        together = [event for event in acts if event["kind"] not in COMES_WITH]
        if together and all(event["actor_id"] == together[0]["actor_id"] for event in acts):
            acts = together
        if not acts:
            if tables and not self._is_what_slack_says_of_somebody(payload, who, changes):
                yield f"changed without an event: {changes}"
            return
        if len({act["kind"] for act in acts}) > 1 or acts[0]["kind"] not in RIGHTS:
            yield f"more than one act, or an unknown one: {acts}"
            return
        if len(acts) > 1 and acts[0]["kind"] not in (*TRIAGED, "feedback_acknowledged"):
            yield f"an act that is done with one thing alone: {acts}"
        for act in acts:
            yield from self._without_its_right(act, who, tables)

    def _without_its_right(self, act: Mapping[str, Any], who: Who, tables: set[str]) -> Iterator[str]:
        right, actor = RIGHTS[act["kind"]], self._row("person", act["actor_id"] or 0)
        if actor.get("slack_id") != who.user:
            yield f"{act['kind']} by {actor.get('slack_id')}, but {who} asked"
        if who.user not in right.who and not (actor.get("admin") and act["kind"] == "embedding_proposed"):
            yield f"{who} has no right to {act['kind']}"
        if not tables <= right.tables:
            yield f"{act['kind']} changed {tables - right.tables}"
        if act["kind"] in THEIRS and who.user not in self._first_column(THEIRS[act["kind"]], act["subject_id"]):
            yield f"{act['kind']} of {act['subject_id']} is not for {who}"

    def _is_what_slack_says_of_somebody(self, payload: Mapping[str, Any], who: Who, changes: list[Change]) -> bool:
        rows = [change for change in changes if change.table not in ALWAYS]
        same = all(self._row(change.table, change.row).get("slack_id") == who.user for change in rows)
        return (
            is_said_of_somebody(payload)
            and same
            and {(change.table, change.how) for change in rows} == {("person", "UPDATE")}
        )

    def _of_another_workspace(self, changes: list[Change]) -> Iterator[str]:
        for change in changes:
            row = self._row(change.table, change.row)
            if "workspace_id" in row and self._row("workspace", row["workspace_id"])["slack_id"] != HOME:
                yield f"{change} is of another workspace"
            if change.table == "source_key" and not str(row["workspace"]).endswith(HOME):
                yield f"{change} was kept for another workspace"

    def _row(self, table: str, row: int) -> dict[str, Any]:
        with closing(self._connection.execute(f'SELECT * FROM "{table}" WHERE rowid = ?', [row])) as found:  # noqa: S608
            names = [column[0] for column in found.description]
            values = found.fetchone()
        return dict(zip(names, values, strict=True)) if values else {}

    def _first_column(self, query: str, subject: int) -> set[str]:
        return {str(row[0]) for row in self._connection.execute(query, [subject])}
