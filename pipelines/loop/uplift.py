"""loop.uplift: how good the rankings of the queue are, by what is gained if only the first of each are followed up.

Here: the customers compared, the fit to them, the rows of one table. Not here: the formulas (statistics/uplift.py,
statistics/qini.py), the covariates (covariates.py), each open answer's uplift (answer_uplift.py).

Compared are detractors and passives of the draw, each once per category (see effect.py), by whether the next answer is
of a better category. Below FEWEST held-out customers with an outcome nothing is fitted.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.loop.covariates import SPENT, matrix, with_covariates, with_earlier_answers
from pipelines.loop.effect import known
from pipelines.loop.outcomes import answered_again, first_of_each, known_until
from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.statistics import qini
from pipelines.statistics.uplift import cross_fitted
from pipelines.value.months import months_of
from pipelines.warehouse.tables import empty, table_schema

TABLE = "loop.uplift"
# Held-out customers with an outcome, for a fit.
FEWEST = 200
TOO_FEW = f"fewer than {FEWEST} held-out customers with an outcome"
RANKINGS = ("uplift", "value_at_risk")
TENTHS = 10
_FOLDS = 10


class Compared(NamedTuple):
    """Customers of the draw with a known outcome: a row of covariates, the arm, the outcome and the probability."""

    rows: pl.DataFrame
    followed: NDArray[np.bool_]
    outcome: NDArray[np.float64]
    probability: NDArray[np.float64]

    @property
    def is_enough(self) -> bool:
        """Whether enough were held out for a fit."""
        return int((~self.followed).sum()) >= FEWEST


def uplift(
    responses: pl.LazyFrame,
    urgent: pl.LazyFrame,
    follow_ups: pl.LazyFrame,
    orders: pl.LazyFrame,
    *,
    span: Span,
    settings: Settings,
) -> pl.DataFrame:
    """Rows of loop.uplift.

    Args:
        responses: core.responses, as covariates.ONLY reads it; of this and the others all history.
        urgent: core.response_topics.
        follow_ups: core.follow_ups.
        orders: core.orders.
        span: the months to compute, and the clock.
        settings: follow_up_holdout, timezone.

    Returns:
        Ten rows per month and ranking, or one with a reason; none in months without a customer of the draw.
    """
    answers = answered_again(responses, urgent, follow_ups, settings=settings)
    drawn = drawn_with_covariates(answers, orders)
    months = [_month(drawn, month.start, known_until(span.clock, month.end)) for month in months_of(span)]
    return pl.concat([empty(TABLE), *months])


def drawn_with_covariates(answers: pl.DataFrame, orders: pl.LazyFrame) -> pl.DataFrame:
    """The first answer of each customer and category that may be better next time, of those drawn."""
    rows = with_earlier_answers(answers).filter(pl.col("category") != "promoter")
    return with_covariates(first_of_each(rows.filter(pl.col("holdout_share") > 0)), orders)


def compared_by(drawn: pl.DataFrame, until: datetime) -> Compared:
    """Those whose outcome is known by an instant."""
    rows = known(drawn, "recovered", until)
    return Compared(
        rows, ~rows["is_held_out"].to_numpy(), rows["value"].to_numpy(), 1 - rows["holdout_share"].to_numpy()
    )


def rankings(compared: Compared) -> dict[str, NDArray[np.float64]]:
    """What each ranking orders the customers by; uplift by fits without the customer.

    Each fold has a fit of its own, so its customers are ranked among themselves: a fold in which follow-up happened to
    do much is left out of its own fit, which therefore finds less.
    """
    fold = (compared.rows["customer_id"] // 256 % _FOLDS).cast(pl.Int64)
    apart = cross_fitted(
        matrix(compared.rows), compared.followed, compared.outcome, compared.probability, fold.to_numpy()
    )
    place = pl.col("apart").rank("average").over("fold") / pl.len().over("fold")
    ranked = pl.DataFrame({"apart": apart.round(6), "fold": fold}).select(place).to_series()
    return dict(zip(RANKINGS, (ranked.to_numpy(), compared.rows[SPENT].to_numpy()), strict=True))


def _month(drawn: pl.DataFrame, month: date, until: datetime) -> pl.DataFrame:
    compared = compared_by(drawn, until)
    if not compared.rows.height:
        return empty(TABLE)
    counted = {"month": month, "customers": len(compared.followed), "held_out": int((~compared.followed).sum())}
    if not compared.is_enough:
        lines = [{**counted, "ranking": ranking, "tenth": TENTHS, "reason": TOO_FEW} for ranking in RANKINGS]
        return pl.DataFrame(lines, schema=table_schema(TABLE))
    gained = qini.gains(matrix(compared.rows), compared.followed, compared.outcome, compared.probability)
    lines = [
        {**counted, "ranking": ranking, "tenth": tenth, "gain": gain, "qini": qini.coefficient(order, gained)}
        for ranking, order in rankings(compared).items()
        for tenth, gain in enumerate(qini.curve(order, gained, TENTHS), 1)
    ]
    return pl.DataFrame(lines, schema=table_schema(TABLE))
