"""Intervals of value against the simulated shop's truth, shop by shop; and whether a fit by category would help.

Here: how often the published intervals cover the planted figures (those of lifetime value, the shop's own latent ones),
and the hold-out error of a fit by category and of the common one. Not here: the simulator.
NORTHSTAR_TEST_SEEDS shops are drawn (8 by default, 100 for the full run).
"""

from __future__ import annotations

import os
from datetime import date

import numpy as np
import polars as pl
import pytest
from value.simulated import CLOCK, ZONE, Planted, core, draw
from value.test_value_planted import PLANTED, by_horizon, held, intervals

from pipelines.calibrate.truth import lifetime_value
from pipelines.periods import Span, Window, next_month
from pipelines.settings import Settings
from pipelines.simulate.world import World
from pipelines.value.by_category import by_category
from pipelines.value.customer_base import Base, model_of
from pipelines.value.facts import Facts
from pipelines.value.histories import distinct_of
from pipelines.value.model_choice import past_of
from pipelines.value.month_end import Walk, hold_out
from pipelines.value.months import Month, before
from pipelines.value.sources import Frames, facts_of
from pipelines.warehouse.tables import empty

SEEDS = int(os.environ.get("NORTHSTAR_TEST_SEEDS", "8"))
CUSTOMERS, LARGE = 2_000, 300_000


def shop(seed: int) -> tuple[World, pl.LazyFrame, pl.LazyFrame]:
    """A simulated shop, and its tables of core."""
    world = draw(CUSTOMERS, seed)
    return world, *core(world)[:2]


def people_at(orders: pl.LazyFrame, responses: pl.LazyFrame, at: Month) -> tuple[Facts, pl.DataFrame, Base]:
    """The facts of a shop, its customers at a month's end with their ids, and their base."""
    facts = facts_of(Frames({"orders": orders, "responses": responses}), clock=CLOCK)
    end = next(end for end in Walk(facts, [at], Settings(timezone=ZONE)).ends() if end.month == at)
    people = end.people.with_columns(facts.names.gather(end.people["customer_id"]), pl.col("category").cast(pl.String))
    return facts, people, end.base


def month(start: date) -> Span:
    return Span(Window(start, next_month(start)), CLOCK)


def test_lifetime_intervals_hold_the_planted_truth() -> None:
    held: dict[str, list[bool]] = {}
    bias: dict[str, list[float]] = {}
    for seed in range(SEEDS):
        world, orders, responses = shop(seed)
        span = month(CLOCK.open_month)
        result = by_category(orders, responses, span=span, settings=Settings(timezone=ZONE))
        both = result.join(lifetime_value(world), on="category")
        inside = both["truth"].is_between(both["lifetime_value_low"], both["lifetime_value_high"])
        for category, holds in zip(both["category"], inside, strict=True):
            held.setdefault(category, []).append(holds)
        for category, off in zip(both["category"], both["lifetime_value"] / both["truth"] - 1, strict=True):
            bias.setdefault(category, []).append(off)
    for category, each in held.items():
        print(f"{category}: truth inside in {sum(each)} of {len(each)} shops, off by {np.mean(bias[category]):+.1%}")
    # The planted satisfaction drives both the answer and future purchases, of which the models see the past ones
    # only: what they expect of detractors and passives is drawn to all customers and too high. The interval is that of
    # a mean over customers and cannot know; value.at_risk.backtest_error shows it by category.
    least = 0.88 if SEEDS >= 50 else 0.6
    assert sum(held["promoter"]) >= least * SEEDS
    for category, most in (("promoter", 0.1), ("passive", 0.2), ("detractor", 0.35), ("unsurveyed", 0.2)):
        assert abs(np.mean(bias[category])) < most


def test_intervals_hold_the_planted_figures() -> None:
    """Intervals of own value, referral value, both, money after the answer and repurchase: shops of 1,000 customers."""
    large = Planted(draw(LARGE, 10_001))
    worth = large.worth() | {"revenue": large.after_answer()}
    worth["historic_value"] = worth.pop("own_value")
    planted = {name: tuple(map(float, values)) for name, values in worth.items()} | by_horizon(large.product_limit())
    print({name: tuple(round(value, 4) for value in values) for name, values in planted.items()})
    for name, values in PLANTED.items():
        assert values == pytest.approx(planted[name], rel=0.02)
    result = pl.concat([intervals(seed) for seed in range(SEEDS)])
    plain = by_horizon(Planted(draw(LARGE, 10_002, more_months=12)).repurchase())
    print({name: tuple(round(value, 4) for value in values) for name, values in plain.items()})
    table, lenient = held(result, planted), held(result, plain)
    with pl.Config(tbl_rows=60):
        print(table, "share who will have bought, whoever answers again:", lenient)
    assert table.height == 3 * 4 + 3 + 15
    assert table["held"].min() >= (0.88 if SEEDS >= 50 else 0.6) * SEEDS
    # Frequent answerers are followed for less time, and promoters among them buy more.
    assert lenient["held"].sum() >= 0.85 * lenient["shops"].sum()


@pytest.mark.parametrize("months", [3, 12])
def test_a_fit_by_category_against_the_common_one(months: int) -> None:
    """Why the category is left out of the models: the common fit is hardly worse."""
    rows = []
    for seed in range(min(SEEDS, 20)):
        _, orders, responses = shop(seed)
        end = before(Month(CLOCK.open_month, CLOCK.cut, CLOCK.open_month.year * 12 + CLOCK.open_month.month - 1))
        origin = before(end, months)
        facts, _, base = people_at(orders, responses, origin)
        common = hold_out(base, facts, end)
        parts = []
        for customers in base.customers.partition_by("category"):
            triples, past = distinct_of(customers), past_of(customers, facts.days, origin)
            model = model_of(customers, triples, past, origin, models=empty("value.models"))
            own = type(base)(origin, customers, triples, model)
            parts.append(hold_out(own, facts, end))
        split = pl.concat(parts).select("customer_id", split_orders="expected_orders", split_value="expected_value")
        rows.append(common.join(split, on="customer_id").with_columns(seed=pl.lit(seed)))
    error = (pl.col("actual_cents") / 100 - pl.col("expected_value")).abs()
    split_error = (pl.col("actual_cents") / 100 - pl.col("split_value")).abs()
    table = (
        pl.concat(rows)
        .group_by("category")
        .agg(
            pl.len(),
            pl.col("actual_orders").sum(),
            pl.col("expected_orders", "split_orders").sum().round(0),
            (pl.col("expected_orders").sum() / pl.col("actual_orders").sum() - 1).round(3).alias("common_off"),
            (pl.col("split_orders").sum() / pl.col("actual_orders").sum() - 1).round(3).alias("split_off"),
            mae=(pl.col("actual_orders") - pl.col("expected_orders")).abs().mean().round(4),
            split_mae=(pl.col("actual_orders") - pl.col("split_orders")).abs().mean().round(4),
            value_mae=error.mean().round(2),
            split_value_mae=split_error.mean().round(2),
        )
        .sort("category")
    )
    whole = pl.concat(rows)
    mae = (whole["actual_orders"] - whole["expected_orders"]).abs().mean()
    by_category_mae = (whole["actual_orders"] - whole["split_orders"]).abs().mean()
    with pl.Config(tbl_cols=20, tbl_width_chars=200):
        print(months, table, f"all: common {mae:.4f}, by category {by_category_mae:.4f}")
    assert mae < 1.1 * by_category_mae
