"""A request is read whatever its shape: what cannot be read is said at a field, never by a stack trace."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import ids
from bot.forms import FormErrors
from bot.forms.request import Request
from bot.listeners.registration import describe, row_of
from bot.listeners.rows import Row
from bot.listeners.table import TABLE
from bot.texts import Texts

T = Texts("en-US")

# fmt: off
NAMES = (
    "type", "command", "text", "team", "team_id", "enterprise", "enterprise_id", "user", "user_id", "id", "event",
    "event_id", "trigger_id", "response_url", "view", "state", "values", "blocks", "block_id", "private_metadata",
    "callback_id", "message", "actions", "action_id", "value", "entered", "tool", "kind", "impact", "what", "why",
    "version", "answers", "team", "tools", "data_scientists", "sponsor_operations", "sponsor_data", "first_day",
    "last_day", "exit_criteria", "outcome", "selected_option", "selected_options", "selected_user",
    "selected_users", "selected_date", "review", "tz", "locale",
)
# fmt: on
TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["event_callback", "view_submission", "block_actions", "message_action", "input"]),
    st.sampled_from(["1", "1/2", "1/did_it_help/helped", "false_alarm", "2026-03-09", "U0OLA", '{"review": 1}', "[]"]),
    st.sampled_from(["9" * 40, "٣", "²", "\ud800", "\x00"]),
    st.sampled_from(sorted({row.id for row in TABLE})),
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS)
SHAPES = st.recursive(
    LEAVES,
    lambda inside: st.one_of(
        st.lists(inside, max_size=3), st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inside, max_size=6)
    ),
    max_leaves=20,
)
BODIES = st.dictionaries(st.sampled_from(NAMES), SHAPES, max_size=10)


def filled_with(value: Any, name: str) -> dict[str, Any]:
    """A modal in which a field holds something."""
    return {"type": "view_submission", "view": {"id": "V1", "state": {"values": {name: {"entered": value}}}}}


@given(BODIES)
@settings(max_examples=100, deadline=None)
def test_every_form_reads_every_body_or_says_what_is_wrong(body: dict[str, Any]) -> None:
    for row in TABLE:
        read_or_refused(row, body)


@given(st.sampled_from(NAMES), SHAPES)
@settings(max_examples=100, deadline=None)
def test_every_form_reads_every_field_or_says_what_is_wrong(name: str, value: Any) -> None:
    for row in TABLE:
        read_or_refused(row, filled_with(value, name))


@given(SHAPES)
@settings(max_examples=100, deadline=None)
def test_every_button_is_read_or_said_to_be_unreadable(value: Any) -> None:
    for row in TABLE:
        read_or_refused(row, {"type": "block_actions", "actions": [{"action_id": row.id, "value": value}]})


def read_or_refused(row: Row, body: dict[str, Any]) -> None:
    try:
        arguments = row.form(Request(body), T)
    except FormErrors as raised:
        sentences = list(raised.errors.values())
    else:
        assert isinstance(arguments, tuple)
        return
    assert sentences
    assert all(sentence.endswith(".") for sentence in sentences)


@given(BODIES)
@settings(max_examples=100, deadline=None)
def test_every_body_is_described_and_has_a_caller_and_a_key(body: dict[str, Any]) -> None:
    request = Request(body)
    caller = request.caller
    assert all(isinstance(part, str) for part in (caller.enterprise_id, caller.workspace, caller.user))
    assert isinstance(describe(body), str)
    row = row_of(TABLE, body)
    assert row is None or row in TABLE
    assert request.source_key is None or ":" in request.source_key
    for text in (request.text, request.message_text, request.clicked, request.trigger, request.answer_address):
        assert isinstance(text, str)
    assert request.first_input() is None or request.has_input(str(request.first_input()))


@given(st.text(alphabet=st.characters(), max_size=50))
def test_what_is_read_can_be_stored(text: str) -> None:
    read = Request({"text": text + "x"}).text
    read.encode("utf-8")
    assert "\x00" not in read
    if "\x00" not in text and not any(0xD800 <= ord(sign) < 0xE000 for sign in text):
        assert read == (text + "x").strip()


@pytest.mark.parametrize(
    ("body", "caller"),
    [
        ({"team_id": "T1", "user_id": "U1"}, ("", "T1", "U1")),
        ({"team_id": "T1", "user_id": "U1", "enterprise_id": "E1"}, ("E1", "T1", "U1")),
        ({"team": {"id": "T1"}, "user": {"id": "U1"}}, ("", "T1", "U1")),
        ({"team": None, "user": {"id": "U1", "team_id": "T2"}, "enterprise": {"id": "E1"}}, ("E1", "T2", "U1")),
        ({"team_id": "T1", "event": {"user": "U1"}}, ("", "T1", "U1")),
        ({"team_id": "T1", "event": {"user": {"id": "U1"}}}, ("", "T1", "U1")),
        ({}, ("", "", "")),
    ],
)
def test_who_asks_is_found_in_every_kind_of_request(body: dict[str, Any], caller: tuple[str, str, str]) -> None:
    found = Request(body).caller
    assert (found.enterprise_id, found.workspace, found.user) == caller


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"type": "event_callback", "event_id": "Ev1", "trigger_id": "1.2"}, "event:Ev1"),
        ({"type": "view_submission", "view": {"id": "V1"}, "trigger_id": "1.2"}, "view:V1"),
        ({"type": "block_actions", "trigger_id": "1.2"}, "trigger:1.2"),
        ({"command": "/model-feedback", "trigger_id": "1.2"}, "trigger:1.2"),
        ({"type": "event_callback", "trigger_id": "1.2"}, None),
        ({"command": "/model-feedback"}, None),
        ({"command": "/model-feedback", "trigger_id": "1" * 100_000}, None),
    ],
)
def test_each_kind_of_request_counts_once_for_its_own_key(body: dict[str, Any], key: str | None) -> None:
    assert Request(body).source_key == key


@pytest.mark.parametrize(
    "value", ["", "x", "1/2", "1/2/3/4", "x/did_it_help/helped", "1/did_it_help/maybe", "1/Why?/yes", "-1/a/b", "1//"]
)
def test_an_answer_that_no_button_of_ours_gives_is_not_read(value: str) -> None:
    row = row_of(TABLE, {"type": "block_actions", "actions": [{"action_id": f"{ids.ANSWER}:x"}]})
    assert row is not None
    with pytest.raises(FormErrors):
        row.form(Request({"actions": [{"value": value}]}), T)


@pytest.mark.parametrize(
    "kept",
    [
        *("", "{", "[]", "null", '{"review": "1"}', '{"review": null}', '{"review": true}', '{"review": -1}'),
        *('{"review": 1e400}', '{"review": NaN}', f'{{"review": {10**30}}}', f'{{"review": {"9" * 5_000}}}'),
        *("[" * 100_000, '{"review":' * 100_000, json.dumps({"other": 1})),
    ],
)
def test_a_review_that_was_not_kept_is_not_signed(kept: str) -> None:
    row = row_of(TABLE, {"type": "view_submission", "view": {"callback_id": ids.SIGN}})
    assert row is not None
    body = filled_with({"selected_option": {"value": "keep"}}, "outcome")
    body["view"]["private_metadata"] = kept
    with pytest.raises(FormErrors):
        row.form(Request(body), T)


def test_what_was_chosen_twice_counts_once() -> None:
    body = filled_with({"selected_options": [{"value": "2"}, {"value": "1"}, {"value": "2"}]}, "tools")
    assert Request(body).numbers("tools") == (2, 1)
    assert Request(filled_with({"selected_users": ["U2", "U1", "U2"]}, "who")).persons("who") == ("U2", "U1")


@pytest.mark.parametrize(
    "entered",
    [
        {"selected_options": [{"value": str(number)} for number in range(101)]},
        {"selected_users": [f"U{number}" for number in range(101)]},
    ],
)
def test_more_than_a_menu_has_is_not_read(entered: dict[str, Any]) -> None:
    request = Request(filled_with(entered, "field"))
    with pytest.raises(FormErrors):
        _ = request.numbers("field"), request.persons("field")
