"""The state of every customer at the end of a month: the reduction behind all value tables.

Here: advancing the state from one month's end to a later one. Not here: the facts (facts.py), and what tables make of a
month's end (month_end.py). A month costs what happened in it: what rows that begin add and rows that end take away.
Earliest and latest of customers with a row that ended are looked for anew.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.value.facts import CATEGORIES, UNSURVEYED, Facts, Places

# No month: nothing has happened before it.
NO_MONTH = -1
_LATEST = np.iinfo(np.int64).max
_NOWHERE = NO_DAY = np.int32(np.iinfo(np.int32).max)
_NOBODY = np.int8(CATEGORIES.index(UNSURVEYED))


class State:
    """Every customer as known by the end of the month `number`, months since year 0; an array per column.

    orders (that count), revenue (net revenue of all orders, cents), cents (their value: the same, or the margin on it),
    first_order_at and last_order_at (of orders that count, microseconds since 1970), first_sale (the place in Sales of
    the first of them), answers, category (place in CATEGORIES, of the latest answer). Of days with a purchase:
    purchases (how many), first_day, second_day (NO_DAY without one), last_day (since 1970), first_cents (money of the
    first), value_orders and value_cents (number and money of those with money above zero).
    """

    def __init__(self, facts: Facts) -> None:
        self.number = NO_MONTH
        self.facts = facts
        self._answers_until = 0
        self._months = np.argsort(facts.answers.month, kind="stable")
        people = facts.people
        names = ("orders", "revenue", "cents", "answers", "purchases", "first_cents", "value_orders", "value_cents")
        self.orders, self.revenue, self.cents, self.answers, *days = (np.zeros(people, np.int64) for _ in names)
        self.purchases, self.first_cents, self.value_orders, self.value_cents = days
        self.first_order_at, self.last_order_at = np.full(people, _LATEST), np.full(people, -_LATEST)
        self.first_sale = np.full(people, _NOWHERE)
        self.first_day, self.last_day = np.zeros(people, np.int32), np.zeros(people, np.int32)
        self.second_day = np.full(people, NO_DAY)
        self.category = np.full(people, _NOBODY)

    def advance(self, number: int) -> None:
        """To the end of a later month."""
        self._advance_sales(number)
        self._advance_days(number)
        answers = self.facts.answers
        until = int(np.searchsorted(answers.month, number, "right", sorter=self._months))
        new = self._months[self._answers_until : until]
        np.add.at(self.answers, answers.customer[new], 1)
        # Of a customer's several answers the last one stays.
        self.category[answers.customer[new]] = answers.category[new]
        self.number, self._answers_until = number, until

    def _advance_sales(self, number: int) -> None:
        sales = self.facts.sales
        began, ended = sales.entering(self.number, number), sales.leaving(self.number, number)
        for rows, sign in ((began, 1), (ended, -1)):
            who = sales.customer[rows]
            np.add.at(self.orders, who, sign * sales.counts[rows].astype(np.int64))
            np.add.at(self.revenue, who, sign * sales.revenue[rows])
            np.add.at(self.cents, who, sign * sales.cents[rows])
        again = np.flatnonzero(marked(sales.customer[ended], len(self.orders)))
        self.first_order_at[again], self.last_order_at[again] = _LATEST, -_LATEST
        self.first_sale[again] = _NOWHERE
        for rows in (began, sales.of_customers(again, number)):
            counted = rows[sales.counts[rows]]
            who, when = sales.customer[counted], sales.ordered_at[counted]
            np.minimum.at(self.first_order_at, who, when)
            np.maximum.at(self.last_order_at, who, when)
            np.minimum.at(self.first_sale, who, counted)

    def _advance_days(self, number: int) -> None:
        days = self.facts.days
        began, ended = days.entering(self.number, number), days.leaving(self.number, number)
        is_again = marked(days.customer[ended], len(self.orders))
        again = np.flatnonzero(is_again)
        # A day that begins is later than all days before, but for a customer of whom a day ended.
        fresh = began[~is_again[days.customer[began]]]
        fresh = np.sort(fresh[days.orders[fresh] > 0])
        bought_before = self.purchases[days.customer[fresh]]
        self._first(fresh[bought_before == 0])
        self._second(fresh[bought_before < 2])
        self.last_day[days.customer[fresh]] = days.day[fresh]
        for rows, sign in ((began, 1), (ended, -1)):
            bought = rows[days.orders[rows] > 0]
            np.add.at(self.purchases, days.customer[bought], sign)
            paid = bought[days.cents[bought] > 0]
            np.add.at(self.value_orders, days.customer[paid], sign)
            np.add.at(self.value_cents, days.customer[paid], sign * days.cents[paid])
        held = days.of_customers(again, number)
        held = held[days.orders[held] > 0]
        self._first(held)
        self.second_day[again] = NO_DAY
        self._second(held)
        self.last_day[days.customer[held]] = days.day[held]

    def _first(self, rows: Places) -> None:
        """Take the first of each customer's rows, which are in order of time, for the first day."""
        days = self.facts.days
        # Backwards, so that of several rows of a customer the earliest stays.
        rows = rows[::-1]
        who = days.customer[rows]
        self.first_day[who] = days.day[rows]
        self.first_cents[who] = np.maximum(days.cents[rows], 0)

    def _second(self, rows: Places) -> None:
        """Take the first of each customer's rows after the first day, rows in order of time, for the second."""
        days = self.facts.days
        rows = rows[days.day[rows] > self.first_day[days.customer[rows]]][::-1]
        self.second_day[days.customer[rows]] = days.day[rows]


def category_sums(people: pl.DataFrame) -> pl.DataFrame:
    """Sums over the customers of each category: customers, answers, orders, revenue, cents."""
    sums = pl.col("answers", "orders", "revenue", "cents").sum()
    return people.group_by("category").agg(pl.len().cast(pl.Int64).alias("customers"), sums)


def marked(customers: Places, people: int) -> NDArray[np.bool_]:
    """By customer: whether the number is among these; a tenth of the time of sorting or hashing them."""
    marks = np.zeros(people, dtype=bool)
    marks[customers] = True
    return marks
