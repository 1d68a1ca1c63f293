"""Where the app is installed, and with which token it answers there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.forms.request import Request
from bot.secrets import PLACES
from bot.slack_errors import understood
from bot.texts import Texts
from store.errors import N_, Refused
from store.meanings import Meaning

NOT_HERE = N_("Alongside is not installed in this workspace. Ask an admin to install it.")
AWAY = (Meaning.LATER, Meaning.UNKNOWN, Meaning.OUT_OF_REACH)
WITHOUT_WORKSPACE = frozenset({"url_verification", "ssl_check", "app_rate_limited"})


@dataclass(frozen=True, slots=True)
class Installation:
    """The one workspace that this process answers, as `auth.test` told it at the start."""

    enterprise_id: str
    team_id: str
    bot_token: str
    bot_id: str
    bot_user_id: str

    def authorize(self) -> Callable[..., Awaitable[AuthorizeResult]]:
        """The answer to Bolt's question who may answer; strangers do not get as far as this."""
        result = AuthorizeResult(
            enterprise_id=self.enterprise_id or None,
            team_id=self.team_id,
            bot_token=self.bot_token,
            bot_id=self.bot_id,
            bot_user_id=self.bot_user_id,
        )

        # A plain function: Bolt looks at the names of the arguments, and takes `self` for one of them.
        async def answer(enterprise_id: str | None, team_id: str | None, user_id: str | None) -> AuthorizeResult:
            return result

        return answer

    def is_of(self, request: AsyncBoltRequest) -> bool:
        """Whether a request comes from this workspace and its people, or from none at all."""
        if request.body.get("type") in WITHOUT_WORKSPACE or "ssl_check" in request.body:
            return True
        # In a channel that two workspaces share Bolt names the one with the app; whoever acts may be of the other.
        return request.context.team_id == self.team_id == Request(request.body).caller.workspace

    def turning_strangers_away(self) -> Callable[..., Awaitable[BoltResponse]]:
        """Bolt's middleware before authorization: another workspace gets a sentence, not our token."""

        async def check(
            req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
        ) -> BoltResponse:
            if self.is_of(req):
                return await next()
            return BoltResponse(status=200, body=Texts("en-US")(NOT_HERE) if "command" in req.body else "")

        return check


async def installation(client: AsyncWebClient, bot_token: str) -> Installation:
    """Where a bot token is installed, by `auth.test`.

    Raises:
        Refused: Slack does not take the token, or does not answer; the sentence says what to do.
    """
    try:
        answer = await client.auth_test(token=bot_token)
        return Installation(
            enterprise_id=str(answer.get("enterprise_id") or ""),
            team_id=str(answer["team_id"]),
            bot_token=bot_token,
            bot_id=str(answer.get("bot_id") or ""),
            bot_user_id=str(answer["user_id"]),
        )
    except Exception as error:
        raise not_taken("SLACK_BOT_TOKEN", error, client) from None


def not_taken(name: str, error: Exception, client: AsyncWebClient) -> Refused:
    """The refusal with which a start ends: what to do about a token, or about a Slack that only did not answer.

    Args:
        name: The setting that holds the token.
        error: What the call raised.
        client: What made the call.
    """
    said = understood(error)
    if said.meaning in AWAY:
        return Refused(
            "Slack does not answer at {url} ({error}). Look at the network, a proxy (HTTPS_PROXY) and "
            "ALONGSIDE_SLACK_API_URL, then start it again.",
            url=client.base_url,
            error=said.code,
        )
    return Refused(
        "Slack does not take {name} ({error}). Copy it again from {place}.",
        name=name,
        error=said.code,
        place=PLACES[name],
    )
