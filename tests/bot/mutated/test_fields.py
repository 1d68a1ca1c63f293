"""A form with any one field that cannot be read is answered at a field, and what was typed stays."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import pytest

from tests.bot.mutated.conftest import Played, Trial, Trying
from tests.bot.mutated.mutation import copied, nested
from tests.bot.mutated.originals import Original

UNLIKELY: tuple[Any, ...] = (None, 7, "", "\x00", "9" * 5_000, [], [7], {}, {"value": None}, {"value": "9" * 30})
WRONG: tuple[Any, ...] = (
    *(None, True, 7, 10**30, "", "x", [], {}, [None], {"value": 7}, {"value": {}}, {"type": "x"}, nested(9)),
    *({name: value} for name in ("value", "selected_option", "selected_options") for value in UNLIKELY),
    *(
        {name: value}
        for name in ("selected_user", "selected_users", "selected_date", "selected_date_time")
        for value in UNLIKELY
    ),
    {"selected_options": [{"value": []}]},
)
STATES: tuple[Any, ...] = (None, {}, [], {"values": None}, {"values": []}, {"values": {}})
HOLDS = {
    "plain_text_input": "value",
    "static_select": "selected_option",
    "radio_buttons": "selected_option",
    "multi_static_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "number_input": "value",
    "datepicker": "selected_date",
}
"""Where the state of a field holds what somebody filled in: https://docs.slack.dev/reference/views#view-state"""


@pytest.fixture
async def trial(trying: Trying, on_the_last_day: Played) -> AsyncIterator[Trial]:
    async with trying(on_the_last_day) as trial:
        yield trial


def with_state(original: Original, state: Any) -> Original:
    payload = copied(original.payload)
    payload["view"]["state"] = state
    return Original(original.name, original.kind, payload)


def spoilt(original: Original) -> Iterator[tuple[str, Any, Original]]:
    """The form with each field gone, empty, or of another kind; and without what holds the fields."""
    fields = original.payload["view"]["state"]["values"]
    for name in fields:
        for value in WRONG:
            yield name, value, with_state(original, {"values": {**fields, name: {"entered": value}}})
    for state in STATES:
        yield "", None, with_state(original, state)


def may_be_so(entered: Any, block: Mapping[str, Any]) -> bool:
    """Whether a field is as somebody may fill it in: with any text at all, or not at all if it need not be."""
    there = entered.get(HOLDS[block["element"]["type"]]) if isinstance(entered, dict) else None
    is_text = block["element"]["type"] == "plain_text_input" and isinstance(there, str)
    return is_text or (block["optional"] and there in (None, []))


async def test_a_form_with_a_wrong_field_stays_open(
    trial: Trial, before_the_last_day: Played, on_the_last_day: Played
) -> None:
    originals = (*before_the_last_day.originals, *on_the_last_day.originals)
    submitted = [original for original in originals if original.name.startswith("view_submission")]
    forms = [original for original in submitted if original.payload["view"]["state"]["values"]]
    assert len(forms) == 30
    for original in forms:
        inputs = {block["block_id"]: block for block in original.payload["view"]["blocks"] if block["type"] == "input"}
        for name, entered, form in spoilt(original):
            acts = trial.acts
            said = await trial.send(form, ())
            answer = said.json() if said.content else {}
            if trial.acts > acts or answer["response_action"] == "update":  # of a form that has another page
                assert may_be_so(entered, inputs[name]), (original.name, name)
            else:
                assert answer["response_action"] == "errors", (original.name, name)
                assert answer["errors"].keys() <= inputs.keys()
                assert all(sentence.endswith(".") for sentence in answer["errors"].values())
