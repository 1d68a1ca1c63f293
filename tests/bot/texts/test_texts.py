from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.texts import Texts, escape

POLISH = """\
msgid ""
msgstr ""
"Language: pl\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgid "Report behaviour"
msgstr "Zgłoś zachowanie"

msgid "{name} has read your report {reference}."
msgstr "{name}: zgłoszenie {reference} przeczytane."

msgid "{count} report waits for you"
msgid_plural "{count} reports wait for you"
msgstr[0] "Czeka na ciebie {count} zgłoszenie"
msgstr[1] "Czekają na ciebie {count} zgłoszenia"
msgstr[2] "Czeka na ciebie {count} zgłoszeń"

msgid "{names} sees it now."
msgid_plural "{names} see it now."
msgstr[0] "{names} już to widzi."
msgstr[1] "{names} już to widzą."
msgstr[2] "{names} już to widzą."

#, fuzzy
msgid "Send"
msgstr "Wyrzuć"
"""


@pytest.fixture
def polish(tmp_path: Path) -> Texts:
    (tmp_path / "pl.po").write_text(POLISH, encoding="utf-8")
    return Texts("pl-PL", tmp_path)


def test_a_sentence_is_said_in_the_persons_language(polish: Texts) -> None:
    assert polish("Report behaviour") == "Zgłoś zachowanie"
    sentence = "{name} has read your report {reference}."
    assert polish(sentence, name="Żaneta", reference="F-7") == "Żaneta: zgłoszenie F-7 przeczytane."


def test_a_sentence_without_a_translation_stays_english(polish: Texts) -> None:
    assert polish("Nothing. Good shift!") == "Nothing. Good shift!"
    assert polish.many("{count} change", "{count} changes", 2) == "2 changes"


def test_a_translation_that_nobody_has_checked_is_not_used(polish: Texts) -> None:
    assert polish("Send") == "Send"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "Czeka na ciebie 0 zgłoszeń"),
        (1, "Czeka na ciebie 1 zgłoszenie"),
        (2, "Czekają na ciebie 2 zgłoszenia"),
        (5, "Czeka na ciebie 5 zgłoszeń"),
        (12, "Czeka na ciebie 12 zgłoszeń"),
        (22, "Czekają na ciebie 22 zgłoszenia"),
    ],
)
def test_polish_has_three_forms_of_a_number(polish: Texts, count: int, said: str) -> None:
    assert polish.many("{count} report waits for you", "{count} reports wait for you", count) == said


@pytest.mark.parametrize(("count", "said"), [(0, "0 reports"), (1, "1 report"), (2, "2 reports")])
def test_english_has_two(count: int, said: str) -> None:
    assert Texts("en-US").many("{count} report", "{count} reports", count) == said


def test_days_and_lists_are_written_as_the_language_does(polish: Texts) -> None:
    english = Texts("en-US")
    assert english.day(date(2026, 3, 2)) == "Mon 2 Mar 2026"
    assert polish.day(date(2026, 3, 2)) == "pon. 2 mar 2026"
    assert english.listed(["Grace", "Viktor", "Mara"]) == "Grace, Viktor, and Mara"
    assert polish.listed(["Grace", "Viktor", "Mara"]) == "Grace, Viktor i Mara"
    assert english.listed([]) == ""


def test_a_moment_is_that_of_the_place() -> None:
    moment = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    assert Texts("en-US").moment(moment, "Australia/Perth") == "3 Mar, 06:30"


@pytest.mark.parametrize("locale", ["xx-YY", "", "tlh", "en_US.UTF-8", "../pl", "p", "😀", "pl-PL-x-y-z-1"])
def test_a_locale_that_nobody_knows_falls_back_to_english(locale: str, tmp_path: Path) -> None:
    (tmp_path / "pl.po").write_text(POLISH, encoding="utf-8")
    t = Texts(locale, tmp_path)
    assert t("Report behaviour") == "Report behaviour"
    assert t.day(date(2026, 3, 2)) == "Mon 2 Mar 2026"


def test_a_language_without_a_catalogue_keeps_english_sentences(tmp_path: Path) -> None:
    t = Texts("de-DE", tmp_path)
    assert t("Report behaviour") == "Report behaviour"
    assert t.many("{count} report", "{count} reports", 1) == "1 report"


def test_the_three_signs_of_slack_are_escaped_and_only_those() -> None:
    assert escape("<!channel> & <@U1|x> > *bold* `code` \"q\" 'q' é") == (
        "&lt;!channel&gt; &amp; &lt;@U1|x&gt; &gt; *bold* `code` \"q\" 'q' é"
    )
    assert escape("&lt;") == "&amp;lt;"


def test_what_fills_a_gap_of_a_marked_up_sentence_is_escaped_and_the_sentence_is_not(polish: Texts) -> None:
    english = Texts("en-US")
    assert english.md("*{text}* <here>", text="<!here> & you") == "*&lt;!here&gt; &amp; you* <here>"
    assert english.md("{count} & more", count=3) == "3 & more"
    sentence = "{name} has read your report {reference}."
    assert polish.md(sentence, name="<@U1>", reference="F-7") == "&lt;@U1&gt;: zgłoszenie F-7 przeczytane."


def test_a_plain_sentence_takes_its_values_as_they_are() -> None:
    assert Texts("en-US")("{text}!", text="a < b & c") == "a < b & c!"


def test_a_marked_up_sentence_with_a_number_escapes_what_fills_it(polish: Texts) -> None:
    sentences = ("{names} sees it now.", "{names} see it now.")
    assert Texts("en-US").many_md(*sentences, 1, names="<G>") == "&lt;G&gt; sees it now."
    assert polish.many_md(*sentences, 5, names="<G>") == "&lt;G&gt; już to widzą."


@pytest.mark.parametrize("value", ["{", "}", "{}", "{0}", "{name}", "{reference.__class__}", "%s", "%(name)s", "{{x}}"])
def test_braces_in_what_people_typed_are_left_as_they_are(value: str, polish: Texts) -> None:
    sentence = "{name} has read your report {reference}."
    assert polish(sentence, name=value, reference="F-7") == f"{value}: zgłoszenie F-7 przeczytane."
    assert polish.md(sentence, name=value, reference="F-7") == f"{value}: zgłoszenie F-7 przeczytane."
    assert polish.listed([value]) == value


def test_what_is_marked_up_fills_a_gap_without_being_escaped_twice() -> None:
    english = Texts("en-US")
    question = english.md("How did {tools} do this shift?", tools="P&ID <watch>")
    said = english.md("{question} You said: {said}", question=question, said="<fine>")
    assert said == "How did P&amp;ID &lt;watch&gt; do this shift? You said: &lt;fine&gt;"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ola", "Ola"),
        ("Ola \u202enihton", "Ola nihton"),
        ("\u2069\u202eOla", "Ola"),
        ("אולה", "\u2068אולה\u2069"),
        ("\u202eأولا", "\u2068أولا\u2069"),
        ("\u2068אולה\u2069", "\u2068אולה\u2069"),
    ],
)
def test_a_name_turns_nothing_around_it(name: str, shown: str) -> None:
    english = Texts("en-US")
    assert english("{name} has read it.", name=name) == f"{shown} has read it."
    assert english.md("{name} has read it.", name=name) == f"{shown} has read it."
    assert (
        english.md("{names} have read it.", names=english.listed([name, "Grace"])) == f"{shown} and Grace have read it."
    )
