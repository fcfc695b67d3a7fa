"""The customer base of a month: its two fitted models, and what they expect of every customer.

Here: fitting once per closed month on what was known then, the simple estimate when a fit is unusable, and scoring.
Not here: the models' mathematics (statistics/bg_nbd, statistics/gamma_gamma), the histories (month_end.py) and the
tables made of the scores.

A fit is reused only if the same code made it from the same histories: value.models stores a hash of both, so outdated
rows are never used. The open month uses the fit of the last closed one.

The simple estimate, for a model with too few repeat buyers, no convergence or a parameter at its bound (`reason`):
- orders: the customer's own rate shrunk towards the mean rate with the weight of one average customer, and nobody
  leaves: (frequency + mean frequency) / (age + mean age) per week. The probability of being alive is then that of so
  long a silence at this rate.
- money: the customer's own mean per order shrunk towards the mean of all purchase days with the weight of one order.
Both are the models' own formulas at simple parameters: a = 0, and p = 1, q = 2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.statistics import bg_nbd, gamma_gamma
from pipelines.statistics.maximum_likelihood import dot
from pipelines.value.months import Month
from pipelines.warehouse.code_digest import code_digest

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# With fewer repeat buyers, four parameters cannot be estimated.
MIN_REPEAT_BUYERS = 30
DAYS_A_WEEK = 7.0
# Bits per day count in a packed history: 2,870 years.
_DAY_BITS = 20
BG_NBD, GAMMA_GAMMA = "bg_nbd", "gamma_gamma"
# Columns of a customer's history; whole numbers, durations in days.
HISTORY = ("frequency", "recency_days", "age_days")
SPENDING = ("value_orders", "value_cents")


@dataclass(frozen=True)
class Fitted:
    """One model of a month as stored in value.models.

    customers: how many it was fitted to. fitted_to: last day of the data used. reason: why the simple estimate is used,
    or None. correlation: of the number of orders and their mean money, which Gamma-Gamma assumes to be independent;
    None for BG/NBD and without spread.
    """

    parameters: Mapping[str, float]
    log_likelihood: float | None
    customers: int
    converged: bool
    fitted_to: date
    input_hash: str
    reason: str | None = None
    correlation: float | None = None


@dataclass(frozen=True)
class Model:
    """Both models of a month."""

    orders: Fitted
    money: Fitted

    @property
    def bg_nbd(self) -> bg_nbd.Parameters:
        """Parameters of the purchases."""
        return bg_nbd.Parameters(**self.orders.parameters)

    @property
    def gamma_gamma(self) -> gamma_gamma.Parameters:
        """Parameters of the money."""
        return gamma_gamma.Parameters(**self.money.parameters)


@dataclass(frozen=True)
class Triples:
    """Distinct histories in a fixed order, in days; how many customers share each, and which one each customer has."""

    frequency: Ints
    recency: Ints
    age: Ints
    count: Ints
    of_customer: Ints


@dataclass(frozen=True)
class Base:
    """The customers at a month's end (see month_end.people_of), their distinct histories, and their model."""

    month: Month
    customers: pl.DataFrame
    triples: Triples
    model: Model


def model_of(customers: pl.DataFrame, triples: Triples, month: Month, models: pl.DataFrame) -> Model:
    """The model of a month's customers: from `models` if it is stored there, else fitted."""
    spending = _spending(customers)
    shop = customers.select(pl.col("all_orders", "all_cents").cast(pl.Int128).sum()).row(0)
    last_day = month.end - timedelta(days=1)
    input_hash = _hash(triples, spending, shop)
    stored = models.filter(pl.col("input_hash") == input_hash)
    if not stored.is_empty():
        return Model(*(_stored(stored, name, last_day, input_hash) for name in (BG_NBD, GAMMA_GAMMA)))
    return Model(
        _fit_orders(triples, last_day, input_hash),
        _fit_money(spending, last_day, input_hash, mean=shop[1] / shop[0] / 100 if shop[0] else 0.0),
    )


