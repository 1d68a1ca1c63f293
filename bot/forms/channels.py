"""What Slack tells us of channels."""

from bot.forms import FormErrors
from bot.forms.request import UNREADABLE, Request
from bot.texts import Texts


def joined(request: Request, t: Texts) -> tuple[str]:
    """The channel of a `member_joined_channel` event (https://docs.slack.dev/reference/events/member_joined_channel)."""
    channel = request.event.get("channel")
    if not isinstance(channel, str) or not channel:
        raise FormErrors({"": UNREADABLE})
    return (channel,)
