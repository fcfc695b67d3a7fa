"""Simulated shops for the alarm: unchanged for a year of nights, or with a drop of 20 points.

Here: drawing shops and the first night of an alarm, shared by a test and a benchmark. Not here: expectations.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.statistics.drop_evidence import RATE, evidence

BASELINE = 180
YEAR = 365
PER_DAY = 20
BEFORE = (0.15, 0.30, 0.55)
AFTER = (0.25, 0.30, 0.45)


def first_alarms(
    shops: int,
    rng: np.random.Generator,
    *,
    drop: bool,
    before: tuple[float, ...] = BEFORE,
    after: tuple[float, ...] = AFTER,
) -> NDArray[np.float64]:
    """The day of each shop's first alarm, counted from its first answer; infinite for none.

    All have BASELINE days of about PER_DAY answers. Then an unchanged one has a year of nights, the others the drop at
    once and 30 nights; these are looked at from their first day on, so that an alarm of before is seen.
    """
    days = BASELINE + (30 if drop else YEAR)
    start = 0 if drop else BASELINE
    firsts = np.full(shops, np.inf)
    for shop in range(shops):
        place = np.repeat(np.arange(days), rng.poisson(PER_DAY, days))
        signs = rng.choice([-1, 0, 1], len(place), p=before)
        if drop:
            changed = place >= BASELINE
            signs[changed] = rng.choice([-1, 0, 1], changed.sum(), p=after)
        logs, _ = evidence(place, signs, start=start, days=days, key=shop)
        raised = np.flatnonzero(logs >= -np.log(RATE))
        if len(raised):
            firsts[shop] = raised[0] + start
    return firsts
