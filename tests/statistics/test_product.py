"""The interval of a product."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipelines.statistics.product import product
from pipelines.statistics.score import quantile


def interval(x, x_error, y, y_error):
    """Product and ends for estimates with normal intervals."""
    z = quantile(0.95)
    frame = pl.DataFrame({"x": x, "y": y}, schema=dict.fromkeys("xy", pl.Float64)).with_columns(
        x_low=pl.col("x") - z * x_error,
        x_high=pl.col("x") + z * x_error,
        y_low=pl.col("y") - z * y_error,
        y_high=pl.col("y") + z * y_error,
    )
    ends = product(
        (pl.col("x"), pl.col("x_low"), pl.col("x_high")), (pl.col("y"), pl.col("y_low"), pl.col("y_high")), 0.95
    )
    return frame.select(end.alias(name) for name, end in zip(("product", "low", "high"), ends, strict=True))


@pytest.mark.parametrize(("x", "x_error", "y", "y_error"), [(5, 1, 100, 15), (20, 2, 50, 20), (1, 1, 100, 10)])
def test_the_interval_holds_the_product(x, x_error, y, y_error):
    """In 93 to 97 of 100 draws, from both factors well known to one that may be zero."""
    draw = np.random.default_rng(7)
    rows = interval(draw.normal(x, x_error, 20_000), x_error, draw.normal(y, y_error, 20_000), y_error)
    held = rows.select(((pl.col("low") <= x * y) & (x * y <= pl.col("high"))).mean()).item()
    assert 0.93 <= held <= 0.97


def test_a_known_factor_only_scales():
    [row] = interval([10.0], 2.0, [3.0], 0.0).rows()
    assert row == pytest.approx((30, 30 - 3 * 2 * quantile(0.95), 30 + 3 * 2 * quantile(0.95)))


def test_null_stays_null():
    assert interval([None], 1.0, [3.0], 1.0).rows() == [(None, None, None)]
