"""value.cohorts: what became of the customers whose first order fell in the same month.

Here: counting a month's cohorts, whole and by kind of first order, and the rates and means made of the counts. Not
here: the formulas of the intervals (statistics).

The category of a customer's first answer is judged at a landmark, the end of the month after the first order's, and the
cohort is followed from then on only: whoever buys again is asked again, so who answers later has already come back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.settings import Settings
from pipelines.statistics.own_point import is_reliable
from pipelines.statistics.wilson import wilson
from pipelines.value.customer_months import marked
from pipelines.value.facts import Ints
from pipelines.value.kinds_of_first_order import Division, by_first_answer, by_first_order
from pipelines.value.moments import moments, with_ends
from pipelines.value.money import mean, money, together
from pipelines.value.month_end import MonthEnd
from pipelines.value.reduction import Reduction
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.cohorts"
# Months after that of the first order at whose end the first answer is looked for.
LANDMARK = 1
# Customers of a cohort with an interval of its money. Of many small and skewed groups intervals from two customers on
# hold the truth in 89 of 100, those from ten on in 92, those from thirty on in 93.
FEWEST = 30
KEY = ("month", "cohort_month", "dimension", "segment")


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """Counts and sums of each cohort's segments at a month's end."""
    people, facts = end.people, end.facts
    if not people.height:
        return
    first = people["first_sale"].to_numpy()
    cohort = facts.sales.day[first].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 12 * 1970
    age = end.month.number - cohort
    who = people["customer_id"].to_numpy()
    is_active = active(end)[who]
    revenue, cents = people["revenue"].to_numpy(), people["cents"].to_numpy()
    said = by_first_answer(facts, who, cohort + LANDMARK, facts.answers.month)
    for division in (*by_first_order(facts, first), said):
        followed = np.flatnonzero(age > LANDMARK if division is said else age >= 0)
        if len(followed):
            yield _sums(
                division,
                age[followed],
                division.of_customer[followed],
                is_active[followed],
                revenue[followed],
                cents[followed],
            ).with_columns(month=pl.lit(end.month.start), is_complete=pl.lit(not end.is_open))


def active(end: MonthEnd) -> NDArray[np.bool_]:
    """By customer: whether an order that counts was placed in the month, as known at its end."""
    sales, last = end.facts.sales, end.month.last_day
    rows = sales.of_days(last - (end.month.end - end.month.start).days + 1, last + 1, end.month.number)
    return marked(sales.customer[rows[sales.counts[rows]]], end.facts.people)


def finish(months: Sequence[pl.DataFrame], settings: Settings) -> pl.DataFrame:
    """Rows of value.cohorts.

    Returns:
        One row per month, cohort, dimension and segment with a customer.
    """
    if not months:
        return empty(TABLE)
    names = ("revenue_low", "revenue_high", "revenue_reason")
    counted = with_ends(together(months), settings.confidence, names, FEWEST)
    customers = pl.col("customers")
    low, high = wilson(pl.col("active"), customers, settings.confidence)
    number = pl.col("month").dt.year().cast(pl.Int64) * 12 + pl.col("month").dt.month() - 1 - pl.col("months_since")
    return (
        counted.with_columns(
            cohort_month=pl.date(number // 12, number % 12 + 1, 1),
            retention=pl.col("active") / customers,
            retention_low=low,
            retention_high=high,
            is_reliable=is_reliable(customers, settings.min_responses),
            revenue_per_customer=money(mean(pl.col("revenue"), customers)),
            margin_per_customer=money(mean(pl.col("cents"), customers)) if settings.margins else None,
        )
        .select(table_schema(TABLE).names())
        .cast(dict(table_schema(TABLE)))  # type: ignore[arg-type]
        .sort(*KEY)
    )


cohorts = Reduction(("orders", "responses"), reduce, finish)


def _sums(  # noqa: PLR0917
    division: Division,
    age: Ints,
    segment: NDArray[np.integer],
    is_active: NDArray[np.bool_],
    revenue: Ints,
    cents: Ints,
) -> pl.DataFrame:
    """Counts, cents and moments of revenue (in units) of each age and segment with a customer."""
    kinds = len(division.names)
    cell = age * kinds + segment
    cells = (int(age.max(initial=-1)) + 1) * kinds
    valued = np.zeros(cells, dtype=np.int64)
    np.add.at(valued, cell, cents)
    columns = moments(cell, cells, revenue) | {
        "active": np.bincount(cell, weights=is_active, minlength=cells).astype(np.int64),
        "cents": valued,
    }
    there = np.flatnonzero(columns["customers"])
    return pl.DataFrame({name: values[there] for name, values in columns.items()}).with_columns(
        dimension=pl.lit(division.dimension),
        segment=pl.Series(np.asarray(division.names, dtype=object)[there % kinds], dtype=pl.String),
        months_since=pl.Series(there // kinds, dtype=pl.Int64),
    )
