"""Who and what there is in the workspace: people and channels, and how they change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.local_slack.events import app_left, archived, member_joined, member_left, renamed, user_change
from bot.local_slack.journal import Inbound
from bot.local_slack.people import Person
from bot.local_slack.records import Channel, UserGroup
from bot.local_slack.stage import Stage


class Residents:
    """The people and channels of a workspace; the app hears of changes that it subscribes to."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._slack = stage.slack
        self._workspace = stage.slack.workspace
        self._people: dict[str, Person] = {}

    def add_person(
        self,
        name: str,
        *,
        user_id: str | None = None,
        zone: str = "UTC",
        locale: str = "en-US",
        is_admin: bool = False,
        is_owner: bool = False,
        is_restricted: bool = False,
    ) -> Person:
        """Adds a person to the workspace; `is_restricted` is a guest."""
        user = self._workspace.add_user(
            name,
            user_id=user_id,
            zone=zone,
            locale=locale,
            is_admin=is_admin,
            is_owner=is_owner,
            is_restricted=is_restricted,
        )
        self._people[user.id] = Person(self._stage, user)
        return self._people[user.id]

    def person(self, name: str) -> Person:
        """A person by name or id.

        Raises:
            KeyError: There is none.
        """
        user = self._workspace.person_named(name)
        if user is None:
            raise KeyError(name)
        return self._people[user.id]

    @property
    def people(self) -> list[Person]:
        """Everybody who was added, in that order."""
        return list(self._people.values())

    def add_channel(
        self,
        name: str,
        *,
        channel_id: str | None = None,
        members: Iterable[Person] = (),
        app_in_channel: bool = True,
        private: bool = False,
    ) -> Channel:
        """Adds a channel with these members."""
        ids = [person.id for person in members]
        if app_in_channel:
            ids.append(self._workspace.bot.id)
        return self._workspace.add_channel(name, channel_id=channel_id, members=ids, private=private)

    def channel(self, name: str) -> Channel:
        """A channel by id or name.

        Raises:
            KeyError: There is none.
        """
        channel = self._workspace.channels.get(name) or self._workspace.channel_named(name)
        if channel is None:
            raise KeyError(name)
        return channel

    def add_usergroup(
        self, handle: str, *, usergroup_id: str | None = None, members: Iterable[Person] = (), disabled: bool = False
    ) -> UserGroup:
        """Adds a user group with these members; the app reads them by usergroups.users.list."""
        group = UserGroup(
            usergroup_id or self._workspace.ids.next("S"), handle, [person.id for person in members], disabled
        )
        self._workspace.usergroups[group.id] = group
        return group

    async def invite(self, channel: Channel, person: Person | None = None, *, by: Person | None = None) -> None:
        """Adds a person, or the app itself, to a channel; the app hears of it if it is there."""
        user = person.user if person else self._workspace.bot
        if user.id not in channel.members:
            channel.members.append(user.id)
        self._slack.changes.announce()
        if self._workspace.bot.id in channel.members:
            event = member_joined(self._slack, channel, user, by.user if by else None)
            await self._event_if_subscribed(event, person)

    async def remove(self, channel: Channel, person: Person | None = None) -> None:
        """Takes a person, or the app itself, out of a channel; the app hears of it if it is or was there."""
        user = person.user if person else self._workspace.bot
        hears = self._workspace.bot.id in channel.members
        if user.id in channel.members:
            channel.members.remove(user.id)
        self._slack.changes.announce()
        if hears:
            event = member_left(self._slack, channel, user) if person else app_left(channel)
            await self._event_if_subscribed(event, person)

    async def archive(self, channel: Channel, *, by: Person | None = None) -> None:
        """Archives a channel; the app hears of it if it can see the channel."""
        channel.archive()
        await self._channel_changed(channel, archived(channel, by.user if by else None))

    async def unarchive(self, channel: Channel, *, by: Person | None = None) -> None:
        """Takes a channel out of the archive; the app hears of it if it can see the channel."""
        channel.archived = False
        await self._channel_changed(channel, archived(channel, by.user if by else None))

    async def rename(self, channel: Channel, name: str) -> None:
        """Gives a channel another name; the app hears of it if it can see the channel."""
        channel.name = name
        await self._channel_changed(channel, renamed(channel))

    async def _channel_changed(self, channel: Channel, event: Mapping[str, Any]) -> None:
        self._slack.changes.announce()
        if channel.kind == "channel" or self._workspace.bot.id in channel.members:
            await self._event_if_subscribed(event, None)

    async def change_person(
        self,
        person: Person,
        *,
        name: str | None = None,
        zone: str | None = None,
        locale: str | None = None,
        is_admin: bool | None = None,
        is_restricted: bool | None = None,
        deleted: bool | None = None,
    ) -> None:
        """Changes what is given; the app hears of it if it subscribes to user_change."""
        given = {
            "real_name": name,
            "zone": zone,
            "locale": locale,
            "is_admin": is_admin,
            "is_restricted": is_restricted,
            "deleted": deleted,
        }
        for field, value in given.items():
            if value is not None:
                setattr(person.user, field, value)
        person.user.updated = self._workspace.stamps.seconds()
        self._slack.changes.announce()
        await self._event_if_subscribed(user_change(self._slack, person.user), person)

    async def send_event(self, event: Mapping[str, Any], *, person: Person | None = None) -> Inbound:
        """Sends any event in the usual envelope, subscribed or not."""
        payload = self._stage.payloads.event(event)
        return await self._stage.delivery.send(
            "events_api", str(event.get("type")), payload, person=person.id if person else None
        )

    async def _event_if_subscribed(self, event: Mapping[str, Any], person: Person | None) -> None:
        if event["type"] in self._slack.manifest.events:
            await self.send_event(event, person=person)
