"""What somebody told the app in their direct messages, and what they tapped about it."""

from collections.abc import Mapping
from typing import Any

from bot.forms import FormErrors, unsafe
from bot.forms.feedback import understood_kind
from bot.forms.prompts import photos, text_in
from bot.forms.request import UNREADABLE, Request, as_seen
from bot.forms.taps import number, parts
from bot.texts import Texts
from store.direct_reports import Said
from store.feedback import Kind


def said(request: Request, t: Texts) -> tuple[Said]:
    """A direct message (https://docs.slack.dev/reference/events/message.im)."""
    event: Mapping[str, Any] = request.event
    words = as_seen(text_in(event, "text"))
    return (
        Said(
            channel=text_in(event, "channel"),
            thread_ts=text_in(event, "thread_ts"),
            text=words,
            kind=understood_kind(words, t),
            photos=photos(event),
            unsafe=unsafe.is_named(words, t),
        ),
    )


def kind(request: Request, t: Texts) -> tuple[int, Kind]:
    """The tap that says of which kind it is."""
    which, value = parts(request, 2)
    try:
        return number(which), Kind(value)
    except ValueError:
        raise FormErrors({"": UNREADABLE}) from None
