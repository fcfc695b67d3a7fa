"""The interval of a difference of means, or of any weighted sum of means, from the interval of each.

Here: square-and-add. Not here: the intervals of the means (wilson.py, skewed_mean.py), and whose means they are. An end
of the sum lies as far from its point as the ends of the parts on that side do, added in squares: shares keep the
asymmetry of Wilson's interval and money that of Hall's, which a normal interval of the difference would lose.

Sources:
    Newcombe 1998, Interval Estimation for the Difference Between Independent Proportions, Statistics in Medicine 17,
    method 10: the difference of two shares.
    Zou, Donner 2008, Construction of Confidence Limits About Effect Measures: a General Approach, Statistics in
    Medicine 27: any sum of independent estimates.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple


class Estimate(NamedTuple):
    """A point with the ends of its interval."""

    point: float
    low: float
    high: float


def weighted_sum(parts: Iterable[tuple[float, Estimate]]) -> Estimate:
    """The sum of independent estimates, each times its weight; a negative weight subtracts.

    >>> # 56 of 70 against 48 of 80, each with Wilson's interval: Newcombe's example prints 0.0524 to 0.3339.
    >>> more, less = Estimate(0.8, 0.6919, 0.8765), Estimate(0.6, 0.4905, 0.7003)
    >>> [round(value, 3) for value in weighted_sum([(1, more), (-1, less)])]
    [0.2, 0.053, 0.334]
    """
    point = below = above = 0.0
    for weight, part in parts:
        point += weight * part.point
        down, up = weight * (part.point - part.low), weight * (part.high - part.point)
        if weight < 0:
            down, up = -up, -down
        below, above = below + down**2, above + up**2
    return Estimate(point, point - math.sqrt(below), point + math.sqrt(above))
