"""Everything that people were shown in a story: each call and each ack of the journal, and who saw it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.local_slack import Ack, Call, Inbound, Journal


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that people were shown.

    Attributes:
        through: The method, or what was answered.
        to: The person, or the channel; None where only Slack knows.
        content: The message or view as Slack was sent it.
    """

    through: str
    to: str | None
    content: Mapping[str, Any]


def shown(journal: Journal) -> Iterator[Shown]:
    """Everything that people were shown, in order."""
    for entry in journal:
        match entry:
            case Call(method=method, arguments=arguments):
                yield Shown(method, arguments.get("user_id") or arguments.get("channel"), _opened(arguments))
            case Inbound(what=what, person=person, ack=Ack(payload=dict(payload))):
                yield Shown(f"the answer to {what}", person, payload)
            case Inbound():
                pass
            case posted:
                yield Shown("a response URL", posted.channel, _opened(posted.body))


def _opened(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Arguments in which what was sent as a string of JSON is what it says."""
    return {
        name: json.loads(value) if name in ("view", "blocks") and isinstance(value, str) else value
        for name, value in arguments.items()
    }
