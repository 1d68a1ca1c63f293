"""Slack's signed requests, as the load generator sends them."""

import time
from urllib.parse import urlencode

from bot.http.gate import FORM, signature
from tests.bench.site import WORKSPACE

SECRET = "0123456789abcdef0123456789abcdef"


def command(text: str, *, user: str, trigger: str, path: str) -> bytes:
    """A `/model-feedback` as one HTTP/1.1 request that keeps its connection."""
    fields = {
        "token": "made-up",
        "team_id": WORKSPACE,
        "team_domain": "ridge",
        "channel_id": "C_PIT",
        "channel_name": "pit",
        "user_id": user,
        "user_name": user.lower(),
        "command": "/model-feedback",
        "text": text,
        "api_app_id": "A1",
        "is_enterprise_install": "false",
        "response_url": f"https://hooks.slack.example/commands/{WORKSPACE}/1/{trigger}",
        "trigger_id": trigger,
    }
    body = urlencode(fields).encode()
    stamp = str(int(time.time()))
    head = (
        f"POST {path} HTTP/1.1\r\nHost: alongside\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: {signature(SECRET.encode(), stamp, body)}\r\n\r\n"
    )
    return head.encode() + body
