"""Whatever Slack refuses, it stops nothing else, nothing is sent twice, and a row, a log line or a person is told why.

Every error that is documented for a method that the app calls is given by the local Slack once.
"""

from datetime import timedelta
from itertools import chain

import pytest
from sqlmodel import Session, select

from bot.app import compose, over_socket_mode
from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST, LEAD, WORKSHOP
from bot.installations import AWAY
from bot.listeners.desk import NOT_OPENED, TOO_LATE
from bot.local_slack.faults import Fault
from bot.local_slack.methods import COMMON_ERRORS, METHODS
from bot.manifest import METHODS as CALLED
from bot.sender import ENDS
from bot.slack_errors import MEANINGS
from store import user_groups
from store.deliveries import Delivery, Kind, Status
from store.errors import Refused
from store.meanings import Meaning
from store.people import Person
from store.policy import Limits
from store.teams import Crew
from tests.bot.conftest import Logs, Staging
from tests.bot.opening import PROMPTED_AT, deliveries, events

POST, EDIT, LOOK_UP, OPEN, PUBLISH = "chat.postMessage", "chat.update", "users.info", "views.open", "views.publish"
WHO, CONNECT = "auth.test", "apps.connections.open"
HISTORY, CONVERSATION = "conversations.history", "conversations.open"
GROUP = "usergroups.users.list"
DOCTORS = "conversations.info"
"""Called by `alongside doctor` alone, whose tests refuse it."""
PIN, REDRAW = "pins.add", "views.update"
TRIED_ONCE = {POST, EDIT, LOOK_UP, GROUP, HISTORY, CONVERSATION, OPEN, PUBLISH, WHO, CONNECT, DOCTORS, PIN, REDRAW}

PAUSE = Limits().outage_pause
WAITS = (Meaning.LATER, Meaning.APP_OFF)
"""What stays queued and goes out another time."""
SERIOUS = (Meaning.OURS, Meaning.UNHEARD_OF)


def errors_of(method: str) -> list[str]:
    """The errors that Slack documents for a method."""
    return sorted(METHODS[method].errors | COMMON_ERRORS)


def refuse(stage: Stage, method: str, error: str) -> None:
    """Slack refuses the next call of a method, in the way it does."""
    if error == "ratelimited":
        stage.slack.expect_trouble(method, error=error, status=429, retry_after=30)
    else:
        stage.slack.expect_trouble(method, error=error)


def test_every_method_that_is_called_is_refused_below() -> None:
    assert set(CALLED) == TRIED_ONCE


def test_every_error_that_the_local_slack_knows_has_a_meaning() -> None:
    known = set(chain.from_iterable(errors_of(method) for method in CALLED))
    assert sorted(known - set(MEANINGS)) == []


# chat.postMessage


def prompts_due(session: Session) -> list[Delivery]:
    """The questions that a crew gets at the end of its shift."""
    return [row for row in deliveries(session, Kind.PROMPT) if row.due_at <= PROMPTED_AT + timedelta(hours=2)]


def person_of(session: Session, delivery: Delivery) -> Person:
    """Whom a delivery is for."""
    return session.exec(select(Person).where(Person.id == delivery.person_id)).one()


@pytest.mark.parametrize("error", errors_of(POST))
async def test_a_post_that_is_refused_keeps_its_reason_and_holds_up_no_other(
    error: str, stage: Stage, logs: Logs
) -> None:
    meaning = MEANINGS[error]
    refuse(stage, POST, error)
    stage.clock.advance_to(PROMPTED_AT)
    await stage.tick()

    rows = await stage.app.store.read(prompts_due)
    hit = [row for row in rows if row.reason and row.reason.endswith(f"({error})")]
    others = [row for row in rows if row not in hit]
    assert len(rows) > 1
    assert hit
    if meaning in WAITS:
        assert {row.status for row in hit} == {Status.QUEUED}
        assert {row.attempts for row in hit} == {0 if meaning is Meaning.APP_OFF else 1}
    else:
        (ended,) = hit
        assert (ended.status, ended.meaning) == (ENDS.get(meaning, Status.FAILED), meaning)
        loud = [line["delivery"] for line in logs.of("delivery_ended") if line["level"] == "error"]
        assert loud == ([ended.id] if meaning in SERIOUS else [])
        assert (await stage.app.store.read(person_of, ended)).active is (meaning is not Meaning.PERSON_GONE)
    assert {row.status for row in others} <= {Status.SENT}

    stage.clock.advance(max(PAUSE, timedelta(seconds=30)))
    await stage.tick()

    after = {row.id: row.status for row in await stage.app.store.read(prompts_due)}
    assert {after[row.id] for row in others} <= {Status.SENT}
    # Slack says that it does not know, but did nothing: the history does not have it, and a question never comes twice.
    then = {Meaning.LATER: Status.SENT, Meaning.APP_OFF: Status.SENT, Meaning.UNKNOWN: Status.SKIPPED}
    assert {after[row.id] for row in hit} == {then.get(meaning, hit[0].status)}
    sent = sum(status is Status.SENT for status in after.values())
    asked = [call for call in stage.slack.journal.calls(POST, ok=True) if "shift" in str(call.arguments["text"])]
    assert len(asked) == sent


