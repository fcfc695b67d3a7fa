"""The customer base of a month: its two fitted models, and what they expect of every customer.

Here: fitting once per closed month on what was known then, the simple estimate when a fit is unusable, and scoring.
Not here: the models' mathematics (statistics/bg_nbd, statistics/mbg_nbd, statistics/gamma_gamma), which of the first
two is taken (model_choice.py), the histories (histories.py, month_end.py) and the tables made of the scores.

A fit is reused only if the same code made it from the same histories: value.models stores a hash of both, so outdated
rows are never used. The open month uses the fit of the last closed one.

The simple estimate, for a model with too few repeat buyers, no convergence or a parameter at its bound (`reason`; for
purchases, of both models):
- orders: the customer's own rate shrunk towards the mean rate with the weight of one average customer, and nobody
  leaves: (frequency + mean frequency) / (age + mean age) per week. The probability of being alive is then that of so
  long a silence at this rate.
- money: the customer's own mean per order shrunk towards the mean of all purchase days with the weight of one order.
Both are the models' own formulas at simple parameters: a = 0, and p = 1, q = 2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.statistics import bg_nbd, gamma_gamma
from pipelines.statistics.maximum_likelihood import dot
from pipelines.value.histories import DAY_BITS, DAYS_A_WEEK, Floats, Ints, Triples
from pipelines.value.model_choice import BG_NBD, MIN_REPEAT_BUYERS, PARAMETERS, Choice, Past, chosen
from pipelines.value.months import Month
from pipelines.warehouse.code_digest import code_digest

GAMMA_GAMMA = "gamma_gamma"
SPENDING = ("value_orders", "value_cents")


@dataclass(frozen=True)
class Fitted:
    """One model of a month as stored in value.models.

    name: the model. customers: how many it was fitted to. fitted_to: last day of the data used. reason: why the simple
    estimate is used, or None. correlation: of the number of orders and their mean money, which Gamma-Gamma assumes to
    be independent; None for purchases and without spread. held_out, other_held_out: log-likelihoods of the hold-out by
    which the model was preferred to the other one; held_out_from: its first day.
    """

    name: str
    parameters: Mapping[str, float]
    log_likelihood: float | None
    customers: int
    converged: bool
    fitted_to: date
    input_hash: str
    reason: str | None = None
    correlation: float | None = None
    held_out: float | None = None
    other_held_out: float | None = None
    held_out_from: date | None = None


@dataclass(frozen=True)
class Model:
    """Both models of a month."""

    orders: Fitted
    money: Fitted

    @property
    def purchases(self) -> bg_nbd.Parameters:
        """Parameters of the purchases."""
        return PARAMETERS[self.orders.name](**self.orders.parameters)

    @property
    def gamma_gamma(self) -> gamma_gamma.Parameters:
        """Parameters of the money."""
        return gamma_gamma.Parameters(**self.money.parameters)


@dataclass(frozen=True)
class Base:
    """The customers at a month's end (see month_end.people_of), their distinct histories, and their model."""

    month: Month
    customers: pl.DataFrame
    triples: Triples
    model: Model


def model_of(customers: pl.DataFrame, triples: Triples, past: Past, month: Month, *, models: pl.DataFrame) -> Model:
    """The model of a month's customers: from `models` if it is stored there, else fitted."""
    spending = _spending(customers)
    shop = customers.select(pl.col("all_orders", "all_cents").cast(pl.Int128).sum()).row(0)
    last_day = month.end - timedelta(days=1)
    input_hash = _hash((triples, past.before, past.after), spending, shop)
    stored = models.filter(pl.col("input_hash") == input_hash)
    if not stored.is_empty():
        return Model(*(_stored(stored, last_day, input_hash, is_money=money) for money in (False, True)))
    return Model(
        _orders_of(triples, past, last_day, input_hash),
        _fit_money(spending, last_day, input_hash, mean=shop[1] / shop[0] / 100 if shop[0] else 0.0),
    )


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


def _hash(histories: tuple[Triples, ...], spending: tuple[Ints, Ints, Ints], shop: tuple[int, ...]) -> str:
    digest = hashlib.sha256(code_digest(_hash).encode())
    counted = [(each.frequency, each.recency, each.age, each.count) for each in histories]
    for numbers in (*(numbers for each in counted for numbers in each), *spending):
        digest.update(repr(len(numbers)).encode())
        digest.update(np.ascontiguousarray(numbers, dtype="<i8").data)
    digest.update(repr(shop).encode())
    return digest.hexdigest()[:32]


