"""What Slack has really done, and what our rows say of it, held against the promises."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.local_slack import Journal
from bot.messages import MESSAGES
from jobs.ports import LookUp, WhenLost
from store.deliveries import Delivery, Status

DELIVERIES = 20


@dataclass
class Judged:
    """What came of one run.

    Attributes:
        counts: How many deliveries ended how, and how many processes died.
        doubled: The deliveries that Slack has executed more than once.
        flaws: What breaks a promise.
    """

    counts: Counter[str] = field(default_factory=Counter)
    doubled: list[int] = field(default_factory=list)
    flaws: list[str] = field(default_factory=list)


def judge(
    journal: Journal,
    rows: Sequence[Delivery],
    posted: Mapping[int, tuple[str, str]],
    notes: str,
    *,
    doubles: bool = False,
) -> Judged:
    """Hold a run against the promises.

    Args:
        journal: What the local Slack has executed.
        rows: The deliveries of the story.
        posted: Where our rows say that the posts are.
        notes: What the processes wrote down.
        doubles: Whether the run is one in which doubling cannot be prevented, and is only counted.
    """
    judged = Judged()
    executed = _executed(journal)
    updated = {(call.channel, call.ts) for call in journal.executed("chat.update")}
    _count(judged, [json.loads(line) for line in notes.splitlines()], {row.key for row in rows})
    if len(rows) != DELIVERIES:
        judged.flaws.append(f"{len(rows)} deliveries were queued instead of {DELIVERIES}")
    for row in rows:
        places = executed[row.key]
        if len(places) > 1:
            judged.doubled.append(row.key)
        flaw = _of_edit(row, posted, updated) if row.edits_id else _of_post(row, places, posted, doubles=doubles)
        if flaw:
            judged.flaws.append(f"{row.kind} {row.key} ({row.status}, {row.reason}): {flaw}")
        judged.counts[f"{row.status}"] += 1
        if len(places) == 1:
            judged.counts["once"] += 1
    judged.counts["doubled"] = len(judged.doubled)
    return judged


def _executed(journal: Journal) -> dict[int, list[tuple[str | None, str | None]]]:
    posts: dict[int, list[tuple[str | None, str | None]]] = defaultdict(list)
    for call in journal.executed("chat.postMessage"):
        assert call.metadata is not None
        posts[call.metadata["event_payload"]["delivery"]].append((call.channel, call.ts))
    return posts


def _count(judged: Judged, notes: list[dict[str, Any]], there: set[int]) -> None:
    answers: dict[int, set[tuple[int, ...]]] = defaultdict(set)
    for note in notes:
        match note["what"]:
            case "acknowledged":
                answers[note["act"]].add(tuple(note["deliveries"]))
            case "broke":
                judged.counts["broke"] += 1
            case what:
                judged.counts[what] += note.get("count", 1)
    for act, told in answers.items():
        if len(told) > 1:
            judged.flaws.append(f"request {act} was answered differently: {told}")
        if lost := {which for answer in told for which in answer} - there:
            judged.flaws.append(f"request {act} was acknowledged, but its deliveries are gone: {lost}")


def _of_post(
    row: Delivery,
    places: Sequence[tuple[str | None, str | None]],
    posted: Mapping[int, tuple[str, str]],
    *,
    doubles: bool,
) -> str | None:
    rule = MESSAGES[row.kind].rule
    if row.ended_at is None:
        return "it is stuck"
    if len(places) > 1 and not doubles:
        return f"Slack has it {len(places)} times"
    match row.status:
        case Status.SENT:
            return None if posted.get(row.key) in places else f"its row says {posted.get(row.key)}, Slack {places}"
        case Status.SKIPPED if rule.look_up is LookUp.HISTORY and rule.when_lost is WhenLost.SKIP:
            return (
                None if row.reason and (doubles or not places) else "Slack has it, or nobody knows why it was skipped"
            )
        case Status.UNKNOWN if rule.look_up is LookUp.NONE:
            return None if row.reason else "nobody knows why"
    return "it should have arrived"


def _of_edit(row: Delivery, posted: Mapping[int, tuple[str, str]], updated: set[Any]) -> str | None:
    if row.ended_at is None:
        return "it is stuck"
    if row.status is Status.SENT and posted.get(row.edits_id or 0) in updated:
        return None
    return "its message was not changed"
