"""Collects the sentences into the template that translators start from: `make texts`."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from bot.texts import CATALOGUES

ROOT = Path(__file__).parents[2]
TEMPLATE = CATALOGUES / "alongside.pot"
METHODS = [("local_slack/**.py", "ignore"), ("**.py", "python"), ("**.j2", "jinja2.ext:babel_extract")]
OPTIONS = {"**.j2": {"silent": "false"}}  # a template that cannot be read is an error, not a file without sentences
KEYWORDS = {"t": None, "md": None, "N_": None, "Refused": None, "many": (1, 2), "many_md": (1, 2)}


def template() -> bytes:
    """The template as it should be now: every marked sentence of bot and store, without places or dates."""
    catalogue = Catalog(project="Alongside", charset="utf-8")
    for package in ("bot", "store"):
        found = extract_from_dir(ROOT / package, METHODS, OPTIONS, keywords=KEYWORDS)
        for _, _, message, comments, context in sorted(found, key=lambda entry: str(entry[2])):
            catalogue.add(message, auto_comments=comments, context=context)
    catalogue.creation_date = catalogue.revision_date = None  # type: ignore[assignment]
    out = BytesIO()
    write_po(out, catalogue, omit_header=True, sort_output=True, width=100)
    return out.getvalue()


if __name__ == "__main__":
    TEMPLATE.parent.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(template())
