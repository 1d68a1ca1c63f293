"""Teams' channels: what the app asks of whoever can invite it."""

from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from store.channels import Invitation


def invite_me(wanted: Invitation, t: Texts) -> Written:
    """To the leads of a team whose channel the app is not in."""
    said = t.md(
        "I can't post in <#{channel}>, the channel of {team}, because I'm not in it. "
        "Open it and type `/invite @Alongside`. What waits for it goes out then.",
        channel=wanted.channel,
        team=wanted.team,
    )
    return Written(said, [kit.section(said)])
