"""People of the workspace, in words in which stories can be told.

Whatever a person waits for is awaited until it is so, never for a fixed time; when the patience runs out,
`NotAsExpected` says what was expected and what the person sees instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from bot.local_slack.acting import Hands
from bot.local_slack.errors import NotAsExpected
from bot.local_slack.events import message_event
from bot.local_slack.forms import fields_of
from bot.local_slack.handles import Answer, Home, Message, Place, Surface
from bot.local_slack.manifest import Shortcut
from bot.local_slack.modal import Modal
from bot.local_slack.records import Channel, Post, User
from bot.local_slack.stage import Stage

Found = TypeVar("Found")


class Person:
    """A person; every act waits until the app has acked it."""

    def __init__(self, stage: Stage, user: User) -> None:
        self._stage = stage
        self._hands = Hands(stage, user)
        self.user = user

    def __repr__(self) -> str:
        return f"<Person {self.id} {self.name}>"

    @property
    def id(self) -> str:
        """Their user id."""
        return self.user.id

    @property
    def name(self) -> str:
        """Their real name."""
        return self.user.real_name

    @property
    def zone(self) -> str:
        """Their time zone, an IANA name."""
        return self.user.zone

    @property
    def locale(self) -> str:
        """Their locale, such as en-US."""
        return self.user.locale

    @property
    def direct(self) -> Channel:
        """Their direct messages with the app."""
        return self._hands.place_named(None)

    def deactivate(self) -> None:
        """Deactivates the account; `LocalSlack.change_person(..., deleted=True)` also tells the app."""
        self.user.deleted = True
        self._stage.slack.changes.announce()

    @property
    def messages(self) -> list[Message]:
        """All messages that they can see now, oldest first."""
        return [self._message(post) for post in self._stage.slack.workspace.visible_to(self.id)]

    def _message(self, post: Post) -> Message:
        return Message(self._stage, self.user, post)

    def screen(self) -> str:
        """Everything they have before them, to be read by people."""
        return self._hands.see()

    # What they do

    async def runs(self, command: str, text: str = "", *, in_channel: Place | None = None) -> Answer:
        """Runs a slash command, in their direct messages with the app unless a channel is named.

        Returns:
            What they see in answer; an empty `Answer` when it was acked without a word.

        Raises:
            NotAsExpected: The manifest has no such command, or nobody answered.
        """
        known = self._stage.slack.manifest.commands
        if command not in known:
            raise NotAsExpected(f"{command} is not in the manifest; it has {', '.join(sorted(known))}")
        channel = self._hands.place_of_mine(in_channel)
        payload = self._stage.payloads.command(self.user, channel, command, text)
        return self._hands.answer(await self._hands.act("slash_commands", command, payload), channel)

    async def uses_shortcut(self, name: str, on: Message | None = None) -> None:
        """Uses a shortcut by its name in the manifest: on a message, or a global one.

        Raises:
            NotAsExpected: The manifest has no such shortcut, or nobody answered.
        """
        shortcut = self._shortcut(name, "global" if on is None else "message")
        if on is not None and on.is_ephemeral:
            raise NotAsExpected(f"{on.described} is ephemeral; Slack offers no shortcuts on it")
        if on is None:
            payload, what = self._stage.payloads.shortcut(self.user, shortcut), "shortcut"
        else:
            payload = self._stage.payloads.message_shortcut(self.user, shortcut, on.channel, on.post)
            what = "message_action"
        await self._hands.act("interactive", f"{what} {shortcut.callback_id}", payload)

    def _shortcut(self, name: str, kind: str) -> Shortcut:
        there = self._stage.slack.manifest.shortcuts
        for each in there:
            if each.name == name and each.kind == kind:
                return each
        names = ", ".join(f'"{each.name}" ({each.kind})' for each in there) or "none"
        raise NotAsExpected(f'the manifest has no {kind} shortcut "{name}"; it has {names}')

    async def clicks(self, label: str, *, on: Surface, beside: str | None = None) -> None:
        """Clicks a button (or an option of an overflow menu) by its visible text.

        Args:
            label: What stands on it.
            on: A message, a modal or the Home tab.
            beside: A text in its block or the one above, where several buttons say the same.

        Raises:
            NotAsExpected: It is not there, or nobody answered.
        """
        await self._hands.click(on, label, beside)

    async def chooses(self, label: str, wanted: Any, *, on: Surface) -> None:
        """Chooses in a menu, or fills in a field, of a message, a modal or the Home tab.

        Args:
            label: The label of the field; a menu without one is known by the text beside it or its
                placeholder.
            wanted: The visible text of an option, or what the field takes.
            on: Where it stands.
        """
        await self._hands.fill(on, label, wanted)

    async def searches(self, on: Surface, label: str, query: str) -> list[str]:
        """Types into an external select and returns the visible texts of what the app suggests."""
        place = self._hands.field(on, label)
        if place is None:
            labels = ", ".join(f'"{each.label}"' for each in fields_of(on.blocks)) or "none"
            raise self._hands.unexpected(f'no field "{label}" on {on.described}; the fields there: {labels}')
        return [each["text"]["text"] for each in await self._hands.suggest(on, place, query)]

    async def opens_home(self) -> Home:
        """Opens the Home tab of the app."""
        slack = self._stage.slack
        channel = slack.workspace.open_direct(self.id)
        if "app_home_opened" in slack.manifest.events:
            event: dict[str, Any] = {"type": "app_home_opened", "user": self.id, "channel": channel.id, "tab": "home"}
            home = slack.views.homes.get(self.id)
            if home is not None:
                event["view"] = slack.views.as_slack(home, with_state=True)
            payload = self._stage.payloads.event(event)
            await self._stage.delivery.send("events_api", "app_home_opened", payload, person=self.id)
        return Home(self._stage, self.user)

    async def says(self, text: str, in_channel: Place | None = None, *, in_thread_of: Message | None = None) -> Message:
        """Posts a message of their own; the app hears of it if it is there and subscribed to it."""
        channel = self._hands.place_of_mine(in_channel)
        thread = in_thread_of.thread or in_thread_of.ts if in_thread_of else None
        post = self._stage.slack.workspace.add_post(channel, self.id, text, thread_ts=thread)
        self._stage.slack.changes.announce()
        subscription, event = message_event(self._stage.slack, channel, post)
        if subscription is not None:
            payload = self._stage.payloads.event(event)
            await self._stage.delivery.send("events_api", subscription, payload, person=self.id)
        return self._message(post)

    # What they see

    async def sees(self, text: str, where: Place | None = None, *, after: Message | None = None) -> Message:
        """Waits for a message with this text; returns the newest one.

        Args:
            text: A part of the visible text.
            where: Only in this conversation.
            after: Only messages that were posted after this one.

        Raises:
            NotAsExpected: There is none in time.
        """
        found = await self._until(lambda: self._newest(text, where, after))
        if found is None:
            place = f" in {where if isinstance(where, str) else '#' + where.name}" if where else ""
            raise self._hands.unexpected(f'{self.name} expected to see "{text}"{place}')
        return found

    def _newest(self, text: str, where: Place | None, after: Message | None) -> Message | None:
        channel = None if where is None else self._hands.place_named(where)
        for message in reversed(self.messages):
            if after is not None and message.post.order <= after.post.order:
                return None
            if (channel is None or message.channel is channel) and text in message.text():
                return message
        return None

    async def sees_no(self, text: str, where: Place | None = None, *, after: Message | None = None) -> None:
        """Waits until all is quiet and checks that there is no message with this text.

        Raises:
            NotAsExpected: There is one.
        """
        await self._stage.settled()
        found = self._newest(text, where, after)
        if found is not None:
            raise self._hands.unexpected(f'{self.name} expected not to see "{text}", but does: {found}')

    async def sees_change(self, message: Message, text: str) -> Message:
        """Waits until a message shows this text.

        Raises:
            NotAsExpected: It does not in time.
        """
        live = message.current()
        if not await self._until(lambda: (text in live.text() and not live.is_deleted) or None):
            raise self._hands.unexpected(f'{self.name} expected {message.described} to say "{text}"')
        return live

    async def sees_gone(self, message: Message) -> None:
        """Waits until a message is deleted.

        Raises:
            NotAsExpected: It is still there.
        """
        if not await self._until(lambda: message.is_deleted or None):
            raise self._hands.unexpected(f"{self.name} expected {message.described} to go away")

    async def sees_modal(self, title: str) -> Modal:
        """Waits until the modal before them has this title.

        Raises:
            NotAsExpected: There is none in time, or it has another title.
        """
        views = self._stage.slack.views

        def found() -> Modal | None:
            top = views.top(self.id)
            return Modal(self._hands, top) if top is not None and top.title == title else None

        modal = await self._until(found)
        if modal is None:
            raise self._hands.unexpected(f'{self.name} expected to see the modal "{title}"')
        return modal

    async def sees_home(self, text: str) -> Home:
        """Waits until their Home tab shows this text.

        Raises:
            NotAsExpected: It does not in time.
        """
        home = Home(self._stage, self.user)
        if not await self._until(lambda: text in home.text() or None):
            raise self._hands.unexpected(f'{self.name} expected "{text}" on the Home tab')
        return home

    async def _until(self, find: Callable[[], Found | None]) -> Found | None:
        return await self._stage.slack.changes.until(find, self._stage.patience)
