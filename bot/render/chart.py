"""Charts as inline SVG, drawn by Vega-Lite without a browser and without a network.

A chart of reports is one small panel for each kind, with a bar for each version from the first down to the last, on
one scale for all panels of a page. Nothing is said by colour alone: a kind is a title, a version a label at its bar, a
count a number; bars of kinds that are no complaint are outlined instead of filled, which a black-and-white print keeps.
"""

import re
from dataclasses import dataclass
from typing import Any

import vl_convert
from markupsafe import Markup

from bot.render.tally import ByVersion
from bot.render.words import isolated, say, version_name
from bot.texts import Texts
from bot.texts.glossary import KINDS
from store.feedback import NOTHING_TO_MEND

VEGA_LITE = "6.1"
WIDTH, ROW = 230, 22
"""Pixels: of a panel, and of the height of one bar with its space."""
LABELS = 66
"""Pixels that the names of versions have at the left; longer ones end in an ellipsis."""
INK, BAR, PALE = "#1d2a33", "#17607d", "#ffffff"
FONTS = "Arial, Helvetica, 'Liberation Sans', sans-serif"
"""Families of one width, so that what was measured while drawing holds where it is read."""

_OPENING = re.compile(r"<svg [^>]*?viewBox=\"([-0-9. ]+)\"[^>]*>")


@dataclass(frozen=True, slots=True)
class Panel:
    """The chart of one kind."""

    title: str
    said: str
    """The panel in words."""
    no_complaint: bool
    svg: Markup


def panels(counts: ByVersion, most: int, key: str, t: Texts) -> list[Panel]:
    """A panel for each kind, the most frequent first.

    Args:
        counts: What to draw.
        most: The count that the longest bar of the page stands for.
        key: Begins the ids of the panels, so that they are the only ones on their page.
        t: The reader's sentences.
    """
    return [_panel(counts, kind, most, f"{key}-{place}", t) for place, kind in enumerate(counts.kinds, 1)]


def _panel(counts: ByVersion, kind: str, most: int, key: str, t: Texts) -> Panel:
    title = say(KINDS, kind, t)
    names = [version_name(version, t) for version in counts.versions]
    column = counts.column(kind)
    said = "; ".join(
        t.many("version {version}: {count} report", "version {version}: {count} reports", count, version=isolated(name))
        for name, count in zip(names, column, strict=True)
    )
    no_complaint = kind in NOTHING_TO_MEND
    drawn = vl_convert.vegalite_to_svg(
        _drawing(names, column, most, outlined=no_complaint), vl_version=VEGA_LITE, allowed_base_urls=[]
    )
    return Panel(title, said, no_complaint, _labelled(drawn, key, title, said))


def _drawing(names: list[str], column: list[int], most: int, *, outlined: bool) -> dict[str, Any]:
    """The Vega-Lite specification: names at the left, bars beside them, counts at the ends of the bars."""
    rows = [
        {"row": row, "version": name, "count": count}
        for row, (name, count) in enumerate(zip(names, column, strict=True))
    ]
    length = {
        "field": "count",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, max(most, 1)], "range": [LABELS + 10, WIDTH - 30]},
    }
    bar = {"type": "bar", "height": ROW - 9, "fill": PALE if outlined else BAR, "stroke": BAR, "strokeWidth": 1.5}
    text = {"type": "text", "baseline": "middle", "fontSize": 13, "fill": INK}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": WIDTH,
        "height": ROW * len(rows),
        "padding": 0,
        "autosize": "none",
        "background": None,
        "data": {"values": rows},
        "encoding": {"y": {"field": "row", "type": "ordinal", "axis": None, "scale": {"padding": 0}}},
        "layer": [
            {"mark": bar, "transform": [{"filter": "datum.count > 0"}], "encoding": {"x": length}},
            {
                "mark": text | {"align": "left", "x": 0, "limit": LABELS},
                "encoding": {"text": {"field": "version"}},
            },
            {
                "mark": text | {"align": "left", "dx": 7, "fontWeight": "bold"},
                "encoding": {"x": length, "text": {"field": "count"}},
            },
        ],
        "config": {"font": FONTS, "aria": False, "view": {"stroke": None}},
    }


def _labelled(svg: str, key: str, title: str, said: str) -> Markup:
    """The drawing as one image with a name and a description; it takes the width that its place has."""
    opening = _OPENING.match(svg)
    if opening is None:
        raise ValueError("Vega-Lite drew something that is not an SVG with a viewBox.")
    head = Markup(
        '<svg role="img" viewBox="{box}" aria-labelledby="{key}-title" aria-describedby="{key}-desc">'
        '<title id="{key}-title">{title}</title><desc id="{key}-desc">{said}</desc>'
    ).format(box=opening[1], key=key, title=title, said=said)
    return head + Markup(svg[opening.end() :])  # noqa: S704 - Vega escapes the texts that it draws; a test holds it
