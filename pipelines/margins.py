"""The shop's margins: a rate per product category, in {HOME}/margins.csv.

Here: which rates are allowed. Not here: reading the operator's files (operator_files), applying a rate
(pipelines.value.money), or when the file is read (pipelines.settings).
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

from pipelines.operator_files import OperatorFile

COLUMNS = ("product_category", "margin_rate")
# The row for categories without a row of their own, and for orders without a category.
EVERYTHING_ELSE = "*"
# Rates are whole ten-thousandths, hundredths of a percent.
UNIT = 10_000
ALLOWED_RATE = "a share of net revenue from -1 to 1 with at most four decimals, such as 0.35"

# Category and ten-thousandths, sorted: hashable, and equal rates have equal texts.
Margins = tuple[tuple[str, int], ...]


class MarginsError(ValueError):
    """The file is not a table of margins; the message names file, row, column, value and what is allowed."""


def read_margins(path: Path) -> Margins:
    """The margins of a CSV file with the columns product_category and margin_rate.

    Raises:
        MarginsError: the file is missing or one of its lines is wrong; lines are numbered as in an editor.
    """
    file = OperatorFile(path, COLUMNS, MarginsError)
    rates: dict[str, int] = {}
    for number, cells in file.rows():
        category, text = (cells[name] for name in COLUMNS)
        if not category:
            raise file.refused(number, "product_category", category, f"a category, or {EVERYTHING_ELSE}")
        if category in rates:
            raise file.refused(number, "product_category", category, "each category once")
        rate = _rate(text)
        if rate is None:
            raise file.refused(number, "margin_rate", text, ALLOWED_RATE)
        rates[category] = rate
    if EVERYTHING_ELSE not in rates:
        message = (
            f"{path} has no row '{EVERYTHING_ELSE}' in column product_category; allowed is a file with one: "
            "the margin of categories that are not listed."
        )
        raise MarginsError(message)
    return tuple(sorted(rates.items()))


def _rate(text: str) -> int | None:
    """The rate in ten-thousandths; None if the text is not a rate."""
    try:
        rate = Decimal(text) * UNIT
        return int(rate) if abs(rate) <= UNIT and rate == int(rate) else None
    except (InvalidOperation, ValueError, OverflowError):
        return None
