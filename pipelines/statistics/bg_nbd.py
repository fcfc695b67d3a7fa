"""The BG/NBD model of repeat purchases: fitted by maximum likelihood, and what follows from its four parameters.

Here: likelihood, fit, and expectations for arrays of purchase histories (Fader, Hardie and Lee 2005, "Counting your
customers the easy way"). Not here: who bought what (purchases), what an order is worth (gamma_gamma), and what is done
when a fit fails (customer_base). Time is in weeks from the first purchase.

While a customer, somebody buys at a rate drawn from Gamma(r, alpha); after every purchase they leave for good with a
probability drawn from Beta(a, b). A history is `frequency` repeat purchases, the last of them at `recency`, known up
to `age`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaln, digamma, expit, gammaln, hyp2f1

from pipelines.statistics.maximum_likelihood import dot, least, least_from_sample

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Time is scaled so that the longest age is this many units.
LONGEST = 10.0
# Greatest r and a. Beyond, customers no longer differ in their rate, or in their probability to leave: neither the
# likelihood nor a forecast moves, and the closed form loses its digits.
ALIKE = 50.0
# Distinct histories above which a sample of them is fitted first.
MANY = 80_000
# Where the closed form divides by zero and its limit exists, it is taken this far beside.
NUDGE = 1e-6
# From this third parameter on, 2F1 is summed term by term.
LARGE = 30.0
TERMS = 100_000


@dataclass(frozen=True)
class Parameters:
    """Of the purchase rate (r; alpha in weeks) and of the probability to leave (a, b). `a` = 0: nobody leaves."""

    r: float
    alpha: float
    a: float
    b: float


@dataclass(frozen=True)
class Histories:
    """Distinct purchase histories in a fixed order: repeat purchases, weeks to the last, weeks known, customers."""

    frequency: Ints
    recency: Floats
    age: Floats
    customers: Ints


@dataclass(frozen=True)
class Fit:
    """What maximum likelihood found; `converged` and `at_bound` as likelihood.least tells them."""

    parameters: Parameters
    log_likelihood: float
    converged: bool
    at_bound: bool


class _Likelihood:
    """Mean log-likelihood of histories and its gradient, by the logs of the parameters in scaled time.

    What depends on the frequency alone, or on the age alone, is summed over the customers that share it beforehand;
    only the chance to have left is worked out history by history.
    """

    def __init__(self, histories: Histories, scale: float) -> None:
        count, frequency = histories.customers.astype(np.float64), histories.frequency
        self.total = count.sum()
        self.x, of_x = np.unique(frequency, return_inverse=True)
        self.n_x = np.bincount(of_x, count)
        self.ages, of_age = np.unique(histories.age * scale, return_inverse=True)
        self.n_age, self.x_age = np.bincount(of_age, count), np.bincount(of_age, count * frequency)
        again = frequency > 0
        self.of_x, self.of_age = of_x[again], of_age[again]
        self.recencies, self.of_recency = np.unique(histories.recency[again] * scale, return_inverse=True)
        self.count, self.frequency = count[again], frequency[again].astype(np.float64)

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        """Negative mean log-likelihood and gradient."""
        r, alpha, a, b = np.exp(logs)
        x, n_x = self.x.astype(np.float64), self.n_x
        log_age, log_recency = np.log(alpha + self.ages), np.log(alpha + self.recencies)
        weight = r * self.n_age + self.x_age
        longer = log_age[self.of_age] - log_recency[self.of_recency]
        bought = r + self.frequency
        # Of the first frequency, 0, nothing is taken: without a repeat purchase nobody has had a chance to leave.
        stays = np.log(a) - np.log(np.where(x > 0, b + x - 1, 1.0))
        odds = stays[self.of_x] + bought * longer
        left = self.count * expit(odds)
        value = (
            dot(n_x, gammaln(r + x) - gammaln(r) + gammaln(b + x) - gammaln(b) + gammaln(a + b) - gammaln(a + b + x))
            + self.total * r * np.log(alpha)
            - dot(weight, log_age)
            + dot(self.count, np.logaddexp(0.0, odds))
        )
        by_age, by_recency = 1 / (alpha + self.ages), 1 / (alpha + self.recencies)
        lost = np.bincount(self.of_x, left, len(x))
        shared = dot(n_x, digamma(a + b) - digamma(a + b + x))
        gradient = np.array(
            [
                dot(n_x, digamma(r + x) - digamma(r))
                + self.total * np.log(alpha)
                - dot(self.n_age, log_age)
                + dot(left, longer),
                self.total * r / alpha
                - dot(weight, by_age)
                + dot(left, bought * (by_age[self.of_age] - by_recency[self.of_recency])),
                shared + lost.sum() / a,
                shared + dot(n_x, digamma(b + x) - digamma(b)) - dot(lost, 1 / np.where(x > 0, b + x - 1, 1.0)),
            ]
        )
        return -float(value) / self.total, -gradient * np.exp(logs) / self.total


def log_likelihood(parameters: Parameters, histories: Histories) -> float:
    """Log-likelihood of all customers; equation 6 of the paper, its two terms added in logs."""
    likelihood = _Likelihood(histories, 1.0)
    logs = np.log([parameters.r, parameters.alpha, parameters.a, parameters.b])
    return float(-likelihood(logs)[0] * likelihood.total)


def fit(histories: Histories) -> Fit:
    """Maximum likelihood (see likelihood.least), always from the same start.

    The result depends on the histories alone: not on what was fitted before. Of many histories every so many are
    fitted first, to begin in all of them near the end.
    """
    scale = LONGEST / max(float(histories.age.max()), 1 / 7)
    likelihood = _Likelihood(histories, scale)
    start = np.zeros(4)
    caps = np.log([ALIKE, np.inf, ALIKE, np.inf])
    if len(histories.age) > MANY:
        some = slice(None, None, len(histories.age) // (MANY // 4))
        few = Histories(
            histories.frequency[some], histories.recency[some], histories.age[some], histories.customers[some]
        )
        logs, converged, at_bound = least_from_sample(likelihood, _Likelihood(few, scale), start, caps=caps)
    else:
        logs, converged, at_bound = least(likelihood, start, caps=caps)
    r, alpha, a, b = (float(value) for value in np.exp(logs))
    parameters = Parameters(r, alpha / scale, a, b)
    return Fit(parameters, log_likelihood(parameters, histories), converged, at_bound)


def probability_alive(parameters: Parameters, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
    """Probability that a customer has not left; 1 before the first repeat purchase, as the model has it."""
    x, recency, age = (np.asarray(values, dtype=np.float64) for values in (frequency, recency, age))
    ratio = np.log(parameters.alpha + age) - np.log(parameters.alpha + recency)
    again = x > 0
    with np.errstate(divide="ignore"):
        odds = np.log(parameters.a) - np.log(np.where(again, parameters.b + x - 1, 1.0)) + (parameters.r + x) * ratio
    return np.where(again, expit(-odds), 1.0)


def orders_while_alive(parameters: Parameters, frequency: ArrayLike, age: ArrayLike, weeks: ArrayLike) -> Floats:
    """Orders expected in the next weeks of somebody who has not left yet.

    The Euler transform of the textbook's hypergeometric function: the textbook's own overflows from about 500
    purchases on. The power of the ratio is taken in logs.
    """
    x, age, weeks = (np.asarray(values, dtype=np.float64) for values in (frequency, age, weeks))
    if parameters.a == 0:
        return np.asarray(weeks * (parameters.r + x) / (parameters.alpha + age))
    a = parameters.a if abs(parameters.a - 1) >= NUDGE else 1 + NUDGE
    third = a + parameters.b + x - 1
    third = np.where(np.abs(third) < NUDGE, NUDGE, third)
    known = parameters.alpha + age
    z = weeks / (known + weeks)
    power = np.exp((a - 1) * -np.log1p(weeks / known))
    series = _hypergeometric(third - x - parameters.r, a - 1, third, z)
    return np.asarray(third / (a - 1) * (1 - power * series))


def _hypergeometric(first: Floats, second: float, third: Floats, z: Floats) -> Floats:
    """2F1, also for the large third parameters of frequent buyers, where SciPy's own is NaN near z = 1."""
    first, third, z = np.broadcast_arrays(first, third, z)
    large = third > LARGE
    series = np.ones(np.shape(z))
    series[~large] = hyp2f1(first[~large], second, third[~large], z[~large])
    a, c, t = first[large], third[large], z[large]
    term, total = np.ones(len(t)), np.ones(len(t))
    # The terms fall at least as fast as the powers of 1 / LARGE of their number: a term a turn, for all at once.
    for n in range(TERMS if len(t) else 0):
        term = term * (a + n) * (second + n) / ((c + n) * (n + 1)) * t
        total += term
        if (np.abs(term) <= 1e-17 * np.abs(total)).all():
            break
    series[large] = total
    return series


