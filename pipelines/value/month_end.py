"""A shop as it stood at a month's end: what value tables are reduced from, each view made once for all of them.

Here: the views, and walking from month to month. Not here: the state they are read from (customer_months.py), the
models (customer_base.py), and any table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np
import polars as pl

from pipelines.settings import Settings
from pipelines.value.answered import Answered
from pipelines.value.customer_base import Base, Model, model_of, score
from pipelines.value.customer_months import State
from pipelines.value.facts import CATEGORIES, Facts, Ints, Places, categories
from pipelines.value.followed import Followed
from pipelines.value.histories import Floats, distinct_of
from pipelines.value.model_choice import past_of
from pipelines.value.months import Month, before
from pipelines.value.referred import Referred
from pipelines.value.rfm_state import Rfm, rfm_of
from pipelines.value.timelines import Lines
from pipelines.value.year_ahead import UNCALIBRATED, YearAhead, year_ahead

DAYS_AHEAD = (90, 180)
DAYS_A_YEAR = 365


def horizon_weeks(months: int) -> int:
    """Whole weeks in a number of months: 52 in twelve."""
    return round(months * 52 / 12)


class MonthEnd:
    """The customers of a shop at the end of a month.

    month: the month. people: see people_of. wanted: the months whose rows are computed; some month ends are visited for
    what they say of later months.
    """

    def __init__(self, month: Month, walk: Walk, *, closed: MonthEnd | None) -> None:
        self.month, self.facts, self.settings, self.wanted = month, walk.facts, walk.settings, walk.wanted
        self._walk = walk
        # Of the state no more is kept than this: it advances while the views of this month are made.
        self.people, self._category = people_of(walk.state, month), walk.state.category.copy()
        # The month whose model this one has.
        self._fitted = closed or self
        self._held_out: dict[int, pl.DataFrame] = {}

    @property
    def is_wanted(self) -> bool:
        """Whether rows of this month are computed."""
        return self.month in self.wanted

    @cached_property
    def year_ahead(self) -> YearAhead | None:
        """The year after, if it has passed; the forecasts of the month twelve later are calibrated by it.

        Reductions that calibrate ask for it at the ends where those years begin.
        """
        later = before(self.month, -12)
        if later.start >= self.facts.clock.open_month or not self.people.height:
            return None
        found = year_ahead(self.base, self.facts, later, self.off)
        self._walk.years[later.number] = found
        return found

    @property
    def off(self) -> Floats:
        """By category: log odds by which the forecast of a year before was too low; 0 where no year has passed.

        And 0 where that forecast rested on less than half a year of orders: it was off because the shop was young, not
        because of the categories. The open month has those of the last closed one.
        """
        closed = before(self.month) if self.is_open else self.month
        year, opened = self._walk.years.get(closed.number), self.facts.opened
        is_young = opened is None or opened >= before(closed, 18).end
        return UNCALIBRATED if year is None or is_young else year.off

    @property
    def is_open(self) -> bool:
        """Whether the month is the clock's."""
        return self.month.start == self.facts.clock.open_month

    @cached_property
    def base(self) -> Base:
        """The customers and their model: the open month has the model of the last closed one."""
        triples, fitted = distinct_of(self.people), self._fitted
        if fitted.month.number not in self._walk.models:
            earlier = triples if fitted is self else distinct_of(fitted.people)
            past = past_of(fitted.people, self.facts.days, fitted.month)
            model = model_of(fitted.people, earlier, past, fitted.month, models=self.facts.models)
            self._walk.models[fitted.month.number] = model
        return Base(self.month, self.people, triples, self._walk.models[fitted.month.number])

    @cached_property
    def valued(self) -> pl.DataFrame:
        """`people` with what their model expects of them.

        probability_alive; expected_orders over the horizon; expected_order_value; predicted_value, discounted;
        expected_revenue_90d and _180d, not discounted; revenue_at_risk_90d and _180d, the probability of having left
        times what would be expected of a customer certain to have stayed; calibrated_at_risk_90d, the same with the
        probability calibrated by category. Money of the models in units, not cents.
        """
        weeks = horizon_weeks(self.settings.horizon_months)
        ahead = {"expected_orders": float(weeks)} | {f"orders_{days}d": days / 7 for days in DAYS_AHEAD}
        money, alive = pl.col("expected_order_value"), pl.col("probability_alive")
        off = pl.Series(self.off[self.people["category"].to_physical().to_numpy()])
        # The odds of having left, shifted (statistics/odds_shift.shifted).
        calibrated = (1.0 - alive) / (1.0 - alive + alive * (-off).exp())
        return score(self.base, weeks=ahead, horizon_weeks=weeks, annual_rate=self.settings.discount_rate).with_columns(
            predicted_value=pl.col("discounted_orders") * money,
            **{f"expected_revenue_{days}d": pl.col(f"orders_{days}d") * money for days in DAYS_AHEAD},
            **{
                f"revenue_at_risk_{days}d": pl.col(f"orders_{days}d_alive") * (1.0 - alive) * money
                for days in DAYS_AHEAD
            },
            calibrated_at_risk_90d=pl.col("orders_90d_alive") * calibrated * money,
        )

    @cached_property
    def trailing(self) -> pl.DataFrame:
        """Customers with an order or return in the 730 days to the month's end, by number.

        Columns: customer_id (number); orders (that count) and revenue (net, cents) of the 365 days to the month's end,
        orders_before and revenue_before of the 365 days before; category of the latest answer, null without one;
        is_referred: a credited referral by the month's end names the customer as friend. Refunds dated later are not
        yet deducted.
        """
        sales, end, number = self.facts.sales, self.month.last_day + 1, self.month.number
        people = len(self._category)
        seen = np.zeros(people, dtype=bool)
        columns: dict[str, Ints] = {}
        for suffix, until in (("", end), ("_before", end - DAYS_A_YEAR)):
            rows = sales.of_days(until - DAYS_A_YEAR, until, number)
            who = sales.customer[rows]
            seen[who] = True
            columns[f"orders{suffix}"] = np.bincount(who[sales.counts[rows]], minlength=people)
            columns[f"revenue{suffix}"] = summed(who, sales.revenue[rows], people)
        customers = np.flatnonzero(seen)
        category = categories(self._category[customers])
        referred = self.facts.referrals.filter(pl.col("referred_date") < self.month.end)["friend_id"].unique()
        sums = {name: values[customers] for name, values in columns.items()}
        return pl.DataFrame({"customer_id": customers.astype(np.uint32), **sums}).with_columns(
            category=pl.when(category != CATEGORIES[-1]).then(category),
            is_referred=pl.Series(np.isin(customers, referred.to_numpy())),
        )

    @cached_property
    def rfm(self) -> Rfm:
        """Recency, frequency and money of the customers of the 365 days to the month's end; see rfm_state.rfm_of."""
        return self._walk.standings(self.month)

    @cached_property
    def rfm_before(self) -> Rfm:
        """The same at the end of the month before."""
        return self._walk.standings(before(self.month))

    @cached_property
    def referred(self) -> pl.DataFrame:
        """See referred.Referred.of_month."""
        return self._walk.referred.of_month(self.people, self.month)

    @cached_property
    def answered(self) -> pl.DataFrame:
        """See answered.Answered.of_month."""
        return self._walk.answered.of_month(self.month)

    @cached_property
    def followed(self) -> pl.DataFrame:
        """See followed.Followed.of_month."""
        return self._walk.followed.of_month(self.month)

    def held_out(self, months: int) -> pl.DataFrame:
        """What the model expected of these customers in the months after, what they did, and a naive forecast.

        See hold_out; made once for each number of months.
        """
        if months not in self._held_out:
            self._held_out[months] = hold_out(self.base, self.facts, before(self.month, -months))
        return self._held_out[months]


