"""A list of exposure as spreadsheets write it; what is wrong is said with its line."""

from datetime import date

import pytest

from bot.exposure_file import read_exposure
from store.exposure_import import ExposureLine

EXPECTED = (
    ExposureLine(2, "Pump Watch", date(2026, 6, 1), 412),
    ExposureLine(3, "Screen Eye", date(2026, 6, 8), 0),
)


@pytest.mark.parametrize(
    "content",
    [
        b"tool,week,shown\nPump Watch,2026-06-01,412\nScreen Eye,2026-06-08,0\n",
        b"\xef\xbb\xbfTool;Week;Shown\r\nPump Watch;2026-W23;412\r\nScreen Eye;2026W24;0\r\n",
        b"shown, tool, week\n412, Pump Watch, 2026-06-01\n\n 0,Screen Eye,2026-06-08",
    ],
)
def test_a_list_is_read_as_spreadsheets_write_it(content: bytes) -> None:
    lines = read_exposure(content)
    assert [(line.tool, line.week, line.shown) for line in lines if isinstance(line, ExposureLine)] == [
        (line.tool, line.week, line.shown) for line in EXPECTED
    ]


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", "line 1: the file is empty. Begin with the header tool,week,shown."),
        ("tool,week,alerts\n", "is not a column that is known"),
        ("tool,week\n", 'line 1: the column "shown" is missing. Add it.'),
        ("tool,week,shown\nPump Watch,2026-06-01\n", "line 2: there are 2 columns here, and 3 in the header."),
        ("tool,week,shown\n,2026-06-01,1\n", "line 2: tool is empty."),
        ("tool,week,shown\nPump Watch,2026-06-01,\n", "a week without a figure is not known, and not zero."),
        ("tool,week,shown\nPump Watch,2026-06-31,1\n", 'line 2: week "2026-06-31" is no week.'),
        ("tool,week,shown\nPump Watch,2026-W54,1\n", 'line 2: week "2026-W54" is no week.'),
        ("tool,week,shown\nPump Watch,last week,1\n", 'line 2: week "last week" is no week.'),
        ("tool,week,shown\nPump Watch,2026-06-01,1.5\n", 'line 2: shown "1.5" is no whole number.'),
        ('tool,week,shown\nPump Watch,2026-06-01,"1,234"\n', "Write it in digits alone, such as 1234."),
        ("tool,week,shown\nPump Watch,2026-06-01,-3\n", 'line 2: shown "-3" is no whole number.'),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, flaw: str) -> None:
    assert any(flaw in str(each) for each in read_exposure(text.encode()))


def test_a_week_at_the_turn_of_the_year_begins_on_its_monday() -> None:
    content = b"tool,week,shown\nPump Watch,2026-W53,412\nPump Watch,2027-W01,9\n"
    found = [line.week for line in read_exposure(content) if isinstance(line, ExposureLine)]
    assert found == [date(2026, 12, 28), date(2027, 1, 4)]
    assert 'line 2: week "2025-W53" is no week.' in str(read_exposure(content.replace(b"2026", b"2025"))[0])


def test_a_name_that_goes_over_two_lines_is_kept_as_it_is() -> None:
    (line,) = read_exposure(b'tool,week,shown\r\n"Pump\r\nWatch \xe2\x80\xa8 2",2026-06-01,412\r\n')
    assert isinstance(line, ExposureLine)
    assert line.tool.split() == ["Pump", "Watch", "2"]


def test_a_figure_with_too_many_digits_is_a_number_still() -> None:
    (line,) = read_exposure(b"tool,week,shown\nPump Watch,2026-06-01,99999999999999\n")
    assert isinstance(line, ExposureLine)
    assert line.shown == 99_999_999_999_999


def test_what_is_no_text_is_said() -> None:
    assert "not UTF-8" in str(read_exposure(b"tool,week,shown\n\xff")[0])
