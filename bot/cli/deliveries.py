"""`alongside deliveries`: where is my message? What people wrote is nowhere in it."""

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

import typer

from bot.cli import database
from jobs.clock import SystemClock
from store import retrying, tracing
from store.deliveries import Kind, Status
from store.meanings import Meaning
from store.site import workspace_meant
from store.store import Store
from store.tracing import Step, Trace, Traced, Wanted
from store.workspaces import Workspace

KINDS: dict[Kind, str] = {
    Kind.EMBEDDING_PROPOSED: "asks whether they agree to an embedding",
    Kind.EMBEDDING_PROPOSED_ANSWERED: "shows what they answered to it",
    Kind.EMBEDDING_PLANNED: "tells that an embedding is agreed",
    Kind.EMBEDDING_DECLINED: "tells that an embedding was declined",
    Kind.EMBEDDING_BEGUN: "tells a team that an embedding begins",
    Kind.PROMPT: "asks at the end of a shift",
    Kind.PROMPT_ANSWERED: "shows what they answered at the end of a shift",
    Kind.PROMPT_CLOSED: "closes the question of a shift",
    Kind.PROMPT_REMINDER: "reminds of a question of a shift",
    Kind.PROMPT_MUTED: "shows that they are not asked any more",
    Kind.PROMPT_ASKED_AGAIN: "shows a question again",
    Kind.SINCE_LAST_ON: "tells what happened during days off",
    Kind.PROMPT_NOT_ON_SHIFT: "takes back the question of a shift that somebody does not work",
    Kind.REPLY_NOT_KEPT: "says why their reply was not kept",
    Kind.REPLY_KEPT: "says where their reply was kept",
    Kind.FEEDBACK_FILED: "tells a data scientist of a report",
    Kind.FEEDBACK_FILED_SEEN: "marks a report as read",
    Kind.FEEDBACK_ACKNOWLEDGED: "tells a reporter that it was read",
    Kind.CHANGE_TOLD: "tells a reporter of a change",
    Kind.CHANGE_IN_CHANNEL: "tells a team of a change",
    Kind.VERDICT_ASKED: "asks whether a change helped",
    Kind.VERDICT_GIVEN: "shows what they said of a change",
    Kind.REVIEW_OPENED: "asks a sponsor to sign a review",
    Kind.REVIEW_SIGNED: "shows who has signed a review",
    Kind.EMBEDDING_CLOSED: "tells a team that an embedding is over",
    Kind.CARRIED_OVER_TO_OWNER: "hands open reports to a tool's owner",
    Kind.CARRIED_OVER_TOLD: "tells a reporter where their reports went",
    Kind.INVITE_ME: "asks for an invitation to a channel",
    # Reporting
    Kind.FEEDBACK_FILED_CHANGED: "shows what a reporter changed in a report",
    Kind.REPORT_QUESTION: "asks what somebody has told the app",
    Kind.REPORT_QUESTION_ANSWERED: "shows what became of what somebody told the app",
    Kind.REPORT_BUTTON: "puts up the button to report in a team's channel",
    Kind.REPORT_BUTTON_PINNED: "pins the button to report",
    # What is unsafe, and what a tool is not to be relied on for
    Kind.UNSAFE_CALLED: "calls somebody about something unsafe",
    Kind.UNSAFE_CALLED_CHANGED: "shows who has something unsafe",
    Kind.UNSAFE_RAISED: "tells a reporter who is called about something unsafe",
    Kind.UNSAFE_TAKEN: "tells a reporter who has something unsafe",
    Kind.UNSAFE_UNSEEN: "tells a reporter that nobody has seen something unsafe",
    Kind.UNSAFE_NOBODY_LEFT: "tells a reporter that nobody is left to call",
    Kind.UNSAFE_WITHDRAWN: "tells that something unsafe was withdrawn",
    Kind.UNSAFE_NO_MORE: "tells that something is not unsafe after all",
    Kind.RESTRICTION_TOLD: "tells what not to rely on a tool for",
    Kind.RESTRICTION_LIFTED: "tells that a tool can be relied on again",
    Kind.RESTRICTION_ENDED: "tells that a restriction has ended",
    # Triage
    Kind.FEEDBACK_OUTCOME: "tells a reporter what came of their reports",
    Kind.FEEDBACK_OUTCOME_CHANGED: "shows that a report goes on by itself again",
    Kind.FEEDBACK_QUESTION: "asks a reporter about their report",
    Kind.FEEDBACK_QUESTION_OVER: "shows that a question about a report is settled",
    Kind.FEEDBACK_QUESTION_ANSWERED: "carries a reporter's answer back",
    Kind.FEEDBACK_UNREAD: "reminds of reports that nobody has read",
    # Change notes, telling, asking, visits
    Kind.CHANGE_NEWS: "tells a team's people of changes",
    Kind.CHANGE_TAKEN_BACK: "tells that a change was taken back",
    Kind.CHANGE_TAKEN_BACK_IN_CHANNEL: "tells a team that a change was taken back",
    Kind.CHANGES_CLOSE: "warns of two changes within a day",
    Kind.NOTE_APPROVAL_ASKED: "asks for the OK of a change",
    Kind.NOTE_APPROVAL_SHOWN: "shows what they said of a change to approve",
    Kind.NOTE_APPROVED: "tells an author that a change is approved",
    Kind.NOTE_SENT_BACK: "tells an author that a change waits",
    Kind.NOTE_WENT_LIVE: "tells an author that a change went live",
    Kind.VERDICT_ASKED_AGAIN: "asks once more whether a change helped",
    Kind.VERDICT_REMINDER: "reminds of the question whether a change helped",
    Kind.VERDICT_CLOSED: "closes the question whether a change helped",
    Kind.LINK_CONTESTED: "tells an author that a change did not help",
    Kind.LINK_CONTESTED_SHOWN: "adds a reporter's word to that",
    Kind.HAPPENED_AGAIN: "tells a data scientist that it happened again",
    Kind.VISIT_PROPOSED: "proposes a time to meet",
    Kind.VISIT_SHOWN: "shows how a meeting stands",
    Kind.VISIT_BOOKED: "tells that a meeting is booked",
}
"""What a message does, in plain words."""

