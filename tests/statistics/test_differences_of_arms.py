"""Differences between arms: the interval for one look, and the bound that may be looked at every night."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.loop.effect import difference
from pipelines.statistics.arm_difference import Estimate, weighted_sum
from pipelines.statistics.running_difference import running_bound
from tests.statistics.arms import LIMIT, evidence_path, shares

DRAWS = 2000


def test_a_sum_of_one_part_is_that_part() -> None:
    part = Estimate(0.3, 0.2, 0.5)
    assert weighted_sum([(1, part)]) == pytest.approx(part)
    assert weighted_sum([(-1, part)]) == pytest.approx(Estimate(-0.3, -0.5, -0.2))
    assert weighted_sum([(0.5, part), (0.5, part)]).low == pytest.approx(0.3 - 0.1 / 2**0.5)


@pytest.mark.parametrize(("held", "followed", "share", "number"), [(0.3, 0.38, 0.2, 400), (0.3, 0.6, 0.1, 1_000)])
def test_the_interval_of_the_arm_holds_the_truth_as_often_as_it_says(
    held: float, followed: float, share: float, number: int
) -> None:
    rng = np.random.default_rng(11)
    inside = 0
    for _ in range(DRAWS):
        outcome, is_held, shared = shares(number, rng, share=share, held=held, followed=followed)
        line = difference(outcome, ~is_held, shared, is_share=True, confidence=0.95)
        inside += line["effect_low"] <= followed - held <= line["effect_high"]
    assert 0.94 <= inside / DRAWS <= 0.965


@pytest.mark.parametrize("seed", range(5))
def test_the_ends_of_the_bound_are_where_the_evidence_says_so(seed: int) -> None:
    rng = np.random.default_rng(seed)
    number = int(rng.integers(100, 900))
    outcome, held, share = shares(number, rng, share=0.2, held=0.3, followed=0.5)
    share = np.where(rng.random(number) < 0.5, share, 0.1)
    if seed % 2:
        outcome = np.round(outcome * rng.lognormal(3, 1, number), 2)
    ends = running_bound(outcome, held, share, confidence=0.95)
    assert ends is not None
    for end in ends:
        assert evidence_path(outcome, held, share, end)[-1] == pytest.approx(LIMIT, abs=1e-3)
    for inside in np.linspace(*ends, 7)[1:-1]:
        assert evidence_path(outcome, held, share, inside)[-1] < LIMIT


def test_without_an_effect_the_bound_hardly_ever_leaves_out_zero() -> None:
    rng = np.random.default_rng(5)
    false = 0
    for _ in range(400):
        false += evidence_path(*shares(600, rng, share=0.2, held=0.3, followed=0.3), 0.0).max() >= LIMIT
    assert false <= 0.05 * 400


def test_few_outcomes_or_one_arm_bound_nothing() -> None:
    held = np.arange(10) % 2 == 0
    assert running_bound(np.ones(10), held, np.full(10, 0.5), confidence=0.95) is None
    assert running_bound(np.arange(40.0), np.zeros(40, dtype=bool), np.full(40, 0.1), confidence=0.95) is None
    assert running_bound(np.zeros(40), np.arange(40) % 2 == 0, np.full(40, 0.5), confidence=0.95) is None
