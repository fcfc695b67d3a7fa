"""loop.answers_needed: how many more answers each kind of buyer needs for the target margin, and what that takes.

Here: answers and invitations still needed, and how many invitations would make up for a thin representation. Not here:
scores, margins and representation (pipelines/nps), and whom to ask (survey_plan.py).
"""

from __future__ import annotations

import polars as pl

from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.statistics.adjusted_wald import ADDED

GRAIN = "trailing_365d"
ALL = "all"
# A margin of fewer answers says little of how much the answers of a segment differ, and a rate of fewer invitations
# little of how many answer: the shop's stands in for the former, and as many invitations at its rate join the latter.
FEW = 10
# The channel of an order is where it was placed, that of an answer how the customer was asked.
CHANNEL = "channel"
KEYS = ("month", "dimension", "segment")


def answers_needed(
    by_period: pl.LazyFrame, by_segment: pl.LazyFrame, coverage: pl.LazyFrame, *, span: Span, settings: Settings
) -> pl.DataFrame:
    """Rows of loop.answers_needed.

    Args:
        by_period: nps.by_period, trailing_365d, stage all.
        by_segment: nps.by_segment of the same.
        coverage: nps.coverage, trailing_365d.
        span: the months to compute.
        settings: target_margin.

    Returns:
        One row per month, dimension and segment of nps.coverage, channels left out. A margin shrinks as the root of the
        answers, the pseudo-answers of the adjusted Wald form included.
    """
    in_span = pl.col("month").is_between(span.months.start, span.months.end, closed="left")
    scores = ["month", "responses", "margin_of_error"]
    whole = by_period.filter(in_span).select(*scores, dimension=pl.lit(ALL), segment=pl.lit(ALL))
    scored = pl.concat([whole, by_segment.filter(in_span).select(*scores, "dimension", "segment")])
    rows = (
        coverage.filter(in_span, pl.col("dimension") != CHANNEL)
        .join(scored, on=KEYS, how="left")
        .with_columns(pl.col("responses").fill_null(0), target_margin=pl.lit(settings.target_margin, pl.Float64))
        .with_columns(total=_total(), rate=_rate())
        .with_columns(answers_needed=(pl.col("total") - pl.col("responses")).clip(0))
        .with_columns(invitations_needed=_ceil(pl.col("answers_needed") / pl.col("rate")))
    )
    missing = pl.col("share_of_buyers") * _of_all("responded") - pl.col("responded")
    to_ask = _ceil(missing.clip(0) / pl.col("rate"))
    is_thin = pl.col("is_under_represented").fill_null(value=False)
    return rows.select(
        *KEYS,
        "buyers",
        "responses",
        "margin_of_error",
        "target_margin",
        "answers_needed",
        pl.col("rate").alias("expected_response_rate"),
        "invitations_needed",
        (pl.col("invitations_needed") <= pl.col("buyers")).alias("is_within_reach"),
        is_thin.alias("is_thin"),
        pl.when(is_thin).then(to_ask.fill_null(0)).otherwise(0).alias("invitations_to_add"),
    ).collect()


def _total() -> pl.Expr:
    """Answers in all that give the target margin."""
    added = sum(ADDED)
    ratio = pl.col("margin_of_error") / pl.col("target_margin")
    own = _ceil((pl.col("responses") + added) * ratio**2 - added)
    return pl.when(pl.col("responses") >= FEW).then(own).otherwise(_of_all(own))


def _rate() -> pl.Expr:
    """Share of the people reached in the year who answer, as if FEW more were reached; null if nobody was invited."""
    overall = _of_all(pl.col("response_rate"))
    answered = (pl.col("response_rate") * pl.col("delivered")).fill_null(0)
    rate = (answered + overall * FEW) / (pl.col("delivered") + FEW)
    return pl.when(rate > 0).then(rate)


def _ceil(number: pl.Expr) -> pl.Expr:
    """Rounded up; 125.00000000000003 is 125."""
    return number.round(9).ceil().cast(pl.Int64)


def _of_all(column: str | pl.Expr) -> pl.Expr:
    """The value of the month's row all/all."""
    expression = pl.col(column) if isinstance(column, str) else column
    return expression.filter(pl.col("dimension") == ALL).first().over("month")
