"""The greatest likelihood of a model with positive parameters, found the same way every time.

Here: the search, and the sum of products that it needs. Not here: any model. L-BFGS-B from a fixed start with the
analytic gradient, then Newton steps, which reach the digits that a line search on the likelihood itself cannot see.
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
# Greatest slope of the mean log-likelihood by a log parameter that counts as none.
SLOPE = 1e-7
NEWTON_STEPS = 5
# Steps with the curvature of a sample; each leaves a hundredth of the slope or so.
CHORD_STEPS = 12


def dot(left: NDArray[Any], right: NDArray[Any]) -> float:
    """Sum of products, added pairwise in one thread.

    BLAS shares long vectors out among threads, which takes longer than the sum, and whose number moves the last digit.
    """
    return float((left * right).sum())


def least(
    negative: Callable[[Floats], tuple[float, Floats]], start: Floats, *, caps: Floats | None = None
) -> tuple[Floats, bool, bool]:
    """Where the negative mean log-likelihood is least.

    Args:
        negative: its value and gradient, by the logs of the parameters.
        start: logs to begin at.
        caps: greatest logs that still make a difference; a parameter that would be greater is held there.

    Returns:
        The logs, whether the slope vanishes there (but for parameters held at their cap), and whether one of them ran
        into its bound.
    """
    highest = np.full(len(start), BOUND) if caps is None else np.minimum(caps, BOUND)
    found = minimize(
        negative,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-BOUND, float(high)) for high in highest],
        options={"maxiter": 1000, "maxfun": 2000, "ftol": 0.0, "gtol": SLOPE, "maxls": 50},
    )
    logs: Floats = np.asarray(found.x)
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
    # At a cap the likelihood may still rise outwards, nowhere else.
    settled = np.abs(gradient[free]).max(initial=0.0) < SLOPE and bool((gradient[~free] <= 0).all())
    return logs, bool(settled), False


def least_from_sample(
    negative: Callable[[Floats], tuple[float, Floats]],
    sample: Callable[[Floats], tuple[float, Floats]],
    start: Floats,
    *,
    caps: Floats | None = None,
) -> tuple[Floats, bool, bool]:
    """The same for many customers: Newton steps from where a sample of them has its least, by the sample's curvature.

    A curvature that is off by a hundredth leaves a hundredth of the slope; a handful of looks at all customers do. If
    they do not, or a parameter lies at an end, all are searched from there.
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
