"""Coverage of intervals and size of tests, by enumeration and by seeded draws.

Here: the populations and the shares; tests and benchmarks differ in the number of draws. Not here: which shares are
acceptable.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from pipelines.statistics import adjusted_wald, design_effect, multiple_testing, score
from pipelines.statistics.impact import impact_interval
from pipelines.statistics.own_point import holding
from pipelines.statistics.paired_change import paired_interval
from pipelines.value.revenue import _weighted_interval

# Shares of detractors, passives, promoters: from a loved shop to a hated one, with a split and a lukewarm one.
POPULATIONS = (
    (0.05, 0.15, 0.80),
    (0.10, 0.30, 0.60),
    (0.20, 0.30, 0.50),
    (0.50, 0.00, 0.50),
    (0.15, 0.70, 0.15),
    (0.40, 0.35, 0.25),
    (0.70, 0.20, 0.10),
)


def exact_coverage(n: int, population: tuple[float, float, float]) -> float:
    """Probability that the 95 % interval of n answers holds the population's score, over all outcomes."""
    outcomes = np.array([(d, n - d - p, p) for d in range(n + 1) for p in range(n + 1 - d)])
    table = pl.DataFrame(outcomes, schema=["detractors", "passives", "promoters"])
    low, high = adjusted_wald.interval(score.counts(), 0.95)
    truth = 100 * (population[2] - population[0])
    held = table.select((low <= truth + 1e-9) & (high >= truth - 1e-9)).to_series().to_numpy()
    return float(stats.multinomial(n, population).pmf(outcomes)[held].sum())


def everywhere() -> list[tuple[float, float, float]]:
    """Shares of detractors, passives and promoters in steps of a twentieth: all 231."""
    return [(d / 20, (20 - d - p) / 20, p / 20) for d in range(21) for p in range(21 - d)]


def difference_coverage(n: int, others: int, draws: int, seed: int) -> list[float]:
    """For every two populations, how often the 95 % interval of their difference holds it."""
    random = np.random.default_rng(seed)
    tables = [
        _drawn(
            np.hstack([random.multinomial(n, mine, size=draws), random.multinomial(others, theirs, size=draws)]),
            mine[2] - mine[0] - theirs[2] + theirs[0],
        )
        for mine, theirs in product(POPULATIONS, repeat=2)
    ]
    return _held(tables, adjusted_wald.difference_interval(score.counts(), score.counts("rest_"), 0.95))


def paired_coverage(n: int, draws: int, seed: int) -> list[float]:
    """For every two populations, and none, half or most customers who stay as they are: coverage of n pairs."""
    random = np.random.default_rng(seed)
    change = np.array([after - before for before in range(3) for after in range(3)])
    tables = []
    for before, after, stay in product(POPULATIONS, POPULATIONS, (0, 0.5, 0.8)):
        moves = ((1 - stay) * np.outer(before, after) + stay * np.diag(before)).ravel()
        drawn = random.multinomial(n, moves / moves.sum(), size=draws)
        sums = {"total": drawn @ change, "squares": drawn @ change**2}
        tables.append(pl.DataFrame(sums).with_columns(truth=pl.lit(100 * float(moves @ change))))
    return _held(tables, paired_interval(pl.lit(n), pl.col("total"), pl.col("squares"), 0.95))


def impact_coverage(n: int, draws: int, seed: int) -> list[float]:
    """For every two populations and shares of a topic among n comments: coverage of its impact, where it has one."""
    random = np.random.default_rng(seed)
    having, lacking = score.counts(), score.counts("rest_")
    tables = []
    for mine, theirs, share in product(POPULATIONS, POPULATIONS, (0.05, 0.15, 0.4, 0.8)):
        mixed = [share * part for part in mine] + [(1 - share) * part for part in theirs]
        truth = share * (mine[2] - mine[0] - theirs[2] + theirs[0])
        table = _drawn(random.multinomial(n, mixed, size=draws), truth)
        tables.append(table.filter(having.responses > 0, lacking.responses > 0))
    return _held(tables, impact_interval(having, lacking, 0.95))


