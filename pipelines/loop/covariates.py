"""What was known of a customer when they answered.

Here: the covariates of uplift.py, each as of the answer. Not here: what the answers' outcomes are (outcomes.py).
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.loop import outcomes
from pipelines.loop.holdout import DRAW
from pipelines.value.months import utc

COVARIATES = (
    "score",
    "is_late",
    "is_after_delivery",
    "has_comment",
    "answers_before",
    "orders_before",
    "spent_before",
    "days_since_order",
)
# What the customer spent in as many days before the answer; the ranking by it stands for value at risk, which is not
# kept of days gone by.
SPENT_DAYS = 365
SPENT = "spent_before"
# Of who never ordered.
LONGEST_DAYS = 3650
READS = outcomes.READS
_ANSWERS = (
    "hash(customer_id) AS customer_id, category, responded_at, response_date, score, "
    "comment IS NOT NULL AS has_comment, "
    f"stage = 'post_delivery' AS is_after_delivery, hash(order_id) AS order_id, {DRAW}"
)
ONLY = {
    **outcomes.ONLY,
    "core.responses": (f"hash(response_id) AS response_id, {_ANSWERS}", "customer_id IS NOT NULL"),
    "core.orders": (
        "hash(order_id) AS order_id, hash(customer_id) AS customer_id, ordered_at, gross, days_late, delivered_at",
        outcomes.ONLY["core.orders"][1],
    ),
}
# The same with the id of every answer as it is published.
NAMED = {**ONLY, "core.responses": (f"response_id AS name, {ONLY['core.responses'][0]}", "customer_id IS NOT NULL")}


def with_covariates(answers: pl.DataFrame, orders: pl.LazyFrame) -> pl.DataFrame:
    """The answers with COVARIATES, as numbers without nulls.

    Args:
        answers: of outcomes.answered_again, read by ONLY: all of each customer, in order of time.
        orders: core.orders, read by ONLY.
    """
    sold = orders.with_columns(utc("ordered_at", "delivered_at"), pl.col("gross").cast(pl.Float64)).collect()
    bought = (
        sold.filter(pl.col("gross") >= 0)
        .sort("ordered_at")
        .select(
            "customer_id",
            "ordered_at",
            orders=pl.col("ordered_at").cum_count().over("customer_id"),
            spent=pl.col("gross").cum_sum().over("customer_id"),
        )
    )
    late = sold.select("order_id", "days_late", "delivered_at").drop_nulls("order_id")
    rows = (
        answers.with_columns(
            a_year_before=pl.col("responded_at") - timedelta(days=SPENT_DAYS),
            answers_before=pl.col("responded_at").cum_count().over("customer_id") - 1,
        )
        .join(late, on="order_id", how="left", maintain_order="left")
        .join_asof(bought, left_on="responded_at", right_on="ordered_at", by="customer_id", check_sortedness=False)
        .join_asof(
            bought.select("customer_id", "spent", earlier_at="ordered_at"),
            left_on="a_year_before",
            right_on="earlier_at",
            by="customer_id",
            suffix="_earlier",
            check_sortedness=False,
        )
    )
    days = (pl.col("responded_at") - pl.col("ordered_at")).dt.total_seconds() / 86_400
    is_late = (pl.col("days_late") > 0) & (pl.col("delivered_at") <= pl.col("responded_at"))
    spent = pl.col("spent").fill_null(0.0) - pl.col("spent_earlier").fill_null(0.0)
    return rows.with_columns(
        pl.col("score", "has_comment", "is_after_delivery").cast(pl.Float64),
        pl.col("answers_before").cast(pl.Float64).log1p(),
        is_late=is_late.fill_null(value=False).cast(pl.Float64),
        orders_before=pl.col("orders").fill_null(0).cast(pl.Float64).log1p(),
        spent_before=spent.clip(lower_bound=0).log1p(),
        days_since_order=days.fill_null(LONGEST_DAYS).clip(0, LONGEST_DAYS).log1p(),
    )


def matrix(rows: pl.DataFrame) -> NDArray[np.float64]:
    """The covariates as a row per answer."""
    return rows.select(COVARIATES).to_numpy()
