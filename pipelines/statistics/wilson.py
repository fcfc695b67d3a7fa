"""Wilson's interval of a share.

Source: Wilson 1927, Probable Inference, the Law of Succession, and Statistical Inference, J. Am. Statist. Ass. 22.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import polars as pl

from pipelines.statistics.own_point import holding
from pipelines.statistics.score import quantile


def wilson(successes: pl.Expr, n: pl.Expr, confidence: float) -> tuple[pl.Expr, pl.Expr]:
    """Lower and upper end of the interval of `successes` / `n`, 0..1; null where `n` is 0.

    >>> low, high = wilson(pl.lit(5), pl.lit(10), 0.95)
    >>> pl.select(low.round(4).alias("low"), high.round(4).alias("high")).row(0)
    (0.2366, 0.7634)
    """
    ends = _ends(successes, n, quantile(confidence), pl.Expr.sqrt)
    low, high = (pl.when(n > 0).then(end.clip(0, 1)) for end in ends)
    # Rounding can leave an end of 1e-17 beside a share of 0.
    return holding((low, high), successes / n)


def wilson_of(successes: float, n: float, confidence: float) -> tuple[float, float]:
    """The same for one share of at least one; an expression takes a hundred times as long.

    >>> [round(end, 4) for end in wilson_of(5, 10, 0.95)], wilson_of(0, 10, 0.95)[0]
    ([0.2366, 0.7634], 0.0)
    """
    low, high = _ends(successes, n, quantile(confidence), math.sqrt)
    share = successes / n
    return min(max(low, 0.0), share), max(min(high, 1.0), share)


def _ends(successes: Any, n: Any, z: float, root: Callable[[Any], Any]) -> tuple[Any, Any]:  # noqa: ANN401
    """Both ends, of numbers or of expressions."""
    centre = (successes + z**2 / 2) / (n + z**2)
    margin = z / (n + z**2) * root(successes * (n - successes) / n + z**2 / 4)
    return centre - margin, centre + margin
