"""One embedding, from the proposal to the signed review, and what is left of it afterwards."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot import ids
from bot.demo.check import compare
from bot.demo.script import THE_SHOP
from bot.demo.stage import staged
from bot.demo.story import Story
from bot.listeners.rows import Heard
from bot.listeners.table import TABLE
from bot.local_slack import NotAsExpected
from store import accounts
from store.accounts import Account
from store.site import Site
from tests.scenarios.playing import nothing_came_from_the_side, played


async def test_the_whole_embedding_plays_and_nothing_comes_from_the_side(
    site: Site, start: datetime, tmp_path: Path
) -> None:
    async with staged(site, start, tmp_path) as stage:
        found = await played(stage)
    journal = found.journal

    nothing_came_from_the_side(found)
    assert {entry.via for entry in journal.inbound} == {"socket"}

    # The packet that was signed is the one in the folder, and sha256sum would say so.
    packet = tmp_path / "reviews" / "E-1-review.json"
    digest = hashlib.sha256(packet.read_bytes()).hexdigest()
    assert packet.with_suffix(".json.sha256").read_text() == f"{digest}  E-1-review.json\n"
    told = json.loads(packet.read_text(encoding="utf-8"))
    assert sum(len(tool["reports"]) for tool in told["tools"]) == len(THE_SHOP.filings)
    page = packet.with_suffix(".html").read_text(encoding="utf-8")
    assert digest in page

    # No prompt went out on or after the last day.
    last_morning = datetime(2026, 4, 19, 9, tzinfo=start.tzinfo)
    asked = [call for call in journal.calls("chat.postMessage") if "do this shift?" in call.arguments["text"]]
    assert asked
    assert max(call.at for call in asked) < last_morning


@pytest.mark.parametrize(
    ("heard", "name", "act"),
    [
        (Heard.COMMAND, "/embedding", "schedule an embedding"),
        (Heard.VIEW, ids.SCHEDULE, "propose an embedding"),
        (Heard.ACTION, ids.AGREE, "agree to an embedding"),
        (Heard.COMMAND, "/model-feedback", "report by command"),
        (Heard.ACTION, ids.ACKNOWLEDGE, "acknowledge a report"),
        (Heard.ACTION, ids.ANSWER, "answer a prompt"),
    ],
)
async def test_with_one_listener_unregistered_the_story_stops_and_says_which_act_found_nobody(
    site: Site, start: datetime, tmp_path: Path, heard: Heard, name: str, act: str
) -> None:
    table = [row for row in TABLE if (row.heard, row.id) != (heard, name)]
    assert len(table) < len(TABLE)
    async with staged(site, start, tmp_path, table=table) as stage:
        with pytest.raises(NotAsExpected, match=f'"{act}".*found nobody.*{name}'):
            await Story(stage).play()


async def test_the_check_notices_a_message_and_an_act_from_the_side(
    site: Site, start: datetime, tmp_path: Path
) -> None:
    async with staged(site, start, tmp_path) as stage:
        story = Story(stage)
        await story.propose()
        await stage.quiet()
        before = await stage.app.store.read(accounts.account)
        assert compare(stage.slack.journal, before).differences == ()

        without = tuple(event for event in before.events if event.kind != "embedding_proposed")
        missing_event = Account(without, before.sent, before.not_sent)
        moved = (replace(before.sent[0], ts="1.000001"), *before.sent[1:])
        assert compare(stage.slack.journal, missing_event).differences
        assert compare(stage.slack.journal, Account(before.events, moved, ())).differences
        forged = (*before.events, replace(before.events[-1], actor="U0OLA", source="trigger:forged"))
        assert compare(stage.slack.journal, Account(forged, before.sent, ())).differences

        await stage.app.bolt.client.chat_postMessage(
            token=stage.slack.bot_token, channel="C0WORKSHOP", text="from the side"
        )
        found = compare(stage.slack.journal, before).differences
        assert any("has no delivery" in difference for difference in found)
