"""What a workspace is made of: users, conversations, posts and views."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

Json = dict[str, Any]


@dataclass
class User:
    """A user of the workspace, person or bot; `updated` is in seconds since 1970."""

    id: str
    handle: str
    real_name: str
    team_id: str
    zone: str
    locale: str
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    deleted: bool = False
    is_bot: bool = False
    updated: int = 0

    def as_slack(self, at: datetime, *, locale: bool, email: bool) -> Json:
        """The user object of https://docs.slack.dev/reference/objects/user-object."""
        profile = self._profile(email)
        if self.deleted:
            # Slack keeps little of a deactivated user; zone and roles are gone.
            return {
                "id": self.id,
                "team_id": self.team_id,
                "name": self.handle,
                "deleted": True,
                "profile": profile,
                "is_bot": self.is_bot,
                "is_app_user": False,
                "updated": self.updated,
            }
        local = at.astimezone(ZoneInfo(self.zone))
        offset = local.utcoffset()
        body: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.handle,
            "deleted": False,
            "color": "9f69e7",
            "real_name": self.real_name,
            "tz": self.zone,
            "tz_label": local.tzname(),
            "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
            "profile": profile,
            "is_admin": self.is_admin,
            "is_owner": self.is_owner,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": self.updated,
        }
        if locale:
            body["locale"] = self.locale
        return body

    def _profile(self, email: bool) -> Json:
        profile: Json = {
            "title": "",
            "phone": "",
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.handle,
            "display_name_normalized": self.handle,
            "status_text": "",
            "status_emoji": "",
            "team": self.team_id,
        }
        if email and not self.is_bot:
            profile["email"] = f"{self.handle}@example.com"
        return profile


@dataclass
class Post:
    """A message as it stands now.

    Attributes:
        order: Counts all posts of the workspace, so that they can be put in order.
        seen_by: The only user who sees it, for an ephemeral message.
        by_app: Whether the installed app posted it.
        changes: How often it was changed.
    """

    order: int
    channel_id: str
    ts: str
    user_id: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    seen_by: str | None = None
    by_app: bool = False
    deleted: bool = False
    edited_ts: str | None = None
    changes: int = 0
    filled: dict[tuple[str, str], Any] = field(default_factory=dict)

    @property
    def is_ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return self.seen_by is not None

    def copied(self) -> Post:
        """A copy that does not change any more."""
        return copy.deepcopy(self)


@dataclass
class Channel:
    """A conversation: a channel, a private channel (`group`) or a direct message (`im`)."""

    id: str
    name: str
    kind: Literal["channel", "group", "im"]
    members: list[str]
    created: int
    team_id: str
    archived: bool = False
    posts: list[Post] = field(default_factory=list)
    pins: list[str] = field(default_factory=list)
    """The timestamps of the messages that are pinned, oldest pin first."""

    def archive(self) -> None:
        """Archives the channel."""
        self.archived = True

    def post(self, ts: str, *, ephemeral: bool = False) -> Post | None:
        """The message with this timestamp, if it is there and was not deleted."""
        for each in self.posts:
            if each.ts == ts and not each.deleted and each.is_ephemeral is ephemeral:
                return each
        return None

    def replies(self, ts: str) -> list[Post]:
        """The replies in the thread of a message."""
        return [each for each in self.posts if each.thread_ts == ts and each.ts != ts and not each.deleted]


@dataclass
class UserGroup:
    """A user group, such as @maintenance, with the user ids of its members."""

    id: str
    handle: str
    members: list[str]
    disabled: bool = False


@dataclass
class View:
    """A modal or a Home tab as it stands now.

    Attributes:
        definition: What the app sent, with the ids that Slack added.
        filled: What the person has filled in, by (block_id, action_id).
        is_open: False as soon as the person no longer has it before them.
        errors: Sentences at fields after a submission that was not taken, by block_id.
    """

    id: str
    user_id: str
    definition: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    is_open: bool = True
    changes: int = 0
    filled: dict[tuple[str, str], Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """`modal` or `home`."""
        return str(self.definition["type"])

    @property
    def blocks(self) -> list[Json]:
        """The blocks, all with ids."""
        blocks: list[Json] = self.definition["blocks"]
        return blocks

    @property
    def title(self) -> str:
        """The title of a modal, empty for a Home tab."""
        return str((self.definition.get("title") or {}).get("text", ""))


def utc(seconds: float) -> datetime:
    """An aware datetime from seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)
