"""Post-stratification: a vector computed with R's survey package, the rule of merging, identities."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.statistics.post_stratification import MIN_CELL, merge_small_cells, weigh

# Promoters, passives, detractors of registered and guests; 3,000 and 7,000 of them bought.
ANSWERS = np.array([[[200, 40]], [[60, 30]], [[40, 30]]])
POPULATION = np.array([[3000, 7000]])


def test_known_vector():
    figures = weigh(ANSWERS, POPULATION)
    assert figures.weights[0] == pytest.approx([0.4, 2.8], abs=1e-4)
    assert figures.promoters[0] - figures.detractors[0] == pytest.approx(0.23, abs=1e-6)
    assert figures.effective[0] == pytest.approx(192.3077, abs=1e-4)
    assert figures.error[0] == pytest.approx(5.9461, abs=1e-4)
    variance = figures.promoters[0] + figures.detractors[0] - 0.23**2
    assert variance == pytest.approx(0.6771, abs=1e-4)
    assert 400 / figures.effective[0] == pytest.approx(2.08, abs=1e-4)


@pytest.mark.parametrize("seed", range(20))
def test_weights_sum_to_the_answers_and_merging_loses_nobody(seed):
    random = np.random.default_rng(seed)
    answers = random.integers(0, random.choice([3, 8, 40]), (3, 6, 2, 5))
    answers[:, :, 1] = answers[:, :, 1] * random.integers(0, 2, 6)[:, None]
    population = random.integers(0, 400, (6, 2, 5))
    given, buyers = merge_small_cells(answers, population)
    assert (given.sum(axis=2) == answers.sum(axis=(2, 3))).all()
    assert (buyers.sum(axis=1) == population.sum(axis=(1, 2))).all()
    cells = given.sum(axis=0)
    large = cells.sum(axis=1) >= MIN_CELL
    # Every remaining cell has enough answers, and none has only buyers.
    assert ((cells == 0) | (cells >= MIN_CELL))[large].all()
    assert (buyers[cells == 0] == 0).reshape(-1).all() or not large.all()
    figures = weigh(given[:, large], buyers[large])
    n = cells[large].sum(axis=1)
    assert (figures.weights * cells[large]).sum(axis=1) == pytest.approx(n)
    assert (figures.effective <= n + 1e-9).all()


def test_merging_by_hand():
    answers = np.zeros((3, 2, 2, 4), dtype=np.int64)
    answers[0, 0] = [[4, 6, 25, 3], [12, 0, 9, 2]]  # both account types have enough
    answers[0, 1] = [[4, 6, 25, 3], [1, 2, 3, 0]]  # six guests: account types are combined
    population = np.arange(1, 17).reshape(2, 2, 4)
    given, buyers = merge_small_cells(answers, population)
    assert given[0].tolist() == [[10, 28, 0, 0, 12, 11, 0, 0], [13, 28 + 3, 0, 0, 0, 0, 0, 0]]
    assert buyers[0].tolist() == [1 + 2, 3 + 4, 0, 0, 5, 6 + 7 + 8, 0, 0]
    assert buyers[1].tolist() == [9 + 13 + 10 + 14, 11 + 15 + 12 + 16, *[0] * 6]
