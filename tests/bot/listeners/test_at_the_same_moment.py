"""Whatever comes four times at the same moment happens once, and is answered four times the same."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import Session, col, func, select

from bot import ids
from bot.app import compose
from bot.demo.stage import Stage, staged
from bot.demo.story import SPONSORS
from bot.http.gate import signature
from bot.http.server import SLACK_PATH, asgi_app
from bot.listeners.registration import row_of
from bot.listeners.rows import Act
from bot.listeners.table import TABLE
from store.days_off import Shutdown
from store.deliveries import Delivery, Message, Status
from store.direct_reports import Unfiled
from store.history import Event
from store.inbound import SourceKey
from store.people import Person
from store.prompts import Prompt, PromptStatus
from store.restrictions import Restriction
from store.store import Store
from store.unsafe import UnsafeCall
from tests.bot.conftest import Logs, Staging, demo_site
from tests.bot.mutated.mutation import copied, encoded
from tests.bot.mutated.originals import Original, play_the_last_day, play_until_the_last_day
from tests.bot.opening import PROPOSED_AT, begin

TIMES = 4

Send = Callable[[Original], Awaitable[tuple[int | None, Any]]]
Payload = dict[str, Any]


@dataclass(frozen=True)
class Doing:
    """Something to do that was not done yet.

    Attributes:
        original: How the request of somebody who did the like begins.
        kind: What happens by it.
        changed: Makes it another one.
    """

    original: str
    kind: str
    changed: Callable[[Payload], None] = lambda payload: None


def clicked(value: str) -> Callable[[Payload], None]:
    def change(payload: Payload) -> None:
        payload["actions"][0]["value"] = value

    return change


def keeping(**kept: object) -> Callable[[Payload], None]:
    def change(payload: Payload) -> None:
        payload["view"]["private_metadata"] = json.dumps(kept)

    return change


def about(text: str) -> Callable[[Payload], None]:
    def change(payload: Payload) -> None:
        payload["text"] = text

    return change


def another_change(payload: Payload) -> None:
    fields = payload["view"]["state"]["values"]
    fields["version"]["entered"]["value"] = None
    fields["answers"]["entered"]["selected_options"] = [{"value": "8"}]


def by_the_other_sponsor(payload: Payload) -> None:
    payload["user"]["id"] = SPONSORS[1]


def from_oslo(payload: Payload) -> None:
    payload["event"]["user"]["tz"] = "Europe/Oslo"


def into_the_other_crew(payload: Payload) -> None:
    payload["view"]["state"]["values"]["crew"]["entered"]["selected_option"]["value"] = "2"


def on_other_days(payload: Payload) -> None:
    if "view" not in payload:
        payload["text"] = "away 2026-04-13"
        return
    fields = payload["view"]["state"]["values"]
    for name in ("first_day", "last_day"):
        fields[name]["entered"]["selected_date"] = "2026-04-14"


def until_four(payload: Payload) -> None:
    payload["view"]["state"]["values"]["quiet_until"]["entered"]["selected_time"] = "04:00"


def the_other_way(payload: Payload) -> None:
    if "actions" in payload:
        said = payload["actions"][0]["value"]
        payload["actions"][0]["value"] = said.replace("yes", "no")
    else:
        payload["view"]["state"]["values"]["may_call"]["entered"]["selected_option"]["value"] = "no"


def for_something_else(payload: Payload) -> None:
    payload["view"]["state"]["values"]["what_for"]["entered"]["value"] = "P-102"


def of_another_report(payload: Payload) -> None:
    payload["view"]["private_metadata"] = json.dumps({"step": "decline", "reports": [7]})


def with_another_figure(payload: Payload) -> None:
    payload["view"]["state"]["values"]["shown"]["entered"]["value"] = "413"


BEFORE = (
    Doing("/model-feedback …", "feedback_filed"),
    Doing(f"view_submission {ids.FILE}", "feedback_filed"),
    Doing(f"view_submission {ids.FILE_NOTE}", "change_note_live", another_change),
    Doing(f"view_submission {ids.SCHEDULE}", "embedding_proposed"),
    Doing(f"block_actions {ids.AGREE}", "embedding_agreed", clicked("4")),
    Doing(f"block_actions {ids.DECLINE}", "embedding_declined", clicked("4")),
    Doing(f"block_actions {ids.ACKNOWLEDGE}", "feedback_acknowledged", clicked("9")),
    Doing(f"view_submission {ids.KEEP_EDIT}", "feedback_edited", keeping(report=5, reference="F-5")),
    Doing(f"block_actions {ids.OTHER_TOOL}", "feedback_edited", clicked("6/2")),
    Doing(f"view_submission {ids.KEEP_ADDITION}", "feedback_added_to", keeping(report=7)),
    Doing("/model-feedback F-13 and again", "feedback_added_to", about("F-7 and again")),
    Doing(f"block_actions {ids.WITHDRAW}", "feedback_withdrawn", clicked("10")),
    Doing(f"block_actions {ids.VERDICT}", "verdict_given", clicked("1/worse")),
    Doing(f"view_submission {ids.MOVE}", "crew_changed", into_the_other_crew),
    Doing(f"view_submission {ids.KEEP_PLAN}", "prompt_plan_made"),
    Doing(f"block_actions {ids.PAUSE_PLAN}", "prompt_plan_paused", clicked("3")),
    Doing(f"block_actions {ids.RESUME_PLAN}", "prompt_plan_resumed", clicked("3")),
    Doing(f"block_actions {ids.END_PLAN}", "prompt_plan_ended", clicked("3")),
    Doing(f"view_submission {ids.KEEP_SET}", "question_set_kept"),
    Doing("/embedding away 20", "absence_noted", on_other_days),
    Doing(f"view_submission {ids.NOTE_AWAY}", "absence_noted", on_other_days),
    Doing("/embedding back", "absence_ended"),
    Doing(f"block_actions {ids.BACK}", "absence_ended"),
    Doing(f"view_submission {ids.SHUT_DOWN}", "team_shut_down", on_other_days),
    Doing(f"view_submission {ids.PAUSE}", "embedding_paused"),
    Doing(f"view_submission {ids.RESUME}", "embedding_resumed"),
    Doing(f"view_submission {ids.CHOOSE}", "preferences_chosen", until_four),
    Doing(f"view_submission {ids.FILE_UNSAFE}", "unsafe_raised"),
    Doing(f"block_actions {ids.MAY_CALL}", "unsafe_may_call", the_other_way),
    Doing(f"view_submission {ids.SAY_MAY_CALL}", "unsafe_may_call", the_other_way),
    Doing(f"view_submission {ids.SET_RESTRICTION}", "restriction_set", for_something_else),
    Doing(f"view_submission {ids.TRIAGE}", "feedback_declined", of_another_report),
    Doing(f"view_submission {ids.KEEP_QUESTION_ANSWER}", "question_answered"),
    Doing(f"view_submission {ids.NOTE_OBSERVATION}", "observation_noted"),
    Doing(f"view_submission {ids.ENTER_EXPOSURE}", "exposure_entered", with_another_figure),
    # Change notes and what follows from them
    Doing(f"view_submission {ids.KEEP_NOTE}", "change_note_edited", keeping(note=6, revision=2)),
    Doing(f"block_actions {ids.NOTE_IS_LIVE}", "change_note_live", clicked("4")),
    Doing(f"view_submission {ids.ROLL_BACK}", "change_note_rolled_back", keeping(note=4)),
    Doing(f"block_actions {ids.SEND_NOTE}", "change_note_sent_for_approval", clicked("3")),
    Doing(f"view_submission {ids.SAY_NOT_YET}", "change_note_not_yet", keeping(note=3, revision=1)),
    Doing(f"block_actions {ids.SEND_NOTE}", "change_note_sent_for_approval", clicked("3")),
    Doing(f"block_actions {ids.APPROVE_NOTE}", "change_note_approved", clicked("3/1")),
    Doing(f"view_submission {ids.KEEP_WORDS}", "verdict_words_added"),
    Doing("/model-feedback again", "feedback_happened_again", about("again F-3")),
    Doing(f"block_actions {ids.AGAIN}", "feedback_happened_again", clicked("4")),
    Doing(f"block_actions {ids.VISIT_YES}", "visit_agreed", clicked("2/2")),
    Doing(f"block_actions {ids.VISIT_OTHER}", "visit_moved", clicked("2/2")),
    Doing(f"block_actions {ids.VISIT_NO}", "visit_called_off", clicked("2")),
    Doing("user_change", "", from_oslo),
    Doing("member_joined_channel", ""),
)
ON_THE_LAST_DAY = Doing(f"view_submission {ids.SIGN}", "review_signed", by_the_other_sponsor)


def how_often(session: Session, key: str, kind: str) -> tuple[int, int]:
    """How often a request was kept, and how often something happened by it."""
    kept = session.exec(select(func.count()).select_from(SourceKey).where(SourceKey.key == key)).one()
    happened = select(func.count()).select_from(Event).where(Event.source == key, Event.kind == kind)
    return kept, session.exec(happened).one()


def open_prompts(session: Session) -> list[tuple[Prompt, str]]:
    """The prompts that wait for an answer, and whose they are."""
    query = select(Prompt, Person.slack_id).join(Person, col(Person.id) == col(Prompt.person_id))
    return list(session.exec(query.where(Prompt.status == PromptStatus.OPEN).order_by(col(Prompt.id))).all())


def unfiled(session: Session) -> int:
    """What was said last to the app."""
    return session.exec(select(func.max(Unfiled.id))).one() or 0


def failed_delivery(session: Session) -> int:
    """A message that was given up and not sent again yet."""
    query = select(Delivery.id).where(Delivery.status == Status.FAILED).order_by(col(Delivery.id).desc())
    return session.exec(query).first() or 0


def coming_shutdown(session: Session) -> int:
    """A shutdown that nobody has lifted."""
    return session.exec(select(Shutdown.id).order_by(col(Shutdown.id).desc())).first() or 0


def nobody_has(session: Session) -> int:
    """A report of something unsafe that nobody has taken."""
    return session.exec(select(UnsafeCall.feedback_id).where(col(UnsafeCall.taken_at).is_(None))).first() or 0


def still_stands(session: Session) -> int:
    """A restriction that nobody has lifted."""
    return session.exec(select(Restriction.id).where(col(Restriction.lifted_at).is_(None))).first() or 0


def where_it_was_asked(session: Session, prompt_id: int) -> tuple[str, str]:
    """The channel and the timestamp of a prompt's message."""
    query = select(Message.channel, Message.ts).join(Prompt, col(Prompt.delivery_id) == col(Message.delivery_id))
    return session.exec(query.where(Prompt.id == prompt_id)).one()


