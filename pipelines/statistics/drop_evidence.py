"""Evidence for a drop that may be looked at every night.

Here: the e-value after each day's answers, from signs and days alone. Not here: the interval and test of one window
(adjusted_wald.py), which are made for one look: repeated every night, a test at 5 % sooner or later finds a drop in an
unchanged shop.

Null hypothesis: the shop is unchanged, so its answers are exchangeable (every order is equally likely), as independent
answers from one distribution are. The baseline distribution need not be known.

1. Answers in order of time are cut into blocks of BLOCK; x_b is the sum of a block's signs (-1, 0, 1).
2. The conformal p-value of block b is its rank among blocks 1..b, with a uniform number u_b for ties:
   p_b = (#{a <= b: x_a < x_b} + u_b #{a <= b: x_a = x_b}) / b.
   Under the null p_1, p_2, ... are independent and uniform on 0..1, whatever the distribution (Vovk, Gammerman, Shafer
   2005, Algorithmic Learning in a Random World, theorem 8.2; Vovk 2021, Testing Randomness Online, Statist. Sci. 36).
3. A bet on a drop of d standard deviations multiplies its stake by g_d(p) = exp(d z - d^2 / 2), with z = -quantile(p)
   of the normal. The integral of g_d over 0..1 is 1, so under the null the product of bets is a martingale.
4. Each day j of the calendar year holds 1/366 of the capital, split equally between STEPS, and bets it from that day
   on: e_t = (1 - t / 366) + sum_d sum_j prod_{days j..t} g_d / (366 |STEPS|). This mixture over start days (Shin,
   Ramdas, Rinaldo 2024, E-detectors: a nonparametric framework for sequential change detection, arXiv 2203.03532)
   starts at 1 and is a martingale under the null. By Ville's inequality it reaches 1 / RATE within a calendar year
   with probability RATE at most: 5 % of unchanged shops ever raise the alarm in a year of nights.

u_b depends on the number of the block alone (Philox, with a key), so a day's value is a function of the answers up to
that day; later answers change nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

RATE = 0.05
BLOCK = 5
# Standard deviations of a block's sum: 20 points are 0.6 and 10 points 0.3, where a sign's variance is 0.6.
STEPS = (0.2, 0.4, 0.6)
DAYS = 366


def evidence(
    place: NDArray[Any], signs: NDArray[Any], *, start: int, days: int, key: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Logarithm of the e-value after each day, and the most likely first day of a drop.

    Args:
        place: day of every answer, ascending; 0 is the first day of the reference.
        signs: -1, 0 or 1, by answer.
        start: the first day that has capital to bet; earlier days are reference only.
        days: number of days.
        key: seeds the uniform numbers for ties.

    Returns:
        Two arrays of days - start values.

    >>> days = np.repeat(np.arange(60), 10)
    >>> signs = np.where(days < 30, 1, -1) * np.where(np.arange(600) % 5 == 0, -1, 1)
    >>> logs, since = evidence(days, signs, start=20, days=60, key=2026)
    >>> bool(logs[9] < np.log(1 / RATE)), bool(logs[-1] > np.log(1 / RATE)), int(since[-1])
    (True, True, 28)
    """
    p, day = p_values(place, signs, key)
    z = -ndtri(p)
    total = np.full(days - start, -np.inf)
    best, since = total.copy(), np.zeros(days - start, dtype=np.int64)
    for step in STEPS:
        grown = sum_by(day, step * z - step**2 / 2, days)[start:].cumsum()
        before = np.concatenate([[0.0], grown[:-1]])
        # The product of days j..t is the product of days 0..t over that of the days before j.
        capital = grown + np.logaddexp.accumulate(-before) - np.log(DAYS * len(STEPS))
        total = np.logaddexp(total, capital)
        lowest = np.minimum.accumulate(before)
        likeliest = np.maximum.accumulate(np.where(before == lowest, np.arange(days - start), 0))
        since = np.where(capital > best, likeliest, since)
        best = np.maximum(best, capital)
    idle = 1 - np.arange(1, days - start + 1) / DAYS
    with np.errstate(divide="ignore"):
        return np.logaddexp(total, np.log(np.maximum(idle, 0))), since + start


def p_values(place: NDArray[Any], signs: NDArray[Any], key: int) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Conformal p-value of every block among the blocks so far (small for low sums), and the day that completed it.

    >>> p, completed = p_values(np.array([0, 0, 0, 1, 1, 2, 2, 2, 2, 2]), np.array([1] * 5 + [-1] * 5), key=2026)
    >>> bool(p[1] < 0.5), completed
    (True, array([1, 2]))
    """
    blocks = len(signs) // BLOCK
    sums = signs[: blocks * BLOCK].reshape(blocks, BLOCK).sum(axis=1) + BLOCK
    equal, upto = np.zeros(blocks, dtype=np.int64), np.zeros(blocks, dtype=np.int64)
    for value in range(2 * BLOCK + 1):
        mine = np.flatnonzero(sums == value)
        equal[mine] = np.arange(1, len(mine) + 1)
        upto[mine] = (sums <= value).cumsum()[mine]
    # Above 0, where the quantile would be infinite.
    ties = np.random.Generator(np.random.Philox(key=key)).random(blocks) + 2.0**-54
    return (upto - equal + ties * equal) / np.arange(1, blocks + 1), place[BLOCK - 1 : blocks * BLOCK : BLOCK]


def sum_by(place: NDArray[Any], values: NDArray[Any], number: int) -> NDArray[Any]:
    """Sum of the values by day, added one by one, so that later values change no digit of an earlier day.

    >>> sum_by(np.array([0, 0, 2]), np.array([1, 2, 5]), 3)
    array([3, 0, 5])
    """
    sums = np.zeros(number, dtype=values.dtype)
    np.add.at(sums, place, values)
    return sums