def people_of(state: State, month: Month) -> pl.DataFrame:
    """The customers with an order that counts, by number.

    Columns: customer_id (number); category, answers, orders, revenue, cents, first_order_at and last_order_at
    (UTC), first_sale, first_day, second_day, see customer_months.State; the history: frequency (days with a purchase
    after the first), recency_days (from the first purchase to the last), age_days (from the first purchase to the last
    day of the month), value_orders and value_cents (number and money of the repeat purchase days with money above
    zero), all_orders and all_cents (the same with the first day).

    Several orders on one day (business time zone) are one purchase. The money of a day is that of all its orders,
    including returns booked as orders of their own, minus what was refunded by the month's end. A day without money
    above zero counts as a purchase in time, but not in the mean per order.
    """
    who = np.flatnonzero(state.orders > 0)
    first_day, first_cents = state.first_day[who].astype(np.int64), state.first_cents[who]
    orders, cents = state.value_orders[who], state.value_cents[who]
    columns = {
        "customer_id": who.astype(np.uint32),
        "category": categories(state.category[who]),
        **{name: getattr(state, name)[who] for name in ("answers", "orders", "revenue", "cents")},
        "first_order_at": state.first_order_at[who],
        "last_order_at": state.last_order_at[who],
        "first_sale": state.first_sale[who],
        "first_day": state.first_day[who],
        "second_day": state.second_day[who],
        "frequency": state.purchases[who] - 1,
        "recency_days": state.last_day[who] - first_day,
        "age_days": month.last_day - first_day,
        "value_orders": orders - (first_cents > 0),
        "value_cents": cents - first_cents,
        "all_orders": orders,
        "all_cents": cents,
    }
    instants = pl.col("first_order_at", "last_order_at").cast(pl.Datetime("us", "UTC"))
    return pl.DataFrame(columns).with_columns(instants)


