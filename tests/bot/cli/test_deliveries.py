"""Where is my message? The command line says it, says what to do, and sends again what was given up."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlmodel import Session
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.cli.deliveries import KINDS, LOOKED_FOR, STATES, moment_meant
from bot.demo.stage import Stage
from bot.demo.story import LEAD, WORKSHOP
from store import deliveries
from store.deliveries import Kind, Status
from store.meanings import Meaning
from store.store import Presence, Store
from tests.bot import opening
from tests.store.site import Site, build

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)

Cli = Callable[..., Result]


class Post:
    """A site whose messages are in all sorts of states."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.site: Site = asyncio.run(store.write(build))

    def queue(self, key: str, due: timedelta = -HOUR, kind: Kind = Kind.CHANGE_TOLD, **rest: Any) -> int:
        """A message to Ana, unless something else is said."""
        given = {"person_id": self.site.people["Ana"], **rest}
        made = asyncio.run(
            self.store.write(
                deliveries.queue,
                self.site.workspace_id,
                kind,
                key,
                "team",
                self.site.team_id,
                at=NOW - 9 * HOUR,
                due_at=NOW + due,
                **given,
            )
        )
        assert made is not None
        return made

    def ended(self, key: str, status: Status, reason: str = "gave up", due: timedelta = -HOUR, **rest: Any) -> int:
        """One that came to an end."""
        meaning = rest.pop("meaning", None)
        made = self.queue(key, due, **rest)
        asyncio.run(self.store.write(become, made, status, reason, meaning))
        return made


def become(session: Session, delivery_id: int, status: Status, reason: str | None, meaning: Meaning | None) -> None:
    row = deliveries.by_id(session, delivery_id)
    row.status, row.reason, row.meaning, row.attempts = status, reason, meaning, 2
    row.attempted_at = row.ended_at = row.due_at + timedelta(minutes=1)
    session.add(row)


