"""Size of the test between categories, with customers who answer often.

Here: the share of p-values below 0.05 among equal groups, beside the ordinary log-rank test's. Not here: the formula
(tests/statistics/test_survival.py).
"""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.statistics.survival import clustered_log_rank, log_rank
from tests.statistics.test_survival import followed

SHOPS = 1_000


@pytest.mark.parametrize(("customers", "answers"), [(300, 1), (150, 4), (40, 6)])
def test_equal_groups_differ_in_one_of_twenty(customers: int, answers: int) -> None:
    shops = pl.concat(
        [followed(customers, seed, answers).with_columns(month=pl.lit(seed, dtype=pl.Int32)) for seed in range(SHOPS)]
    )
    ends = [pl.col("is_event").sum().cast(pl.Int64).alias("events"), (~pl.col("is_event")).sum().alias("censored")]
    counts = shops.group_by("month", "category", "day").agg(ends).with_columns(pl.col("censored").cast(pl.Int64))
    ordinary = (log_rank(counts, "category", ["month"])["p_value"] < 0.05).mean()
    result = (clustered_log_rank(shops, "category", ["month"], cluster="customer_id")["p_value"] < 0.05).mean()
    print(f"\n{customers} customers with {answers} answers: {result:.3f}, without customers {ordinary:.3f}")
    # Three standard errors of a share of 0.05 in SHOPS draws are 0.02.
    assert 0.02 < result < 0.07
