"""A Bolt app that notes what reaches it."""

import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse


class Watched(AsyncApp):
    """A Bolt app that notes what reaches it."""

    reached: list[str]

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        self.reached.append(req.raw_body)
        return await super().async_dispatch(req)


@pytest.fixture
def bolt() -> Watched:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_id="B1", bot_user_id="U0BOT")

    app = Watched(authorize=authorize, request_verification_enabled=False, process_before_response=True)
    app.reached = []
    return app
