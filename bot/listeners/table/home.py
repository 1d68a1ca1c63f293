"""The home of the app, and what Slack tells of people and channels."""

from bot import ids
from bot.blocks import home as home_blocks
from bot.forms import channels as channel_forms
from bot.forms import profiles as profile_forms
from bot.forms import taps
from bot.listeners.rows import Act, Heard, Home, Row
from store import channels, home, people, retrying

ROWS: tuple[Row, ...] = (
    Home(Heard.EVENT, "app_home_opened", query=home.home, view=home_blocks.home),
    Act(Heard.ACTION, ids.TRY_AGAIN, taps.clicked, use_case=retrying.try_again),
    Act(Heard.EVENT, "user_change", profile_forms.user_changed, use_case=people.hear_of_profile, with_policy=True),
    Act(
        Heard.EVENT,
        "member_joined_channel",
        channel_forms.joined,
        about_the_app=True,
        use_case=channels.app_joined,
    ),
)
