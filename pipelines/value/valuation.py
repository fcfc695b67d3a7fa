"""Every customer's state at a month's end together with what the models expect of them.

Here: the join of the two, and the value made of them: expected orders times expected money, discounted week by week.
Not here: the state (customer_months), the models (customer_base) and the tables' own columns.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.value.customer_base import bases, score
from pipelines.value.customer_months import customer_months, months_of
from pipelines.value.models import SCHEMA as MODELS
from pipelines.value.purchases import purchase_days

DAYS_AHEAD = (90, 180)


def horizon_weeks(months: int) -> int:
    """Whole weeks in so many months: 52 in twelve."""
    return round(months * 52 / 12)


def valued_customers(
    orders: pl.LazyFrame,
    responses: pl.LazyFrame,
    models: pl.LazyFrame | None,
    *,
    span: Span,
    settings: Settings,
) -> Iterator[pl.DataFrame]:
    """The customers of each month with a customer, in order of the months.

    Args:
        orders: core.orders.
        responses: core.responses.
        models: value.models, whose fits are reused where they are those of the same histories; None makes all anew.
        span: the months wanted.
        settings: uses margins, horizon_months and discount_rate.

    Yields:
        The columns of customer_months and: probability_alive; expected_orders over the horizon; expected_order_value;
        predicted_value, discounted; lifetime_value, that and what was brought so far; expected_revenue_90d (and _180d),
        not discounted; revenue_at_risk_90d and _180d: what would be expected of the customer beyond that if it were
        certain that they are still one. Money in units, not cents.
    """
    margins = settings.margins
    orders, responses = _numbered(orders), _numbered(responses)
    days = purchase_days(orders, clock=span.clock, margins=margins).collect(engine="streaming").lazy()
    kept = (MODELS.to_frame().lazy() if models is None else models).collect()
    weeks = horizon_weeks(settings.horizon_months)
    ahead = {"expected_orders": float(weeks)} | {f"orders_{days}d": days / 7 for days in DAYS_AHEAD}
    known = bases(days, months_of(span), kept, clock=span.clock)
    for chunk in customer_months(orders, responses, span=span, margins=margins):
        states = chunk.collect(engine="streaming")
        for month in states["month"].unique().sort():
            base = next(known)
            scores = score(base, weeks=ahead, horizon_weeks=weeks, annual_rate=settings.discount_rate)
            told = states.filter(pl.col("month") == month).join(_values(scores), on="customer_id")
            yield told.with_columns(pl.col("customer_id").cast(pl.String))


def _numbered(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The rows with their customers as categories: they are grouped and joined half a dozen times."""
    return rows.with_columns(pl.col("customer_id").cast(pl.Categorical)).collect().lazy()


def _values(scores: pl.DataFrame) -> pl.DataFrame:
    """Money made of expected orders."""
    money, alive = pl.col("expected_order_value"), pl.col("probability_alive")
    return scores.select(
        "customer_id",
        "probability_alive",
        "expected_orders",
        "expected_order_value",
        predicted_value=pl.col("discounted_orders") * money,
        **{f"expected_revenue_{days}d": pl.col(f"orders_{days}d") * money for days in DAYS_AHEAD},
        **{f"revenue_at_risk_{days}d": pl.col(f"orders_{days}d_alive") * (1.0 - alive) * money for days in DAYS_AHEAD},
    )