def made(doing: Doing, originals: list[Original], stage: Stage) -> tuple[Original, str]:
    """The request, and the key that it counts once for."""
    original = next(original for original in originals if original.name.startswith(doing.original))
    payload = copied(original.payload)
    doing.changed(payload)
    number = f"{len(stage.slack.journal.inbound)}{time.monotonic_ns()}"
    key = f"trigger:1.2.{number}"
    if original.kind == "events_api":
        payload["event_id"] = f"Ev{number}"
        key = f"event:Ev{number}"
    else:
        payload["trigger_id"] = key.removeprefix("trigger:")
    if payload.get("type") == "view_submission":
        payload["view"]["id"] = f"V{number}"
        # The screen that follows a form has the id of that form.
        key = f"view:V{number}:{ids.SAY_MAY_CALL}" if ids.SAY_MAY_CALL in original.name else f"view:V{number}"
    return Original(original.name, original.kind, payload), key


async def each_happens_once(stage: Stage, ways: list[Send]) -> None:
    """Do everything that can be done, each thing several times at once, in turns by these ways."""
    originals = await play_until_the_last_day(stage)
    done: set[int] = set()

    async def do(doing: Doing) -> None:
        request, key = made(doing, originals, stage)
        answers = await asyncio.gather(*(ways[number % len(ways)](request) for number in range(TIMES)))
        assert answers == [answers[0]] * TIMES, doing
        assert answers[0][0] == 200
        assert "errors" not in str(answers[0][1]), (doing, answers[0])
        assert await stage.app.store.read(how_often, key, doing.kind) == (1, 1 if doing.kind else 0), doing
        done.add(id(row_of(TABLE, request.payload)))

    for doing in BEFORE:
        await do(doing)
    for number, (button, kind) in enumerate(((ids.FILE_SAID, "feedback_filed"), (ids.NO_REPORT, "report_forgotten"))):
        await stage.person("U0OLA").says(f"It rang {number}")
        said = await stage.app.store.read(unfiled)

        def by_ola(payload: Payload, value: str = f"{said}/missed" if button == ids.FILE_SAID else str(said)) -> None:
            payload["user"]["id"] = "U0OLA"
            clicked(value)(payload)

        await do(Doing(f"block_actions {button}", kind, by_ola))
    failed = await stage.app.store.read(failed_delivery)
    await do(Doing(f"block_actions {ids.TRY_AGAIN}", "delivery_retried", clicked(str(failed))))
    shutdown = await stage.app.store.read(coming_shutdown)
    await do(Doing(f"block_actions {ids.LIFT_SHUTDOWN}", "shutdown_lifted", clicked(str(shutdown))))
    open_call = await stage.app.store.read(nobody_has)
    await do(Doing(f"block_actions {ids.TAKE}", "unsafe_taken", clicked(str(open_call))))
    standing = await stage.app.store.read(still_stands)

    def lifts(payload: Payload) -> None:
        payload["view"]["state"]["values"]["restriction"]["entered"]["selected_option"]["value"] = str(standing)

    await do(Doing(f"view_submission {ids.LIFT_IT}", "restriction_lifted", lifts))
    while len(prompts := await stage.app.store.read(open_prompts)) < 2:
        stage.clock.advance(timedelta(hours=2))
        await stage.tick()
    (prompt, whose), (other, another) = prompts[:2]

    def answered(payload: Payload) -> None:
        payload["user"]["id"] = whose
        clicked(f"{prompt.key}/did_it_help/helped")(payload)

    def not_on_shift(payload: Payload) -> None:
        payload["user"]["id"] = another
        clicked(str(other.key))(payload)

    def swapped(payload: Payload) -> None:
        payload["user"]["id"] = another
        payload["view"]["private_metadata"] = json.dumps({"prompt": other.key})
        payload["view"]["state"]["values"]["day"]["entered"]["selected_date"] = f"{other.day + timedelta(days=1)}"

    await do(Doing(f"block_actions {ids.ANSWER}", "prompt_answered", answered))
    await do(Doing(f"block_actions {ids.NOT_ON_SHIFT}", "shift_not_worked", not_on_shift))
    await do(Doing(f"view_submission {ids.FILE_SWAP}", "shift_swapped", swapped))
    await do(Doing(f"block_actions {ids.ON_SHIFT}", "shift_worked_after_all", not_on_shift))
    place = await stage.app.store.read(where_it_was_asked, prompt.key)

    def in_its_form(payload: Payload) -> None:
        payload["user"]["id"] = whose
        payload["view"]["private_metadata"] = json.dumps({"prompt": prompt.key, "question": "did_it_help"})
        if "answer" in (state := payload["view"]["state"]["values"]):
            state["answer"]["entered"]["selected_option"] = {"value": "not_used"}

    def in_its_thread(payload: Payload) -> None:
        payload["event"] |= {"user": whose, "channel": place[0], "thread_ts": place[1]}

    await do(Doing(f"view_submission {ids.ENTER_ANSWER}", "prompt_answered", in_its_form))
    await do(Doing(f"view_submission {ids.KEEP_DETAIL}", "detail_added", in_its_form))
    await do(Doing("message.im", "detail_added", in_its_thread))

    def by_whom_it_was_for(payload: Payload) -> None:
        payload["user"]["id"] = whose
        of_which = prompt.plan_id if "unmute" in payload["actions"][0]["action_id"] else prompt.key
        clicked(str(of_which))(payload)

    await do(Doing(f"block_actions {ids.MUTE}", "plan_muted", by_whom_it_was_for))
    await do(Doing(f"block_actions {ids.UNMUTE}", "plan_unmuted", by_whom_it_was_for))
    originals = await play_the_last_day(stage)
    await do(ON_THE_LAST_DAY)
    assert done == {id(row) for row in TABLE if isinstance(row, Act)}


