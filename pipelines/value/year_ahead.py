"""Who orders nothing for a year: what the model expects of each category, and what the year before taught.

Here: the probability of no order that counts in the next 365 days, its calibration by category, and its back-test. Not
here: the model (customer_base.py), and the tables (at_risk.py, customers.py).

The models do not know what customers answered. So the odds of staying silent are multiplied, for each category, by the
factor by which they were off for the customers who were in it a year ago, as this year showed. Assumption: the
categories differ from the model this year as they did in the last. In 100 simulated shops of 5,000 customers and 36
months, in which promoters truly stay longer and order more, the expected share of silent customers was within 5 points
of the actual one for all four categories in 97 shops (without calibration in none; bench_churn.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.statistics import orders_ahead
from pipelines.statistics.odds_shift import shifted, shifts
from pipelines.value.customer_base import Base, not_left
from pipelines.value.facts import CATEGORIES, Facts
from pipelines.value.histories import DAYS_A_WEEK, Floats, Ints
from pipelines.value.months import Month

DAYS_AHEAD = 365
UNCALIBRATED = np.zeros(len(CATEGORIES))


@dataclass(frozen=True)
class YearAhead:
    """The year after a month's end, by category (place in CATEGORIES) of its customers at that end.

    customers: how many. expected, actual: share without an order, as the forecast of that end said and as it came. off:
    log odds by which the uncalibrated forecast was too low.
    """

    customers: Ints
    expected: Floats
    actual: Floats
    off: Floats


def silent(base: Base) -> Floats:
    """By distinct history: probability of no order in the next 365 days, uncalibrated."""
    triples = base.triples
    orders = orders_ahead.any_order(
        base.model.purchases, triples.frequency, triples.in_weeks.age, DAYS_AHEAD / DAYS_A_WEEK
    )
    return 1 - not_left(base.model, triples) * orders


def members(base: Base) -> Ints:
    """How many customers of each category have each distinct history; a row per category."""
    category, histories = base.customers["category"].to_physical().to_numpy(), len(base.triples.count)
    places = category.astype(np.int64) * histories + base.triples.of_customer
    return np.bincount(places, minlength=len(CATEGORIES) * histories).reshape(len(CATEGORIES), histories)


def expected_silent(base: Base, off: Floats) -> Floats:
    """By category: share expected to order nothing, calibrated; NaN without customers."""
    probability, counts = silent(base), members(base)
    sums = [(counts[place] * shifted(probability, shift)).sum() for place, shift in enumerate(off)]
    customers = counts.sum(axis=1)
    return np.where(customers > 0, np.array(sums) / np.maximum(customers, 1), np.nan)


def year_ahead(base: Base, facts: Facts, later: Month, off: Floats) -> YearAhead:
    """The year after a base's month, as known at the end of the month twelve later.

    Args:
        base: the customers and their model.
        facts: the shop.
        later: the month at whose end the outcome is read.
        off: calibration of the forecast, as known at the base's month.
    """
    days, first = facts.days, base.month.last_day + 1
    rows = days.of_days(first, first + DAYS_AHEAD, later.number)
    bought = np.zeros(facts.people, dtype=bool)
    bought[days.customer[rows[days.orders[rows] > 0]]] = True
    counts, none = members(base), ~bought[base.customers["customer_id"].to_numpy()]
    category = base.customers["category"].to_physical().to_numpy()
    happened = np.bincount(category[none], minlength=len(CATEGORIES))
    customers = counts.sum(axis=1)
    actual = np.where(customers > 0, happened / np.maximum(customers, 1), np.nan)
    return YearAhead(customers, expected_silent(base, off), actual, shifts(silent(base), counts, happened))
