"""The tilt is found where behaviour tells it, and where it does not, the interval is as wide as what is not known."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.statistics.shadow_variable import CUT, NEXT, Behaviour, Target, estimate

SCORES = np.arange(11.0)
SIGNS = np.select([SCORES >= 9, SCORES <= 6], [1.0, -1.0], 0.0)
BINS = 8


def drawn(rng, *, tilt, slope, customers=6000, kinds=2):
    """Customers whose odds of silence fall by `tilt` a point, and whose hazard of ordering grows by `slope`; the truth.

    Followed through all bins, or cut at a random one.
    """
    kind = rng.integers(0, kinds, customers)
    score = np.clip(np.rint(rng.normal(7.5 + kind, 2.4)), 0, 10).astype(int)
    silent = rng.random(customers) < 1 / (1 + np.exp(-(0.3 - tilt * (score - 7.5))))
    wait = rng.geometric(np.clip(0.12 * np.exp(slope * (score - 7.5)), 0.001, 0.9)) - 1
    until = rng.integers(1, BINS + 1, customers)
    outcome = np.where(wait < until, NEXT, CUT)
    place = np.minimum(wait, until)
    answered, quiet = np.zeros((kinds, 11, 2, BINS + 1)), np.zeros((kinds, 2, BINS + 1))
    np.add.at(answered, tuple(part[~silent] for part in (kind, score, outcome, place)), 1)
    np.add.at(quiet, tuple(part[silent] for part in (kind, outcome, place)), 1)
    target = Target(np.bincount(kind, minlength=kinds).astype(float), answered.sum((2, 3)), quiet.sum((1, 2)), True)
    return Behaviour(answered, quiet), target, SIGNS[score].mean()


def found(behaviour, target, confidence=0.95):
    return estimate(behaviour, target, scores=SCORES, signs=SIGNS, lasting=SIGNS, confidence=confidence)


@pytest.mark.parametrize("tilt", [0.0, 0.3, 0.6])
def test_the_tilt_is_found_and_nearly_all_intervals_hold_the_truth(tilt):
    rng = np.random.default_rng(8)
    shops = [drawn(rng, tilt=tilt, slope=0.25) for _ in range(60)]
    estimates = [found(behaviour, target) for behaviour, target, _ in shops]
    truths = [truth for *_, truth in shops]
    assert np.mean([each.tilt for each in estimates]) == pytest.approx(tilt, abs=0.06)
    assert np.mean([each.mean for each in estimates]) == pytest.approx(np.mean(truths), abs=0.03)
    held = [each.low <= truth <= each.high for each, truth in zip(estimates, truths, strict=True)]
    assert np.mean(held) >= 0.88


def test_without_a_difference_in_behaviour_the_interval_says_that_nothing_is_known():
    rng = np.random.default_rng(3)
    telling, target, _ = drawn(rng, tilt=0.3, slope=0.25)
    blind, blind_target, truth = drawn(rng, tilt=0.3, slope=0.0)
    known, unknown = found(telling, target), found(blind, blind_target)
    assert unknown.high - unknown.low > 3 * (known.high - known.low)
    assert unknown.low < truth < unknown.high


def test_with_more_confidence_the_interval_holds_the_narrower_one():
    behaviour, target, _ = drawn(np.random.default_rng(1), tilt=0.3, slope=0.25)
    narrow, wide = found(behaviour, target, 0.8), found(behaviour, target, 0.99)
    assert wide.low < narrow.low < narrow.mean == wide.mean < narrow.high < wide.high


def test_a_kind_without_answers_takes_the_mean_of_all_and_counts_by_its_buyers():
    behaviour, target, _ = drawn(np.random.default_rng(4), tilt=0.3, slope=0.25)
    answered = behaviour.answered.copy()
    answered[1] = 0
    given = Target(target.everybody, answered.sum((2, 3)), target.silent, True)
    lonely = found(Behaviour(answered, behaviour.silent), given)
    assert -1 <= lonely.low < lonely.mean < lonely.high <= 1
    # A kind of nobody changes nothing.
    empty = Behaviour(np.concatenate([answered, answered[1:]]), np.concatenate([behaviour.silent, np.zeros((1, 2, 9))]))
    more = Target(
        np.append(target.everybody, 0.0),
        np.concatenate([given.answered, given.answered[1:]]),
        np.append(given.silent, 0.0),
        True,
    )
    assert found(empty, more).mean == pytest.approx(lonely.mean, abs=1e-12)


def test_the_variance_of_the_difference_is_that_of_repeated_draws():
    """At the planted tilt, the difference over its error is standard normal."""
    from pipelines.statistics.shadow_variable import TILTS, _difference

    rng = np.random.default_rng(12)
    place = int(np.argmin(np.abs(TILTS - 0.3)))
    weights = np.exp(-TILTS[place : place + 1, None] * (SCORES - SCORES.mean()))
    ratios = []
    for _ in range(150):
        moment, variance, _ = _difference(drawn(rng, tilt=0.3, slope=0.25, customers=2000)[0], weights)
        ratios.append(moment[0] / variance[0] ** 0.5)
    assert np.mean(ratios) == pytest.approx(0, abs=0.25)
    assert np.std(ratios) == pytest.approx(1, abs=0.15)
