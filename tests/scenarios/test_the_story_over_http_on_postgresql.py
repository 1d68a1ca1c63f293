"""The whole story by signed requests over HTTP, kept in PostgreSQL."""

from datetime import datetime
from pathlib import Path

from bot.demo.stage import staged
from store.site import Site
from tests.scenarios.playing import nothing_came_from_the_side, played


async def test_over_signed_requests_and_on_postgresql_it_is_the_same_story(
    site: Site, start: datetime, tmp_path: Path, postgres_url: str
) -> None:
    async with staged(site, start, tmp_path, http=True, database_url=postgres_url) as stage:
        found = await played(stage)

    nothing_came_from_the_side(found)
    assert {entry.via for entry in found.journal.inbound} == {"http"}
