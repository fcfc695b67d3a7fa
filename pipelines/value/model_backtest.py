"""value.model_backtest: what a past month's model expected, against what then happened.

Here: totals of a hold-out by decile. Not here: the hold-out (month_end.py) and fitting (customer_base.py). Nothing is
fitted for a hold-out: the model of the earlier month's end is compared with the months after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from pipelines.settings import Settings
from pipelines.value.customer_base import Base
from pipelines.value.facts import in_order
from pipelines.value.money import money
from pipelines.value.month_end import MonthEnd
from pipelines.value.months import Month, before
from pipelines.value.reduction import Reduction
from pipelines.warehouse.tables import empty, table_schema

HOLD_OUT_MONTHS = (3, 6, 12)
DECILES = 10
TABLE = "value.model_backtest"
_SUMMED = ("expected_orders", "expected_value", "naive_orders", "naive_value")
_COUNTED = ("actual_orders", "actual_cents")


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """The hold-outs that begin with a month's end: rows of later months."""
    closed = {month.start: month for month in end.wanted if month.start != end.facts.clock.open_month}
    for months in HOLD_OUT_MONTHS:
        later = closed.get(before(end.month, -months).start)
        if later is not None and end.people.height:
            yield _rows(end.held_out(months), end.base, later, months)


def finish(months: Sequence[pl.DataFrame], _settings: Settings) -> pl.DataFrame:
    """Rows of value.model_backtest: hold-outs of 3, 6 and 12 months that end with each closed month.

    Returns:
        One row per month, hold-out and decile of the customers by expected orders (1 the highest), and one with decile
        0 for all. Customers with the same expectation share a decile, so deciles differ in size. None for the open
        month, nor without customers at the start of the hold-out.
    """
    return pl.concat([empty(TABLE), *months]).sort("month", "hold_out_months", "decile")


model_backtest = Reduction(("orders", "models"), reduce, finish, held_out=HOLD_OUT_MONTHS)


def _rows(held: pl.DataFrame, base: Base, end: Month, months: int) -> pl.DataFrame:
    """Totals of all customers and of each decile."""
    decile = _deciles(held["expected_orders"]).to_numpy()
    # Sorted once: choosing the rows of each decile from every column takes four times as long.
    by_decile = in_order(decile)
    edges = np.searchsorted(decile[by_decile], np.arange(1, DECILES + 2))
    columns = {name: held[name].to_numpy()[by_decile] for name in (*_SUMMED, *_COUNTED)}
    errors = {"absolute_error": "expected_orders", "naive_absolute_error": "naive_orders"}
    columns |= {name: np.abs(columns[forecast] - columns["actual_orders"]) for name, forecast in errors.items()}
    rows = []
    for number in range(DECILES + 1):
        inside = slice(edges[number - 1], edges[number]) if number else slice(None)
        part = {name: values[inside] for name, values in columns.items()}
        customers = len(part["expected_orders"])
        if customers:
            sums = {name: float(np.sort(part[name]).sum()) for name in (*_SUMMED, *errors)}
            means = {name: sums[name] / customers for name in errors}
            counts = {name: int(part[name].sum()) for name in _COUNTED}
            rows.append({"decile": number, "customers": customers} | sums | means | counts)
    return pl.DataFrame(rows).select(
        month=pl.lit(end.start),
        hold_out_months=pl.lit(months, dtype=pl.Int32),
        decile=pl.col("decile").cast(pl.Int32),
        fitted_to=pl.lit(base.model.orders.fitted_to),
        fallback=pl.lit(base.model.orders.reason is not None or base.model.money.reason is not None),
        **{
            name: money(pl.col("actual_cents")) if name == "actual_value" else pl.col(name)
            for name in table_schema(TABLE).names()[5:]
        },
    )


def _deciles(expected: pl.Series) -> pl.Series:
    """Decile of each customer by expected orders, 1 the highest; equal expectations share a decile."""
    _, of_customer, count = np.unique(-expected.to_numpy(), return_inverse=True, return_counts=True)
    ahead = np.cumsum(count) - count
    return pl.Series((DECILES * ahead // len(expected) + 1)[of_customer], dtype=pl.Int32)
