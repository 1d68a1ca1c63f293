"""Delivery → Slack: writes a message from what is true now, makes the call, and says what came of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.blocks import kit
from bot.look_up import METADATA_EVENT, SlackHistory
from bot.messages import MESSAGES
from bot.slack_errors import Said, understood
from bot.texts import CATALOGUES, texts_in
from jobs.ports import Call, Draft, Ended, Halted, Incidents, Later, Outcome, Postponed, Rule, Sent
from jobs.rates import PIN
from store import deliveries, following, workspaces
from store.deliveries import Addressed, Kind, Status
from store.errors import TryAgain
from store.meanings import Meaning
from store.sending import Claimed, Lost
from store.store import Session, Store

log = structlog.get_logger()

ENDS = {
    Meaning.UNKNOWN: Status.UNKNOWN,
    Meaning.PERSON_GONE: Status.SKIPPED,
    Meaning.MESSAGE_GONE: Status.SKIPPED,
}
"""How a delivery ends by what an error means; FAILED for the rest."""

SLOW_DOWN = frozenset({"ratelimited", "rate_limited"})
"""All calls of a method wait, in that workspace: https://docs.slack.dev/apis/web-api/rate-limits#headers"""


class SlackSender:
    """Sends deliveries by `chat.postMessage` and `chat.update`, and pins by `pins.add`.

    Args:
        store: Where messages are written from.
        client: A client that never tries again by itself: its default posts twice when a connection drops.
        incidents: Where it is kept that a message could not be written.
        enterprise_id: The organisation of the workspace that the client's token belongs to, or nothing.
        team_id: That workspace.
        catalogues: The folder of the sentences in other languages.
    """

    def __init__(
        self,
        store: Store,
        client: AsyncWebClient,
        incidents: Incidents,
        enterprise_id: str,
        team_id: str,
        catalogues: Path = CATALOGUES,
    ) -> None:
        self._store = store
        self._client = client
        self._incidents = incidents
        self._catalogues = catalogues
        self._history = SlackHistory(client)
        self._workspace = (enterprise_id, team_id)
        self._serves: tuple[int, ...] = ()

    async def workspaces(self) -> Collection[int]:
        """The workspace of the token, once a site was imported for it."""
        if not self._serves:
            found = await self._store.read(workspaces.find, *self._workspace)
            self._serves = () if found is None or found.id is None else (found.id,)
        return self._serves

    def rule(self, kind: Kind) -> Rule:
        """What is done with a kind of message when its answer is lost."""
        return MESSAGES[kind].rule

    async def write(self, claimed: Sequence[Claimed], at: datetime) -> Sequence[Draft]:
        """Write the messages from what is true now.

        All of them in one look at the database; when one of them breaks, each in a look of its own.

        Raises:
            TryAgain: The database is busy or away.
        """
        try:
            return await self._store.read(compose_each, [one.id for one in claimed], self._catalogues, at=at)
        except TryAgain:
            raise
        except Exception:
            return [await self._write_alone(one, at) for one in claimed]

    async def _write_alone(self, claimed: Claimed, at: datetime) -> Draft:
        try:
            return await self._store.read(compose, claimed.id, self._catalogues, at=at)
        except TryAgain:
            raise
        except Exception as error:
            error_id = self._incidents.record(error, f"message {claimed.kind}")
            log.exception("message_not_written", error_id=error_id, delivery=claimed.id, kind=claimed.kind)
            return Ended(Status.FAILED, f"it could not be written: {type(error).__name__}")

    async def call(self, claimed: Claimed, call: Call) -> Outcome:
        """Make the call once."""
        try:
            answer = await self._client.api_call(call.method, json=call.arguments)
            return _pinned(call) if call.method == PIN else _sent(answer)
        except Exception as error:
            # Whatever Slack, the network or the SDK made of it: the message may be out, and others wait.
            said = understood(error)
            return _pinned(call) if said.code == "already_pinned" else outcome_of(said, call)

    async def look_up(self, lost: Sequence[Lost]) -> Mapping[int, Sent] | Later:
        """Look for messages of one conversation whose answers were lost."""
        try:
            return await self._history.find(lost)
        except Exception as error:
            said = understood(error)
            return Later(said.sentence, said.wait, slow_down=said.code in SLOW_DOWN)


