"""Intervals against the planted truth of the simulated shop: a few small shops; bench_value_truth draws a hundred.

Here: the planted figures of a large shop, computed independently of pipelines.value, and how often intervals cover
them.
"""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from value.simulated import ANSWERS, CLOCK, HORIZONS, ZONE, Planted, core, draw

from pipelines.periods import Span, Window
from pipelines.settings import Settings
from pipelines.value.after_answer import after_answer
from pipelines.value.by_category import by_category
from pipelines.value.facts import CATEGORIES
from pipelines.value.promoter_value import promoter_value
from pipelines.value.repurchase import repurchase

# Means of shops of 300,000 customers (bench_value_truth draws them again): promoter, passive, detractor, unsurveyed.
PLANTED = {
    "historic_value": (440.23, 180.74, 106.51, 85.80),
    "referral_value": (72.35, 17.51, 6.57, 39.46),
    "total_value": (512.59, 198.25, 113.08, 125.26),
    "revenue": (251.76, 66.89, 20.92),
    "repurchase_30": (0.4519, 0.1595, 0.0519),
    "repurchase_60": (0.6152, 0.2638, 0.0919),
    "repurchase_90": (0.6964, 0.3347, 0.1233),
    "repurchase_180": (0.7927, 0.4580, 0.1902),
    "repurchase_365": (0.8356, 0.5488, 0.2589),
}
SMALL = 1_000
SPAN = Span(Window(date(2025, 6, 1), date(2025, 7, 1)), CLOCK)
SETTINGS = Settings(timezone=ZONE)
FEW = range(10)


def intervals(seed: int, customers: int = SMALL) -> pl.DataFrame:
    """Every interval of a shop: figure (with the days of a horizon), category, low, high."""
    orders, responses, referrals = core(draw(customers, seed))
    given = {"span": SPAN, "settings": SETTINGS}
    own = by_category(orders, responses, **given)
    worth = promoter_value(orders, responses, referrals, **given)
    spent = after_answer(orders, responses, referrals, **given).filter(pl.col("score").is_null())
    again = repurchase(orders, responses, **given).filter(pl.col("score").is_null())

    def named(rows: pl.DataFrame, name: str, figure: str | pl.Expr) -> pl.DataFrame:
        called = pl.lit(figure) if isinstance(figure, str) else figure
        return rows.select(called.alias("figure"), "category", low=f"{name}_low", high=f"{name}_high")

    parts = [named(own, "historic_value", "historic_value"), named(spent, "revenue", "revenue")]
    parts += [named(worth, name, name) for name in ("referral_value", "total_value")]
    parts.append(named(again, "rate", pl.format("repurchase_{}", "horizon_days")))
    return pl.concat(parts).with_columns(seed=pl.lit(seed))


def held(measured: pl.DataFrame, planted: dict[str, tuple[float, ...]]) -> pl.DataFrame:
    """By figure and category: shops, and how many of their intervals cover the planted figure; a null one does not."""
    truth = pl.DataFrame(
        [(name, CATEGORIES[n], value) for name, values in planted.items() for n, value in enumerate(values)],
        schema={"figure": pl.String, "category": pl.String, "truth": pl.Float64},
        orient="row",
    )
    inside = pl.col("truth").is_between("low", "high").fill_null(value=False)
    both = measured.join(truth, on=["figure", "category"])
    return both.group_by("figure", "category").agg(pl.len().alias("shops"), inside.sum().alias("held")).sort(pl.all())


def by_horizon(shares) -> dict[str, tuple[float, ...]]:
    """Planted shares by horizon and category, in the form of PLANTED."""
    return {f"repurchase_{days}": tuple(row) for days, row in zip(HORIZONS, shares, strict=True)}


@pytest.mark.slow
def test_intervals_hold_what_was_planted_in_most_small_shops():
    table = held(pl.concat([intervals(seed) for seed in FEW]), PLANTED)
    assert table.height == 3 * len(CATEGORIES) + len(ANSWERS) * (1 + len(HORIZONS))
    assert table["shops"].to_list() == [len(FEW)] * table.height
    # At 95 % coverage, 6 of 10 misses happen once in 15,000 times. The figures of a shop share its customers and miss
    # together, so ten shops are worth less than three hundred intervals. The benchmark asks for 88 of a hundred each.
    assert table["held"].min() >= 6
    assert table["held"].sum() >= 0.8 * table["shops"].sum()


def test_the_planted_figures_of_a_large_shop():
    """Within three standard errors of a shop of 30,000 customers: 15 %, or 45 % for referred money.

    The benchmark draws ten times as many customers.
    """
    large = Planted(draw(30_000, 10_003))
    worth = large.worth() | {"revenue": large.after_answer()} | by_horizon(large.product_limit())
    worth["historic_value"] = worth.pop("own_value")
    for name, values in PLANTED.items():
        assert list(worth[name]) == pytest.approx(values, rel=0.45 if name == "referral_value" else 0.15)
