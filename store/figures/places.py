"""Places in people's words: the tags of equipment, as they are written on it and typed on the floor (P-101, cv 3).

People leave out hyphens and zeros, and write small. What looks like a tag and is none is as common: "day 2", "at 6 30",
"2 of 3", "v2", "CO2". So letters that a blank parts from their number are a tag only where they are no word: an
abbreviation without a vowel, one in capitals, or the name of a machine.
"""

import re
import unicodedata

_ALONE = r"(?<![^\W_])(?<!['’-])"
_ENDED = r"(?![^\W_])(?![.:]\d)"
_TAG = re.compile(
    rf"{_ALONE}(?:\d{{2,5}}[_-]?[a-z]{{1,3}}[_-]?\d{{1,5}}|\d{{3}}\s[a-z]{{2,3}}-\d{{1,5}}|[a-z]{{1,5}}[_-]?\d{{1,5}})"
    rf"(?:[_-]?[a-z][_-]?\d{{1,5}}|[_-]\d{{1,5}}|[_-]?[a-z](?![a-z]))*{_ENDED}",
    re.IGNORECASE,
)
"""Such as P-101, cv03a, 310-PU-2, 310 PU-2 or P-101-A-7."""
_PARTED = re.compile(rf"{_ALONE}([a-z]{{1,4}})\s(\d{{1,5}}[a-z]?){_ENDED}", re.IGNORECASE)
"""Such as cv 3."""
_MACHINE = re.compile(
    rf"{_ALONE}(bay|belt|bin|boiler|camera|cell|chute|compressor|conveyor|crane|crusher|cyclone|dozer|excavator|fan|feeder"
    r"|furnace|generator|grader|hopper|kiln|line|loader|machine|mill|motor|oven|pump|robot|screen|sensor|shovel|silo"
    rf"|station|tank|thickener|truck|unit|valve)\s?-?(?:(?:no|nr)\.?\s?|#\s?)?(\d{{1,4}}[a-z]?){_ENDED}",
    re.IGNORECASE,
)
"""Such as pump 3, Pump #3 or pump no. 3."""
_PARTS = re.compile(r"[a-z]+|\d+")
_VOWELS = re.compile(r"[aeiouy]")

_OUR_OWN = frozenset({"c", "e", "f"})
"""The letters of our own references."""
_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a all am and as at by crew day for from grade h hour i in is it kind level ok on or page part pm rev shift "
        "step team than the then to top type until ver was week x jan feb mar apr may jun jul aug sep oct nov dec",
    )
)
"""Words, months and times that stand before numbers, also without a blank."""
_MEASURES = frozenset(
    re.findall(r"\w+", "cm ft hr hrs hz kg kgs km kph kv kw lb lbs mg mm mph nd nr pct ph ppm rd rpm s st th vs")
)
"""Without a vowel, and before numbers too."""
_GASES = frozenset({"ch4", "co2", "h2", "h2o", "h2s", "n2", "nh3", "no2", "o2", "so2"})
_VERSION = re.compile(r"v\d{1,2}")


def places(text: str) -> frozenset[str]:
    """The tags that a text names, each written in one way: `P-101` and `p 101` are the same place."""
    plain = unicodedata.normalize("NFKC", text)
    written = [found[0] for found in _TAG.finditer(plain) if _is_tag(found[0].lower())]
    written += [f"{letters} {number}" for letters, number in _PARTED.findall(plain) if _is_short_for(letters, plain)]
    written += [f"{machine} {number}" for machine, number in _MACHINE.findall(plain)]
    return frozenset(_in_one_way(tag) for tag in written)


def where(place: str | None, words: str) -> frozenset[str]:
    """Where a report says that something was: in the place that its reporter gave, or else in the tags of its words.

    A place without a tag, such as "north end", is one by its words.
    """
    given = " ".join(unicodedata.normalize("NFKC", place or "").casefold().split())
    return (places(given) or frozenset({given})) if given else places(words)


def _is_tag(tag: str) -> bool:
    if tag in _GASES or _VERSION.fullmatch(tag):
        return False
    letters = re.findall("[a-z]+", tag)[0]
    return letters not in _WORDS | _OUR_OWN


def _is_short_for(letters: str, text: str) -> bool:
    """Whether letters before a number are an abbreviation and not a word."""
    small = letters.lower()
    if small in _WORDS | _MEASURES | _OUR_OWN:
        return False
    # In words that are all written large, capitals say nothing.
    return not _VOWELS.search(small) or (len(letters) > 1 and letters.isupper() and not text.isupper())


def _in_one_way(tag: str) -> str:
    """Small, without zeros in front, and with a hyphen only between two numbers."""
    parts = [str(int(part)) if part.isdigit() else part for part in _PARTS.findall(tag.lower())]
    return "".join(
        f"-{part}" if part.isdigit() and number and parts[number - 1].isdigit() else part
        for number, part in enumerate(parts)
    )
