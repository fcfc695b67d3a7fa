"""The score of those who did not answer, from what customers did afterwards.

Here: how much likelier the dissatisfied stay silent, found where the answered, weighted by it, order again as the
silent do; and the score of all that follows. Not here: who is followed from which order (pipelines/nps/silent).

Within a kind of customers, the odds of silence are exp(-tilt * score) times a constant. The silent then behave as the
answered do with these weights, whatever the curve of any single score: their time to the next order is a mixture of the
curves of the scores, with shares on the simplex. One number, the tilt, is to be found, and it is the same for all
kinds; three free shares in every kind would be told from one another by far fewer customers each. What it rests on:

- the next order is a shadow variable: given kind and lasting satisfaction, it does not depend on having answered;
- it depends on the score: where the curves of the scores do not differ, every tilt fits, and the interval is as wide as
  the prior of the tilt;
- only what lasts of a score moves both answering and ordering. A score is partly of the moment: weights by score alone
  would overstate by how much the silent differ, by 1 / reliability (Fuller 1987). Therefore the silent differ by the
  score that customers with these scores gave on another order (`lasting`). Without customers who answered twice, all of
  a score is taken to last, which puts the silent too low.

Inference: the log-rank difference between the silent and the weighted answered is computed for every tilt of a grid,
with the error of both curves, and its square is the quasi-likelihood of the tilt (continuously updated GMM, averaged
over a normal prior as in Chernozhukov, Hong 2003). Unlike an interval around the best tilt, this stays honest where the
tilt is weakly identified (Stock, Wright 2000). It needs counts only, and no iteration.

Sources: Miao, Tchetgen Tchetgen 2016, On Varieties of Doubly Robust Estimators Under Missingness Not at Random With a
Shadow Variable, Biometrika 103; Kim, Yu 2011, A Semiparametric Estimation of Mean Functionals With Nonignorable Missing
Data, J. Am. Statist. Ass. 106; Stock, Wright 2000, GMM With Weak Identification, Econometrica 68; Chernozhukov, Hong
2003, An MCMC Approach to Classical Estimation, J. Econometrics 115; Fuller 1987, Measurement Error Models.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]

# Log odds of silence per point of score that are tried. Two standard deviations of the prior are a factor of e a point.
TILTS = np.linspace(-1.5, 1.5, 61)
TILT_DEVIATION = 0.5
# Resolution of the ends of an interval: 0.1 points of NPS.
_STEPS = 2001
NEXT, CUT = 1, 0


@dataclass(frozen=True)
class Behaviour:
    """Customers by what they did after an order; all arrays count customers.

    answered: kinds x scores x 2 x (bins + 1): with a next order (NEXT) in this bin of days, or followed without one
    (CUT) through all bins before this one. silent: kinds x 2 x (bins + 1).
    """

    answered: Floats
    silent: Floats


@dataclass(frozen=True)
class Target:
    """Customers whose score is wanted: all by kind; of some, the answered by kind x score and the silent by kind.

    is_followed: these are the customers of Behaviour, so that both figures err together.
    """

    everybody: Floats
    answered: Floats
    silent: Floats
    is_followed: bool


@dataclass(frozen=True)
class Estimate:
    """Mean of a score with its interval, and how much likelier silence is per point of score less (log odds)."""

    mean: float
    low: float
    high: float
    tilt: float


def estimate(
    behaviour: Behaviour, target: Target, *, scores: Floats, signs: Floats, lasting: Floats, confidence: float
) -> Estimate:
    """Mean of `signs` over everybody in the target.

    Args:
        behaviour: what the tilt is learnt from.
        target: whose mean is wanted.
        scores: value of every score.
        signs: what is averaged, by score.
        lasting: expectation of the sign of another answer of a customer who gave the score.
        confidence: level of the interval.

    Of two scores, 20 and 80 of 100 who answered ordered again in the first bin; of the silent, 25 of 100 did. More of
    them than of the answered would have given the lower score:

    >>> answered = np.array([[[[0.0, 80], [20, 0]], [[0, 20], [80, 0]]]])
    >>> silent = np.array([[[0.0, 75], [25, 0]]])
    >>> target = Target(np.array([300.0]), np.array([[100.0, 100.0]]), np.array([100.0]), is_followed=True)
    >>> signs = np.array([-1.0, 1.0])
    >>> found = estimate(Behaviour(answered, silent), target, scores=signs, signs=signs, lasting=signs, confidence=0.95)
    >>> round(found.mean, 1), found.tilt > 0
    (-0.2, True)
    """
    weights = np.exp(-TILTS[:, None] * (scores - scores.mean()))
    moment, variance, influence = _difference(behaviour, weights)
    mean, effect = _means(target, weights, signs, lasting)
    own_variance = np.einsum("ks,qks->q", target.answered, effect**2)
    together = np.zeros(len(TILTS))
    if target.is_followed:
        together = np.einsum("qks,qks->q", effect, influence)
    fit = np.divide(moment**2, variance, out=np.zeros_like(moment), where=variance > 0)
    log = -fit / 2 - (TILTS / TILT_DEVIATION) ** 2 / 2
    chance = np.exp(log - log.max())
    chance /= chance.sum()
    slope = np.divide(together, variance, out=np.zeros_like(moment), where=variance > 0)
    centre = mean - slope * moment
    spread = np.sqrt(np.maximum(own_variance - slope * together, 1e-12))
    ends = np.linspace(-1, 1, _STEPS)
    below = chance @ ndtr((ends - centre[:, None]) / spread[:, None])
    tail = (1 - confidence) / 2
    low, high = np.interp([tail, 1 - tail], below, ends)
    point = float(np.clip(chance @ centre, -1, 1))
    return Estimate(point, min(float(low), point), max(float(high), point), float(chance @ TILTS))


def _at_risk(counts: Floats) -> Floats:
    """Customers still followed without a next order at the start of each bin; the last axes are 2 x (bins + 1)."""
    ever = counts.sum(axis=-2)
    here = np.flip(np.cumsum(np.flip(ever, -1), -1), -1)
    return np.asarray((here - counts[..., CUT, :])[..., :-1])


def _difference(behaviour: Behaviour, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """The log-rank difference of the silent from the weighted answered by tilt, and its variance.

    Also the sum over the answered of their influences on it, by tilt x kind x score.
    """
    events, silent_events = behaviour.answered[..., NEXT, :-1], behaviour.silent[..., NEXT, :-1]
    risk, silent_risk = _at_risk(behaviour.answered), _at_risk(behaviour.silent)
    # Not einsum: matrix products are ten times faster.
    kinds, scores, bins = risk.shape

    def weighted(counts: Floats, by: Floats) -> Floats:
        flat = by @ counts.transpose(1, 0, 2).reshape(scores, kinds * bins)
        return np.asarray(flat.reshape(-1, kinds, bins))

    weighed = weighted(risk, weights)
    effective = _ratio(weighed**2, weighted(risk, weights**2))
    importance = _ratio(silent_risk * effective, silent_risk + effective)
    hazard, silent_hazard = _ratio(weighted(events, weights), weighed), _ratio(silent_events, silent_risk)
    moment = (importance * (silent_hazard - hazard)).sum(axis=(1, 2))
    answered = -_influence(_ratio(importance, weighed), hazard)
    silent = _influence(_ratio(importance, silent_risk), silent_hazard)
    cells = behaviour.answered.reshape(kinds, scores, -1)
    flat = answered.reshape(len(weights), kinds, -1)
    sums = np.matmul(cells[None], flat[..., None])[..., 0] * weights[:, None]
    squares = np.matmul(cells[None], (flat**2)[..., None])[..., 0] * weights[:, None] ** 2
    variance = squares.sum(axis=(1, 2)) + (behaviour.silent * silent**2).sum(axis=(1, 2, 3))
    return moment, variance, sums


def _influence(per_customer: Floats, hazard: Floats) -> Floats:
    """What a customer adds to a sum of hazards, by tilt x kind x 2 x (bins + 1), before the customer's weight."""
    passed = np.cumsum(per_customer * hazard, axis=-1)
    before = np.concatenate([np.zeros_like(passed[..., :1]), passed], axis=-1)
    made = np.stack([-before, -before], axis=-2)
    made[..., NEXT, :-1] += per_customer - per_customer * hazard
    return made


