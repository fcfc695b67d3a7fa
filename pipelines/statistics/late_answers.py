"""The trend of a score over how hard its answers were to get, carried on to those who never answered.

Here: the trend and where it ends. Not here: what makes an answer late (waits, reminders). A straight line is put
through the answers over their rank by resistance. Those who never answered are like its end, the theoretical last
respondent.
Carrying the line on through their own ranks as well would, with one answer per ten people asked, extend it to ten times
its length: any slope within chance would then cover all of -100 to 100.

A trend that is not told from none corrects nothing: the score stays that of the answers, and the interval also holds
what the trend would say.

Sources: Armstrong, Overton 1977, Estimating Nonresponse Bias in Mail Surveys, J. Marketing Research 14; Lohr,
Sampling: Design and Analysis, chapter 8.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Carried:
    """Mean over all asked with its interval; `is_trend`: the answers have a trend, and it was carried on."""

    mean: float
    low: float
    high: float
    is_trend: bool


def carried_on(places: Floats, values: Floats, share: float, *, confidence: float) -> Carried:
    """Mean of the values over all asked.

    Args:
        places: rank of every answer by resistance, 0 for the readiest to 1 for the hardest; ties share their mean rank.
        values: the value of every answer, at least three of them.
        share: answers per person asked, above 0.
        confidence: level of the interval, and of the test of the trend.

    The first half of those asked answered, the readiest of them 1 and the hardest 0:

    >>> places = (np.arange(100) + 0.5) / 100
    >>> falling = carried_on(places, 1 - places, 0.5, confidence=0.95)
    >>> round(falling.mean, 2), falling.is_trend
    (0.25, True)
    """
    count = len(values)
    centred = places - places.mean()
    spread = float(centred @ centred)
    mean = float(values.mean())
    slope = float(centred @ values) / spread if spread > 0 else 0.0
    residuals = values - mean - slope * centred
    quantile = float(stdtrit(count - 2, 0.5 + confidence / 2))
    noise = float(residuals @ residuals) / (count - 2)
    error = np.sqrt(noise / count)
    slope_error = np.sqrt(noise / spread) if spread > 0 else 0.0
    reach = (1 - share) * (1 - float(places.mean()))
    carried, carried_error = mean + slope * reach, np.hypot(error, reach * slope_error)
    is_trend = slope_error > 0 and abs(slope) > quantile * slope_error
    ends = [carried - quantile * carried_error, carried + quantile * carried_error]
    if not is_trend:
        ends += [mean - quantile * error, mean + quantile * error]
    low, high = (float(np.clip(end, -1, 1)) for end in (min(ends), max(ends)))
    point = float(np.clip(carried if is_trend else mean, -1, 1))
    return Carried(point, low, high, bool(is_trend))
