"""Purchase histories of a shop's customers, each distinct one once.

Here: packing histories so that models are fitted and evaluated once per distinct one. Not here: where they come from
(month_end.people_of) and the models (customer_base.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.statistics import bg_nbd

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAYS_A_WEEK = 7.0
# Columns of a customer's history; whole numbers, durations in days.
HISTORY = ("frequency", "recency_days", "age_days")
# Bits per day count in a packed history: 2,870 years.
DAY_BITS = 20


@dataclass(frozen=True)
class Triples:
    """Distinct histories in a fixed order, in days; how many customers share each, and which one each customer has."""

    frequency: Ints
    recency: Ints
    age: Ints
    count: Ints
    of_customer: Ints

    @cached_property
    def in_weeks(self) -> bg_nbd.Histories:
        """As the models take them."""
        return bg_nbd.Histories(self.frequency, self.recency / DAYS_A_WEEK, self.age / DAYS_A_WEEK, self.count)

    @property
    def repeat_buyers(self) -> int:
        """Customers with a repeat purchase."""
        return int(self.count[self.frequency > 0].sum())


def distinct(frequency: Ints, recency: Ints, age: Ints) -> Triples:
    """The distinct histories of customers, each packed into one integer so that they sort and compare fast."""
    packed = frequency << 2 * DAY_BITS | recency << DAY_BITS | age
    keys, of_customer, count = np.unique(packed, return_inverse=True, return_counts=True)
    days = (1 << DAY_BITS) - 1
    return Triples(keys >> 2 * DAY_BITS, keys >> DAY_BITS & days, keys & days, count, of_customer)


def distinct_of(customers: pl.DataFrame) -> Triples:
    """The distinct histories of a frame with the columns HISTORY."""
    return distinct(*(customers[name].to_numpy() for name in HISTORY))