def _stored(models: pl.DataFrame, fitted_to: date, input_hash: str, *, is_money: bool) -> Fitted:
    """A model from the stored rows of the first month with the same histories."""
    is_wanted = (pl.col("model") == GAMMA_GAMMA) == is_money
    rows = models.filter(is_wanted, pl.col("month") == models["month"].min())
    first: dict[str, Any] = rows.row(0, named=True)
    return Fitted(
        first["model"],
        dict(zip(rows["parameter"], rows["value"], strict=True)),
        first["log_likelihood"],
        first["customers"],
        converged=first["converged"],
        fitted_to=fitted_to,
        input_hash=input_hash,
        reason=first["reason"],
        correlation=first["correlation"],
        held_out=first["held_out_log_likelihood"],
        other_held_out=first["other_held_out_log_likelihood"],
        held_out_from=first["held_out_from"],
    )


def _orders_of(triples: Triples, past: Past, fitted_to: date, input_hash: str) -> Fitted:
    """The model of the purchases, with the comparison that chose it."""
    choice = chosen(past)
    fitted = _fit_orders(triples, choice, fitted_to, input_hash)
    if fitted.reason is not None or choice.held_out == (None, None):
        return fitted
    one, other = choice.held_out if fitted.name == choice.order[0] else choice.held_out[::-1]
    return replace(fitted, held_out=one, other_held_out=other, held_out_from=past.first_day)


def _fit_orders(triples: Triples, choice: Choice, fitted_to: date, input_hash: str) -> Fitted:
    """The chosen model of the purchases, or the other one if the chosen cannot be fitted, or the simple estimate."""
    customers, reason, converged = int(triples.count.sum()), "too_few_repeat_buyers", False
    fitted = partial(Fitted, customers=customers, fitted_to=fitted_to, input_hash=input_hash)
    if triples.repeat_buyers >= MIN_REPEAT_BUYERS:
        tried = []
        for name in choice.order:
            fit = bg_nbd.fit(triples.in_weeks, PARAMETERS[name])
            tried.append(fit)
            if _reason(fit) is None:
                return fitted(name, asdict(fit.parameters), fit.log_likelihood, converged=True)
        converged, reason = tried[0].converged, _reason(tried[0]) or reason
    frequency, age, count = triples.frequency, triples.age, triples.count
    parameters = {
        "r": int(count @ frequency) / customers,
        # At least a day, for a shop whose customers all came today.
        "alpha": max(int(count @ age) / customers, 1.0) / DAYS_A_WEEK,
        "a": 0.0,
        "b": 1.0,
    }
    return fitted(BG_NBD, parameters, None, converged=converged, reason=reason)


def _fit_money(spending: tuple[Ints, Ints, Ints], fitted_to: date, input_hash: str, *, mean: float) -> Fitted:
    orders, cents, count = spending
    customers = int(count.sum())
    fit = (
        gamma_gamma.fit(gamma_gamma.Spending(orders, cents / 100.0, count)) if customers >= MIN_REPEAT_BUYERS else None
    )
    reason = _reason(fit)
    if fit is not None and reason is None and not fit.has_mean:
        reason = "no_mean"
    fitted = partial(
        Fitted,
        GAMMA_GAMMA,
        customers=customers,
        fitted_to=fitted_to,
        input_hash=input_hash,
        correlation=correlation(orders, cents / (orders * 100.0), count) if customers else None,
    )
    if fit is not None and reason is None:
        return fitted(asdict(fit.parameters), fit.log_likelihood, converged=True)
    converged = fit is not None and fit.converged
    parameters = {"p": 1.0, "q": 2.0, "gamma": mean}
    return fitted(parameters, None, converged=converged, reason=reason)


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
    parameters, triples = base.model.purchases, base.triples
    alive, left = _alive(base.model, triples), not_left(base.model, triples)
    # What an active customer will buy depends on frequency and age alone: fewer pairs than histories.
    pairs, of_pair = np.unique(triples.frequency << DAY_BITS | triples.age, return_inverse=True)
    frequency, age = pairs >> DAY_BITS, (pairs & (1 << DAY_BITS) - 1) / DAYS_A_WEEK
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


def not_left(model: Model, triples: Triples) -> Floats:
    """Probability with which a distinct history's orders ahead are expected; 1 under the simple estimate."""
    return _alive(model, triples) if model.orders.reason is None else np.ones(len(triples.count))


def _alive(model: Model, triples: Triples) -> Floats:
    """Probability of being alive; under the simple estimate, that of so long a silence."""
    parameters = model.purchases
    recency, age = triples.in_weeks.recency, triples.in_weeks.age
    if model.orders.reason is None:
        return bg_nbd.probability_alive(parameters, triples.frequency, recency, age)
    silence = np.log(parameters.alpha + recency) - np.log(parameters.alpha + age)
    return np.asarray(np.exp((parameters.r + triples.frequency) * silence))


def total(values: pl.Series) -> float:
    """Sum of floats, independent of the order of the customers."""
    return float(np.sort(values.to_numpy()).sum())
