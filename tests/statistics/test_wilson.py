"""Wilson's interval of a share."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.statistics.wilson import wilson


def test_wilson():
    low, high = pl.DataFrame({"k": [0, 5, 10], "n": [10, 10, 10]}).select(
        low=wilson(pl.col("k"), pl.col("n"), 0.95)[0], high=wilson(pl.col("k"), pl.col("n"), 0.95)[1]
    )
    assert low.to_list() == pytest.approx([0, 0.2366, 0.7225], abs=1e-4)
    assert high.to_list() == pytest.approx([0.2775, 0.7634, 1], abs=1e-4)
