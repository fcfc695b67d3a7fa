"""Expected against actual share of customers without an order in the year ahead, by category, shop by shop.

Here: how many simulated shops have every category within 5 points, and the errors. Not here: the shops
(tests/value/churned.py). NORTHSTAR_TEST_SEEDS shops are drawn (8 by default, 100 for the full run).
"""

from __future__ import annotations

import os

import numpy as np
import polars as pl
import pytest
from value.churned import POINTS, churn

SEEDS = int(os.environ.get("NORTHSTAR_TEST_SEEDS", "8"))


@pytest.mark.parametrize(("customers", "least"), [(5_000, 0.9), (1_000, 0.4)])
def test_categories_are_within_five_points(customers: int, least: float) -> None:
    rows = pl.concat([churn(seed, customers).with_columns(seed=pl.lit(seed)) for seed in range(SEEDS)])
    rows = rows.with_columns(off=pl.col("churn_expected_before") - pl.col("churn_actual_before"))
    by_shop = rows.group_by("seed").agg(pl.col("off").abs().max())
    within = int((by_shop["off"] <= POINTS).sum())
    off = pl.col("off") * 100
    by_category = rows.group_by("category", maintain_order=True).agg(
        mean_error=off.mean().round(2),
        root_mean_square=off.pow(2).mean().sqrt().round(2),
        within=(off.abs() <= 100 * POINTS).sum(),
        actual=pl.col("churn_actual_before").mean().round(3),
    )
    print(f"\n{customers} customers: every category within 5 points in {within} of {SEEDS} shops\n{by_category}")
    assert within >= np.floor(least * SEEDS) - (SEEDS < 50)
