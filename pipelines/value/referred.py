"""What referred friends brought: who gets the credit, and the money by the end of a month.

Here: which category of the advocate gets the credit for a referral, and the friends' money. Not here: which referral of
a friend is credited (core.referrals.is_credited), and means (promoter_value.py).
"""

from __future__ import annotations

from functools import cached_property

import polars as pl

from pipelines.value.facts import UNSURVEYED, Facts
from pipelines.value.months import Month
from pipelines.value.records import holds

CREDIT_DAYS = 365
# Microseconds, above any instant since 1970.
AFTER_ALL = 10**17


class Referred:
    """The credited referrals of a shop, and what the friends bought."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def of_month(self, people: pl.DataFrame, month: Month) -> pl.DataFrame:
        """Referrals whose friend has an order that counts at the month's end, by credited category and advocate.

        The category is null for a referral made too long after the advocate's last answer.

        Args:
            people: see month_end.MonthEnd.
            month: the month.

        Returns:
            category, advocate_id, referred, referral_revenue, first (of the friends' first purchases) and reward; money
            in cents.
        """
        friends = people.select(friend_id="customer_id", cents="cents")
        return (
            self._credited.filter(pl.col("referred_date") < month.end)
            .join(friends, on="friend_id")
            .join(self._first_purchases(month), on="friend_id")
            .group_by("category", "advocate_id")
            .agg(
                pl.len().cast(pl.Int64).alias("referred"),
                pl.col("cents").sum().alias("referral_revenue"),
                pl.col("first").sum(),
                pl.col("reward").sum(),
            )
        )

    @cached_property
    def _credited(self) -> pl.DataFrame:
        """advocate_id, friend_id, category (the one with the credit, null if none has it), referred_date, reward."""
        credited = self._facts.referrals
        answers = self._facts.answers.rows.select(
            "response_id", "responded_at", "category", advocate_id=pl.col("customer_id").cast(pl.UInt32)
        )
        earlier = credited.join(answers, on="advocate_id").filter(pl.col("responded_at") <= pl.col("referred_at"))
        # Answers are numbered in order of time.
        last = earlier.sort("response_id").group_by("referral_id").last()
        age = pl.col("referred_at") - pl.col("responded_at")
        return credited.join(
            last.select("referral_id", "responded_at", "category"), on="referral_id", how="left"
        ).select(
            "advocate_id",
            "friend_id",
            pl.when(pl.col("responded_at").is_null())
            .then(pl.lit(UNSURVEYED))
            .when(age <= pl.duration(days=CREDIT_DAYS))
            .then(pl.col("category").cast(pl.String))
            .alias("category"),
            "referred_date",
            "reward",
        )

    @cached_property
    def _bought(self) -> pl.DataFrame:
        """The referred friends' orders that count, with the months in which they hold.

        Columns: friend_id, order_id, start, stop, first (revenue, cents), and `turn`, which sorts them: by time, those
        before the day of the referral last.
        """
        friends = self._credited.select("friend_id", "referred_date")
        early = pl.col("day") < pl.col("referred_date")
        instant = pl.col("ordered_at").dt.epoch("us")
        sales = self._facts.sales
        return (
            sales.frame(sales.of_any(friends["friend_id"].unique().to_numpy()))
            .filter(pl.col("orders") > 0)
            .with_columns(pl.col("customer_id").cast(pl.UInt32))
            .join(friends, left_on="customer_id", right_on="friend_id")
            .select(
                "order_id",
                "start",
                "stop",
                first="revenue",
                friend_id="customer_id",
                turn=instant + early.cast(pl.Int64) * AFTER_ALL,
            )
            .sort("turn", "order_id")
        )

    def _first_purchases(self, month: Month) -> pl.DataFrame:
        """The first purchase of each friend as it stands at the month's end: friend_id, first (cents)."""
        held = self._bought.filter(holds(month))
        return held.unique("friend_id", keep="first", maintain_order=True).select("friend_id", "first")
