"""What a spreadsheet, or a hand in one, does to an export.

Here: the damages, each a function of a table and a source of chance. Not here: whole-file damage
(tests/raw/damaged.py); the property (damaged_exports.py).
"""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

LOCALES = {
    "us": ("%-m/%-d/%y", "%-m/%-d/%y %-H:%M"),
    "uk": ("%d/%m/%Y", "%d/%m/%Y %H:%M"),
    "german": ("%d.%m.%Y", "%d.%m.%Y %H:%M"),
    "iso": ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S"),
}
# What a spreadsheet takes for a date. Times with a zone behind are text to it.
PATTERNS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%y",
    "%m/%d/%y %H:%M:%S", "%b-%d-%y",
)  # fmt: skip
# Columns that a sound export may lack, so that nothing tells that they were there: a survey may ask nobody's name, and
# an export of orders may be without its items. eBay's reports with and without a date of payment are both known.
MAY_LACK = re.compile(
    r"order_item_\d|Product Item \d .*|Product Details|Item #|Item Name|Item Cost|(Recipient)?Email( Address)?|"
    r"(person\.)?email|User ID|Paid On Date"
)
OTHER_NAMES = (str.lower, str.upper, lambda name: f" {name} ", lambda name: f"{name}_1", lambda _: "Notes of Ann")


@dataclass(frozen=True)
class Table:
    """Cells of a file; the first `heads` rows name the columns. log: the damages done, for whoever reads a failure."""

    rows: list[list[str]]
    heads: int
    delimiter: str = ","
    bom: bool = False
    log: list[str] = field(default_factory=list)

    def with_rows(self, rows: list[list[str]], said: str) -> Table:
        return replace(self, rows=rows, log=[*self.log, said])

    def each(self, change: Callable[[str], str], said: str) -> Table:
        """Every cell below the heads changed."""
        body = [[change(cell) for cell in row] for row in self.rows[self.heads :]]
        return self.with_rows(self.rows[: self.heads] + body, said)

    def text(self) -> str:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=self.delimiter, lineterminator="\r\n").writerows(self.rows)
        return ("\ufeff" if self.bom else "") + out.getvalue()


def opened(name: str, text: str) -> Table:
    """A format's file as a spreadsheet shows it."""
    delimiter = {"amazon": "\t", "qualtrics_tsv": "\t", "prestashop": ";"}.get(name, ",")
    heads = {"qualtrics": 3, "qualtrics_tsv": 3, "surveymonkey": 2, "surveymonkey_12h": 2}.get(name, 1)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    width = len(rows[0])
    return Table([[*row, *[""] * (width - len(row))] for row in rows], heads)


def ids_rounded(table: Table, _: random.Random) -> Table:
    """Numbers of 12 digits and more as a spreadsheet shows them."""
    return table.each(lambda cell: f"{int(cell):.5E}" if re.fullmatch(r"\d{12,}", cell) else cell, "ids rounded")


def float_tails(table: Table, _: random.Random) -> Table:
    """Whole numbers of a column with blanks, as a data frame writes them."""
    return table.each(lambda cell: f"{cell}.0" if re.fullmatch(r"\d{4,}", cell) else cell, "float tails")


def dates_rewritten(table: Table, chance: random.Random) -> Table:
    """Dates in another locale, its seconds lost but for ISO."""
    return dates_as_in(table, chance.choice(list(LOCALES)))


def dates_as_in(table: Table, locale: str) -> Table:
    """Dates as a locale writes them."""
    day, time = LOCALES[locale]

    def change(cell: str) -> str:
        for pattern in PATTERNS:
            try:
                at = datetime.strptime(cell, pattern)  # noqa: DTZ007 - a wall time, as a spreadsheet has it
            except ValueError:
                continue
            return at.strftime(time if "%H" in pattern or "%I" in pattern else day)
        return cell

    return table.each(change, f"dates as in {locale}")


def decimal_comma(table: Table, chance: random.Random) -> Table:
    """Numbers with a comma, columns with semicolons; two decimals and thousands, or as short as the number is."""
    is_plain = chance.random() < 0.5

    def change(cell: str) -> str:
        if not re.fullmatch(r"-?\d+\.\d+", cell):
            return cell
        shown = f"{float(cell):.12g}" if is_plain else f"{float(cell):,.2f}"
        return shown.translate(str.maketrans(".,", ",."))

    return replace(table.each(change, f"decimal comma{'' if is_plain else ', thousands'}"), delimiter=";")


def byte_order_mark(table: Table, _: random.Random) -> Table:
    return replace(table, bom=True, log=[*table.log, "byte order mark"])


def apostrophes(table: Table, _: random.Random) -> Table:
    """Numbers of four digits and more kept as text."""
    return table.each(lambda cell: f"'{cell}" if re.fullmatch(r"\d{4,}", cell) else cell, "apostrophes")


def blank_lines(table: Table, chance: random.Random) -> Table:
    rows = list(table.rows)
    for _ in range(chance.randint(1, 3)):
        rows.insert(chance.randint(table.heads, len(rows)), [""] * len(rows[0]) if chance.random() < 0.5 else [])
    return table.with_rows(rows, "blank lines")


def repeated_lines(table: Table, chance: random.Random) -> Table:
    """Lines copied: to the next line, or to the end."""
    rows = list(table.rows)
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(table.heads, len(rows))
        rows.insert(place + 1 if chance.random() < 0.5 else len(rows), rows[place])
    return table.with_rows(rows, "repeated lines")


def columns_reordered(table: Table, chance: random.Random) -> Table:
    places = list(range(len(table.rows[0])))
    chance.shuffle(places)
    return table.with_rows(
        [[row[place] for place in places] if row else row for row in table.rows], "columns reordered"
    )


def _any_column(table: Table, chance: random.Random) -> int:
    return chance.choice([n for n, name in enumerate(table.rows[0]) if not MAY_LACK.fullmatch(name)])


def column_dropped(table: Table, chance: random.Random) -> Table:
    place = _any_column(table, chance)
    rows = [row[:place] + row[place + 1 :] for row in table.rows]
    return table.with_rows(rows, f"without column {table.rows[0][place]!r}")


def column_renamed(table: Table, chance: random.Random) -> Table:
    place = _any_column(table, chance)
    name = chance.choice(OTHER_NAMES)(table.rows[0][place])
    rows = [[*table.rows[0][:place], name, *table.rows[0][place + 1 :]], *table.rows[1:]]
    return table.with_rows(rows, f"column {table.rows[0][place]!r} named {name!r}")


DAMAGES: tuple[Callable[[Table, random.Random], Table], ...] = (
    ids_rounded,
    float_tails,
    dates_rewritten,
    decimal_comma,
    byte_order_mark,
    apostrophes,
    blank_lines,
    repeated_lines,
    columns_reordered,
    column_dropped,
    column_renamed,
)


def damaged(table: Table, chance: random.Random) -> Table:
    """One to three damages, in the order in which hands do them: cells first, then columns and lines."""
    done = sorted(chance.sample(range(len(DAMAGES)), chance.choice([1, 1, 2, 3])))
    for number in done:
        table = DAMAGES[number](table, chance)
    return table
