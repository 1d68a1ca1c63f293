"""Nothing from the side: what the Slack on this machine saw, and what the database holds, must be the same story.

Every act came in as a request of Slack's and left an event; every message went out as a call of the Web API and has
its delivery. What does not fit is said in a sentence.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.forms.request import Request
from bot.listeners.registration import row_of
from bot.listeners.rows import Act, Heard, Row
from bot.listeners.table import TABLE
from bot.local_slack import Journal
from bot.local_slack.journal import Call, Inbound
from bot.look_up import METADATA_EVENT
from store.accounts import Account

Posted = tuple[int | None, str | None, str | None]
"""A delivery's id, and the channel and timestamp of its message."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What the journal and the database say, and where they differ."""

    acts: Counter[str]
    """What people's acts made happen, by kind of event."""
    messages: Counter[str]
    """What went out, by kind of message."""
    differences: tuple[str, ...]


def compare(journal: Journal, account: Account, table: Iterable[Row] = TABLE) -> Compared:
    """Compare the local Slack's journal with the database's own account of what happened."""
    rows = tuple(table)
    acts = [entry for entry in journal.inbound if _is_act(entry.payload, rows)]
    differences = [
        *_unanswered(journal),
        *_acts_without_event(acts, account),
        *_events_without_act(acts, account),
        *_posts(journal, account),
        *_edits(journal, account),
    ]
    return Compared(
        acts=Counter(event.kind for event in account.events if event.actor is not None),
        messages=Counter(sent.kind.value for sent in account.sent),
        differences=tuple(differences),
    )


def _unanswered(journal: Journal) -> Iterator[str]:
    for entry in journal.unacked:
        yield f"{entry.what} by {entry.person} was never answered"
    for call in journal.calls(ok=False):
        yield f"Slack refused {call.method}: {call.error}"


def _acts_without_event(acts: list[Inbound], account: Account) -> Iterator[str]:
    known = {event.source for event in account.events}
    for entry in acts:
        if Request(entry.payload).source_key not in known:
            yield f"{entry.what} by {entry.person} left no event"


def _events_without_act(acts: list[Inbound], account: Account) -> Iterator[str]:
    came_in = {Request(entry.payload).source_key for entry in acts}
    for event in account.events:
        if event.actor is not None and event.source not in came_in:
            yield f"the event {event.kind} of {event.actor} came from no request"


def _posts(journal: Journal, account: Account) -> Iterator[str]:
    posted = Counter(_posted(call) for call in journal.calls("chat.postMessage", ok=True))
    recorded: Counter[Posted] = Counter((sent.id, sent.channel, sent.ts) for sent in account.sent if sent.edits is None)
    for delivery, channel, ts in posted - recorded:
        yield f"the message {channel}/{ts} has no delivery (it says {delivery})"
    for delivery, channel, ts in recorded - posted:
        yield f"delivery {delivery} says it is {channel}/{ts}, but Slack has no such message"
    for delivery, count in Counter(delivery for delivery, _, _ in posted.elements()).items():
        if count > 1:
            yield f"delivery {delivery} went out {count} times"


def _edits(journal: Journal, account: Account) -> Iterator[str]:
    places = {sent.id: (sent.channel, sent.ts) for sent in account.sent if sent.edits is None}
    made = Counter((call.channel, call.ts) for call in journal.calls("chat.update", ok=True))
    made += Counter((call.channel, call.arguments.get("timestamp")) for call in journal.calls("pins.add", ok=True))
    recorded = Counter(places.get(sent.edits, (None, None)) for sent in account.sent if sent.edits is not None)
    for place in (made - recorded) | (recorded - made):
        yield f"the message {place} was rewritten or pinned {made[place]} times, but has {recorded[place]} edits"


def _posted(call: Call) -> Posted:
    metadata: Mapping[str, Any] = call.metadata or {}
    payload = metadata.get("event_payload", {}) if metadata.get("event_type") == METADATA_EVENT else {}
    return payload.get("delivery"), call.channel, call.ts


def _is_act(payload: Mapping[str, Any], rows: tuple[Row, ...]) -> bool:
    """Whether the table says that a request asks for something rather than to see something."""
    row = row_of(rows, payload)
    return isinstance(row, Act) and row.heard is not Heard.EVENT
