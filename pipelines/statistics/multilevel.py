"""Multilevel regression and poststratification: who is alike answers alike.

Here: a mean modelled as a constant plus one effect per level of every factor, and its prediction for a population.
Not here: which factors. Levels with few observations are drawn to the factor's mean: the effects of a factor are normal
around 0 with a variance of its own, estimated with them (EM on Henderson's mixed-model equations).

Sources: Gelman, Little 1997, Poststratification Into Many Categories Using Hierarchical Logistic Regression, Survey
Methodology 23; Henderson 1975, Best Linear Unbiased Estimation and Prediction Under a Selection Model, Biometrics 31.
Linear, not logistic: only the mean over many people is predicted, and sums of levels are all it needs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROUNDS = 40
_LEAST_VARIANCE = 1e-8


def predicted_mean(
    factors: Sequence[Ints], sizes: Sequence[int], values: Floats, population: Sequence[Floats]
) -> tuple[float, float]:
    """Mean of the values over a population, and its standard error.

    Args:
        factors: level of every observation, one array per factor.
        sizes: number of levels of each factor.
        values: the values observed.
        population: share of the population in each level, one array per factor.

    >>> levels, values = np.array([0, 0, 0, 1, 1, 1]), np.array([0.0, 0.1, -0.1, 1.0, 0.9, 1.1])
    >>> mean, error = predicted_mean([levels], [2], values, [np.array([0.1, 0.9])])
    >>> round(mean, 2), round(error, 2)
    (0.9, 0.05)
    """
    gram, right = _sums(factors, sizes, values)
    edges = np.cumsum([1, *sizes])
    wanted = np.concatenate([np.ones(1), *population])
    squares, count = float(values @ values), len(values)
    # Of sums of the values and of their squares, which are exact for signs: the order of the rows does not matter.
    noise = max(squares / count - (float(values.sum()) / count) ** 2, _LEAST_VARIANCE)
    variances = np.full(len(sizes), noise / 10)
    for _ in range(_ROUNDS):
        penalty = np.concatenate([np.zeros(1), np.repeat(noise / variances, sizes)])
        inverse = np.linalg.inv(gram + np.diag(penalty))
        effects = inverse @ right
        own = np.add.reduceat(effects**2 + noise * np.diagonal(inverse), edges[:-1])
        variances = np.maximum(own / np.asarray(sizes), _LEAST_VARIANCE)
        noise = max(float(squares - effects @ right) / max(count - 1, 1), _LEAST_VARIANCE)
    return float(wanted @ effects), float(np.sqrt(noise * (wanted @ inverse @ wanted)))


def _sums(factors: Sequence[Ints], sizes: Sequence[int], values: Floats) -> tuple[Floats, Floats]:
    """Products of the design's columns with each other and with the values, without making the design."""
    edges = np.cumsum([1, *sizes])
    gram, right = np.zeros((edges[-1], edges[-1])), np.zeros(edges[-1])
    gram[0, 0], right[0] = len(values), values.sum()
    for first, (levels, size) in enumerate(zip(factors, sizes, strict=True)):
        rows = slice(edges[first], edges[first + 1])
        right[rows] = np.bincount(levels, values, size)
        counts = np.bincount(levels, minlength=size)
        gram[rows, rows] = np.diag(counts)
        gram[0, rows] = gram[rows, 0] = counts
        for second in range(first):
            columns = slice(edges[second], edges[second + 1])
            joint = np.bincount(levels * sizes[second] + factors[second], minlength=size * sizes[second])
            gram[rows, columns] = joint.reshape(size, -1)
            gram[columns, rows] = gram[rows, columns].T
    return gram, right
