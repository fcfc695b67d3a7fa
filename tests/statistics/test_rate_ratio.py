"""The interval of a segment's representation: the log ratio's, transformed, and its coverage."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import polars as pl
import pytest

from pipelines.statistics.rate_ratio import representation_interval


def bounds(*counts):
    buyers, responded, others, theirs = (pl.lit(n) for n in counts)
    low, high = representation_interval((buyers, responded), (others, theirs), 0.95)
    return pl.select(low=low, high=high).row(0)


def test_the_interval_is_the_transformed_interval_of_the_log_ratio():
    low, high = bounds(200, 40, 300, 120)
    ratio = (40.5 / 200.5) / (120.5 / 300.5)
    error = sqrt(1 / 40.5 - 1 / 200.5 + 1 / 120.5 - 1 / 300.5)
    ends = [exp(log(ratio) + sign * 1.959963984540054 * error) for sign in (-1, 1)]
    assert (low, high) == pytest.approx([end / (0.4 * end + 0.6) for end in ends])
    assert high < 1
    assert bounds(200, 0, 300, 120)[0] > 0
    assert bounds(200, 0, 300, 0) == (None, None)
    assert bounds(500, 40, 0, 0) == (None, None)


def test_the_interval_holds_the_true_representation():
    random = np.random.default_rng(7)
    buyers, others, rate, rest = 150, 350, 0.25, 0.4
    truth = rate / (0.3 * rate + 0.7 * rest)
    answered, theirs = random.binomial(buyers, rate, 4000), random.binomial(others, rest, 4000)
    table = pl.DataFrame({"a": answered, "b": theirs})
    low, high = representation_interval((pl.lit(buyers), pl.col("a")), (pl.lit(others), pl.col("b")), 0.95)
    held = table.select(((low <= truth) & (high >= truth)).mean()).item()
    assert 0.94 < held < 0.965
