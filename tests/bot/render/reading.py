"""A page as a parser sees it: elements and their text, to ask it what it shows."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "hr"}


@dataclass
class Element:
    """One element, with what is inside it in order."""

    tag: str
    attributes: dict[str, str]
    inside: "list[Element | str]" = field(default_factory=list)

    @property
    def elements(self) -> "list[Element]":
        """All elements below this one, in the order of the page."""
        return [found for part in self.inside if isinstance(part, Element) for found in (part, *part.elements)]

    @property
    def text(self) -> str:
        """All the text in it, with spaces joined and without signs of direction."""
        parts = [part if isinstance(part, str) else f" {part.text} " for part in self.inside]
        return " ".join("".join(parts).replace("\u2068", "").replace("\u2069", "").split())

    def all(self, tag: str, **attributes: str) -> "list[Element]":
        """The elements with this tag, and these attributes; `_class` is one of the classes."""
        return [found for found in self.elements if found.tag == tag and found.has(attributes)]

    def one(self, tag: str, **attributes: str) -> "Element":
        """The only element with this tag, and these attributes."""
        (found,) = self.all(tag, **attributes)
        return found

    def has(self, attributes: dict[str, str]) -> bool:
        """Whether it has all of these."""
        return all(
            value in self.attributes.get("class", "").split()
            if name == "_class"
            else self.attributes.get(name) == value
            for name, value in attributes.items()
        )

    def rows(self) -> list[list[str]]:
        """The cells of a table, row by row."""
        return [[cell.text for cell in row.elements if cell.tag in ("th", "td")] for row in self.all("tr")]

    def section(self, heading: str) -> "Element":
        """The section that a heading names."""
        return self.one("section", **{"aria-labelledby": heading})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        assert len(element.attributes) == len(attrs), f"<{tag}> has an attribute twice"
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(html: str) -> Element:
    """The page; tags that do not close each other in order are a failure."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert [element.tag for element in reader.open] == ["page"]
    return reader.open[0]
