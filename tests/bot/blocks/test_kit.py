"""The pieces that messages are made of keep Slack's limits, and people's words."""

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.blocks import kit
from bot.texts import Texts, escape

WORDS = st.text(alphabet=st.one_of(st.sampled_from("<>&a \n"), st.characters(codec="utf-8")), max_size=300)
UNFINISHED = re.compile(r"&(?!amp;|lt;|gt;)")


REST = "The rest is elsewhere."


def shown(blocks: list[Block]) -> list[dict[str, Any]]:
    return [block.to_dict() for block in blocks]


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@given(WORDS, st.integers(min_value=1, max_value=400))
def test_what_is_said_keeps_its_limit(text: str, limit: int) -> None:
    assert len(kit.said(text, limit)) <= limit


@given(WORDS, st.integers(min_value=1, max_value=400))
def test_what_fits_is_said_word_for_word_and_what_is_cut_says_so(text: str, limit: int) -> None:
    said = kit.said(text, limit)
    if len(escape(text)) <= limit:
        assert unescaped(said) == text
    else:
        assert said.endswith("…")
        assert text.startswith(unescaped(said[:-1]))


@given(WORDS, st.integers(min_value=1, max_value=400))
def test_what_is_said_holds_no_sign_that_slack_reads(text: str, limit: int) -> None:
    said = kit.said(text, limit)
    assert not UNFINISHED.search(said)
    assert "<" not in said
    assert ">" not in said


@given(WORDS, st.integers(min_value=7, max_value=400))
def test_no_more_is_cut_than_must_be(text: str, limit: int) -> None:
    said = kit.said(text, limit)
    if said != escape(text):
        assert len(said) > limit // 6


@given(st.text(max_size=200), st.integers(min_value=1, max_value=100))
def test_a_cut_text_is_its_beginning_and_says_so(text: str, limit: int) -> None:
    cut = kit.cut(text, limit)
    assert len(cut) <= limit
    assert cut == text if len(text) <= limit else (cut[-1] == "…" and text.startswith(cut[:-1]))


@given(WORDS)
def test_a_quotation_is_a_quotation_on_every_line(text: str) -> None:
    lines = kit.quote(text).splitlines()
    assert all(line.startswith("> ") for line in lines)
    assert not UNFINISHED.search(kit.quote(text))


@pytest.mark.parametrize("lead", range(12))
def test_a_paragraph_that_is_too_long_is_not_cut_within_an_escaped_sign(lead: int) -> None:
    written = kit.section("a" * lead + escape("<&>" * 1_000)).to_dict()["text"]["text"]
    assert written.endswith(";…")
    assert len(written) <= kit.SECTION
    assert not UNFINISHED.search(written)


@pytest.mark.parametrize("text", ["", " ", "\n", "x", "<" * 3_000, "🔥" * 3_000])
def test_words_always_make_a_paragraph(text: str) -> None:
    for block in shown(kit.words(text, REST)):
        assert 1 <= len(block["text"]["text"]) <= kit.SECTION
        assert block["text"]["verbatim"] is True


@given(st.text(alphabet=st.sampled_from("<&a🔥é \n"), min_size=1, max_size=60), st.integers(1, 400))
@example(" ", 400).via("a paragraph of blanks alone")
@example("\n" * 60, 400).via("several of them")
def test_long_words_go_on_in_the_next_paragraph_and_none_is_lost(text: str, times: int) -> None:
    paragraphs = [unescaped(block["text"]["text"]) for block in shown(kit.words("x" + text * times, REST, most=50))]
    # Slack takes no paragraph of blanks alone: a dash stands for those.
    blanks = "".join(r"\s+" if paragraph == "–" else re.escape(paragraph) for paragraph in paragraphs)
    assert re.fullmatch(blanks, "x" + text * times)


@pytest.mark.parametrize("text", ["&" * 3_000, "<>" * 1_500, "👩‍👩‍👧‍👦" * 428])
def test_whatever_a_field_takes_is_shown_whole(text: str) -> None:
    paragraphs = shown(kit.words(text, REST))
    assert "".join(unescaped(block["text"]["text"]) for block in paragraphs) == text


def test_words_for_which_there_is_no_room_end_in_an_ellipsis_and_say_where_the_rest_is() -> None:
    *paragraphs, note = shown(kit.words("word " * 10_000, REST))
    assert len(paragraphs) == kit.PARAGRAPHS
    assert paragraphs[-1]["text"]["text"].endswith("…")
    assert note["elements"][0]["text"] == REST


@pytest.mark.parametrize(
    ("text", "limit", "said"),
    [
        ("🇳🇴🇵🇱🇦🇺", 4, "🇳🇴…"),
        ("🇳🇴🇵🇱🇦🇺", 3, "🇳🇴…"),
        ("ab👷🏽‍♀️cd", 5, "ab…"),
        ("abcde\u0301f", 6, "abcd…"),
        ("ab👍🏽cd", 4, "ab…"),
        ("ab🔥cd", 4, "ab🔥…"),
    ],
)
def test_no_visible_sign_is_cut_in_half(text: str, limit: int, said: str) -> None:
    assert kit.cut(text, limit) == said
    assert kit.said(text, limit) == said


def test_a_tower_of_marks_is_cut_all_the_same() -> None:
    assert len(kit.cut("a" + "\u0301" * 5_000, 3_000)) > 2_900


def test_a_name_with_lines_in_it_is_one_line_of_a_choice() -> None:
    assert kit.option("F-1\n*F-2* closed", 1).to_dict()["text"]["text"] == "F-1 *F-2* closed"


def test_the_text_of_a_message_can_be_sent_again_as_an_edit() -> None:
    assert len(kit.Written("&amp;" * 2_000).text) <= kit.TEXT
    assert kit.Written("&amp;" * 2_000).text.endswith(";…")


def test_names_are_kept_out_of_everything_that_people_said() -> None:
    assert kit.section("x").to_dict()["text"]["verbatim"] is True
    assert kit.small("x").to_dict()["elements"][0]["verbatim"] is True


def test_a_modal_keeps_what_it_is_given_and_names_its_buttons() -> None:
    t = Texts("en-US")
    asking = kit.modal(
        t, "A title that is far too long for it", [kit.small("x")], callback="x", submit="Send", keep={"review": 1}
    )
    telling = kit.notice(t, "Sorry", "no")

    assert asking.to_dict()["private_metadata"] == '{"review": 1}'
    assert len(asking.to_dict()["title"]["text"]) == 24
    assert asking.to_dict()["close"]["text"] == "Cancel"
    assert telling.to_dict()["close"]["text"] == "Close"
    assert "submit" not in telling.to_dict()


def test_a_long_list_goes_on_in_the_next_paragraph_and_no_line_is_cut() -> None:
    lines = [f"*F-{number}* Pump Watch, False alarm" for number in range(1, 201)]
    paragraphs = shown(kit.listing(lines))
    assert len(paragraphs) == 3
    assert "\n".join(block["text"]["text"] for block in paragraphs).split("\n") == lines
