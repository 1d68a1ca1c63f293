"""The app as it is installed in the workspace: everything that the parts of the local Slack share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from bot.local_slack.errors import Refused
from bot.local_slack.identifiers import MICROSECONDS, Tokens, microseconds
from bot.local_slack.journal import Journal
from bot.local_slack.manifest import Manifest
from bot.local_slack.methods import KIND_OF_SCOPE, Method
from bot.local_slack.rate_limits import RateLimiter
from bot.local_slack.records import Channel, Json, Post
from bot.local_slack.response_urls import ResponseUrls
from bot.local_slack.triggers import Triggers
from bot.local_slack.views import Views
from bot.local_slack.waiting import Changes
from bot.local_slack.workspace import Workspace


class Installation:
    """The app, its tokens and scopes, the workspace it is in and the journal of both.

    Attributes:
        base_url: Where the server listens, such as `http://127.0.0.1:5001`; empty until it does.
        ack_within: Wall seconds that the app has for an ack.
        token_error: What every call is answered with (`token_revoked`, `account_inactive`), else None.
    """

    def __init__(self, manifest: Manifest, workspace: Workspace, wall: Callable[[], float], ack_within: float) -> None:
        self.manifest = manifest
        self.workspace = workspace
        self.wall = wall
        self.ack_within = ack_within
        self.tokens = Tokens.make(workspace.app_id)
        self.journal = Journal()
        self.changes = Changes()
        self.views = Views(workspace)
        self.triggers = Triggers(wall)
        self.response_urls = ResponseUrls(wall)
        self.base_url = ""
        self.token_error: str | None = None
        self.rate_limiter = RateLimiter(workspace.now)
        self.history_lag = timedelta(0)

    @property
    def now(self) -> Callable[[], datetime]:
        """The simulated clock."""
        return self.workspace.now

    def shows_in_history(self, post: Post) -> bool:
        """Whether a message has come to the conversation's history yet."""
        if not self.history_lag:
            return True
        return Decimal(post.ts) <= Decimal(microseconds(self.now() - self.history_lag)) / MICROSECONDS

    def require_scope(self, method: Method, channel: Channel) -> None:
        """Checks the scope that the kind of conversation asks for.

        Raises:
            Refused: The app was not given it.
        """
        prefix = KIND_OF_SCOPE[channel.kind]
        needed = [scope for scope in method.scopes if scope.split(":")[0] == prefix]
        if needed and needed[0] not in self.manifest.scopes:
            raise self.missing_scope(needed)

    def missing_scope(self, needed: list[str] | tuple[str, ...]) -> Refused:
        """The refusal of a call for which the app lacks a scope."""
        return Refused("missing_scope", needed=",".join(needed), provided=",".join(self.manifest.scopes))

    def message(self, post: Post, *, metadata: bool = False) -> Json:
        """A message as the API and the payloads show it."""
        body: Json = {
            "type": "message",
            "user": post.user_id,
            "ts": post.ts,
            "text": post.text,
            "team": self.workspace.team_id,
        }
        if post.by_app:
            body |= {
                "bot_id": self.workspace.bot_id,
                "app_id": self.workspace.app_id,
                "bot_profile": self._bot_profile(),
            }
        if post.blocks:
            body["blocks"] = post.blocks
        if post.attachments:
            body["attachments"] = post.attachments
        if post.edited_ts:
            body["edited"] = {"user": post.user_id, "ts": post.edited_ts}
        if metadata and post.metadata:
            body["metadata"] = post.metadata
        body |= self._thread(post)
        return body

    def _thread(self, post: Post) -> Json:
        if post.thread_ts is not None:
            return {"thread_ts": post.thread_ts}
        replies = self.workspace.channels[post.channel_id].replies(post.ts)
        if not replies:
            return {}
        return {
            "thread_ts": post.ts,
            "reply_count": len(replies),
            "latest_reply": replies[-1].ts,
            "reply_users": list(dict.fromkeys(reply.user_id for reply in replies)),
        }

    def _bot_profile(self) -> Json:
        return {
            "id": self.workspace.bot_id,
            "app_id": self.workspace.app_id,
            "name": self.workspace.bot.real_name,
            "team_id": self.workspace.team_id,
            "deleted": False,
            "updated": self.workspace.bot.updated,
        }