def over_the_wire(stage: Stage) -> Send:
    async def send(request: Original) -> tuple[int | None, Any]:
        ack = await stage.slack.send_raw(request.kind, request.payload)
        return ack.status, ack.payload

    return send


@asynccontextmanager
async def another_process(stage: Stage, url: str) -> AsyncIterator[Send]:
    """The same app once more, with a store of its own on the same database."""
    secret = stage.slack.signing_secret
    with Store(url) as store:
        app = await compose(stage.app.settings, store=store, clock=stage.clock)
        transport = httpx.ASGITransport(asgi_app(app.bolt, secret))
        async with httpx.AsyncClient(transport=transport, base_url="http://alongside") as client:

            async def send(request: Original) -> tuple[int | None, Any]:
                content_type, body = encoded(request, request.payload)
                stamp = str(int(time.time()))
                signed = signature(secret.encode(), stamp, body)
                headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed}
                answer = await client.post(SLACK_PATH, content=body, headers={**headers, "Content-Type": content_type})
                return answer.status_code, answer.json() if answer.content else None

            yield send
            await app.wind_down()


@pytest.mark.parametrize("http", [True, False], ids=["over HTTP", "over a socket"])
async def test_one_process_does_it_once(http: bool, on_stage: Staging, logs: Logs) -> None:
    async with on_stage(http=http) as stage:
        stage.slack.ack_within = 30
        await each_happens_once(stage, [over_the_wire(stage)])
        assert not logs.of("broken")


