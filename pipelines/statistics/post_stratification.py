"""Post-stratification: the score as if every kind of buyer had answered at the same rate.

Here: weights, weighted shares, their error and the effective number of answers; merging of small cells. Not here: what
the cells are (nps/weighting.py). Nothing is trimmed.

Sources:
    Holt, Smith 1979, Post Stratification, J. R. Statist. Soc. A 142: the estimator and its stratified error.
    Kish 1965, Survey Sampling: the effective number of answers (sum w)^2 / sum w^2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.statistics.score import POINTS

# Cells with fewer answers are merged.
MIN_CELL = 10
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Weighted:
    """Weighted figures, one per row.

    promoters, passives, detractors: weighted shares, 0..1. weights: of one answer, by row and stratum; 0 in strata
    without answers. error: stratified standard error, points. effective: Kish's effective number of answers.
    """

    promoters: Floats
    passives: Floats
    detractors: Floats
    weights: Floats
    error: Floats
    effective: Floats


def weigh(answers: Ints, population: Ints) -> Weighted:
    """Post-stratify every row (Holt, Smith 1979).

    Args:
        answers: promoters, passives and detractors by row and stratum, shape (3, rows, strata).
        population: buyers by row and stratum, shape (rows, strata); a stratum with buyers has answers.

    >>> # Promoters, passives and detractors of registered buyers and guests; 3,000 and 7,000 of them bought.
    >>> answers = np.array([[[200, 40]], [[60, 30]], [[40, 30]]])
    >>> weighted = weigh(answers, np.array([[3000, 7000]]))
    >>> (weighted.promoters - weighted.detractors).round(4), weighted.weights.round(2), weighted.error.round(4)
    (array([0.23]), array([[0.4, 2.8]]), array([5.9461]))
    """
    responses = answers.sum(axis=0)
    divisor = np.maximum(responses, 1)
    share = population / _across(population)[:, None]
    weights = np.where(responses > 0, share * _across(responses)[:, None] / divisor, 0.0)
    shares = answers / divisor
    promoters, passives, detractors = (_across(share * part) for part in shares)
    mean = shares[0] - shares[2]
    variance = np.maximum(shares[0] + shares[2] - mean**2, 0)
    error = POINTS * np.sqrt(_across(share**2 * variance / divisor))
    effective = _across(responses) ** 2 / _across(responses * weights**2)
    return Weighted(promoters, passives, detractors, weights, error, effective)


def merge_small_cells(answers: Ints, population: Ints) -> tuple[Ints, Ints]:
    """Merge cells with fewer than MIN_CELL answers, by a rule that depends on the counts of the row alone.

    1. If any account type has fewer than MIN_CELL answers, account types are combined.
    2. Within an account type, bands are taken in their order: a cell is closed as soon as it has MIN_CELL answers,
       until then the next band joins it. What is left over at the end joins the last closed cell.

    Args:
        answers: shape (3, rows, account types, bands), bands from the smallest amount up, unknown last.
        population: shape (rows, account types, bands).

    Returns:
        Answers, shape (3, rows, strata), and population, shape (rows, strata); strata merged into others are zero.

    >>> answers = np.zeros((3, 1, 2, 3), dtype=np.int64)
    >>> answers[0, 0] = [[6, 6, 3], [11, 0, 4]]
    >>> strata, buyers = merge_small_cells(answers, np.full((1, 2, 3), 100))
    >>> strata[0], buyers
    (array([[15,  0,  0, 15,  0,  0]]), array([[300,   0,   0, 300,   0,   0]]))
    """
    apart = (answers.sum(axis=(0, 3)) >= MIN_CELL).all(axis=1)
    # Combined account types are stored under the first one.
    together = np.zeros_like(answers)
    together[:, :, 0] = answers.sum(axis=2)
    answers = np.where(apart[None, :, None, None], answers, together)
    whole = np.zeros_like(population)
    whole[:, 0] = population.sum(axis=1)
    population = np.where(apart[:, None, None], population, whole)

    responses = answers.sum(axis=0)
    _, rows, accounts, bands = answers.shape
    cell = np.zeros((rows, accounts, bands), dtype=np.int64)
    number, gathered = np.zeros((rows, accounts), dtype=np.int64), np.zeros((rows, accounts), dtype=np.int64)
    for band in range(bands):
        cell[:, :, band] = number
        gathered += responses[:, :, band]
        closed = gathered >= MIN_CELL
        number += closed
        gathered[closed] = 0
    # The cell that was still open joins the last closed one.
    cell = np.minimum(cell, np.maximum(number - 1, 0)[:, :, None])
    into = cell[:, :, None, :] == np.arange(bands)[None, None, :, None]  # rows, accounts, stratum, band
    strata = (answers[:, :, :, None, :] * into[None]).sum(axis=4).reshape(3, rows, accounts * bands)
    return strata, (population[:, :, None, :] * into).sum(axis=3).reshape(rows, accounts * bands)


def _across(table: NDArray[np.int64] | Floats) -> Floats:
    """Sum over the columns one by one, so that the last digit does not depend on the number of rows."""
    total = np.zeros(table.shape[0])
    for column in range(table.shape[1]):
        total = total + table[:, column]
    return total
