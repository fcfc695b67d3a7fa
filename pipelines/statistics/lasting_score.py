"""What lasts of a score: the sign to expect of another answer of the same customer.

Here: the expectation by score, from customers who answered twice. Not here: whose answers they are. A single score is
partly of the moment (the order, the day); its expectation on another order is nearer to the mean. Classical test theory
calls the ratio reliability (Spearman 1904, Am. J. Psychology 15); by score, it needs no straight line.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Below so many customers who answered twice, all of a score is taken to last.
LEAST_PAIRS = 50
# Customers' worth of the straight line that each score's own mean is averaged with.
LINE = 20.0


def lasting_signs(pairs: Floats, signs: Floats) -> Floats:
    """Expected sign of another answer, by score; `signs` themselves below LEAST_PAIRS.

    Args:
        pairs: customers by first and second score, scores x scores.
        signs: sign of every score.

    >>> alike = np.diag([10.0, 0, 30, 60])
    >>> lasting_signs(alike, np.array([-1.0, -1, 0, 1])).round(2)
    array([-1.  , -0.5 ,  0.05,  0.99])
    """
    if pairs.sum() < LEAST_PAIRS:
        return signs
    # Either answer may be the other one: twice the pairs, and no trend between first and second answers.
    both = pairs + pairs.T
    seen, total = both.sum(axis=1), both @ signs
    scores = np.arange(len(signs), dtype=np.float64)
    centre = seen @ scores / seen.sum()
    spread = seen @ (scores - centre) ** 2
    mean = total.sum() / seen.sum()
    slope = total @ (scores - centre) / spread if spread > 0 else 0.0
    line = np.clip(mean + slope * (scores - centre), -1, 1)
    return np.asarray((total + LINE * line) / (seen + LINE))
