"""Scores of many small segments drawn towards their common score, each as far as its own answers are few.

Here: Dirichlet-multinomial shrinkage, all families of segments at once, and the columns pooled_*. Not here: which
segments form a family (by_segment.py) and the unpooled formulas (score.py).

The n_i answers of segment i, y_ik of category k, are multinomial, their probabilities Dirichlet(A m) over the segments
of a family: m is what they have in common, and the larger A, the more they are alike. For an A of GRID

    m_k = sum_i w_i (y_ik / n_i) / sum_i w_i,  w_i = n_i / (n_i + A),    M = (A + 1) sum_i w_i,
    log L(A) = sum_i [lnG(A) - lnG(A + n_i) + sum_k (lnG(A m_k + y_ik) - lnG(A m_k))] - (K - 1) / 2 ln M,

M being the number of independent answers that tell m as well, K that of the categories with answers. The last term is
that of m, which is integrated out as in restricted likelihood. The posterior of a segment is Dirichlet(A m + y_i): its
score is its own with the weight n_i / (n_i + A) and the family's with the rest.

No A is taken for the true one. With the most likely A alone intervals of few small segments held the truth in as few as
72 of 100 draws; averaged over A by L(A) and a prior they hold it in 92 and more (make bench, bench_pooling.py). In the
prior A / (A + h) is uniform, h being the harmonic mean of the n_i.

Sources:
    Kass, Steffey 1989, Approximate Bayesian Inference in Conditionally Independent Hierarchical Models, J. Am. Statist.
    Ass. 84: the variance that comes from m and A not being known.
    Harville 1974, Bayesian Inference for Variance Components Using Only Error Contrasts, Biometrika 61: the last term.
    Daniels 1999, A Prior for the Variance in Hierarchical Models, Canad. J. Statist. 27: the uniform shrinkage prior.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from pipelines.speed import at_once
from pipelines.statistics import adjusted_wald, score
from pipelines.statistics.score import COUNTS

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
# Twice as many values change no interval by a tenth of a point.
GRID = np.geomspace(0.1, 1e5, 20)
ADDED = np.array(adjusted_wald.ADDED)
# So many families are taken at once.
FAMILIES = 1000


def pooled_scores(rows: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """Every segment's pooled score and the ends of its interval, in points: columns nps, low and high.

    The point is the posterior mean. The interval is normal about that mean with the three answers of the adjusted Wald
    form added to what is common; its variance is the posterior's, with what m and A add. The interval of a segment that
    is alone in its family, or whose family differs by no more than chance, is about the adjusted Wald one of all.

    Args:
        rows: COUNTS, each with an answer, and `family`, a number; a family's rows stand together.
        confidence: of the interval.
    """
    counts = rows.select(COUNTS).to_numpy().astype(np.float64)
    starts = np.flatnonzero((rows["family"].diff() != 0).fill_null(value=True).to_numpy())
    edges = np.append(starts, rows.height)
    parts = [(edges[first : first + FAMILIES + 1],) for first in range(0, len(starts), FAMILIES)]
    found = at_once(lambda part: posterior(counts[part[0] : part[-1]], part[:-1] - part[0]), parts)
    point, centre, error = np.concatenate([np.zeros((3, 0)), *found], axis=1)
    margin = score.quantile(confidence) * error
    ends_of = {"low": centre - margin, "high": centre + margin}
    clipped = {name: np.clip(score.POINTS * end, -score.POINTS, score.POINTS) for name, end in ends_of.items()}
    return pl.DataFrame({"nps": score.POINTS * point, **clipped})


def posterior(counts: Floats, starts: Ints) -> Floats:
    """Point, centre of the interval and standard error of every segment's mean sign, one below the other.

    Args:
        counts: one row a segment, one column a category; every row has an answer.
        starts: first row of each family; a family's rows stand together.
    """
    sizes = counts.sum(axis=1)
    share = counts / sizes[:, None]
    lengths = np.diff(np.append(starts, len(counts)))
    family = np.repeat(np.arange(len(starts)), lengths)

    def sums(values: Floats) -> Floats:
        """Over the segments of each family."""
        return np.add.reduceat(values, starts)

    categories = (sums(counts) > 0).sum(axis=1)
    alike = lengths / sums(1 / sizes)
    commons, answers, logs = [], [], []
    for size in GRID:
        weight = sizes / (sizes + size)
        whole = sums(weight)
        common = sums(share * weight[:, None]) / whole[:, None]
        told = (size + 1) * whole
        with np.errstate(invalid="ignore"):
            # A category without answers is left out: lnG has a pole there.
            gained = special.gammaln(size * common[family] + counts) - special.gammaln(size * common)[family]
        own = np.where(counts > 0, gained, 0).sum(axis=1)
        likelihood = sums(own - special.gammaln(size + sizes) + special.gammaln(size))
        prior = np.log(size * alike / (size + alike) ** 2)
        logs.append(likelihood + prior - (categories - 1) / 2 * np.log(told))
        commons.append(common)
        answers.append(told)
    highest = np.max(logs, axis=0)
    weights = [np.exp(log - highest) for log in logs]
    # One by one: the last digit then does not depend on how many families are summed together.
    total = sum(weights)
    point, centre, square = np.zeros((3, len(counts)))
    for size, common, told, weight in zip(GRID, commons, answers, weights, strict=True):
        part = (weight / total)[family]
        borrowed = size / (sizes + size)
        adjusted = (common * told[:, None] + ADDED) / (told + ADDED.sum())[:, None]
        variance = _sign(adjusted)[1]
        own_mean, own_variance = _sign(share * (1 - borrowed)[:, None] + adjusted[family] * borrowed[:, None])
        variance_here = own_variance / (sizes + size + 1) + borrowed**2 * (variance / (told + ADDED.sum()))[family]
        point += part * _sign(share * (1 - borrowed)[:, None] + common[family] * borrowed[:, None])[0]
        centre += part * own_mean
        square += part * (variance_here + own_mean**2)
    return np.stack([point, centre, np.sqrt(np.maximum(square - centre**2, 0))])


def _sign(shares: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of one answer's sign, from the shares of the categories."""
    promoters, _, detractors = shares.T
    mean = promoters - detractors
    return mean, promoters + detractors - mean**2
