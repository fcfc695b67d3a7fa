"""value.promoter_value: what a customer of each category is worth, own money plus referred money.

Here: the means with their intervals. Not here: who gets the credit for a referral (referred.py), and the state of
customers (customer_months.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from pipelines.settings import Settings
from pipelines.statistics.skewed_mean import skewed_share_interval
from pipelines.value.comparable_customers import differences
from pipelines.value.customer_months import category_sums
from pipelines.value.facts import ORDERED
from pipelines.value.money import mean, money, together
from pipelines.value.month_end import MonthEnd
from pipelines.value.reduction import Reduction
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.promoter_value"
COMPARED = (
    "answered_customers",
    "raw_difference_to_detractor",
    "raw_low",
    "raw_high",
    "adjusted_difference_to_detractor",
    "adjusted_low",
    "adjusted_high",
)
ENDS = ("referral_value_low", "referral_value_high", "total_value_low", "total_value_high")


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """Sums of a month's categories, the referrals credited to them, and the comparison in the year after the answer."""
    if not end.people.height:
        return
    brought = end.referred
    sums = pl.col("referred", "referral_revenue", "first", "reward").sum()
    yield (
        category_sums(end.people)
        .with_columns(pl.col("category").cast(pl.String), month=pl.lit(end.month.start))
        .join(brought.group_by("category").agg(sums), on="category", how="left")
        .join(_intervals(end.people, brought, end.settings.confidence), on="category")
        .join(_compared(end.answered, confidence=end.settings.confidence), on="category", how="left")
    )


def finish(months: Sequence[pl.DataFrame], _settings: Settings) -> pl.DataFrame:
    """Rows of value.promoter_value: own and referred money per customer of each category, by the month's end.

    A referral counts once the friend has an order that counts. The category of the advocate's last answer at or before
    the referral gets the credit if that answer is at most 365 days old, and `unsurveyed` if there is none. After an
    older answer nobody gets it: the answer no longer describes the advocate.

    All amounts are divided by the customers in the category at the month's end, the count in value.by_category. Parts
    are rounded to the cent and totals are sums of rounded parts, so the columns add up.

    Referral revenue is split into the friends' first purchases and all others, as referral programmes do
    (ReferralCandy, help articles 2457908 and 6657380). A friend's first purchase is the earliest order that counts on
    or after the day of the referral; without one, because the referral was reported late, the earliest of all.

    The raw and the adjusted difference compare another amount, which tenure cannot inflate: own money plus referred
    money minus rewards in the 365 days after the answer (answered.py). The raw one compares customers as they are, the
    adjusted one those alike in country, product category, tenure, orders and money before the answer
    (statistics/adjusted_difference.py).

    The intervals are those of mean referral value and of mean own plus referral value. Their unit is the customer,
    because friends of one advocate are not independent. An advocate who has changed category since, or is no customer,
    adds money to the credited category without counting as one of its customers. Without any referral the interval of
    the referral value is null: nothing shows how much it varies.

    Returns:
        One row per month and category with a customer, by month, promoters first.
    """
    if not months:
        return empty(TABLE)
    rows = together(months)
    compared = rows.select("month", "category", *COMPARED)
    return (
        _lines(rows)
        .join(compared, on=["month", "category"], how="left")
        .select(table_schema(TABLE).names())
        .sort("month", pl.col("category").cast(ORDERED))
    )


promoter_value = Reduction(("orders", "responses", "referrals"), reduce, finish)


def _intervals(people: pl.DataFrame, brought: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """Intervals of the referral value and of own plus referral value, by category."""
    names = pl.col("category").cast(pl.String)
    by_advocate = brought.select(
        "category", customer_id="advocate_id", brought=pl.col("referral_revenue") - pl.col("reward")
    )
    members = people.select(names, "customer_id", "cents")
    inside = members.join(by_advocate, on=["category", "customer_id"], how="left")
    outside = by_advocate.join(members, on=["category", "customer_id"], how="anti")
    rows = []
    for (category,), part in inside.partition_by("category", as_dict=True).items():
        others = outside.filter(pl.col("category") == category)["brought"].to_numpy()
        varies = part["brought"].count() + len(others) > 0
        referred, own = part["brought"].fill_null(0).to_numpy(), part["cents"].to_numpy()
        ends: list[float | None] = []
        for amounts, is_told in ((referred, varies), (own + referred, True)):
            interval = skewed_share_interval(amounts * 0.01, others * 0.01, confidence=confidence)
            ends += (is_told and interval) or (None, None)
        rows.append((category, *ends))
    return pl.DataFrame(rows, schema=table_schema(TABLE, ("category", *ENDS)), orient="row")


def _lines(sums: pl.DataFrame) -> pl.DataFrame:
    """Means per customer, and their differences, from the sums of each month and category."""
    filled = sums.with_columns(pl.col("referred", "referral_revenue", "first", "reward").fill_null(0))
    customers = pl.col("customers")
    own, revenue, first, reward = (
        mean(pl.col(name), customers) for name in ("cents", "referral_revenue", "first", "reward")
    )
    total = own + revenue - reward

    def less(category: str) -> pl.Expr:
        return money(total - total.filter(pl.col("category") == category).first().over("month"))

    return filled.sort("month", pl.col("category").cast(ORDERED)).select(
        "month",
        "category",
        "customers",
        own_value=money(own),
        referred_customers=pl.col("referred") / customers,
        referral_revenue=money(revenue),
        first_referral_revenue=money(first),
        repeat_referral_revenue=money(revenue - first),
        reward_cost=money(reward),
        referral_value=money(revenue - reward),
        total_value=money(total),
        **{name: pl.col(name) for name in ENDS},
        difference_to_passive=less("passive"),
        difference_to_detractor=less("detractor"),
    )


def _compared(rows: pl.DataFrame, *, confidence: float) -> pl.DataFrame:
    """Differences to detractors in the year after the answer, by category; null for the detractors themselves."""
    rows = rows.with_columns(pl.col("category").cast(pl.String))
    amounts = rows.with_columns(amount=pl.col("cents") + pl.col("referral_cents") - pl.col("reward"))
    lines = rows.group_by("category").agg(pl.len().cast(pl.Int64).alias("answered_customers"))
    for kind, adjust in (("raw", False), ("adjusted", True)):
        measured = differences(amounts, "amount", confidence=confidence, adjust=adjust)
        names = (f"{kind}_difference_to_detractor", f"{kind}_low", f"{kind}_high")
        ends = pl.DataFrame(
            [(category, *difference) for category, difference in measured.items()],
            schema={"category": pl.String, **dict.fromkeys(names, pl.Float64)},
            orient="row",
        ).with_columns(pl.col(names) * 0.01)
        lines = lines.join(ends, on="category", how="left")
    return lines
