"""What Slack knows about people, by `users.info`."""

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.forms.profiles import profile
from store.people import Caller, Profile

log = structlog.get_logger()


class SlackDirectory:
    """Asks Slack about people.

    Args:
        client: A client with the bot's token.
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def look_up(self, person: Caller) -> Profile | None:
        """What Slack says of a person; None when it does not answer or does not know them."""
        try:
            answer = await self._client.users_info(user=person.user, include_locale=True)
        except SlackApiError as error:
            log.warning("person_not_looked_up", person=person.user, error=str(error.response.get("error", "")))
            return None
        except (ClientError, TimeoutError, OSError) as error:
            log.warning("person_not_looked_up", person=person.user, error=type(error).__name__)
            return None
        return profile(answer.get("user", {}))