async def test_three_processes_on_one_database_do_it_once(postgres_url: str, tmp_path: Path, logs: Logs) -> None:
    async with staged(demo_site(), PROPOSED_AT, tmp_path, http=True, database_url=postgres_url) as stage:
        stage.slack.ack_within = 30
        await begin(stage)
        async with another_process(stage, postgres_url) as second, another_process(stage, postgres_url) as third:
            await each_happens_once(stage, [over_the_wire(stage), second, third])
        assert not logs.of("broken")


async def test_a_shortcut_that_comes_four_times_opens_one_modal(on_stage: Staging) -> None:
    async with on_stage(http=True) as stage:
        ola = stage.person("U0OLA")
        noise = await ola.says("alarm again", "C0WORKSHOP")
        await ola.uses_shortcut("Report model behaviour", on=noise)
        await stage.quiet()
        payload = {**stage.slack.journal.inbound[-1].payload, "trigger_id": stage.slack.trigger(ola)}
        before = len([call for call in stage.slack.journal.calls("views.open") if call.ok])

        acks = await asyncio.gather(*(stage.slack.send_raw("interactive", payload) for _ in range(TIMES)))
        await stage.quiet()

        assert {(ack.status, ack.payload) for ack in acks} == {(200, None)}
        assert len([call for call in stage.slack.journal.calls("views.open") if call.ok]) - before == 1