def hold_out(base: Base, facts: Facts, end: Month) -> pl.DataFrame:
    """What a base's model expected of its customers until a later month's end, what they did, and a naive forecast.

    Returns:
        customer_id (number), category, expected_orders, expected_value, actual_orders (days with a purchase),
        actual_cents (money of all days, as known by the later month's end), naive_orders (the customer's repeat
        purchases per week times the weeks; 0 for customers who first came on the last day), naive_value (those times
        the customer's own mean per repeat purchase).
    """
    days = facts.days
    rows = days.of_days(base.month.last_day + 1, end.last_day + 1, end.number)
    who = days.customer[rows]
    customers = base.customers["customer_id"].to_numpy()
    bought = np.bincount(who[days.orders[rows] > 0], minlength=facts.people)[customers]
    spent = summed(who, days.cents[rows], facts.people)[customers]
    length = end.last_day - base.month.last_day
    scores = score(base, weeks={"expected_orders": length / 7})
    age = pl.col("age_days").cast(pl.Float64)
    rate = pl.when(pl.col("age_days") > 0).then(pl.col("frequency") / age).otherwise(0.0)
    naive = rate * (length / 7 * 7)
    own_mean = pl.when(pl.col("value_orders") > 0).then(pl.col("value_cents") * 0.01 / pl.col("value_orders"))
    return scores.select(
        "customer_id",
        "category",
        "expected_orders",
        expected_value=pl.col("expected_orders") * pl.col("expected_order_value"),
        actual_orders=pl.Series(bought),
        actual_cents=pl.Series(spent),
        naive_orders=naive,
        naive_value=naive * own_mean.fill_null(0.0),
    )


def summed(who: Places, amounts: Ints, people: int) -> Ints:
    """Sum of whole amounts by number, exact."""
    sums = np.zeros(people, dtype=np.int64)
    np.add.at(sums, who, amounts)
    return sums


class Walk:
    """From month to month: what all month ends of one walk share.

    facts: the shop. wanted: the months whose rows are computed, in order. models: by number of the month. years:
    those that ended with a month, by its number.
    """

    def __init__(self, facts: Facts, wanted: Sequence[Month], settings: Settings) -> None:
        self.facts, self.wanted, self.settings = facts, wanted, settings
        self.state = State(facts)
        self.models: dict[int, Model] = {}
        self.years: dict[int, YearAhead] = {}
        self._standings: dict[int, Rfm] = {}

    def standings(self, month: Month) -> Rfm:
        """See rfm_state.rfm_of; the newest two are kept, since a month's end is asked for by the next month too."""
        if month.number not in self._standings:
            newest = sorted(self._standings)[-1:]
            self._standings = {number: self._standings[number] for number in newest}
            self._standings[month.number] = rfm_of(self.facts, month)
        return self._standings[month.number]

    @cached_property
    def referred(self) -> Referred:
        """What friends brought."""
        return Referred(self.facts)

    @property
    def answered(self) -> Answered:
        """The years after the answers."""
        return self._placed[0]

    @property
    def followed(self) -> Followed:
        """The answers followed to the next order."""
        return self._placed[1]

    @cached_property
    def _placed(self) -> tuple[Answered, Followed]:
        lines = Lines(self.facts.sales)
        return Answered(self.facts, lines, self.wanted), Followed(self.facts, lines, self.wanted)

    def ends(self, earlier: Iterable[Month] = ()) -> Iterator[MonthEnd]:
        """The ends of the wanted months and of the earlier ones, in order; those without customers too."""
        open_month = self.facts.clock.open_month
        # The open month takes the model of the last closed one.
        closed = [before(month) for month in self.wanted if month.start == open_month]
        visited = {month.number: month for month in (*earlier, *closed, *self.wanted)}
        last: MonthEnd | None = None
        for _, month in sorted(visited.items()):
            # A shop in its first month has only the open one.
            fitted = last if month.start == open_month and last is not None and last.people.height else None
            self.state.advance(month.number)
            last = MonthEnd(month, self, closed=fitted)
            yield last
