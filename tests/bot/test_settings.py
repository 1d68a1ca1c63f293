"""A secret that is missing or still a placeholder is asked for in one sentence."""

from typing import Any

import pytest
from pydantic import ValidationError

from bot.settings import Settings

BOT, APP, SECRET = "xoxb-1234567890-abcdef", "xapp-1-A0-1234567890", "0123456789abcdef0123456789abcdef"


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg] # pydantic-settings' own argument


@pytest.fixture(autouse=True)
def nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "ALONGSIDE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("given", [{"SLACK_APP_TOKEN": APP}, {"SLACK_SIGNING_SECRET": SECRET}])
def test_a_bot_token_and_one_of_the_two_others_are_enough(given: dict[str, str]) -> None:
    assert settings(SLACK_BOT_TOKEN=BOT, **given).missing() is None


@pytest.mark.parametrize(
    ("given", "name", "place"),
    [
        ({}, "SLACK_BOT_TOKEN", "OAuth & Permissions"),
        ({"SLACK_BOT_TOKEN": "xoxb-your-token-goes-here"}, "SLACK_BOT_TOKEN", "OAuth & Permissions"),
        ({"SLACK_BOT_TOKEN": "xoxp-1234567890-abcdef"}, "SLACK_BOT_TOKEN", "OAuth & Permissions"),
        ({"SLACK_BOT_TOKEN": BOT}, "SLACK_SIGNING_SECRET", "App Credentials"),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": "changeme" * 4}, "SLACK_SIGNING_SECRET", "App Credentials"),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": "xapp-..."}, "SLACK_APP_TOKEN", "App-Level Tokens"),
    ],
)
def test_a_missing_or_made_up_secret_is_asked_for_with_its_place(given: dict[str, str], name: str, place: str) -> None:
    sentence = settings(**given).missing()
    assert sentence is not None
    assert sentence.startswith(f"Set {name}:")
    assert place in sentence
    assert not any(secret in sentence for secret in given.values())


def test_settings_cannot_be_changed_and_do_not_show_their_secrets() -> None:
    made = settings(SLACK_BOT_TOKEN=BOT)
    with pytest.raises(ValidationError):
        made.port = 1
    assert BOT not in repr(made)


def test_a_list_of_admins_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALONGSIDE_ADMINS", '["U0LENA", "U0GRACE"]')
    assert settings().admins == ("U0LENA", "U0GRACE")
