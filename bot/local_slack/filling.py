"""From a person's words to the value of a field: options by their visible text, people by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from bot.local_slack.elements import options_of
from bot.local_slack.errors import NotAsExpected
from bot.local_slack.forms import TEXT_INPUTS, Field
from bot.local_slack.records import Json
from bot.local_slack.workspace import Workspace

LONGEST_INPUT = 3000


class Filling:
    """Knows how a person fills in each type of element."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def value(self, field: Field, wanted: Any, options: Sequence[Json] | None = None) -> Any:
        """The value that stands in the field afterwards.

        Args:
            field: Which field.
            wanted: Words, a list of them, a date, a time, an object with an id; None empties the field.
            options: What there is to choose from, where the app has suggested it.

        Raises:
            NotAsExpected: The field does not let a person do that.
        """
        if wanted is None:
            return [] if field.takes_many else None
        if field.takes_many:
            each = [wanted] if isinstance(wanted, str) or not isinstance(wanted, Iterable) else list(wanted)
            _not_too_many(field, each)
            return [self._one(field, one, options) for one in each]
        return self._one(field, wanted, options)

    def _one(self, field: Field, wanted: Any, options: Sequence[Json] | None) -> Any:
        if field.type in TEXT_INPUTS:
            return _typed(field, str(wanted))
        if field.type == "rich_text_input":
            return _rich(str(wanted))
        if field.type in _WRITTEN:
            return _WRITTEN[field.type](field, wanted)
        if "users" in field.type:
            return self._user(field, wanted)
        if "conversations" in field.type or "channels" in field.type:
            return self._channel(field, wanted)
        return _option(field, str(wanted), options_of(field.element) if options is None else options)

    def _user(self, field: Field, wanted: Any) -> str:
        user = self._workspace.person_named(str(getattr(wanted, "id", wanted)))
        if user is None or user.deleted:
            people = [each.real_name for each in self._workspace.users.values() if not each.deleted]
            raise NotAsExpected(f'"{field.label}" does not offer {wanted}; it offers {", ".join(people)}')
        return user.id

    def _channel(self, field: Field, wanted: Any) -> str:
        name = str(getattr(wanted, "id", wanted))
        channel = self._workspace.channels.get(name) or self._workspace.channel_named(name)
        if channel is None:
            names = [f"#{each.name}" for each in self._workspace.channels.values() if each.kind != "im"]
            raise NotAsExpected(f'"{field.label}" does not offer {wanted}; it offers {", ".join(names)}')
        return channel.id


def _not_too_many(field: Field, wanted: Sequence[Any]) -> None:
    most = field.element.get("max_selected_items")
    if most is not None and len(wanted) > most:
        raise NotAsExpected(f'"{field.label}" takes no more than {most}, not {len(wanted)}')


def _typed(field: Field, text: str) -> str | None:
    longest = field.element.get("max_length", LONGEST_INPUT)
    if len(text) > longest:
        raise NotAsExpected(f'"{field.label}" takes no more than {longest} characters, not {len(text)}')
    return text or None


def _rich(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def _option(field: Field, wanted: str, options: Sequence[Mapping[str, Any]]) -> Json:
    for option in options:
        if option["text"]["text"] == wanted:
            return {name: option[name] for name in ("text", "value", "description") if name in option}
    offered = ", ".join(f'"{option["text"]["text"]}"' for option in options) or "nothing"
    raise NotAsExpected(f'"{field.label}" does not offer "{wanted}"; it offers {offered}')


def _date(field: Field, wanted: Any) -> str:
    try:
        return date.fromisoformat(str(wanted)).isoformat()
    except ValueError as error:
        raise NotAsExpected(f'"{field.label}" takes a date such as 2026-05-10, not {wanted}') from error


def _time(field: Field, wanted: Any) -> str:
    try:
        return time.fromisoformat(str(wanted)).strftime("%H:%M")
    except ValueError as error:
        raise NotAsExpected(f'"{field.label}" takes a time such as 07:30, not {wanted}') from error


def _instant(field: Field, wanted: Any) -> int:
    if isinstance(wanted, datetime) and wanted.tzinfo is not None:
        return int(wanted.timestamp())
    if isinstance(wanted, int):
        return wanted
    raise NotAsExpected(f'"{field.label}" takes an aware datetime or seconds since 1970, not {wanted}')


_WRITTEN: Mapping[str, Callable[[Field, Any], Any]] = {
    "datepicker": _date,
    "timepicker": _time,
    "datetimepicker": _instant,
}


def objection(field: Field, value: Any) -> str | None:
    """Why Slack would not submit this value, None if it would.

    https://docs.slack.dev/reference/block-kit/block-elements says what each element checks on its own.
    """
    if value in (None, "", []):
        return None if field.is_optional else "is required"
    if field.type == "plain_text_input" and len(value) < field.element.get("min_length", 0):
        return f"needs at least {field.element['min_length']} characters"
    if field.type == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return "is not an email address"
    if field.type == "url_text_input" and not re.fullmatch(r"https?://\S+", value):
        return "is not a link"
    return _number_objection(field, value) if field.type == "number_input" else None


def _number_objection(field: Field, value: str) -> str | None:
    try:
        number = float(value) if field.element["is_decimal_allowed"] else int(value)
    except ValueError:
        return "is not a number" if field.element["is_decimal_allowed"] else "is not a whole number"
    low, high = field.element.get("min_value"), field.element.get("max_value")
    if low is not None and number < float(low):
        return f"must be at least {low}"
    if high is not None and number > float(high):
        return f"must be at most {high}"
    return None
