"""The difference between categories among alike customers: promoters differ before they answer.

Here: the adjustment by regression and its interval. Not here: what is compared (answered) or the table it stands in
(promoter_value). An association made fairer, not an effect: what nobody wrote down is not adjusted for.

Ordinary least squares of each customer's money on the category and on what was known at the answer: country, product
category, tenure, orders and money before it (each as its logarithm, for they spread over orders of magnitude). The
error is heteroscedasticity-consistent, HC3 (MacKinnon and White, J. Econometrics 29, 1985; Long and Ervin, The
American Statistician 54, 2000: the one that holds in small samples), with Student's t.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.linalg import qr, solve_triangular
from scipy.special import stdtrit

# A country with fewer answers than this tells more of its customers than of itself: it joins the others.
FEWEST = 10
REFERENCE = "detractor"
COMPARED = ("promoter", "passive")


class Difference(NamedTuple):
    """Mean money of a category less the detractors', per customer, with its interval; all None if it cannot be told."""

    difference: float | None
    low: float | None
    high: float | None


UNKNOWN = Difference(None, None, None)


def differences(rows: pl.DataFrame, outcome: str, *, confidence: float, adjust: bool) -> dict[str, Difference]:
    """Differences to detractors in a column, by category: as they are, or among alike customers.

    Args:
        rows: frame of answered.answered, in its order.
        outcome: name of the column compared, in any unit.
        confidence: level of the interval.
        adjust: whether customers are compared with those alike at the answer.

    Returns:
        For promoters and passives, in the unit of the column. Unknown where the category or the detractors have fewer
        than 10 customers, or where there are fewer than three customers to each thing adjusted for.
    """
    counted = rows["category"].value_counts()
    sizes = dict(zip(counted["category"], counted["count"], strict=True))
    told = [name for name in COMPARED if min(sizes.get(name, 0), sizes.get(REFERENCE, 0)) >= FEWEST]
    found = dict.fromkeys(COMPARED, UNKNOWN)
    if told:
        kept = rows.filter(pl.col("category").is_in([*told, REFERENCE]))
        columns = [pl.lit(1.0).alias("one")]
        columns += [(pl.col("category") == name).cast(pl.Float64).alias(name) for name in told]
        design = kept.select(columns + (_covariates(kept) if adjust else [])).to_numpy()
        fitted = _fit(design, kept[outcome].cast(pl.Float64).to_numpy(), len(told), confidence)
        found |= dict(zip(told, fitted, strict=False))
    return found


def _covariates(rows: pl.DataFrame) -> list[pl.Expr]:
    """What was known at the answer, as columns of numbers."""
    spans = [pl.col(name).clip(lower_bound=0).log1p().alias(name) for name in ("tenure_days", "orders_before")]
    money = (pl.col("cents_before").clip(lower_bound=0) * 0.01).log1p().alias("money_before")
    dummies = [
        (pl.col(name) == value).fill_null(value=False).cast(pl.Float64).alias(f"{name}: {value}")
        for name in ("country", "product_category")
        for value in _common(rows[name])
    ]
    return [*spans, money, *dummies]


def _common(column: pl.Series) -> list[str]:
    """The values with enough customers, sorted."""
    counted = column.drop_nulls().value_counts()
    return sorted(counted.filter(pl.col("count") >= FEWEST)[column.name])


def _fit(
    design: NDArray[np.float64], values: NDArray[np.float64], compared: int, confidence: float
) -> list[Difference]:
    """Coefficients of the `compared` columns after the first with HC3 intervals; none with too few rows.

    Columns that say nothing the ones before them have not said are left out.
    """
    if len(design) < 3 * design.shape[1]:
        return []
    triangle = qr(design, mode="economic")[1]
    design = design[:, np.abs(np.diag(triangle)) > 1e-9 * np.sqrt((design**2).sum(axis=0))]
    rows, columns = design.shape
    q, r = qr(design, mode="economic")
    coefficients = solve_triangular(r, q.T @ values)
    # A customer alone in a column is fitted exactly: its leverage is 1 and it has no error of its own.
    free = np.maximum(1 - (q**2).sum(axis=1), 1e-9)
    weighted = q * ((values - design @ coefficients) / free)[:, None]
    errors = np.sqrt((solve_triangular(r, weighted.T) ** 2).sum(axis=1))
    half = float(stdtrit(rows - columns, 0.5 + confidence / 2)) * errors
    middle = coefficients[1 : compared + 1]
    low, high = middle - half[1 : compared + 1], middle + half[1 : compared + 1]
    return [Difference(*map(float, ends)) for ends in zip(middle, low, high, strict=True)]
