"""Finds messages whose answers were lost, in the history of the direct messages that they went to.

Each message carries the id of its delivery as metadata
(https://docs.slack.dev/messaging/message-metadata), and nothing else is read of what the history holds.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from jobs.ports import Sent
from store.sending import Lost

METADATA_EVENT = "alongside_delivery"
"""The metadata's type: a message carries the id of its delivery and nothing else."""

LOOK_BACK = timedelta(minutes=15)
"""How much earlier than the call a message may be by Slack's clock: a machine's clock may be wrong by that much."""
PAGE = 200


class SlackHistory:
    """Reads the history of conversations of the app.

    Args:
        client: A client with the bot's token.
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def find(self, lost: Sequence[Lost]) -> Mapping[int, Sent]:
        """Those that are in the history of their conversation, by the delivery's id.

        Args:
            lost: At least one, all of one conversation.

        Raises:
            SlackApiError: Slack does not let us look.
        """
        channel = lost[0].channel or await self._direct_channel(str(lost[0].user))
        oldest = min(one.attempted_at for one in lost) - LOOK_BACK
        wanted = {one.id for one in lost}
        return {
            which: Sent(channel, str(message["ts"]))
            async for message in self._messages(channel, f"{oldest.timestamp():.6f}")
            if (which := delivery_of(message)) in wanted
        }

    async def _direct_channel(self, user: str) -> str:
        answer = await self._client.conversations_open(users=user)
        return str(answer["channel"]["id"])

    async def _messages(self, channel: str, oldest: str) -> AsyncIterator[Mapping[str, Any]]:
        cursor = None
        while True:
            page = await self._client.conversations_history(
                channel=channel, oldest=oldest, include_all_metadata=True, limit=PAGE, cursor=cursor
            )
            messages: list[Mapping[str, Any]] = page.get("messages") or []
            for message in messages:
                yield message
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not page.get("has_more") or not cursor:
                return


def delivery_of(message: Mapping[str, Any]) -> int | None:
    """The id of the delivery that a message belongs to, or None when it is none of ours."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != METADATA_EVENT:
        return None
    which = metadata.get("event_payload", {}).get("delivery")
    return which if isinstance(which, int) else None
