"""What the jobs need from outside, as small protocols that the composition root fills in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any, Protocol

from store.deliveries import Kind, Status
from store.meanings import Meaning
from store.people import Caller, Profile
from store.sending import Claimed, Lost
from store.user_groups import GroupOfCrew


@dataclass(frozen=True, slots=True)
class Call:
    """A delivery written out for Slack: the method and its arguments. Nothing has been sent yet."""

    method: str
    arguments: dict[str, Any]
    repeats_safely: bool = False
    """Whether making it twice is the same as once, as with an edit."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Slack took it: in this channel, with this timestamp."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Later:
    """Slack did not take it, surely; it may be tried again after a while (None: by the usual backoff).

    Args:
        reason: Why, for whoever looks at the row.
        after: How long to wait at least.
        slow_down: Whether nothing else may be called by the same method meanwhile.
    """

    reason: str
    after: timedelta | None = None
    slow_down: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """It will not go out, or nobody knows whether it did."""

    status: Status
    reason: str
    meaning: Meaning | None = None
    """What the error behind it means, where there was one."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """Whom it is for does not work now: it waits for a shift of theirs, and that is no attempt.

    Also what is too late for the shift that it was meant for may wait for another.
    """

    due_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Halted:
    """Surely not done, and nothing else could be done now: everything waits until Slack takes calls again."""

    meaning: Meaning
    reason: str


Draft = Call | Postponed | Ended
"""What writing a delivery out came to."""
Outcome = Sent | Later | Ended | Halted


@dataclass(frozen=True, slots=True)
class Untold:
    """Slack said nothing of a person or a user group, and what that means."""

    meaning: Meaning
    reason: str


class LookUp(Enum):
    """How a message whose answer was lost can be found."""

    HISTORY = auto()
    """In the history of its conversation, by the delivery's id in its metadata."""
    NONE = auto()
    """Not at all."""


class WhenLost(Enum):
    """What becomes of a message that was not found, or cannot be looked for."""

    SEND_AGAIN = auto()
    """It must arrive, or may be repeated."""
    SKIP = auto()
    """Rather not at all than twice."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done with a kind of message when the answer to its call was lost."""

    look_up: LookUp
    when_lost: WhenLost


class Sender(Protocol):
    """Writes a delivery out and carries it to Slack."""

    async def workspaces(self) -> Collection[int]:
        """The ids of the workspaces in which it can send."""
        ...

    def rule(self, kind: Kind) -> Rule:
        """What is done with a kind of message when its answer is lost."""
        ...

    async def write(self, claimed: Sequence[Claimed], at: datetime) -> Sequence[Draft]:
        """Write messages from what is true now.

        Args:
            claimed: The deliveries.
            at: Now.

        Returns:
            For each, in their order: the call; Postponed when it waits for a shift of its person; Ended when there is
            nothing to say, nobody to say it to, or when it cannot be written.
        """
        ...

    async def call(self, claimed: Claimed, call: Call) -> Outcome:
        """Make the call and say what came of it; never raises for what Slack or the network did."""
        ...

    async def look_up(self, lost: Sequence[Lost]) -> Mapping[int, Sent] | Later:
        """Look for messages of one conversation whose answers were lost.

        Returns:
            Those that are there, by the delivery's id; the others are not. Later when Slack did not let us look.
        """
        ...


class Archive(Protocol):
    """Keeps the packets of reviews where people can open them."""

    async def keep(self, reference: str, packet: str, sha256: str) -> None:
        """Write a frozen packet; keeping the same one twice is the same as once."""
        ...


class Incidents(Protocol):
    """Keeps what broke under an id."""

    def record(self, error: Exception, during: str, by: Caller | None = None) -> str:
        """Keep what broke, without anybody's words, and return its id for the log line; never raises."""
        ...


class Directory(Protocol):
    """What Slack knows about people and who belongs together."""

    async def look_up(self, person: Caller) -> Profile | Untold:
        """What Slack says of a person, or why it says nothing; never raises for what Slack or the network did."""
        ...

    async def members_of(self, group: GroupOfCrew) -> tuple[str, ...] | Untold:
        """The Slack ids of the people in a user group, or why Slack does not say; never raises for what it did."""
        ...
