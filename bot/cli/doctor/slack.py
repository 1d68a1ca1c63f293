"""Checks of the Slack app: its tokens, its scopes, its workspace, and the channels it is in."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.cli.doctor.findings import Finding, Known, State
from bot.listeners.table import TABLE
from bot.manifest import scopes as scopes_needed
from bot.secrets import PLACES
from bot.slack_errors import NO_ANSWER, understood
from store.site import TeamOverview

INVITE = "Invite the app: type /invite @Alongside"
PASTE = 'Paste the manifest ("alongside manifest") under App Manifest in the app\'s pages, then install the app again.'


async def bot_token(known: Known) -> list[Finding]:
    """Whether Slack takes the bot token: which workspace it belongs to, and who we are there."""
    try:
        known.identity = await known.client.auth_test(token=known.bot_token)
    except SlackApiError as error:
        return [_refused("bot_token", "SLACK_BOT_TOKEN", error)]
    except NO_ANSWER as error:
        return [_away("bot_token", known, error)]
    told = known.identity
    says = f"The app is {told.get('user')} ({told.get('user_id')}) in {told.get('team')} ({told['team_id']})."
    return [Finding("bot_token", State.OK, says)]


async def scopes(known: Known) -> list[Finding]:
    """Whether the app was given the scopes that the manifest asks for, by the header of Slack's answer."""
    header = known.answer.headers.get("x-oauth-scopes")
    if header is None:
        return [Finding("scopes", State.SKIPPED, "Slack's answer did not say which scopes the app has.")]
    granted = {scope.strip() for scope in header.split(",") if scope.strip()}
    missing, more = scopes_needed(TABLE) - granted, granted - scopes_needed(TABLE)
    found = []
    if missing:
        found.append(Finding("scopes", State.PROBLEM, f"The app lacks {', '.join(sorted(missing))}.", PASTE))
    if more:
        says = f"The app has more scopes than it needs: {', '.join(sorted(more))}."
        found.append(Finding("scopes", State.WARNING, says, PASTE))
    return found or [Finding("scopes", State.OK, "The app has the scopes that the manifest asks for, and no more.")]


async def app_token(known: Known) -> list[Finding]:
    """Whether Slack would open a socket for the app-level token. Nothing is connected."""
    if not known.settings.over_a_socket:
        return [Finding("app_token", State.SKIPPED, "Over HTTP there is no app-level token.")]
    try:
        await known.client.apps_connections_open(app_token=known.settings.slack_app_token.get_secret_value())
    except SlackApiError as error:
        return [_refused("app_token", "SLACK_APP_TOKEN", error)]
    except NO_ANSWER as error:
        return [_away("app_token", known, error)]
    return [Finding("app_token", State.OK, "Slack opens a socket for the app-level token.")]


async def workspace(known: Known) -> list[Finding]:
    """Whether the token's workspace is the one that the site file names."""
    if known.here:
        return [Finding("workspace", State.OK, f"The token's workspace is the one of the site {known.here.name}.")]
    team, org = known.answer["team_id"], known.answer.get("enterprise_id")
    theirs = f"workspace {team}" + (f" of enterprise {org}" if org else "")
    sites = ", ".join(
        f"{one.slack_id}" + (f" of enterprise {one.enterprise_id}" if one.enterprise_id else "")
        for one in known.workspaces
    )
    says = f"The bot token belongs to {theirs}, but the site file says {sites}."
    do = "Use that workspace's bot token, or put the ids right in the site file and import it again."
    return [Finding("workspace", State.PROBLEM, says, do)]


async def channels(known: Known) -> list[Finding]:
    """Whether the app is in the channel of each team."""
    teams = known.here.teams if known.here else ()
    found = [finding for team in teams if (finding := await _channel(known, team))]
    return found or [Finding("channels", State.OK, f"The app is in the channel of every team ({len(teams)}).")]


async def _channel(known: Known, team: TeamOverview) -> Finding | None:
    try:
        answer = await known.client.conversations_info(token=known.bot_token, channel=team.channel)
    except SlackApiError as error:
        return _not_seen(team, understood(error).code)
    return _seen(team, answer["channel"])


def _seen(team: TeamOverview, channel: Mapping[str, Any]) -> Finding | None:
    name = f"#{channel.get('name', team.channel)}"
    if channel.get("is_archived"):
        says, do = f"{name} of {team.name} is archived.", "Unarchive it, or name another channel in the site file."
        return Finding("channels", State.PROBLEM, says, do)
    if not channel.get("is_member"):
        return Finding("channels", State.PROBLEM, f"The app is not in {name} of {team.name}.", f"{INVITE} in {name}.")
    return None


def _not_seen(team: TeamOverview, word: str) -> Finding:
    if word == "channel_not_found":
        says = f"Slack shows the app no channel {team.channel}, which is the one of {team.name}."
        do = f"{INVITE} in it; if that does not help, put its id right in the site file and import it again."
        return Finding("channels", State.PROBLEM, says, do)
    if word == "missing_scope":
        says = f"The channel of {team.name} was not looked at, because the app lacks a scope."
        return Finding("channels", State.SKIPPED, says, PASTE)
    says = f"The channel of {team.name} was not looked at, because Slack answered {word}."
    return Finding("channels", State.WARNING, says, "Try again in a minute.")


def _refused(check: str, name: str, error: SlackApiError) -> Finding:
    says = f"Slack does not take {name} ({understood(error).code})."
    return Finding(check, State.PROBLEM, says, f"Copy it again from {PLACES[name]}.")


def _away(check: str, known: Known, error: Exception) -> Finding:
    says = f"Slack cannot be reached at {known.settings.slack_api_url} ({type(error).__name__})."
    do = "Look at the network, a proxy (HTTPS_PROXY) and ALONGSIDE_SLACK_API_URL."
    return Finding(check, State.PROBLEM, says, do)
