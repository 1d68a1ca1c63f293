"""The judge notices each broken promise."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from bot.local_slack import Journal
from store.deliveries import Delivery, Kind, Status
from tests.torture.judged import DELIVERIES, Judged, judge

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass
class Told:
    """A story in which all went well, until a test spoils it."""

    rows: list[Delivery]
    journal: Journal = field(default_factory=Journal)
    posted: dict[int, tuple[str, str]] = field(default_factory=dict)
    notes: list[dict[str, object]] = field(default_factory=list)

    def post(self, row: Delivery, ts: str) -> None:
        """Slack posts it, and we know where."""
        metadata = {"event_type": "alongside_delivery", "event_payload": {"delivery": row.key}}
        answer = {"ok": True, "channel": "D1", "ts": ts}
        self.journal.called("chat.postMessage", {"metadata": metadata}, answer, NOW, executed=True, status=200)
        self.posted[row.key] = ("D1", ts)

    def judged(self) -> Judged:
        """What the judge says."""
        return judge(self.journal, self.rows, self.posted, "\n".join(json.dumps(note) for note in self.notes))


@pytest.fixture
def told() -> Told:
    """Twenty questions were asked once each."""
    rows = [
        Delivery(
            id=number,
            workspace_id=1,
            kind=Kind.PROMPT,
            dedupe_key=str(number),
            subject="prompt",
            subject_id=1,
            status=Status.SENT,
            due_at=NOW,
            created_at=NOW,
            ended_at=NOW,
        )
        for number in range(DELIVERIES)
    ]
    story = Told(rows)
    for row in rows:
        story.post(row, f"{row.id}.0")
    story.notes = [{"what": "acknowledged", "act": 1, "deliveries": [1, 2]}] * 2
    return story


def test_all_is_well_where_every_question_was_asked_once(told: Told) -> None:
    judged = told.judged()
    assert judged.flaws == []
    assert judged.counts["once"] == DELIVERIES


def twice(told: Told) -> None:
    told.post(told.rows[0], "0.0")


def stuck(told: Told) -> None:
    told.rows[0].status, told.rows[0].ended_at = Status.SENDING, None


def never(told: Told) -> None:
    told.journal.entries.pop()


def skipped_though_there(told: Told) -> None:
    told.rows[0].status, told.rows[0].reason = Status.SKIPPED, "it is not there"


def failed(told: Told) -> None:
    told.rows[0].status = Status.FAILED


def lost(told: Told) -> None:
    del told.rows[2]


def answered_differently(told: Told) -> None:
    told.notes.append({"what": "acknowledged", "act": 1, "deliveries": [3]})


def not_kept(told: Told) -> None:
    told.notes.append({"what": "acknowledged", "act": 2, "deliveries": [99]})


@pytest.mark.parametrize(
    "spoil", [twice, stuck, never, skipped_though_there, failed, lost, answered_differently, not_kept]
)
def test_a_broken_promise_is_noticed(told: Told, spoil: Callable[[Told], None]) -> None:
    spoil(told)
    assert told.judged().flaws
