"""The difference of a mean between groups of comparable people: raw, or adjusted by regression.

Here: the regression and its interval. Not here: which groups are compared and what they are adjusted for
(value/comparable_customers.py). An adjusted difference is a fairer association, not an effect: it cannot adjust for
what is not recorded.

Ordinary least squares of the outcome on group, numeric covariates and the common values of factors. The error is
heteroscedasticity-consistent, HC3, with Student's t.

Sources:
    MacKinnon, White 1985, Some Heteroskedasticity-Consistent Covariance Matrix Estimators with Improved Finite Sample
    Properties, J. Econometrics 29.
    Long, Ervin 2000, Using Heteroscedasticity Consistent Standard Errors in the Linear Regression Model, The American
    Statistician 54: HC3 is the one that holds in small samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.linalg import qr, solve_triangular
from scipy.special import stdtrit

from pipelines.statistics.robustness_value import HiddenCause, hidden_cause

# A group with fewer people is not compared; a factor's value with fewer gets no coefficient of its own.
FEWEST = 10


class Difference(NamedTuple):
    """Mean of a group less that of the reference group, with the ends of its interval; all None if not estimable.

    hidden: how strong a hidden cause would have to be to undo it; None without covariates.
    """

    difference: float | None
    low: float | None
    high: float | None
    hidden: HiddenCause | None = None


UNKNOWN = Difference(None, None, None)


def differences(
    rows: pl.DataFrame,
    outcome: str,
    *,
    group: str,
    reference: str,
    compared: Sequence[str],
    confidence: float,
    numeric: Sequence[pl.Expr] = (),
    factors: Sequence[str] = (),
) -> dict[str, Difference]:
    """Differences of the compared groups to the reference group.

    Args:
        rows: one row per person, in an order that is always the same.
        outcome: column whose means are compared, in any unit.
        group: column of the groups.
        reference: group the others are compared with.
        compared: the other groups.
        confidence: level of the interval.
        numeric: covariates that enter as they are.
        factors: text columns whose values with FEWEST people each enter as dummies.

    Returns:
        By compared group, in the unit of the outcome. UNKNOWN where the group or the reference has fewer than FEWEST
        people, or where there are fewer than three people per coefficient.

    >>> rows = pl.DataFrame({"who": ["a"] * 10 + ["b"] * 10, "x": [1.0, 3.0] * 5 + [4.0, 6.0] * 5})
    >>> fitted = differences(rows, "x", group="who", reference="a", compared=["b"], confidence=0.95)
    >>> [round(end, 4) for end in fitted["b"][:3]]
    [3.0, 1.956, 4.044]
    """
    counted = rows[group].value_counts()
    sizes = dict(zip(counted[group], counted["count"], strict=True))
    large = [name for name in compared if min(sizes.get(name, 0), sizes.get(reference, 0)) >= FEWEST]
    measured = dict.fromkeys(compared, UNKNOWN)
    if large:
        people = rows.filter(pl.col(group).is_in([*large, reference]))
        columns = [pl.lit(1.0).alias("one")]
        columns += [(pl.col(group) == name).cast(pl.Float64).alias(name) for name in large]
        covariates = people.select([*numeric, *_dummies(people, factors)])
        design = people.select(columns).hstack(covariates).to_numpy()
        # A factor is one covariate, however many columns its values have.
        named = np.array(["", *large, *(name.partition(": ")[0] for name in covariates.columns)])
        fitted = _fit(design, people[outcome].cast(pl.Float64).to_numpy(), named, len(large), confidence)
        measured |= dict(zip(large, fitted, strict=False))
    return measured


def _dummies(rows: pl.DataFrame, factors: Sequence[str]) -> list[pl.Expr]:
    return [
        (pl.col(name) == value).fill_null(value=False).cast(pl.Float64).alias(f"{name}: {value}")
        for name in factors
        for value in _common(rows[name])
    ]


def _common(column: pl.Series) -> list[str]:
    """The values with enough people, sorted."""
    counted = column.drop_nulls().value_counts()
    return sorted(counted.filter(pl.col("count") >= FEWEST)[column.name])


def _fit(
    design: NDArray[np.float64],
    values: NDArray[np.float64],
    named: NDArray[np.str_],
    compared: int,
    confidence: float,
) -> list[Difference]:
    """Coefficients of the `compared` columns after the first with HC3 intervals; none with too few rows.

    named: of each column the covariate that it belongs to. Linearly dependent columns are dropped.
    """
    if len(design) < 3 * design.shape[1]:
        return []
    triangle = qr(design, mode="economic")[1]
    is_kept = np.abs(np.diag(triangle)) > 1e-9 * np.sqrt((design**2).sum(axis=0))
    design, named = design[:, is_kept], named[is_kept]
    rows, columns = design.shape
    q, r = qr(design, mode="economic")
    coefficients = solve_triangular(r, q.T @ values)
    residuals = values - design @ coefficients
    # A person alone in a column is fitted exactly: leverage 1, residual 0.
    free = np.maximum(1 - (q**2).sum(axis=1), 1e-9)
    weighted = q * (residuals / free)[:, None]
    errors = np.sqrt((solve_triangular(r, weighted.T) ** 2).sum(axis=1))
    half = float(stdtrit(rows - columns, 0.5 + confidence / 2)) * errors
    inverse = solve_triangular(r, np.eye(columns))
    inverse = inverse @ inverse.T
    covariates = {str(name): np.flatnonzero(named == name) for name in dict.fromkeys(named[compared + 1 :])}
    low, high = coefficients - half, coefficients + half
    found = []
    for one in range(1, compared + 1):
        hidden = None
        if covariates:
            freedom, squares = rows - columns, float(residuals @ residuals)
            hidden = hidden_cause(
                coefficients, inverse, squares, freedom, group=one, covariates=covariates, level=confidence
            )
        found.append(Difference(float(coefficients[one]), float(low[one]), float(high[one]), hidden))
    return found
