"""By how much the odds of an event were off, in groups that the forecast did not know.

Here: the shift of the log odds of each group, learned from what happened, and its use on a later forecast. Not here:
the forecast. Assumption: by what factor a group's odds differed from the forecast, they will differ again.

A group's shift maximises the likelihood of its events times a normal density around the shift of everybody, so that
small groups keep close to everybody and large ones take what they showed.

Source: Cox 1958, Two further applications of a model for binary regression, Biometrika 45 (the intercept of the
recalibration, with slope 1).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from pipelines.statistics.maximum_likelihood import dot

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Standard deviation, in log odds, of groups around everybody, and of everybody around the forecast. Between 0.3 and 1
# the errors in simulated shops differ by a tenth.
AMONG_GROUPS = 0.5
OF_ALL = 1.0
# Log odds are counted in classes of this width: the shift changes by less than a millionth, in a hundredth of the time.
WIDTH = 0.01
_LIMIT = 20.0
_STEPS = 100


def shifts(expected: Floats, members: Ints, happened: Ints) -> Floats:
    """Shift of the log odds of each group.

    Args:
        expected: probabilities that were forecast.
        members: how many of each group had each of them; a row per group.
        happened: events in each group.

    >>> # 100 people at 0.5, of whom 60 bought; 50 of them are in the second group, with 40 of the 60.
    >>> shifts(np.array([0.5]), np.array([[50], [50]]), np.array([20, 40])).round(2)
    array([-0.21,  1.07])
    """
    log_odds = np.clip(logit(expected), -_LIMIT, _LIMIT)
    place = np.round((log_odds + _LIMIT) / WIDTH).astype(np.int64)
    counts = np.stack([np.bincount(place, row) for row in members])
    filled = np.flatnonzero(counts.any(axis=0))
    at: Floats = filled.astype(np.float64) * WIDTH - _LIMIT
    counts = counts[:, filled]
    everybody = _most_likely(at, counts.sum(axis=0), float(happened.sum()), 0.0, OF_ALL)
    pairs = zip(counts, happened.tolist(), strict=True)
    return np.array([_most_likely(at, count, events, everybody, AMONG_GROUPS) for count, events in pairs])


def shifted(probability: ArrayLike, shift: ArrayLike) -> Floats:
    """Probabilities with shifted log odds; 0 and 1 stay.

    >>> shifted([0.0, 0.5, 1.0], np.log(3)).tolist()
    [0.0, 0.75, 1.0]
    """
    probability = np.asarray(probability, dtype=np.float64)
    return np.asarray(probability / (probability + (1 - probability) * np.exp(-np.asarray(shift))))


def _most_likely(log_odds: Floats, count: Floats, events: float, center: float, spread: float) -> float:
    """The shift by Newton's steps, which are bounded; the function is concave."""
    shift = center
    for _ in range(_STEPS):
        probability = expit(log_odds + shift)
        slope = events - dot(count, probability) - (shift - center) / spread**2
        step = slope / (dot(count, probability * (1 - probability)) + 1 / spread**2)
        shift += min(max(step, -1.0), 1.0)
        if abs(step) < 1e-12:
            break
    return shift
