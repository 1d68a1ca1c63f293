"""Every error that Slack documents for what we call has a meaning, and a sentence that an admin can act on."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientConnectorError, ServerDisconnectedError
from aiohttp.client_reqrep import ConnectionKey
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook import WebhookResponse

from bot.manifest import METHODS
from bot.slack_errors import MEANINGS, SENTENCES, NotShown, Said, understood
from store.meanings import Meaning


def refusal(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> SlackApiError:
    response = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="https://slack.com/api/chat.postMessage",
        req_args={},
        data=data,
        headers=headers or {},
        status_code=status,
    )
    return SlackApiError("refused", response)  # type: ignore[no-untyped-call] # slack_sdk leaves it out


def not_shown(status: int, body: str) -> NotShown:
    return NotShown(WebhookResponse(url="https://hooks.slack.com/x", status_code=status, body=body, headers={}))


def no_connection() -> ClientConnectorError:
    key = ConnectionKey("slack.com", 443, True, True, None, None, None)
    return ClientConnectorError(key, OSError("no route"))


@pytest.mark.parametrize("method", METHODS)
def test_every_documented_error_of_a_method_has_a_meaning(method: str, reference: Path) -> None:
    facts = json.loads((reference / "slack" / "methods.json").read_text("utf-8"))
    documented = {*facts["methods"][method]["errors"], *facts["common_errors_every_method"]["errors"]}
    assert len(documented) > 20
    assert sorted(documented - set(MEANINGS)) == []


def test_every_meaning_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Meaning)
    assert all(sentence and sentence[-1] != "." for sentence in SENTENCES.values())


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            refusal({"error": "ratelimited"}, 429, {"Retry-After": "7"}),
            Said("ratelimited", Meaning.LATER, timedelta(seconds=7)),
        ),
        (refusal({"error": "ratelimited"}, 429), Said("ratelimited", Meaning.LATER)),
        (refusal({"error": "ratelimited"}, 429, {"Retry-After": "soon"}), Said("ratelimited", Meaning.LATER)),
        (refusal({}, 429, {"Retry-After": "1"}), Said("ratelimited", Meaning.LATER, timedelta(seconds=1))),
        (refusal(None, 429), Said("ratelimited", Meaning.LATER)),
        (refusal("", 429), Said("ratelimited", Meaning.LATER)),
        (refusal({}, 502), Said("HTTP 502", Meaning.UNKNOWN)),
        (refusal("<html>", 503), Said("HTTP 503", Meaning.UNKNOWN)),
        (refusal(["ok"], 200), Said("HTTP 200", Meaning.UNKNOWN)),
        (refusal({"ok": False}), Said("HTTP 200", Meaning.UNKNOWN)),
        (refusal({}, 403), Said("HTTP 403", Meaning.UNHEARD_OF)),
        (refusal({"error": "is_archived"}), Said("is_archived", Meaning.CHANNEL_GONE)),
        (refusal({"error": "fatal_error"}, 500), Said("fatal_error", Meaning.UNKNOWN)),
        (refusal({"error": "made_up_tomorrow"}), Said("made_up_tomorrow", Meaning.UNHEARD_OF)),
        (not_shown(404, '{"ok":false,"error":"used_url"}'), Said("used_url", Meaning.TOO_LATE)),
        (not_shown(404, "expired_url"), Said("expired_url", Meaning.TOO_LATE)),
        (not_shown(410, "<html>gone</html>"), Said("HTTP 410", Meaning.TOO_LATE)),
        (not_shown(404, '{"ok":false,"error":"no_such_address"}'), Said("no_such_address", Meaning.TOO_LATE)),
        (not_shown(500, ""), Said("HTTP 500", Meaning.UNKNOWN)),
        (no_connection(), Said("ClientConnectorError", Meaning.OUT_OF_REACH)),
        (ServerDisconnectedError(), Said("ServerDisconnectedError", Meaning.UNKNOWN)),
        (TimeoutError(), Said("TimeoutError", Meaning.UNKNOWN)),
        (ConnectionResetError(), Said("ConnectionResetError", Meaning.UNKNOWN)),
        (ValueError("no JSON"), Said("ValueError", Meaning.UNKNOWN)),
    ],
)
def test_what_went_wrong_is_understood(error: Exception, said: Said) -> None:
    assert understood(error) == said


def test_the_sentence_says_what_to_do_and_names_slacks_word() -> None:
    assert understood(refusal({"error": "is_archived"})).sentence == (
        "the channel is archived: unarchive it, or name another one in the site file (is_archived)"
    )
    assert understood(refusal({"error": "not_in_channel"})).sentence == (
        "Alongside is not in this channel: type /invite @Alongside there (not_in_channel)"
    )
