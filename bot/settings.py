"""The settings: the only reader of the environment."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from store.policy import Limits, Policy


class Settings(BaseSettings):
    """What a site sets, from the environment or a `.env` file; frozen once it is read."""

    model_config = SettingsConfigDict(env_prefix="ALONGSIDE_", env_file=".env", extra="ignore", frozen=True)

    database_url: str = "sqlite:///alongside.sqlite"
    """`sqlite:///file` or `postgresql://user:password@host/database`."""
    folder: Path = Path("reviews")
    """Where the packets of reviews are written."""
    slack_api_url: str = "https://slack.com/api/"
    slack_bot_token: SecretStr = Field(default=SecretStr(""), validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr = Field(default=SecretStr(""), validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr = Field(default=SecretStr(""), validation_alias="SLACK_SIGNING_SECRET")
    host: str = "127.0.0.1"
    port: int = 3000
    tick_seconds: float = 5.0
    admins: tuple[str, ...] = ()
    """Slack user ids that may do what Slack's own admins and owners may."""
    policy: Policy = Policy()
    limits: Limits = Limits()
