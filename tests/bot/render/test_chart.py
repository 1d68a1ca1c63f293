"""Charts: what they draw, how they look without colour, and that they are the same each time."""

import pytest

from bot.render import chart, packet, tally
from bot.render.chart import Panel
from bot.texts import Texts
from tests.bot.render import packets
from tests.bot.render.packets import Held
from tests.bot.render.reading import Element, read


def counted(tool: Held, *changes: Held) -> tally.ByVersion:
    held = packet.read(packets.written(packets.empty(tools=[tool], changes=list(changes))))
    return tally.by_version(held.tools[0], held.changes)


def drawn(tool: Held, most: int = 10) -> list[Panel]:
    return chart.panels(counted(tool), most, "chart", Texts("en-US"))


def bars(panel: Panel) -> list[Element]:
    return [path for path in read(str(panel.svg)).all("path") if path.attributes.get("stroke") == chart.BAR]


def test_versions_stand_in_the_order_in_which_they_went_live() -> None:
    tool = packets.tool("T", ("missed", "2.10", "new"), ("missed", "2.9", "new"), versions=["2.9", "2.10"])

    assert counted(tool).versions == ("2.9", "2.10")


def test_versions_that_were_replaced_before_the_term_are_left_out() -> None:
    tool = packets.tool(packets.PANEL, ("missed", "3", "new"), versions=["1", "2", "3", "4"])

    assert counted(tool).versions == ("3", "4")
    assert counted(tool, packets.change("C-1", version_from="2", version_to="3")).versions == ("2", "3", "4")
    assert counted(tool, packets.change("C-1", tool="Another", version_from="1")).versions == ("3", "4")


def test_reports_without_a_version_stand_last_and_only_where_there_are_some() -> None:
    tool = packets.tool("T", ("missed", None, "new"), ("missed", "1", "new"), versions=["1"])

    assert counted(tool).versions == ("1", None)
    assert counted(tool).column("missed") == [1, 1]


def test_a_version_that_a_report_names_but_the_tool_does_not_is_still_drawn() -> None:
    assert counted(packets.tool("T", ("missed", "9", "new"), versions=["1"])).versions == ("9",)


def test_the_most_frequent_kind_stands_first() -> None:
    tool = packets.tool("T", ("idea", "1", "new"), ("missed", "1", "new"), ("idea", "1", "new"), versions=["1"])

    assert [panel.title for panel in drawn(tool)] == ["Idea", "Missed something"]


def test_what_is_no_complaint_is_outlined_so_that_a_print_without_colour_keeps_it_apart() -> None:
    tool = packets.tool("T", ("missed", "1", "new"), ("good_catch", "1", "new"), versions=["1"])

    missed, good_catch = drawn(tool)

    assert [bar.attributes["fill"] for bar in bars(missed)] == [chart.BAR]
    assert [bar.attributes["fill"] for bar in bars(good_catch)] == [chart.PALE]


def test_a_version_without_reports_has_a_zero_and_no_bar() -> None:
    (panel,) = drawn(packets.tool("T", ("missed", "1", "new"), versions=["1", "2"]))

    assert len(bars(panel)) == 1
    assert [text.text for text in read(str(panel.svg)).all("text")] == ["1", "2", "1", "0"]


def test_a_bar_is_as_long_as_its_share_of_the_longest() -> None:
    tool = packets.tool("T", *[("missed", "1", "new")] * 4, ("missed", "2", "new"), versions=["1", "2"])
    (panel,) = drawn(tool, most=4)

    four, one = (float(bar.attributes["d"].split("h")[1].split("v")[0]) for bar in bars(panel))

    assert four == pytest.approx(4 * one)


def test_versions_whose_long_names_begin_alike_keep_a_bar_each() -> None:
    names = ["release-candidate-of-the-night-crew-1", "release-candidate-of-the-night-crew-2"]
    (panel,) = drawn(packets.tool("T", *[("missed", name, "new") for name in names], versions=names))

    assert len(bars(panel)) == 2
    assert names[1] in panel.said


def test_the_same_counts_give_the_same_drawing() -> None:
    tool = packets.term()["tools"][0]

    assert drawn(tool) == drawn(tool)


def test_something_that_is_no_drawing_is_not_passed_on() -> None:
    with pytest.raises(ValueError, match="not an SVG"):
        chart._labelled("<p>no</p>", "key", "title", "said")
