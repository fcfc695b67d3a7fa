"""Families of segments drawn with known scores, and the coverage of their pooled intervals.

Here: the draws, for the tests and for the benchmark. Not here: what is asserted of them.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.statistics.pooling import pooled_scores

COUNTS = ["promoters", "passives", "detractors"]
BASES = ((0.55, 0.25, 0.20), (0.3, 0.4, 0.3), (0.8, 0.15, 0.05))
# Answers per segment: equal, or a mix of a few large and many small segments.
SIZES = {"5": [5], "20": [20], "100": [100], "mixed": [3, 5, 10, 30, 100, 500]}


def held(
    random: np.random.Generator, *, families: int, segments: int, alike: float, sizes: list[int]
) -> tuple[float, float, float]:
    """Share of true scores in their pooled intervals; root mean squared errors in points of pooled and of raw scores.

    alike: sum of the Dirichlet parameters that the segments of a family are drawn with; infinite if all are equal.
    """
    inside, pooled, raw = [], [], []
    for base in BASES:
        n = random.choice(sizes, (families, segments))
        equal = np.broadcast_to(np.array(base), (families, segments, 3))
        shares = equal if np.isinf(alike) else random.dirichlet(np.array(base) * alike, (families, segments))
        counts = random.multinomial(n, shares).reshape(-1, 3)
        truth = 100 * (shares[..., 0] - shares[..., 2]).ravel()
        rows = pl.DataFrame(counts, schema=COUNTS, orient="row").with_columns(
            family=pl.Series(np.repeat(np.arange(families), segments))
        )
        result = pooled_scores(rows, 0.95)
        low, point, high = (result[name].to_numpy() for name in ("low", "nps", "high"))
        inside.append((low <= truth) & (truth <= high))
        pooled.append(point - truth)
        raw.append(100 * (counts[:, 0] - counts[:, 2]) / counts.sum(axis=1) - truth)
    error, raw_error = (float(np.sqrt(np.mean(np.concatenate(some) ** 2))) for some in (pooled, raw))
    return float(np.mean(np.concatenate(inside))), error, raw_error
