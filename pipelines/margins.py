"""The shop's margins: a rate per product category, in {HOME}/margins.csv.

Here: reading the file and the message for each thing that is wrong in it. Not here: applying a rate
(pipelines.value.money), and when the file is read (pipelines.settings).
"""

from __future__ import annotations

import csv
from decimal import Decimal, InvalidOperation
from pathlib import Path

COLUMNS = ["product_category", "margin_rate"]
# The row for the categories that have none of their own, and for orders without a category.
EVERYTHING_ELSE = "*"
# Rates are kept as whole ten-thousandths: a hundredth of a percent.
UNIT = 10_000
ALLOWED_RATE = "a share of net revenue from -1 to 1 with at most four decimals, such as 0.35"

# Category and ten-thousandths, sorted: hashable, and its text is the same for the same rates.
Margins = tuple[tuple[str, int], ...]


class MarginsError(ValueError):
    """The file is not a table of margins; the message names file, row, column, value and what is allowed."""


def read_margins(path: Path) -> Margins:
    """The margins of a CSV file with the columns product_category and margin_rate.

    Raises:
        MarginsError: the file is missing or a line of it is wrong; a file row is told as an editor counts it.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
    except FileNotFoundError:
        message = f"{path} is missing; allowed is a CSV file with the columns {', '.join(COLUMNS)}."
        raise MarginsError(message) from None
    except (UnicodeDecodeError, csv.Error) as error:
        message = f"{path} cannot be read ({error}); allowed is a CSV file in UTF-8."
        raise MarginsError(message) from error
    header = [cell.strip() for cell in lines[0]] if lines else []
    if header != COLUMNS:
        message = f"{path} row 1 is '{','.join(header)}'; allowed is the header {','.join(COLUMNS)}."
        raise MarginsError(message)
    rates: dict[str, int] = {}
    for number, line in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in line):
            category, rate = _row(path, number, line)
            if category in rates:
                message = f"{path} row {number} column product_category is '{category}'; allowed is each category once."
                raise MarginsError(message)
            rates[category] = rate
    if EVERYTHING_ELSE not in rates:
        message = (
            f"{path} has no row '{EVERYTHING_ELSE}' in column product_category; allowed is a file with one: "
            "the margin of categories that are not listed."
        )
        raise MarginsError(message)
    return tuple(sorted(rates.items()))


def _row(path: Path, number: int, line: list[str]) -> tuple[str, int]:
    """Category and rate of a line of the file."""
    if len(line) != len(COLUMNS):
        message = f"{path} row {number} is '{','.join(line)}'; allowed are two cells, {' and '.join(COLUMNS)}."
        raise MarginsError(message)
    category, text = (cell.strip() for cell in line)
    if not category:
        message = f"{path} row {number} column product_category is empty; allowed is a category, or {EVERYTHING_ELSE}."
        raise MarginsError(message)
    try:
        rate = Decimal(text) * UNIT
        right = abs(rate) <= UNIT and rate == int(rate)
    except (InvalidOperation, ValueError, OverflowError):
        right = False
    if not right:
        message = f"{path} row {number} column margin_rate is '{text}'; allowed is {ALLOWED_RATE}."
        raise MarginsError(message)
    return category, int(rate)
