"""What went over the wire, in order: requests to the app and their acks, calls of the app, response URLs.

Entries are values: when an ack arrives, the entry in the journal is replaced by one that has it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

Kind = Literal["slash_commands", "interactive", "events_api"]
Via = Literal["socket", "http"]


# The number of an event that is not in the journal yet, because it is held back.
HELD_BACK = -1


@dataclass(frozen=True)
class Ack:
    """What the app answered to a request.

    Attributes:
        status: The HTTP status; over a socket 200, and None when nothing came.
        payload: The body, None when it was empty.
        elapsed: Wall seconds from the request to the answer, or to giving up.
        failure: Why the person would see an error (such as `operation_timeout`), None when all is well.
        no_retry: The app asked by `x-slack-no-retry: 1` not to be sent this event again.
    """

    status: int | None
    payload: Any
    elapsed: float
    failure: str | None = None
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        """Whether Slack takes it for an answer."""
        return self.failure is None


@dataclass(frozen=True)
class Inbound:
    """A request to the app.

    Attributes:
        what: A short description, such as `/model-feedback` or `block_actions prompt.answer`.
        at: Simulated time (aware UTC).
        ack: The answer; None while it is awaited.
        attempt: 0 for the first delivery, then the number of the retry.
        late: An answer that came after Slack had given up, if one did.
    """

    number: int
    envelope_id: str
    kind: Kind
    what: str
    payload: Mapping[str, Any]
    via: Via
    at: datetime
    person: str | None = None
    attempt: int = 0
    retry_reason: str | None = None
    ack: Ack | None = None
    late: Ack | None = None

    @property
    def acked(self) -> bool:
        """Whether the app answered in time and in a way that Slack takes."""
        return self.ack is not None and self.ack.ok


@dataclass(frozen=True)
class Call:
    """A call of the app to a Web API method.

    Attributes:
        arguments: What was sent, without the token.
        ok: Whether the answer says so, also when it was lost on its way.
        error: Slack's name of the error, else None.
        answer: The body of the answer as Slack had it, whatever became of it.
        at: Simulated time (aware UTC).
        ts: Of the message that was posted or changed, else None.
        channel: Where it stands, else None.
        metadata: The message metadata that was sent, else None.
        executed: Whether Slack has really done it, whatever the app was told.
        status: The HTTP status of the answer; None when no answer reached the app.
    """

    number: int
    method: str
    arguments: Mapping[str, Any]
    ok: bool
    error: str | None
    answer: Mapping[str, Any]
    at: datetime
    ts: str | None = None
    channel: str | None = None
    metadata: Mapping[str, Any] | None = None
    executed: bool = False
    status: int | None = 200

    @property
    def answered(self) -> bool:
        """Whether an answer reached the app."""
        return self.status is not None


@dataclass(frozen=True)
class ResponseUrlPost:
    """A POST of the app to a response_url."""

    number: int
    url: str
    body: Mapping[str, Any]
    ok: bool
    error: str | None
    at: datetime
    ts: str | None = None
    channel: str | None = None


Entry = Inbound | Call | ResponseUrlPost


@dataclass
class Journal:
    """The entries in order; `for entry in journal` reads them."""

    entries: list[Entry] = field(default_factory=list)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def inbound(self) -> list[Inbound]:
        """All requests to the app, in order."""
        return [entry for entry in self.entries if isinstance(entry, Inbound)]

    @property
    def response_url_posts(self) -> list[ResponseUrlPost]:
        """All POSTs to response URLs, in order."""
        return [entry for entry in self.entries if isinstance(entry, ResponseUrlPost)]

    @property
    def unacked(self) -> list[Inbound]:
        """Requests that Slack gave up on, or still waits for; not an event that was acked when it was sent again."""
        acked = {entry.envelope_id for entry in self.inbound if entry.acked}
        return [entry for entry in self.inbound if entry.envelope_id not in acked]

    def calls(self, method: str | None = None, *, ok: bool | None = None) -> list[Call]:
        """The app's calls, of one method only, or only those that did (not) succeed."""
        return [
            entry
            for entry in self.entries
            if isinstance(entry, Call) and (method is None or entry.method == method) and (ok is None or entry.ok is ok)
        ]

    def executed(self, method: str | None = None) -> list[Call]:
        """The app's calls that Slack has really done, of one method only, whatever the app was told."""
        return [call for call in self.calls(method) if call.executed]

    @property
    def rate_limited(self) -> list[Call]:
        """The app's calls that were answered with HTTP 429, in order."""
        return [call for call in self.calls() if call.status == 429]

    def find(self, envelope_id: str, attempt: int = 0) -> Inbound:
        """The request as it is now, with its ack if it has come.

        Raises:
            KeyError: There was no such request.
        """
        for entry in self.inbound:
            if entry.envelope_id == envelope_id and entry.attempt == attempt:
                return entry
        raise KeyError(envelope_id)

    def sent(
        self,
        *,
        envelope_id: str,
        kind: Kind,
        what: str,
        payload: Mapping[str, Any],
        via: Via,
        at: datetime,
        person: str | None,
        attempt: int = 0,
        retry_reason: str | None = None,
    ) -> Inbound:
        """Notes a request to the app."""
        entry = Inbound(
            len(self.entries),
            envelope_id,
            kind,
            what,
            copy.deepcopy(dict(payload)),
            via,
            at,
            person,
            attempt,
            retry_reason,
        )
        self.entries.append(entry)
        return entry

    def answered(self, number: int, ack: Ack) -> Inbound:
        """Notes the ack of a request; one that comes after Slack gave up is kept as `late`."""
        entry = self.entries[number]
        if not isinstance(entry, Inbound):
            raise TypeError(f"entry {number} is not a request to the app")
        changed = replace(entry, ack=ack) if entry.ack is None else replace(entry, late=ack)
        self.entries[number] = changed
        return changed

    def called(
        self,
        method: str,
        arguments: Mapping[str, Any],
        answer: Mapping[str, Any],
        at: datetime,
        *,
        executed: bool,
        status: int | None,
    ) -> Call:
        """Notes a call of the app, whether it was done, and what it was answered."""
        metadata = arguments.get("metadata")
        entry = Call(
            number=len(self.entries),
            method=method,
            arguments=copy.deepcopy(dict(arguments)),
            ok=bool(answer.get("ok")) and status in (None, 200),
            error=answer.get("error"),
            answer=copy.deepcopy(dict(answer)),
            at=at,
            ts=answer.get("ts") or answer.get("message_ts"),
            channel=_channel_id(answer, arguments),
            metadata=copy.deepcopy(metadata) if isinstance(metadata, Mapping) else None,
            executed=executed,
            status=status,
        )
        self.entries.append(entry)
        return entry

    def unanswered(self, number: int) -> None:
        """Notes that the app did not wait for the answer to a call."""
        entry = self.entries[number]
        if not isinstance(entry, Call):
            raise TypeError(f"entry {number} is not a call of the app")
        self.entries[number] = replace(entry, status=None)

    def responded(
        self, url: str, body: Mapping[str, Any], error: str | None, at: datetime, *, ts: str | None, channel: str | None
    ) -> ResponseUrlPost:
        """Notes a POST to a response URL."""
        entry = ResponseUrlPost(
            len(self.entries), url, copy.deepcopy(dict(body)), error is None, error, at, ts, channel
        )
        self.entries.append(entry)
        return entry


def _channel_id(answer: Mapping[str, Any], arguments: Mapping[str, Any]) -> str | None:
    channel = answer.get("channel", arguments.get("channel"))
    return channel if isinstance(channel, str) else None
