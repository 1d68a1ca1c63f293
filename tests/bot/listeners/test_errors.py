"""The three kinds of error end as they should: a rule's sentence where the person looks, patience, or an id."""

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, insert

from bot import ids
from bot.demo.stage import Stage, staged
from bot.incidents import SAME_AGAIN
from bot.listeners.desk import BUSY
from bot.listeners.rows import Act, Home, Open, Row, Show
from bot.listeners.table import TABLE
from bot.local_slack import Modal, Person
from store import details, feedback, incidents, unsafe
from store.errors import Refused, TryAgain
from store.feedback import Feedback, Filed, Report
from store.people import Caller, Learned, Profile
from store.policy import Policy
from tests.bot.conftest import Logs, Staging, demo_site
from tests.bot.opening import PROPOSED_AT, again, answers, asked, events, reports
from tests.bot.texts.pseudo import write_pseudo

WORDS = "bearing-too-hot-to-touch"
FILING = (unsafe.file_report, details.file_report)
"""How a report is filed by what was typed, and by the form."""


def file_busily(session: Session, report: Report, prompt_id: int | None = None, *, by: Caller, at: datetime) -> Filed:
    """A report while the store is busy: what was written is taken back."""
    feedback.file_feedback(session, report, by=by, at=at)
    raise TryAgain("the writer's queue is full")


def file_brokenly(session: Session, report: Report, prompt_id: int | None = None, *, by: Caller, at: datetime) -> Filed:
    """A report and a bug that quotes it."""
    feedback.file_feedback(session, report, by=by, at=at)
    raise ValueError(f"cannot parse {report.text!r}")


def file_against_the_schema(
    session: Session, report: Report, prompt_id: int | None = None, *, by: Caller, at: datetime
) -> Filed:
    """A report and a bug that the database finds."""
    session.execute(insert(Feedback).values(workspace_id=None, text=report.text, filed_at=at, number=1))
    raise AssertionError("the database takes anything")


def learn_busily(session: Session, profile: Profile, *, policy: Policy, by: Caller, at: datetime) -> Learned:
    raise TryAgain("the writer's queue is full")


def learn_brokenly(session: Session, profile: Profile, *, policy: Policy, by: Caller, at: datetime) -> Learned:
    raise LookupError(f"no zone {profile.zone}")


def refuse(session: Session, *arguments: Any, by: Caller, at: datetime | None = None) -> None:
    raise Refused("Only a lead may see this. Ask {who}.", who="<!channel> & Lena")


def look_busily(session: Session, *arguments: Any, by: Caller, at: datetime | None = None) -> None:
    raise TryAgain("no connection")


def look_brokenly(session: Session, *arguments: Any, by: Caller, at: datetime | None = None) -> None:
    raise KeyError(WORDS)


def table_with(**changed: Any) -> tuple[Row, ...]:
    """The table, where reports are filed or looked at in another way."""
    rows: list[Row] = []
    for row in TABLE:
        if isinstance(row, Act) and row.use_case in FILING and "file" in changed:
            rows.append(replace(row, use_case=changed["file"]))
        elif isinstance(row, Act) and row.id == "user_change" and "learn" in changed:
            rows.append(replace(row, use_case=changed["learn"]))
        elif isinstance(row, Open | Show | Home) and row.query is not None and "look" in changed:
            rows.append(replace(row, query=changed["look"]))
        else:
            rows.append(row)
    return tuple(rows)


async def form_of(person: Person, text: str) -> Modal:
    await person.runs("/model-feedback")
    modal = await person.sees_modal("Report behaviour")
    kind = next(label for label in modal.options("What did it do?") if "Something else" in label)
    return await modal.fills({"What did it do?": kind, "In your words": text})


# Refused


