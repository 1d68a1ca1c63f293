"""The two ways in which something is not as it should be.

`Refused` is what an app gets from Slack; `NotAsExpected` is what a story gets when a person did not see
what the story says they see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class NotAsExpected(AssertionError):
    """A person expected something and saw something else; the text says both."""


class Refused(Exception):
    """Slack answers `ok: false` with this error.

    Args:
        error: Slack's short name of the error, such as `channel_not_found`.
        messages: Sentences for `response_metadata.messages`, without the leading `[ERROR]`.
        more: Further fields of the answer, such as `needed` and `provided`.
    """

    def __init__(self, error: str, messages: Sequence[str] = (), **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.messages = tuple(messages)
        self.more = more

    def answer(self) -> Mapping[str, Any]:
        """The body of the answer, as https://docs.slack.dev/apis/web-api/#responses describes it."""
        body: dict[str, Any] = {"ok": False, "error": self.error, **self.more}
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {text}" for text in self.messages]}
        return body
