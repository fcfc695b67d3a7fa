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

An interval holds the mean of its values, has no negative end where none can be, and is not given where the values tell
nothing of how much they vary.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit


class MoneyInterval(NamedTuple):
    """Lower and upper end, in the unit of the values; or None, and the reason why there are none."""

    low: float | None
    high: float | None
    reason: str | None


TOO_FEW = MoneyInterval(None, None, "fewer than two customers")
ALL_ALIKE = MoneyInterval(None, None, "all alike")


def skewed_mean_interval(
    values: NDArray[np.float64], *, confidence: float, can_be_negative: bool = False
) -> MoneyInterval:
    """Interval of the mean by Hall's transformation of the t statistic, widened to hold the mean.

    Args:
        values: one per customer, in any order: the result does not depend on it.
        confidence: level of the interval.
        can_be_negative: whether the lower end may be below zero though no value is.

    Returns:
        Ends in the unit of the values; none for fewer than two values, or if all are alike.

    >>> low, high, _ = skewed_mean_interval(np.array([10.0, 12.0, 15.0, 20.0, 90.0]), confidence=0.95)
    >>> round(low, 2), round(high, 2)
    (1.38, 166.95)
    >>> skewed_mean_interval(np.array([12.0, 12.0]), confidence=0.95)
    MoneyInterval(low=None, high=None, reason='all alike')
    """
    floor = None if can_be_negative or values.min(initial=0) < 0 else 0.0
    return _with_ends(values, values, confidence=confidence, floor=floor)


def skewed_share_interval(
    inside: NDArray[np.float64],
    outside: NDArray[np.float64],
    *,
    confidence: float,
    can_be_negative: bool = False,
) -> MoneyInterval:
    """Interval of a group's money per head, where part of the money came through people outside the group.

    A ratio of sums, linearised: members contribute their amount less the ratio, others their amount. With nobody
    outside it is skewed_mean_interval.

    Args:
        inside: one amount per member of the group.
        outside: one amount per other person through whom the group received money.
        confidence: level of the interval.
        can_be_negative: whether the lower end may be below zero though no amount is.

    Returns:
        Ends per member; none for a group of fewer than two, or if nothing varies.

    >>> inside, outside = np.array([10.0, 0.0, 25.0, 5.0]), np.array([40.0])
    >>> low, high, _ = skewed_share_interval(inside, outside, confidence=0.95)
    >>> round(low, 2), round(high, 2)
    (0.0, 169.09)
    """
    heads = len(inside)
    if heads < 2:
        return TOO_FEW
    ratio = float((np.sort(inside).sum() + np.sort(outside).sum()) / heads)
    least = min(inside.min(initial=0), outside.min(initial=0))
    floor = None if can_be_negative or least < 0 else 0.0
    moved = np.concatenate([inside - ratio, outside])
    return _with_ends(moved, inside, confidence=confidence, floor=floor, ratio=ratio)


def _with_ends(
    moved: NDArray[np.float64],
    inside: NDArray[np.float64],
    *,
    confidence: float,
    floor: float | None,
    ratio: float = 0.0,
) -> MoneyInterval:
    """The interval of `ratio` plus the sum of `moved` per head of `inside`."""
    if len(inside) < 2:
        return TOO_FEW
    measured = _hall(moved, confidence)
    if measured is None:
        return ALL_ALIKE
    times = len(moved) / len(inside)
    low, centre, high = (ratio + times * value for value in measured)
    low, high = min(low, centre), max(high, centre)
    return MoneyInterval(low if floor is None else max(low, floor), high, None)


def _hall(values: NDArray[np.float64], confidence: float) -> tuple[float, float, float] | None:
    """Lower end, mean and upper end; None if all values are alike."""
    count = len(values)
    values = np.sort(values)
    # Shifted first: moments of large, nearly equal amounts would lose precision.
    moved = values - values[0]
    mean = moved.sum() / count
    spread = moved - mean
    squares = float(np.square(spread).sum())
    centre = float(values[0] + mean)
    if squares == 0:
        return None
    error = np.sqrt(squares / (count - 1) / count)
    skewness = float((np.square(spread) * spread).sum()) / count / (squares / count) ** 1.5
    quantile = float(stdtrit(count - 1, 0.5 + confidence / 2))
    low, high = (centre - error * _back(student, skewness, count) for student in (quantile, -quantile))
    return float(low), centre, float(high)


def skewed_means(
    count: NDArray[np.int64],
    mean: NDArray[np.float64],
    squares: NDArray[np.float64],
    cubes: NDArray[np.float64],
    *,
    confidence: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ends of skewed_mean_interval for many groups at once, from sums over their values; without a floor at zero.

    Args:
        count: values of each group.
        mean: of them.
        squares: sum of the squared differences to the mean.
        cubes: sum of the cubed differences.
        confidence: level of the interval.

    Returns:
        Lower and upper ends, NaN for groups of fewer than two values, or of values all alike.

    >>> values = np.array([10.0, 12.0, 15.0, 20.0, 90.0])
    >>> spread = values - values.mean()
    >>> sums = (np.array([float((spread**power).sum())]) for power in (2, 3))
    >>> low, high = skewed_means(np.array([5]), np.array([values.mean()]), *sums, confidence=0.95)
    >>> low.round(2).item(), high.round(2).item()
    (1.38, 166.95)
    """
    varies = (count > 1) & (squares > 0)
    count, mean, squares, cubes = count[varies], mean[varies], squares[varies], cubes[varies]
    error = np.sqrt(squares / (count - 1) / count)
    skewness = cubes / count / (squares / count) ** 1.5
    quantile = stdtrit(count - 1, 0.5 + confidence / 2)
    ends = []
    for student, nearer in ((quantile, np.minimum), (-quantile, np.maximum)):
        end = np.full(len(varies), np.nan)
        end[varies] = nearer(mean - error * _back(student, skewness, count), mean)
        ends.append(end)
    return ends[0], ends[1]


def _back(transformed: Any, skewness: Any, count: Any) -> Any:  # noqa: ANN401
    """The t statistic whose transform is given, of numbers or arrays."""
    root = np.sqrt(count)
    # Where there is hardly any skewness, the formula would lose precision; its limit.
    small = np.abs(skewness) < 1e-6
    some = np.where(small, 1.0, skewness)
    cube = 1 + some * (transformed / root - some / (6 * count))
    return np.where(small, transformed - skewness / (6 * root), 3 * root / some * (np.cbrt(cube) - 1))
