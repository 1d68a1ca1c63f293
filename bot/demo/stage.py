"""The stage: a Slack on this machine, the real app connected to it, a site, and a clock that a story moves."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.app import Alongside, compose, over_http, over_socket_mode
from bot.http.server import SLACK_PATH
from bot.listeners.rows import Row
from bot.listeners.table import TABLE
from bot.local_slack import LocalSlack, NotAsExpected, Person
from bot.manifest import manifest
from bot.settings import Settings
from bot.texts import CATALOGUES, Texts
from jobs.clock import SimulatedClock
from store import migrations
from store.policy import Policy
from store.site import Site, import_site
from store.store import Store

HTTP_HOST = "http://127.0.0.1"


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that a story is played with."""

    slack: LocalSlack
    app: Alongside
    clock: SimulatedClock
    site: Site
    catalogues: Path = CATALOGUES

    def person(self, slack_id: str) -> Person:
        """Somebody of the site, as they sit before their Slack."""
        return self.slack.person(slack_id)

    def texts(self, person: Person | None = None) -> Texts:
        """The sentences as somebody reads them; without a person as they stand in a channel."""
        return Texts(person.locale if person else "en-US", self.catalogues)

    async def tick(self) -> None:
        """Let the app do what is due now, and wait until it has."""
        await self.app.tick()
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until the app has finished what it does after its acks."""
        await self.app.quiet()

    def nobody_was_missed(self, act: str) -> None:
        """Fail when the app was asked for something that it does not listen to.

        Raises:
            NotAsExpected: It says which act found nobody.
        """
        if self.app.unheard:
            what = ", ".join(self.app.unheard)
            raise NotAsExpected(f"{act} found nobody: the app listens to no such request ({what})")


@asynccontextmanager
async def staged(
    site: Site,
    start: datetime,
    folder: Path,
    *,
    http: bool = False,
    table: Iterable[Row] = TABLE,
    database_url: str | None = None,
    catalogues: Path = CATALOGUES,
    policy: Policy | None = None,
) -> AsyncIterator[Stage]:
    """Set the stage, and clear it away at the end.

    Args:
        site: Whose people and channels the local Slack has; it is imported into the database.
        start: When the story begins.
        folder: Where the database and the packets of reviews go.
        http: Signed requests over HTTP instead of Socket Mode.
        table: The registration table; a test may leave rows out.
        database_url: Instead of a SQLite file in the folder.
        catalogues: The folder of the sentences in other languages.
        policy: The site's rules, where they are not the usual ones.
    """
    url = database_url or f"sqlite:///{folder / 'alongside.sqlite'}"
    clock = SimulatedClock(start)
    rows = tuple(table)
    made_for = manifest(TABLE, HTTP_HOST if http else None)
    migrations.upgrade(url)
    slack = LocalSlack(made_for, now=clock.now, team_id=site.workspace, enterprise_id=site.enterprise_id or None)
    async with slack:
        _settle_in(slack, site)
        with Store(url) as store:
            await store.write(import_site, site, at=start)
            app = await compose(
                _settings(slack, url, folder, policy or Policy(), http=http),
                store=store,
                clock=clock,
                table=rows,
                catalogues=catalogues,
            )
            if http:
                async with over_http(app) as address:
                    slack.deliver_over_http(address + SLACK_PATH)
                    yield Stage(slack, app, clock, site, catalogues)
            else:
                async with over_socket_mode(app):
                    await slack.until_connected()
                    yield Stage(slack, app, clock, site, catalogues)


def _settle_in(slack: LocalSlack, site: Site) -> None:
    for person in site.people:
        zone, locale = person.zone or site.zone, person.locale or "en-US"
        slack.add_person(person.name, user_id=person.slack_id, zone=zone, locale=locale)
    for team in site.teams:
        ids = sorted({*(who for crew in team.crews for who in crew.people), *team.leads})
        members = [slack.person(slack_id) for slack_id in ids]
        slack.add_channel(team.name.lower().replace(" ", "-"), channel_id=team.channel, members=members)


def _settings(slack: LocalSlack, url: str, folder: Path, policy: Policy, *, http: bool) -> Settings:
    given: dict[str, Any] = {
        "SLACK_BOT_TOKEN": SecretStr(slack.bot_token),
        "SLACK_APP_TOKEN": SecretStr(slack.app_token),
        "SLACK_SIGNING_SECRET": SecretStr(slack.signing_secret),
    }
    return Settings(
        _env_file=None,  # type: ignore[call-arg] # pydantic-settings' own argument: a demo reads no .env
        database_url=url,
        folder=folder / "reviews",
        slack_api_url=slack.api_url,
        port=0 if http else None,
        policy=policy,
        **given,
    )
