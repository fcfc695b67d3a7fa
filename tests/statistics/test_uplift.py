"""Uplift and Qini: planted effects are found, absent ones are not, and the curve is what loops over customers find."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from pipelines.statistics import qini
from pipelines.statistics.uplift import cross_fitted, fit, predict


def drawn(number: int, seed: int, slope: float):
    """Customers with three covariates, the first of which moves the effect; a fifth is not treated."""
    rng = np.random.default_rng(seed)
    known = rng.normal(size=(number, 3)) * [1.0, 5.0, 0.1]
    treated = rng.random(number) < 0.8
    effect = 0.2 + slope * known[:, 0]
    outcome = (rng.random(number) < np.clip(0.3 + 0.02 * known[:, 1] + effect * treated, 0, 1)).astype(float)
    return known, treated, outcome, np.full(number, 0.8), effect


def test_a_planted_slope_is_found() -> None:
    known, treated, outcome, probability, effect = drawn(20_000, 1, slope=0.1)
    fitted = fit(known, treated, outcome, probability)
    assert np.abs(predict(fitted, known) - effect).mean() < 0.03
    assert fitted.effect == pytest.approx(0.2, abs=0.02)


def test_where_the_effect_is_the_same_everybody_has_nearly_the_same() -> None:
    spreads = []
    for seed in range(20):
        known, treated, outcome, probability, _ = drawn(2_000, seed, slope=0.0)
        spreads.append(predict(fit(known, treated, outcome, probability), known).std())
    assert np.median(spreads) < 0.02


def test_a_constant_covariate_moves_nothing() -> None:
    known, treated, outcome, probability, _ = drawn(1_000, 3, slope=0.1)
    known[:, 2] = 4.0
    fitted = fit(known, treated, outcome, probability)
    assert fitted.slopes[2] == 0.0


def test_a_fold_is_predicted_by_the_others_alone() -> None:
    known, treated, outcome, probability, _ = drawn(1_000, 4, slope=0.1)
    fold = np.arange(1_000) % 5
    before = cross_fitted(known, treated, outcome, probability, fold)
    changed = np.where(fold == 2, 1 - outcome, outcome)
    after = cross_fitted(known, treated, changed, probability, fold)
    assert np.array_equal(before[fold == 2], after[fold == 2])
    assert not np.allclose(before[fold != 2], after[fold != 2])


def test_the_curve_equals_plain_loops() -> None:
    known, treated, outcome, probability, _ = drawn(100, 5, slope=0.1)
    # Ten customers are ranked alike.
    ranking = np.where(np.arange(100) < 10, 0.5, known[:, 0])
    gained = qini.gains(np.zeros((100, 1)), treated, outcome, probability)
    order, weights = sorted(range(100), key=lambda n: -ranking[n]), np.where(treated, 1 / 0.8, -1 / 0.2)
    mean = (weights**2 @ outcome) / (weights**2).sum()
    single = [weights[n] * (outcome[n] - mean) for n in range(100)]
    assert gained == pytest.approx(single)
    alike = [n for n in range(100) if ranking[n] == 0.5]
    shared = sum(single[n] for n in alike) / len(alike)
    summed, sums = 0.0, [0.0]
    for n in order:
        summed += (shared if n in alike else single[n]) / 100
        sums.append(summed)
    assert qini.curve(ranking, gained) == pytest.approx([sums[10 * tenth] for tenth in range(1, 11)])
    above = [one - summed * n / 100 for n, one in enumerate(sums)]
    area = sum((one + two) / 2 / 100 for one, two in pairwise(above))
    assert qini.coefficient(ranking, gained) == pytest.approx(area)


def test_the_coefficient_is_that_of_the_true_effects_on_average() -> None:
    measured, true = [], []
    for seed in range(300):
        known, treated, outcome, probability, effect = drawn(500, seed, slope=0.1)
        measured.append(qini.coefficient(known[:, 0], qini.gains(known, treated, outcome, probability)))
        true.append(qini.coefficient(known[:, 0], effect))
    error = np.std(measured) / len(measured) ** 0.5
    assert np.mean(measured) == pytest.approx(np.mean(true), abs=4 * error)
    assert np.mean(true) > 0.02
