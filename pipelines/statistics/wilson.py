"""Wilson's interval of a share.

Source: Wilson 1927, Probable Inference, the Law of Succession, and Statistical Inference, J. Am. Statist. Ass. 22.
"""

from __future__ import annotations

import polars as pl

from pipelines.statistics.own_point import holding
from pipelines.statistics.score import quantile


def wilson(successes: pl.Expr, n: pl.Expr, confidence: float) -> tuple[pl.Expr, pl.Expr]:
    """Lower and upper end of the interval of `successes` / `n`, 0..1; null where `n` is 0.

    >>> low, high = wilson(pl.lit(5), pl.lit(10), 0.95)
    >>> pl.select(low.round(4).alias("low"), high.round(4).alias("high")).row(0)
    (0.2366, 0.7634)
    """
    z = quantile(confidence)
    centre = (successes + z**2 / 2) / (n + z**2)
    margin = z / (n + z**2) * (successes * (n - successes) / n + z**2 / 4).sqrt()
    low, high = (pl.when(n > 0).then(end.clip(0, 1)) for end in (centre - margin, centre + margin))
    # Rounding can leave an end of 1e-17 beside a share of 0.
    return holding((low, high), successes / n)
