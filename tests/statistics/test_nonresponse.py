"""Multilevel prediction, lasting scores and late answers: against direct solutions, and by what must hold."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.statistics.lasting_score import LEAST_PAIRS, lasting_signs
from pipelines.statistics.late_answers import carried_on
from pipelines.statistics.multilevel import predicted_mean

SIGNS = np.array([-1.0, -1.0, 0.0, 1.0])


def test_poststratification_moves_the_mean_to_the_population():
    rng = np.random.default_rng(2)
    levels, other = rng.integers(0, 2, 4000), rng.integers(0, 5, 4000)
    kept = rng.random(4000) < np.where(levels == 1, 0.2, 1.0)
    values = np.where(levels == 1, 0.8, -0.2) + rng.normal(0, 0.3, 4000)
    shares = [np.bincount(part) / 4000 for part in (levels, other)]
    mean, error = predicted_mean([levels[kept], other[kept]], [2, 5], values[kept], shares)
    assert values[kept].mean() < 0.05
    assert mean == pytest.approx(0.3, abs=3 * error)
    assert error < 0.02


def test_coverage_of_the_predicted_mean_is_near_nominal():
    rng = np.random.default_rng(5)
    held = []
    for _ in range(300):
        effects = [rng.normal(0, 0.3, size) for size in (3, 12)]
        shares = [rng.dirichlet(np.ones(len(part))) for part in effects]
        factors = [rng.integers(0, len(part), 250) for part in effects]
        values = sum(part[levels] for part, levels in zip(effects, factors, strict=True)) + rng.normal(0, 0.7, 250)
        truth = sum(part @ share for part, share in zip(effects, shares, strict=True))
        mean, error = predicted_mean(factors, [3, 12], values, shares)
        held.append(abs(mean - truth) < 1.96 * error)
    assert np.mean(held) == pytest.approx(0.94, abs=0.03)


def test_small_levels_are_drawn_to_the_mean_and_empty_ones_are_it():
    levels = np.repeat([0, 1], [500, 2])
    values = np.where(levels == 0, np.resize([0.0, 1.0], 502), 1.0)
    only = [np.eye(3)[level] for level in range(3)]
    means = [predicted_mean([levels], [3], values, [share])[0] for share in only]
    assert means[0] == pytest.approx(0.5, abs=0.01)
    assert 0.5 <= means[1] < 0.95
    assert 0.5 <= means[2] < 0.95


def test_equal_values_have_no_error():
    assert predicted_mean([np.zeros(40, dtype=int)], [1], np.ones(40), [np.ones(1)]) == pytest.approx((1, 0), abs=1e-3)


def test_what_lasts_is_nearer_to_the_mean_than_the_score():
    rng = np.random.default_rng(3)
    mood = rng.normal(1.8, 1, 20_000)
    first, second = (np.clip(np.rint(mood + rng.normal(0, 0.8, 20_000)), 0, 3).astype(int) for _ in range(2))
    pairs = np.bincount(first * 4 + second, minlength=16).reshape(4, 4).astype(float)
    lasting = lasting_signs(pairs, SIGNS)
    expected = [SIGNS[second[first == score]].mean() for score in range(4)]
    assert lasting == pytest.approx(expected, abs=0.03)
    assert np.all(np.diff(lasting) > 0)
    assert lasting_signs(pairs.T, SIGNS) == pytest.approx(lasting)


def test_with_few_pairs_all_of_a_score_lasts():
    assert lasting_signs(np.full((4, 4), (LEAST_PAIRS - 1) / 16), SIGNS) is SIGNS
    assert lasting_signs(np.diag([0.0, 0, 0, LEAST_PAIRS]), SIGNS)[3] == pytest.approx(1)


def test_those_who_never_answered_are_like_the_last_who_did():
    rng = np.random.default_rng(4)
    means, held = [], []
    for _ in range(300):
        places = (np.arange(800) + 0.5) / 800
        heard = (rng.random(800) < 0.9 - 0.6 * places).astype(float)
        found = carried_on(places, heard, 0.4, confidence=0.95)
        means.append(found.mean)
        held.append(found.low <= 0.4 * 0.6 + 0.6 * 0.3 <= found.high)
    assert np.mean(means) == pytest.approx(0.42, abs=0.01)
    assert np.mean(held) == pytest.approx(0.95, abs=0.03)


def test_a_trend_that_is_not_told_from_none_only_widens():
    rng = np.random.default_rng(6)
    places = (np.arange(60) + 0.5) / 60
    values = rng.permutation(np.resize([-1.0, 0.0, 1.0, 1.0], 60))
    found = carried_on(places, values, 0.5, confidence=0.95)
    error = values.std(ddof=2) / 60**0.5
    assert not found.is_trend
    assert found.mean == pytest.approx(values.mean())
    assert found.low <= values.mean() - 1.9 * error
    assert found.high >= values.mean() + 1.9 * error
    assert found.high - found.low > 4.5 * error


@pytest.mark.parametrize("values", [np.ones(40), np.resize([1.0, -1.0], 40)])
def test_one_place_for_all_has_no_trend(values):
    found = carried_on(np.full(40, 0.5), values, 0.5, confidence=0.95)
    assert (found.is_trend, found.mean) == (False, pytest.approx(values.mean()))
    assert found.low <= found.mean <= found.high
