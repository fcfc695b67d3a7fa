"""Scores of many small segments drawn towards their common score, each as far as its own answers are few.

Here: the empirical-Bayes Dirichlet-multinomial fit, all families of segments at once, and the columns pooled_*. Not
here: which segments form a family (by_segment.py) and the unpooled formulas (score.py).

The promoters, passives and detractors of a segment are multinomial, their probabilities Dirichlet(a) over the segments
of a family; a maximises

    log L(a) = sum_i [lnG(A) - lnG(A + n_i) + sum_k (lnG(a_k + y_ik) - lnG(a_k))],    A = sum_k a_k.

Sources:
    Minka 2000 (revised 2012), Estimating a Dirichlet distribution: gradient, Newton step and fixed point.
    Kass, Steffey 1989, J. Am. Statist. Ass. 84: the variance that comes from the estimated centre.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from pipelines.nps import score
from pipelines.nps.score import COUNTS

Floats: TypeAlias = NDArray[np.float64]
ROUNDS = 200
# A gain of log L that is none, the longest and shortest step of ln a, and where A has run away: the segments are alike.
TOLERANCE, STRIDE, SMALLEST, RUNAWAY = 1e-10, 2.0, 1e-9, 1e6


def pooled_columns(rows: pl.DataFrame, confidence: float) -> dict[str, pl.Series]:
    """The columns pooled_nps, pooled_low and pooled_high, in points.

    The point is the posterior mean: the segment's own n answers have the weight n / (n + A), the family's the rest. The
    interval is normal about it; its variance is the posterior's plus, for the part taken from the family, that of the
    family's adjusted Wald score. Where the segments of a family differ by no more than chance lets them (A has no
    finite maximum), every segment has the family's raw score and adjusted Wald interval.

    Args:
        rows: COUNTS, each with an answer, and `family`, a number; a family's rows stand together.
        confidence: of the interval.
    """
    counts = rows.select(COUNTS).to_numpy().astype(np.float64)
    family = rows["family"]
    starts = np.flatnonzero((family.diff() != 0).fill_null(value=True).to_numpy())
    sizes = np.diff(np.append(starts, rows.height))
    totals, priors = np.zeros((0, 3)), np.zeros((0, 3))
    if rows.height:
        totals, priors = np.add.reduceat(counts, starts), fit(counts, starts)
    known = rows.select(
        *COUNTS,
        *_columns(np.repeat(totals, sizes, axis=0), "whole_"),
        *_columns(np.repeat(priors, sizes, axis=0), "prior_"),
    )
    sample, whole, prior = score.counts(), score.counts("whole_"), score.counts("prior_")
    after = score.Counts(
        sample.promoters + prior.promoters, sample.passives + prior.passives, sample.detractors + prior.detractors
    )
    apart = prior.responses.is_finite()
    borrowed = prior.responses / after.responses * score.standard_error(score.adjusted(whole))
    variance = score.POINTS**2 * after.variance.clip(lower_bound=0) / (after.responses + 1) + borrowed**2
    margin = score.quantile(confidence) * variance.sqrt()
    centre = score.nps(after)
    low, high = score.interval(whole, confidence)
    return known.select(
        pooled_nps=pl.when(apart).then(centre).otherwise(score.nps(whole)),
        pooled_low=pl.when(apart).then((centre - margin).clip(-score.POINTS, score.POINTS)).otherwise(low),
        pooled_high=pl.when(apart).then((centre + margin).clip(-score.POINTS, score.POINTS)).otherwise(high),
    ).to_dict()


def _columns(values: Floats, prefix: str) -> list[pl.Series]:
    return [pl.Series(f"{prefix}{name}", values[:, number]) for number, name in enumerate(COUNTS)]


def fit(counts: Floats, starts: NDArray[Any]) -> Floats:
    """Maximum likelihood a of every family; infinite where its segments vary no more than multinomial samples.

    Args:
        counts: one row a segment, one column a category; every row has an answer.
        starts: first row of each family; a family's rows stand together.

    Returns:
        One row a family, one column a category; 0 for a category without any answer in the family.
    """
    sizes = counts.sum(axis=1)
    totals = np.add.reduceat(counts, starts)
    whole = totals.sum(axis=1)
    # d log L / d(1/A) at A = infinity is half of `excess`: if it is not positive, nothing is gained by a finite A.
    with np.errstate(divide="ignore", invalid="ignore"):
        pairs = np.add.reduceat(counts * (counts - 1), starts) * np.where(totals > 0, whole[:, None] / totals, 0)
    by_chance = np.add.reduceat(sizes * (sizes - 1), starts)
    excess = pairs.sum(axis=1) - by_chance
    alphas = np.full(totals.shape, np.inf)
    found = np.flatnonzero(excess > TOLERANCE * by_chance)
    if found.size:
        # Moments: the excess is about the number of chance pairs, times the categories but one, over A + 1.
        categories = (totals[found] > 0).sum(axis=1) - 1
        spread = np.clip(by_chance[found] * categories / excess[found] - 1, 0.5, RUNAWAY / 10)
        begun = totals[found] / whole[found, None] * spread[:, None]
        lengths = np.diff(np.append(starts, len(counts)))[found]
        rows = np.repeat(starts[found] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
        rows = rows + np.arange(lengths.sum())
        alphas[found] = _maximised(_Families.of(counts[rows], lengths), begun)
    alphas[alphas.sum(axis=1) > RUNAWAY] = np.inf
    return alphas


@dataclass(frozen=True)
class _Families:
    """Segments of some families: counts by segment and category, the family of every segment, its first row."""

    counts: Floats
    family: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, counts: Floats, lengths: NDArray[np.int64]) -> _Families:
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        return cls(counts, np.repeat(np.arange(len(lengths)), lengths), starts)

    def only(self, kept: NDArray[np.bool_]) -> _Families:
        """The families that are kept."""
        lengths = np.diff(np.append(self.starts, len(self.counts)))
        return _Families.of(self.counts[kept[self.family]], lengths[kept])

    def gained(self, function: Any, alphas: Floats) -> tuple[Floats, Floats]:  # noqa: ANN401 (a ufunc)
        """Sums over a family's segments of f(a_k + y_ik) - f(a_k), and of f(A + n_i) - f(A)."""
        whole = alphas.sum(axis=1)
        none, none_whole = function(alphas), function(whole)
        # A category without answers is left out: its a is 0, a pole of the functions, and stays so.
        with np.errstate(invalid="ignore"):
            with_answers = function(alphas[self.family] + self.counts) - none[self.family]
        by_category = np.where(self.counts > 0, with_answers, 0)
        by_segment = function(whole[self.family] + self.counts.sum(axis=1)) - none_whole[self.family]
        return np.add.reduceat(by_category, self.starts), np.add.reduceat(by_segment, self.starts)

    def likelihood(self, alphas: Floats) -> Floats:
        """Log likelihood of every family."""
        by_category, by_segment = self.gained(special.gammaln, alphas)
        likelihood: Floats = by_category.sum(axis=1) - by_segment
        return likelihood


