"""`alongside doctor` in front of a Slack on this machine: each thing that can be wrong makes its line."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.cli.doctor.examination import CHECKS, LABELS, examine
from bot.cli.doctor.findings import Check, Finding, Known, Machine, State
from bot.cli.doctor.machine import beside
from bot.cli.doctor.report import SIGNS, line
from bot.listeners.table import TABLE
from bot.local_slack import LocalSlack
from bot.local_slack.methods import METHODS
from bot.manifest import manifest
from store import migrations
from store.runner_lock import RunnerLock
from store.site import Site, import_site
from store.store import Presence, Store
from tests.bot.conftest import demo_site

NAMES = ["settings", *(check.name for check in CHECKS)]
CHANNEL = demo_site().teams[0].channel
AT = datetime(2026, 3, 2, 7, tzinfo=UTC)


def machine(*, ahead: timedelta = timedelta(), free: int = 50_000_000_000) -> Machine:
    return Machine(datetime.now(UTC) + ahead, lambda place: free)


def import_it(url: str, site: Site) -> None:
    with Store(url, Presence.VISITOR) as store:
        asyncio.run(store.write(import_site, site, at=AT))


def a_slack(**more: Any) -> LocalSlack:
    given = {"team_id": "T0REDSTONE", **more}
    return LocalSlack(manifest(TABLE), now=lambda: datetime.now(UTC), **given)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> Callable[..., None]:
    """Sets what an administrator sets, for a Slack."""
    monkeypatch.chdir(tmp_path)

    def configure(slack: LocalSlack, **more: str) -> None:
        settings = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_SIGNING_SECRET": "",
            "ALONGSIDE_SLACK_API_URL": slack.api_url,
            "ALONGSIDE_DATABASE_URL": sqlite_url,
            **more,
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)

    return configure


@pytest.fixture
async def slack(install: Callable[..., None], sqlite_url: str) -> AsyncIterator[LocalSlack]:
    """A Slack in which everything is as it should be for the demo's site."""
    await asyncio.to_thread(import_it, sqlite_url, demo_site())
    async with a_slack() as slack:
        slack.add_channel("fixed-plant", channel_id=CHANNEL)
        install(slack)
        yield slack


def of(found: list[Finding], check: str) -> list[Finding]:
    return [finding for finding in found if finding.check == check]


def amiss(found: list[Finding]) -> set[str]:
    return {finding.check for finding in found if finding.state in (State.WARNING, State.PROBLEM)}


def skipped(found: list[Finding]) -> set[str]:
    return {finding.check for finding in found if finding.state is State.SKIPPED}


async def the_only_flaw(check: str, state: State = State.PROBLEM, at: Machine | None = None) -> Finding:
    """What the doctor finds, when all that is amiss is one thing of one check."""
    found = await examine(at or machine())
    assert amiss(found) == {check}, found
    [finding] = of(found, check)
    assert finding.state is state
    return finding


