"""Each request from Slack counts once, however often it arrives.

A request that asks for something carries a source key: the event's id, the view's id, or the trigger's id. The key
is kept with the answer in the transaction of the act, and only when the act succeeds; a repeat gets the same
answer, with the same reference, and changes nothing.
"""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, Concatenate, ParamSpec, TypeVar, get_type_hints

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import JSON, UniqueConstraint, bindparam
from sqlmodel import Field, Session, select

from store import prepared
from store.errors import Refused, RunAgain
from store.history import SOURCE
from store.people import Caller
from store.table import Table
from store.types import Instant

P = ParamSpec("P")
T = TypeVar("T")


class SourceKey(Table, table=True):
    """A request that was carried out, and what it was answered."""

    __tablename__ = "source_key"
    __table_args__ = (UniqueConstraint("workspace", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    workspace: str
    """Slack's id of the workspace: the request may come from one that we do not know."""
    key: str
    answer: Any = Field(sa_type=JSON)
    at: datetime = Field(sa_type=Instant)


def once(
    session: Session,
    key: str,
    use_case: Callable[Concatenate[Session, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a use case for a request, or give the answer that the same request got before.

    Args:
        session: The unit's session.
        key: The request's source key.
        use_case: Takes `by=Caller(…)` and `at=…` among its arguments; its annotated return type is a frozen
            dataclass that pydantic can write as JSON and read back.
        args: Handed on.
        kwargs: Handed on.

    Returns:
        The use case's value, now or as it was the first time.

    Raises:
        Refused: The use case's own refusals, and a key that was kept for something else.
        RunAgain: The same request was committed by a concurrent unit a moment ago; perhaps only when this one ends.
    """
    caller = kwargs["by"]
    at = kwargs["at"]
    assert isinstance(caller, Caller)  # noqa: S101 - a use case without a caller is a bug
    answer_type: TypeAdapter[T] = _answer_type(use_case)
    workspace = f"{caller.enterprise_id}/{caller.workspace}"
    seen = _seen(session, workspace, key)
    if seen is not None:
        return _as_answered(seen[0], answer_type)
    session.info[SOURCE] = key
    try:
        answer = use_case(session, *args, **kwargs)
    except Refused:
        # While it waited for a row, the same request may have done what it is now refused for.
        if _seen(session, workspace, key) is not None:
            raise RunAgain from None
        raise
    kept = {"workspace": workspace, "key": key, "answer": answer_type.dump_python(answer, mode="json"), "at": at}
    prepared.add_new_later(session, SourceKey, kept)
    return answer


def _as_answered(answer: Any, answer_type: TypeAdapter[T]) -> T:
    try:
        return answer_type.validate_python(answer)
    except ValidationError:
        raise Refused("Slack sent us something else under the same number. Please do it once more.") from None


@lru_cache(maxsize=256)
def _answer_type(use_case: Callable[..., Any]) -> TypeAdapter[Any]:
    return TypeAdapter(get_type_hints(use_case)["return"])


_ANSWER = select(SourceKey.answer).where(
    SourceKey.workspace == bindparam("workspace"), SourceKey.key == bindparam("key")
)


def _seen(session: Session, workspace: str, key: str) -> tuple[Any] | None:
    """The answer that a request got, in a tuple since it may be None; None when the request is new."""
    for kept in prepared.added_later(session, SourceKey):  # by a unit that shares this transaction
        if kept["key"] == key and kept["workspace"] == workspace:
            return (kept["answer"],)
    found = prepared.row(session, _ANSWER, {"workspace": workspace, "key": key}, as_kept=True)
    return (found[0],) if found else None
