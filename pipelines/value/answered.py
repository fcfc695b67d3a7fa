"""What customers did in the year after their answer: the reduction behind value.after_answer and promoter_value.

Here: which answer counts for a customer, the customer's state at that time, and what the customer and the friends they
referred bought in the 365 days after it, as known at a month's end. Not here: means, intervals or adjustment.

A month covers the answers given 365 to 730 days before its end: the year after the answer is complete for everybody,
and the category was known before any of its money was spent.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import polars as pl

from pipelines.value.facts import Facts, Ints
from pipelines.value.months import Month, business_day
from pipelines.value.records import holds
from pipelines.value.timelines import NEVER_ORDERED, NOWHERE, Lines, Timelines

DAYS = 365
YEAR = pl.duration(days=DAYS)
# In microseconds.
_YEAR = DAYS * 86_400_000_000
AFTER = ("orders", "revenue", "cents", "referred", "referral_revenue", "referral_cents", "reward")
BEFORE = ("orders_before", "cents_before", "tenure_days")
# By name of a sum: the column of facts.Sales that is added up.
_COLUMNS = {"orders": "counts", "revenue": "revenue", "cents": "cents"}


class Answered:
    """The customers who answered 365 to 730 days before a month's end, and their year after the answer.

    If a customer gave several such answers, the last one counts. Orders are those placed after the answer, without the
    order the answer is about; the year is 365 times 24 hours, as in followed.py. A referral counts if it was made at or
    after the answer, within the year, and the friend bought in that year. Refunds dated after the month's end are not
    yet deducted.
    """

    def __init__(self, facts: Facts, lines: Lines, months: Sequence[Month]) -> None:
        """Months: the months that may be asked for."""
        self._facts = facts
        days = facts.answers.rows["response_date"]
        first, end = pl.lit(months[0].end) - 2 * YEAR, pl.lit(months[-1].end) - YEAR
        chosen = pl.select((days >= first) & (days < end)).to_series().to_numpy()
        self._answers = facts.answers.chosen(chosen)
        self._rows = self._answers.rows
        self._day = self._rows["response_date"].cast(pl.Int32).to_numpy().astype(np.int64)
        order_of = self._rows["answered_order"].fill_null(NOWHERE).cast(pl.Int64).to_numpy()
        # The lines are large and not kept.
        placed = Timelines(lines, self._answers, order_of)
        self._around = placed.around
        self._sums, self._first_order = self._lasting(placed)
        last = pl.Series(placed.last_before())
        rows = pl.select(pl.when(last != NOWHERE).then(last)).to_series()
        # By answer: country and product category of the last order before it.
        self._kinds = facts.sales.kinds.select(pl.col("country", "product_category").gather(rows).cast(pl.String))

    def of_month(self, month: Month) -> pl.DataFrame:
        """One row per customer, by response_id.

        Columns: customer_id, response_id, score, category; AFTER, in the year: orders (that count), revenue (net,
        cents) and cents (its value: the same, or the margin), referred (friends who bought), their revenue and cents,
        reward (cents); BEFORE, at the answer: orders_before, cents_before, tenure_days (since the first order, 0
        without one); country and product_category of the last order before the answer, null without one.
        """
        end = month.last_day + 1
        begin, stop = np.searchsorted(self._day, (end - 2 * DAYS, end - DAYS))
        # The last of each customer's answers, in order of time.
        _, backwards = np.unique(self._answers.customer[begin:stop][::-1], return_index=True)
        answers = np.sort(stop - 1 - backwards)
        sums, first_order = self._with_late_refunds(month)
        rows = self._rows[answers]
        # Nobody without an order has a first one.
        first = pl.Series(first_order[answers]).cast(pl.Datetime("us", "UTC"))
        is_ordered = pl.Series(first_order[answers] != NEVER_ORDERED)
        tenure = (pl.col("response_date") - business_day(pl.col("first"), self._facts.clock)).dt.total_days()
        return (
            rows.with_columns(
                **{name: pl.Series(values[answers]) for name, values in sums.items()},
                first=pl.select(pl.when(is_ordered).then(first)).to_series(),
                country=self._kinds["country"].gather(answers),
                product_category=self._kinds["product_category"].gather(answers),
            )
            .join(self._friends(month), on="response_id", how="left", maintain_order="left")
            .with_columns(tenure_days=tenure.clip(lower_bound=0))
            .select(
                "customer_id",
                "response_id",
                "score",
                "category",
                pl.col(*AFTER, *BEFORE).fill_null(0),
                "country",
                "product_category",
            )
        )

    def _lasting(self, lines: Timelines) -> tuple[dict[str, Ints], Ints]:
        """By answer, of lasting rows: sums of the year after and of all before, and instant of the first order before.

        Sums of orders that count, revenue and cents; NEVER_ORDERED without an order that counts.
        """
        sales = self._facts.sales
        answered_at = self._answers.answered_at
        year_end = lines.after(answered_at + _YEAR - 1)
        has_own = lines.own_row != NOWHERE
        own_at = lines.of_own(sales.ordered_at)
        before_own = has_own & (own_at <= answered_at)
        after_own = has_own & ~before_own & (own_at < answered_at + _YEAR)
        sums = {}
        for name, column in _COLUMNS.items():
            running = lines.lines.running(getattr(sales, column))
            before = running[lines.here] - running[lines.first]
            after = running[year_end] - running[lines.here]
            own = lines.of_own(getattr(sales, column)).astype(np.int64)
            sums[name] = after - np.where(after_own, own, 0)
            sums[f"{name}_before"] = before - np.where(before_own, own, 0)
        first = lines.next_counted(lines.first)
        return sums, np.where(first <= answered_at, first, NEVER_ORDERED)

    def _with_late_refunds(self, month: Month) -> tuple[dict[str, Ints], Ints]:
        """`_sums` and `_first_order` with the rows that hold at the month's end without being lasting."""
        sales, around = self._facts.sales, self._around.held(self._facts.sales, month)
        answer, row = around.answer, around.row
        ordered_at, answered_at = sales.ordered_at[row], self._answers.answered_at[answer]
        is_before = ordered_at <= answered_at
        in_year = ~is_before & (ordered_at < answered_at + _YEAR)
        sums = {name: values.copy() for name, values in self._sums.items()}
        for name, column in _COLUMNS.items():
            amounts = getattr(sales, column).astype(np.int64, copy=False)
            np.add.at(sums[name], answer[in_year], amounts[row[in_year]])
            np.add.at(sums[f"{name}_before"], answer[is_before], amounts[row[is_before]])
        first_order, counted = self._first_order.copy(), is_before & sales.counts[row]
        np.minimum.at(first_order, answer[counted], sales.ordered_at[row[counted]])
        return sums, first_order

    @cached_property
    def _brought(self) -> pl.DataFrame:
        """By answer, friend, and the months in which it holds: what friends referred after it bought in its year."""
        sales, credited = self._facts.sales, self._facts.referrals.rename({"advocate_id": "customer_id"})
        friends = self._rows.join(credited.with_columns(pl.col("customer_id").cast(pl.Int32)), on="customer_id").filter(
            pl.col("referred_at").is_between("responded_at", pl.col("responded_at") + YEAR, closed="left")
        )
        rows = sales.frame(sales.of_any(friends["friend_id"].unique().to_numpy()))
        return (
            friends.with_columns(pl.col("friend_id").cast(pl.Int32))
            .join(rows, left_on="friend_id", right_on="customer_id")
            .filter(pl.col("ordered_at") > pl.col("responded_at"))
            .filter(pl.col("ordered_at") < pl.col("responded_at") + YEAR)
            .group_by("response_id", "start", "stop", "friend_id", "reward")
            .agg(pl.col("orders", "revenue", "cents").sum())
        )

    def _friends(self, month: Month) -> pl.DataFrame:
        """By answer: friends who had bought by the month's end, their money, and the rewards for them."""
        return (
            self._brought.filter(holds(month))
            .group_by("response_id", "friend_id", "reward")
            .agg(pl.col("orders", "revenue", "cents").sum())
            .filter(pl.col("orders") > 0)
            .group_by("response_id")
            .agg(
                pl.len().cast(pl.Int64).alias("referred"),
                pl.col("revenue").sum().alias("referral_revenue"),
                pl.col("cents").sum().alias("referral_cents"),
                pl.col("reward").sum(),
            )
        )