@pytest.fixture
def cli(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", database_url)
    monkeypatch.setenv("TERMINAL_WIDTH", "200")
    return lambda *words: CliRunner().invoke(app, ["deliveries", *map(str, words)])


@pytest.fixture
def post(cli: Cli, database_url: str) -> Any:
    with Store(database_url, Presence.VISITOR) as store:
        yield Post(store)


def ids(result: Result) -> list[int]:
    """What was listed."""
    assert result.exit_code == 0, result.output
    return [int(line.split()[0]) for line in result.stdout.splitlines() if line[:1].isdigit()]


# The list


def test_each_message_is_a_line_with_its_state_whom_it_is_for_and_why(cli: Cli, post: Post) -> None:
    late = post.ended("late", Status.UNKNOWN, "the answer was lost")
    early = post.ended("early", Status.FAILED, "not in it", -2 * HOUR, person_id=None, channel="C_PIT")
    lines = cli().stdout.splitlines()
    assert lines[0].split("  ")[0] == "ID"
    assert [" ".join(line.split()) for line in lines[1:3]] == [
        f"{late} nobody knows tells a reporter of a change Ana {NOW - HOUR:%Y-%m-%d %H:%M} 2 the answer was lost",
        f"{early} failed tells a reporter of a change Pit crew (C_PIT) {NOW - 2 * HOUR:%Y-%m-%d %H:%M} 2 not in it",
    ]
    assert lines[-1] == f"All of one, and what to do: alongside deliveries show {late}"


def test_one_that_waits_says_until_when(cli: Cli, post: Post) -> None:
    post.queue("tomorrow", timedelta(days=1))
    assert f"waiting until {NOW + timedelta(days=1):%Y-%m-%d %H:%M}" in cli().stdout


def test_they_are_found_by_state_kind_person_and_time(cli: Cli, post: Post) -> None:
    failed = post.ended("failed", Status.FAILED)
    lost = post.ended("lost", Status.UNKNOWN, due=-2 * HOUR)
    prompt = post.queue("prompt", -3 * HOUR, Kind.PROMPT, person_id=post.site.people["Ben"])
    old = post.ended("old", Status.SENT, due=-timedelta(days=9))
    assert ids(cli()) == [failed, lost, prompt, old]
    assert ids(cli("--state", "failed")) == [failed]
    assert ids(cli("--state", "failed", "--state", "unknown")) == [failed, lost]
    assert ids(cli("--state", "failed,unknown")) == [failed, lost]
    assert ids(cli("--kind", "prompt")) == [prompt]
    assert ids(cli("--person", "UBEN")) == ids(cli("--person", "ben")) == [prompt]
    assert ids(cli("--since", "7d")) == [failed, lost, prompt]
    assert ids(cli("--since", f"{NOW - timedelta(days=10):%Y-%m-%d}", "--workspace", "T1")) == [
        failed,
        lost,
        prompt,
        old,
    ]


def test_more_than_fit_are_said(cli: Cli, post: Post) -> None:
    for number in range(3):
        post.queue(f"{number}")
    result = cli("--limit", 2)
    assert len(ids(result)) == 2
    assert result.stdout.endswith("There are more: --limit 10\n")
    assert "There are more" not in cli("--limit", 3).stdout


def test_scripts_get_the_same_as_json(cli: Cli, post: Post) -> None:
    lost = post.ended("lost", Status.UNKNOWN, "the answer was lost")
    (one,) = json.loads(cli("--json").stdout)
    assert one == {
        "id": lost,
        "kind": "change_told",
        "status": "unknown",
        "is_looked_for": False,
        "whom": "Ana",
        "channel": None,
        "due_at": (NOW - HOUR).isoformat(),
        "attempts": 2,
        "reason": "the answer was lost",
        "meaning": None,
    }
    assert json.loads(cli("show", lost, "--json").stdout)["delivery"] == one


def test_where_there_is_nothing_a_sentence_says_so(cli: Cli, post: Post) -> None:
    assert cli().stdout == (
        "No deliveries yet. Messages to people and channels show up here, with what became of them.\n"
    )
    assert cli("--state", "failed").stdout == "No delivery is like that. All of them: alongside deliveries\n"
    assert json.loads(cli("--json").stdout) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--state", "lost"), "queued, sending, sent, failed, expired, skipped, unknown"),
        (("--kind", "letter"), "embedding_proposed"),
        (("--since", "lately"), "such as 7d"),
        (("--limit", "0"), "greater than or equal to 1"),
        (("show", "first"), "integer"),
    ],
)
def test_what_cannot_be_read_exits_with_2_and_says_what_can(cli: Cli, words: tuple[str, ...], said: str) -> None:
    result = cli(*words)
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--person", "Zoe"), "Nobody called Zoe is on the list here. Write the name or the Slack id."),
        (("--workspace", "T9"), "There is no workspace T9 here. There is: T1."),
        (("show", "99"), "There is no delivery 99 here. Those that there are: alongside deliveries"),
        (("retry", "99"), "There is no delivery 99 here. Those that there are: alongside deliveries"),
    ],
)
def test_what_is_not_there_is_a_sentence(cli: Cli, post: Post, words: tuple[str, ...], said: str) -> None:
    result = cli(*words)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"{said}\n")


# One


def test_one_is_told_from_its_beginning_to_what_comes_next(cli: Cli, post: Post) -> None:
    lost = post.ended("lost", Status.UNKNOWN, "the answer was lost")
    assert cli("show", lost).stdout.splitlines() == [
        f"{lost}  nobody knows",
        "  what it does: tells a reporter of a change",
        "  to: Ana",
        "  about: Pit crew",
        "",
        f"{NOW - 9 * HOUR:%Y-%m-%d %H:%M} UTC  queued",
        f"{NOW - HOUR + timedelta(minutes=1):%Y-%m-%d %H:%M} UTC  sent to Slack, try 2",
        f"{NOW - HOUR + timedelta(minutes=1):%Y-%m-%d %H:%M} UTC  nobody knows: the answer was lost",
        "",
        f"Look whether it is there (Ana). If it is not: alongside deliveries retry {lost} --yes",
    ]


