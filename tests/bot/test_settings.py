"""A setting that is missing, made up or of the wrong kind is asked for in one sentence, with its place in Slack."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.settings import Settings, WrongSetting, read_settings

BOT, APP, SECRET = "xoxb-1234567890-abcdef", "xapp-1-A0-1234567890", "0123456789abcdef0123456789abcdef"


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg] # pydantic-settings' own argument


@pytest.fixture(autouse=True)
def nothing_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "ALONGSIDE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "given",
    [
        {"SLACK_APP_TOKEN": APP},
        {"SLACK_SIGNING_SECRET": SECRET},
        {"SLACK_APP_TOKEN": APP, "SLACK_SIGNING_SECRET": "not looked at: the app-level token wins"},
    ],
)
def test_a_bot_token_and_one_of_the_two_others_are_enough(given: dict[str, str]) -> None:
    settings(SLACK_BOT_TOKEN=BOT, **given).require_secrets()


@pytest.mark.parametrize(
    ("given", "begins", "place"),
    [
        ({}, "Set SLACK_BOT_TOKEN: it stands", "OAuth & Permissions"),
        ({"SLACK_BOT_TOKEN": "xoxb-your-token-goes-here"}, "Set SLACK_BOT_TOKEN to the real", "OAuth & Permissions"),
        ({"SLACK_BOT_TOKEN": "xoxb-123-" + "x" * 24}, "Set SLACK_BOT_TOKEN to the real", "OAuth & Permissions"),
        ({"SLACK_BOT_TOKEN": "xoxb-123"}, "Set SLACK_BOT_TOKEN to the real", "OAuth & Permissions"),
        ({"SLACK_BOT_TOKEN": "xoxp-1234567890-abcdef"}, "SLACK_BOT_TOKEN holds a user token.", "OAuth & Permissions"),
        ({"SLACK_BOT_TOKEN": APP}, "SLACK_BOT_TOKEN holds an app-level token.", "OAuth & Permissions"),
        ({"SLACK_BOT_TOKEN": SECRET}, "Set SLACK_BOT_TOKEN to the real", "OAuth & Permissions"),
        ({"SLACK_BOT_TOKEN": f'"{BOT}"'}, "SLACK_BOT_TOKEN has a space, a quote", "OAuth & Permissions"),
        ({"SLACK_BOT_TOKEN": f"{BOT}\n"}, "SLACK_BOT_TOKEN has a space, a quote", "OAuth & Permissions"),
        ({"SLACK_BOT_TOKEN": BOT}, "Set SLACK_APP_TOKEN for Socket Mode", "App Credentials"),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": "xapp-..."}, "Set SLACK_APP_TOKEN to the", "App-Level Tokens"),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": BOT}, "SLACK_APP_TOKEN holds a bot token.", "App-Level Tokens"),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": "changeme"}, "Set SLACK_SIGNING_SECRET", "App Credentials"),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": "0" * 32}, "Set SLACK_SIGNING_SECRET", "App Credentials"),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": f" {SECRET}"}, "SLACK_SIGNING_SECRET has", "Credentials"),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": APP}, "SLACK_SIGNING_SECRET holds an app", "Credentials"),
    ],
)
def test_what_is_wrong_with_a_secret_is_said_with_its_place(given: dict[str, str], begins: str, place: str) -> None:
    with pytest.raises(WrongSetting) as wrong:
        settings(**given).require_secrets()
    sentence = str(wrong.value)
    assert sentence.startswith(begins)
    assert place in sentence
    assert "\n" not in sentence
    assert not any(secret in sentence for secret in given.values())


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ALONGSIDE_PORT", "abc", "ALONGSIDE_PORT must be a valid integer"),
        ("ALONGSIDE_PORT", "99999", "ALONGSIDE_PORT must be less than or equal to 65535"),
        ("ALONGSIDE_TICK_SECONDS", "0", "ALONGSIDE_TICK_SECONDS must be greater than 0"),
        (
            "ALONGSIDE_DATABASE_URL",
            "mysql://secret@h/db",
            "ALONGSIDE_DATABASE_URL must be sqlite:///file or postgresql:",
        ),
        ("ALONGSIDE_DATABASE_URL", "postgresql://a:secret@h:p/d", "ALONGSIDE_DATABASE_URL must be sqlite:///file or"),
        ("ALONGSIDE_DATABASE_URL", "sqlite:///:memory:", "ALONGSIDE_DATABASE_URL must be sqlite:///file or"),
        ("ALONGSIDE_SLACK_API_URL", "slack.com", "ALONGSIDE_SLACK_API_URL: String should match"),
        ("ALONGSIDE_ADMINS", "lena", "ALONGSIDE_ADMINS must be Slack user ids with commas between them"),
        ("ALONGSIDE_POLICY", "five", "ALONGSIDE_POLICY must be JSON"),
        ("ALONGSIDE_POLICY", '{"people_needed": 2}', "ALONGSIDE_POLICY: a figure about people needs at least 3"),
        ("ALONGSIDE_LIMITS", '{"at_once": "many"}', "ALONGSIDE_LIMITS (at_once) must be a valid integer"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_named(
    name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting) as wrong:
        read_settings()
    assert str(wrong.value).startswith(sentence)
    assert str(wrong.value).endswith("Put it right in the environment or in .env.")
    assert "secret" not in str(wrong.value)


def test_an_env_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("SLACK_BOT_TOKEN=xoxb-ä".encode("latin-1"))
    with pytest.raises(WrongSetting, match=r"\.env is not UTF-8 text"):
        read_settings()


def test_an_empty_setting_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALONGSIDE_PORT", "")
    assert read_settings().port is None


def test_settings_cannot_be_changed_and_do_not_show_their_secrets() -> None:
    made = settings(SLACK_BOT_TOKEN=BOT)
    with pytest.raises(ValidationError):
        made.port = 1
    assert BOT not in repr(made)


@pytest.mark.parametrize("written", ["U0LENA,U0GRACE", "U0LENA, U0GRACE", "U0LENA U0GRACE"])
def test_a_list_of_admins_comes_from_the_environment(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALONGSIDE_ADMINS", written)
    assert settings().admins == ("U0LENA", "U0GRACE")
