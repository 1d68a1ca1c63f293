"""The doctor's round: every check in its order, whatever the ones before it found."""

from collections.abc import Iterator

from bot.app import slack_client
from bot.cli.doctor import database, machine, site, slack
from bot.cli.doctor.findings import Check, Finding, Known, Machine, State
from bot.settings import WrongSetting, read_settings

LABELS = {
    "settings": "settings",
    "secrets": "Slack's secrets",
    "database": "database",
    "site": "site",
    "teams": "teams",
    "danger": "who is called in danger",
    "disk": "disk",
    "bot_token": "bot token",
    "scopes": "scopes",
    "app_token": "app-level token",
    "workspace": "workspace",
    "channels": "channels",
    "clock": "clock",
}
"""How people name the checks."""


async def secrets(known: Known) -> list[Finding]:
    """Whether Slack's secrets are set, and how Slack is listened to."""
    try:
        known.settings.require_secrets()
    except WrongSetting as wrong:
        return [Finding("secrets", State.PROBLEM, str(wrong))]
    if not known.settings.over_a_socket:
        return [Finding("secrets", State.OK, "Slack is listened to over HTTP.")]
    both = known.settings.slack_signing_secret.get_secret_value()
    why = ", because SLACK_APP_TOKEN is set; SLACK_SIGNING_SECRET is not used" if both else ""
    return [Finding("secrets", State.OK, f"Slack is listened to over Socket Mode{why}.")]


CHECKS = (
    Check("secrets", (), secrets),
    Check("database", (), database.database),
    Check("site", ("database",), site.site),
    Check("teams", ("site",), site.teams),
    Check("danger", ("site",), site.danger),
    Check("disk", (), machine.disk),
    Check("bot_token", ("secrets",), slack.bot_token),
    Check("scopes", ("bot_token",), slack.scopes),
    Check("app_token", ("secrets",), slack.app_token),
    Check("workspace", ("site", "bot_token"), slack.workspace),
    Check("channels", ("workspace",), slack.channels),
    Check("clock", ("bot_token",), machine.clock),
)


async def examine(at: Machine, checks: tuple[Check, ...] = CHECKS) -> list[Finding]:
    """Look at everything, beside a running app and without changing anything.

    Args:
        at: This machine's clock and disk.
        checks: What to look at, each after what it needs.

    Returns:
        What was found, in the order of the checks.
    """
    try:
        settings = read_settings()
    except WrongSetting as wrong:
        found = [Finding("settings", State.PROBLEM, str(wrong))]
        return found + [_not_looked_at(check, "settings") for check in checks]
    return [
        Finding("settings", State.OK, "The settings can be read."),
        *await _look(checks, Known(at, settings, slack_client(settings))),
    ]


async def _look(checks: tuple[Check, ...], known: Known) -> list[Finding]:
    found: list[Finding] = []
    for check in checks:
        amiss = next(_amiss(check, found), None)
        found += [_not_looked_at(check, amiss)] if amiss else await _made(check, known)
    return found


def _amiss(check: Check, found: list[Finding]) -> Iterator[str]:
    stops = {finding.check for finding in found if finding.state in (State.PROBLEM, State.SKIPPED)}
    return (need for need in check.needs if need in stops)


async def _made(check: Check, known: Known) -> list[Finding]:
    try:
        return await check.look(known)
    except Exception as error:  # one check that breaks must not hide what the others find
        says = f"This check broke ({type(error).__name__})."
        return [Finding(check.name, State.PROBLEM, says, "Try again. If it stays, report it.")]


def _not_looked_at(check: Check, need: str) -> Finding:
    return Finding(check.name, State.SKIPPED, f"Not looked at, because something is wrong with: {LABELS[need]}.")
