"""The Gamma-Gamma model of money per order: its fit by maximum likelihood, and a customer's expected mean.

Here: likelihood, fit and conditional mean for arrays of customers. Not here: which orders count and in which money
(value/month_end, value/money), and what happens when a fit fails (value/customer_base).

The money of a customer's order is Gamma(p, nu); nu is Gamma(q, gamma) over customers. `orders` counts a customer's
orders above zero, `total` is their sum.

Source: Fader, Hardie 2013, The Gamma-Gamma Model of Monetary Value ("the paper" below).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma, gammaln

from pipelines.statistics.maximum_likelihood import dot, least

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Parameters:
    """Shapes p and q; gamma in units of money."""

    p: float
    q: float
    gamma: float


@dataclass(frozen=True)
class Spending:
    """Distinct (orders, total) in a fixed order, both above zero, and the number of customers with each."""

    orders: Ints
    total: Floats
    customers: Ints


@dataclass(frozen=True)
class Fit:
    """A maximum-likelihood fit, as bg_nbd.Fit."""

    parameters: Parameters
    log_likelihood: float
    converged: bool
    at_bound: bool

    @property
    def has_mean(self) -> bool:
        """Whether the mean over all customers exists: it needs q > 1."""
        return self.parameters.q > 1


class _Likelihood:
    """Mean log-likelihood and gradient as functions of the logs of the parameters; money in units of `unit`."""

    def __init__(self, spending: Spending, unit: float) -> None:
        self.count = spending.customers.astype(np.float64)
        self.customers = self.count.sum()
        orders = spending.orders.astype(np.float64)
        self.total = spending.total / unit
        self.x, self.of_x = np.unique(orders, return_inverse=True)
        self.n_x = np.bincount(self.of_x, self.count)
        self.orders = orders
        # Terms without a parameter, from the mean per order total / orders.
        log_total = np.log(self.total)
        self.logs = dot(self.count, orders * log_total)
        self.constant = -dot(self.count, log_total - np.log(orders)) - self.customers * np.log(unit)

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        """Negative mean log-likelihood and gradient."""
        p, q, gamma = np.exp(logs)
        shape = p * self.x
        log_sum = np.log(gamma + self.total)
        n_log, x_log = dot(self.count, log_sum), dot(self.count * self.orders, log_sum)
        value = (
            dot(self.n_x, gammaln(shape + q) - gammaln(shape))
            - self.customers * (gammaln(q) - q * np.log(gamma))
            + p * self.logs
            - p * x_log
            - q * n_log
            + self.constant
        )
        both = digamma(shape + q)
        gradient = np.array(
            [
                dot(self.n_x * self.x, both - digamma(shape)) + self.logs - x_log,
                dot(self.n_x, both) - self.customers * (digamma(q) - np.log(gamma)) - n_log,
                self.customers * q / gamma - dot(self.count, (p * self.orders + q) / (gamma + self.total)),
            ]
        )
        return -float(value) / self.customers, -gradient * np.exp(logs) / self.customers


def log_likelihood(parameters: Parameters, spending: Spending) -> float:
    """Log-likelihood of the customers' mean money per order: equation 1a of the paper.

    >>> spending = Spending(np.array([1, 3]), np.array([20.0, 90.0]), np.array([5, 2]))
    >>> round(log_likelihood(Parameters(6.25, 3.74, 15.44), spending), 4)
    -25.5885
    """
    likelihood = _Likelihood(spending, 1.0)
    logs = np.log([parameters.p, parameters.q, parameters.gamma])
    return float(-likelihood(logs)[0] * likelihood.customers)


def fit(spending: Spending) -> Fit:
    """Maximum likelihood from a fixed start (see maximum_likelihood.least).

    >>> orders, mean = np.repeat([1, 2, 4], 3), np.array([12, 30, 80, 15, 35, 70, 18, 36, 60])
    >>> fitted = fit(Spending(orders, 1.0 * orders * mean, np.full(9, 20)))
    >>> fitted.converged, fitted.has_mean, round(fitted.log_likelihood, 3)
    (True, True, -799.106)
    """
    unit = float((spending.customers @ spending.total) / (spending.customers @ spending.orders))
    likelihood = _Likelihood(spending, unit)
    logs, converged, at_bound = least(likelihood, np.log([1.0, 2.0, 1.0]))
    p, q, gamma = (float(value) for value in np.exp(logs))
    parameters = Parameters(p, q, gamma * unit)
    return Fit(parameters, log_likelihood(parameters, spending), converged, at_bound)


def expected_order_value(parameters: Parameters, orders: ArrayLike, total: ArrayLike) -> Floats:
    """Expected money per order: the customer's own mean shrunk towards everybody's, which it is without orders.

    The first customers of CDNOW, with the published parameters; the note gives 24.65, 18.91 and 35.17:

    >>> cdnow = Parameters(6.25, 3.74, 15.44)
    >>> expected_order_value(cdnow, [2, 1, 0], [2 * 22.35, 11.77, 0]).round(2)
    array([24.66, 18.92, 35.22])
    """
    orders, total = np.asarray(orders, dtype=np.float64), np.asarray(total, dtype=np.float64)
    p, q, gamma = parameters.p, parameters.q, parameters.gamma
    return np.asarray((p * gamma + p * total) / (p * orders + q - 1))
