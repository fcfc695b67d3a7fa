"""Small CSV files that the operator writes: reading their rows, and naming what is wrong in them.

Here: text, header and cells. Not here: which values are allowed (margins, nps.benchmarks, core.topics), and exports of
orders and answers (raw).
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class OperatorFile:
    """A CSV file with given columns in any order, separated by commas or semicolons.

    error: makes the exception to raise from a message that names file, row, column, value and what is allowed.
    optional: columns that may be missing; their cells are then empty.
    """

    path: Path
    columns: tuple[str, ...]
    error: Callable[[str], Exception]
    optional: frozenset[str] = frozenset()

    def rows(self) -> list[tuple[int, dict[str, str]]]:
        """The number (as an editor counts lines) and the stripped cells by column of every line that is not empty.

        Raises:
            Exception: `error`; the file is missing, is not CSV in UTF-8, or has another header or too many cells.
        """
        lines = self._lines()
        header = lines[0][1] if lines and lines[0][0] == 1 else []
        needed = set(self.columns) - self.optional
        if not needed <= set(header) <= set(self.columns) or len(set(header)) < len(header):
            free = ",".join(name for name in self.columns if name in self.optional)
            message = f"{self.path}, row 1 is '{','.join(header)}'; allowed is the header {','.join(self.columns)}"
            raise self.error(f"{message}{f', of which {free} may be missing' if free else ''}.")
        rows = []
        # A loop will do: a file has a handful of rows, or a few thousand words.
        for number, cells in lines[1:]:
            if any(cells[len(header) :]):
                raise self.refused(number, str(len(header) + 1), cells[len(header)], "nothing")
            by_column = dict(zip(header, cells, strict=False))
            rows.append((number, {name: by_column.get(name, "") for name in self.columns}))
        return rows

    def refused(self, row: int, column: str, value: str, allowed: str) -> Exception:
        """The exception for a value that is not allowed."""
        return self.error(self.problem(row, column, value, allowed))

    def problem(self, row: int, column: str, value: str, allowed: str) -> str:
        """The message for a value that is not allowed."""
        return f"{self.path}, row {row}, column {column} is '{value}'; allowed is {allowed}."

    def _lines(self) -> list[tuple[int, list[str]]]:
        allowed = f"allowed is a CSV file in UTF-8 with the columns {', '.join(self.columns)}."
        try:
            text = self.path.read_text(encoding="utf-8-sig")
            reader = csv.reader(
                text.splitlines(keepends=True), delimiter=";" if ";" in text.partition("\n")[0] else ",", strict=True
            )
            lines, before = [], 0
            for cells in reader:
                lines.append((before + 1, [cell.strip() for cell in cells]))
                before = reader.line_num
        except FileNotFoundError:
            message = f"{self.path} is missing; {allowed}"
            raise self.error(message) from None
        except UnicodeDecodeError:
            message = f"{self.path} is not UTF-8 text; {allowed}"
            raise self.error(message) from None
        except csv.Error as error:
            message = f"{self.path} cannot be read: {error}; {allowed}"
            raise self.error(message) from None
        return [(number, cells) for number, cells in lines if any(cells)]
