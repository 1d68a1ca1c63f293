"""The rows of the registration table: what is listened to, and what becomes of it.

A row is data. `Act` asks for something: form → use case → reply. `Show` asks to see something: form → query → reply.
`Open` wants a modal: form → query → view. `Next` wants a modal's next page in the same way, and `Redraw` the same page
after a choice in it. `Suggest` asks what a menu offers for what somebody typed into it: form → query → options. How
each is carried out is the desk's business.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from slack_sdk.models.blocks import Option
from slack_sdk.models.views import View

from bot.blocks.kit import Written
from bot.forms.request import Request
from bot.texts import Texts


class Heard(StrEnum):
    """The kinds of request that Slack sends."""

    COMMAND = "command"
    VIEW = "view"
    ACTION = "action"
    SHORTCUT = "shortcut"
    EVENT = "event"
    OPTIONS = "options"


FEEDBACK_REFERENCE = "F-#"
"""The word of a command's row for the reference of a report, and nothing else."""
FEEDBACK_REFERENCE_AND_WORDS = "F-# …"
"""The word of a command's row for the reference of a report with more words behind it."""
REFERENCE = "#"
"""The word of a command's row for any reference, such as F-12, and nothing else; also behind a word (`again #`)."""
EMBEDDING_REFERENCE = "E-#"
"""The word of a command's row for the reference of an embedding, or its number, and nothing else."""

Form = Callable[[Request, Texts], tuple[Any, ...]]
Found = TypeVar("Found")


def drawn(view: Callable[[Found, Texts], View]) -> Callable[[Found, Request, Texts], View]:
    """A modal that is drawn from what the query found alone."""

    def draw(found: Found, request: Request, t: Texts) -> View:
        return view(found, t)

    return draw


"""Reads the request into the arguments of the use case or query; raises FormErrors."""


def nothing(request: Request, t: Texts) -> tuple[()]:
    """The form of a request that says nothing besides who asks."""
    return ()


@dataclass(frozen=True, slots=True)
class Row:
    """What every row says: which request it is about.

    Args:
        heard: The kind of request.
        id: The command, the callback id, the action id (or what stands before its colon), or the event's type.
        form: How it is read.
        word: For commands the word that must stand first: None for none at all, one of those above for a
            reference, or `*` for any other text. A word with an ellipsis (`away …`) stands before more words.
        about_the_app: For events whether only those count that happened to the app's own user.
        to_the_app: For messages whether only those count that a person said in their direct messages with the app.
    """

    heard: Heard
    id: str
    form: Form = nothing
    word: str | None = None
    about_the_app: bool = False
    to_the_app: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Act(Row):
    """A request that asks for something.

    Args:
        use_case: A plain function `(session, *form, by=, at=)`.
        reply: What the person is answered at once, after a modal perhaps by another one; none, or None from it, where
            the message they clicked changes instead.
        with_policy: Whether the use case also takes the site's policy.
        beside: For buttons whether the answer stands beside the message that was clicked instead of in its place.
    """

    use_case: Callable[..., Any]
    reply: Callable[[Any, Texts], Written | View | None] | None = None
    with_policy: bool = False
    beside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Show(Row):
    """A request that asks to see something.

    Args:
        query: A plain function `(session, *form, by=)`; None where there is nothing to look up.
        reply: What the person sees.
        with_time: Whether the query also takes `at=`.
        with_policy: Whether the query also takes the site's policy.
    """

    query: Callable[..., Any] | None
    reply: Callable[[Any, Texts], Written]
    with_time: bool = False
    with_policy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Open(Row):
    """A request that wants a modal.

    Args:
        query: A plain function `(session, *form, by=)`.
        view: The modal, from what the query found and from the request.
        with_time: Whether the query also takes `at=`.
    """

    query: Callable[..., Any]
    view: Callable[[Any, Request, Texts], View]
    with_time: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Redraw(Row):
    """A choice in a modal by which the rest of it becomes another one; what was entered stays.

    Args:
        query: A plain function `(session, *form, by=, at=)`.
        view: The modal as it is then, from what the query found and from the request.
    """

    query: Callable[..., Any]
    view: Callable[[Any, Request, Texts], View]
    with_time: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Next(Row):
    """A modal whose submission leads to another page of it, before anything is kept.

    Args:
        query: A plain function `(session, *form, policy=, by=)`.
        view: The page, from what the query found.
    """

    query: Callable[..., Any]
    view: Callable[[Any, Texts], View]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggest(Row):
    """Somebody types into a menu that is searched.

    Args:
        query: A plain function `(session, *form, by=)`.
        options: What is offered, from what the query found.
    """

    query: Callable[..., Any]
    options: Callable[[Any, Texts], Sequence[Option]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Home(Row):
    """Somebody opened the app: their home is published.

    Args:
        query: A plain function `(session, by=, at=)`.
        view: The home, from what the query found.
    """

    query: Callable[..., Any]
    view: Callable[[Any, Texts], View]
