"""How good a ranking by effect is: what is gained by treating the first of it only.

Here: the gain of each customer, the curve over the ranking and its coefficient. Not here: the ranking (uplift.py); it
must come from fits without the customers it is judged on. Each customer's gain is (treated - p)(outcome - expected) /
(p (1 - p)), whose mean over the draw is the effect on the customer, whatever is expected and whatever the ranking;
expected is the line through the outcomes over the covariates that makes the gains vary least. The curve sums the gains
in order of the ranking; the coefficient is the area between it and the straight line of a random ranking, in outcomes
per customer. Customers ranked alike share their gains.

Source: Radcliffe 2007, Using Control Groups to Target on Predicted Lift, Direct Marketing Analytics Journal.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def gains(covariates: Floats, treated: NDArray[np.bool_], outcome: Floats, probability: Floats) -> Floats:
    """The gain of each customer.

    >>> known = np.zeros((2, 1))
    >>> gains(known, np.array([True, False]), np.array([1.0, 0.0]), np.array([0.5, 0.5]))
    array([1., 1.])
    """
    drawn = (treated - probability) / (probability * (1 - probability))
    scale = covariates.std(axis=0)
    known = np.column_stack([np.ones(len(outcome)), (covariates - covariates.mean(axis=0)) / np.where(scale, scale, 1)])
    weighted = known * (drawn**2)[:, None]
    # A constant covariate is a column of zeros; the least solution leaves it out.
    line = np.linalg.lstsq(weighted.T @ known, weighted.T @ outcome, rcond=None)[0]
    return np.asarray(drawn * (outcome - known @ line))


def curve(ranking: Floats, gained: Floats, points: int = 10) -> Floats:
    """Gain per customer if the first 1/points, 2/points, ... of the ranking are treated, highest first.

    >>> curve(np.array([3.0, 2.0, 1.0, 0.0]), np.array([1.0, 1.0, 0.0, 0.0]), points=4)
    array([0.25, 0.5 , 0.5 , 0.5 ])
    """
    summed = np.concatenate([[0.0], _in_order(ranking, gained).cumsum()]) / len(gained)
    return np.asarray(np.interp(np.arange(1, points + 1) / points * len(gained), np.arange(len(summed)), summed))


def coefficient(ranking: Floats, gained: Floats) -> float:
    """Area between the curve and the straight line; 0 for a random ranking.

    >>> coefficient(np.array([3.0, 2.0, 1.0, 0.0]), np.array([1.0, 1.0, 0.0, 0.0]))
    0.125
    """
    summed = np.concatenate([[0.0], _in_order(ranking, gained).cumsum()]) / len(gained)
    straight = np.linspace(0, summed[-1], len(summed))
    return float(np.trapezoid(summed - straight, dx=1 / len(gained)))


def _in_order(ranking: Floats, gained: Floats) -> Floats:
    """Gains from the highest rank down, customers ranked alike with their mean."""
    distinct, place, times = np.unique(-ranking, return_inverse=True, return_counts=True)
    means = np.bincount(place, weights=gained, minlength=len(distinct)) / times
    return np.asarray(np.repeat(means, times))
