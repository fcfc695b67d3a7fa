"""Quantiles of the money of a customer's orders ahead, under a model of purchases and Gamma-Gamma.

Here: the distribution of a sum of orders, of which both number and money are uncertain. Not here: the number of orders
alone (orders_ahead.py) and the expected money per order (gamma_gamma.py).

The money of n orders of a customer is Gamma(p n, nu), nu from Gamma(q + p orders, gamma + total): relative to the
expected money per order it depends on n and on the orders so far alone (a beta prime distribution). So its tail is
tabulated for each number of orders so far, mixed over n for each purchase history, and read backwards.

The tables make the quantiles approximate, by 1 percent up to some ten orders and 2 percent beyond (see the tests):
counts of many orders, and of more than 20 so far, are put into classes, and the money is read between 64 points.

Source: Fader, Hardie 2013, The Gamma-Gamma Model of Monetary Value (the distributions).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaincinv

from pipelines.statistics import gamma_gamma, orders_ahead
from pipelines.statistics.bg_nbd import Floats, Ints, Parameters

# Orders so far up to which each number has its own table; beyond, a table serves numbers a tenth apart.
EXACT_SO_FAR, WIDER = 20, 1.1
# Most orders ahead in a table, at least; and by what factor a table for more reaches further.
EXACT_AHEAD, MUCH_WIDER = 24, 1.5
POINTS = 64
# Share of the orders ahead, and of the money of the fewest and the most of them, that a table leaves out at its ends.
OUTSIDE = 1e-3
_DAY_BITS = 20


class Customers(NamedTuple):
    """Probability of not having left, repeat purchases, weeks observed (of whole days), orders with money so far."""

    alive: Floats
    frequency: Ints
    age: Floats
    orders: Ints


def quantiles(
    purchases: Parameters,
    money: gamma_gamma.Parameters,
    customers: Customers,
    *,
    weeks: float,
    levels: Sequence[ArrayLike],
) -> list[Floats]:
    """Quantiles of the money in the next weeks, in units of each customer's expected money per order.

    Args:
        purchases: the model of the number of orders.
        money: the model of their money.
        customers: whom.
        weeks: how far ahead.
        levels: probabilities between 0 and 1; each a number, or one for each customer.

    Returns:
        The sums of all customers, for each level; 0 where no order is as likely.

    >>> cdnow, order = Parameters(0.243, 4.414, 0.793, 2.426), gamma_gamma.Parameters(6.25, 3.74, 15.44)
    >>> two = Customers(np.array([1.0, 0.1]), np.array([2, 2]), np.array([38.0, 38.0]), np.array([2, 2]))
    >>> [sums.round(2).tolist() for sums in quantiles(cdnow, order, two, weeks=39, levels=(0.5, 0.95))]
    [[1.22, 0.0], [5.34, 1.22]]
    """
    some = customers.alive * orders_ahead.any_order(purchases, customers.frequency, customers.age, weeks)
    found = [np.zeros(len(some)) for _ in levels]
    tails = [np.broadcast_to(1 - np.asarray(level, dtype=np.float64), some.shape) for level in levels]
    who = np.flatnonzero(some > np.minimum.reduce(tails))
    if not len(who):
        return found
    alive, frequency, age, orders = customers
    chosen = Customers(alive[who], frequency[who], age[who], orders[who])
    curves, of_row = _curves(purchases, money, chosen, weeks)
    for sums, tail in zip(found, tails, strict=True):
        wanted = np.flatnonzero(some[who] > tail[who])
        rows = who[wanted]
        sums[rows] = curves.read(of_row[wanted], tail[rows] / customers.alive[rows])
    return found


class _Curves(NamedTuple):
    """Probability that a customer who has not left brings more than a sum, at POINTS sums; a row per curve.

    first, step: log of the first sum, and between them, in units of the expected money per order.
    """

    tail: Floats
    first: Floats
    step: Floats

    def read(self, curve: Ints, least: Floats) -> Floats:
        """The sum that is exceeded with probability `least`, on each row's curve."""
        low, high = np.zeros(len(curve), dtype=np.int64), np.full(len(curve), POINTS)
        while (high - low > 1).any():
            middle = (low + high) // 2
            above = self.tail[curve, np.minimum(middle, POINTS - 1)] > least
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        high = np.minimum(high, POINTS - 1)
        at, beyond = self.tail[curve, low], self.tail[curve, high]
        share = np.clip((at - least) / np.where(at > beyond, at - beyond, 1.0), 0.0, 1.0)
        return np.exp(self.first[curve] + (low + share) * self.step[curve])


