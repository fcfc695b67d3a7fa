"""How many orders a customer will place under BG/NBD or MBG/NBD: probabilities, quantiles and waiting times.

Here: the distribution behind the expectations of bg_nbd.py, in closed form, for arrays of purchase histories. Not
here: the models. Time is in weeks.

Who has left orders nothing. Who has not orders at least n times in `weeks` if n purchases fall into them and none of
the first n - 1 is the last: two independent events, the first with the negative binomial of the purchase rate, the
second with the beta distribution of leaving (Fader, Hardie, Lee 2005, equation 8, with the parameters that the history
leaves; see bg_nbd.py). Until the first order nothing but the rate matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaln

from pipelines.statistics.bg_nbd import Floats, Ints, Parameters

# Counts up to which quantiles are found term by term. Beyond, and where the first term is too small to have all its
# digits, they are bisected, at the cost of some hundred terms a customer.
STEPS = 250
SMALLEST = 1e-290


def at_least(
    parameters: Parameters, count: ArrayLike, frequency: ArrayLike, age: ArrayLike, weeks: ArrayLike
) -> Floats:
    """Probability of at least `count` (1 or more) orders in the next weeks, for a customer who has not left.

    >>> cdnow = Parameters(0.243, 4.414, 0.793, 2.426)
    >>> at_least(cdnow, [1, 2, 3], 2, 38.86, 39).round(4)
    array([0.7633, 0.434 , 0.2355])
    """
    n, x, age, weeks = (np.asarray(values, dtype=np.float64) for values in (count, frequency, age, weeks))
    rate = parameters.r + x
    share = weeks / (parameters.alpha + age + weeks)
    bought = np.where(rate > 0, betainc(n, np.where(rate > 0, rate, 1.0), share), 0.0)
    if parameters.a == 0:
        return np.asarray(bought)
    stayed = parameters.stayed(x)
    return np.asarray(bought * np.exp(betaln(parameters.a, stayed + n - 1) - betaln(parameters.a, stayed)))


def any_order(parameters: Parameters, frequency: ArrayLike, age: ArrayLike, weeks: ArrayLike) -> Floats:
    """Probability of an order in the next weeks, for a customer who has not left.

    >>> cdnow = Parameters(0.243, 4.414, 0.793, 2.426)
    >>> any_order(cdnow, [0, 2], 38.86, 52).round(4)
    array([0.1745, 0.8297])
    """
    x, age, weeks = (np.asarray(values, dtype=np.float64) for values in (frequency, age, weeks))
    return np.asarray(-np.expm1(-(parameters.r + x) * np.log1p(weeks / (parameters.alpha + age))))


def next_order(
    parameters: Parameters, alive: Floats, frequency: ArrayLike, age: ArrayLike, level: ArrayLike = 0.5
) -> Floats:
    """Weeks until the next order has come with probability `level`; infinite for those with whom it never will.

    Args:
        parameters: the model.
        alive: probability that the customer has not left.
        frequency: repeat purchases.
        age: weeks observed.
        level: a probability, or one for each customer; 1/2 gives the median.

    >>> cdnow = Parameters(0.243, 4.414, 0.793, 2.426)
    >>> next_order(cdnow, np.array([1.0, 0.8, 0.5]), [2, 2, 2], 38.86).round(2)
    array([15.67, 23.74,   inf])
    """
    rate = parameters.r + np.asarray(frequency, dtype=np.float64)
    level = np.asarray(level, dtype=np.float64)
    comes = (alive > level) & (rate > 0)
    with np.errstate(over="ignore"):
        # (exposure / (exposure + weeks)) ** rate = 1 - level / alive
        power = np.expm1(
            -np.log1p(-np.where(comes, level / np.where(comes, alive, 1.0), 0.5)) / np.where(comes, rate, 1.0)
        )
        return np.where(comes, (parameters.alpha + np.asarray(age)) * power, np.inf)


def quantiles(
    parameters: Parameters,
    alive: Floats,
    frequency: ArrayLike,
    age: ArrayLike,
    *,
    weeks: float,
    levels: Sequence[ArrayLike],
) -> list[Ints]:
    """Quantiles of the orders in the next weeks: the least count not exceeded with probability `level` or more.

    Args:
        parameters: the model.
        alive: probability that the customer has not left.
        frequency: repeat purchases.
        age: weeks observed.
        weeks: how far ahead.
        levels: probabilities between 0 and 1; each a number, or one for each customer.

    Returns:
        The counts of all customers, for each level.

    >>> cdnow = Parameters(0.243, 4.414, 0.793, 2.426)
    >>> quantiles(cdnow, np.array([1.0, 0.7]), [2, 2], [38.86, 38.86], weeks=39, levels=(0.1, 0.5, 0.9))
    [array([0, 0]), array([1, 1]), array([4, 3])]
    """
    x, age = np.broadcast_arrays(np.asarray(frequency, dtype=np.float64), np.asarray(age, dtype=np.float64))
    above = [np.broadcast_to(1 - np.asarray(level, dtype=np.float64), x.shape) for level in levels]
    everybody = _Customers(alive, x, age)
    counts, further = _by_steps(parameters, everybody, weeks, above)
    others = _Customers(*(values[further] for values in everybody))
    for count, least in zip(counts, above, strict=True):
        count[further] = _bisected(parameters, others, weeks, least[further])
    return counts


class _Customers(NamedTuple):
    """Probability of not having left, repeat purchases, weeks observed."""

    alive: Floats
    frequency: Floats
    age: Floats


def _by_steps(
    parameters: Parameters, customers: _Customers, weeks: float, above: Sequence[Floats]
) -> tuple[list[Ints], Ints]:
    """Greatest counts reached with probabilities `above` or more, and the places of those who are to be bisected.

    Each term follows from the one before by a product.
    """
    alive, x, age = customers
    counts, least = [np.zeros(len(x), dtype=np.int64) for _ in above], np.minimum.reduce(above)
    share = weeks / (parameters.alpha + age + weeks)
    # Probability of exactly n purchases, and of n or more, whatever leaving does.
    term = np.exp((parameters.r + x) * np.log1p(-share))
    beyond = np.flatnonzero(term < SMALLEST)
    who = np.flatnonzero(term >= SMALLEST)
    term, share, stay, x, age = term[who], share[who], alive[who], x[who], age[who]
    rate, stayed, tail = parameters.r + x, parameters.stayed(x), any_order(parameters, x, age, weeks)
    for n in range(1, STEPS + 1):
        if not len(who):
            break
        probability = stay * tail
        for count, probabilities in zip(counts, above, strict=True):
            count[who] += probability > probabilities[who]
        reach = probability > least[who]
        who, rate, stayed, share = who[reach], rate[reach], stayed[reach], share[reach]
        term = term[reach] * (rate + n - 1) / n * share
        tail = np.maximum(tail[reach] - term, 0.0)
        stay = stay[reach] * ((stayed + n - 1) / (parameters.a + stayed + n - 1))
    return counts, np.append(who, beyond)


def _bisected(parameters: Parameters, customers: _Customers, weeks: float, least: Floats) -> Ints:
    """The greatest count reached with a probability above `least`; 0 for none."""
    alive, x, age = customers

    def reached(count: Ints) -> NDArray[np.bool_]:
        return alive * at_least(parameters, count, x, age, weeks) > least

    low, high = np.zeros(len(x), dtype=np.int64), np.ones(len(x), dtype=np.int64)
    while (further := reached(high)).any():
        low, high = np.where(further, high, low), np.where(further, 2 * high, high)
    while (high - low > 1).any():
        middle = np.maximum((low + high) // 2, 1)
        further = reached(middle)
        low, high = np.where(further, middle, low), np.where(further, high, middle)
    return low
