"""How strong a hidden cause would have to be to undo a difference that regression has adjusted.

Here: the robustness value of a regression coefficient, and the strength of recorded covariates on the same scale. Not
here: the regression (adjusted_difference.py).

A hidden cause biases the difference by what it explains of the outcome and of the group, each of what the recorded
covariates leave. The robustness value is the share that it must explain of both, if it explains as much of the one as
of the other, to bring the difference to zero. A cause that explains less of both cannot.

Source: Cinelli, Hazlett 2020, Making Sense of Sensitivity: Extending Omitted Variable Bias, J. R. Statist. Soc. B 82.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit


class HiddenCause(NamedTuple):
    """What a hidden cause would have to explain, and what the strongest recorded covariate explains; all 0..1.

    value: of what is left of both outcome and group, to bring the difference to zero. significance: to make it
    indistinguishable from zero. strongest: name of the covariate that biases most where it is left out; None without
    covariates. strength: what a cause as strong as it explains of both.
    """

    value: float
    significance: float
    strongest: str | None
    strength: float | None


def robustness_value(student: float, freedom: float, *, level: float | None = None) -> float:
    """Share of the residual variance of outcome and group that a hidden cause must explain, 0..1.

    Args:
        student: t statistic of the coefficient with the ordinary least-squares error, never a robust one.
        freedom: degrees of freedom of the residuals.
        level: if given, the level of the interval that must hold zero; else the coefficient itself must be zero.

    >>> round(robustness_value(4.184, 783), 4), round(robustness_value(4.184, 783, level=0.95), 4)
    (0.1388, 0.0762)
    """
    strength = abs(student) / math.sqrt(freedom)
    if level is not None:
        if freedom <= 1:
            return 0.0
        strength -= float(stdtrit(freedom - 1, 0.5 + level / 2)) / math.sqrt(freedom - 1)
    return _equal_share(max(strength, 0.0) ** 2)


def hidden_cause(
    coefficients: NDArray[np.float64],
    inverse: NDArray[np.float64],
    squares: float,
    freedom: int,
    *,
    group: int,
    covariates: Mapping[str, NDArray[np.intp]],
    level: float,
) -> HiddenCause | None:
    """The robustness value of one coefficient of a regression.

    Args:
        coefficients: of every column of the regression.
        inverse: inverse of the columns' cross products, X'X.
        squares: sum of the squared residuals, in the unit of the outcome squared.
        freedom: rows less columns.
        group: number of the coefficient's column.
        covariates: by name, the numbers of the columns that a covariate has in the regression.
        level: level of the interval that is to hold zero.

    Returns:
        None where nothing is left of the outcome, so that no hidden cause could explain anything.

    >>> columns = np.array([[1, 0, 1], [1, 0, 2], [1, 0, 4], [1, 1, 3], [1, 1, 5], [1, 1, 4]], dtype=float)
    >>> outcome = np.array([1.0, 3.0, 4.0, 6.0, 8.0, 9.0])
    >>> inverse = np.linalg.inv(columns.T @ columns)
    >>> fitted = inverse @ columns.T @ outcome
    >>> squares = float(np.square(outcome - columns @ fitted).sum())
    >>> told = hidden_cause(fitted, inverse, squares, 3, group=1, covariates={"tenure": np.array([2])}, level=0.95)
    >>> round(told.value, 3), round(told.significance, 3), told.strongest, round(told.strength, 3)
    (0.802, 0.0, 'tenure', 0.464)
    """
    if squares <= 1e-12 * max(1.0, float(coefficients @ coefficients)) or freedom < 1:
        return None
    student = float(coefficients[group]) / math.sqrt(squares / freedom * float(inverse[group, group]))
    # The regression of the group on the other columns follows from the same inverse.
    own = float(inverse[group, group])
    of_group = -inverse[:, group] / own
    without_group = inverse - np.outer(inverse[:, group], inverse[group]) / own
    strengths = {}
    for name, columns in covariates.items():
        of_outcome = _partial(coefficients[columns], inverse[np.ix_(columns, columns)], squares)
        of_member = _partial(of_group[columns], without_group[np.ix_(columns, columns)], 1 / own)
        if of_member < 1:
            strengths[name] = _equal_share(of_outcome * of_member / (1 - of_member))
    strongest = max(strengths, key=lambda name: strengths[name], default=None)
    return HiddenCause(
        robustness_value(student, freedom),
        robustness_value(student, freedom, level=level),
        strongest,
        None if strongest is None else strengths[strongest],
    )


def _equal_share(squared: float) -> float:
    """The share R that solves R^2 / (1 - R) = squared: as much of the outcome as of the group."""
    return (math.sqrt(squared**2 + 4 * squared) - squared) / 2


def _partial(coefficients: NDArray[np.float64], inverse: NDArray[np.float64], squares: float) -> float:
    """Partial R2 of columns: what they explain of what the others leave, 0..1.

    inverse: their block of the inverse cross products. squares: of the residuals with them.
    """
    added = float(coefficients @ np.linalg.solve(inverse, coefficients))
    return added / (added + squares)
