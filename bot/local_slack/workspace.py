"""The state of the workspace: users, conversations and what was posted in them."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.local_slack.blocks import elements_of
from bot.local_slack.identifiers import Ids, Stamps
from bot.local_slack.manifest import Manifest
from bot.local_slack.records import Channel, Json, Post, User, UserGroup

# Slack shortens a longer text and says so with the warning message_truncated
# (https://docs.slack.dev/changelog/2018-truncating-really-long-messages).
LONGEST_TEXT = 40_000


class Workspace:
    """Users, conversations and posts of one workspace in which one app is installed."""

    def __init__(
        self,
        manifest: Manifest,
        now: Callable[[], datetime],
        *,
        team_id: str,
        domain: str,
        enterprise_id: str | None,
    ) -> None:
        self.manifest = manifest
        self.now = now
        self.team_id = team_id
        self.domain = domain
        self.enterprise_id = enterprise_id
        self.app_id = "A0LOCALAPP"
        self.bot_id = "B0LOCALBOT"
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.usergroups: dict[str, UserGroup] = {}
        self.ids = Ids()
        self.stamps = Stamps(now)
        self._posted = 0
        self.bot = self.add_user(manifest.bot_name, user_id="U0LOCALBOT", is_bot=True)

    def add_user(
        self,
        real_name: str,
        *,
        user_id: str | None = None,
        zone: str = "UTC",
        locale: str = "en-US",
        is_admin: bool = False,
        is_owner: bool = False,
        is_restricted: bool = False,
        is_bot: bool = False,
    ) -> User:
        """Adds a user; the handle is made from the name."""
        user = User(
            id=user_id or self.ids.next("U"),
            handle=re.sub(r"[^\w]+", ".", real_name.lower()).strip("."),
            real_name=real_name,
            team_id=self.team_id,
            zone=zone,
            locale=locale,
            is_admin=is_admin,
            is_owner=is_owner,
            is_restricted=is_restricted,
            is_bot=is_bot,
            updated=self.stamps.seconds(),
        )
        if user.id in self.users:
            raise ValueError(f"there is already a user {user.id}")
        self.users[user.id] = user
        return user

    def add_channel(self, name: str, *, channel_id: str | None, members: Iterable[str], private: bool) -> Channel:
        """Adds a channel with these user ids as members."""
        channel = Channel(
            id=channel_id or self.ids.next("C"),
            name=name,
            kind="group" if private else "channel",
            members=list(dict.fromkeys(members)),
            created=self.stamps.seconds(),
            team_id=self.team_id,
        )
        if channel.id in self.channels:
            raise ValueError(f"there is already a channel {channel.id}")
        self.channels[channel.id] = channel
        return channel

    def direct_channel(self, user_id: str) -> Channel | None:
        """The direct conversation of the app with a user, if there is one."""
        for channel in self.channels.values():
            if channel.kind == "im" and user_id in channel.members:
                return channel
        return None

    def open_direct(self, user_id: str) -> Channel:
        """The direct conversation of the app with a user, made if need be."""
        there = self.direct_channel(user_id)
        if there is None:
            there = Channel(
                self.ids.next("D"),
                "directmessage",
                "im",
                [user_id, self.bot.id],
                self.stamps.seconds(),
                self.team_id,
            )
            self.channels[there.id] = there
        return there

    def channel_named(self, name: str) -> Channel | None:
        """A channel by its name, with or without the leading #."""
        bare = name.removeprefix("#")
        for channel in self.channels.values():
            if channel.kind != "im" and channel.name == bare:
                return channel
        return None

    def person_named(self, name: str) -> User | None:
        """A person by real name, handle or id; the active one if two have the same name."""
        wanted = name.removeprefix("@")
        found = [u for u in self.users.values() if wanted in (u.real_name, u.handle, u.id) and not u.is_bot]
        return min(found, key=lambda user: user.deleted, default=None)

    def add_post(
        self,
        channel: Channel,
        user_id: str,
        text: str,
        *,
        blocks: Sequence[Json] = (),
        attachments: Sequence[Json] = (),
        metadata: Json | None = None,
        thread_ts: str | None = None,
        seen_by: str | None = None,
    ) -> Post:
        """Puts a message into a conversation."""
        self._posted += 1
        post = Post(
            order=self._posted,
            channel_id=channel.id,
            ts=self.stamps.next(channel.id),
            user_id=user_id,
            text=text[:LONGEST_TEXT],
            blocks=self.with_ids(blocks),
            attachments=copy.deepcopy(list(attachments)),
            metadata=copy.deepcopy(metadata),
            thread_ts=thread_ts,
            seen_by=seen_by,
            by_app=user_id == self.bot.id,
        )
        channel.posts.append(post)
        return post

    def change_post(self, post: Post, **fields: Any) -> None:
        """Changes a message; `edited_ts` is stamped."""
        for name, value in fields.items():
            setattr(post, name, self.with_ids(value) if name == "blocks" else copy.deepcopy(value))
        post.changes += 1
        post.edited_ts = self.stamps.next(f"{post.channel_id} edits")

    def remove_post(self, post: Post) -> None:
        """Deletes a message."""
        post.deleted = True
        post.changes += 1

    def with_ids(self, blocks: Sequence[Json]) -> list[Json]:
        """A copy of the blocks in which each block and element has an id and each flag its default."""
        copied = copy.deepcopy(list(blocks))
        for block in copied:
            block.setdefault("block_id", self.ids.next("auto"))
            if block["type"] == "input":
                block.setdefault("optional", False)
                block.setdefault("dispatch_action", False)
            for _, element in elements_of(block):
                if element["type"] != "image":
                    element.setdefault("action_id", self.ids.next("auto"))
            _with_text_defaults(block)
        return copied

    def visible_to(self, user_id: str) -> list[Post]:
        """All messages that a user can see now, oldest first."""
        posts = [
            post
            for channel in self.channels.values()
            if user_id in channel.members
            for post in channel.posts
            if not post.deleted and post.seen_by in (None, user_id)
        ]
        return sorted(posts, key=lambda post: post.order)


def _with_text_defaults(part: Any) -> None:
    """Fills in what Slack fills in: `emoji` of a plain text, `verbatim` of a mrkdwn text."""
    if isinstance(part, list):
        for each in part:
            _with_text_defaults(each)
    elif isinstance(part, dict):
        if isinstance(part.get("text"), str) and part.get("type") == "plain_text":
            part.setdefault("emoji", True)
        if isinstance(part.get("text"), str) and part.get("type") == "mrkdwn":
            part.setdefault("verbatim", False)
        for each in part.values():
            _with_text_defaults(each)
