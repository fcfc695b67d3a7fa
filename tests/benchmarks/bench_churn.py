"""Who orders nothing in the year ahead, and how many orders the others place, expected and actual, shop by shop.

Here: how many simulated shops have the share without an order of every category within 5 points, and how many 90 %
intervals of single customers hold. Not here: the shops (tests/value/churned.py). NORTHSTAR_TEST_SEEDS shops are drawn
(8 by default, 100 for the full run).
"""

from __future__ import annotations

import os

import numpy as np
import polars as pl
import pytest
from value.churned import POINTS, base_and_year, churn, held_by_decile

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


def test_intervals_of_orders_hold() -> None:
    drawn = [held_by_decile(*base_and_year(seed, 5_000), weeks=365 / 7) for seed in range(SEEDS)]
    plain, broken = np.mean(drawn, axis=0)
    print(
        f"\n90 % intervals by tenth, fewest first: {np.round(100 * plain, 1)}, ties broken {np.round(100 * broken, 1)}"
    )
    assert plain.min() > 0.88
    assert broken.min() > 0.87
    assert broken.max() < 0.96
