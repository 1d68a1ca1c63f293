"""Every event that Slack may send is answered 200, whatever its kind; what we do not listen to is counted."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.demo.stage import Stage
from bot.listeners.registration import MOST_NAMES, NAMELESS
from bot.listeners.rows import Heard
from bot.listeners.table import TABLE
from bot.manifest import SUBSCRIPTIONS, manifest
from tests.bot.conftest import Logs, Staging
from tests.bot.listeners.everything import everything

HOME, OLA = "T0REDSTONE", "U0OLA"
WORDS = "The bearing is too hot"

SUBTYPES = [
    "assistant_app_thread",
    "bot_message",
    "channel_archive",
    "channel_convert_to_private",
    "channel_convert_to_public",
    "channel_join",
    "channel_leave",
    "channel_name",
    "channel_posting_permissions",
    "channel_purpose",
    "channel_topic",
    "channel_unarchive",
    "document_mention",
    "ekm_access_denied",
    "file_comment",
    "file_mention",
    "file_share",
    "group_archive",
    "group_join",
    "group_leave",
    "group_name",
    "group_purpose",
    "group_topic",
    "group_unarchive",
    "huddle_thread",
    "me_message",
    "message_changed",
    "message_deleted",
    "message_replied",
    "pinned_item",
    "reminder_add",
    "thread_broadcast",
    "unpinned_item",
]
"""Of messages: https://docs.slack.dev/reference/events/message#subtypes"""
OURS = {row.id for row in TABLE if row.heard is Heard.EVENT}

both_ways = pytest.mark.parametrize("http", [True, False], ids=["over HTTP", "over a socket"])


def enveloped(event: Mapping[str, Any], number: int, team: str = HOME) -> dict[str, Any]:
    return {
        "token": "x",
        "team_id": team,
        "api_app_id": "A1",
        "type": "event_callback",
        "event_id": f"Ev{number}",
        "event_time": 1_773_000_000,
        "authorizations": [{"enterprise_id": None, "team_id": team, "user_id": "U0BOT", "is_bot": True}],
        "event": dict(event),
    }


def message(subtype: str) -> dict[str, Any]:
    inside = {"type": "message", "user": OLA, "text": WORDS, "ts": "1.2", "thread_ts": "1.1"}
    around = (
        {"message": inside, "previous_message": inside} if subtype in ("message_changed", "message_deleted") else {}
    )
    return {**inside, "channel": "C0WORKSHOP", "channel_type": "channel", "subtype": subtype, **around}


async def taken(stage: Stage, event: Mapping[str, Any], number: int, team: str = HOME) -> None:
    ack = await stage.slack.send_raw("events_api", enveloped(event, number, team))
    assert (ack.status, ack.payload, ack.failure) == (200, None, None), event


def nothing_broke(logs: Logs) -> None:
    assert not logs.of("broken")
    assert "Traceback" not in logs.text
    assert WORDS not in logs.text


@both_ways
async def test_every_message_in_a_channel_is_taken_and_counted(http: bool, on_stage: Staging, logs: Logs) -> None:
    async with on_stage(http=http) as stage:
        before = await stage.app.store.read(everything)
        for number, subtype in enumerate(SUBTYPES):
            await taken(stage, message(subtype), number)

        assert stage.app.unheard == {"event message": len(SUBTYPES)}
        assert await stage.app.store.read(everything) == before
        nothing_broke(logs)


