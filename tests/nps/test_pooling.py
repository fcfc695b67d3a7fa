"""Pooled scores against SciPy's general optimiser on the likelihood as it is written, and what they are for."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special

from pipelines.nps.pooling import fit, pooled_columns

COUNTS = ["promoters", "passives", "detractors"]
Families = list[list[list[int]]]
segments = st.lists(st.integers(0, 60), min_size=3, max_size=3).filter(any)
families = st.lists(st.lists(segments, min_size=1, max_size=7), min_size=1, max_size=4)


def likelihood(alphas: np.ndarray, rows: np.ndarray) -> float:
    """As STATISTICS 2.3 writes it, categories without an answer left out."""
    whole = alphas.sum()
    own = special.gammaln(alphas + rows) - special.gammaln(alphas)
    return float(np.sum(special.gammaln(whole) - special.gammaln(whole + rows.sum(axis=1))) + own.sum())


def highest(rows: np.ndarray) -> float:
    """The largest likelihood a general optimiser finds from several starts."""
    share = rows.sum(axis=0) / rows.sum()
    return max(
        -optimize.minimize(
            lambda logs: -likelihood(np.exp(logs), rows),
            np.log(share * size),
            method="L-BFGS-B",
            bounds=[(-12, 16)] * rows.shape[1],
        ).fun
        for size in (1, 20, 400)
    )


def table(data: Families) -> pl.DataFrame:
    rows = [(number, *row) for number, family in enumerate(data) for row in family]
    return pl.DataFrame(rows, schema=["family", *COUNTS], orient="row")


@settings(deadline=None, max_examples=25, derandomize=True)
@given(data=families)
def test_the_fit_is_the_highest_likelihood(data: Families) -> None:
    starts = [0, *accumulate(len(family) for family in data)][:-1]
    counts = np.array([row for family in data for row in family], dtype=float)
    for alphas, family in zip(fit(counts, np.array(starts)), data, strict=True):
        rows = np.array(family, dtype=float)
        rows = rows[:, rows.sum(axis=0) > 0]
        best = highest(rows)
        if np.isinf(alphas).all():
            share = rows.sum(axis=0) / rows.sum()
            # Multinomial: no gain from any finite A.
            assert best <= float((rows * np.log(share)).sum()) + 1e-3
        else:
            assert likelihood(alphas[alphas > 0], rows) >= best - 1e-6


def test_a_little_rise_far_from_no_spread_is_not_sought() -> None:
    """The fit asks only whether a little spread gains; seldom, a large one would, by next to nothing."""
    rows = np.array([[1, 0, 9], [14, 8, 19]], dtype=float)
    [alphas] = fit(rows, np.array([0]))
    assert np.isinf(alphas).all()
    share = rows.sum(axis=0) / rows.sum()
    assert 0 < highest(rows) - float((rows * np.log(share)).sum()) < 0.03


def test_families_do_not_know_of_each_other() -> None:
    random = np.random.default_rng(1)
    data = [random.multinomial(30, p, size=6).tolist() for p in random.dirichlet([3, 2, 1], size=20)]
    data = [[random.multinomial(30, p).tolist() for p in random.dirichlet([3, 2, 1], size=6)] for _ in range(20)] + data
    together = pl.DataFrame(pooled_columns(table(data), 0.95))
    alone = pl.concat(pl.DataFrame(pooled_columns(table([family]), 0.95)) for family in data)
    assert together.equals(alone)


def test_posterior_of_a_known_prior() -> None:
    """Point and variance by the words of STATISTICS 1.1, the centre's own variance beside."""
    data = [[[60, 20, 20], [20, 30, 50], [40, 40, 20], [9, 1, 0], [80, 10, 30]]]
    rows = np.array(data[0], dtype=float)
    [alphas] = fit(rows, np.array([0]))
    size = alphas.sum()
    assert 1 < size < 1000
    pooled = pl.DataFrame(pooled_columns(table(data), 0.95))
    for row, low, point, high in zip(
        rows, pooled["pooled_low"], pooled["pooled_nps"], pooled["pooled_high"], strict=True
    ):
        p, _, d = (row + alphas) / (row.sum() + size)
        variance = (p + d - (p - d) ** 2) / (row.sum() + size + 1)
        promoters, passives, detractors = np.add(rows.sum(axis=0), (0.75, 1.5, 0.75))
        n = promoters + passives + detractors
        common = ((promoters + detractors) / n - ((promoters - detractors) / n) ** 2) / n
        error = np.sqrt(variance + (size / (row.sum() + size)) ** 2 * common)
        assert point == pytest.approx(100 * (p - d))
        assert (low, high) == pytest.approx(
            (100 * (p - d - 1.959964 * error), min(100, 100 * (p - d + 1.959964 * error)))
        )


def test_segments_alike_are_one() -> None:
    data = [[[50, 30, 20], [5, 3, 2], [100, 60, 40]]]
    pooled = pl.DataFrame(pooled_columns(table(data), 0.95)).unique()
    # The adjusted Wald interval of (62, 93, 155), as vector 4 of STATISTICS is of (20, 30, 50).
    [(point, low, high)] = pooled.rows()
    assert point == pytest.approx(30)
    assert (low, high) == pytest.approx((21.0163, 38.4089), abs=0.05)


def test_five_answers_do_not_top_the_table() -> None:
    data = [[[5, 0, 0], [650, 250, 100], [450, 300, 250], [300, 300, 400], [500, 350, 150], [350, 400, 250]]]
    pooled = pooled_columns(table(data), 0.95)["pooled_nps"]
    assert pooled.arg_max() == 1
    assert 15 < pooled[0] < pooled[1]
    # Large segments keep their own score.
    assert pooled[1] == pytest.approx(55, abs=3)
