"""Each customer's orders on a line of time, and what lies before and after an answer on it.

Here: finding places on the lines and summing between them; a sum costs the same for a customer with ten orders and for
one with fifty thousand. Not here: which answers and how long after them (answered.py, repurchase.py).

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

from pipelines.value.facts import Answers, Ints, Sales, ranges
from pipelines.value.months import Month
from pipelines.value.records import NEVER

NOWHERE = -1


@dataclass(frozen=True)
class Around:
    """Rows with an end or a late beginning, beside answers of the same customer: places of answer and row."""

    answer: Ints
    row: Ints

    def held(self, sales: Sales, month: Month) -> Around:
        """Those that hold in a month."""
        holds = (sales.start[self.row] <= month.number) & (sales.stop[self.row] > month.number)
        return Around(self.answer[holds], self.row[holds])


@dataclass(frozen=True)
class Timelines:
    """The rows of all customers, one line after the other, and the places of answers on them.

    sales: the rows. answers: the answers. order_of: by answer the order it is about, which is left out; -1 for none.
    """

    sales: Sales
    answers: Answers
    order_of: Ints

    @cached_property
    def lasting(self) -> NDArray[np.bool_]:
        """Whether a row holds from the month of its order for ever; by row."""
        sales = self.sales
        month = sales.day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 12 * 1970
        lasting: NDArray[np.bool_] = (sales.stop == NEVER) & (sales.start == month)
        return lasting

    @cached_property
    def line(self) -> Ints:
        """The rows in order of customer, instant and order."""
        line = self.sales.by_customer.astype(np.int64)
        # Rows are in order of their days, which is that of their instants but for hours repeated across midnight.
        keys = self._keys(self.sales.customer[line], self._rank[line])
        return line if (np.diff(keys) >= 0).all() else line[np.argsort(keys, kind="stable")]

    @cached_property
    def first(self) -> Ints:
        """By answer: where the customer's line begins."""
        return self._place(self.answers.customer, 0)

    @cached_property
    def end(self) -> Ints:
        """By answer: where the customer's line ends."""
        return self._place(self.answers.customer + 1, 0)

    @cached_property
    def here(self) -> Ints:
        """By answer: the place on the line of the first row later than the answer."""
        reached = np.searchsorted(self._instants, self.answers.answered_at, "right")
        return self._place(self.answers.customer, reached)

    def until_day(self, days: Ints) -> Ints:
        """By answer: the place on the line of the first row of the given day (since 1970) or a later one."""
        sales, first = self.sales, self.sales.day.min(initial=0)
        length = int(sales.day.max(initial=0)) - int(first) + 2
        customers = sales.customer[sales.by_customer].astype(np.int64)
        keys = customers * length + (sales.day[sales.by_customer] - first)
        wanted = self.answers.customer.astype(np.int64) * length + np.clip(days - first, 0, length - 1)
        places: Ints = np.searchsorted(keys, wanted)
        return places

    def running(self, amounts: Ints) -> tuple[Ints, Ints]:
        """Running sums of the lasting rows' amounts: along the line, and along the rows by customer and day."""
        lasting = np.where(self.lasting, amounts, 0)
        in_time, in_days = (
            np.append(0, np.cumsum(lasting[rows], dtype=np.int64)) for rows in (self.line, self.sales.by_customer)
        )
        return in_time, in_days

    @cached_property
    def own_row(self) -> Ints:
        """By answer: the lasting row of the order it is about; -1 without one, or if it is another customer's."""
        sales = self.sales
        if not len(sales.order):
            return np.full(len(self.order_of), NOWHERE)
        # A later row of an order, if there is one, is not lasting, and neither is the earlier.
        row = np.minimum(np.searchsorted(sales.order, self.order_of), len(sales.order) - 1)
        is_own = (sales.order[row] == self.order_of) & (sales.customer[row] == self.answers.customer)
        return np.where(is_own & self.lasting[row], row, NOWHERE)

    def of_own(self, values: NDArray[Any]) -> NDArray[Any]:
        """By answer: the value of `own_row`; 0 without one."""
        return np.append(values, values.dtype.type(0))[self.own_row]

    @cached_property
    def around(self) -> Around:
        """Every pair of an answer and a row of its customer that is not lasting, but for the order it is about."""
        sales = self.sales
        rows = np.flatnonzero(~self.lasting)
        rows = rows[np.argsort(sales.customer[rows], kind="stable")]
        customers = sales.customer[rows]
        first, last = (np.searchsorted(customers, self.answers.customer, side) for side in ("left", "right"))
        answer, row = np.repeat(np.arange(len(first)), last - first), rows[ranges(first, last)]
        others = sales.order[row] != self.order_of[answer]
        return Around(answer[others], row[others])

    def next_counted(self, places: Ints) -> Ints:
        """By answer: the place of the first lasting row that counts at or after a place on the line, of any customer.

        The answer's own order is skipped; the line's length if there is none.
        """
        at = np.append(self._next, len(self.line))[places]
        rows = np.append(self.line, NOWHERE)[at]
        is_own = (rows == self.own_row) & (rows != NOWHERE)
        return np.where(is_own, np.append(self._next, len(self.line))[np.minimum(at + 1, len(self.line))], at)

    def last_before(self) -> Ints:
        """By answer: the row of the customer's last order up to it; of several at one instant, of the least order.

        -1 without one. The order that the answer is about is left out.
        """
        sales, line = self.sales, self.line
        if not len(line):
            return np.full(len(self.first), NOWHERE)
        keys, orders = self._line_keys, np.append(sales.order[line], NOWHERE - 1)

        def block(place: Ints) -> Ints:
            """The first place with the same customer and instant."""
            return np.searchsorted(keys, keys[np.maximum(place, 0)])

        place = self.here - 1
        least = block(place)
        for _ in range(2):
            # An order has at most two rows.
            least = least + ((orders[least] == self.order_of) & (least <= place))
        # Nothing else at that instant: the one before it.
        passed = least > place
        earlier = block(place) - 1
        place, least = np.where(passed, earlier, place), np.where(passed, block(earlier), least)
        return np.where(place >= self.first, np.append(line, NOWHERE)[least], NOWHERE)

    @cached_property
    def _instants(self) -> Ints:
        return np.unique(self.sales.ordered_at)

    @cached_property
    def _rank(self) -> Ints:
        """By row: the place of its instant among all."""
        return np.searchsorted(self._instants, self.sales.ordered_at)

    @cached_property
    def _line_keys(self) -> Ints:
        return self._keys(self.sales.customer[self.line], self._rank[self.line])

    def _place(self, customers: NDArray[np.int32], ranks: Ints | int) -> Ints:
        """By answer: the first place on the line at or after this customer and instant."""
        return np.searchsorted(self._line_keys, self._keys(customers, ranks))

    def _keys(self, customers: NDArray[np.int32], ranks: Ints | int) -> Ints:
        """One number in the order of customer and instant."""
        return customers.astype(np.int64) * (len(self._instants) + 1) + ranks

    @cached_property
    def _next(self) -> Ints:
        """By place on the line: the next place, itself included, of a lasting row that counts."""
        counted = self.lasting[self.line] & self.sales.counts[self.line]
        places = np.where(counted, np.arange(len(self.line)), len(self.line))
        return np.minimum.accumulate(places[::-1])[::-1]
