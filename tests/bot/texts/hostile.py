"""What people may type that would do harm in a chat: every one of these must come out as it went in."""

import re
from typing import Any

from tests.bot.texts.visible import mrkdwn_texts

HOSTILE = {
    "a ping of everybody": "<!channel> <!here> <!everyone> wake up",
    "a ping of somebody": "<@U0OLA> look, <#C0WORKSHOP> and <!subteam^S1|crew>",
    "a forged link": "see <https://evil.example/login|the manual> or <mailto:boss@evil.example|the boss>",
    "a bare link": "see https://evil.example/?a=1&b=2, write to boss@evil.example, @here #workshop",
    "ampersands": "P&ID shows A&amp;B &lt;!channel&gt; &amp;lt;",
    "backticks": "`rm -rf` ```code``` *bold* _it_ ~no~ > quote, and an open * _ ` ```",
    "pictograms": "🔥👷🏽‍♀️🇳🇴👩‍👩‍👧‍👦 :fire: :skin-tone-2:",
    "right to left": "\u202egnihton\u202c \u2067إنذار كاذب אזעקת שווא \u2069\u202eopen",
    "other scripts": "误报 ложная тревога ψευδής",
    "gaps of a sentence": "{name} {0} %s %(x)s {reference!r} {{",
    "lines": "\n> forged quote\n• forged list\n\n*F-99* closed",
    "signs of control": "\u0007 \u200b \ufeff \u0000 \ud800 end",
    "a tower of marks": "Z" + "\u0335\u0322\u0301" * 40 + "algo",
    "a formula": '=HYPERLINK("https://evil.example") "quoted", and, commas\r\n;',
}


_OF_A_MESSAGE = re.compile(
    r"<https://[a-z0-9.-]+\.slack\.com/archives/[A-Z0-9]+/p\d+\|The message that it was made of>"
)


def kept(typed: str) -> str:
    """What is kept of it: everything but what no database keeps, NUL and lone surrogates."""
    return typed.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")


def harm(content: Any) -> list[str]:
    """What Slack would read as a ping, a link or an entity in something that is not ours to say."""
    return [text for text, is_verbatim in mrkdwn_texts(content) if not is_verbatim or _is_read(text)] + [
        f"{name} is {content[name]}" for name in ("link_names", "parse") if content.get(name) not in (None, "none")
    ]


def _is_read(text: str) -> bool:
    # Our own sentences have neither, but for the address of a message in Slack; a quotation begins with "> ".
    own = _OF_A_MESSAGE.sub("", "\n".join(line.removeprefix("> ") for line in text.split("\n")))
    entities = own.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    return any(sign in entities for sign in "<>&")