def distinct(customers: pl.DataFrame) -> Triples:
    """The distinct histories of customers, each packed into one integer so that they sort and compare fast."""
    frequency, recency, age = (customers[name].to_numpy() for name in HISTORY)
    packed = frequency << 2 * _DAY_BITS | recency << _DAY_BITS | age
    keys, of_customer, count = np.unique(packed, return_inverse=True, return_counts=True)
    days = (1 << _DAY_BITS) - 1
    return Triples(keys >> 2 * _DAY_BITS, keys >> _DAY_BITS & days, keys & days, count, of_customer)


def _spending(customers: pl.DataFrame) -> tuple[Ints, Ints, Ints]:
    """Distinct pairs of order count and cents, sorted, and how many customers have each."""
    orders, cents = (customers.filter(pl.col("value_orders") > 0)[name].to_numpy() for name in SPENDING)
    if not len(orders):
        return orders, cents, cents
    bits = int(cents.max()).bit_length()
    if bits + int(orders.max()).bit_length() < 63:
        # One integer sorts in a third of the time of two columns.
        keys, count = np.unique(orders << bits | cents, return_counts=True)
        return keys >> bits, keys & (1 << bits) - 1, count
    place = np.lexsort((cents, orders))
    orders, cents = orders[place], cents[place]
    first = np.flatnonzero(np.append(True, (np.diff(orders) != 0) | (np.diff(cents) != 0)))
    return orders[first], cents[first], np.diff(np.append(first, len(orders)))


def _hash(triples: Triples, spending: tuple[Ints, Ints, Ints], shop: tuple[int, ...]) -> str:
    digest = hashlib.sha256(code_digest(_hash).encode())
    for numbers in (triples.frequency, triples.recency, triples.age, triples.count, *spending):
        digest.update(repr(len(numbers)).encode())
        digest.update(np.ascontiguousarray(numbers, dtype="<i8").data)
    digest.update(repr(shop).encode())
    return digest.hexdigest()[:32]


def _stored(models: pl.DataFrame, name: str, fitted_to: date, input_hash: str) -> Fitted:
    """A model from the stored rows of the first month with the same histories."""
    month = models["month"].min()
    rows = models.filter((pl.col("model") == name) & (pl.col("month") == month))
    first: dict[str, Any] = rows.row(0, named=True)
    return Fitted(
        dict(zip(rows["parameter"], rows["value"], strict=True)),
        first["log_likelihood"],
        first["customers"],
        converged=first["converged"],
        fitted_to=fitted_to,
        input_hash=input_hash,
        reason=first["reason"],
        correlation=first["correlation"],
    )


def _fit_orders(triples: Triples, fitted_to: date, input_hash: str) -> Fitted:
    frequency, age, count = triples.frequency, triples.age, triples.count
    in_weeks = bg_nbd.Histories(frequency, triples.recency / DAYS_A_WEEK, age / DAYS_A_WEEK, count)
    customers = int(count.sum())
    fit = bg_nbd.fit(in_weeks) if int(count[frequency > 0].sum()) >= MIN_REPEAT_BUYERS else None
    reason = _reason(fit)
    if fit is not None and reason is None:
        return Fitted(
            asdict(fit.parameters),
            fit.log_likelihood,
            customers,
            converged=True,
            fitted_to=fitted_to,
            input_hash=input_hash,
        )
    parameters = {
        "r": int(count @ frequency) / customers,
        # At least a day, for a shop whose customers all came today.
        "alpha": max(int(count @ age) / customers, 1.0) / DAYS_A_WEEK,
        "a": 0.0,
        "b": 1.0,
    }
    converged = fit is not None and fit.converged
    return Fitted(
        parameters, None, customers, converged=converged, reason=reason, fitted_to=fitted_to, input_hash=input_hash
    )


