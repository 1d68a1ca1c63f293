"""What Slack says of a person is taken over as far as anything can be made of it."""

import pytest

from bot.forms.profiles import profile


def test_a_person_is_kept_as_slack_says() -> None:
    said = profile({"tz": "Europe/Oslo", "locale": "nb-NO", "deleted": False, "is_admin": True})
    assert (said.zone, said.locale, said.active, said.slack_admin) == ("Europe/Oslo", "nb-NO", True, True)


@pytest.mark.parametrize(
    "zone",
    [None, 7, "", "Mars/Phobos", "Europe", "../../etc/passwd", "/etc/localtime", "\x00", "\ud800", "x" * 100_000],
)
def test_a_zone_that_nobody_knows_is_left_out(zone: object) -> None:
    assert profile({"tz": zone}).zone is None


@pytest.mark.parametrize("locale", [None, 7, "", "en-US\n", "../../x", "\x00", "\ud800", "e", "x" * 100_000])
def test_a_language_that_cannot_be_one_is_left_out(locale: object) -> None:
    assert profile({"locale": locale}).locale is None


@pytest.mark.parametrize("locale", ["en-US", "pl", "zh-Hant-TW", "fil-PH", "en_GB"])
def test_a_language_is_kept_as_slack_writes_it(locale: str) -> None:
    assert profile({"locale": locale}).locale == locale
