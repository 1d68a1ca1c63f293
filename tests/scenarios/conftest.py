"""The stage for whole stories."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.cli.demo import SITE_FILE
from bot.demo.story import PROPOSED
from bot.site_file import read_site
from store.site import Site


@pytest.fixture
def site() -> Site:
    found = read_site(SITE_FILE.read_text(encoding="utf-8"))
    assert isinstance(found, Site)
    return found


@pytest.fixture
def start(site: Site) -> datetime:
    """Seven in the morning on the day on which the embedding is proposed."""
    return datetime.combine(PROPOSED, time(7), tzinfo=ZoneInfo(site.zone))
