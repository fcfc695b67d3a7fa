"""The columns that nps.by_period and nps.by_segment share: the score with its error, and its change.

Here: which column holds which figure. Not here: the formulas (pipelines/statistics) and the counts they read
(counting/count.py).
"""

from __future__ import annotations

import polars as pl

from pipelines.nps.counting.count import EVERY
from pipelines.statistics.adjusted_wald import (
    difference_error,
    difference_interval,
    interval,
    margin_of_error,
    p_value,
    smallest_detectable_change,
)
from pipelines.statistics.design_effect import covariance, design_effects
from pipelines.statistics.own_point import is_reliable
from pipelines.statistics.score import Counts, counts, difference, nps, standard_error

# The standard error of the change.
ERROR = "change_error"


def with_errors(counted: pl.DataFrame, *prefixes: str) -> pl.DataFrame:
    """Add what score_columns and change_columns read: the samples' design effects and the error of the change.

    As columns: inside the expressions of both ends and of the p-value, Polars would plan the error's hundred operations
    again for each, 20 ms of processor.

    Args:
        counted: columns of counting.count.count.
        prefixes: of more samples whose design effect is added.
    """
    sample, previous = counts(clustered=True), counts("previous_", clustered=True)
    return (
        counted.with_columns(design_effects("", "previous_", *prefixes))
        .with_columns(covariance(sample, previous).alias(ERROR))
        .with_columns(difference_error(sample, previous, pl.col(ERROR)).alias(ERROR))
    )


def score_columns(confidence: float, min_responses: int) -> list[pl.Expr]:
    """The columns responses to smallest_detectable_change, from the counts and design effect of a row."""
    sample = counts(clustered=True)
    low, high = interval(sample, confidence)
    return [
        sample.responses.alias("responses"),
        sample.promoters,
        sample.passives,
        sample.detractors,
        nps(sample).alias("nps"),
        standard_error(sample).alias("standard_error"),
        margin_of_error(sample, confidence).alias("margin_of_error"),
        low.alias("nps_low"),
        high.alias("nps_high"),
        enough(sample, min_responses).alias("is_reliable"),
        smallest_detectable_change(sample, confidence).alias("smallest_detectable_change"),
    ]


def every_columns() -> list[pl.Expr]:
    """The columns every_responses and every_nps, from the counts of every answer."""
    sample = counts(EVERY)
    return [sample.responses.alias("every_responses"), nps(sample).alias("every_nps")]


def enough(sample: Counts, min_responses: int) -> pl.Expr:
    """Whether a clustered sample has min_responses answers, and those of ten people: ten equal ones of one are not."""
    design = pl.lit(1.0) if sample.design is None else sample.design
    return is_reliable(sample.responses, min_responses) & is_reliable(sample.responses / design)


def change_columns(confidence: float, min_responses: int) -> list[pl.Expr]:
    """The columns previous_responses to is_change_reliable, from the counts, design effects and error of a row."""
    sample, previous = counts(clustered=True), counts("previous_", clustered=True)
    low, high = difference_interval(sample, previous, confidence, pl.col(ERROR))
    p = p_value(sample, previous, pl.col(ERROR))
    return [
        previous.responses.alias("previous_responses"),
        pl.when(previous.responses > 0).then(nps(previous)).alias("previous_nps"),
        difference(sample, previous).alias("change"),
        low.alias("change_low"),
        high.alias("change_high"),
        p.alias("change_p_value"),
        (p < 1 - confidence).alias("is_significant"),
        pl.when(previous.responses > 0)
        .then(enough(sample, min_responses) & enough(previous, min_responses))
        .alias("is_change_reliable"),
    ]
