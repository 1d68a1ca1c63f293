"""The kind of a report is understood from its words; of several the one that is named first counts."""

import pytest

from bot.forms import FormErrors
from bot.forms.feedback import command, modal, page, understood_kind
from bot.forms.profiles import profile
from bot.forms.request import PICK_ONE, UNREADABLE, Request
from bot.texts import Texts
from bot.texts.glossary import KIND_WORDS
from store.feedback import Kind, Report
from store.people import Profile

T = Texts("en-US")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("false alarm on P-101", Kind.FALSE_ALARM),
        ("FALSE ALARM again", Kind.FALSE_ALARM),
        ("P-101 false alarm, third time", Kind.FALSE_ALARM),
        ("no alarm on P-102, found it on the walk round", Kind.MISSED),
        ("missed the leaking gland", Kind.MISSED),
        ("alarm came too late on P-103", Kind.TOO_LATE),
        ("wrong value, says 92", Kind.WRONG_VALUE),
        ("good catch on P-105", Kind.GOOD_CATCH),
        ("would be good if it told us which pump", Kind.IDEA),
        ("can't do what it says with one hand", Kind.CANNOT_FOLLOW),
        ("I don't understand band 4", Kind.UNCLEAR),
        ("app not loading", Kind.NOT_WORKING),
        ("keeps repeating all night", Kind.TOO_OFTEN),
        ("bad advice: open the valve", Kind.WRONG_ADVICE),
        ("good catch, but the last false alarm cost us an hour", Kind.GOOD_CATCH),
        ("false alarm, nothing missed", Kind.FALSE_ALARM),
        ("too late or too often, hard to say", Kind.TOO_LATE),
        ("the ideal pressure", Kind.OTHER),
        ("dismissed by the lead", Kind.OTHER),
        ("P-101", Kind.OTHER),
        ("", Kind.OTHER),
        ("アラーム", Kind.OTHER),
        ("(.*)[false alarm", Kind.FALSE_ALARM),
    ],
)
def test_a_kind_is_understood_from_its_words(text: str, kind: Kind) -> None:
    assert understood_kind(text, T) is kind


def test_every_kind_but_the_last_resort_can_be_said_in_words() -> None:
    assert set(KIND_WORDS) == set(Kind) - {Kind.OTHER}
    for kind, ways in KIND_WORDS.items():
        for way in ways.split(","):
            assert understood_kind(f"P-101: {way.strip()}!", T) is kind, way


def test_a_command_keeps_every_word() -> None:
    assert command(Request({"text": "  false alarm  on P-101 "}), T) == (
        Report(Kind.FALSE_ALARM, "false alarm  on P-101"),
    )


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ({"text": "list"}, 1),
        ({"text": "list 3"}, 3),
        ({"text": "list 0"}, 0),
        ({"actions": [{"value": "2"}], "text": "list 9"}, 2),
        ({"text": "list 99999999"}, 999_999),
        ({}, 1),
    ],
)
def test_a_page_is_the_number_that_was_clicked_or_typed(body: dict[str, object], number: int) -> None:
    assert page(Request(body), T)[0] == number


def filled(**fields: object) -> Request:
    values = {name: {"entered": value} for name, value in fields.items()}
    return Request({"type": "view_submission", "view": {"state": {"values": values}}})


def chosen(value: object) -> dict[str, object]:
    return {"selected_option": {"value": value}}


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({}, {"kind": PICK_ONE}),
        ({"kind": chosen("no_such_kind")}, {"kind": UNREADABLE}),
        ({"kind": chosen("missed")}, {"tool": PICK_ONE}),
        ({"kind": chosen("missed"), "tool": chosen("x")}, {"tool": PICK_ONE}),
        ({"kind": chosen("missed"), "tool": chosen("1"), "impact": chosen("huge")}, {"impact": UNREADABLE}),
    ],
)
def test_what_is_missing_in_the_form_is_said_at_its_field(fields: dict[str, object], errors: dict[str, str]) -> None:
    with pytest.raises(FormErrors) as raised:
        modal(filled(**fields), T)
    assert raised.value.errors == errors


def test_a_form_needs_only_a_kind_and_a_tool() -> None:
    assert modal(filled(kind=chosen("missed"), tool=chosen("7")), T) == (Report(Kind.MISSED, "", 7, None), None)


@pytest.mark.parametrize(
    ("user", "read"),
    [
        ({"tz": "Europe/Oslo", "locale": "nb-NO"}, Profile("Europe/Oslo", "nb-NO", True, False)),
        ({"deleted": True}, Profile(None, None, False, False)),
        ({"deleted": "yes", "is_admin": 1, "tz": 9}, Profile(None, None, True, False)),
        ({"is_owner": True}, Profile(None, None, True, True)),
        ({"is_admin": True}, Profile(None, None, True, True)),
        ({}, Profile(None, None, True, False)),
    ],
)
def test_what_slack_says_of_a_person_is_taken_only_as_it_should_be(user: dict[str, object], read: Profile) -> None:
    assert profile(user) == read