# conversations.open and conversations.history, when the answer to a post was lost


async def a_report_reaches_dana_but_its_answer_is_lost(stage: Stage) -> None:
    stage.slack.expect_trouble(POST, answer_lost=True)
    await stage.person("U0OLA").runs("/model-feedback", "false alarm on P-101")
    await stage.quiet()
    (row,) = await stage.app.store.read(deliveries, Kind.FEEDBACK_FILED)
    assert (row.status, row.ended_at) == (Status.UNKNOWN, None)


def never_met(session: Session) -> None:
    """Nobody's direct messages are known."""
    for person in session.exec(select(Person)).all():
        person.direct_channel = None


def told_dana(stage: Stage) -> int:
    return len([message for message in stage.person(DATA_SCIENTIST).messages if "P-101" in message.text()])


@pytest.mark.parametrize(
    ("method", "error"), [(method, error) for method in (CONVERSATION, HISTORY) for error in errors_of(method)]
)
async def test_what_cannot_be_looked_up_is_looked_up_again_and_found(method: str, error: str, stage: Stage) -> None:
    await a_report_reaches_dana_but_its_answer_is_lost(stage)
    await stage.app.store.write(never_met)
    refuse(stage, method, error)
    stage.clock.advance(Limits().history_lag)
    await stage.tick()

    (row,) = await stage.app.store.read(deliveries, Kind.FEEDBACK_FILED)
    assert (row.status, row.looks, row.ended_at) == (Status.UNKNOWN, 1, None)

    stage.clock.advance(PAUSE)
    await stage.tick()

    (row,) = await stage.app.store.read(deliveries, Kind.FEEDBACK_FILED)
    assert (row.status, told_dana(stage)) == (Status.SENT, 1)


@pytest.mark.parametrize("method", [CONVERSATION, HISTORY])
async def test_what_can_never_be_looked_up_ends_with_the_reason_and_is_not_sent_again(
    method: str, stage: Stage
) -> None:
    stage.slack.fault(POST, Fault.reset(executed=True))
    stage.clock.advance_to(PROMPTED_AT)
    await stage.tick()
    (lost,) = [row for row in await stage.app.store.read(prompts_due) if row.status is Status.UNKNOWN]
    await stage.app.store.write(never_met)
    stage.slack.fault(method, Fault.refusal("missing_scope"), times=None)
    for _ in range(Limits().looks):
        stage.clock.advance(PAUSE)
        await stage.tick()

    (row,) = [row for row in await stage.app.store.read(prompts_due) if row.id == lost.id]
    assert (row.status, row.ended_at) == (Status.UNKNOWN, stage.clock.now())
    assert row.reason is not None
    assert row.reason.endswith("install it again from its manifest (missing_scope))")


# chat.update


@pytest.mark.parametrize("error", errors_of(EDIT))
async def test_an_edit_that_is_refused_is_made_later_or_left_with_its_reason(error: str, stage: Stage) -> None:
    meaning = MEANINGS[error]
    dana, ola = stage.person(DATA_SCIENTIST), stage.person("U0OLA")
    await ola.runs("/model-feedback", "false alarm on P-101")
    report = await dana.sees("P-101")
    refuse(stage, EDIT, error)
    await dana.clicks("I've read it", on=report)
    await stage.quiet()

    (edit,) = await stage.app.store.read(deliveries, Kind.FEEDBACK_FILED_SEEN)
    assert edit.reason is not None
    assert edit.reason.endswith(f"({error})")
    again = meaning in (*WAITS, Meaning.UNKNOWN)
    assert edit.status is (Status.QUEUED if again else ENDS.get(meaning, Status.FAILED))

    stage.clock.advance(max(PAUSE, timedelta(seconds=30)))
    await stage.tick()

    (edit,) = await stage.app.store.read(deliveries, Kind.FEEDBACK_FILED_SEEN)
    assert (edit.status is Status.SENT) is again
    assert len(stage.slack.journal.calls(EDIT, ok=True)) == int(again)
    await ola.runs("/model-feedback", "false alarm on P-102")
    await dana.sees("P-102")


