"""The Gamma-Gamma model of the money per order: fitted by maximum likelihood, and the mean it expects of a customer.

Here: likelihood, fit and conditional mean for arrays of customers (Fader and Hardie 2013, "The Gamma-Gamma model of
monetary value"). Not here: which orders count and what money they are told in (purchases, money), and what is done
when a fit fails (customer_base).

An order of a customer is Gamma(p, nu), nu is Gamma(q, gamma) over customers. `orders` counts those with money above
zero, `total` is their sum.
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
    """Shapes p and q; gamma in money."""

    p: float
    q: float
    gamma: float


@dataclass(frozen=True)
class Spending:
    """Distinct (orders, total) in a fixed order, orders and total above zero, and how many customers have each."""

    orders: Ints
    total: Floats
    customers: Ints


@dataclass(frozen=True)
class Fit:
    """What maximum likelihood found; see bg_nbd.Fit. Without q > 1 the model has no mean: `has_mean`."""

    parameters: Parameters
    log_likelihood: float
    converged: bool
    at_bound: bool

    @property
    def has_mean(self) -> bool:
        """A mean over all customers exists."""
        return self.parameters.q > 1


class _Likelihood:
    """Mean log-likelihood and its gradient, by the logs of the parameters; money in units of `unit`."""

    def __init__(self, spending: Spending, unit: float) -> None:
        self.count = spending.customers.astype(np.float64)
        self.customers = self.count.sum()
        orders = spending.orders.astype(np.float64)
        self.total = spending.total / unit
        self.x, self.of_x = np.unique(orders, return_inverse=True)
        self.n_x = np.bincount(self.of_x, self.count)
        self.orders = orders
        # The terms without a parameter: those of the mean per order, z = total / orders.
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
    """Log-likelihood of the customers' mean money per order; equation 1a of the paper."""
    likelihood = _Likelihood(spending, 1.0)
    logs = np.log([parameters.p, parameters.q, parameters.gamma])
    return float(-likelihood(logs)[0] * likelihood.customers)


def fit(spending: Spending) -> Fit:
    """Maximum likelihood (see likelihood.least), always from the same start."""
    unit = float((spending.customers @ spending.total) / (spending.customers @ spending.orders))
    likelihood = _Likelihood(spending, unit)
    logs, converged, at_bound = least(likelihood, np.log([1.0, 2.0, 1.0]))
    p, q, gamma = (float(value) for value in np.exp(logs))
    parameters = Parameters(p, q, gamma * unit)
    return Fit(parameters, log_likelihood(parameters, spending), converged, at_bound)


def expected_order_value(parameters: Parameters, orders: ArrayLike, total: ArrayLike) -> Floats:
    """Money expected per order: the customer's own mean, drawn to the mean of all; that of all without orders."""
    orders, total = np.asarray(orders, dtype=np.float64), np.asarray(total, dtype=np.float64)
    p, q, gamma = parameters.p, parameters.q, parameters.gamma
    return np.asarray((p * gamma + p * total) / (p * orders + q - 1))
