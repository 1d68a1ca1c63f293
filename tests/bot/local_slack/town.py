"""A workspace with everything in it that a call can stumble over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import Channel, LocalSlack, Person
from bot.local_slack.methods import METHODS

ARCHIVED, ELSEWHERE, SECRET, OUTSIDER, GONE = "C0OLD", "C0ELSEWHERE", "G0SECRET", "U0OUTSIDER", "U0GONE"


@dataclass(frozen=True)
class Town:
    """The workspace, two of its people, the channel where the app is, and the app's client."""

    slack: LocalSlack
    client: AsyncWebClient
    ola: Person
    dana: Person
    workshop: Channel

    async def posted(self, text: str = "x") -> dict[str, str]:
        """Where a new message of the app stands."""
        answer = await self.client.chat_postMessage(channel=self.workshop.id, text=text)
        return {"channel": answer["channel"], "ts": answer["ts"]}


def build(slack: LocalSlack) -> Town:
    """Fills an empty workspace."""
    ola = slack.add_person("Ola Nordby", user_id="U0OLA")
    dana = slack.add_person("Dana Reyes", user_id="U0DANA")
    workshop = slack.add_channel("workshop", channel_id="C0WORKSHOP", members=[ola, dana])
    slack.add_person("Outsider", user_id=OUTSIDER)
    slack.add_person("Long Gone", user_id=GONE).deactivate()
    slack.add_channel("elsewhere", channel_id=ELSEWHERE, app_in_channel=False)
    slack.add_channel("secret", channel_id=SECRET, app_in_channel=False, private=True)
    slack.add_channel("old", channel_id=ARCHIVED, members=[ola]).archive()
    slack.add_usergroup("fitters", usergroup_id="S0FITTERS", members=[ola, dana])
    slack.add_usergroup("dissolved", usergroup_id="S0DISSOLVED", disabled=True)
    return Town(slack, AsyncWebClient(token=slack.bot_token, base_url=slack.api_url), ola, dana, workshop)


async def error_of(client: AsyncWebClient, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer of a call that Slack refuses, with HTTP status 200 as always."""
    takes_json = METHODS.get(method, METHODS["auth.test"]).json
    body, query = (dict(arguments), None) if takes_json else (None, dict(arguments))
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(method, json=body, params=query)
    answer = refused.value.response
    assert answer.status_code == 200
    assert isinstance(answer.data, dict)
    return answer.data