@pytest.mark.parametrize(
    ("status", "meaning", "said"),
    [
        (Status.FAILED, None, "When what stands behind it is mended: alongside deliveries retry"),
        (Status.FAILED, Meaning.NOT_INVITED, "Type /invite @Alongside in the channel"),
        (Status.SKIPPED, None, "Nothing has to be done. If it is to go out all the same: alongside deliveries retry"),
        (Status.SENT, None, "It went out. Nothing is sent twice."),
    ],
)
def test_what_to_do_next_depends_on_how_it_ended(
    cli: Cli, post: Post, status: Status, meaning: Meaning | None, said: str
) -> None:
    ended = post.ended("one", status, meaning=meaning)
    assert cli("show", ended).stdout.splitlines()[-1].startswith(said)


def test_a_change_of_a_message_and_the_message_name_each_other(cli: Cli, post: Post) -> None:
    first = post.ended("first", Status.SENT)

    def rewrite(session: Session) -> None:
        deliveries.rewrite(session, deliveries.by_id(session, first), Kind.VERDICT_GIVEN, at=NOW)

    asyncio.run(post.store.write(rewrite))
    assert f"  was changed by: {first + 1}" in cli("show", first).stdout
    assert f"  changes the message of: {first}" in cli("show", first + 1).stdout


# Again


def test_what_was_given_up_is_sent_again_and_its_history_says_who_asked(cli: Cli, post: Post) -> None:
    failed = post.ended("failed", Status.FAILED)
    result = cli("retry", failed)
    assert (result.exit_code, result.stdout.split(":")[0]) == (0, f"{failed} goes out again to Ana")
    shown = cli("show", failed).stdout
    assert f"{failed}  waiting" in shown
    assert "queued again by somebody at the command line" in shown
    assert "before it was sent again by hand" in shown


def test_what_may_be_there_already_wants_a_yes(cli: Cli, post: Post) -> None:
    lost = post.ended("lost", Status.UNKNOWN)
    result = cli("retry", lost)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Nobody knows whether {lost} arrived")
    assert cli("retry", lost, "--yes").exit_code == 0
    assert ids(cli("--state", "queued")) == [lost]


def test_what_went_out_stays_as_it_is(cli: Cli, post: Post) -> None:
    sent = post.ended("sent", Status.SENT)
    result = cli("retry", sent, "--yes")
    assert (result.exit_code, result.stderr) == (1, "It went out. Nothing is sent twice.\n")


async def test_beside_a_running_app_it_is_listed_and_goes_out_again(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", f"sqlite:///{tmp_path / 'alongside.db'}")
    (begun,) = await stage.app.store.read(opening.deliveries, Kind.EMBEDDING_BEGUN)
    await stage.app.store.write(become, begun.key, Status.FAILED, "gave up", None)

    listed = await asyncio.to_thread(CliRunner().invoke, app, ["deliveries", "--state", "failed"])
    assert ids(listed) == [begun.key]
    assert f"({WORKSHOP})" in listed.stdout
    again = await asyncio.to_thread(CliRunner().invoke, app, ["deliveries", "retry", str(begun.key)])
    assert again.exit_code == 0, again.output

    stage.clock.advance_to(datetime.now(UTC))
    await stage.tick()
    await stage.person(LEAD).sees("works with us from today", WORKSHOP)


# Words


def test_every_kind_and_state_has_its_words() -> None:
    assert set(KINDS) == set(Kind)
    assert set(STATES) == set(Status)
    words = [*KINDS.values(), *STATES.values(), LOOKED_FOR]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12h", NOW - 12 * HOUR),
        ("7d", NOW - timedelta(days=7)),
        ("2w", NOW - timedelta(days=14)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T08:00+08:00", datetime(2026, 3, 1, tzinfo=UTC)),
    ],
)
def test_a_time_is_a_day_or_a_span(typed: str, meant: datetime) -> None:
    assert moment_meant(typed, NOW) == meant


@pytest.mark.parametrize("typed", ["", "7", "7y", "-7d", "99999d", "yesterday"])
def test_anything_else_is_no_time(typed: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no time"):
        moment_meant(typed, NOW)
