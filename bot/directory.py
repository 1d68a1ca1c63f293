"""What Slack knows about people, by `users.info`, and about user groups, by `usergroups.users.list`."""

from collections.abc import Mapping

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.forms.profiles import profile
from bot.slack_errors import Said, understood
from jobs.ports import Untold
from store.meanings import Meaning
from store.people import Caller, Profile
from store.user_groups import GroupOfCrew

log = structlog.get_logger()


class SlackDirectory:
    """Asks Slack about people and user groups.

    Args:
        client: A client with the bot's token.
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def look_up(self, person: Caller) -> Profile | Untold:
        """What Slack says of a person, or why it says nothing.

        `user_not_found` is said of an account that nobody can use here, so that the person counts as gone; somebody
        who is only not visible to the app may well be there (https://docs.slack.dev/reference/methods/users.info).
        """
        try:
            answer = await self._client.users_info(user=person.user, include_locale=True)
            user = answer.get("user")
        except Exception as error:
            return self._untold(person, understood(error))
        if not isinstance(user, Mapping):
            return self._untold(person, Said("no user in the answer", Meaning.UNKNOWN))
        return profile(user)

    async def members_of(self, group: GroupOfCrew) -> tuple[str, ...] | Untold:
        """Who is in a user group, by their Slack ids, or why Slack does not say."""
        try:
            answer = await self._client.usergroups_users_list(usergroup=group.user_group)
            users = answer.get("users")
        except Exception as error:
            return self._unlisted(group, understood(error))
        if not isinstance(users, list):
            return self._unlisted(group, Said("no users in the answer", Meaning.UNKNOWN))
        return tuple(user for user in users if isinstance(user, str))

    @staticmethod
    def _unlisted(group: GroupOfCrew, said: Said) -> Untold:
        log.warning("user_group_not_listed", crew_id=group.crew_id, error=said.code, meaning=said.meaning)
        return Untold(said.meaning, said.sentence)

    @staticmethod
    def _untold(person: Caller, said: Said) -> Untold:
        log.warning("person_not_looked_up", person=person.user, error=said.code, meaning=said.meaning)
        return Untold(said.meaning, said.sentence)
