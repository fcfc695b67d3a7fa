"""Damage to a whole CSV file that can be undone: lines in one cell, lines above the header, lines below the last row.

Here: finding the damage in the file's text, and the copy without it. Not here: which headers are known
(pipelines/raw/contents.py) and damaged rows (pipelines/raw/read.py).

- A spreadsheet program that opens a CSV file with another list separator holds every line in one cell, and saves it as
  one quoted cell, or those lines only that need quotes.
- `sep=;` tells a spreadsheet program the separator. Reports begin with their title and filters, and end with totals and
  counts. A line above the header has at most half as many cells as the header. A line at the end that is no row is
  returned, to be refused: nothing is left out in silence.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.raw.files.reader import Reader

DELIMITERS = (",", ";", "\t", "|")
MOST_LINES_ABOVE = 30
MOST_WRAPPINGS = 3
_SAMPLE_LINES = 1000
MOST_FOOTERS = 20
_TAIL = 64 * 1024
_ONE_CELL = re.compile(r'^"((?:[^"]|"")*)"\r?$', re.MULTILINE)
# With empty cells after it: where all lines are so. Elsewhere that is a row with one value.
_PADDED = re.compile(r'^[ \t]*"((?:[^"]|"")*)"[,;\t|]*[ \t]*\r?$', re.MULTILINE)
_SEPARATOR = re.compile(r'^"?sep=.[";,\t| ]*\r?(?:\n|$)', re.IGNORECASE)
_BLANK = re.compile(r'^[\s",;|]*$')
_NAME = re.compile(r"\s*[^\W\d][^{}\"\n]{0,80}\s*|\s*")
_SUM = re.compile(
    r"(?:(?:grand|sub|sous|net|over)[- ]?)?(?:totale?s?|totaux|totaal|total general|total général|gesamt(?:summe)?|"
    r"summe|insgesamt|somme|somma|suma|soma|som|sum|averages?|mean|mittelwert|durchschnitt|moyenne|media|média|promedio|"
    r"gemiddelde|count|anzahl|nombre|número)(?:\s+\w+){0,3}\s*(?:\(.*\)|:.*|[=–-].*)?",
    re.IGNORECASE,
)
# A rule, or a sentence.
_NOTE = re.compile(r"[-=_*. ]{3,}|\S+(?:\s+\S+){3,}")
_COUNT = re.compile(
    r"\brecord\(s\)|\brow\(s\)|\b\d[\d.,]*\s+(?:records?|rows?|orders?|responses?|results?|entries|zeilen|"
    r"datens[äa]tze|lignes|filas|registros|righe|regels|linhas)\b|^end of (?:report|file|data)\b|"
    r"^(?:generated|exported|downloaded|report run|created) (?:by|on|at)\b|^(?:erstellt|exportiert) am\b|"
    r"^(?:généré|exporté) le\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Damage:
    """What to undo.

    wrapped: how many times lines were made one cell. is_whole: all lines were. above: lines to leave out at the top.
    """

    wrapped: int = 0
    above: int = 0
    is_whole: bool = False

    def __bool__(self) -> bool:
        """Whether there is any."""
        return self.wrapped > 0 or self.above > 0

    def undone(self, text: str) -> str:
        """The text without it; text: the beginning of the file, or all of it."""
        plain = self.unwrapped(text)
        return "".join(_lines(plain)[self.above :]) if self.above else plain

    def lines_above(self, text: str) -> list[str]:
        """The lines above the header that say something."""
        lines = _lines(self.unwrapped(text))[: self.above]
        return [line.strip() for line in lines if not _BLANK.match(line)]

    def unwrapped(self, text: str) -> str:
        """The text with every line that is one quoted cell as the line that it holds, so many times over."""
        for _ in range(self.wrapped):
            text = (_PADDED if self.is_whole else _ONE_CELL).sub(lambda match: match[1].replace('""', '"'), text)
        return text


def cells(text: str, delimiter: str) -> list[str]:
    """The cells of the first row that has any."""
    try:
        return next((row for row in csv.reader(io.StringIO(text, newline=None), delimiter=delimiter) if row), [])
    except csv.Error:
        return text.strip().split("\n", 1)[0].split(delimiter)


def find_damage(text: str, is_header: Callable[[str], bool]) -> Damage:
    """The damage of a file that begins with the text. is_header: whether a text begins with a header that is known."""
    is_whole = _begins_in_one_cell(text)
    wrapped, plain = 0, text
    while wrapped < MOST_WRAPPINGS and (_begins_in_one_cell(plain) if is_whole else _has_rows_in_one_cell(plain)):
        wrapped, plain = wrapped + 1, Damage(1, is_whole=is_whole).unwrapped(plain)
    lines = _lines(plain)
    first = 1 if _SEPARATOR.match(plain) else 0
    while first < len(lines) and _BLANK.match(lines[first]):
        first += 1
    rest = "".join(lines[first:])
    if first < len(lines) and not is_header(rest):
        first += _above_header(lines[first:], is_header)
    return Damage(wrapped, min(first, len(lines)), is_whole)


def _above_header(lines: list[str], is_header: Callable[[str], bool]) -> int:
    """How many lines stand above a header, one that is known or else the first that names a table; 0 for none."""
    widths = [_filled(line) for line in lines[: MOST_LINES_ABOVE + 1]]
    candidates = [number for number in range(1, len(widths)) if 2 * max(widths[:number]) <= widths[number]]
    known = [number for number in candidates if is_header("".join(lines[number:]))]
    begins = next((number for number in range(len(widths)) if _begins_table(lines[number : number + 2])), 0)
    return next(iter([*known, *({begins} & set(candidates))]), 0)


def _begins_table(lines: list[str]) -> bool:
    """Whether the first of two lines has three cells or more, as many as the second, all of them names."""
    for delimiter in DELIMITERS:
        names, *rows = [cells(line, delimiter) for line in lines]
        if len(names) >= 3 and all(len(row) == len(names) for row in rows) and all(map(_NAME.fullmatch, names)):
            return True
    return False


def _filled(line: str) -> int:
    return max(sum(1 for cell in cells(line, delimiter) if cell.strip()) for delimiter in DELIMITERS)


def _table_lines(text: str) -> list[str]:
    lines = _lines(_SEPARATOR.sub("", text))
    return [line.rstrip("\r\n") for line in lines if not _BLANK.match(line)][:_SAMPLE_LINES]


def _begins_in_one_cell(text: str) -> bool:
    """Whether the first line is one quoted cell that holds several."""
    first = next(iter(_table_lines(text)), "")
    match = _PADDED.fullmatch(first)
    return match is not None and _width(match[1].replace('""', '"').strip('"')) > 1


def _has_rows_in_one_cell(text: str) -> bool:
    """Whether lines are one quoted cell that holds as many as the first line of several has."""
    if '"' not in text:
        return False
    lines = _table_lines(text)
    inner = [match[1].replace('""', '"') for line in lines if (match := _ONE_CELL.fullmatch(line))]
    if not inner:
        return False
    other = next((width for line in lines if not _ONE_CELL.fullmatch(line) and (width := _width(line)) > 1), 1)
    # Where all others are single cells, they are a title, and the table is what was quoted.
    return any(_width(line) == other if other > 1 else _width(line) > 2 for line in inner)


def _width(line: str) -> int:
    return max(len(cells(line, delimiter)) for delimiter in DELIMITERS)


def _lines(text: str) -> list[str]:
    """The lines with their ends, as CSV has them; other signs that end a line elsewhere do not here."""
    return list(io.StringIO(text, newline=""))


def footers(reader: Reader, damage: Damage, delimiter: str, width: int) -> list[str]:
    """The lines at the end of a file that are no rows of a table of that width: totals, counts and the like."""
    end = _tail(reader)
    text = damage.unwrapped(end)
    lines = [line.rstrip("\r\n") for line in _lines(text.rstrip())]
    found: list[str] = []
    while len(lines) > 1 and len(found) < MOST_FOOTERS:
        if not _is_footer(lines[-1], delimiter, width, is_apart=_BLANK.match(lines[-2]) is not None):
            break
        found.append(lines.pop())
        while lines and _BLANK.match(lines[-1]):
            lines.pop()
    if not found or not lines:
        return []
    # A quote that is still open makes the lines part of a field.
    before = sum(chunk.count(b'"') for chunk in reader.chunks()) - end.count('"') + "\n".join(lines).count('"')
    return [] if before % 2 and not damage.wrapped else found[::-1]


def _is_footer(line: str, delimiter: str, width: int, *, is_apart: bool) -> bool:
    row = cells(line, delimiter)
    filled = [cell.strip() for cell in row if cell.strip()]
    if not filled or 2 * len(filled) > max(width, 2) or (width == 1):
        return False
    if _SUM.fullmatch(filled[0]) or _COUNT.search(" ".join(filled)):
        return True
    is_note = len(filled) == 1 and width > 2 and _NOTE.fullmatch(filled[0]) is not None
    return is_note or (is_apart and len(row) != width)


def _tail(reader: Reader) -> str:
    if reader.data is not None:
        data = reader.data[-_TAIL:]
    else:
        with reader.path.open("rb") as file:
            file.seek(max(reader.path.stat().st_size - _TAIL, 0))
            data = file.read()
    return data.decode("utf-8", "ignore")


def mended(reader: Reader, damage: Damage, below: list[str], target: Path) -> Path:
    """A copy of the file without the damage and without the lines below its last row."""
    text = damage.undone(b"".join(reader.chunks()).decode("utf-8", "replace").lstrip("\ufeff"))
    for line in reversed(below):
        text = text.rstrip().removesuffix(line)
    target.write_text(text.rstrip() + "\n" if below else text, encoding="utf-8", newline="")
    return target
