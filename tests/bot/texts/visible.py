"""What of a message or view people see, and the ids in it that nobody sees."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

TEXT_OBJECTS = frozenset({"plain_text", "mrkdwn"})
ENTERED = "entered"
"""The action id of every input, which sends nothing by itself."""


def visible_texts(shown: Any) -> Iterator[str]:
    """Every text that somebody sees: in text objects, and the one that notifications show."""
    if isinstance(shown, Mapping):
        if shown.get("type") in TEXT_OBJECTS or "blocks" in shown:
            yield from [shown["text"]] if isinstance(shown.get("text"), str) else []
        for value in shown.values():
            yield from visible_texts(value)
    elif isinstance(shown, list):
        for one in shown:
            yield from visible_texts(one)


def mrkdwn_texts(shown: Any) -> Iterator[tuple[str, bool]]:
    """Every text that Slack reads as mrkdwn, and whether it leaves names and links in it alone.

    The text of a message is mrkdwn too; Slack makes names of it only where `link_names` or `parse` says so.
    """
    if isinstance(shown, Mapping):
        if shown.get("type") == "mrkdwn":
            yield shown["text"], shown.get("verbatim") is True
        elif "type" not in shown and isinstance(shown.get("text"), str):
            yield shown["text"], True
        for value in shown.values():
            yield from mrkdwn_texts(value)
    elif isinstance(shown, list):
        for one in shown:
            yield from mrkdwn_texts(one)


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids under which buttons and modals are listened to."""

    actions: set[str] = field(default_factory=set)
    callbacks: set[str] = field(default_factory=set)


def ids_of(shown: Any) -> Ids:
    """The ids that a message or view sends back."""
    found = Ids()
    for key, value in _pairs(shown):
        if key == "action_id" and value != ENTERED:
            found.actions.add(str(value))
        if key == "callback_id" and value:
            found.callbacks.add(str(value))
    return found


def _pairs(shown: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(shown, Mapping):
        for key, value in shown.items():
            yield key, value
            yield from _pairs(value)
    elif isinstance(shown, list):
        for one in shown:
            yield from _pairs(one)


def uncatalogued(text: str, dates: tuple[str, ...] = ()) -> str:
    """What is left of a text in the pseudo-language without catalogued sentences and people's words.

    Args:
        text: What somebody sees; sentences stand in ⟦ ⟧ or ⟪ ⟫, people's words and names in ‹ ›.
        dates: Days and moments as the language writes them.

    Returns:
        The letters of what is neither of these nor a reference, a hash, a date, the "and" or "or" of a list (English
        or Polish), the address of a link or an emoji's name.
    """
    left = re.sub(r"<https?://[^|>]*", "<", text)
    left = re.sub(r"⟦[^⟦⟧]*⟧|⟪[^⟪⟫]*⟫|‹[^‹›]*›", " ", left)
    for date in dates:
        left = left.replace(date, " ")
    left = re.sub(
        r"\b[EFC]-\d+\b|\band\b|\bor\b|\bi\b|\blub\b|\b[0-9a-f]{64}\b|:[a-z0-9_+-]+:|&(?:amp|lt|gt);", " ", left
    )
    return " ".join(re.findall(r"[^\W\d_]+|[⟦⟧⟪⟫‹›]", left))
