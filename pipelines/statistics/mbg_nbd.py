"""The MBG/NBD model of repeat purchases: BG/NBD in which a customer may leave after the first purchase too.

Here: its parameters and fit. Not here: likelihood and expectations, which bg_nbd.py computes for both models. BG/NBD
takes everybody who bought once for alive; here, who bought once and has been silent for long has probably left.

Source: Batislam, Denizel, Filiztekin 2007, Empirical validation and comparison of models for customer base analysis,
International Journal of Research in Marketing 24.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipelines.statistics import bg_nbd


@dataclass(frozen=True)
class Parameters(bg_nbd.Parameters):
    """As those of BG/NBD; the first purchase is a chance to leave.

    One purchase 39 weeks ago, in CDNOW's sample:

    >>> cdnow = Parameters(0.5248379, 6.1829917, 0.8913562, 1.6139994)
    >>> round(float(bg_nbd.probability_alive(cdnow, 0, 0, 38.86)), 4)
    0.3897
    """

    CHANCES: ClassVar[int] = 1


def fit(histories: bg_nbd.Histories) -> bg_nbd.Fit:
    """Maximum likelihood, as bg_nbd.fit.

    >>> import numpy as np
    >>> frequency, recency = np.array([0, 1, 2, 5, 9]), np.array([0.0, 12.0, 20.0, 30.0, 38.0])
    >>> fitted = fit(bg_nbd.Histories(frequency, recency, np.full(5, 39.0), np.array([60, 20, 10, 6, 4])))
    >>> fitted.converged, round(fitted.log_likelihood, 3)
    (True, -436.638)
    """
    return bg_nbd.fit(histories, Parameters)