def weighted_coverage(n: int, draws: int, seed: int) -> list[float]:
    """For every population and three spreads of revenue: coverage of the revenue-weighted score of n customers."""
    random = np.random.default_rng(seed)
    tables = []
    for population, spread in product(POPULATIONS, (0.3, 0.8, 1.2)):
        weight = np.exp(random.normal(0, spread, (draws, n)))
        sign = random.choice([-1, 0, 1], p=population, size=(draws, n))
        sums = {
            "weight": weight,
            "signed": sign * weight,
            "squares": weight**2,
            "sign_squares": sign * weight**2,
            "signed_squares": (sign * weight) ** 2,
        }
        table = pl.DataFrame({name: values.sum(axis=1) for name, values in sums.items()})
        tables.append(table.with_columns(truth=pl.lit(100 * (population[2] - population[0]))))
    point = 100 * pl.col("signed") / pl.col("weight")
    return _held(tables, holding(_weighted_interval(0.95), point))


def _drawn(counts: NDArray[np.int64], truth: float) -> pl.DataFrame:
    """Counts of two samples side by side, with the truth in points."""
    names = ["detractors", "passives", "promoters"]
    columns = names + [f"rest_{name}" for name in names]
    return pl.DataFrame(counts, schema=columns).with_columns(truth=pl.lit(100 * truth))


def _held(tables: list[pl.DataFrame], ends: tuple[pl.Expr, pl.Expr]) -> list[float]:
    """For each table, the share of its rows whose interval holds the truth. One evaluation: planning is most of it."""
    rows = pl.concat(table.with_columns(table=pl.lit(number)) for number, table in enumerate(tables))
    held = (ends[0] <= pl.col("truth") + 1e-9) & (ends[1] >= pl.col("truth") - 1e-9)
    shares = rows.select("table", held.alias("held")).group_by("table").agg(pl.col("held").mean())
    return shares["held"].to_list()


def false_alarms(draws: int, n: int, seed: int) -> float:
    """Share of p-values below .05 of unchanged windows of n answers, a third of the customers in both.

    A customer who answers twice gives the same answer again half of the time.
    """
    random = np.random.default_rng(seed)
    tables = []
    for population in POPULATIONS:
        signs = random.choice([-1, 0, 1], p=population, size=(2, draws, n))
        both = n // 3
        again = random.random((draws, both)) < 0.5
        signs[1, :, :both] = np.where(again, signs[0, :, :both], signs[1, :, :both])
        columns = {
            f"{prefix}{name}": (window == sign).sum(axis=1)
            for prefix, window in (("", signs[1]), ("previous_", signs[0]))
            for name, sign in (("promoters", 1), ("passives", 0), ("detractors", -1))
        }
        now, before = signs[1, :, :both], signs[0, :, :both]
        columns |= {"signs_signs": (now * before).sum(axis=1), "answers_answers": np.full(draws, both)}
        columns |= {"signs_answers": now.sum(axis=1), "answers_signs": before.sum(axis=1)}
        tables.append(pl.DataFrame(columns))
    sample, previous = score.counts(), score.counts("previous_")
    error = adjusted_wald.difference_error(sample, previous, design_effect.covariance(sample, previous))
    p = pl.concat(tables).select(p=adjusted_wald.p_value(sample, previous, error))["p"]
    return float((p < 0.05).mean() or 0)


def false_discoveries(draws: int, seed: int, *, segments: int = 40, n: int = 60, population: int = 2) -> float:
    """Share of families of equal segments in which any segment differs from the rest at 5 %."""
    random = np.random.default_rng(seed)
    counts = random.multinomial(n, POPULATIONS[population], size=(draws, segments))
    rest = counts.sum(axis=1, keepdims=True) - counts
    names = ["detractors", "passives", "promoters"]
    table = pl.DataFrame(
        {name: counts[..., k].ravel() for k, name in enumerate(names)}
        | {f"rest_{name}": rest[..., k].ravel() for k, name in enumerate(names)}
        | {"family": np.repeat(np.arange(draws), segments)}
    )
    result = table.with_columns(p=multiple_testing.p_value_of_many(score.counts(), score.counts("rest_"))).with_columns(
        multiple_testing.benjamini_hochberg(pl.col("p")).over("family")
    )
    return float((result.group_by("family").agg(pl.col("p").min())["p"] < 0.05).mean() or 0)
