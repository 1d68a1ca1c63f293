"""The whole story among people of two languages, over HTTP: whatever is not in the catalogue stands out."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from babel.dates import format_date

from bot.blocks import feedback as feedback_blocks
from bot.blocks.kit import Written
from bot.demo.script import THE_SHOP, Filing, Noting, Script, Way
from bot.demo.stage import staged
from bot.demo.story import END, MOVES, PROPOSED
from bot.listeners.rows import Act
from bot.listeners.table import TABLE
from bot.local_slack import NotAsExpected
from bot.texts import Texts
from bot.texts.glossary import KIND_WORDS
from store.feedback import Filed
from store.site import Site
from tests.bot.texts.pseudo import write_pseudo
from tests.bot.texts.visible import uncatalogued, visible_texts
from tests.scenarios.playing import nothing_came_from_the_side, played
from tests.scenarios.renaming import renamed
from tests.scenarios.shown import Shown, shown

BRACKETS = {"en": "⟦⟧", "pl": "⟪⟫"}
"""Each language has brackets of its own."""


@pytest.fixture
def catalogues(tmp_path: Path) -> Path:
    folder = tmp_path / "catalogues"
    folder.mkdir()
    for language, brackets in BRACKETS.items():
        write_pseudo(folder, language, brackets)
    return folder


@pytest.fixture
def mixed(site: Site) -> Site:
    """The site with every name in ‹ ›; every other person reads Polish."""
    named = renamed(site, lambda name: f"‹{name}›")
    people = tuple(
        replace(person, locale="pl-PL" if place % 2 else "en-US") for place, person in enumerate(named.people)
    )
    return replace(named, people=people)


def spoken(site: Site, catalogues: Path) -> Script:
    """The script in ‹ ›; what names a kind is said in the language of whoever types it."""
    locales = {person.slack_id: person.locale or "en-US" for person in site.people}

    def filed(place: int, filing: Filing) -> Filing:
        t = Texts(locales[filing.who], catalogues)
        named = t(KIND_WORDS[filing.kind]).split(",")[0] if filing.way is Way.COMMAND else "word"
        return replace(filing, text=f"‹{named} {place}›")

    def noted(place: int, noting: Noting) -> Noting:
        return replace(noting, what=f"‹what {place}›", why=f"‹why {place}›")

    return Script(
        exit_criteria="‹criteria›",
        stands_out="‹stands out›",
        filings=tuple(filed(*each) for each in enumerate(THE_SHOP.filings)),
        notings=tuple(noted(*each) for each in enumerate(THE_SHOP.notings)),
    )


async def test_everybody_finds_everything_in_their_own_language_and_no_sentence_is_left_out(
    mixed: Site, start: datetime, tmp_path: Path, catalogues: Path
) -> None:
    async with staged(mixed, start, tmp_path, http=True, catalogues=catalogues) as stage:
        found = await played(stage, spoken(mixed, catalogues))
        seen = list(shown(found.journal))

    nothing_came_from_the_side(found)
    languages = {Texts(person.locale or "en-US", catalogues).language for person in mixed.people}
    # "Mon 9 Mar 2026" before "9 Mar"
    from_babel = tuple(sorted({*_dates(catalogues), *languages}, key=len, reverse=True))
    texts = {text for each in seen for text in visible_texts(each.content)}
    assert len(texts) > 100
    assert {text: left for text in texts if (left := uncatalogued(text, from_babel))} == {}
    assert _in_the_wrong_language(seen, mixed) == []


async def test_an_answer_that_goes_past_the_catalogue_stops_the_story(
    mixed: Site, start: datetime, tmp_path: Path, catalogues: Path
) -> None:
    def in_plain_english(filed: Filed, t: Texts) -> Written:
        return feedback_blocks.filed(filed, Texts("en-US"))

    table = [
        replace(row, reply=in_plain_english) if isinstance(row, Act) and row.reply is feedback_blocks.filed else row
        for row in TABLE
    ]
    async with staged(mixed, start, tmp_path, table=table, catalogues=catalogues) as stage:
        with pytest.raises(NotAsExpected, match="False alarm"):
            await played(stage, spoken(mixed, catalogues))


def _dates(catalogues: Path) -> Iterator[str]:
    """The days of the story as the two languages write them."""
    for offset in range((END - PROPOSED).days + 1):
        day: date = PROPOSED + timedelta(days=offset)
        for language in BRACKETS:
            yield Texts(language, catalogues).day(day)
            yield format_date(day, "d MMM", locale=language)


def _in_the_wrong_language(seen: list[Shown], site: Site) -> list[str]:
    """What somebody was shown in the brackets of the other language; who changed theirs is left out."""
    languages = {person.slack_id: (person.locale or "en")[:2] for person in site.people if person.slack_id != MOVES}
    wrong = []
    for each in seen:
        language = languages.get(each.to or "")
        for text in visible_texts(each.content) if language else ():
            own = re.sub(r"‹[^‹›]*›", "", text)
            if any(sign in own for other, signs in BRACKETS.items() if other != language for sign in signs):
                wrong.append(f"{each.to} {each.through}: {text}")
    return wrong
