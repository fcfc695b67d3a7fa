"""value.at_risk: how likely customers of each category are to order nothing for a year, and the money at risk.

Here: the sums by category, and the recent error of the same forecasts. Not here: the customers behind them
(value.customers has the same columns), the year's forecast (year_ahead.py) and the hold-out of three months
(month_end.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from pipelines.settings import Settings
from pipelines.value.customer_base import total
from pipelines.value.facts import CATEGORIES, ORDERED
from pipelines.value.money import money
from pipelines.value.month_end import MonthEnd
from pipelines.value.months import Month, before
from pipelines.value.reduction import Reduction
from pipelines.value.year_ahead import YearAhead, expected_silent
from pipelines.warehouse.tables import table_schema

TABLE = "value.at_risk"
SUMS = ("expected_revenue_90d", "revenue_at_risk_90d", "revenue_at_risk_180d", "calibrated_at_risk_90d")
# Three months are 89 to 92 days.
HOLD_OUT_MONTHS = 3
# The year before the month, and the one before that, by which the forecast of a year ago was calibrated.
YEARS = (12, 24)
# Weight of the common ratio, in orders of the hold-out, when a category's own ratio is shrunk towards it.
SHRINKAGE_ORDERS = 50.0


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """The sums of a month, and those of the hold-outs that begin with its end: columns of later months."""
    if not end.people.height:
        return
    if end.is_wanted:
        yield _sums(end)
    if later := _ending(end, HOLD_OUT_MONTHS):
        held = _by_category(end.held_out(HOLD_OUT_MONTHS))
        yield from (held.with_columns(month=pl.lit(month.start)) for month in later)
    if (year := end.year_ahead) is not None:
        shares = _shares(year)
        yield from (shares.with_columns(month=pl.lit(month.start)) for month in _ending(end, YEARS[0]))


def finish(months: Sequence[pl.DataFrame], _settings: Settings) -> pl.DataFrame:
    """Rows of value.at_risk: churn and money at risk of each category at the month's end.

    Returns:
        One row per month and category with a customer, by month, promoters first. `backtest_*` compare the forecast of
        three months before with what happened, `churn_*_before` that of a year before; the open month has those of the
        last closed one. `calibrated_revenue_90d` corrects the categories' shares by the former (see _calibrated).
    """
    now, past, year = (
        pl.concat([pl.DataFrame(schema=schema), *(frame.select(*schema) for frame in months if column in frame)])
        for schema, column in (
            (_now(), "churn_probability"),
            (_past(), "backtest_orders"),
            (_year(), "churn_actual_before"),
        )
    )
    error = pl.col("backtest_expected") / pl.col("actual") - 1.0
    return (
        now.join(past, on=["month", "category"], how="left")
        .join(year, on=["month", "category"], how="left")
        .with_columns(actual=pl.col("backtest_actual").cast(pl.Float64))
        # Relative to nothing, an error is undefined.
        .with_columns(backtest_error=pl.when(pl.col("actual") > 0).then(error))
        .sort("month", pl.col("category").cast(ORDERED))
        .with_columns(calibrated_revenue_90d=_calibrated())
        .select(table_schema(TABLE).names())
    )


at_risk = Reduction(
    ("orders", "responses", "models"), reduce, finish, held_out=(HOLD_OUT_MONTHS, *YEARS), also_open=True
)


def _ending(end: MonthEnd, months: int) -> list[Month]:
    """The wanted months with whose end a hold-out of this length ends; the open month has that of the last closed."""
    ends, open_month = before(end.month, -months).start, end.facts.clock.open_month
    return [month for month in end.wanted if (before(month) if month.start == open_month else month).start == ends]


def _now() -> dict[str, Any]:
    """What a month says of itself."""
    return dict(table_schema(TABLE, ("month", "category", "customers", "churn_probability", *SUMS)))


def _past() -> dict[str, Any]:
    """What the hold-out says that ends with a month."""
    columns = ("month", "category", "backtest_expected", "backtest_actual")
    return table_schema(TABLE, columns) | {"backtest_orders": pl.Int64}


def _year() -> dict[str, Any]:
    """What the year says that ends with a month."""
    return dict(table_schema(TABLE, ("month", "category", "churn_expected_before", "churn_actual_before")))


def _sums(end: MonthEnd) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    churn = dict(zip(CATEGORIES, expected_silent(end.base, end.off).tolist(), strict=True))
    for (category,), group in end.valued.partition_by("category", as_dict=True).items():
        sums = {name: total(group[name]) for name in SUMS}
        counted = {"month": end.month.start, "category": category, "customers": group.height}
        rows.append(counted | {"churn_probability": churn[str(category)]} | sums)
    return pl.DataFrame(rows, schema=_now())


def _shares(year: YearAhead) -> pl.DataFrame:
    """Shares without an order in the year, of the categories with a customer at its start."""
    columns = {"churn_expected_before": year.expected, "churn_actual_before": year.actual}
    return pl.DataFrame({"category": CATEGORIES} | columns).filter(pl.Series(year.customers > 0))


def _by_category(held: pl.DataFrame) -> pl.DataFrame:
    """Forecast and actual figures of a hold-out by category at its start."""
    return pl.concat(
        [
            group.select(
                category=pl.col("category").first().cast(pl.String),
                backtest_expected=pl.lit(total(group["expected_value"])),
                backtest_actual=money(pl.col("actual_cents").sum()),
                backtest_orders=pl.col("actual_orders").sum(),
            )
            for group in held.partition_by("category")
        ]
    )


def _calibrated() -> pl.Expr:
    """The expected revenue of 90 days with the categories' shares corrected by the hold-out; the total is unchanged.

    The models do not know the category. Each category's ratio of actual to expected revenue is shrunk towards the
    common ratio with the weight of SHRINKAGE_ORDERS; today's expectation is multiplied by it and scaled back to the
    month's total, because the level depends on the season and the differences between categories do not. Null without
    a hold-out.
    """

    def of_all(values: pl.Expr) -> pl.Expr:
        return values.sum().over("month")

    expected, actual, orders = (
        pl.col(name).fill_null(0).clip(lower_bound=0) for name in ("backtest_expected", "actual", "backtest_orders")
    )
    weight = SHRINKAGE_ORDERS * of_all(actual) / of_all(orders)
    ratio = (actual + weight * of_all(actual) / of_all(expected)) / (expected + weight)
    now = pl.col("expected_revenue_90d")
    is_measured = (of_all(actual) > 0) & (of_all(expected) > 0) & (of_all(orders) > 0) & (of_all(now) > 0)
    return pl.when(is_measured).then(now * ratio * (of_all(now) / of_all(now * ratio)))
