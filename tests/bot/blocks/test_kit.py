"""The pieces that messages are made of keep Slack's limits, and people's words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import kit
from bot.texts import Texts, escape

WORDS = st.text(alphabet=st.one_of(st.sampled_from("<>&a \n"), st.characters(codec="utf-8")), max_size=300)
UNFINISHED = re.compile(r"&(?!amp;|lt;|gt;)")


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
    block = kit.words(text).to_dict()
    assert 1 <= len(block["text"]["text"]) <= kit.SECTION
    assert block["text"]["verbatim"] is True


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