def _means(target: Target, weights: Floats, signs: Floats, lasting: Floats) -> tuple[Floats, Floats]:
    """Mean sign of everybody by tilt, and what an answered customer adds to it by tilt x kind x score."""
    given, silent = target.answered, target.silent
    heard = given.sum(axis=1)
    share = target.everybody / target.everybody.sum()
    silence = _ratio(silent, heard + silent, empty=1.0)
    tilted = weights[:, None] * given
    mass = tilted.sum(axis=2)
    # A kind without an answer takes the mean of all kinds.
    plain = _ratio(given @ signs, heard, empty=float(given.sum(axis=0) @ signs / given.sum()))
    lasts = _ratio(given @ lasting, heard, empty=float(given.sum(axis=0) @ lasting / given.sum()))
    whole = tilted.sum(axis=1)
    shifted = np.where(heard > 0, _ratio(tilted @ lasting, mass), (whole @ lasting / whole.sum(axis=1))[:, None])
    mean = (share * (plain + silence * (shifted - lasts))).sum(axis=1)
    own = _ratio(signs - plain[:, None], heard[:, None]) - silence[:, None] * _ratio(
        lasting - lasts[:, None], heard[:, None]
    )
    moved = silence[:, None] * _ratio(weights[:, None] * (lasting - shifted[..., None]), mass[..., None])
    effect = share[:, None] * (own + moved)
    return mean, effect


def _ratio(above: Floats, below: Floats, empty: float = 0.0) -> Floats:
    above, below = np.broadcast_arrays(above, below)
    quotient: Floats = np.divide(above, below, out=np.full(above.shape, empty), where=below > 0)
    return quotient