async def test_a_rule_answers_a_command_in_its_ack(on_stage: Staging) -> None:
    async with on_stage() as stage:
        stranger = stage.slack.add_person("Sam Stranger", user_id="U0SAM")

        answer = await stranger.runs("/model-feedback", "false alarm on P-101")

        assert answer.text == (
            "You are not on this site's list yet. Ask Lena Fischer to put you on it; "
            "your Slack id is U0SAM, Lena Fischer needs it."
        )
        assert stage.slack.journal.inbound[-1].ack is not None
        assert await stage.app.store.read(reports) == []


async def test_a_rule_answers_a_form_at_its_field_and_the_form_stays(on_stage: Staging) -> None:
    async with on_stage() as stage:
        modal = await form_of(stage.person("U0OLA"), "   ")

        result = await modal.submits()

        assert result.errors == {"In your words": "Say in a few words what the tool did."}
        assert not result.closed
        await modal.fills({"In your words": "it hummed"})
        await modal.submits()
        await modal.sees("sees it now")
        assert [report.text for report in await stage.app.store.read(reports)] == ["it hummed"]


async def test_a_rule_answers_a_click_with_words_that_only_the_clicker_sees(on_stage: Staging) -> None:
    async with on_stage(http=True) as stage:
        person, question = await asked(stage)
        await person.clicks("👍 It helped", on=question)
        click = stage.slack.journal.inbound[-1].payload
        somebody_else = {**click["user"], "id": "U0HENRIK"}

        ack = await stage.slack.send_raw("interactive", again(click, user=somebody_else))
        await stage.quiet()

        assert (ack.status, ack.payload) == (200, None)
        (post,) = stage.slack.journal.response_url_posts
        assert post.body["text"] == "That question was for somebody else."
        assert (post.body["response_type"], post.body["replace_original"]) == ("ephemeral", False)
        assert len(await stage.app.store.read(answers)) == 1


async def test_a_rule_answers_somebody_who_wants_a_form_with_a_sentence_instead(on_stage: Staging) -> None:
    async with on_stage(begun=False, table=table_with(look=refuse)) as stage:
        ola = stage.person("U0OLA")
        noise = await ola.says("alarm again", "C0WORKSHOP")

        answer = await ola.runs("/model-feedback")
        await ola.uses_shortcut("Report model behaviour", on=noise)
        await ola.opens_home()

        assert answer.text == "Only a lead may see this. Ask <!channel> & Lena."
        told = await ola.sees("Only a lead may see this. Ask <!channel> & Lena.", stage.slack.channel("C0WORKSHOP"))
        assert told.is_ephemeral
        await ola.sees_home("Only a lead may see this.")
        ack = stage.slack.journal.inbound[0].ack
        (post,), (home,) = stage.slack.journal.response_url_posts, stage.slack.journal.calls("views.publish")
        for sent in (str(ack), str(post.body), str(home.arguments)):
            assert "&lt;!channel&gt; &amp; Lena" in sent
            assert "<!" not in sent


# Try again


@pytest.mark.parametrize("http", [True, False], ids=["over HTTP", "over a socket"])
async def test_a_busy_store_asks_people_for_patience_and_keeps_nothing(
    http: bool, on_stage: Staging, logs: Logs
) -> None:
    async with on_stage(http=http, table=table_with(file=file_busily)) as stage:
        ola = stage.person("U0OLA")

        answer = await ola.runs("/model-feedback", "false alarm on P-101")
        result = await (await form_of(ola, WORDS)).submits()

        assert answer.text == BUSY
        assert (result.closed, list(result.errors.values())) == (False, [BUSY])
        assert await stage.app.store.read(reports) == []
        assert await stage.app.store.read(events, "feedback_filed") == []
        assert not logs.of("broken")


async def test_a_busy_store_asks_slack_to_send_an_event_again(on_stage: Staging) -> None:
    async with on_stage(http=True, begun=False, table=table_with(learn=learn_busily, look=look_busily)) as stage:
        ola = stage.person("U0OLA")
        await stage.slack.change_person(ola, zone="Europe/Oslo")
        await ola.opens_home()

        statuses = [entry.ack.status for entry in stage.slack.journal.inbound if entry.ack]
        assert statuses == [503, 503]


# Bugs