# users.info


def profiles(session: Session) -> dict[str, Person]:
    """Everybody by their Slack id."""
    return {person.slack_id: person for person in session.exec(select(Person)).all()}


@pytest.mark.parametrize("error", errors_of(LOOK_UP))
async def test_somebody_of_whom_slack_says_nothing_is_asked_about_again_or_has_gone(error: str, stage: Stage) -> None:
    meaning = MEANINGS[error]
    stage.clock.advance(timedelta(days=8))
    before = len(stage.slack.journal.calls(LOOK_UP))
    refuse(stage, LOOK_UP, error)
    await stage.tick()

    asked = [str(call.arguments["user"]) for call in stage.slack.journal.calls(LOOK_UP)[before:]]
    people = await stage.app.store.read(profiles)
    hit = people[asked[0]]
    assert hit.active is (meaning is not Meaning.PERSON_GONE)
    assert all(people[user].profile_at == stage.clock.now() for user in asked[1:])
    assert len(asked) == (1 if meaning is Meaning.APP_OFF else 5)
    gone = await stage.app.store.read(events, "account_switched_off")
    assert [event.subject_id for event in gone] == ([hit.id] if meaning is Meaning.PERSON_GONE else [])

    stage.clock.advance(timedelta(hours=2))
    for _ in range(4):
        await stage.tick()
    again = [str(call.arguments["user"]) for call in stage.slack.journal.calls(LOOK_UP)[before + len(asked) :]]
    assert (hit.slack_id in again) is (meaning is not Meaning.PERSON_GONE)


async def test_somebody_who_was_gone_by_mistake_is_back_within_a_week(stage: Stage) -> None:
    stage.clock.advance(timedelta(days=8))
    refuse(stage, LOOK_UP, "user_not_found")
    await stage.tick()
    (gone,) = [person for person in (await stage.app.store.read(profiles)).values() if not person.active]

    stage.clock.advance(timedelta(days=8))
    for _ in range(4):
        await stage.tick()

    assert (await stage.app.store.read(profiles))[gone.slack_id].active
    assert len(await stage.app.store.read(events, "account_switched_on")) == 1


# usergroups.users.list


def crew_b(session: Session) -> Crew:
    """Crew B."""
    return session.exec(select(Crew).where(Crew.name == "B")).one()


def follow_the_group(session: Session, user_group: str) -> None:
    """Crew B follows a user group."""
    user_groups.take_up(crew_b(session), user_group)


@pytest.mark.parametrize("error", errors_of(GROUP))
async def test_a_group_of_which_slack_says_nothing_leaves_its_crew_and_is_asked_about_again(
    error: str, stage: Stage
) -> None:
    meaning = MEANINGS[error]
    group = stage.slack.add_usergroup("crew-b", members=[stage.person("U0JARRAH")])
    await stage.app.store.write(follow_the_group, group.id)
    refuse(stage, GROUP, error)
    await stage.tick()

    crew = await stage.app.store.read(crew_b)
    assert await stage.app.store.read(events, "crew_followed") == []
    # Where waiting is all there is to do, and where nothing at all goes out, the admin is not bothered with the group.
    bothers = meaning not in (Meaning.LATER, Meaning.UNKNOWN, Meaning.APP_OFF)
    assert (crew.group_problem or "").endswith(f"({error})" if bothers else "")
    assert (crew.group_problem is not None) is bothers

    stage.clock.advance(timedelta(hours=1, seconds=1))
    await stage.tick()
    assert (await stage.app.store.read(crew_b)).group_problem is None
    assert len(await stage.app.store.read(events, "crew_followed")) == 1


# views.open


@pytest.mark.parametrize("error", errors_of(OPEN))
async def test_somebody_whose_form_did_not_open_is_told_and_may_try_again(error: str, stage: Stage, logs: Logs) -> None:
    meaning = MEANINGS[error]
    ola = stage.person("U0OLA")
    refuse(stage, OPEN, error)
    await ola.runs("/model-feedback")
    await stage.quiet()

    told = [str(post.body["text"]) for post in stage.slack.journal.response_url_posts]
    # Where the answer was lost the form may be open.
    expected = [] if meaning is Meaning.UNKNOWN else [TOO_LATE if meaning is Meaning.TOO_LATE else NOT_OPENED]
    assert told == expected
    (line,) = logs.of("afterwards_failed")
    assert (line["work"], line["error"], line["meaning"]) == ("open_modal", error, meaning)
    assert ("error_id" in line, line["level"]) == ((True, "error") if meaning in SERIOUS else (False, "warning"))
    await ola.runs("/model-feedback")
    await ola.sees_modal("Report behaviour")


