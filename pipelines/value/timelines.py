"""Each customer's orders on a line of time, and what lies before and after an answer on it.

Here: finding places on the lines and summing between them; a sum costs the same for a customer with ten orders and for
one with fifty thousand. Not here: which answers and how long after them (answered.py, followed.py).

Rows are of two kinds. Most hold from the order's month for ever and are summed once for all months: a running sum over
the line. The few whose refund was dated in a later month hold for a range of months, and are listed with the answers
they lie around (`Around`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.value.facts import Answers, Ints, Places, Sales, in_order, ranges
from pipelines.value.months import Month

NOWHERE = -1
# Later than any instant.
NEVER_ORDERED = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Around:
    """Rows with an end or a late beginning, beside answers of the same customer: places of answer and row."""

    answer: Ints
    row: Ints

    def held(self, sales: Sales, month: Month) -> Around:
        """Those that hold in a month."""
        holds = sales.holds(self.row, month.number)
        return Around(self.answer[holds], self.row[holds])


class Lines:
    """The rows of all customers, one line after the other; shared by all answers that are placed on them.

    sales: the rows. Places on the lines are places in `rows`, which are in order of customer, instant and order.
    """

    def __init__(self, sales: Sales) -> None:
        self.sales = sales
        rows = sales.by_customer
        # Orders are in order of their days, which is that of their instants but for hours repeated across midnight.
        if (np.diff(sales.ordered_at) >= 0).all():
            # Counted, in a tenth of the time of searching for each row's instant.
            is_new = np.append(True, np.diff(sales.ordered_at) != 0)[: len(rows)]
            self._instants = sales.ordered_at[is_new]
            keys = self.keys(sales.customer[rows], (np.cumsum(is_new) - 1)[rows])
        else:
            self._instants, instants = np.unique(sales.ordered_at, return_inverse=True)
            keys = self.keys(sales.customer[rows], instants[rows])
            in_time = np.argsort(keys, kind="stable")
            rows, keys = rows[in_time], keys[in_time]
        self.rows, self._keys = rows, keys

    def keys(self, customers: NDArray[np.int32], instants: Ints | int) -> Ints:
        """One number in the order of customer and instant; instants by their place among all."""
        return customers.astype(np.int64) * (len(self._instants) + 1) + instants

    def reached(self, instants: Ints) -> Ints:
        """How many of the rows' instants are at or before each of these."""
        return np.searchsorted(self._instants, instants, "right")

    def place(self, customers: NDArray[np.int32], instants: Ints | int) -> Ints:
        """The first place at or after a customer and an instant, by its place among all."""
        return np.searchsorted(self._keys, self.keys(customers, instants))

    def block(self, places: Ints) -> Ints:
        """The first place with the same customer and instant as the one given; that of the first place below 0."""
        return np.searchsorted(self._keys, self._keys[np.maximum(places, 0)])

    @cached_property
    def passing(self) -> Ints:
        """The rows that are not lasting, in order of the customers."""
        rows = np.flatnonzero(~self.sales.lasting)
        return rows[in_order(self.sales.customer[rows])]

    @cached_property
    def next_counted(self) -> Places:
        """By place, and one after the last: the next place, itself included, of a lasting row that counts."""
        counted = self.sales.lasting[self.rows] & self.sales.counts[self.rows]
        places = np.where(counted, np.arange(len(self.rows), dtype=np.int32), np.int32(len(self.rows)))
        return np.append(np.minimum.accumulate(places[::-1])[::-1], np.int32(len(self.rows)))

    def running(self, amounts: NDArray[Any]) -> Ints:
        """Running sums of the lasting rows' amounts along the lines."""
        return np.append(0, np.cumsum(np.where(self.sales.lasting, amounts, 0)[self.rows], dtype=np.int64))


@dataclass(frozen=True)
class Timelines:
    """Answers on the lines of their customers.

    lines: the rows. answers: the answers. order_of: by answer the order it is about, which is left out; -1 for none.
    """

    lines: Lines
    answers: Answers
    order_of: Ints

    @cached_property
    def first(self) -> Ints:
        """By answer: where the customer's line begins."""
        return self.lines.place(self.answers.customer, 0)

    @cached_property
    def end(self) -> Ints:
        """By answer: where the customer's line ends."""
        return self.lines.place(self.answers.customer + 1, 0)

    @cached_property
    def here(self) -> Ints:
        """By answer: the place of the first row later than the answer."""
        return self.after(self.answers.answered_at)

    def after(self, instants: Ints) -> Ints:
        """By answer: the place of the customer's first row later than its instant."""
        return self.lines.place(self.answers.customer, self.lines.reached(instants))

    @cached_property
    def own_row(self) -> Ints:
        """By answer: the lasting row of the order it is about; -1 without one, or if it is another customer's."""
        sales = self.lines.sales
        if not len(sales.order):
            return np.full(len(self.order_of), NOWHERE)
        # A later row of an order, if there is one, is not lasting, and neither is the earlier.
        row = np.minimum(np.searchsorted(sales.order, self.order_of), len(sales.order) - 1)
        is_own = (sales.order[row] == self.order_of) & (sales.customer[row] == self.answers.customer)
        return np.where(is_own & sales.lasting[row], row, NOWHERE)

    def of_own(self, values: NDArray[Any]) -> NDArray[Any]:
        """By answer: the value of `own_row`; 0 without one."""
        return np.append(values, values.dtype.type(0))[self.own_row]

    @cached_property
    def around(self) -> Around:
        """Every pair of an answer and a row of its customer that is not lasting, but for the order it is about."""
        sales, rows = self.lines.sales, self.lines.passing
        customers = sales.customer[rows]
        first, last = (np.searchsorted(customers, self.answers.customer, side) for side in ("left", "right"))
        answer, row = np.repeat(np.arange(len(first)), last - first), rows[ranges(first, last)]
        others = sales.order[row] != self.order_of[answer]
        return Around(answer[others], row[others])

    def next_counted(self, places: Ints) -> Ints:
        """By answer: instant of the customer's first lasting row that counts from a place on; NEVER_ORDERED if none.

        The answer's own order is skipped.
        """
        lines, following = self.lines, self.lines.next_counted
        rows = np.append(lines.rows, NOWHERE)
        at = following[places]
        is_own = (rows[at] == self.own_row) & (rows[at] != NOWHERE)
        at = np.where(is_own, following[np.minimum(at + 1, len(lines.rows))], at)
        ordered_at = np.append(lines.sales.ordered_at, NEVER_ORDERED)[rows[at]]
        return np.where(at < self.end, ordered_at, NEVER_ORDERED)

    def last_before(self) -> Ints:
        """By answer: the row of the customer's last order up to it; of several at one instant, of the least order.

        -1 without one. The order that the answer is about is left out.
        """
        lines = self.lines
        if not len(lines.rows):
            return np.full(len(self.first), NOWHERE)
        rows, orders = np.append(lines.rows, NOWHERE), np.append(lines.sales.order[lines.rows], NOWHERE - 1)
        place = self.here - 1
        least = lines.block(place)
        for _ in range(2):
            # An order has at most two rows.
            least = least + ((orders[least] == self.order_of) & (least <= place))
        # Nothing else at that instant: the one before it.
        passed = least > place
        earlier = lines.block(place) - 1
        place, least = np.where(passed, earlier, place), np.where(passed, lines.block(earlier), least)
        return np.where(place >= self.first, rows[least], NOWHERE)
