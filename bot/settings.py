"""The settings: the only reader of the environment."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from store.policy import Limits, Policy

PLACES = {
    "SLACK_BOT_TOKEN": ("xoxb-", "OAuth & Permissions"),
    "SLACK_APP_TOKEN": ("xapp-", "Basic Information, App-Level Tokens"),
    "SLACK_SIGNING_SECRET": ("", "Basic Information, App Credentials"),
}
"""How each secret begins, and where in Slack's pages for the app it stands."""
SHORTEST_SECRET = 16
PLACEHOLDERS = ("your", "changeme", "...", "xxx", "<", "placeholder")


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

    @property
    def over_a_socket(self) -> bool:
        """Whether Slack is listened to over Socket Mode: an app-level token says so."""
        return bool(self.slack_app_token.get_secret_value())

    def missing(self) -> str | None:
        """The sentence that says which secret is missing or made up, and where it stands; None if all is set."""
        second = "SLACK_APP_TOKEN" if self.over_a_socket else "SLACK_SIGNING_SECRET"
        for name, secret in (
            ("SLACK_BOT_TOKEN", self.slack_bot_token),
            (second, self.slack_app_token if self.over_a_socket else self.slack_signing_secret),
        ):
            begins, place = PLACES[name]
            value = secret.get_secret_value()
            made_up = any(word in value.lower() for word in PLACEHOLDERS)
            if len(value) < SHORTEST_SECRET or not value.startswith(begins) or made_up:
                return f"Set {name}: it stands in your app's pages at https://api.slack.com/apps under {place}."
        return None
