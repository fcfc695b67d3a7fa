"""Expected revenue by category, calibrated and raw, against the later revenue of simulated shops.

Here: the sum of the categories' errors over shops and hold-outs. Not here: the formula
(tests/value/test_forecasts).
"""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from value.simulated import CLOCK, ZONE, core, draw

from pipelines.periods import Span, Window
from pipelines.settings import Settings
from pipelines.value.at_risk import at_risk

SPAN = Span(Window(date(2024, 2, 1), date(2025, 6, 1)), CLOCK)


@pytest.mark.parametrize(("customers", "seeds", "least"), [(3_000, range(21, 24), 0.4), (500, range(31, 37), 0.0)])
def test_calibrated_categories_are_nearer_to_what_came(customers: int, seeds: range, least: float) -> None:
    result = []
    for seed in seeds:
        orders, responses, _ = core(draw(customers, seed))
        rows = at_risk(orders, responses, span=SPAN, settings=Settings(timezone=ZONE))
        # The outcome of a month's categories is in the hold-out that ends three months later.
        came = rows.select(
            pl.col("month").dt.offset_by("-3mo"), "category", came=pl.col("backtest_actual").cast(pl.Float64)
        )
        result.append(rows.join(came, on=["month", "category"]))
    both = pl.concat(result).drop_nulls(["calibrated_revenue_90d", "came"])
    plain, calibrated = (
        (both[name] - both["came"]).abs().sum() / both["came"].sum()
        for name in ("expected_revenue_90d", "calibrated_revenue_90d")
    )
    print(f"\n{customers} customers: errors by category {plain:.3f}, calibrated {calibrated:.3f}")
    assert calibrated < plain * (1 - least)
