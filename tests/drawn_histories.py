"""Customers drawn from BG/NBD and MBG/NBD, and the models of CDNOW's published tenth.

Here: what the tests of both models share. Not here: the tests (tests/statistics).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.statistics import bg_nbd, mbg_nbd
from pipelines.statistics.bg_nbd import Histories, Parameters

CDNOW = Parameters(0.2425929, 4.4135313, 0.7928860, 2.4257529)
# As ModifiedBetaGeoFitter of lifetimes 0.11.3 fits it; tests/real fits it again.
CDNOW_MBG = mbg_nbd.Parameters(0.5248379429037207, 6.1829916645816585, 0.8913561607448689, 1.6139994339516084)


def drawn(
    parameters: bg_nbd.Parameters, customers: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Ages up to 100 weeks; of the repeat purchases by then, the customer and the week."""
    rng = np.random.default_rng(seed)
    age = rng.integers(1, 101, customers).astype(float)
    rate = rng.gamma(parameters.r, 1 / parameters.alpha, customers)
    leave = rng.beta(parameters.a, parameters.b, customers)
    here = np.full(customers, fill_value=True)
    if parameters.CHANCES:
        here &= rng.random(customers) >= leave
    moment, who, when = np.zeros(customers), [], []
    while here.any():
        moment = moment + rng.exponential(1, customers) / np.maximum(rate, 1e-12)
        here &= moment < age
        who.append(np.flatnonzero(here))
        when.append(moment[here])
        here &= rng.random(customers) >= leave
    return age, np.concatenate(who), np.concatenate(when)


def simulated(parameters: bg_nbd.Parameters, customers: int, seed: int) -> Histories:
    """Histories drawn from the model, ages up to 100 weeks."""
    age, who, when = drawn(parameters, customers, seed)
    recency = np.zeros(customers)
    np.maximum.at(recency, who, when)
    ones = np.ones(customers, dtype=np.int64)
    return Histories(np.bincount(who, minlength=customers), recency, age, ones)
