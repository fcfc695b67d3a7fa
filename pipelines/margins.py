"""The shop's margins: a rate per product category, in {HOME}/margins.csv.

Here: which rates are allowed. Not here: reading a file of the operator's (operator_files), applying a rate
(pipelines.value.money), and when the file is read (pipelines.settings).
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

from pipelines.operator_files import OperatorFile

COLUMNS = ("product_category", "margin_rate")
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
    """Ten-thousandths of a text; None if it is no rate."""
    try:
        rate = Decimal(text) * UNIT
        return int(rate) if abs(rate) <= UNIT and rate == int(rate) else None
    except (InvalidOperation, ValueError, OverflowError):
        return None
