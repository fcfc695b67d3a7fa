"""value.promoter_value: what a customer of each category is worth, own money plus referred money.

Here: the means with their intervals. Not here: who gets the credit for a referral (referred.py), and the state of
customers (customer_months.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from pipelines.settings import Settings
from pipelines.statistics.skewed_mean import TOO_FEW, MoneyInterval, skewed_share_interval
from pipelines.value.comparable_customers import differences, in_words
from pipelines.value.customer_months import category_sums
from pipelines.value.facts import CATEGORIES
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
    "robustness_value",
    "robustness_value_significance",
    "strongest_covariate",
    "strongest_covariate_share",
    "hidden_cause",
)
ENDS = tuple(f"{name}_value_{part}" for name in ("referral", "total") for part in ("low", "high", "reason"))
# Referrals that no category gets the credit for.
UNCREDITED = "no_longer_credited"
LINES = pl.Enum([*CATEGORIES, UNCREDITED])
NONE_SEEN = MoneyInterval(None, None, "no referral seen")


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """Sums of a month's categories, the referrals credited to them, and the comparison in the year after the answer."""
    if not end.people.height:
        return
    people = category_sums(end.people).select(pl.col("category").cast(pl.String), "customers", "cents")
    # Money credited to a category that nobody is of any more has no line of its own either.
    brought = end.referred.with_columns(
        pl.when(pl.col("category").is_in(people["category"].implode())).then("category").otherwise(pl.lit(UNCREDITED))
    )
    sums = pl.col("referred", "referral_revenue", "first", "reward").sum()
    referrals = brought.group_by("category").agg(sums)
    uncredited = brought.filter(pl.col("category") == UNCREDITED)
    if uncredited.height:
        advocates = uncredited["advocate_id"].n_unique()
        rest = pl.DataFrame([(UNCREDITED, advocates, 0)], schema=people.schema, orient="row")
        people = pl.concat([people, rest])
    yield (
        people.join(referrals, on="category", how="left")
        .join(_intervals(end.people, brought, end.settings), on="category", how="left")
        .join(_compared(end.answered, confidence=end.settings.confidence), on="category", how="left")
        .with_columns(month=pl.lit(end.month.start))
    )


def finish(months: Sequence[pl.DataFrame], _settings: Settings) -> pl.DataFrame:
    """Rows of value.promoter_value: own and referred money per customer of each category, by the month's end.

    A referral counts once the friend has an order that counts. The category of the advocate's last answer at or before
    the referral gets the credit if that answer is at most 365 days old, and `unsurveyed` if there is none. After an
    older answer no category gets it, since the answer no longer describes the advocate: such referrals have a line of
    their own, UNCREDITED, so that the lines sum to all referral money.

    All amounts are divided by the customers in the category at the month's end, the count in value.by_category; those
    of UNCREDITED by its advocates. Parts
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
        One row per month and category with a customer or uncredited referral, by month, promoters first.
    """
    if not months:
        return empty(TABLE)
    rows = together(months)
    compared = rows.select("month", "category", *COMPARED)
    return (
        _lines(rows)
        .join(compared, on=["month", "category"], how="left")
        .select(table_schema(TABLE).names())
        .sort("month", pl.col("category").cast(LINES))
    )


promoter_value = Reduction(("orders", "responses", "referrals"), reduce, finish)


def _intervals(people: pl.DataFrame, brought: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Intervals of the referral value and of own plus referral value, by category."""
    names = pl.col("category").cast(pl.String)
    by_advocate = brought.select(
        "category", customer_id="advocate_id", brought=pl.col("referral_revenue") - pl.col("reward")
    )
    can_be_negative = bool(settings.margins) or bool((brought["reward"] != 0).any())
    members = people.select(names, "customer_id", "cents")
    inside = members.join(by_advocate, on=["category", "customer_id"], how="left")
    outside = by_advocate.join(members, on=["category", "customer_id"], how="anti")
    rows = []
    for (category,), part in inside.partition_by("category", as_dict=True).items():
        others = outside.filter(pl.col("category") == category)["brought"].to_numpy()
        is_seen = part["brought"].count() + len(others) > 0
        referred, own = part["brought"].fill_null(0).to_numpy(), part["cents"].to_numpy()
        of_referrals, of_all = (
            skewed_share_interval(
                amounts * 0.01, others * 0.01, confidence=settings.confidence, can_be_negative=can_be_negative
            )
            for amounts in (referred, own + referred)
        )
        rows.append((category, *(of_referrals if is_seen or of_referrals == TOO_FEW else NONE_SEEN), *of_all))
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
        difference = money(total - total.filter(pl.col("category") == category).first().over("month"))
        return pl.when(pl.col("category") != UNCREDITED).then(difference)

    return filled.sort("month", pl.col("category").cast(LINES)).select(
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
    raw, adjusted = (differences(amounts, "amount", confidence=confidence, adjust=adjust) for adjust in (False, True))
    lines = []
    for category, plain in raw.items():
        *fair, hidden = adjusted[category]
        told = (*hidden, in_words(hidden)) if hidden else (None,) * 5
        lines.append((category, *plain[:3], *fair, *told))
    compared = pl.DataFrame(lines, schema=table_schema(TABLE, ("category", *COMPARED[1:])), orient="row").with_columns(
        pl.col(COMPARED[1:7]) * 0.01
    )
    counted = rows.group_by("category").agg(answered_customers=pl.len().cast(pl.Int64))
    return counted.join(compared, on="category", how="left")
