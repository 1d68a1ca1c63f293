"""The settings: the only reader of the environment."""

import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from bot.secrets import WrongSecret, check_app_token, check_bot_token, check_signing_secret, neither
from store.policy import Limits, Policy

PREFIX = "ALONGSIDE_"
SQLITE = "sqlite:///"
POSTGRESQL = "postgresql://"


class WrongSetting(Exception):
    """A setting is missing or is not what it must be; the text is one sentence that says what to set."""


def _database_url(url: str) -> str:
    file = url.removeprefix(SQLITE)
    if url.startswith(SQLITE) and file not in ("", ":memory:"):
        return url
    if url.startswith(POSTGRESQL) and _is_an_address(url):
        return url
    raise ValueError("must be sqlite:///file or postgresql://user:password@host/database")


def _is_an_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.netloc) and parts.port != 0
    except ValueError:  # a port that is no number, a host with half a bracket
        return False


def _user_ids(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    ids = tuple(given.replace(",", " ").split())
    if not all(re.fullmatch(r"[UW][A-Z0-9]+", one) for one in ids):
        raise ValueError("must be Slack user ids with commas between them, as in U0123ABC,U0456DEF")
    return ids


class Settings(BaseSettings):
    """What a site sets, from the environment or a `.env` file; frozen once it is read.

    A setting that is empty counts as not set.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    database_url: Annotated[str, AfterValidator(_database_url)] = "sqlite:///alongside.sqlite"
    """`sqlite:///file` or `postgresql://user:password@host/database`."""
    folder: Path = Path("reviews")
    """Where the packets of reviews are written."""
    slack_api_url: str = Field(default="https://slack.com/api/", pattern=r"^https?://")
    slack_bot_token: SecretStr = Field(default=SecretStr(""), validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr = Field(default=SecretStr(""), validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr = Field(default=SecretStr(""), validation_alias="SLACK_SIGNING_SECRET")
    host: str = "127.0.0.1"
    port: int | None = Field(default=None, ge=0, le=65_535)
    """Where Slack's requests and questions about health come in; in Socket Mode nothing listens unless it is set."""
    tick_seconds: float = Field(default=5.0, gt=0)
    admins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_user_ids)] = ()
    """Slack user ids that may do what Slack's own admins and owners may."""
    policy: Policy = Policy()
    limits: Limits = Limits()

    @property
    def over_a_socket(self) -> bool:
        """Whether Slack is listened to over Socket Mode: an app-level token says so, also beside a signing secret."""
        return bool(self.slack_app_token.get_secret_value())

    def require_bot_token(self) -> None:
        """See that the token is there that a process needs which listens to nothing.

        Raises:
            WrongSetting: It is missing, made up, damaged, or in another's place.
        """
        try:
            check_bot_token(self.slack_bot_token.get_secret_value())
        except WrongSecret as wrong:
            raise WrongSetting(str(wrong)) from None

    def require_secrets(self) -> None:
        """See that Slack's secrets are there and of the right kind.

        Raises:
            WrongSetting: One is missing, made up, damaged, or in another's place.
        """
        app_token = self.slack_app_token.get_secret_value()
        signing_secret = self.slack_signing_secret.get_secret_value()
        try:
            check_bot_token(self.slack_bot_token.get_secret_value())
            if app_token:
                check_app_token(app_token)
            elif signing_secret:
                check_signing_secret(signing_secret)
            else:
                raise neither()
        except WrongSecret as wrong:
            raise WrongSetting(str(wrong)) from None


def read_settings() -> Settings:
    """The settings as the environment and `.env` have them.

    Raises:
        WrongSetting: One of them is not what it must be. Slack's secrets are only read, not looked at.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(dict.fromkeys(_named(flaw["loc"]) + _said(flaw["msg"]) for flaw in error.errors()))
    except SettingsError as error:  # JSON that is none; its text names the field and the source
        field = re.search(r'field "(\w+)"', str(error))
        wrong = f"{_named((field[1],)) if field else 'A setting'} must be JSON, as .env.example shows it"
    except UnicodeDecodeError:
        wrong = "The file .env is not UTF-8 text"
    raise WrongSetting(f"{wrong}. Put it right in the environment or in .env.")


def _named(place: tuple[Any, ...]) -> str:
    setting, *inside = (str(part) for part in place)
    name = setting if setting.isupper() else PREFIX + setting.upper()
    return f"{name} ({'.'.join(inside)})" if inside else name


def _said(message: str) -> str:
    # Pydantic says "Input should be …", and "Value error, …" before what we and the policy say.
    if message.startswith("Input should be "):
        return f" must be {message.removeprefix('Input should be ')}"
    ours = message.removeprefix("Value error, ")
    return f" {ours}" if ours.startswith("must ") else f": {ours}"
