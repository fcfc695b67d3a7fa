"""BG/NBD or MBG/NBD: which of the two a month's purchases are forecast with.

Here: the hold-out that decides, and the decision. Not here: the fit to all that is known (customer_base.py) and the
models (pipelines/statistics).

Both models are fitted to what customers had bought by an earlier day, and the one that gave the purchases after it the
higher probability is taken: the log-likelihood of the whole histories less that of the earlier ones, at the parameters
of the earlier ones. The forecasts look a year ahead, so the hold-out is the last year, or in a shop younger than two
years the latter half of its life. Everything is as known at the month's end, so a choice depends on nothing else.

SAMPLE customers decide: they tell two models apart, and the choice costs 0.06 s a month whatever the shop's size. Who
is among them depends on the instant of the first order alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.statistics import bg_nbd, mbg_nbd
from pipelines.value.facts import Days
from pipelines.value.histories import Ints, Triples, distinct
from pipelines.value.months import Month

# With fewer repeat buyers, four parameters cannot be estimated.
MIN_REPEAT_BUYERS = 30
SAMPLE = 20_000
LONGEST_DAYS = 365
BG_NBD, MBG_NBD = "bg_nbd", "mbg_nbd"
PARAMETERS = {BG_NBD: bg_nbd.Parameters, MBG_NBD: mbg_nbd.Parameters}
_UNIT = 2.0**-64


@dataclass(frozen=True)
class Past:
    """Sampled customers' histories before a hold-out and with it, and the hold-out's first day."""

    before: Triples
    after: Triples
    first_day: date


@dataclass(frozen=True)
class Choice:
    """The models, the chosen one first, and the log-likelihood each gave the hold-out; None if it was not compared."""

    order: tuple[str, str] = (BG_NBD, MBG_NBD)
    held_out: tuple[float | None, float | None] = (None, None)


def past_of(people: pl.DataFrame, days: Days, month: Month) -> Past:
    """The hold-out at a month's end; people: see month_end.people_of."""
    age = people["age_days"].to_numpy()
    length = min(LONGEST_DAYS, int(age.max(initial=0)) // 2)
    last_day = month.last_day - length
    sampled = np.flatnonzero(age >= length)
    share = _mixed(people["first_order_at"].dt.epoch("us").to_numpy()[sampled])
    sampled = sampled[share * len(sampled) <= SAMPLE]
    customers = people["customer_id"].to_numpy()[sampled].astype(np.int64)
    rows = days.of_customers(customers, month.number)
    rows = rows[(days.orders[rows] > 0) & (days.day[rows] <= last_day)]
    who = np.searchsorted(customers, days.customer[rows])
    first_day, latest = month.last_day - age[sampled], np.zeros(len(sampled), dtype=np.int64)
    # Of a customer's rows, which are in order of time, the last one stays.
    latest[who] = days.day[rows]
    frequency = np.bincount(who, minlength=len(sampled)) - 1
    before = distinct(frequency, latest - first_day, age[sampled] - length)
    again, recency = (people[name].to_numpy()[sampled] for name in ("frequency", "recency_days"))
    after = distinct(again, recency, age[sampled])
    return Past(before, after, month.end - timedelta(days=length))


def _mixed(instants: Ints) -> NDArray[np.float64]:
    """A number in 0..1 for each instant, as good as random (the finaliser of SplitMix64)."""
    bits = instants.astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        bits = (bits ^ (bits >> np.uint64(shift))) * np.uint64(factor)
    return (bits ^ (bits >> np.uint64(31))).astype(np.float64) * _UNIT


def chosen(past: Past) -> Choice:
    """The model with the better held-out likelihood; BG/NBD if the hold-out cannot tell."""
    if past.before.repeat_buyers < MIN_REPEAT_BUYERS:
        return Choice()
    found: dict[str, float] = {}
    for name, parameters in PARAMETERS.items():
        fit = bg_nbd.fit(past.before.in_weeks, parameters)
        if fit.converged and not fit.at_bound:
            whole = bg_nbd.log_likelihood(fit.parameters, past.after.in_weeks)
            found[name] = whole - fit.log_likelihood
    # Sorting is stable: of equals, BG/NBD.
    one, other = sorted(PARAMETERS, key=lambda name: -found.get(name, -np.inf))
    return Choice((one, other), (found.get(one), found.get(other)))
