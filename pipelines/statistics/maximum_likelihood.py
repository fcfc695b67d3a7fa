"""Reproducible maximum likelihood for models with positive parameters.

Here: the search, and the sum of products it needs. Not here: any model. L-BFGS-B from a fixed start with the analytic
gradient, then Newton steps, which reach digits that a line search on the likelihood cannot resolve.

Source: Byrd, Lu, Nocedal, Zhu 1995, A Limited Memory Algorithm for Bound Constrained Optimization, SIAM J. Sci.
Comput. 16.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]

# Logs of the parameters are searched in [-BOUND, BOUND].
BOUND = 12.0
# Gradients of the mean log-likelihood up to this size count as zero.
SLOPE = 1e-7
NEWTON_STEPS = 5
# Most Newton steps with a sample's curvature; each reduces the gradient about a hundredfold.
CHORD_STEPS = 12


def dot(left: NDArray[Any], right: NDArray[Any]) -> float:
    """Sum of products, added pairwise in one thread.

    BLAS splits long vectors between threads: that costs more than the sum, and their number changes the last digit.

    >>> dot(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    11.0
    """
    return float((left * right).sum())


def least(
    negative: Callable[[Floats], tuple[float, Floats]], start: Floats, *, caps: Floats | None = None
) -> tuple[Floats, bool, bool]:
    """Minimise a negative mean log-likelihood.

    Args:
        negative: value and gradient as a function of the logs of the parameters.
        start: logs to start from.
        caps: upper bounds of the logs, where larger values make no difference; a parameter may end there.

    Returns:
        The logs; whether the gradient vanishes there, apart from parameters at their cap; and whether a parameter hit
        BOUND.

    >>> # Poisson with the mean count 3: the log of its rate is log 3.
    >>> logs, converged, at_bound = least(lambda x: (float(np.exp(x[0]) - 3 * x[0]), np.exp(x) - 3), np.zeros(1))
    >>> round(float(np.exp(logs[0])), 6), converged, at_bound
    (3.0, True, False)
    """
    highest = np.full(len(start), BOUND) if caps is None else np.minimum(caps, BOUND)
    solution = minimize(
        negative,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-BOUND, float(high)) for high in highest],
        options={"maxiter": 1000, "maxfun": 2000, "ftol": 0.0, "gtol": SLOPE, "maxls": 50},
    )
    logs: Floats = np.asarray(solution.x)
    if (np.abs(logs) > BOUND - 1e-6).any():
        return logs, False, True
    free = logs < highest
    gradient = negative(logs)[1]
    for _ in range(NEWTON_STEPS):
        if np.abs(gradient[free]).max(initial=0.0) < SLOPE / 100:
            break
        following = logs.copy()
        following[free] -= np.linalg.lstsq(_curvature(negative, logs)[np.ix_(free, free)], gradient[free])[0]
        if (np.abs(following) > BOUND).any() or (following > highest).any():
            break
        flatter = negative(following)[1]
        if np.abs(flatter[free]).max() >= np.abs(gradient[free]).max():
            break
        logs, gradient = following, flatter
    # At a cap the likelihood may still rise outwards, but nowhere else.
    settled = np.abs(gradient[free]).max(initial=0.0) < SLOPE and bool((gradient[~free] <= 0).all())
    return logs, bool(settled), False


def least_from_sample(
    negative: Callable[[Floats], tuple[float, Floats]],
    sample: Callable[[Floats], tuple[float, Floats]],
    start: Floats,
    *,
    caps: Floats | None = None,
) -> tuple[Floats, bool, bool]:
    """As `least` for many customers: Newton steps from the minimum of a sample, with the sample's curvature.

    A curvature that is off by a hundredth leaves a hundredth of the gradient, so a few evaluations over all customers
    suffice. If they do not, or a parameter is at a bound, `least` searches from there.

    >>> def negative(mean):
    ...     return lambda x: (float(np.exp(x[0]) - mean * x[0]), np.exp(x) - mean)
    >>> logs, converged, at_bound = least_from_sample(negative(3.0), negative(2.9), np.zeros(1))
    >>> round(float(np.exp(logs[0])), 6), converged, at_bound
    (3.0, True, False)
    """
    begin, converged, _ = least(sample, start, caps=caps)
    highest = np.full(len(start), BOUND) if caps is None else np.minimum(caps, BOUND)
    logs, curvature = begin, _curvature(sample, begin)
    inside = converged and bool((begin < highest).all()) and np.linalg.cond(curvature) < 1e8
    for _ in range(CHORD_STEPS if inside else 0):
        gradient = negative(logs)[1]
        if np.abs(gradient).max() < SLOPE / 100:
            return logs, True, False
        logs = logs - np.linalg.solve(curvature, gradient)
        if (np.abs(logs) > BOUND - 1).any() or (logs > highest).any():
            break
    return least(negative, begin, caps=caps)


def _curvature(negative: Callable[[Floats], tuple[float, Floats]], logs: Floats) -> Floats:
    """Second derivatives, by central differences of the gradient."""
    step = 1e-4
    rows = [negative(logs + side)[1] - negative(logs - side)[1] for side in step * np.eye(len(logs))]
    matrix = np.stack(rows) / (2 * step)
    return np.asarray((matrix + matrix.T) / 2)
