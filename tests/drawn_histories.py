"""Customers drawn from BG/NBD and MBG/NBD, and the models of CDNOW's published tenth.

Here: what the tests of both models share. Not here: the tests (tests/statistics).
"""

from __future__ import annotations

import numpy as np

from pipelines.statistics import bg_nbd, mbg_nbd
from pipelines.statistics.bg_nbd import Histories, Parameters

CDNOW = Parameters(0.2425929, 4.4135313, 0.7928860, 2.4257529)
# As ModifiedBetaGeoFitter of lifetimes 0.11.3 fits it; tests/real fits it again.
CDNOW_MBG = mbg_nbd.Parameters(0.5248379429037207, 6.1829916645816585, 0.8913561607448689, 1.6139994339516084)


def simulated(parameters: bg_nbd.Parameters, customers: int, seed: int) -> Histories:
    """Histories drawn from the model, ages up to 100 weeks."""
    rng = np.random.default_rng(seed)
    age = rng.integers(1, 101, customers).astype(float)
    rate = rng.gamma(parameters.r, 1 / parameters.alpha, customers)
    leave = rng.beta(parameters.a, parameters.b, customers)
    frequency, recency, here = np.zeros(customers, dtype=np.int64), np.zeros(customers), np.full(customers, True)
    moment = np.zeros(customers)
    if parameters.CHANCES:
        here &= rng.random(customers) >= leave
    while here.any():
        moment = moment + rng.exponential(1, customers) / np.maximum(rate, 1e-12)
        here &= moment < age
        frequency += here
        recency = np.where(here, moment, recency)
        here &= rng.random(customers) >= leave
    return Histories(frequency, recency, age, np.ones(customers, dtype=np.int64))
