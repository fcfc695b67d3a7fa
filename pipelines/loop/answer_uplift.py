"""loop.answer_uplift: how much likelier each customer comes round if followed up.

Here: the rows of one table, from the fit of each month. Not here: the fit, and how good it is (uplift.py).
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from pipelines.loop.covariates import matrix, with_covariates, with_earlier_answers
from pipelines.loop.followed_up import QUEUE_DAYS
from pipelines.loop.outcomes import answered_again, first_of_each, known_until
from pipelines.loop.uplift import compared_by
from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.statistics.uplift import fit, predict
from pipelines.value.months import months_of
from pipelines.warehouse.tables import empty, table_schema

TABLE = "loop.answer_uplift"


def answer_uplift(
    responses: pl.LazyFrame,
    urgent: pl.LazyFrame,
    follow_ups: pl.LazyFrame,
    orders: pl.LazyFrame,
    *,
    span: Span,
    settings: Settings,
) -> pl.DataFrame:
    """Rows of loop.answer_uplift.

    Args:
        responses: core.responses, as covariates.NAMED reads it; of this and the others all history.
        urgent: core.response_topics.
        follow_ups: core.follow_ups.
        orders: core.orders.
        span: the months to compute, and the clock.
        settings: follow_up_holdout, timezone.

    Returns:
        One row per month and answer of a detractor or passive that may be in its queue and is not held out; none
        where too few customers were held out.
    """
    answers = with_earlier_answers(answered_again(responses, urgent, follow_ups, settings=settings))
    rows = with_covariates(answers.filter(pl.col("category") != "promoter"), orders)
    drawn = first_of_each(rows.filter(pl.col("holdout_share") > 0))
    tables = [empty(TABLE)]
    for month in months_of(span):
        compared = compared_by(drawn, known_until(span.clock, month.end))
        if not compared.is_enough:
            continue
        fitted = fit(matrix(compared.rows), compared.followed, compared.outcome, compared.probability)
        first = month.start - timedelta(days=QUEUE_DAYS)
        queued = rows.filter(
            pl.col("response_date").is_between(first, month.end, closed="left"), ~pl.col("is_held_out")
        )
        # Rounded, so that a digit beyond what is known does not order a queue.
        moved = pl.Series(predict(fitted, matrix(queued))).clip(-1, 1).round(4)
        tables.append(queued.select(month=pl.lit(month.start), response_id="name", uplift=moved))
    return pl.concat(tables).cast(dict(table_schema(TABLE)))  # type: ignore[arg-type]