def _curves(
    purchases: Parameters, money: gamma_gamma.Parameters, customers: Customers, weeks: float
) -> tuple[_Curves, Ints]:
    """The curves of these customers, and which one each has: one for a history and a class of orders so far."""
    days, so_far = np.round(customers.age * 7).astype(np.int64), _class(customers.orders)
    packed = so_far << 2 * _DAY_BITS | customers.frequency << _DAY_BITS | days
    keys, of_row = np.unique(packed, return_inverse=True)
    mask = (1 << _DAY_BITS) - 1
    so_far, frequency, age = keys >> 2 * _DAY_BITS, keys >> _DAY_BITS & mask, (keys & mask) / 7
    most = _most(purchases, frequency, age, weeks)
    groups, of_curve = np.unique(np.stack([so_far, most]), axis=1, return_inverse=True)
    in_order, sizes = np.argsort(of_curve, kind="stable"), np.bincount(of_curve)
    curves = _Curves(np.empty((len(keys), POINTS)), np.empty(len(keys)), np.empty(len(keys)))
    # A group a turn: some hundreds, however many the customers.
    for group, end, size in zip(groups.T.tolist(), np.cumsum(sizes).tolist(), sizes.tolist(), strict=True):
        rows = in_order[end - size : end]
        edges = _edges(group[1])
        reached = _reached(purchases, edges, frequency[rows], age[rows], weeks)
        points, tail = _table(money, group[0], edges)
        curves.tail[rows] = (reached - np.append(reached[:, 1:], np.zeros((size, 1)), axis=1)) @ tail
        curves.first[rows], curves.step[rows] = points[0], points[1] - points[0]
    return curves, of_row


def _class(orders: Ints) -> Ints:
    """Class of the orders so far: their number up to EXACT_SO_FAR."""
    wider: Floats = np.log(np.maximum(orders, EXACT_SO_FAR) / EXACT_SO_FAR) / np.log(WIDER)
    classes: Ints = np.minimum(orders, EXACT_SO_FAR) + np.round(wider).astype(np.int64)
    return classes


def _most(purchases: Parameters, frequency: Ints, age: Floats, weeks: float) -> Ints:
    """The count that a customer exceeds with probability OUTSIDE at most; EXACT_AHEAD or a power of MUCH_WIDER more."""
    most = np.full(len(frequency), EXACT_AHEAD)
    more = np.arange(len(most))
    while len(more):
        exceeded = orders_ahead.at_least(purchases, most[more] + 1, frequency[more], age[more], weeks) > OUTSIDE
        more = more[exceeded]
        most[more] = np.ceil(most[more] * MUCH_WIDER).astype(np.int64)
    return most


def _edges(most: int) -> Ints:
    """The least count of each class of counts."""
    if most == EXACT_AHEAD:
        return np.arange(1, most + 1)
    return np.unique(np.round(np.geomspace(1, most, 2 * EXACT_AHEAD))).astype(np.int64)


def _reached(purchases: Parameters, edges: Ints, frequency: Ints, age: Floats, weeks: float) -> Floats:
    """Probability of so many orders or more, of a customer who has not left; a row per customer.

    Few orders are summed term by term, in a tenth of the time of as many incomplete beta functions.
    """
    frequency, age = frequency[:, None], age[:, None]
    if edges[-1] > EXACT_AHEAD:
        return orders_ahead.at_least(purchases, edges, frequency, age, weeks)
    rate, stayed, is_first = purchases.r + frequency, purchases.stayed(frequency), edges == 1
    share = weeks / (purchases.alpha + age + weeks)
    following = np.maximum(edges - 1, 1)
    ratios = np.where(is_first, np.exp(rate * np.log1p(-share)), (rate + following - 1) / following * share)
    bought = np.maximum(1 - np.cumsum(np.cumprod(ratios, axis=1), axis=1), 0.0)
    stays = np.where(is_first, 1.0, (stayed + following - 1) / (purchases.a + stayed + following - 1))
    return bought * np.cumprod(stays, axis=1)


def _table(money: gamma_gamma.Parameters, so_far: int, edges: Ints) -> tuple[Floats, Floats]:
    """Logs of POINTS sums, and the probability that orders of each class of counts bring more; a row per class."""
    orders = so_far if so_far <= EXACT_SO_FAR else EXACT_SO_FAR * WIDER ** (so_far - EXACT_SO_FAR)
    shape, rest = money.p * _counts(edges), money.q + money.p * orders
    low, high = betaincinv(shape[[0, -1]], rest, (OUTSIDE, 1 - OUTSIDE))
    points: Floats = np.linspace(np.log(low / (1 - low)), np.log(high / (1 - high)), POINTS)
    tail = betainc(rest, shape[:, None], 1 / (1 + np.exp(points)))
    # The mean of the sum is p / (rest - 1) an order.
    return points + np.log((rest - 1) / money.p), tail


def _counts(edges: Ints) -> Floats:
    """The count that stands for each class: its middle on a logarithmic scale, the count itself if it is alone."""
    last = np.append(edges[1:] - 1, edges[-1])
    return np.sqrt(edges * last.astype(np.float64))
