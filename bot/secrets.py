"""Slack's secrets: what each looks like, where it stands, and what is wrong with one that was put into its place.

How tokens begin: https://docs.slack.dev/authentication/tokens
"""

import re

PAGES = "your app's pages at https://api.slack.com/apps"
PLACES = {
    "SLACK_BOT_TOKEN": "OAuth & Permissions",
    "SLACK_APP_TOKEN": "Basic Information, App-Level Tokens",
    "SLACK_SIGNING_SECRET": "Basic Information, App Credentials",
}
"""Where each secret stands in Slack's pages for the app."""
KINDS = {
    "xoxb-": "a bot token",
    "xapp-": "an app-level token",
    "xoxp-": "a user token",
    "xoxe.xoxb-": "a bot token that expires; switch token rotation off",
    "xoxe": "a token for configuring apps",
    "xwfp-": "a workflow token",
}
"""What a token is, by how it begins."""
SHORTEST = 16
MADE_UP = re.compile(r"your|changeme|placeholder|example|\.\.\.|…|x{4}|[<>*]", re.IGNORECASE)
"""What stands in copied examples; a real token has a few digits and next to never one of these."""
SIGNING_SECRET = re.compile(r"[0-9a-f]{32}")


class WrongSecret(Exception):
    """A secret is missing or not the one that was meant; the text is one sentence and never holds the secret."""


def check_bot_token(value: str) -> None:
    """See that a value may be a bot token.

    Raises:
        WrongSecret: It cannot be one.
    """
    _check_token("SLACK_BOT_TOKEN", value, "xoxb-")


def check_app_token(value: str) -> None:
    """See that a value may be an app-level token.

    Raises:
        WrongSecret: It cannot be one.
    """
    _check_token("SLACK_APP_TOKEN", value, "xapp-")


def check_signing_secret(value: str) -> None:
    """See that a value may be a signing secret: 32 hexadecimal characters.

    Raises:
        WrongSecret: It cannot be one.
    """
    name = "SLACK_SIGNING_SECRET"
    _check_copied_whole(name, value)
    if kind := _kind(value):
        raise WrongSecret(f"{name} holds {kind}. Set it to the signing secret: {_stands(name)}.")
    if not SIGNING_SECRET.fullmatch(value) or len(set(value)) == 1:
        raise WrongSecret(f"Set {name} to the signing secret, 32 characters from 0-9 and a-f: {_stands(name)}.")


def neither() -> WrongSecret:
    """What to say when nothing tells how Slack is to be listened to."""
    return WrongSecret(
        f"Set SLACK_APP_TOKEN for Socket Mode ({PLACES['SLACK_APP_TOKEN']}) or SLACK_SIGNING_SECRET for HTTP "
        f"({PLACES['SLACK_SIGNING_SECRET']}): you find both in {PAGES}."
    )


def _check_token(name: str, value: str, begins: str) -> None:
    if not value:
        raise WrongSecret(f"Set {name}: {_stands(name)}.")
    _check_copied_whole(name, value)
    if not value.startswith(begins) and (kind := _kind(value)):
        raise WrongSecret(f"{name} holds {kind}. Set it to the one that begins with {begins}: {_stands(name)}.")
    if not value.startswith(begins) or len(value) < SHORTEST or MADE_UP.search(value) or not re.search(r"\d", value):
        raise WrongSecret(f"Set {name} to the real token, which begins with {begins}: {_stands(name)}.")


def _check_copied_whole(name: str, value: str) -> None:
    if re.search(r"[\s'\"`]", value):
        raise WrongSecret(f"{name} has a space, a quote or a line break in it. Copy it again: {_stands(name)}.")


def _kind(value: str) -> str | None:
    return next((kind for begins, kind in KINDS.items() if value.startswith(begins)), None)


def _stands(name: str) -> str:
    return f"it stands in {PAGES} under {PLACES[name]}"
