"""Randomised arms whose effect is known, and the evidence of running_difference by its definition.

Here: drawing arms, and the evidence after every outcome, shared by tests and a benchmark. Not here: expectations.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.statistics.running_difference import BLOCK, STEPS

Floats = NDArray[np.float64]
LIMIT = np.log(20)


def shares(number: int, rng: np.random.Generator, *, share: float, held: float, followed: float) -> tuple[Any, ...]:
    """Outcomes 0 and 1 with the probability of their arm, who was held out, and the share."""
    is_held = rng.random(number) < share
    outcome = (rng.random(number) < np.where(is_held, held, followed)).astype(float)
    return outcome, is_held, np.full(number, share)


def evidence_path(outcome: Floats, held_out: NDArray[np.bool_], share: Floats, difference: float) -> Floats:
    """Logarithm of the evidence against a difference after every outcome, block by block as defined."""
    value = outcome - difference * ~held_out
    first, logs = BLOCK, [np.zeros((2 * len(STEPS), min(BLOCK, len(value))))]
    bets = np.array([*STEPS, *(-step for step in STEPS)])[:, None]
    while first < len(value):
        block = slice(first, first + (first + BLOCK))
        before, p = held_out[:first], share[block]
        mean, deviation = value[:first].mean(), value[:first].std()
        stakes = excess = np.zeros((len(bets), len(p)))
        if deviation > 1e-9 * (1 + abs(mean)):
            stakes = np.clip(bets * (value[block] - mean) / deviation, -500, 500)
            if before.any() and not before.all():
                gap = outcome[:first][before].var() - outcome[:first][~before].var()
                excess = bets**2 / 2 * p * (1 - p) * np.maximum((1 - 2 * p) * gap, 0) / deviation**2
        logs.append(stakes * held_out[block] - np.log1p(p * np.expm1(stakes)) - excess)
        first = block.stop
    path = np.concatenate(logs, axis=1).cumsum(axis=1)
    return np.asarray(np.logaddexp.reduce(path) - np.log(len(bets)))
