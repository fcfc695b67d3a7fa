"""The greatest likelihood of a model with positive parameters, found the same way every time.

Here: the search. Not here: any model. L-BFGS-B from a fixed start with the analytic gradient, then Newton steps, which
reach the digits that a line search on the likelihood itself cannot see.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]

# Logs of the parameters are searched in [-BOUND, BOUND].
BOUND = 12.0
# Greatest slope of the mean log-likelihood by a log parameter that counts as none.
SLOPE = 1e-7
NEWTON_STEPS = 5


def least(negative: Callable[[Floats], tuple[float, Floats]], start: Floats) -> tuple[Floats, bool, bool]:
    """Where the negative mean log-likelihood is least.

    Args:
        negative: its value and gradient, by the logs of the parameters.
        start: logs to begin at.

    Returns:
        The logs, whether the slope vanishes there, and whether one of them ran into its bound.
    """
    found = minimize(
        negative,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-BOUND, BOUND)] * len(start),
        options={"maxiter": 1000, "maxfun": 2000, "ftol": 0.0, "gtol": SLOPE / 100, "maxls": 50},
    )
    logs: Floats = np.asarray(found.x)
    if (np.abs(logs) > BOUND - 1e-6).any():
        return logs, False, True
    gradient = negative(logs)[1]
    for _ in range(NEWTON_STEPS):
        if np.abs(gradient).max() < SLOPE / 100:
            break
        following = logs - np.linalg.lstsq(_curvature(negative, logs), gradient)[0]
        if (np.abs(following) > BOUND).any():
            break
        steeper = negative(following)[1]
        if np.abs(steeper).max() >= np.abs(gradient).max():
            break
        logs, gradient = following, steeper
    return logs, bool(np.abs(gradient).max() < SLOPE), False


def _curvature(negative: Callable[[Floats], tuple[float, Floats]], logs: Floats) -> Floats:
    """Second derivatives, by central differences of the gradient."""
    step = 1e-4
    rows = [negative(logs + side)[1] - negative(logs - side)[1] for side in step * np.eye(len(logs))]
    matrix = np.stack(rows) / (2 * step)
    return np.asarray((matrix + matrix.T) / 2)
