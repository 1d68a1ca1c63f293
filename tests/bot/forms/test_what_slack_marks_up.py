"""Words as people see them, from words as Slack sends them."""

import pytest

from bot.forms.feedback import understood_kind
from bot.forms.request import Request, as_seen, storable
from bot.texts import Texts
from store.feedback import Kind


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("P-101 &amp; P-102 &gt; 80", "P-101 & P-102 > 80"),
        ("see <https://trend.example/1|the trend>", "see the trend (https://trend.example/1)"),
        ("see <https://trend.example/1>", "see https://trend.example/1"),
        ("<@U123ABC> look", "@U123ABC look"),
        ("in <#C1|workshop>", "in workshop"),
        ("<!channel> stop", "!channel stop"),
        ("&amp;lt; stays as it was typed", "&lt; stays as it was typed"),
        ("nothing special", "nothing special"),
    ],
)
def test_a_message_is_taken_over_as_people_see_it(sent: str, seen: str) -> None:
    assert as_seen(sent) == seen
    assert Request({"type": "message_action", "message": {"text": sent}}).message_text == seen


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("a\x00b", "a\ufffdb"), ("a\ud800b", "a\ufffdb"), ("🔧 größer שלום", "🔧 größer שלום"), ("", "")],
)
def test_what_no_database_keeps_is_replaced_and_the_rest_stays(typed: str, kept: str) -> None:
    assert storable(typed) == kept
    storable(typed).encode()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("it doesn’t work on the tablet", Kind.NOT_WORKING),
        ("no idea why it beeped", Kind.OTHER),
        ("idea: show it at night", Kind.IDEA),
        ("would be good if it showed the pump", Kind.IDEA),
    ],
)
def test_words_of_the_floor_are_understood(said: str, kind: Kind) -> None:
    assert understood_kind(said, Texts("en-US")) is kind