def compose_each(
    session: Session, delivery_ids: Sequence[int], catalogues: Path = CATALOGUES, *, at: datetime
) -> list[Draft]:
    """The calls that some deliveries make now, or why one makes none; what they have in common is looked up once."""
    held = deliveries.gathered(session, delivery_ids)
    composed = [compose(session, delivery_id, catalogues, at=at) for delivery_id in delivery_ids]
    del held  # until here the session knows them
    return composed


def compose(session: Session, delivery_id: int, catalogues: Path = CATALOGUES, *, at: datetime) -> Draft:
    """The call that a delivery makes now, or why it makes none."""
    found = deliveries.addressed(session, delivery_id)
    if not found.reachable:
        return Ended(Status.SKIPPED, "the account is switched off")
    if found.delivery.edits_id is not None and found.ts is None:
        return Ended(Status.SKIPPED, "its message never went out")
    if (moment := following.later(session, found.delivery, at=at)) is not None:
        return Postponed(moment.due_at, moment.expires_at)
    message_kind = MESSAGES[found.delivery.kind]
    if message_kind.pins:
        return Call("pins.add", {"channel": found.target, "timestamp": found.ts}, repeats_safely=True)
    written = message_kind.write(session, found.delivery, texts_in(found.locale, catalogues))
    if written is None:
        return Ended(Status.SKIPPED, "nothing to say any more")
    message: dict[str, Any] = {
        "channel": found.target,
        "text": written.text,
        "blocks": kit.as_sent(written.blocks),
        "unfurl_links": False,
        "unfurl_media": False,
    }
    return _edit(found, message) if found.ts else _post(found, message)


def _post(found: Addressed, message: dict[str, Any]) -> Call:
    metadata = {"event_type": METADATA_EVENT, "event_payload": {"delivery": found.delivery.id}}
    return Call("chat.postMessage", message | {"metadata": metadata})


def _edit(found: Addressed, message: dict[str, Any]) -> Call:
    del message["unfurl_links"], message["unfurl_media"]
    # chat.update drops the metadata that it is not given, and the check of what went out reads it.
    metadata = {"event_type": METADATA_EVENT, "event_payload": {"delivery": found.delivery.edits_id}}
    # Unlike a post, an edit makes names and links out of words unless it is told not to:
    # https://docs.slack.dev/reference/methods/chat.update#arguments
    arguments = message | {"ts": found.ts, "metadata": metadata, "parse": "none"}
    return Call("chat.update", arguments, repeats_safely=True)


def _pinned(call: Call) -> Sent:
    return Sent(call.arguments["channel"], call.arguments["timestamp"])


def _sent(answer: AsyncSlackResponse) -> Sent:
    """Where the message is; LookupError for an answer that does not say it."""
    channel, ts = answer.get("channel"), answer.get("ts")
    if not (isinstance(channel, str) and isinstance(ts, str) and channel and ts):
        raise LookupError("the answer does not say where the message is")
    return Sent(channel, ts)


def outcome_of(said: Said, call: Call) -> Outcome:
    """What an error means for a delivery."""
    meaning = _meaning(said, call)
    match meaning:
        case Meaning.LATER:
            return Later(said.sentence, said.wait, slow_down=said.code in SLOW_DOWN)
        case Meaning.UNKNOWN if call.repeats_safely:
            return Later(said.sentence)
        case Meaning.APP_OFF | Meaning.OUT_OF_REACH:
            return Halted(meaning, said.sentence)
    said = replace(said, meaning=meaning)
    return Ended(ENDS.get(meaning, Status.FAILED), said.sentence, meaning)


def _meaning(said: Said, call: Call) -> Meaning:
    # Slack does not tell a private channel that the app is not in from one that is not there.
    in_channel = str(call.arguments.get("channel", "")).startswith(("C", "G"))
    if said.code == "channel_not_found" and in_channel and call.method == "chat.postMessage":
        return Meaning.NOT_INVITED
    return said.meaning