def expected_orders(
    parameters: Parameters, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, weeks: ArrayLike
) -> Floats:
    """Orders expected in the next weeks, of customers with these histories; equation 10 of the paper."""
    return orders_while_alive(parameters, frequency, age, weeks) * probability_alive(
        parameters, frequency, recency, age
    )


def discounted_orders(
    parameters: Parameters, frequency: ArrayLike, age: ArrayLike, *, weeks: int, annual_rate: float
) -> Floats:
    """orders_while_alive of each of the next weeks, discounted at the week's end, summed."""
    weekly = (1 + annual_rate) ** (-1 / 52)
    total = np.zeros(np.broadcast(frequency, age).shape)
    before = np.zeros_like(total)
    # A week a turn, whatever the number of customers.
    for week in range(1, weeks + 1):
        until = orders_while_alive(parameters, frequency, age, float(week))
        total += (until - before) * weekly**week
        before = until
    return total


def expected_new_orders(parameters: Parameters, weeks: ArrayLike) -> Floats:
    """Repeat purchases expected in the first weeks of a new customer; equation 9 of the paper."""
    return orders_while_alive(parameters, 0, 0.0, weeks)


def count_probability(parameters: Parameters, count: ArrayLike, weeks: float) -> Floats:
    """Probability of so many repeat purchases in the first weeks; equation 8 of the paper."""
    n = np.asarray(count, dtype=np.float64)
    r, alpha, a, b = parameters.r, parameters.alpha, parameters.a, parameters.b
    share = weeks / (alpha + weeks)
    base = betaln(a, b)
    bought = gammaln(r + n) - gammaln(r) - gammaln(n + 1) + r * np.log1p(-share) + n * np.log(share)
    stayed = np.exp(betaln(a, b + n) - base + bought)
    # One less the sum over the smaller counts is the incomplete beta function.
    at_least = np.maximum(n, 1.0)
    left = np.exp(betaln(a + 1, b + at_least - 1) - base) * betainc(at_least, r, share)
    return np.asarray(stayed + np.where(n > 0, left, 0.0))
