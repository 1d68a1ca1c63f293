"""The whole story with hostile words in everything that people type, and in every name."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from html import unescape
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot.blocks.kit import INPUT
from bot.cli.export import to_csv
from bot.demo.script import THE_SHOP, Filing, Noting, Script, Way
from bot.demo.stage import staged
from bot.demo.story import DATA_SCIENTIST
from bot.local_slack import Journal
from bot.texts.glossary import KIND_WORDS
from store import exports
from store.change_notes import ChangeNote
from store.embeddings import Embedding
from store.people import Caller
from store.site import Site
from store.store import Session
from tests.bot.texts.hostile import HOSTILE, harm, kept
from tests.scenarios.playing import nothing_came_from_the_side, played
from tests.scenarios.renaming import renamed
from tests.scenarios.shown import shown

SEEN_BY = "on pump P-{place:03}, seen by the whole crew"
"""Enough plain letters for people in the story to find a text by."""
LONGEST_COMMAND = 50_000
WORDS = list(HOSTILE.values())


@pytest.fixture
def hostile_site(site: Site) -> Site:
    """The site with something hostile behind every name that a site file can hold."""
    ends = cycle(kept(words) for words in WORDS)
    names: dict[str, str] = {}

    def hostile(name: str) -> str:
        return names.setdefault(name, f"{name} {next(ends)}")

    return renamed(site, hostile)


def hostile_script() -> Script:
    """The script with something hostile behind all words: some as long as Slack lets people type."""
    ends = cycle(WORDS)

    def filed(place: int, filing: Filing) -> Filing:
        way = KIND_WORDS[filing.kind].split(",")[0] if filing.way is Way.COMMAND else "alarm"
        text = f"{way} {SEEN_BY.format(place=place)} {next(ends)}"
        if place % 5 == 0:
            text = filled(text, LONGEST_COMMAND if filing.way is Way.COMMAND else INPUT)
        return replace(filing, text=text)

    def noted(place: int, noting: Noting) -> Noting:
        what = f"it waits {SEEN_BY.format(place=place)} {next(ends)}"
        return replace(noting, what=filled(what, INPUT) if place % 2 else what, why=next(ends), version=next(ends)[:40])

    return Script(
        exit_criteria=filled("All of it works.", INPUT),
        stands_out=HOSTILE["a ping of everybody"],
        filings=tuple(filed(*each) for each in enumerate(THE_SHOP.filings)),
        notings=tuple(noted(*each) for each in enumerate(THE_SHOP.notings)),
    )


def filled(text: str, length: int) -> str:
    """A text of exactly so many characters, with everything hostile in it."""
    return "".join(islice(cycle(text + " " + " ".join(WORDS)), length - 1)) + "!"


async def test_hostile_words_ping_nobody_are_cut_nowhere_in_silence_and_come_out_as_they_went_in(
    hostile_site: Site, start: datetime, tmp_path: Path
) -> None:
    script = hostile_script()
    async with staged(hostile_site, start, tmp_path) as stage:
        found = await played(stage, script)
        dana = Caller(hostile_site.enterprise_id, hostile_site.workspace, DATA_SCIENTIST)
        exported = await stage.app.store.read(exports.export, 1, by=dana)
        notes, criteria = await stage.app.store.read(notes_and_criteria)
    journal = found.journal

    nothing_came_from_the_side(found)
    harmful = {each.through: harm(each.content) for each in shown(journal) if harm(each.content)}
    assert harmful == {}

    # Nothing is lost: what is kept and exported is what was typed.
    typed = [kept(filing.text) for filing in script.filings]
    rows = list(csv.DictReader(io.StringIO(to_csv(exported), newline="")))
    texts = {row["reference"]: row["text"] for row in rows}
    assert [texts[found.story.references[place]] for place in range(len(typed))] == typed
    assert criteria == kept(script.exit_criteria)
    assert [(note.what, note.why) for note in notes] == [
        (kept(noting.what).strip(), kept(noting.why).strip()) for noting in script.notings
    ]

    # Nothing is cut in silence: whole, or with an ellipsis and where the rest is.
    whole = [text for text in typed if len(text) <= INPUT]
    assert {text.strip() for text in whole} <= set(_words_shown(journal))
    assert len(whole) < len(typed)
    for text in typed:
        if len(text) > INPUT:
            beginnings = [
                words for words in _words_shown(journal) if words.endswith("…") and text.startswith(words[:-1])
            ]
            assert any(len(words) > INPUT for words in beginnings)
    told = {unescape(text) for each in shown(journal) for text in _small_print(each.content)}
    assert "Cut here. The export of the embedding's reports has all of it." in told


def notes_and_criteria(session: Session) -> tuple[list[ChangeNote], str]:
    """Every change note in order, and what must be true at the end."""
    notes = session.exec(select(ChangeNote).order_by(col(ChangeNote.id))).all()
    return list(notes), session.exec(select(Embedding)).one().exit_criteria


def _words_shown(journal: Journal) -> Iterator[str]:
    """The paragraphs of each message from its second one on, put together as people read them: so many, or all of them.

    What is said besides, such as the shift, stands behind what somebody wrote.
    """
    for each in shown(journal):
        sections = [block["text"]["text"] for block in each.content.get("blocks", []) if block["type"] == "section"]
        if each.through.startswith("chat."):
            for end in range(2, len(sections) + 1):
                yield unescape("".join(sections[1:end])).strip()


def _small_print(content: Mapping[str, Any]) -> Iterator[str]:
    for block in content.get("blocks", []):
        if block["type"] == "context":
            yield from (element["text"] for element in block["elements"])
