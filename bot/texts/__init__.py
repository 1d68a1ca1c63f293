"""The sentences, by locale: English in the code, other languages in gettext catalogues beside it.

`t("…")` gives a plain sentence. `t.md("…")` gives one for Slack's mrkdwn: whatever people typed is put into its gaps
with `&`, `<` and `>` escaped, so that no report can ping a channel or forge a link
(https://docs.slack.dev/messaging/formatting-message-text#escaping). What `t.md` gave may fill a gap of another `t.md`.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parent / "locales"

TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""The classes of signs that turn the direction of what follows: https://www.unicode.org/reports/tr9/#Table_Bidirectional_Character_Types"""
RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
ISOLATED = re.compile("\u2068[^\u202a-\u202e\u2066-\u2069\n]*\u2069")
"""What turns nothing outside of it."""


class Markdown(str):
    """Text for mrkdwn in which people's words are escaped already."""

    __slots__ = ()


@lru_cache(maxsize=256)
def texts_in(locale: str, catalogues: Path = CATALOGUES) -> "Texts":
    """The same `Texts` each time for a language: every request asks for it."""
    return Texts(locale, catalogues)


class Texts:
    """The sentences in one person's language.

    Args:
        locale: As Slack gives it, such as `en-US` or `pl-PL`.
        catalogues: The folder of `<language>.po` files.
    """

    def __init__(self, locale: str, catalogues: Path = CATALOGUES) -> None:
        self.locale = _babel_locale(locale)
        self._translations = _translations(self.locale.language, catalogues)

    def __call__(self, sentence: str, /, **values: Any) -> str:
        """A plain sentence with its gaps filled."""
        return self.translated(sentence).format(**_plain(values))

    def md(self, sentence: str, /, **values: Any) -> Markdown:
        """A sentence for mrkdwn; texts that fill its gaps are escaped."""
        return Markdown(self.translated(sentence).format(**_escaped(values)))

    def many(self, singular: str, plural: str, count: int, /, **values: Any) -> str:
        """A plain sentence that depends on a number, which fills `{count}`."""
        return self._translations.ngettext(singular, plural, count).format(count=count, **_plain(values))

    def many_md(self, singular: str, plural: str, count: int, /, **values: Any) -> Markdown:
        """A sentence for mrkdwn that depends on a number; texts that fill its gaps are escaped."""
        return Markdown(self._translations.ngettext(singular, plural, count).format(count=count, **_escaped(values)))

    def translated(self, sentence: str) -> str:
        """The sentence with its gaps still open."""
        return self._translations.gettext(sentence)

    @property
    def language(self) -> str:
        """The language itself, in its own words, such as `English (Australia)`."""
        return self.locale.get_display_name(self.locale) or self.locale.language

    def day(self, day: date) -> str:
        """Such as `Mon 2 Mar 2026`."""
        return format_date(day, "EEE d MMM y", locale=self.locale)

    def clock(self, wall: time) -> str:
        """A time of day, such as `17:00`."""
        return format_time(wall, "HH:mm", locale=self.locale)

    def moment(self, moment: datetime, zone: str) -> str:
        """A moment on the wall of a place, such as `2 Mar, 17:00`."""
        return format_datetime(moment.astimezone(ZoneInfo(zone)), "d MMM, HH:mm", locale=self.locale)

    def listed(self, names: Iterable[str]) -> str:
        """Such as `Grace Okafor and Viktor Hallberg`."""
        return format_list([isolated(name) for name in names], locale=self.locale)

    def either(self, names: Iterable[str]) -> str:
        """Such as `Pump Watch or Screen Eye`."""
        return format_list(list(names), style="or", locale=self.locale)


def escape(text: str) -> str:
    """People's words for mrkdwn: the three signs that Slack reads as control characters, and only those."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def isolated(text: str) -> str:
    """Somebody's words inside a sentence of ours, so that they cannot turn the direction of what stands around them.

    Signs that only turn directions are left out; words that run from right to left are isolated
    (https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates).
    """
    if text.isascii():  # nothing of it turns anything, and most texts are
        return text
    classes = {unicodedata.bidirectional(sign) for sign in ISOLATED.sub("", text)}
    if classes & TURNING:
        text = "".join(sign for sign in text if unicodedata.bidirectional(sign) not in TURNING)
    return f"\u2068{text}\u2069" if classes & RIGHT_TO_LEFT else text


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: isolated(value) if isinstance(value, str) else value for name, value in values.items()}


def _escaped(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, Markdown) or not isinstance(value, str) else escape(isolated(value))
        for name, value in values.items()
    }


def _babel_locale(locale: str) -> Locale:
    try:
        return Locale.parse(locale, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@lru_cache(maxsize=64)
def _translations(language: str, catalogues: Path) -> NullTranslations:
    source = catalogues / f"{language}.po"
    if not source.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
