"""The page of a review: what stands on it, what does not, and that nothing in a packet can break it."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from bot.render import packet as packets_read
from bot.render.review import page, review_page
from bot.texts import Texts, collect
from store.packets import digest
from tests.bot.render import packets
from tests.bot.render.packets import Held
from tests.bot.render.reading import Element, read

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    '"><svg onload=alert(1)><style>*{display:none}</style>',
    "</text></svg></title></style><iframe src='//evil.example'>",
    "{{ 7 * 7 }} {% raw %} {people} {0.__class__} %(name)s",
    "]]><!-- --!> &lt;b&gt; &#x202e; javascript:alert(1)",
    "\u202edesrever\u2066 \u0000\u0007\u001b[31m \ud800 \u2028",
    "שלום עולם مرحبا",
    "x" * 50_000,
    "\n" * 5_000 + "a\n" * 5_000,
)


def shown(held: Held) -> Element:
    """The page of a packet, read back."""
    return read(html(held))


def html(held: Held) -> str:
    """The page of a packet."""
    frozen = packets.written(held)
    return review_page(frozen, "0" * 64)


def facts(found: Element) -> dict[str, str]:
    """The terms of definition lists and what stands beside them."""
    return {pair.one("dt").text: pair.one("dd").text for pair in found.all("div") if len(pair.all("dt")) == 1}


def test_the_heading_says_which_embedding_this_is_and_who_answers_for_it() -> None:
    header = shown(packets.term()).one("header")

    assert header.one("h1").text == "E-1 Fixed plant maintenance"
    assert facts(header) == {
        "Site": "Red Ridge",
        "Term": "Mon 2 Mar 2026 to Fri 22 May 2026",
        "Embedded": "Mirela Costin , Tomasz Wrona",
        "Sponsor, data": "Viktor Hallberg",
        "Sponsor, operations": "Grace Okafor",
        "Frozen": "Sat 23 May 2026",
    }


def test_the_exit_criteria_are_the_question_to_judge_line_by_line() -> None:
    question = shown(packets.term()).section("question")

    assert "Were they met?" in question.text
    (written,) = question.one("blockquote").one("span", _class="written").inside
    assert isinstance(written, str)
    assert len(written.split("\n")) == 3


def test_days_are_those_of_the_site() -> None:
    late = packets.change("C-1", live_at="2026-03-20T22:10:00+00:00")

    perth = shown(packets.empty(changes=[late], zone="Australia/Perth"))
    lima = shown(packets.empty(changes=[late], zone="America/Lima"))

    assert facts(perth.section("changed"))["Live"] == "since Sat 21 Mar 2026"
    assert facts(lima.section("changed"))["Live"] == "since Fri 20 Mar 2026"
    assert "America/Lima" in lima.one("footer").text


def test_reports_are_counted_by_kind_and_status() -> None:
    table = shown(packets.term()).section("reported").all("table", _class="counts")[0]

    assert table.rows()[:3] == [
        ["Kind", "Reports", "Where they stand"],
        ["False alarm", "10", "6 changed and it helped 2 open again 1 new 1 goes on in another report"],
        ["Missed something", "3", "1 changed and it helped 1 changed, not seen since 1 declined"],
    ]
    assert table.one("tfoot").rows()[0][:2] == ["All kinds", "21"]


def test_the_chart_says_in_words_and_in_a_table_what_it_draws() -> None:
    tool = shown(packets.term()).section("chart-1-tool")

    alarm = tool.all("svg")[0]
    assert alarm.attributes["role"] == "img"
    assert alarm.one("title", id=alarm.attributes["aria-labelledby"]).text == "False alarm"
    assert alarm.one("desc", id=alarm.attributes["aria-describedby"]).text == (
        "version 2.3: 6 reports; version 2.4: 3 reports; version 2.5: 1 report; version not noted: 0 reports"
    )
    drawn = [text.text for text in alarm.all("text")]
    assert drawn == ["2.3", "2.4", "2.5", "not noted", "6", "3", "1", "0"]
    table = tool.one("details").one("table").rows()
    assert table[0][:3] == ["Version", "False alarm", "Missed something"]
    assert [row[:3] for row in table[1:]] == [
        ["2.3", "6", "1"],
        ["2.4", "3", "1"],
        ["2.5", "1", "0"],
        ["not noted", "0", "1"],
    ]


def test_a_change_says_what_why_versions_reports_and_whether_it_helped_in_a_word() -> None:
    changed = shown(packets.term()).section("changed")

    mixed = changed.one("ol").all("li")[2]
    assert mixed.one("h3").text == "C-3 Crusher panel opinions differ"
    assert mixed.one("p", _class="what").text == "Conveyor CV-04 has its own limits when it runs wet ore."
    assert facts(mixed)["Version"] == "from 2.4 to 2.5"
    assert facts(mixed)["Answers"] == "F-8 , F-12 , F-14 , F-17"
    assert facts(mixed)["Why"].startswith("Wet ore shakes the belt more.")
    assert [item.text for item in changed.one("ul", _class="states").all("li")] == [
        "it helped 2",
        "opinions differ 1",
        "not seen since 1",
        "no verdict yet 1",
    ]


def test_a_change_that_was_taken_back_says_so_and_is_none_of_those_that_helped() -> None:
    back = packets.change("C-2", rolled_back_at="2026-04-02T17:00:00+00:00", rolled_back_because="It missed\na seal.")
    stays = packets.change("C-1", rolled_back_at=None, rolled_back_because=None)
    changed = shown(packets.empty(changes=[stays, back])).section("changed")

    one, other = changed.one("ol").all("li")
    assert one.one("h3").text == "C-1 Crusher panel it helped"
    assert other.one("h3").text == "C-2 Crusher panel taken back it helped"
    assert facts(other)["Live"] == "Sat 21 Mar 2026 to Fri 3 Apr 2026"
    assert facts(other)["Taken back because"] == "It missed a seal."
    assert "Taken back because" not in facts(one)
    assert [item.text for item in changed.one("ul", _class="states").all("li")] == ["it helped 1", "taken back 1"]
    assert "1 of them was taken back and is not counted with those that helped." in changed.text


def test_a_packet_from_before_that_was_kept_has_no_change_that_was_taken_back() -> None:
    changed = shown(packets.empty(changes=[packets.change("C-1")])).section("changed")
    assert "aken back" not in changed.text


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("confirmed", "it helped"),
        ("mixed", "opinions differ"),
        ("contested", "it did not help"),
        ("not_seen_since", "not seen since"),
        ("no_verdict", "no verdict yet"),
    ],
)
def test_the_state_of_a_change_is_a_word(state: str, word: str) -> None:
    changed = shown(packets.empty(changes=[packets.change("C-1", state=state)])).section("changed")

    assert changed.one("ol").one("span", _class="state").text == word


def test_a_change_without_why_versions_day_or_reports_says_so() -> None:
    bare = packets.change("C-9", why=None, version_from=None, version_to=None, live_at=None, answers=[])

    assert facts(shown(packets.empty(changes=[bare])).section("changed")) == {
        "Version": "not noted",
        "Live": "not when the packet was frozen",
        "Answers": "no report",
    }


def test_answers_at_shift_ends_are_figures_and_one_that_nobody_gave_is_a_zero() -> None:
    prompts = {"sent": 132, "answered": 86, "said": {"helped": 64, "in_the_way": 22}}

    assert shown(packets.empty(prompts=prompts)).section("asked").one("table").rows() == [
        ["Questions sent", "132"],
        ["Questions answered", "86"],
        ["What the answers said"],
        ["👍 It helped", "64"],
        ["😐 No difference", "0"],
        ["👎 Got in the way", "22"],
        ["➖ Didn't use it", "0"],
    ]


def test_a_withheld_figure_says_so_and_is_never_a_zero_nor_tells_which_answers_there_were() -> None:
    prompts = {"sent": 12, "answered": packets.withheld(5), "said": {"in_the_way": packets.withheld(5)}}

    asked = shown(packets.empty(prompts=prompts)).section("asked").one("table")

    withheld = "withheld: fewer than 5 people stand behind it"
    figures = [row[1] for row in asked.rows() if len(row) == 2]
    assert figures == ["12", *[withheld] * 5]
    assert asked.all("span", _class="figure")[0].text == "12"
    assert len(asked.all("span", _class="figure")) == 1


def test_restrictions_in_force_are_counted_for_each_tool() -> None:
    restricted = shown(packets.term()).section("restricted")

    assert restricted.one("table").rows() == [["Crusher panel", "1 restriction"]]


def test_what_was_unsafe_stands_first_with_how_long_it_took_and_nobodys_name() -> None:
    found = shown(packets.term())

    assert found.section("unsafe").one("table").rows()[1:] == [
        ["F-19", "Crusher panel", "4 minutes"],
        ["F-5", "Crusher panel", "1 minute"],
        ["F-16", "Crusher panel", "nobody had it"],
    ]
    assert found.text.index("Reported as unsafe") < found.text.index("What the floor reported")


def test_a_packet_that_knows_nothing_of_it_says_nothing_of_it() -> None:
    assert "Reported as unsafe" not in shown(packets.empty()).text


def test_every_report_is_listed_without_a_name_or_a_text() -> None:
    crusher, forecast = shown(packets.term()).section("every").all("table")

    assert crusher.rows()[0] == ["Report", "Kind", "Version", "Status"]
    assert crusher.rows()[19] == ["F-19", "Missed something", "not noted", "declined"]
    assert [row[0] for row in crusher.rows()[1:] + forecast.rows()[1:]] == [f"F-{n}" for n in range(1, 25)]


def test_the_end_says_who_signs_and_how_to_check_the_hash() -> None:
    frozen = packets.written(packets.term())
    signing = read(review_page(frozen, digest(frozen))).section("signing")

    assert [item.text for item in signing.one("ul", _class="signers").all("li")] == ["Viktor Hallberg", "Grace Okafor"]
    assert signing.one("p", _class="hash").one("code").text == digest(frozen)
    assert signing.all("pre")[0].text == "sha256sum -c E-1-review.json.sha256"


def test_a_hash_that_is_not_the_packets_own_is_called_out() -> None:
    frozen = packets.written(packets.term())

    assert read(review_page(frozen, "0" * 64)).one("p", role="alert").text.startswith("Do not sign.")
    assert read(review_page(frozen, digest(frozen))).all("p", role="alert") == []


def test_a_term_in_which_nothing_happened_says_so_in_each_part() -> None:
    found = shown(packets.empty())

    assert "Nobody reported anything about this tool" in found.section("reported").text
    assert "No change was noted" in found.section("changed").text
    assert "Nobody was asked" in found.section("asked").text
    assert "No observation" in found.section("observed").text
    assert "No restriction was in force" in found.section("restricted").text
    assert found.all("svg") == []
    assert [tile.text for tile in found.one("dl", _class="tiles").all("dd")] == ["0"] * 4


def test_a_packet_without_tools_people_or_criteria_is_still_a_page() -> None:
    found = shown(packets.empty(tools=[], data_scientists=[], sponsors={}, exit_criteria=""))

    assert "The packet names no tool." in found.section("reported").text
    assert "No exit criteria were written down." in found.section("question").text
    assert facts(found.one("header"))["Embedded"] == "Nobody is named"


def test_a_long_term_is_shown_whole() -> None:
    found = shown(packets.long_term())

    assert len(found.section("every").one("tbody").all("tr")) == 900
    assert len(found.one("ol", _class="changes").all("h3")) == 60
    assert len(found.one("details").one("tbody").all("tr")) == 24


def test_the_page_needs_nothing_from_outside_and_runs_nothing() -> None:
    text = html(packets.term())
    found = read(text)

    assert {"script", "link", "img", "iframe", "object", "embed", "form", "base"} & {
        e.tag for e in found.elements
    } == set()
    assert outward(found) == []
    assert "url(" not in text
    assert "@import" not in text
    policy = found.one("meta", **{"http-equiv": "Content-Security-Policy"})
    assert policy.attributes["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_ids_are_there_once_and_labels_point_to_them() -> None:
    found = shown(packets.term())
    ids = [element.attributes["id"] for element in found.elements if "id" in element.attributes]

    assert len(ids) == len(set(ids))
    for name in ("aria-labelledby", "aria-describedby"):
        assert {element.attributes[name] for element in found.elements if name in element.attributes} <= set(ids)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_people_wrote_becomes_markup_or_turns_the_page(text: str) -> None:
    mild, wild = shown(everything("mild")), html(everything(text))
    found = read(wild)

    assert [(e.tag, sorted(e.attributes)) for e in skeleton(found)] == [
        (e.tag, sorted(e.attributes)) for e in skeleton(mild)
    ]
    assert outward(found) == []
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u0000\u0007\u001b") & set(wild)
    assert wild.count("\u2068") == wild.count("\u2069")
    wild.encode("utf-8")
    assert len(wild) < 60_000


def test_a_text_that_is_too_long_is_cut_and_says_where_the_rest_is() -> None:
    assert packets_read.text("short") == packets_read.Text("short", cut=False)
    assert packets_read.text("x" * 50_000).cut
    assert packets_read.text("a\n" * 50).shown.count("\n") == packets_read.LINES - 1
    assert packets_read.text("a\r\n\r\n\r\n\r\nb").shown == "a\n\nb"

    changed = shown(packets.empty(changes=[packets.change("C-1", what="x" * 50_000)])).section("changed")
    assert changed.one("p", _class="what").text.endswith("Cut here for reading. The packet holds all of it.")


def test_words_that_the_glossary_does_not_know_stay_as_they_are() -> None:
    tool = packets.tool("Panel", ("smells_odd", "1", "in_the_post"))

    rows = shown(packets.empty(tools=[tool])).section("every").one("table").rows()

    assert rows[1] == ["F-1", "smells_odd", "1", "in_the_post"]


def test_the_same_packet_gives_the_same_bytes() -> None:
    assert html(packets.term()) == html(packets.term())


def test_a_packet_of_another_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="alongside-review-1"):
        html(packets.empty(schema="alongside-review-9"))


@pytest.fixture
def marked(tmp_path: Path) -> Texts:
    """Sentences of a language in which each stands in brackets."""
    catalogue = Catalog(locale="pl")
    for message in read_po(BytesIO(collect.template())):
        if isinstance(message.id, tuple):
            catalogue.add(message.id, tuple(f"⟦{message.id[-1]}⟧" for _ in range(catalogue.num_plurals)))
        elif message.id:
            catalogue.add(message.id, f"⟦{message.id}⟧")
    with (tmp_path / "pl.po").open("wb") as file:
        write_po(file, catalogue)
    return Texts("pl-PL", tmp_path)


def test_every_sentence_of_the_page_is_in_the_catalogue(marked: Texts) -> None:
    full = packets.term() | {"prompts": {"sent": 3, "answered": packets.withheld(), "said": {}}}
    for held in (full, packets.empty(), packets.empty(tools=[], sponsors={}, exit_criteria="x" * 9000)):
        found = read(page(packets.written(held), "0" * 64, marked))
        assert found.one("html").attributes["lang"] == "pl"
        assert said_outside_brackets(found, held, marked.day(date(2026, 5, 23))) == []


def said_outside_brackets(found: Element, held: Held, day: str) -> list[str]:
    """Words of the page that are neither a sentence of the catalogue nor from the packet."""
    from_packet = packets.written(held) + " SHA-256 " + day
    loose = []
    for element in found.elements:
        if element.tag in ("style", "code"):
            continue
        for part in element.inside:
            text = part.strip() if isinstance(part, str) else ""
            if any(sign.isalpha() for sign in text) and "⟦" not in text and text.split("\n")[0] not in from_packet:
                loose.append(text)
    return loose


def everything(text: str) -> Held:
    """A packet with one text wherever people write."""
    tool = packets.tool(text, (text, text, text), ("false_alarm", "1", "new"), versions=[text, "1"])
    tool["restrictions_in_force"] = 1
    tool["unsafe"] = [{"reference": text, "seen_after_minutes": None}]
    for report in tool["reports"]:
        report["reference"] = text
    change = packets.change(
        text,
        tool=text,
        what=text,
        why="why " + text,
        version_from="v" + text,
        version_to="w" + text,
        answers=[text],
        state=text,
    )
    return packets.empty(
        reference=text,
        team=text,
        site=text,
        exit_criteria="criteria " + text,
        data_scientists=[text],
        sponsors={"sponsor_data": text, text: text},
        tools=[tool],
        changes=[change],
        prompts={"sent": 9, "answered": 9, "said": {text: 9}},
        observations=1,
    )


def skeleton(found: Element) -> list[Element]:
    """The elements of a page, without the note that a text was cut and without what Vega draws."""
    drawn = {id(below) for svg in found.all("svg") for below in svg.elements}
    return [
        e
        for e in found.elements
        if id(e) not in drawn and e.text != "Cut here for reading. The packet holds all of it."
    ]


def outward(found: Element) -> list[str]:
    """What would load, lead away or run."""
    loose = [
        e.tag for e in found.elements if e.tag in {"script", "iframe", "img", "image", "use", "a", "foreignobject"}
    ]
    for element in found.elements:
        loose += [n for n in element.attributes if n.startswith("on") or n in {"src", "href", "srcset", "xlink:href"}]
    return loose


def test_errors_stand_among_what_a_tool_showed_week_by_week_and_what_is_unknown_says_so() -> None:
    weeks = [
        {"week": "2026-03-02", "shown": 412, "false_alarms": 3, "missed": 1, "wrong": 0},
        {"week": "2026-03-09", "shown": None, "false_alarms": 2, "missed": 0, "wrong": 0},
        {"week": "2026-03-16", "shown": 0, "false_alarms": 0, "missed": 0, "wrong": 0},
    ]
    found = shown(packets.empty(tools=[packets.tool(packets.PANEL, exposure=weeks)]))
    assert found.section("reported").one("table").rows() == [
        ["Week of", "False alarms", "Missed", "Wrong value or advice", "Shown in all"],
        ["Mon 2 Mar 2026", "3", "1", "0", "412"],
        ["Mon 9 Mar 2026", "2", "0", "0", "not known"],
        ["Mon 16 Mar 2026", "0", "0", "0", "0"],
    ]


def test_a_packet_from_before_exposure_was_entered_has_no_table_of_it() -> None:
    assert "Shown in all" not in shown(packets.empty()).text
