"""value.second_order: how soon new customers order again, by their first order and by what they first said.

Here: who is followed and until when, and what first orders bring in a year. Not here: the curve (statistics/survival),
and following answers instead of first orders (repurchase.py).

A customer is followed from the day of the first order that counts to the next day with one, and is censored at the
month's end or after 365 days. By the category of the first answer customers are followed from a landmark, 30 days after
the first order: those without a second one by then, by what they had answered by then. Whoever orders again is asked
again, so that who answers later has already come back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.settings import Settings
from pipelines.statistics.own_point import FEWEST
from pipelines.statistics.survival import at_horizons, kaplan_meier, log_log_interval, medians
from pipelines.value.customer_months import NO_DAY
from pipelines.value.facts import Ints
from pipelines.value.kinds_of_first_order import Division, by_first_answer, by_first_order
from pipelines.value.moments import moments, with_ends
from pipelines.value.money import mean, money, together
from pipelines.value.month_end import MonthEnd
from pipelines.value.reduction import Reduction
from pipelines.value.repurchase import FEWEST_AT_RISK, HORIZONS
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.second_order"
GROUP = ["month", "dimension", "segment"]
KINDS = ("product_category", "discounted")
# Months of first orders to a month's end, and days for which a customer is followed.
FOLLOWED_MONTHS, YEAR = "-24mo", 365
LANDMARK_DAYS = 30


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """The ends of follow-ups by day, and the money of a year, of each division of a month's new customers."""
    people, facts, last = end.people, end.facts, end.month.last_day
    who = people["customer_id"].to_numpy().astype(np.int64)
    first, second = (people[name].to_numpy().astype(np.int64) for name in ("first_day", "second_day"))
    watched = last - first
    [since] = pl.select(pl.lit(end.month.end).dt.offset_by(FOLLOWED_MONTHS).cast(pl.Int32)).row(0)
    is_followed = (first >= since) & (watched > 0)
    if not is_followed.any():
        return
    # Days from the first order: to the second, or for as long as has passed.
    is_event = (second != NO_DAY) & (second - first <= YEAR)
    days = np.where(is_event, second - first, np.minimum(watched, YEAR))
    is_whole = (watched >= YEAR) & (first > last - 2 * YEAR)
    brought = _brought(end, who, first, is_whole)
    answer_day = facts.answers.rows["response_date"].cast(pl.Int32).to_numpy()
    said = by_first_answer(facts, who, first + LANDMARK_DAYS, answer_day)
    is_late = days > LANDMARK_DAYS
    for division in (*by_first_order(facts, people["first_sale"].to_numpy(), KINDS), said):
        ends, years = (np.flatnonzero(of & is_late if division is said else of) for of in (is_followed, is_whole))
        yield _ended(division, ends, days, is_event).with_columns(month=pl.lit(end.month.start))
        yield _valued(division, years, brought).with_columns(month=pl.lit(end.month.start))


def finish(months: Sequence[pl.DataFrame], settings: Settings) -> pl.DataFrame:
    """Rows of value.second_order.

    Returns:
        One row per month, dimension, segment and horizon. Rates are null beyond the last day with 10 customers at risk.
    """
    if not months:
        return empty(TABLE)
    counts, years = (together(months[number::2]) for number in range(2))
    curves = kaplan_meier(counts, GROUP)
    is_readable = (pl.col("at_risk") >= FEWEST_AT_RISK) & (
        (pl.col("dimension") != "category") | (pl.col("horizon_days") > LANDMARK_DAYS)
    )
    low, high = log_log_interval(pl.col("survival"), pl.col("greenwood"), confidence=settings.confidence)
    valued = with_ends(years, settings.confidence, ("value_low", "value_high", "value_reason"), FEWEST).select(
        *GROUP,
        "value_low",
        "value_high",
        "value_reason",
        value_customers="customers",
        value_365d=money(mean(pl.col("revenue"), pl.col("customers"))),
    )
    return (
        at_horizons(curves, GROUP, HORIZONS)
        .rename({"followed": "customers"})
        .join(medians(curves, GROUP, fewest=FEWEST_AT_RISK), on=GROUP, how="left")
        .join(valued, on=GROUP, how="left")
        .with_columns(
            second_order_rate=pl.when(is_readable).then(1 - pl.col("survival").fill_null(1.0)),
            rate_low=pl.when(is_readable).then(1 - high),
            rate_high=pl.when(is_readable).then(1 - low),
            value_customers=pl.col("value_customers").fill_null(0),
            value_reason=pl.when(pl.col("value_customers").is_null())
            .then(pl.lit("no year has passed"))
            .otherwise("value_reason"),
        )
        .select(table_schema(TABLE).names())
        .cast(dict(table_schema(TABLE)))  # type: ignore[arg-type]
        .sort(*GROUP, "horizon_days")
    )


second_order = Reduction(("orders", "responses"), reduce, finish)


def _brought(end: MonthEnd, who: Ints, first: Ints, is_whole: NDArray[np.bool_]) -> Ints:
    """By customer given: net revenue (cents) of the 365 days from the first order; 0 for those not whole."""
    sales, last = end.facts.sales, end.month.last_day
    since = np.full(end.facts.people, np.iinfo(np.int32).max, dtype=np.int64)
    since[who[is_whole]] = first[is_whole]
    rows = sales.of_days(last - 2 * YEAR, last + 1, end.month.number)
    begun = since[sales.customer[rows]]
    rows = rows[(sales.day[rows] >= begun) & (sales.day[rows] < begun + YEAR)]
    sums = np.zeros(end.facts.people, dtype=np.int64)
    np.add.at(sums, sales.customer[rows], sales.revenue[rows])
    return sums[who]


def _ended(division: Division, chosen: Ints, days: Ints, is_event: NDArray[np.bool_]) -> pl.DataFrame:
    """How many of each segment ended with an event, and without, on each day; the first is the day after the order."""
    cell = division.of_customer[chosen].astype(np.int64) * YEAR + days[chosen] - 1
    cells = len(division.names) * YEAR
    events = np.bincount(cell[is_event[chosen]], minlength=cells)
    censored = np.bincount(cell[~is_event[chosen]], minlength=cells)
    there = np.flatnonzero(events + censored)
    rows = pl.DataFrame({"events": events[there], "censored": censored[there], "day": there % YEAR})
    return _named(rows, division, there // YEAR)


def _valued(division: Division, chosen: Ints, brought: Ints) -> pl.DataFrame:
    """The moments of each segment's money of a year."""
    made = moments(division.of_customer[chosen].astype(np.int64), len(division.names), brought[chosen])
    there = np.flatnonzero(made["customers"])
    return _named(pl.DataFrame({name: values[there] for name, values in made.items()}), division, there)


def _named(rows: pl.DataFrame, division: Division, segment: Ints) -> pl.DataFrame:
    names = np.asarray(division.names, dtype=object)[segment]
    return rows.with_columns(dimension=pl.lit(division.dimension), segment=pl.Series(names, dtype=pl.String))
