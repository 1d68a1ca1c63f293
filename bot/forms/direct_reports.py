"""What somebody told the app in their direct messages, and what they tapped about it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from bot.forms import FormErrors, unsafe
from bot.forms.feedback import one_of, understood_kind
from bot.forms.prompts import photos, text_in
from bot.forms.request import UNREADABLE, Request, as_seen
from bot.forms.taps import number, parts
from bot.texts import Texts
from bot.texts.glossary import THANKS_WORDS
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
            thanks=_is_thanks(words, t, in_thread=bool(text_in(event, "thread_ts"))),
        ),
    )


def _is_thanks(words: str, t: Texts, *, in_thread: bool) -> bool:
    """Whether words only say thank you; beneath a message a pictogram alone does, too."""
    said = " ".join(re.findall(r"[\w']+", EMOJI.sub(" ", words.casefold().replace("’", "'"))))
    if not said:
        return in_thread and bool(words.strip())
    return bool(_thanking(t(THANKS_WORDS)).fullmatch(said))


@lru_cache(maxsize=64)
def _thanking(ways: str) -> re.Pattern[str]:
    one = one_of(ways)
    return re.compile(rf"(?:{one})(?: (?:{one}))*")


EMOJI = re.compile(r":[\w+'-]+:")
"""As Slack writes a pictogram: https://docs.slack.dev/messaging/formatting-message-text#emoji"""


def kind(request: Request, t: Texts) -> tuple[int, Kind]:
    """The tap that says of which kind it is."""
    which, value = parts(request, 2)
    try:
        return number(which), Kind(value)
    except ValueError:
        raise FormErrors({"": UNREADABLE}) from None