async def test_a_form_asked_for_on_the_home_that_did_not_open_is_only_logged(stage: Stage, logs: Logs) -> None:
    ola, before = stage.person("U0OLA"), await stage.app.store.read(deliveries)
    await ola.opens_home()
    home = await ola.sees_home("Waiting for you")
    refuse(stage, OPEN, "expired_trigger_id")
    await ola.clicks("Report behaviour", on=home)
    await stage.quiet()

    assert stage.slack.journal.response_url_posts == []
    assert [line["error"] for line in logs.of("afterwards_failed")] == ["expired_trigger_id"]
    assert len(await stage.app.store.read(deliveries)) == len(before)


# views.publish


@pytest.mark.parametrize("error", errors_of(PUBLISH))
async def test_a_home_that_was_not_published_is_logged_and_published_at_the_next_opening(
    error: str, stage: Stage, logs: Logs
) -> None:
    ola = stage.person("U0OLA")
    refuse(stage, PUBLISH, error)
    await ola.opens_home()
    await stage.quiet()

    (line,) = logs.of("afterwards_failed")
    assert (line["work"], line["error"], line["meaning"]) == ("publish_home", error, MEANINGS[error])
    await ola.opens_home()
    await ola.sees_home("Waiting for you")


# auth.test and apps.connections.open, at the start


@pytest.mark.parametrize("error", errors_of(WHO))
async def test_a_bot_token_that_is_not_taken_ends_the_start_in_a_sentence(error: str, stage: Stage) -> None:
    refuse(stage, WHO, error)
    with pytest.raises(Refused) as refused:
        await compose(stage.app.settings, store=stage.app.store, clock=stage.clock)
    assert says_what_to_do(str(refused.value), error, "SLACK_BOT_TOKEN")


@pytest.mark.parametrize("error", errors_of(CONNECT))
async def test_an_app_token_that_is_not_taken_ends_the_start_in_a_sentence(error: str, http_stage: Stage) -> None:
    refuse(http_stage, CONNECT, error)
    with pytest.raises(Refused) as refused:
        async with over_socket_mode(http_stage.app):
            raise AssertionError("it listens all the same")
    assert says_what_to_do(str(refused.value), error, "SLACK_APP_TOKEN")


def says_what_to_do(sentence: str, error: str, setting: str) -> bool:
    """Whether a sentence names Slack's word, and the setting unless Slack was only away."""
    begins = "Slack does not answer at http" if MEANINGS[error] in AWAY else f"Slack does not take {setting} "
    return sentence.startswith(begins) and f" ({error}). " in sentence


# pins.add


@pytest.mark.parametrize("error", errors_of(PIN))
async def test_a_pin_that_is_refused_is_made_later_or_left_with_its_reason(error: str, on_stage: Staging) -> None:
    meaning = MEANINGS[error]
    async with on_stage(begun=False) as stage:
        workshop = stage.slack.channel(WORKSHOP)
        await stage.slack.remove(workshop)
        refuse(stage, PIN, error)
        await stage.slack.invite(workshop, by=stage.person(LEAD))
        await stage.quiet()

        (pin,) = await stage.app.store.read(deliveries, Kind.REPORT_BUTTON_PINNED)
        repeated = meaning in (*WAITS, Meaning.UNKNOWN)
        if error == "already_pinned":
            assert pin.status is Status.SENT
        elif repeated:
            assert pin.status is Status.QUEUED
        else:
            assert (pin.status, pin.meaning) == (ENDS.get(meaning, Status.FAILED), meaning)

        stage.clock.advance(max(PAUSE, timedelta(seconds=30)))
        await stage.tick()
        await stage.quiet()
        assert workshop.pins == ([post.ts for post in workshop.posts if post.by_app] if repeated else [])
        assert len([post for post in workshop.posts if post.by_app]) == 1


# views.update


@pytest.mark.parametrize("error", errors_of(REDRAW))
async def test_a_form_that_could_not_be_redrawn_can_be_sent_as_it_is(error: str, stage: Stage, logs: Logs) -> None:
    ola = stage.person("U0OLA")
    await ola.runs("/model-feedback")
    form = await ola.sees_modal("Report behaviour")
    kinds = form.options("What did it do?")
    refuse(stage, REDRAW, error)
    await form.fills({"Tool": "Screen Eye"})
    await stage.quiet()
    assert form.options("What did it do?") == kinds
    (failed,) = logs.of("afterwards_failed")
    assert (failed["error"], failed["level"] == "error") == (error, MEANINGS[error] in SERIOUS)

    await form.fills({"What did it do?": kinds[0]})
    await form.submits()
    await form.sees("Screen Eye")
