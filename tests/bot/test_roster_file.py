"""A roster as spreadsheets write it: what has one meaning is read, what has two is a flaw with its line."""

from datetime import date

import pytest

from bot.roster_file import read_roster
from store.roster_import import RosterLine

DAY = date(2026, 3, 5)
EXPECTED = (RosterLine(2, "U0OLA", DAY, "N"), RosterLine(3, "Mick Daly", DAY, "off"))


def flaws_of(text: str) -> list[str]:
    return [str(flaw) for flaw in read_roster(text.encode())]


@pytest.mark.parametrize(
    "content",
    [
        b"person,date,shift\nU0OLA,2026-03-05,N\nMick Daly,2026-03-05,off\n",
        b"\xef\xbb\xbfperson,date,shift\r\nU0OLA,2026-03-05,N\r\nMick Daly,2026-03-05,off\r\n",
        b"Person;Date;Shift\nU0OLA;5.3.2026;N\nMick Daly;05.03.2026;off",
        b"person, date, shift\nU0OLA, 2026-3-5, N\n Mick Daly , 5. 3. 2026 , off \n",
        b"person\tdate\tshift\nU0OLA\t2026-03-05 00:00:00\tN\nMick Daly\t2026/03/05\toff\n",
        b'"person";"date";"shift"\n"U0OLA";"2026-03-05";"N"\n"Mick Daly";"2026-03-05";"off"\n',
    ],
)
def test_a_roster_is_read_as_spreadsheets_write_it(content: bytes) -> None:
    assert read_roster(content) == EXPECTED


def test_columns_may_stand_in_any_order_and_empty_lines_between() -> None:
    text = "shift,team,person,date\n\nN,Pit,U0OLA,2026-03-05\n,,,\noff,,Mick Daly,2026-03-05\n"
    assert read_roster(text.encode()) == (
        RosterLine(3, "U0OLA", DAY, "N", "Pit"),
        RosterLine(5, "Mick Daly", DAY, "off"),
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("13/03/2026", date(2026, 3, 13)),
        ("03/13/2026", date(2026, 3, 13)),
        ("4/4/2026", date(2026, 4, 4)),
        ("29.2.2028", date(2028, 2, 29)),
    ],
)
def test_a_date_with_one_meaning_is_read(written: str, read: date) -> None:
    assert read_roster(f"person,date,shift\nU0OLA,{written},N\n".encode()) == (RosterLine(2, "U0OLA", read, "N"),)


@pytest.mark.parametrize(
    ("line", "flaw"),
    [
        ("U0OLA,04/03/2026,N", 'line 2: date "04/03/2026" may be 2026-03-04 or 2026-04-03. Write it like these.'),
        ("U0OLA,5.3.26,N", 'line 2: date "5.3.26" cannot be read for sure. Write it as 2026-03-05.'),
        ("U0OLA,05-03-2026,N", 'line 2: date "05-03-2026" cannot be read for sure. Write it as 2026-03-05.'),
        ("U0OLA,5 Mar 2026,N", 'line 2: date "5 Mar 2026" cannot be read for sure. Write it as 2026-03-05.'),
        ("U0OLA,2026-03/05,N", 'line 2: date "2026-03/05" cannot be read for sure. Write it as 2026-03-05.'),
        ("U0OLA,2026-02-30,N", 'line 2: date "2026-02-30" is a day that does not exist. Correct it.'),
        ("U0OLA,46086,N", "line 2: date \"46086\" is a spreadsheet's own number for a day. Give the column a date "
         "format, and save it again."),
        ('"U0OLA,2026-03-05,N', 'line 2: from here on a quotation mark " opens or closes where none belongs. Take it '
         "out."),
        ("U0OLA,2026-03-05,", "line 2: shift is empty. Fill it in, or take the line out."),
        (",2026-03-05,N", "line 2: person is empty. Fill it in, or take the line out."),
        ("U0OLA,2026-03-05", "line 2: there are 2 columns here, and 3 in the header."),
        ("ola@mine.example,2026-03-05,N", "line 2: an e-mail address is nobody's name here. Write the name that Slack "
         "shows, or the Slack id."),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_understood_is_a_flaw(line: str, flaw: str) -> None:
    assert flaws_of(f"person,date,shift\n{line}\n") == [flaw]


def test_all_flaws_come_at_once() -> None:
    text = "person,date,shift\nU0OLA,soon,N\nU0OLA,2026-03-05,N\nU0OLA,2026-03-06\n"
    assert [flaw.split(":")[0] for flaw in flaws_of(text)] == ["line 2", "line 4"]


@pytest.mark.parametrize(
    ("header", "flaws"),
    [
        ("", ["line 1: the file is empty. Begin with the header person,date,shift."]),
        ("person,date", ['line 1: the column "shift" is missing. Add it.']),
        ("person,date,shift,date", ['line 1: the column "date" is there twice. Keep one of them.']),
        ("persn,date,shift", ['line 1: "persn" is not a column that is known. Did you mean person?',
                              'line 1: the column "person" is missing. Add it.']),
        ("U0OLA,2026-03-05,N", ["line 1: the first line must name the columns. Put person,date,shift above it."]),
        ("person,date,shift", ["line 1: there is no line below the header. Write one for each person and day."]),
    ],
)  # fmt: skip
def test_a_header_says_what_the_columns_are(header: str, flaws: list[str]) -> None:
    assert flaws_of(header) == flaws


def test_another_encoding_is_a_flaw_of_its_line() -> None:
    (flaw,) = read_roster("person,date,shift\nBjørn,2026-03-05,N\n".encode("latin-1"))
    assert str(flaw) == "line 2: this is not UTF-8 text. Save the file as CSV in UTF-8."