def documented(reference: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every event of Slack's documentation: as its example shows it, or with what all of them have."""
    for file in sorted((reference / "slack" / "events-reference").glob("[!_]*.json")):
        described = json.loads(file.read_text(encoding="utf-8"))
        plain = {"type": described["name"].partition(".")[0], "user": OLA, "event_ts": "1.2", "text": WORDS}
        yield described["name"], described.get("example") or plain


def sampled(reference: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every event with every field that it may have, each of them empty."""
    for file in sorted((reference / "slack" / "payloads" / "events").glob("*.json")):
        envelope = json.loads(file.read_text(encoding="utf-8"))
        if "event" in envelope:
            yield file.stem, envelope["event"]


@both_ways
@pytest.mark.parametrize("which", [documented, sampled])
async def test_every_event_of_slacks_is_taken(
    http: bool, which: Any, reference: Path, on_stage: Staging, logs: Logs
) -> None:
    events = list(which(reference))
    assert len(events) > 50
    async with on_stage(http=http) as stage:
        for number, (name, event) in enumerate(events):
            heard = sum(stage.app.unheard.values())
            await taken(stage, event, number)
            # What the app subscribes to is carried out, and everything else is counted by its name; that somebody
            # else joined a channel is nothing to us, nor is what is said anywhere but to the app.
            ours = event["type"] in OURS - {"member_joined_channel", "message"}
            assert sum(stage.app.unheard.values()) - heard == (not ours), name
        assert NAMELESS not in stage.app.unheard
        nothing_broke(logs)


async def test_what_is_subscribed_to_is_listened_to() -> None:
    made = manifest(TABLE, "https://alongside.example")
    assert set(made["settings"]["event_subscriptions"]["bot_events"]) == {
        SUBSCRIPTIONS.get(name, name) for name in OURS
    }


@both_ways
@pytest.mark.parametrize("team", ["T0ELSEWHERE", "", "t0redstone"])
async def test_an_event_of_another_workspace_is_taken_and_changes_nothing(
    team: str, http: bool, on_stage: Staging, logs: Logs
) -> None:
    async with on_stage(http=http) as stage:
        before = await stage.app.store.read(everything)
        gone: dict[str, Any] = {
            "type": "user_change",
            "user": {"id": OLA, "team_id": team, "deleted": True, "tz": "Europe/Oslo"},
        }
        for number, event in enumerate((gone, {"type": "app_home_opened", "user": OLA, "tab": "home"})):
            await taken(stage, event, number, team)
        await stage.quiet()

        assert await stage.app.store.read(everything) == before
        assert not stage.slack.journal.calls("views.publish")
        nothing_broke(logs)


@both_ways
async def test_what_bots_do_is_taken_and_changes_nothing(http: bool, on_stage: Staging, logs: Logs) -> None:
    async with on_stage(http=http) as stage:
        before = await stage.app.store.read(everything)
        mine = {"user": stage.slack.bot_user_id, "bot_id": stage.slack.bot_id}
        for number, event in enumerate(
            (
                {**message("bot_message"), "bot_id": "B0OTHER", "user": None},
                {**message("bot_message"), **mine},
                {"type": "message", "channel": "C0WORKSHOP", "ts": "1.2", **mine},
                {"type": "app_home_opened", "tab": "home", **mine},
                {"type": "app_home_opened", "tab": "home", "user": "USLACKBOT"},
                {"type": "user_change", "user": {"id": stage.slack.bot_user_id, "is_bot": True, "tz": "Europe/Oslo"}},
                {"type": "user_change", "user": {"id": "USLACKBOT", "is_bot": False}},
            )
        ):
            await taken(stage, event, number)
        await stage.quiet()

        assert await stage.app.store.read(everything) == before
        nothing_broke(logs)


@both_ways
async def test_events_that_slack_will_think_of_are_taken_and_counted_by_name(
    http: bool, on_stage: Staging, logs: Logs
) -> None:
    async with on_stage(http=http, begun=False) as stage:
        for number, kind in enumerate(("teleported", "message.hologram", WORDS, "")):
            await taken(stage, {"type": kind, "user": OLA, "text": WORDS}, number)

        assert stage.app.unheard == {"event teleported": 1, "event message.hologram": 1, f"event {NAMELESS}": 2}
        nothing_broke(logs)


async def test_names_without_end_do_not_fill_the_memory(on_stage: Staging) -> None:
    async with on_stage(http=True, begun=False) as stage:
        for number in range(MOST_NAMES + 5):
            await taken(stage, {"type": f"teleported_{number}"}, number)

        assert len(stage.app.unheard) == MOST_NAMES + 1
        assert stage.app.unheard[NAMELESS] == 5
