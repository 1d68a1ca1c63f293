"""`alongside manifest`: prints the app's manifest for Slack."""

import json

from bot.listeners.table import TABLE
from bot.manifest import manifest


def print_manifest(url: str | None) -> None:
    """Print the manifest for Socket Mode, or for HTTP at a URL."""
    print(json.dumps(manifest(TABLE, url), indent=2))
