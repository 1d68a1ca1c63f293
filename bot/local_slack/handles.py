"""What a story holds in its hands: messages, answers, Home tabs, and what came of a submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.local_slack.forms import fields_of
from bot.local_slack.payloads import Payloads
from bot.local_slack.records import Channel, Json, Post, User, View
from bot.local_slack.stage import Stage

Place = Channel | str


class Surface(Protocol):
    """Something with blocks on which a person can act."""

    @property
    def blocks(self) -> list[Json]:
        """The blocks as they are now."""
        ...

    @property
    def filled(self) -> dict[tuple[str, str], Any]:
        """What was filled in."""
        ...

    @property
    def described(self) -> str:
        """A few words for the text of a failure."""
        ...

    def action_payload(self, payloads: Payloads, action: Json) -> Json:
        """block_actions for an element of it."""
        ...

    def where(self, payloads: Payloads) -> Json:
        """Its part in a block_suggestion."""
        ...


class Message:
    """A message as one person sees it. It shows what the message is now; `as_was()` keeps what it is."""

    def __init__(self, stage: Stage, user: User, post: Post, *, source: Post | None = None) -> None:
        self._stage = stage
        self._user = user
        self.post = post
        self._source = source or post

    def __repr__(self) -> str:
        return f"<Message {self.ts} {self.text()!r} {self.buttons}>"

    @property
    def ts(self) -> str:
        """Its timestamp, which is its id within the channel."""
        return self.post.ts

    @property
    def channel(self) -> Channel:
        """Where it stands."""
        return self._stage.slack.workspace.channels[self.post.channel_id]

    @property
    def author(self) -> str:
        """The name of who posted it."""
        return self._stage.slack.workspace.users[self.post.user_id].real_name

    @property
    def thread(self) -> str | None:
        """The ts of the message whose thread it is in."""
        return self.post.thread_ts

    @property
    def is_ephemeral(self) -> bool:
        """Whether only this person sees it."""
        return self.post.is_ephemeral

    @property
    def is_deleted(self) -> bool:
        """Whether it is no longer there."""
        return self._source.deleted

    @property
    def is_pinned(self) -> bool:
        """Whether it is pinned to its channel."""
        return self.ts in self.channel.pins

    @property
    def buttons(self) -> list[str]:
        """What there is to click, by visible text."""
        return [each.label for each in self._stage.screen.buttons(self.post.blocks)]

    @property
    def fields(self) -> dict[str, str]:
        """What there is to choose or fill in: by label, what stands in it (an em dash for nothing)."""
        screen = self._stage.screen
        return {each.label: screen.shown(each, self.filled) for each in fields_of(self.blocks)}

    @property
    def blocks(self) -> list[Json]:
        """Its blocks; none when it was deleted."""
        return [] if self.post.deleted else self.post.blocks

    @property
    def filled(self) -> dict[tuple[str, str], Any]:
        """What was chosen in it."""
        return self.post.filled

    @property
    def described(self) -> str:
        """A few words for the text of a failure."""
        return f'the message "{self.text().splitlines()[0] if self.text() else ""}"'

    def text(self) -> str:
        """What a person reads: the blocks, or the text when there are none."""
        return self._stage.screen.post(self.post)

    def as_was(self) -> Message:
        """The same message as it stands now, kept: what a person has before them whose screen is late."""
        return Message(self._stage, self._user, self.post.copied(), source=self._source)

    def current(self) -> Message:
        """The message as it is now, also when this one is a kept copy."""
        return Message(self._stage, self._user, self._source)

    def action_payload(self, payloads: Payloads, action: Json) -> Json:
        """block_actions for an element of it."""
        return payloads.message_action(self._user, self.channel, self.post, self._source, action)

    def where(self, payloads: Payloads) -> Json:
        """Its part in a block_suggestion."""
        return payloads.in_message(self.channel, self.post)


class Home:
    """The Home tab of one person, as it is now."""

    def __init__(self, stage: Stage, user: User) -> None:
        self._stage = stage
        self._user = user

    @property
    def view(self) -> View | None:
        """The view that was published, None before the first."""
        return self._stage.slack.views.homes.get(self._user.id)

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        return self.view.blocks if self.view else []

    @property
    def filled(self) -> dict[tuple[str, str], Any]:
        """What was chosen in it."""
        return self.view.filled if self.view else {}

    @property
    def buttons(self) -> list[str]:
        """What there is to click, by visible text."""
        return [each.label for each in self._stage.screen.buttons(self.blocks)]

    @property
    def described(self) -> str:
        """A few words for the text of a failure."""
        return "the Home tab"

    def text(self) -> str:
        """What a person reads."""
        return self._stage.screen.view(self.view) if self.view else ""

    def action_payload(self, payloads: Payloads, action: Json) -> Json:
        """block_actions for an element of it."""
        if self.view is None:
            raise LookupError("no Home tab was published")
        return payloads.view_action(self._user, self.view, action)

    def where(self, payloads: Payloads) -> Json:
        """Its part in a block_suggestion."""
        if self.view is None:
            raise LookupError("no Home tab was published")
        return payloads.in_view(self.view)


@dataclass(frozen=True)
class Answer:
    """What a person saw in answer to a command; falsy when it was acked without a word."""

    text: str
    blocks: tuple[Json, ...]
    message: Message | None = None

    def __bool__(self) -> bool:
        return self.message is not None


@dataclass(frozen=True)
class Submitted:
    """What came of a submission.

    Attributes:
        closed: Whether the modal went away.
        errors: Sentences at fields, by label.
        title: The title of the modal that is before the person now, None when there is none.
    """

    closed: bool
    errors: Mapping[str, str] = field(default_factory=dict)
    title: str | None = None
