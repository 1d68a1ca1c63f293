"""The shape of Slack's requests, as far as anything behind the gate takes it for granted.

Bolt reads where a request comes from, and what it is, before any listener runs, and breaks on a number where Slack has
a text. What is said here is what Slack documents of these fields; whatever else a request holds may be anything.

https://docs.slack.dev/reference/interaction-payloads, https://docs.slack.dev/apis/events-api/#event-type-structure and
https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling
"""

from collections.abc import Iterable
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

DEEPEST = 60
"""How deep lists and objects may stand in each other; a message with every kind of block has some twenty."""

RETIRED = frozenset(
    {"interactive_message", "dialog_submission", "dialog_cancellation", "dialog_suggestion", "workflow_step_edit"}
)
"""What Slack sends for features that an app from our manifest does not have."""


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class Named(_Part):
    """A workspace, an organisation, a person or a channel, and where it belongs."""

    id: str | None = None
    team_id: str | None = None
    enterprise_id: str | None = None


class Action(_Part):
    """What somebody clicked."""

    action_id: str
    block_id: str | None = None


class Address(_Part):
    """Where a modal may answer to."""

    response_url: str | None = None


class View(_Part):
    """A modal or a home."""

    type: str
    callback_id: str | None = None
    team_id: str | None = None
    app_installed_team_id: str | None = None

    @model_validator(mode="after")
    def _is_no_step(self) -> Self:
        if self.type == "workflow_step":
            raise ValueError("a step of a workflow")
        return self


class Origin(_Part):
    """Where something comes from and who did it: requests and the events and messages in them say it alike."""

    enterprise: str | Named | None = None
    enterprise_id: str | None = None
    team: str | Named | None = None
    team_id: str | None = None
    user: str | Named | None = None
    user_id: str | None = None
    channel: str | Named | None = None
    channel_id: str | None = None
    thread_ts: str | None = None
    authorizations: list["Origin"] | None = None
    event: "Origin | None" = None
    item: "Origin | None" = None
    assistant_thread: "Origin | None" = None
    message: "Origin | None" = None
    previous_message: "Origin | None" = None


class Event(Origin):
    """The inner event."""

    type: str
    bot_id: str | None = None
    bot_access_token: str | None = None


class Sent(Origin):
    """A request of Slack's: a command names itself, everything else says its type."""

    type: str | None = None
    command: str | None = None
    callback_id: str | None = None
    action_id: str | None = None
    trigger_id: str | None = None
    response_url: str | None = None
    response_urls: list[Address] = Field(default=[], max_length=1)
    """Bolt breaks on a second one; our modals ask for none."""
    actions: list[Action] | None = Field(default=None, min_length=1)
    view: View | None = None
    event: Event | None = None

    @model_validator(mode="after")
    def _says_what_it_is(self) -> Self:
        if (self.type is None) == (self.command is None):
            raise ValueError("neither a type nor a command, or both")
        if self.event is None and "event" in self.model_fields_set:
            raise ValueError("an event that is none")
        if self.type in RETIRED:
            raise ValueError("a feature that we do not have")
        for kind, part in (
            ("block_actions", self.actions),
            ("event_callback", self.event),
            ("view_submission", self.view),
            ("view_closed", self.view),
        ):
            if self.type == kind and part is None:
                raise ValueError(f"{kind} without its part")
        return self


def is_deeper(found: object, levels: int) -> bool:
    """Whether lists and objects stand in each other over more than so many levels."""
    level = [found]
    for _ in range(levels + 1):
        level = [part for each in level for part in _inside(each)]
        if not level:
            return False
    return True


def _inside(found: object) -> Iterable[object]:
    match found:
        case dict():
            return found.values()
        case list():
            return found
    return ()
