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
from pipelines.value.money import cents
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


def with_earlier_answers(answers: pl.DataFrame) -> pl.DataFrame:
    """The answers with answers_before, of all answers in order of time."""
    return answers.with_columns(answers_before=pl.col("responded_at").cum_count().over("customer_id") - 1)


def with_covariates(answers: pl.DataFrame, orders: pl.LazyFrame) -> pl.DataFrame:
    """The answers with COVARIATES, as numbers without nulls.

    Args:
        answers: some of `with_earlier_answers`, read by ONLY, in order of time.
        orders: core.orders, read by ONLY.
    """
    sold = orders.with_columns(utc("ordered_at", "delivered_at"))
    late = sold.select("order_id", "days_late", "delivered_at").drop_nulls("order_id")
    numbered = answers.with_row_index("place")
    rows = (
        numbered.lazy()
        .join(_bought(numbered.lazy(), sold), on="place", how="left")
        .join(late, on="order_id", how="left")
        .sort("place")
        .collect()
    )
    days = (pl.col("responded_at") - pl.col("ordered_at")).dt.total_seconds() / 86_400
    is_late = (pl.col("days_late") > 0) & (pl.col("delivered_at") <= pl.col("responded_at"))
    return rows.with_columns(
        pl.col("score", "has_comment", "is_after_delivery").cast(pl.Float64),
        pl.col("answers_before").cast(pl.Float64).log1p(),
        is_late=is_late.fill_null(value=False).cast(pl.Float64),
        orders_before=pl.col("orders").fill_null(0).cast(pl.Float64).log1p(),
        spent_before=(pl.col("spent").fill_null(0) * 0.01).log1p(),
        days_since_order=days.fill_null(LONGEST_DAYS).clip(0, LONGEST_DAYS).log1p(),
    )


def _bought(answers: pl.LazyFrame, sold: pl.LazyFrame) -> pl.LazyFrame:
    """By place of an answer with an earlier order: how many, the last one, and cents spent in the SPENT_DAYS before.

    Every order of the customer beside the answer, filtered and summed: half the cost of running sums over all orders.
    """
    recent = pl.col("ordered_at") > pl.col("responded_at") - timedelta(days=SPENT_DAYS)
    amount = cents(pl.col("gross"))
    return (
        answers.select("place", "customer_id", "responded_at")
        .join(sold.select("customer_id", "ordered_at", gross=amount).filter(pl.col("gross") >= 0), on="customer_id")
        .filter(pl.col("ordered_at") <= pl.col("responded_at"))
        .group_by("place")
        .agg(
            orders=pl.len(),
            spent=pl.when(recent).then("gross").otherwise(0).sum(),
            ordered_at=pl.col("ordered_at").max(),
        )
    )


def matrix(rows: pl.DataFrame) -> NDArray[np.float64]:
    """The covariates as a row per answer."""
    return rows.select(COVARIATES).to_numpy()