STATES: dict[Status, str] = {
    Status.QUEUED: "waiting",
    Status.SENDING: "going out now",
    Status.SENT: "out",
    Status.FAILED: "failed",
    Status.EXPIRED: "too late",
    Status.SKIPPED: "not sent",
    Status.UNKNOWN: "nobody knows",
}
LOOKED_FOR = "being looked for"

UNITS = {"h": "hours", "d": "days", "w": "weeks"}
Chosen = TypeVar("Chosen", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which deliveries are to be listed, as it was typed."""

    states: Sequence[str]
    kinds: Sequence[str]
    person: str | None
    since: str | None
    limit: int
    workspace: str | None


def show_many(asked: Asked, *, as_json: bool) -> None:
    """Print the deliveries that somebody looks for, the ones that were due last first."""
    now = SystemClock().now()
    states, kinds = _chosen(Status, asked.states, "--state"), _chosen(Kind, asked.kinds, "--kind")
    since = moment_meant(asked.since, now) if asked.since else None
    with database.ending_in_a_sentence(), database.visiting(database.database_url()) as store:
        workspace = asyncio.run(store.read(workspace_meant, asked.workspace))
        person_id = _person(store, workspace, asked.person)
        wanted = Wanted(states, kinds, person_id, since)
        found = asyncio.run(store.read(tracing.trace_many, _key(workspace), wanted, asked.limit + 1))
    shown = found[: asked.limit]
    if as_json:
        typer.echo(json.dumps([_plain(one) for one in shown], indent=2))
    elif not shown:
        typer.echo(_none(wanted))
    else:
        for line in table(shown, now):
            typer.echo(line)
        typer.echo(f"\nAll of one, and what to do: alongside deliveries show {shown[0].id}")
        if len(found) > len(shown):
            typer.echo(f"There are more: --limit {asked.limit * 5}")


def show_one(delivery_id: int, *, as_json: bool) -> None:
    """Print all that is known of one delivery, and what to do next."""
    now = SystemClock().now()
    with database.ending_in_a_sentence(), database.visiting(database.database_url()) as store:
        trace = asyncio.run(store.read(tracing.trace, delivery_id, at=now))
    if as_json:
        typer.echo(json.dumps(_plain(trace), indent=2))
        return
    for line in account(trace, now):
        typer.echo(line)


def retry(delivery_id: int, *, sure: bool) -> None:
    """Queue one again that was given up."""
    now = SystemClock().now()
    with database.ending_in_a_sentence(), database.visiting(database.database_url()) as store:
        asyncio.run(store.write(retrying.retry, delivery_id, sure=sure, at=now))
        trace = asyncio.run(store.read(tracing.trace, delivery_id, at=now))
    typer.echo(
        f"{delivery_id} goes out again to {whom(trace.delivery)}: in a few seconds, or when the app runs. "
        f"What came of it: alongside deliveries show {delivery_id}"
    )


def moment_meant(text: str, now: datetime) -> datetime:
    """The instant that somebody means by a day (2026-03-01, from midnight UTC on) or a span before now (7d).

    Raises:
        BadParameter: It is neither.
    """
    if span := re.fullmatch(r"(\d{1,4})([hdw])", text.strip()):
        return now - timedelta(**{UNITS[span[2]]: int(span[1])})
    try:
        day = datetime.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no time. Write a day such as 2026-03-01, or a span such as 7d."
        ) from None
    return day if day.tzinfo else day.replace(tzinfo=UTC)


def table(shown: Sequence[Traced], now: datetime) -> list[str]:
    """Deliveries as lines of aligned columns, below their names."""
    head = ("ID", "STATE", "WHAT IT DOES", "TO", "DUE (UTC)", "TRIED", "WHY")
    rows = [head, *((*_cells(one, now), one.reason or "") for one in shown)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _cells(one: Traced, now: datetime) -> tuple[str, ...]:
    return str(one.id), state(one, now), KINDS[one.kind], whom(one), _at(one.due_at), str(one.attempts)


def state(one: Traced, now: datetime) -> str:
    """Where a delivery stands, in words."""
    if one.is_looked_for:
        return LOOKED_FOR
    if one.status is Status.QUEUED and one.due_at > now:
        is_today = one.due_at.astimezone(UTC).date() == now.astimezone(UTC).date()
        return f"waiting until {_at(one.due_at)[-5:] if is_today else _at(one.due_at)}"
    return STATES[one.status]


def whom(one: Traced) -> str:
    """Whom or where it is for."""
    return f"{one.whom} ({one.channel})" if one.channel and one.channel != one.whom else one.whom


def account(trace: Trace, now: datetime) -> list[str]:
    """All that is known of one delivery, line by line, and what to do next."""
    one = trace.delivery
    facts = [
        ("what it does", KINDS[one.kind]),
        ("to", whom(one)),
        ("about", trace.about),
        ("changes the message of", str(trace.edits_id or "")),
        ("was changed by", ", ".join(map(str, trace.edited_by))),
        ("message in Slack", " ".join(trace.posted or ())),
        ("must be out before", _at(trace.expires_at)),
    ]
    lines = [f"{one.id}  {state(one, now)}", *(f"  {name}: {fact}" for name, fact in facts if fact), ""]
    return [*lines, *_history(trace, now), "", next_step(trace)]


def _history(trace: Trace, now: datetime) -> list[str]:
    one = trace.delivery
    happened = [(trace.created_at, "queued"), *((step.at, _said(step)) for step in trace.steps)]
    if trace.attempted_at:
        times = f", try {one.attempts}" if one.attempts else ", before it was sent again by hand"
        happened.append((trace.attempted_at, f"sent to Slack{times}"))
    if trace.ended_at:
        happened.append((trace.ended_at, f"{state(one, now)}{f': {one.reason}' if one.reason else ''}"))
    elif one.status is not Status.SENDING:
        happened.append((one.due_at, f"due{f': {one.reason}' if one.reason else ''}"))
    return [f"{_at(at)} UTC  {what}" for at, what in sorted(happened, key=lambda pair: pair[0])]


def _said(step: Step) -> str:
    return f"queued again by {step.by or 'somebody at the command line'}"


def next_step(trace: Trace) -> str:
    """What somebody can do about a delivery."""
    one = trace.delivery
    again = f"alongside deliveries retry {one.id}"
    if trace.why_not_again:
        return trace.why_not_again
    if one.meaning is Meaning.NOT_INVITED:
        return "Type /invite @Alongside in the channel: what waited a week or less goes out then."
    match one.status:
        case Status.UNKNOWN:
            return f"Look whether it is there ({whom(one)}). If it is not: {again} --yes"
        case Status.FAILED:
            return f"When what stands behind it is mended: {again}"
        case _:
            return f"Nothing has to be done. If it is to go out all the same: {again}"


def _none(wanted: Wanted) -> str:
    if wanted == Wanted():
        return "No deliveries yet. Messages to people and channels show up here, with what became of them."
    return "No delivery is like that. All of them: alongside deliveries"


def _person(store: Store, workspace: Workspace, name: str | None) -> int | None:
    return asyncio.run(store.read(tracing.person_named, _key(workspace), name)) if name is not None else None


def _key(workspace: Workspace) -> int:
    assert workspace.id is not None  # noqa: S101 - rows that are read have one
    return workspace.id


def _chosen(words: type[Chosen], typed: Sequence[str], option: str) -> frozenset[Chosen]:
    try:
        return frozenset(words(word.strip().lower()) for one in typed for word in one.split(","))
    except ValueError:
        raise typer.BadParameter(f"{option} is one of: {', '.join(words)}.") from None


def _at(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else ""


def _plain(found: Traced | Trace) -> dict[str, Any]:
    """As JSON has it, instants in ISO 8601."""
    return {name: _json(value) for name, value in asdict(found).items()}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _json(part) for name, part in value.items()}
    return [_json(part) for part in value] if isinstance(value, list | tuple) else value
