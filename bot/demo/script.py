"""What is said in the demo: the words of the shop. When and by whom is reckoned in shifts, so it fits the rota."""

from dataclasses import dataclass
from enum import StrEnum

from store.feedback import Kind


class Way(StrEnum):
    """How somebody reports."""

    COMMAND = "command"
    MODAL = "modal"
    SHORTCUT = "shortcut"


@dataclass(frozen=True, slots=True)
class Filing:
    """Somebody reports something, so many hours into their so-many-th shift of the embedding (from 1)."""

    who: str
    shift: int
    hours: int
    kind: Kind
    """What they choose in the form; after the command, what their words must be understood as."""
    text: str
    way: Way = Way.COMMAND
    tool: int = 0
    """Its place among the site's tools."""


@dataclass(frozen=True, slots=True)
class Noting:
    """The data scientist notes a change, so many days after the first; answers are places in the filings."""

    day: int
    what: str
    why: str
    answers: tuple[int, ...]
    version: str | None = None
    tool: int = 0
    """Its place among the site's tools."""


@dataclass(frozen=True, slots=True)
class Script:
    """Everything that people type in the story."""

    exit_criteria: str
    stands_out: str
    """A message in the channel that somebody turns into a report by the shortcut, together with their own words."""
    filings: tuple[Filing, ...]
    notings: tuple[Noting, ...]


THE_SHOP = Script(
    exit_criteria=(
        "False alarms on the slurry pumps are down to what the shift can check, no bearing failure comes without an "
        "alarm, and the crews say Pump Watch is worth looking at."
    ),
    stands_out="Band 4 energy high on P-101, drive end",
    filings=(
        Filing("U0OLA", 1, 3, Kind.FALSE_ALARM, "false alarm on P-101, gland water was off for the flush"),
        Filing("U0AROHA", 1, 7, Kind.FALSE_ALARM, "false alarm again on P-101 while we hosed the sump down"),
        Filing(
            "U0FATIMA",
            1,
            4,
            Kind.FALSE_ALARM,
            "P-204 alarm said cavitation. It was the tail of the batch, happens every time",
            Way.MODAL,
        ),
        Filing(
            "U0KERRY",
            2,
            2,
            Kind.TOO_LATE,
            "alarm came too late on P-103, the drive end bearing was already too hot to touch",
        ),
        Filing(
            "U0PRIYA", 2, 9, Kind.MISSED, "missed the leaking gland on P-102, I found it on the walk round", Way.MODAL
        ),
        Filing(
            "U0JARRAH",
            3,
            5,
            Kind.UNCLEAR,
            "no idea what 'band 4 energy' means, is that stop or keep going?",
            Way.SHORTCUT,
        ),
        Filing("U0TOMASZ", 3, 1, Kind.GOOD_CATCH, "good catch on P-105, coupling was loose, fixed in an hour"),
        Filing("U0NOMSA", 4, 6, Kind.FALSE_ALARM, "false alarm on P-101 during start up, third time this week"),
        Filing(
            "U0MICK",
            5,
            4,
            Kind.FALSE_ALARM,
            "Screen Eye says panel 14 has a hole. It is a wet rock",
            Way.MODAL,
            tool=1,
        ),
        Filing("U0SIONE", 5, 8, Kind.TOO_LATE, "too late on P-204 again, I heard it before the app did"),
        Filing("U0WEI", 6, 2, Kind.WRONG_VALUE, "wrong value, says 92 degrees on P-103, my gun says 61"),
        Filing(
            "U0MATEO", 6, 3, Kind.UNCLEAR, "alarm text is cut off on the tablet, can't read which bearing", Way.MODAL
        ),
        Filing("U0OLA", 7, 6, Kind.FALSE_ALARM, "false alarm on P-102 with the blower running next to it"),
        Filing("U0FATIMA", 8, 5, Kind.GOOD_CATCH, "good catch, P-204 impeller was worn like it said"),
        Filing("U0AROHA", 9, 7, Kind.IDEA, "would be good if it told us which pumps to check first on night shift"),
        Filing("U0KERRY", 9, 3, Kind.MISSED, "missed a dry run on P-106, suction valve was shut", Way.MODAL),
        Filing("U0PRIYA", 10, 5, Kind.MISSED, "Screen Eye missed the torn panel on deck two", tool=1),
        Filing(
            "U0JARRAH", 11, 4, Kind.FALSE_ALARM, "false alarm on P-101 after the reline, new liners sound different"
        ),
        Filing(
            "U0TOMASZ",
            13,
            8,
            Kind.OTHER,
            "the stop or go line is clear now, thanks. Can the night light mode have it too?",
            Way.MODAL,
        ),
        Filing("U0NOMSA", 14, 2, Kind.GOOD_CATCH, "P-103 reads right now, good catch on the fan belt"),
        Filing("U0MICK", 16, 6, Kind.FALSE_ALARM, "false alarm on P-107, nobody told it the pump is on standby"),
    ),
    notings=(
        Noting(
            9,
            "It stays quiet for ten minutes after gland water is switched or a pump is started.",
            "Half of the false alarms on P-101 came within minutes of a flush or a start.",
            (0, 1, 7),
            "2.4",
        ),
        Noting(
            16,
            "The alarm says in one line: stop, slow down, or keep going and look.",
            "Nobody on shift should have to know what a frequency band is.",
            (5, 11),
            None,
        ),
        Noting(
            19,
            "Drive end bearings alarm at a faster rise of temperature instead of a fixed limit.",
            "On P-103 and P-204 the fixed limit came after the damage.",
            (3, 9),
            "2.5",
        ),
        Noting(
            25,
            "The temperature of P-103 is read from the right sensor.",
            "Two sensors were swapped in the list of tags.",
            (10,),
            "2.6",
        ),
        Noting(
            33,
            "Wet rock is no longer taken for a hole.",
            "The camera was trained on dry panels only.",
            (8,),
            "1.2",
            tool=1,
        ),
    ),
)
