"""What follow-up does, in simulated arms: how often the interval holds the effect, and the bound claims what is not."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from pipelines.loop.covariates import matrix
from pipelines.loop.effect import difference, effect, known
from pipelines.loop.outcomes import answered_again, first_of_each
from pipelines.loop.uplift import compared_by, drawn_with_covariates, rankings
from pipelines.statistics import qini
from pipelines.statistics.running_difference import running_bound
from tests.loop.planted import AS_OF, SPAN, Frames, frames, planted_for, settings_of, world_of
from tests.statistics.arms import LIMIT, evidence_path, shares

DRAWS = 2000
YEARS = 2000
SHOPS = 100


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5])
@pytest.mark.parametrize("effect", [0.0, 0.08, 0.3])
@pytest.mark.parametrize("number", [200, 1_000])
def test_the_interval(share: float, effect: float, number: int) -> None:
    rng = np.random.default_rng(2026)
    inside, width = 0, 0.0
    for _ in range(DRAWS):
        outcome, held, drawn = shares(number, rng, share=share, held=0.3, followed=0.3 + effect)
        line = difference(outcome, ~held, drawn, is_share=True, confidence=0.95)
        inside += line["effect_low"] <= effect <= line["effect_high"]
        width += line["effect_high"] - line["effect_low"]
    print(f"\n{number} outcomes, share {share}, effect {effect}: in {inside / DRAWS:.1%}, {width / DRAWS:.3f} wide")
    assert 0.935 <= inside / DRAWS <= 0.97


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5])
@pytest.mark.parametrize("outcome", ["0.3", "0.05", "money"])
def test_a_year_of_looks_at_no_effect(share: float, outcome: str) -> None:
    """Looked at after every outcome, which is oftener than every night."""
    rng = np.random.default_rng(2026)
    false = 0
    for _ in range(YEARS):
        rate = 0.4 if outcome == "money" else float(outcome)
        values, held, drawn = shares(1_000, rng, share=share, held=rate, followed=rate)
        if outcome == "money":
            values *= rng.lognormal(4, 1.5, len(values))
        false += evidence_path(values, held, drawn, 0.0).max() >= LIMIT
    print(f"\n{YEARS} years, share {share}, {outcome}: 0 is left out at some time in {false / YEARS:.1%}")
    assert false / YEARS <= 0.05


@pytest.mark.parametrize(("held", "followed"), [(0.3, 0.45), (0.5, 0.8), (0.6, 0.75)])
def test_a_year_of_looks_at_an_effect(held: float, followed: float) -> None:
    rng = np.random.default_rng(2026)
    missed, claimed = 0, 0
    for _ in range(YEARS):
        arms = shares(1_000, rng, share=0.2, held=held, followed=followed)
        missed += evidence_path(*arms, followed - held).max() >= LIMIT
        claimed += evidence_path(*arms, 0.0).max() >= LIMIT
    print(f"\n{held} against {followed}: the effect is left out in {missed / YEARS:.1%}, 0 in {claimed / YEARS:.1%}")
    assert missed / YEARS <= 0.06


@pytest.mark.timeout(3600)
def test_the_arm_of_a_shop() -> None:
    """The effect of the arm among detractors, against the same shop whose calls do nothing."""
    inside = 0
    for seed in range(1, SHOPS + 1):
        won, plain = frames(world_of(seed)), frames(world_of(seed, effect=0.0))
        truth = _came_round(won) - _came_round(plain)
        rows = effect(*won, span=SPAN, settings=settings_of())
        line = rows.filter(
            pl.col("kind") == "intention_to_treat", pl.col("outcome") == "recovered", pl.col("category") == "detractor"
        ).row(0, named=True)
        inside += line["effect_low"] <= truth <= line["effect_high"]
    print(f"\n{SHOPS} shops: the arm's effect lies in its interval in {inside}")
    assert inside >= 0.9 * SHOPS


@pytest.mark.timeout(3600)
def test_the_ranking_of_a_shop() -> None:
    """By the outcomes of customers left out of the fit, and by what was planted for them."""
    better, truly = 0, 0
    for seed in range(1, SHOPS + 1):
        world = world_of(seed)
        responses, urgent, follow_ups, orders = frames(world)
        answers = answered_again(responses, urgent, follow_ups, settings=settings_of())
        compared = compared_by(drawn_with_covariates(answers, orders), AS_OF)
        planted = planted_for(world, compared.rows)
        gained = qini.gains(matrix(compared.rows), compared.followed, compared.outcome, compared.probability)
        by = rankings(compared)
        better += qini.coefficient(by["uplift"], gained) > qini.coefficient(by["value_at_risk"], gained)
        truly += qini.coefficient(by["uplift"], planted) > qini.coefficient(by["value_at_risk"], planted)
    print(
        f"\n{SHOPS} shops: uplift ranks better than money in {better} by their outcomes, in {truly} by what is planted"
    )
    assert truly >= 0.8 * SHOPS


@pytest.mark.timeout(3600)
def test_a_shop_year_without_an_effect() -> None:
    """The bound of the figure itself, looked at every fourth night."""
    false = 0
    for seed in range(1, SHOPS + 1):
        rows = first_of_each(answered_again(*frames(world_of(seed, effect=0.0, months=24))[:3], settings=settings_of()))
        drawn = rows.filter(pl.col("category") == "detractor")
        false += any(_leaves_out_zero(drawn, AS_OF - timedelta(days=days)) for days in range(0, 365, 4))
    print(f"\n{SHOPS} shop-years without an effect: {false} in which the bound ever leaves out 0")
    assert false <= 0.05 * SHOPS


def _came_round(made: Frames) -> float:
    """Share of detractors not held out whose next answer is of a better category."""
    rows = first_of_each(answered_again(*made[:3], settings=settings_of()))
    called = known(rows.filter(pl.col("category") == "detractor", ~pl.col("is_held_out")), "recovered", AS_OF)
    return float(called["value"].to_numpy().mean())


def _leaves_out_zero(drawn: pl.DataFrame, until: datetime) -> bool:
    rows = known(drawn, "recovered", until)
    value, held, share = (rows[name].to_numpy() for name in ("value", "is_held_out", "holdout_share"))
    bound = running_bound(value, held, share, confidence=0.95)
    return bound is not None and not bound[0] <= 0 <= bound[1]
