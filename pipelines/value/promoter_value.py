"""value.promoter_value: what a customer of each category is worth, own money plus referred money.

Here: which category gets the credit for a referral, and the means with their intervals. Not here: which referral of a
friend is credited (core.referrals.is_credited), and the state of customers (customer_months).
"""

from __future__ import annotations

import polars as pl

from pipelines.periods import Clock, Span
from pipelines.settings import Settings
from pipelines.statistics.skewed_mean import skewed_share_interval
from pipelines.value.answered import answered, known_referrals
from pipelines.value.comparable_customers import differences
from pipelines.value.customer_months import (
    ORDERED,
    UNSURVEYED,
    category_sums,
    customer_months,
    latest_answers,
    month_number,
    order_rows,
    utc,
)
from pipelines.value.money import mean, money, together
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
CREDIT_DAYS = 365
# Microseconds, above any instant since 1970.
AFTER_ALL = 10**17


def promoter_value(
    orders: pl.LazyFrame, responses: pl.LazyFrame, referrals: pl.LazyFrame, *, span: Span, settings: Settings
) -> pl.DataFrame:
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

    Args:
        orders: core.orders.
        responses: core.responses.
        referrals: core.referrals.
        span: the months to compute.
        settings: uses confidence and margins.

    Returns:
        One row per month and category with a customer, by month, promoters first.
    """
    credited = credited_referrals(referrals, responses, clock=span.clock).collect(engine="streaming")
    bought = _friends_orders(orders, credited.lazy(), clock=span.clock).collect(engine="streaming")
    chunks = []
    for chunk in customer_months(orders, responses, span=span, margins=settings.margins):
        states = chunk.collect(engine="streaming").lazy()
        per_advocate = _per_advocate(states, credited.lazy(), bought.lazy()).collect(engine="streaming")
        chunks.append(
            category_sums(states)
            .collect(engine="streaming")
            .join(_referral_sums(per_advocate), on=["month", "category"], how="left")
            .join(_intervals(states, per_advocate, settings.confidence), on=["month", "category"])
        )
    if not chunks:
        return empty(TABLE)
    compared = [table_schema(TABLE, ("month", "category", *COMPARED)).to_frame()]
    compared += [
        _compared(rows, confidence=settings.confidence).with_columns(month=pl.lit(month.start))
        for month, rows in answered(orders, responses, referrals, span=span, margins=settings.margins)
    ]
    return (
        _lines(together(chunks))
        .join(pl.concat(compared, how="diagonal"), on=["month", "category"], how="left")
        .select(table_schema(TABLE).names())
        .sort("month", pl.col("category").cast(ORDERED))
    )


def credited_referrals(referrals: pl.LazyFrame, responses: pl.LazyFrame, *, clock: Clock) -> pl.LazyFrame:
    """The credited referrals between identified people: advocate_id, friend_id, category, referred_date, reward.

    `category` is the one with the credit. Whether or not the friend ordered.
    """
    credited = known_referrals(referrals, clock=clock)
    answers = responses.filter(pl.col("customer_id").is_not_null()).select(
        "response_id", utc("responded_at"), "category", advocate_id="customer_id"
    )
    earlier = credited.join(answers, on="advocate_id").filter(pl.col("responded_at") <= pl.col("referred_at"))
    last = latest_answers(earlier, by=["referral_id"]).select("referral_id", "responded_at", "category")
    age = pl.col("referred_at") - pl.col("responded_at")
    return (
        credited.join(last, on="referral_id", how="left")
        .filter(pl.col("responded_at").is_null() | (age <= pl.duration(days=CREDIT_DAYS)))
        .select(
            "advocate_id",
            "friend_id",
            pl.col("category").fill_null(UNSURVEYED),
            "referred_date",
            "reward",
        )
    )


def _friends_orders(orders: pl.LazyFrame, credited: pl.LazyFrame, *, clock: Clock) -> pl.LazyFrame:
    """The referred friends' orders that count, with the months in which they hold.

    Columns: friend_id, order_id, start, stop, cents, and `turn`, which sorts them: by time, those before the day of the
    referral last.
    """
    friends = credited.select("friend_id", "referred_date")
    early = pl.col("day") < pl.col("referred_date")
    instant = pl.col("ordered_at").dt.epoch("us")
    return (
        order_rows(orders, clock=clock)
        .filter(pl.col("orders") > 0)
        .join(friends, left_on="customer_id", right_on="friend_id")
        .select(
            "order_id",
            "start",
            "stop",
            "cents",
            friend_id="customer_id",
            turn=instant + early.cast(pl.Int64) * AFTER_ALL,
        )
    )


def _first_purchases(states: pl.LazyFrame, bought: pl.LazyFrame) -> pl.LazyFrame:
    """The first purchase of each friend as it stands at the end of each month: month, friend_id, first (cents)."""
    months = states.select("month").unique().with_columns(number=month_number(pl.col("month")))
    held = bought.join(months, how="cross").filter(
        pl.col("start") <= pl.col("number"), pl.col("stop") > pl.col("number")
    )
    by = ["month", "friend_id"]
    first = held.join(held.group_by(by).agg(pl.col("turn").min()), on=[*by, "turn"], how="semi")
    chosen = first.group_by(by).agg(pl.col("order_id").min())
    return first.join(chosen, on=[*by, "order_id"], how="semi").select(*by, first="cents")


def _per_advocate(states: pl.LazyFrame, credited: pl.LazyFrame, bought: pl.LazyFrame) -> pl.LazyFrame:
    """Referrals by month, credited category and advocate: referred, referral_revenue, first and reward."""
    return (
        states.select("month", "month_end", "customer_id", "cents")
        .join(credited, left_on="customer_id", right_on="friend_id")
        .filter(pl.col("referred_date") < pl.col("month_end"))
        .join(_first_purchases(states, bought), left_on=["month", "customer_id"], right_on=["month", "friend_id"])
        .group_by("month", "category", "advocate_id")
        .agg(
            pl.len().cast(pl.Int64).alias("referred"),
            pl.col("cents").sum().alias("referral_revenue"),
            pl.col("first").sum(),
            pl.col("reward").sum(),
        )
    )


def _referral_sums(per_advocate: pl.DataFrame) -> pl.DataFrame:
    """Sums over the referrals of each month and credited category."""
    return per_advocate.group_by("month", "category").agg(
        pl.col("referred", "referral_revenue", "first", "reward").sum()
    )


def _intervals(states: pl.LazyFrame, per_advocate: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """Intervals of the referral value and of own plus referral value, by month and category."""
    brought = per_advocate.select(
        "month", "category", customer_id="advocate_id", brought=pl.col("referral_revenue") - pl.col("reward")
    )
    heads = states.select("month", "category", "customer_id", "cents").collect(engine="streaming")
    everybody = heads.join(brought, on=["month", "category", "customer_id"], how="full", coalesce=True)
    rows = []
    for key, part in everybody.partition_by("month", "category", as_dict=True).items():
        row: list[object] = [*key]
        is_inside = part["cents"].is_not_null().to_numpy()
        referred = part["brought"].fill_null(0).to_numpy()
        own = part["cents"].fill_null(0).to_numpy()
        for amounts, varies in ((referred * 0.01, part["brought"].count() > 0), ((own + referred) * 0.01, True)):
            ends = skewed_share_interval(amounts[is_inside], amounts[~is_inside], confidence=confidence)
            row += (varies and ends) or (None, None)
        rows.append(row)
    return pl.DataFrame(rows, schema=table_schema(TABLE, ("month", "category", *ENDS)), orient="row")


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
