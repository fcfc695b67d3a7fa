"""Reading the page as a browser does, without one.

Here: tables with their values and texts, the SQL beside them, names of points. Not here: what they must be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "hr"}


@dataclass
class ReadBlock:
    """A block. cells: (data-v or None, text) for every row and column. points: what the points of its charts say."""

    columns: list[str] = field(default_factory=list)
    cells: list[list[tuple[str | None, str]]] = field(default_factory=list)
    sql: str = ""
    points: list[str] = field(default_factory=list)
    charts: int = 0
    empty: str = ""


class PageReader(HTMLParser):
    """A page: blocks by name, all its text, and the tags that are open at its end (none, if it is well made)."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: dict[str, ReadBlock] = {}
        self.scripts = 0
        self.text: list[str] = []
        self._block = ReadBlock()
        self._tags: list[str] = []
        self._class = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._class = given.get("class") or ""
        if tag == "article":
            self._block = self.blocks[given["id"] or ""] = ReadBlock()
        elif tag == "th":
            self._block.columns.append(given["data-column"] or "")
        elif tag == "tr" and self._block.columns:
            self._block.cells.append([])
        elif tag == "td":
            self._block.cells[-1].append((given.get("data-v"), ""))
        elif tag == "svg":
            self._block.charts += 1
        elif tag == "script":
            self.scripts += 1
        if "point" in self._class.split():
            self._block.points.append(given["aria-label"] or "")
        if tag in {"td", "code", "p", "script", "style"}:
            self._tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"tr", "tbody", "table", "code", "p", "script", "style"}:
            while self._tags and self._tags[-1] in {"td", tag}:
                self._tags.pop()

    def handle_data(self, data: str) -> None:
        inside = self._tags[-1] if self._tags else ""
        if inside == "td":
            value, text = self._block.cells[-1][-1]
            self._block.cells[-1][-1] = (value, text + data.strip("\n"))
        elif inside == "code":
            self._block.sql += data
        elif inside == "p" and self._class == "empty":
            self._block.empty += data
        if inside not in {"script", "style", "code"}:
            self.text.append(data)