def id_in(sentence: str) -> str:
    found = re.search(r"Tell an admin: ([0-9a-f]{8})$", sentence)
    assert found, sentence
    return found[1]


@pytest.mark.parametrize("http", [True, False], ids=["over HTTP", "over a socket"])
@pytest.mark.parametrize("file", [file_brokenly, file_against_the_schema])
async def test_a_bug_gives_people_an_id_to_pass_on_and_logs_it_without_their_words(
    http: bool, file: Any, on_stage: Staging, logs: Logs
) -> None:
    async with on_stage(http=http, table=table_with(file=file)) as stage:
        ola = stage.person("U0OLA")

        answer = await ola.runs("/model-feedback", WORDS)
        modal = await form_of(ola, WORDS)
        result = await modal.submits()

        (at_the_field,) = result.errors.values()
        assert not result.closed
        assert modal.fields["In your words"] == WORDS
        broken = logs.of("broken")
        told = [id_in(answer.text), id_in(at_the_field)]
        assert [line["error_id"] for line in broken] == told
        assert [line["request"] for line in broken] == ["/model-feedback", f"view_submission {ids.FILE}"]
        assert [line["level"] for line in broken] == ["error", "error"]
        assert all(file.__name__ in line["exception"] for line in broken)
        assert WORDS not in logs.text
        assert await stage.app.store.read(reports) == []
        await stage.quiet()
        kept = [await stage.app.store.read(incidents.find, error_id) for error_id in told]
        assert [one.during for one in kept if one] == ["/model-feedback", f"view_submission {ids.FILE}"]
        for one in kept:
            assert one is not None
            assert file.__name__ in one.frames
            assert WORDS not in str(one.model_dump())
            assert one.workspace_id is not None


async def test_a_bug_after_a_click_tells_only_the_clicker_its_id(on_stage: Staging, logs: Logs) -> None:
    def answer_brokenly(session: Session, *arguments: Any, by: Caller, at: datetime) -> Filed:
        raise ZeroDivisionError

    table = tuple(
        replace(row, use_case=answer_brokenly) if isinstance(row, Act) and row.id == ids.ANSWER else row
        for row in TABLE
    )
    async with on_stage(table=table) as stage:
        person, question = await asked(stage)
        await person.clicks("👍 It helped", on=question)
        await stage.quiet()

        (post,) = stage.slack.journal.response_url_posts
        assert (post.body["response_type"], post.body["replace_original"]) == ("ephemeral", False)
        assert id_in(post.body["text"]) == logs.of("broken")[0]["error_id"]


async def test_whoever_meets_a_bug_is_told_so_in_their_own_language(tmp_path: Path, logs: Logs) -> None:
    site = demo_site()
    mine, other = site.people[:2]
    people = (replace(mine, locale="pl-PL"), replace(other, locale="en-US"), *site.people[2:])
    write_pseudo(tmp_path, "pl", "⟪⟫")
    write_pseudo(tmp_path, "en", "⟦⟧")
    table = table_with(file=file_brokenly)
    async with staged(replace(site, people=people), PROPOSED_AT, tmp_path, table=table, catalogues=tmp_path) as stage:
        stage.slack.ack_within = 30.0
        for person, brackets in ((mine, "⟪⟫"), (other, "⟦⟧")):
            answer = await stage.person(person.slack_id).runs("/model-feedback", WORDS)
            assert answer.text.startswith(brackets[0])
            assert f": {brackets[1]}" in answer.text  # the id comes after it
        assert len(logs.of("broken")) == 2


async def test_a_bug_is_answered_also_when_it_cannot_be_kept(on_stage: Staging, logs: Logs) -> None:
    def drop_incidents(session: Session) -> None:
        session.execute(text("DROP TABLE incident"))

    async with on_stage(table=table_with(file=file_brokenly)) as stage:
        await stage.app.store.write(drop_incidents)

        answer = await stage.person("U0OLA").runs("/model-feedback", WORDS)
        await stage.quiet()

        assert logs.of("broken")[0]["error_id"] == id_in(answer.text)
        assert [line["work"] for line in logs.of("afterwards_broke")] == ["keep_incident"]
        assert WORDS not in logs.text


