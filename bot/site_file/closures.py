"""The closures of a site file: public holidays by country, and shutdowns."""

from datetime import date

from bot.site_file.flaws import Flaw
from bot.site_file.parts import Part
from store import days_off
from store.days_off import Unknown
from store.site import SiteHolidays, SiteShutdown

PUBLIC = "public"


def read_holidays(part: Part, flaws: list[Flaw]) -> SiteHolidays | None:
    """The public holidays of a site or a team; None when it says nothing of them."""
    if not part.has("holidays"):
        return None
    section = Part(
        part.node("holidays"),
        f"{part.where}, holidays",
        flaws,
        required=("country",),
        optional=("subdivision", "categories", "worked_through"),
    )
    found = SiteHolidays(
        country=section.text("country", "a country's code, such as AU"),
        subdivision=section.text("subdivision") if section.has("subdivision") else None,
        categories=tuple(word.text for word in section.unique_words("categories")) or (PUBLIC,),
        worked_through=section.yes_or_no("worked_through"),
    )
    _refuse_unknown(found, section)
    return found


def _refuse_unknown(found: SiteHolidays, section: Part) -> None:
    if not found.country:  # a flaw already
        return
    match days_off.unknown_in(found.country, found.subdivision, found.categories):
        case Unknown.COUNTRY:
            section.flaw(
                section.line_of("country"),
                f'the holidays of "{found.country}" are not known. Write two capital letters, such as AU or NO.',
            )
        case Unknown.SUBDIVISION:
            section.flaw(
                section.line_of("subdivision"),
                f'{found.country} has no part "{found.subdivision}" here. Write its code, such as WA.',
            )
        case Unknown.CATEGORY:
            section.flaw(
                section.line_of("categories"),
                f"{found.country} does not have all of these kinds. Leave `categories` away for public holidays.",
            )


def read_shutdowns(part: Part, flaws: list[Flaw]) -> tuple[SiteShutdown, ...]:
    """The shutdowns of a site or a team."""
    found = []
    for node in part.entries("shutdowns"):
        section = Part(node, f"{part.where}, a shutdown", flaws, required=("first", "last", "reason"))
        first, last = section.day("first"), section.day("last")
        if last < first and last != date.min:
            section.flaw(section.line_of("last"), "`last` comes before `first`. Swap them.")
            first = last
        found.append(SiteShutdown(first, last, section.text("reason")))
    return tuple(found)
