"""value.at_risk: how likely customers of each category have left, and the money that depends on it.

Here: the sums by category, and the recent error of the same forecast. Not here: the customers behind them
(value.customers has the same columns) and the hold-out itself (model_backtest).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.periods import Span, Window, next_month
from pipelines.settings import Settings
from pipelines.value.customer_base import bases, before, total
from pipelines.value.customer_months import ORDERED, Month, customer_months, months_of
from pipelines.value.model_backtest import hold_out
from pipelines.value.money import money
from pipelines.value.purchases import purchase_days
from pipelines.value.valuation import valued_customers
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.at_risk"
SUMS = ("expected_revenue_90d", "revenue_at_risk_90d", "revenue_at_risk_180d")
# Three months are 89 to 92 days.
HOLD_OUT_MONTHS = 3
# Weight of the common ratio, in orders of the hold-out, when a category's own ratio is shrunk towards it.
SHRINKAGE_ORDERS = 50.0


def at_risk(
    orders: pl.LazyFrame,
    responses: pl.LazyFrame,
    models: pl.LazyFrame | None = None,
    *,
    span: Span,
    settings: Settings,
) -> pl.DataFrame:
    """Rows of value.at_risk: churn and money at risk of each category at the month's end.

    Args:
        orders: core.orders.
        responses: core.responses.
        models: value.models, to reuse its fits (see customer_base).
        span: the months to compute.
        settings: uses margins.

    Returns:
        One row per month and category with a customer, by month, promoters first. `backtest_*` compare the forecast of
        three months before with what happened; the open month has those of the last closed one.
        `calibrated_revenue_90d` corrects the categories' shares by that hold-out (see _calibrated).
    """
    rows: list[dict[str, Any]] = []
    for customers in valued_customers(orders, responses, models, span=span, settings=settings):
        for (month, category), group in customers.partition_by("month", "category", as_dict=True).items():
            sums = {name: total(group[name]) for name in SUMS}
            churn = 1 - total(group["probability_alive"]) / group.height
            counted = {"month": month, "category": category, "customers": group.height, "churn_probability": churn}
            rows.append(counted | sums)
    figures = pl.DataFrame(
        rows, schema=table_schema(TABLE, ("month", "category", "customers", "churn_probability", *SUMS))
    )
    past = _past(orders, responses, models, span=span, settings=settings)
    error = pl.col("backtest_expected") / pl.col("actual") - 1.0
    return (
        figures.join(past, on=["month", "category"], how="left")
        .with_columns(actual=pl.col("backtest_actual").cast(pl.Float64))
        # Relative to nothing, an error is undefined.
        .with_columns(backtest_error=pl.when(pl.col("actual") > 0).then(error))
        .sort("month", pl.col("category").cast(ORDERED))
        .with_columns(calibrated_revenue_90d=_calibrated())
        .select(table_schema(TABLE).names())
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


def _past(
    orders: pl.LazyFrame, responses: pl.LazyFrame, models: pl.LazyFrame | None, *, span: Span, settings: Settings
) -> pl.DataFrame:
    """By month, and category three months before: backtest_expected, backtest_actual and the actual orders."""
    columns = ("month", "category", "backtest_expected", "backtest_actual")
    schema = table_schema(TABLE, columns) | {"backtest_orders": pl.Int64}
    # By month: the closed month at whose end its hold-out ends.
    ends = {month: month if month.start != span.clock.open_month else before(month) for month in months_of(span)}
    if not ends:
        return pl.DataFrame(schema=schema)
    origins = sorted({before(end, HOLD_OUT_MONTHS) for end in ends.values()})
    earlier = Span(Window(origins[0].start, next_month(origins[-1].start)), span.clock)
    margins = settings.margins
    days = purchase_days(orders, clock=span.clock, margins=margins).collect(engine="streaming").lazy()
    fits = (empty("value.models").lazy() if models is None else models).collect()
    earlier_bases = bases(days, origins, fits, clock=span.clock)
    parts = [pl.DataFrame(schema=schema)]
    for chunk in customer_months(orders, responses, span=earlier, margins=margins):
        states = chunk.select("month", "customer_id", "category").collect(engine="streaming")
        for origin in states["month"].unique().sort():
            base = next(earlier_bases)
            end = before(base.month, -HOLD_OUT_MONTHS)
            held = hold_out(days, base, end).join(states.filter(pl.col("month") == origin), on="customer_id")
            parts += [_by_category(held, month, schema) for month, its_end in ends.items() if its_end == end]
    return pl.concat(parts)


def _by_category(held: pl.DataFrame, month: Month, schema: dict[str, Any]) -> pl.DataFrame:
    """Forecast and actual figures by category."""
    rows = [
        group.select(
            month=pl.lit(month.start),
            category=pl.col("category").first(),
            backtest_expected=pl.lit(total(group["expected_value"])),
            backtest_actual=money(pl.col("actual_cents").sum()),
            backtest_orders=pl.col("actual_orders").sum(),
        )
        for group in held.partition_by("category")
    ]
    return pl.concat([pl.DataFrame(schema=schema), *rows])