def _maximised(families: _Families, alphas: Floats) -> Floats:
    """Climb log L in ln a with steps that never lead down, all families at once; those at their top are done."""
    result = alphas.copy()
    rows, stride = np.arange(len(alphas)), np.full(len(alphas), STRIDE)
    likelihood = families.likelihood(alphas)
    for _ in range(ROUNDS):
        step, gain = _steps(families, alphas)
        step *= np.minimum(1, stride / np.maximum(np.abs(step).max(axis=1), SMALLEST))[:, None]
        moved = alphas * np.exp(step)
        reached = families.likelihood(moved)
        # Where hardly anything is to be gained, rounding decides which is higher.
        up = (reached >= likelihood) | (gain <= TOLERANCE)
        alphas = np.where(up[:, None], moved, alphas)
        likelihood = np.where(up, reached, likelihood)
        stride = np.where(up, np.minimum(2 * stride, STRIDE), stride / 4)
        result[rows] = alphas
        going = (gain > TOLERANCE) & (stride > SMALLEST) & (alphas.sum(axis=1) <= RUNAWAY)
        if not going.any():
            break
        rows, alphas, likelihood, stride = rows[going], alphas[going], likelihood[going], stride[going]
        families = families.only(going)
    return result


def _steps(families: _Families, alphas: Floats) -> tuple[Floats, Floats]:
    """Steps of ln a, and what they should gain: Newton's where log L is curved downwards, else some way up."""
    used = alphas > 0
    own, whole = families.gained(special.digamma, alphas)
    curved, curved_whole = families.gained(_trigamma, alphas)
    gradient = np.where(used, alphas * (own - whole[:, None]), 0)
    # The Hessian is diagonal plus `outer` a a': its inverse is closed (Sherman and Morrison).
    diagonal = np.where(used, alphas**2 * curved + gradient, -1)
    outer = -curved_whole
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = 1 + outer * (alphas**2 / diagonal).sum(axis=1)
        newton = -(gradient - (outer * (alphas * gradient / diagonal).sum(axis=1) / ratio)[:, None] * alphas) / diagonal
        # Minka's fixed point leads up, but creeps far above the maximum: A is halved or doubled as well.
        fixed_point = np.log(own / whole[:, None]) + 0.7 * np.sign(gradient.sum(axis=1))[:, None]
    down = (diagonal < 0).all(axis=1) & (ratio > 0) & np.isfinite(newton).all(axis=1)
    step = np.where(used, np.where(down[:, None], newton, fixed_point), 0)
    return step, np.where(down, (gradient * newton).sum(axis=1), np.inf)


def _trigamma(values: Floats) -> Floats:
    result: Floats = special.zeta(2.0, values)
    return result
