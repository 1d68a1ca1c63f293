"""What Slack answers decides what becomes of a delivery, and nothing is ever sent twice on a guess."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST
from bot.local_slack.journal import Call
from bot.look_up import METADATA_EVENT
from bot.sender import SlackSender, outcome_of
from bot.slack_errors import Said
from jobs.ports import Call as ToSend
from jobs.ports import Ended
from store import deliveries as outbox
from store import migrations, people
from store.deliveries import Delivery, Kind, Status
from store.errors import TryAgain
from store.meanings import Meaning
from store.people import Caller
from store.sending import Claimed
from store.store import Store
from tests.bot.conftest import Logs
from tests.bot.opening import HELPED, asked, deliveries

POST, EDIT = "chat.postMessage", "chat.update"


async def report(stage: Stage, text: str = "false alarm on P-101") -> None:
    """Ola reports, and Dana is to hear of it."""
    await stage.person("U0OLA").runs("/model-feedback", text)
    await stage.quiet()


async def filed(stage: Stage) -> Delivery:
    """The delivery of the last report."""
    return (await stage.app.store.read(deliveries, Kind.FEEDBACK_FILED))[-1]


def posts(stage: Stage) -> list[Call]:
    """The messages to Dana about reports that Slack took."""
    return [
        call for call in stage.slack.journal.calls(POST, ok=True) if "New report" in str(call.arguments.get("text"))
    ]


async def test_a_message_that_came_too_fast_goes_out_when_slack_allows_it(stage: Stage) -> None:
    stage.slack.expect_trouble(POST, error="ratelimited", status=429, retry_after=30)
    said_at = stage.clock.now()
    await report(stage)
    waiting = await filed(stage)
    reason = "Slack asks us to wait (ratelimited)"
    assert (waiting.status, waiting.reason, waiting.attempts) == (Status.QUEUED, reason, 1)
    assert waiting.due_at == said_at + timedelta(seconds=30)

    stage.clock.advance(timedelta(seconds=29))
    await stage.tick()
    assert len(posts(stage)) == 0
    stage.clock.advance(timedelta(seconds=1))
    await stage.tick()

    assert (await filed(stage)).status is Status.SENT
    assert [call.ok for call in posts(stage)] == [True]
    assert len(stage.slack.journal.calls(POST)) == 2
    await stage.person(DATA_SCIENTIST).sees("false alarm on P-101")


async def test_a_message_whose_answer_was_lost_is_unknown_and_never_sent_again(stage: Stage) -> None:
    stage.slack.expect_trouble(POST, answer_lost=True)
    await report(stage)
    lost = await filed(stage)
    assert lost.status is Status.UNKNOWN
    assert lost.reason == "nobody knows whether it arrived: the answer was lost (ServerDisconnectedError)"

    for _ in range(4):
        stage.clock.advance(timedelta(hours=7))
        await stage.tick()

    assert len(posts(stage)) == 1
    assert (await filed(stage)).status is Status.UNKNOWN


async def test_somebody_whose_account_is_switched_off_is_not_written_to(stage: Stage) -> None:
    stage.slack.expect_trouble(POST, error="ratelimited", status=429, retry_after=30)
    await report(stage)
    await stage.slack.change_person(stage.person(DATA_SCIENTIST), deleted=True)
    stage.clock.advance(timedelta(seconds=30))
    await stage.tick()

    skipped = await filed(stage)
    assert (skipped.status, skipped.reason) == (Status.SKIPPED, "the account is switched off")
    assert posts(stage) == []


def test_an_account_that_slack_says_is_gone_ends_what_was_meant_for_it() -> None:
    said = Said("user_disabled", Meaning.PERSON_GONE)
    assert outcome_of(said, ToSend(POST, {"channel": "U0DANA"})) == Ended(
        Status.SKIPPED, "the account is switched off (user_disabled)", Meaning.PERSON_GONE
    )


async def test_an_edit_waits_for_its_post(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    stage.slack.expect_trouble(POST, error="ratelimited", status=429, retry_after=60)
    await report(stage)
    await dana.opens_home()
    await dana.clicks("I've read it", on=await dana.sees_home("I've read it"))
    await stage.tick()
    assert stage.slack.journal.calls(EDIT) == []

    stage.clock.advance(timedelta(seconds=60))
    await stage.tick()

    edit, post = stage.slack.journal.calls(EDIT)[0], posts(stage)[0]
    assert post.number < edit.number
    assert (edit.channel, edit.ts) == (post.channel, post.ts)
    assert edit.arguments["metadata"] == post.metadata
    (message,) = [message for message in dana.messages if message.ts == post.ts and not message.is_ephemeral]
    assert "Status: read" in message.text()


async def test_an_edit_of_a_message_that_never_went_out_is_skipped(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    stage.slack.expect_trouble(POST, error="channel_not_found")
    await report(stage)
    await dana.opens_home()
    await dana.clicks("I've read it", on=await dana.sees_home("I've read it"))
    await stage.tick()

    (edit,) = await stage.app.store.read(deliveries, Kind.FEEDBACK_FILED_SEEN)
    assert (edit.status, edit.reason) == (Status.SKIPPED, "its message never went out")
    assert stage.slack.journal.calls(EDIT) == []


async def test_a_post_carries_the_id_of_its_delivery_and_nothing_else(stage: Stage) -> None:
    await report(stage, "false alarm on P-101, gland water was off")
    await asked(stage)
    calls = stage.slack.journal.calls(POST)
    rows = {row.id: row for row in await stage.app.store.read(deliveries)}

    assert len(calls) >= 4
    for call in calls:
        assert call.metadata is not None
        assert set(call.metadata) == {"event_type", "event_payload"}
        assert call.metadata["event_type"] == METADATA_EVENT
        (name, number), *others = call.metadata["event_payload"].items()
        assert (name, others) == ("delivery", [])
        assert rows[number].status is Status.SENT
        assert set(call.arguments) == {"channel", "text", "blocks", "metadata", "unfurl_links", "unfurl_media"}
    assert len({call.metadata["event_payload"]["delivery"] for call in calls if call.metadata}) == len(calls)


async def test_one_message_that_fails_holds_up_no_other(stage: Stage) -> None:
    stage.slack.expect_trouble(POST, error="channel_not_found")
    stage.slack.expect_trouble(POST, answer_lost=True)
    await asked(stage)

    rows = await stage.app.store.read(deliveries, Kind.PROMPT)
    by_status = sorted(row.status.value for row in rows if row.status is not Status.QUEUED)
    assert by_status == ["failed", "sent", "unknown"]


def queue_nonsense(session: Session, person: Caller, stage: Stage) -> None:
    """A message about something that is not there, before one that is."""
    dana = people.known(session, person)
    outbox.queue(
        session,
        dana.workspace_id,
        Kind.FEEDBACK_FILED,
        "nonsense",
        "feedback",
        99_999,
        at=stage.clock.now(),
        person_id=dana.id,
    )


async def test_a_message_that_cannot_be_written_fails_alone_and_says_so_without_words(stage: Stage, logs: Logs) -> None:
    dana = Caller("", stage.slack.team_id, DATA_SCIENTIST)
    await stage.app.store.write(queue_nonsense, dana, stage)
    await report(stage)

    broken, good = await stage.app.store.read(deliveries, Kind.FEEDBACK_FILED)
    assert (broken.status, broken.reason) == (Status.FAILED, "it could not be written: LookupError")
    assert good.status is Status.SENT
    assert [line["delivery"] for line in logs.of("message_not_written")] == [broken.id]


async def test_nothing_is_said_of_a_prompt_that_has_closed_meanwhile(stage: Stage) -> None:
    person, question = await asked(stage)
    rows = await stage.app.store.read(deliveries, Kind.PROMPT)
    assert {row.status for row in rows if row.due_at <= stage.clock.now()} == {Status.SENT}
    await person.clicks(HELPED, on=question)
    stage.clock.advance(timedelta(hours=15))
    await stage.tick()
    closed = await stage.app.store.read(deliveries, Kind.PROMPT_CLOSED)
    assert len(closed) == len([row for row in rows if row.status is Status.SENT]) - 1


async def test_a_message_that_cannot_be_looked_up_now_is_not_given_up(stage: Stage, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'away.db'}"
    migrations.upgrade(url)
    with Store(url) as away:
        sender = SlackSender(away, stage.app.bolt.client, stage.app.incidents, "", stage.slack.team_id)
    waiting = Claimed(1, 1, Kind.FEEDBACK_FILED, 0, None, 1, None, is_edit=False, token="t")
    with pytest.raises(TryAgain):  # the claim lapses, and whoever comes next sends it
        await sender.write([waiting], stage.clock.now())


async def test_calls_to_slack_share_connections_until_the_app_ends(stage: Stage) -> None:
    await report(stage)
    assert not stage.app.connections.closed
    await stage.app.wind_down()
    assert stage.app.connections.closed