async def command(*words: str) -> tuple[int, str]:
    """The exit code of the command itself, and what it printed."""
    result = await asyncio.to_thread(CliRunner().invoke, app, ["doctor", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


async def test_a_healthy_installation_is_fine_line_by_line(slack: LocalSlack) -> None:
    code, said = await command()
    *lines, summary = said.splitlines()
    assert [words.partition(":")[0] for words in lines] == [f"✓ fine     {LABELS[name]}" for name in NAMES]
    assert (code, summary) == (0, "All is well.")
    assert "T0REDSTONE" in said


async def test_the_json_has_a_stable_shape_and_no_output_has_a_secret(slack: LocalSlack) -> None:
    code, said = await command("--json")
    found = json.loads(said)
    assert code == 0
    assert [finding["check"] for finding in found] == NAMES
    assert all(list(finding) == ["check", "state", "says", "do"] for finding in found)
    assert {finding["state"] for finding in found} == {"ok"}
    slack.revoke()
    for words in ((), ("--json",)):
        code, said = await command(*words)
        assert code == 1
        assert not any(secret in said for secret in (slack.bot_token, slack.app_token, slack.signing_secret))


async def test_it_changes_nothing_and_runs_beside_the_app(slack: LocalSlack, tmp_path: Path) -> None:
    before = (tmp_path / "alongside.db").read_bytes()
    with RunnerLock(tmp_path / "alongside.db"):
        assert amiss(await examine(machine())) == set()
    assert (tmp_path / "alongside.db").read_bytes() == before
    assert not (tmp_path / "reviews").exists()
    called = {call.method for call in slack.journal.calls()}
    assert called == {"auth.test", "apps.connections.open", "conversations.info"}


async def test_a_setting_that_cannot_be_read_leaves_nothing_to_look_at(
    slack: LocalSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALONGSIDE_PORT", "abc")
    found = await examine(machine())
    assert amiss(found) == {"settings"}
    assert skipped(found) == set(NAMES) - {"settings"}
    assert of(found, "disk")[0].says == "Not looked at, because something is wrong with: settings."


async def test_a_missing_secret_stops_what_asks_slack_but_not_the_rest(
    slack: LocalSlack, install: Callable[..., None]
) -> None:
    install(slack, SLACK_BOT_TOKEN="")
    found = await examine(machine())
    assert amiss(found) == {"secrets"}
    assert of(found, "secrets")[0].says.startswith("Set SLACK_BOT_TOKEN: it stands")
    assert skipped(found) == {"bot_token", "scopes", "app_token", "workspace", "channels", "clock"}


async def test_over_http_there_is_no_app_level_token_to_ask_for(
    slack: LocalSlack, install: Callable[..., None]
) -> None:
    install(slack, SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET=slack.signing_secret)
    found = await examine(machine())
    assert amiss(found) == set()
    assert skipped(found) == {"app_token"}
    assert of(found, "secrets")[0].says == "Slack is listened to over HTTP."
    install(slack, SLACK_SIGNING_SECRET=slack.signing_secret)
    assert "SLACK_SIGNING_SECRET is not used" in of(await examine(machine()), "secrets")[0].says


async def test_a_database_that_is_missing_is_not_made(
    slack: LocalSlack, install: Callable[..., None], tmp_path: Path
) -> None:
    install(slack, ALONGSIDE_DATABASE_URL="sqlite:///new.sqlite")
    found = await examine(machine())
    assert amiss(found) == {"database"}
    assert of(found, "database")[0].says.endswith("Make it: alongside db upgrade")
    assert skipped(found) == {"site", "teams", "danger", "workspace", "channels"}
    assert not (tmp_path / "new.sqlite").exists()


async def test_a_database_that_is_away_is_told_without_its_password(
    slack: LocalSlack, install: Callable[..., None]
) -> None:
    install(slack, ALONGSIDE_DATABASE_URL="postgresql://me:hidden@127.0.0.1:1/alongside")
    finding = (await the_only_flaw("database")).says
    assert finding.startswith("The database is busy or away:")
    assert "hidden" not in finding


async def test_an_older_schema_is_told_with_the_command(slack: LocalSlack, sqlite_url: str) -> None:
    migrations.downgrade(sqlite_url, "base")
    assert (await the_only_flaw("database")).says.endswith("alongside db upgrade")


async def test_on_postgresql_all_is_well_too(
    slack: LocalSlack, install: Callable[..., None], postgres_url: str
) -> None:
    await asyncio.to_thread(import_it, postgres_url, demo_site())
    install(slack, ALONGSIDE_DATABASE_URL=postgres_url)
    found = await examine(machine())
    assert amiss(found) == set()
    assert of(found, "database")[0].says.startswith("The database is PostgreSQL on ")


async def test_a_site_that_was_not_imported_is_told(install: Callable[..., None]) -> None:
    async with a_slack() as slack:
        install(slack)
        assert (await the_only_flaw("site")).do == "Import the site file: alongside site import FILE.yaml"


async def test_what_a_team_lacks_is_told(slack: LocalSlack, sqlite_url: str) -> None:
    site = demo_site()
    bare = replace(site.teams[0], leads=(), crews=tuple(replace(crew, people=()) for crew in site.teams[0].crews))
    without = replace(site, teams=(bare,), tools=tuple(replace(tool, teams=()) for tool in site.tools))
    await asyncio.to_thread(import_it, sqlite_url, without)
    says = (await the_only_flaw("teams")).says
    assert says == f"{bare.name} has no lead whose account is active, no person in a crew, no tool."


async def test_a_team_in_which_nobody_hears_of_something_unsafe_is_named(slack: LocalSlack, sqlite_url: str) -> None:
    site = demo_site()
    alone = replace(site.teams[0], leads=(), duty_contacts=())
    await asyncio.to_thread(import_it, sqlite_url, replace(site, teams=(alone,)))
    [finding] = of(await examine(machine()), "danger")
    assert finding.state is State.PROBLEM
    assert finding.says.startswith(f"Nobody in {alone.name} hears of something unsafe: ")
    assert finding.do == "Name a duty contact of it (duty_contacts) in the site file, then import it again."


@pytest.mark.parametrize("left", ["leads", "duty_contacts"])
async def test_a_duty_contact_or_a_lead_is_enough(slack: LocalSlack, sqlite_url: str, left: str) -> None:
    site = demo_site()
    gone: dict[str, Any] = {"leads": (), "duty_contacts": ()}
    del gone[left]
    await asyncio.to_thread(import_it, sqlite_url, replace(site, teams=(replace(site.teams[0], **gone),)))
    [finding] = of(await examine(machine()), "danger")
    assert finding.state is State.OK


async def test_a_team_without_its_emergency_number_is_something_to_look_at(slack: LocalSlack, sqlite_url: str) -> None:
    site = demo_site()
    await asyncio.to_thread(import_it, sqlite_url, replace(site, teams=(replace(site.teams[0], emergency=None),)))
    finding = await the_only_flaw("danger", State.WARNING)
    assert finding.says.startswith(f"{site.teams[0].name} has no emergency number")
    assert "(emergency)" in finding.do


async def test_a_team_that_works_with_no_tool_calls_nobody(slack: LocalSlack, sqlite_url: str) -> None:
    site = demo_site()
    bare = replace(site.teams[0], leads=(), duty_contacts=(), emergency=None)
    tools = tuple(replace(tool, teams=()) for tool in site.tools)
    await asyncio.to_thread(import_it, sqlite_url, replace(site, teams=(bare,), tools=tools))
    [finding] = of(await examine(machine()), "danger")
    assert finding.state is State.OK


async def test_a_full_disk_is_something_to_look_at(slack: LocalSlack) -> None:
    says = (await the_only_flaw("disk", State.WARNING, machine(free=400_000_000))).says
    assert says.startswith("Only 0.4 GB are free at ")


async def test_a_folder_that_cannot_be_written_is_told(
    slack: LocalSlack, install: Callable[..., None], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    install(slack, ALONGSIDE_FOLDER=str(tmp_path / "file"))
    assert "set ALONGSIDE_FOLDER to another place" in (await the_only_flaw("disk")).says


@pytest.mark.parametrize("error", ["invalid_auth", "account_inactive"])
async def test_a_bot_token_that_slack_refuses_is_told(slack: LocalSlack, error: str) -> None:
    slack.expect_trouble("auth.test", error=error)
    found = await examine(machine())
    assert amiss(found) == {"bot_token"}
    assert of(found, "bot_token")[0].says == f"Slack does not take SLACK_BOT_TOKEN ({error})."
    assert skipped(found) == {"scopes", "workspace", "channels", "clock"}


async def test_a_slack_that_is_away_is_told(slack: LocalSlack, install: Callable[..., None]) -> None:
    install(slack, ALONGSIDE_SLACK_API_URL="http://127.0.0.1:1/api/")
    found = await examine(machine())
    assert amiss(found) == {"bot_token", "app_token"}
    assert of(found, "bot_token")[0].says.startswith("Slack cannot be reached at http://127.0.0.1:1/api/ (")


async def test_an_app_level_token_that_slack_refuses_is_told(slack: LocalSlack) -> None:
    slack.expect_trouble("apps.connections.open", error="not_allowed_token_type")
    finding = await the_only_flaw("app_token")
    assert finding.says == "Slack does not take SLACK_APP_TOKEN (not_allowed_token_type)."
    assert "App-Level Tokens" in finding.do


async def test_scopes_that_are_missing_or_too_many_are_named(install: Callable[..., None], sqlite_url: str) -> None:
    await asyncio.to_thread(import_it, sqlite_url, demo_site())
    asked = manifest(TABLE)
    given = set(asked["oauth_config"]["scopes"]["bot"]) - {"users:read", "channels:read", "groups:read"} | {
        "chat:write.public"
    }
    asked["oauth_config"]["scopes"]["bot"] = sorted(given)
    async with LocalSlack(asked, now=lambda: datetime.now(UTC), team_id="T0REDSTONE") as slack:
        slack.add_channel("fixed-plant", channel_id=CHANNEL)
        install(slack)
        found = await examine(machine())
    missing, more = of(found, "scopes")
    assert (missing.state, missing.says) == (State.PROBLEM, "The app lacks channels:read, groups:read, users:read.")
    assert (more.state, more.says) == (State.WARNING, "The app has more scopes than it needs: chat:write.public.")
    assert skipped(found) == {"channels"}


@pytest.mark.parametrize("elsewhere", [{"team_id": "T0OTHER"}, {"enterprise_id": "E0OTHER"}])
async def test_a_token_of_another_workspace_is_told(
    slack: LocalSlack, install: Callable[..., None], elsewhere: dict[str, str]
) -> None:
    async with a_slack(**elsewhere) as other:
        install(other)
        found = await examine(machine())
    assert amiss(found) == {"workspace"}
    [finding] = of(found, "workspace")
    assert next(iter(elsewhere.values())) in finding.says
    assert "T0REDSTONE" in finding.says
    assert skipped(found) == {"channels"}


async def test_a_channel_without_the_app_is_told_with_what_to_type(slack: LocalSlack) -> None:
    slack.channel(CHANNEL).members.clear()
    finding = await the_only_flaw("channels")
    assert finding.says == f"The app is not in #fixed-plant of {demo_site().teams[0].name}."
    assert finding.do == "Invite the app: type /invite @Alongside in #fixed-plant."
    await slack.invite(slack.channel(CHANNEL))
    assert amiss(await examine(machine())) == set()


async def test_an_archived_channel_is_told(slack: LocalSlack) -> None:
    slack.channel(CHANNEL).archive()
    assert (await the_only_flaw("channels")).says.startswith("#fixed-plant of ")


async def test_a_channel_that_slack_does_not_show_is_told(install: Callable[..., None], sqlite_url: str) -> None:
    await asyncio.to_thread(import_it, sqlite_url, demo_site())
    async with a_slack() as slack:
        slack.add_channel("fixed-plant", channel_id=CHANNEL, private=True, app_in_channel=False)
        install(slack)
        finding = await the_only_flaw("channels")
    assert finding.says.startswith(f"Slack shows the app no channel {CHANNEL}")
    assert "/invite @Alongside" in finding.do


@pytest.mark.parametrize("error", sorted(METHODS["conversations.info"].errors - {"channel_not_found", "missing_scope"}))
async def test_a_channel_that_slack_does_not_let_us_look_at_is_something_to_look_at(
    error: str, slack: LocalSlack
) -> None:
    slack.expect_trouble("conversations.info", error=error)
    assert f"Slack answered {error}" in (await the_only_flaw("channels", State.WARNING)).says


@pytest.mark.parametrize(
    ("ahead", "says"),
    [
        (-30, "This machine's clock is right."),
        (31, "This machine's clock is 31 s ahead of Slack's."),
        (-600, "This machine's clock is 600 s behind Slack's."),
    ],
)
def test_a_clock_may_differ_by_half_a_minute(ahead: int, says: str) -> None:
    finding = beside(AT, AT + timedelta(seconds=ahead))
    assert finding.says == says
    assert finding.state is (State.OK if abs(ahead) <= 30 else State.WARNING)


async def test_a_wrong_clock_is_something_to_look_at(slack: LocalSlack) -> None:
    finding = await the_only_flaw("clock", State.WARNING, machine(ahead=timedelta(hours=-2)))
    assert finding.says.endswith(" s behind Slack's.")


async def test_a_check_that_breaks_stops_no_other(slack: LocalSlack) -> None:
    async def breaks(known: Known) -> list[Finding]:
        raise KeyError(slack.bot_token)

    checks = tuple(replace(check, look=breaks) if check.name == "scopes" else check for check in CHECKS)
    found = await examine(machine(), checks)
    assert amiss(found) == {"scopes"}
    assert of(found, "scopes")[0].says == "This check broke (KeyError)."
    assert skipped(found) == set()


async def test_what_is_only_to_be_looked_at_does_not_fail(slack: LocalSlack, install: Callable[..., None]) -> None:
    asked = manifest(TABLE)
    asked["oauth_config"]["scopes"]["bot"].append("chat:write.public")
    async with LocalSlack(asked, now=lambda: datetime.now(UTC), team_id="T0REDSTONE") as lavish:
        lavish.add_channel("fixed-plant", channel_id=CHANNEL)
        install(lavish)
        code, said = await command()
        assert (code, said.splitlines()[-1]) == (0, "1 to look at.")
        lavish.channel(CHANNEL).archive()
        code, said = await command()
    assert (code, said.splitlines()[-1]) == (1, "1 wrong, 1 to look at.")


def test_each_state_has_a_sign_and_a_word() -> None:
    said = [line(Finding("disk", state, "So it is.", "Do this.")) for state in State]
    assert len({words.split()[0] for words in said}) == len({words.split()[1] for words in said}) == len(State)
    assert set(SIGNS) == set(State)


def test_a_check_needs_only_what_comes_before_it() -> None:
    before: list[str] = []
    for check in CHECKS:
        assert set(check.needs) <= set(before), check.name
        assert isinstance(check, Check)
        before.append(check.name)
    assert set(LABELS) == set(NAMES)
