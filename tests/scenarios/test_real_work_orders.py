"""The floor's real words: 1,075 published work-order texts, each filed as a report and read back.

The texts are the `text` fields of https://github.com/nlp-tlp/maintie (MIT); they are read where ALONGSIDE_REFERENCE
says and are not part of this project.
"""

import asyncio
import csv
import io
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app as command_line
from bot.demo.stage import Stage, staged
from bot.demo.story import FIRST_DAY, Story
from store.site import Site


async def test_every_real_work_order_comes_back_unchanged_in_the_list_and_in_the_export(
    site: Site, start: datetime, tmp_path: Path, reference: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = (reference / "work_orders" / "work_orders.txt").read_text(encoding="utf-8").splitlines()
    assert len(texts) == 1_075
    async with staged(site, start, tmp_path) as stage:
        await Story(stage).propose()
        stage.clock.advance_to(datetime.combine(FIRST_DAY, start.timetz()))
        await stage.tick()
        ola = stage.person("U0OLA")
        for number, text in enumerate(texts, start=1):
            answer = await ola.runs("/model-feedback", text)
            assert f"F-{number} " in answer.text
        await stage.quiet()
        listed = await _listed(stage)
    assert listed == texts

    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", f"sqlite:///{tmp_path / 'alongside.sqlite'}")
    asked = ["export", "feedback", "E-1", "--as", "U0DANA"]
    printed = await asyncio.to_thread(CliRunner().invoke, command_line, asked)
    assert printed.exit_code == 0, printed.output
    rows = list(csv.DictReader(io.StringIO(printed.stdout, newline="")))
    assert [row["text"] for row in rows] == texts
    assert [row["reference"] for row in rows] == [f"F-{number}" for number in range(1, len(texts) + 1)]


async def _listed(stage: Stage) -> list[str]:
    """Every text of the reporter's own list, page by page, oldest first."""
    ola = stage.person("U0OLA")
    texts: list[str] = []
    number, pages = 1, 1
    while number <= pages:
        answer = await ola.runs("/model-feedback", f"list {number}")
        pages = int(answer.text.splitlines()[0].rpartition(" ")[2])
        texts += [_words(block) for block in answer.blocks if block["type"] == "section"]
        number += 1
    return texts[::-1]


def _words(block: dict[str, Any]) -> str:
    # What Slack shows: it reads &amp;, &lt; and &gt; as the signs they stand for.
    assert block["text"]["verbatim"] is True
    return unescape(block["text"]["text"])
