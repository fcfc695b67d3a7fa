"""Whom a treatment moves most: an effect that is linear in what is known beforehand, shrunk to one effect for all.

Here: fitting, predicting, and predictions of each row by fits without it. Not here: which covariates, and how good the
ranking is (qini.py). The arms were drawn, so the probability of treatment is known: outcome less its regression on the
covariates is regressed on (treated less that probability) times the covariates. The effect at the mean is not shrunk;
how much the rest is, maximises the likelihood of a normal prior around no difference between customers. So with too
little to tell them apart everybody has the same effect.

Sources:
    Robinson 1988, Root-N-Consistent Semiparametric Regression, Econometrica 56; Nie, Wager 2021, Quasi-Oracle
    Estimation of Heterogeneous Treatment Effects, Biometrika 108 (the residuals and the loss).
    Harville 1974, Bayesian Inference for Variance Components Using Only Error Contrasts, Biometrika 61.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Variance of the coefficients over that of the noise, times the rows; 0 is one effect for all.
_RATIOS = np.concatenate([[0.0], np.logspace(-2, 3, 41)])
# The regression of the outcome itself, which needs no more than to be stable.
_SMALL = 1.0


class Fit(NamedTuple):
    """Mean and scale of each covariate, the effect at the mean, and what one scale of each covariate adds to it."""

    mean: Floats
    scale: Floats
    effect: float
    slopes: Floats


def fit(covariates: Floats, treated: NDArray[np.bool_], outcome: Floats, probability: Floats) -> Fit:
    """The effect of the treatment by covariates.

    Args:
        covariates: a row per customer, all known before the draw.
        treated: the arm of each.
        outcome: of each.
        probability: of treatment, under which each was drawn; above 0 and below 1.

    >>> known = np.array([[n % 2] for n in range(400)], dtype=float)
    >>> treated = np.arange(400) % 4 < 2
    >>> fitted = fit(known, treated, treated * known[:, 0], np.full(400, 0.5))
    >>> predict(fitted, np.array([[0.0], [1.0]])).round(2)
    array([0., 1.])
    """
    mean, scale = covariates.mean(axis=0), covariates.std(axis=0)
    scale = np.where(scale > 1e-12, scale, 1.0)
    known = (covariates - mean) / scale
    penalised = known.T @ known + _SMALL * np.eye(known.shape[1])
    centred = outcome - outcome.mean()
    residual = centred - known @ np.linalg.solve(penalised, known.T @ centred)
    drawn = treated - probability
    first = drawn / np.sqrt(drawn @ drawn)
    design = known * drawn[:, None]
    rest = design - np.outer(first, first @ design)
    free = residual - first * (first @ residual)
    values, vectors = np.linalg.eigh(rest.T @ rest)
    values = np.maximum(values, 0)
    turned = vectors.T @ (rest.T @ free)
    ratio = _likeliest(values, turned, float(free @ free), len(outcome) - 1)
    slopes = vectors @ (turned * ratio / (1 + ratio * values))
    effect = float(drawn @ (residual - design @ slopes) / (drawn @ drawn))
    return Fit(mean, scale, effect, slopes)


def predict(fitted: Fit, covariates: Floats) -> Floats:
    """The effect on each row.

    >>> predict(Fit(np.array([1.0]), np.array([2.0]), 0.1, np.array([0.05])), np.array([[1.0], [5.0]])).round(3)
    array([0.1, 0.2])
    """
    return np.asarray(fitted.effect + ((covariates - fitted.mean) / fitted.scale) @ fitted.slopes)


def cross_fitted(
    covariates: Floats, treated: NDArray[np.bool_], outcome: Floats, probability: Floats, fold: NDArray[np.int64]
) -> Floats:
    """The effect on each row by a fit to the rows of the other folds.

    >>> known = np.array([[n % 2] for n in range(400)], dtype=float)
    >>> treated, fold = np.arange(400) % 4 < 2, np.arange(400) // 80
    >>> effects = cross_fitted(known, treated, treated * known[:, 0], np.full(400, 0.5), fold)
    >>> effects[:2].round(2)
    array([0., 1.])
    """
    effects = np.zeros(len(outcome))
    for one in np.unique(fold):
        others = fold != one
        fitted = fit(covariates[others], treated[others], outcome[others], probability[others])
        effects[~others] = predict(fitted, covariates[~others])
    return effects


def _likeliest(values: Floats, turned: Floats, squares: float, rows: int) -> float:
    """The ratio of variances of greatest likelihood, from the eigenvalues of the design and the turned outcome.

    The noise variance is at its own maximum: for a ratio r, the outcome has variance 1 + r value along each direction.
    """
    ratios = _RATIOS / max(float(values.sum()) / len(values), 1e-12)
    widened = 1 + np.multiply.outer(ratios, values)
    left = squares - (ratios[:, None] * turned**2 / widened).sum(axis=1)
    likelihood = -0.5 * (rows * np.log(np.maximum(left, 1e-300)) + np.log(widened).sum(axis=1))
    return float(ratios[np.argmax(likelihood)])