def _fit_money(spending: tuple[Ints, Ints, Ints], fitted_to: date, input_hash: str, *, mean: float) -> Fitted:
    orders, cents, count = spending
    customers = int(count.sum())
    fit = (
        gamma_gamma.fit(gamma_gamma.Spending(orders, cents / 100.0, count)) if customers >= MIN_REPEAT_BUYERS else None
    )
    reason = _reason(fit)
    if fit is not None and reason is None and not fit.has_mean:
        reason = "no_mean"
    related = correlation(orders, cents / (orders * 100.0), count) if customers else None
    if fit is not None and reason is None:
        return Fitted(
            asdict(fit.parameters),
            fit.log_likelihood,
            customers,
            converged=True,
            fitted_to=fitted_to,
            input_hash=input_hash,
            correlation=related,
        )
    converged = fit is not None and fit.converged
    parameters = {"p": 1.0, "q": 2.0, "gamma": mean}
    return Fitted(
        parameters,
        None,
        customers,
        converged=converged,
        reason=reason,
        fitted_to=fitted_to,
        input_hash=input_hash,
        correlation=related,
    )


def _reason(fit: bg_nbd.Fit | gamma_gamma.Fit | None) -> str | None:
    if fit is None:
        return "too_few_repeat_buyers"
    if fit.at_bound:
        return "bound_reached"
    return None if fit.converged else "not_converged"


def correlation(left: NDArray[Any], right: NDArray[Any], count: NDArray[Any]) -> float | None:
    """Pearson's correlation of values shared by `count` customers each; None if either does not vary."""
    weight = count / count.sum()
    one, other = left - dot(weight, left), right - dot(weight, right)
    spread = float(np.sqrt(dot(weight, one**2) * dot(weight, other**2)))
    return dot(weight, one * other) / spread if spread > 0 else None


def score(base: Base, *, weeks: Mapping[str, float], horizon_weeks: int = 0, annual_rate: float = 0.0) -> pl.DataFrame:
    """What the model expects of every customer of a base.

    Args:
        base: the customers and their model.
        weeks: by name of column, the weeks ahead in which it counts the expected orders.
        horizon_weeks: weeks of the discounted orders, each discounted at its end; 0 leaves them out.
        annual_rate: discount rate a year.

    Returns:
        base.customers with `probability_alive`, `expected_order_value` (money), for each name in `weeks` the expected
        orders and, as `<name>_alive`, those of a customer certain not to have left; `discounted_orders` with a horizon.
    """
    parameters, triples = base.model.bg_nbd, base.triples
    alive = _alive(base.model, triples)
    left = alive if base.model.orders.reason is None else np.ones_like(alive)
    # What an active customer will buy depends on frequency and age alone: fewer pairs than histories.
    pairs, of_pair = np.unique(triples.frequency << _DAY_BITS | triples.age, return_inverse=True)
    frequency, age = pairs >> _DAY_BITS, (pairs & (1 << _DAY_BITS) - 1) / DAYS_A_WEEK
    columns = {"probability_alive": alive}
    for name, ahead in weeks.items():
        active = bg_nbd.orders_while_alive(parameters, frequency, age, ahead)[of_pair]
        columns |= {f"{name}_alive": active, name: active * left}
    if horizon_weeks:
        discounted = bg_nbd.discounted_orders(parameters, frequency, age, weeks=horizon_weeks, annual_rate=annual_rate)
        columns["discounted_orders"] = discounted[of_pair] * left
    orders, cents = (base.customers[name].to_numpy() for name in SPENDING)
    value = gamma_gamma.expected_order_value(base.model.gamma_gamma, orders, cents / 100.0)
    scores = {name: pl.Series(values[triples.of_customer]) for name, values in columns.items()}
    return base.customers.with_columns(**scores, expected_order_value=pl.Series(value))


def _alive(model: Model, triples: Triples) -> Floats:
    """Probability of being alive; under the simple estimate, that of so long a silence."""
    parameters = model.bg_nbd
    recency, age = triples.recency / DAYS_A_WEEK, triples.age / DAYS_A_WEEK
    if model.orders.reason is None:
        return bg_nbd.probability_alive(parameters, triples.frequency, recency, age)
    silence = np.log(parameters.alpha + recency) - np.log(parameters.alpha + age)
    return np.asarray(np.exp((parameters.r + triples.frequency) * silence))


def total(values: pl.Series) -> float:
    """Sum of floats, independent of the order of the customers."""
    return float(np.sort(values.to_numpy()).sum())
