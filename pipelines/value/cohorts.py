"""value.cohorts: what became of the customers whose first order fell in the same month.

Here: counting a month's cohorts, whole and by kind of first order, and the rates and means made of the counts. Not
here: the formulas of the intervals (statistics).

The category of a customer's first answer is judged at a landmark, the end of the month after the first order's, and the
cohort is followed from then on only: whoever buys again is asked again, so who answers later has already come back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.settings import Settings
from pipelines.statistics.own_point import is_reliable
from pipelines.statistics.skewed_mean import ALL_ALIKE, TOO_FEW, skewed_means
from pipelines.statistics.wilson import wilson
from pipelines.value.customer_months import marked
from pipelines.value.facts import CATEGORIES, KINDS, Facts, Ints
from pipelines.value.money import mean, money, together
from pipelines.value.month_end import MonthEnd
from pipelines.value.reduction import Reduction
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.cohorts"
EVERYBODY = "all"
CATEGORY = "category"
# Months after that of the first order at whose end the first answer is looked for.
LANDMARK = 1
KEY = ("month", "cohort_month", "dimension", "segment")
_UNSURVEYED = np.int8(len(CATEGORIES) - 1)


class _Parts(NamedTuple):
    """A way to divide customers: names of the segments, and by customer the place of theirs."""

    dimension: str
    names: Sequence[str]
    of_customer: NDArray[np.integer]
    since: int


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
    for parts in _divisions(facts, who, first, cohort):
        followed = age >= parts.since
        if not followed.any():
            continue
        yield _sums(
            parts,
            age[followed],
            parts.of_customer[followed],
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
    counted, customers = together(months), pl.col("customers")
    low, high = wilson(pl.col("active"), customers, settings.confidence)
    ends = skewed_means(
        counted["customers"].to_numpy(),
        (counted["revenue"] / counted["customers"]).to_numpy() / 100,
        counted["squares"].to_numpy(),
        counted["cubes"].to_numpy(),
        confidence=settings.confidence,
    )
    floor = pl.when(~pl.col("has_returned_more")).then(0.0)
    few, alike = (pl.lit(one.reason) for one in (TOO_FEW, ALL_ALIKE))
    number = pl.col("month").dt.year().cast(pl.Int64) * 12 + pl.col("month").dt.month() - 1 - pl.col("months_since")
    return (
        counted.with_columns(
            revenue_low=pl.Series(ends[0]).fill_nan(None), revenue_high=pl.Series(ends[1]).fill_nan(None)
        )
        .with_columns(
            cohort_month=pl.date(number // 12, number % 12 + 1, 1),
            retention=pl.col("active") / customers,
            retention_low=low,
            retention_high=high,
            is_reliable=is_reliable(customers, settings.min_responses),
            revenue_per_customer=money(mean(pl.col("revenue"), customers)),
            margin_per_customer=money(mean(pl.col("cents"), customers)) if settings.margins else None,
            revenue_low=pl.max_horizontal("revenue_low", floor),
            revenue_reason=pl.when(customers < 2).then(few).when(pl.col("revenue_low").is_null()).then(alike),
        )
        .cast({"months_since": pl.Int32})
        .select(
            pl.when(pl.col("revenue_reason").is_null()).then(name).alias(name) if name == "revenue_low" else name
            for name in table_schema(TABLE).names()
        )
        .cast(dict(table_schema(TABLE)))  # type: ignore[arg-type]
        .sort(*KEY)
    )


cohorts = Reduction(("orders", "responses"), reduce, finish)


def _divisions(facts: Facts, who: Ints, first: Ints, cohort: Ints) -> Iterator[_Parts]:
    """Whole cohorts, and by each kind of first order and the category of the first answer."""
    yield _Parts(EVERYBODY, [EVERYBODY], np.zeros(len(who), dtype=np.int64), 0)
    for kind in KINDS:
        segments = facts.sales.segments(kind)
        yield _Parts(kind, segments.names, segments.of_row[first], 0)
    category = np.full(facts.people, _UNSURVEYED)
    answers = facts.answers
    early = answers.month <= _by_customer(cohort, who, facts.people)[answers.customer] + LANDMARK
    # Backwards, so that of a customer's answers the first stays.
    category[answers.customer[early][::-1]] = answers.category[early][::-1]
    yield _Parts(CATEGORY, CATEGORIES, category[who], LANDMARK + 1)


def _by_customer(values: Ints, who: Ints, people: int) -> Ints:
    """Values of these customers by number; the least number for all others."""
    made = np.full(people, np.iinfo(np.int32).min, dtype=np.int64)
    made[who] = values
    return made


def _sums(  # noqa: PLR0917
    parts: _Parts,
    age: Ints,
    segment: NDArray[np.integer],
    is_active: NDArray[np.bool_],
    revenue: Ints,
    cents: Ints,
) -> pl.DataFrame:
    """Counts, cents and moments of revenue (in units) of each age and segment with a customer."""
    kinds = len(parts.names)
    cell = age * kinds + segment
    cells = (int(age.max(initial=-1)) + 1) * kinds
    customers = np.bincount(cell, minlength=cells)
    sums = np.zeros((2, cells), dtype=np.int64)
    for total, amounts in zip(sums, (revenue, cents), strict=True):
        np.add.at(total, cell, amounts)
    centre = sums[0] / np.maximum(customers, 1) / 100
    spread = revenue / 100 - centre[cell]
    squared = np.square(spread)
    there = np.flatnonzero(customers)
    columns = {
        "customers": customers,
        "active": np.bincount(cell, weights=is_active, minlength=cells).astype(np.int64),
        "revenue": sums[0],
        "cents": sums[1],
        "squares": np.bincount(cell, weights=squared, minlength=cells),
        "cubes": np.bincount(cell, weights=squared * spread, minlength=cells),
        "has_returned_more": np.bincount(cell, weights=revenue < 0, minlength=cells) > 0,
    }
    return pl.DataFrame({name: values[there] for name, values in columns.items()}).with_columns(
        dimension=pl.lit(parts.dimension),
        segment=pl.Series(np.asarray(parts.names, dtype=object)[there % kinds], dtype=pl.String),
        months_since=pl.Series(there // kinds, dtype=pl.Int64),
    )
