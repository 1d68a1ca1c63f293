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
        ("tool,week,shown\nPump Watch,2026-06-01,-3\n", 'line 2: shown "-3" is no whole number.'),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, flaw: str) -> None:
    assert any(flaw in str(each) for each in read_exposure(text.encode()))


def test_what_is_no_text_is_said() -> None:
    assert "not UTF-8" in str(read_exposure(b"tool,week,shown\n\xff")[0])