async def test_a_job_that_breaks_at_every_tick_is_one_incident_an_hour(stage: Stage, logs: Logs) -> None:
    def spoil(session: Session) -> None:
        session.execute(text("ALTER TABLE prompt_plan RENAME TO prompt_plan_gone"))

    await stage.app.store.write(spoil)
    for _ in range(3):
        await stage.tick()
    stage.clock.advance(SAME_AGAIN)
    await stage.tick()

    broke = [line["error_id"] for line in logs.of("job_broke") if line["job"] == "_plan_prompts"]
    assert len(broke) == 4
    assert broke[0] == broke[1] == broke[2] != broke[3]
    kept = await stage.app.store.read(incidents.newest, 20)
    assert [one.reference for one in kept if one.during == "job _plan_prompts"] == [broke[3], broke[0]]
    assert {one.workspace_id for one in kept} == {None}


async def test_a_bug_in_a_query_is_logged_without_what_it_quotes(on_stage: Staging, logs: Logs) -> None:
    async with on_stage(http=True, begun=False, table=table_with(look=look_brokenly)) as stage:
        answer = await stage.person("U0OLA").runs("/model-feedback", "list")

        assert logs.of("broken")[0]["error_id"] == id_in(answer.text)
        assert logs.of("broken")[0]["error"] == "KeyError"
        assert WORDS not in logs.text


async def test_a_bug_in_an_event_is_answered_500_so_that_slack_sends_it_again(on_stage: Staging, logs: Logs) -> None:
    async with on_stage(http=True, begun=False, table=table_with(learn=learn_brokenly)) as stage:
        await stage.slack.change_person(stage.person("U0OLA"), zone="Europe/Oslo")

        (entry,) = stage.slack.journal.inbound
        assert entry.ack is not None
        assert entry.ack.status == 500
        assert [line["request"] for line in logs.of("broken")] == ["event user_change"]


async def test_a_bug_after_a_click_leaves_the_message_and_gives_its_id_to_the_clicker(
    on_stage: Staging, logs: Logs
) -> None:
    def answer_brokenly(session: Session, *arguments: Any, by: Caller, at: datetime) -> Filed:
        raise ZeroDivisionError

    table = tuple(
        replace(row, use_case=answer_brokenly) if isinstance(row, Act) and row.id == ids.ANSWER else row
        for row in TABLE
    )
    async with on_stage(http=True, table=table) as stage:
        person, question = await asked(stage)
        before = question.text()

        await person.clicks("👍 It helped", on=question)
        await stage.quiet()

        assert question.text() == before
        (line,) = logs.of("broken")
        assert line["request"] == f"block_actions {ids.ANSWER}:helped"
        told = await person.sees("Something broke on our side")
        assert told.is_ephemeral
        assert id_in(told.text()) == line["error_id"]


async def test_a_bug_after_a_shortcut_gives_an_id_too(on_stage: Staging, logs: Logs) -> None:
    async with on_stage(http=True, begun=False, table=table_with(look=look_brokenly)) as stage:
        ola = stage.person("U0OLA")
        await ola.uses_shortcut("Report model behaviour", on=await ola.says("alarm again", "C0WORKSHOP"))

        told = await ola.sees("Something broke on our side", "C0WORKSHOP")
        assert told.is_ephemeral
        assert id_in(told.text()) == logs.of("broken")[0]["error_id"]


async def test_what_nobody_listens_to_gets_an_answer_and_is_counted(on_stage: Staging) -> None:
    table = tuple(row for row in TABLE if row.id != "/change-note")
    async with on_stage(http=True, begun=False, table=table) as stage:
        answer = await stage.person("U0DANA").runs("/change-note")

        assert answer.text == "That is no command we know. Try /model-feedback help."
        assert stage.app.unheard == {"/change-note": 1}
