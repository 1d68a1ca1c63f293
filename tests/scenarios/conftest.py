"""The stage for whole stories."""

from datetime import datetime

import pytest

from bot.cli.demo import SITE_FILE
from bot.demo.story import starts_at
from bot.site_file import read_site
from store.site import Site


@pytest.fixture
def site() -> Site:
    found = read_site(SITE_FILE.read_text(encoding="utf-8"))
    assert isinstance(found, Site)
    return found


@pytest.fixture
def start(site: Site) -> datetime:
    """The morning of the day on which the embedding is proposed."""
    return starts_at(site)
