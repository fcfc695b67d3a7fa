"""nps.coverage: which buyers were asked, reached and heard, and what the silent ones could change.

Here: the funnel from buyers to answers per window and segment, and how well each kind of buyer is represented. Not
here: who bought or answered last (events.py), weights (weighting.py).

A buyer is in the segment of the last order in the window, and so is the buyer's answer: shares of buyers and of
answers are then of the same people.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.nps.events import Events, answers_of, buyers_of, invited_of
from pipelines.periods import Span, windows
from pipelines.settings import Settings
from pipelines.speed import at_once, by_number, looked_up
from pipelines.statistics.rate_ratio import representation_interval
from pipelines.statistics.score import POINTS

COVERAGE_GRAINS = ("quarter", "trailing_365d")
ALL, UNKNOWN = "all", "unknown"
# What a buyer did in a window, as one number: category of the last answer (0 none), reached or not.
CATEGORIES = ("silent", "detractor", "passive", "promoter")
ASKED, REACHED = 4, 8
# Beside what the buyer did, which the last order tells: an order before it, and one of nobody known.
EARLIER, NAMELESS = 16, 17
STATES = 18
KEYS = ("month", "grain", "period_start", "period_end", "is_complete")
# So many combinations of segments are counted at once: their bins fit in a processor's own memory.
COMBINATIONS = 4096
Ints = NDArray[np.int64]
States = NDArray[np.int8]


def coverage(
    orders: pl.LazyFrame,
    order_segments: pl.LazyFrame,
    customers: pl.LazyFrame,
    invitations: pl.LazyFrame,
    responses: pl.LazyFrame,
    *,
    span: Span,
    settings: Settings,
) -> pl.DataFrame:
    """Rows of nps.coverage.

    Args:
        orders: core.orders.
        order_segments: core.order_segments.
        customers: core.customers, of which the attributes are read.
        invitations: core.invitations.
        responses: core.responses.
        span: the months to compute, and the clock.
        settings: attributes, confidence, silent_points.

    Returns:
        Columns of nps.coverage; one row per window, dimension and segment with an order that counts, in that order.
    """
    placed = order_segments.collect_schema().names()
    # As core.response_segments calls them; country is told by core already.
    attributes = {
        name: f"customer_{name}" if name.lower() in placed else name
        for name in settings.attributes
        if name != "country"
    }
    orders, customers, invitations, responses = by_number(orders, customers, invitations, responses)
    [sold, sold_to] = pl.collect_all([orders, order_segments])
    known = with_attributes(looked_up(sold, sold_to, "order_id").lazy(), customers, attributes)
    names = [*(name for name in placed if name != "order_id"), *attributes.values()]
    funnel = _Funnel.of(known, invitations, responses, span=span, names=names)
    wanted = windows(span, grains=COVERAGE_GRAINS).select(KEYS).with_row_index("window")
    counted = at_once(funnel.count, wanted.select("period_start", "period_end").rows())
    buyers, responded = pl.col("buyers"), pl.col("responded")
    low, high = representation_interval(
        (buyers, responded), (_of_all("buyers") - buyers, _of_all("responded") - responded), settings.confidence
    )
    return (
        pl.concat(counts.with_columns(window=pl.lit(n, pl.UInt32)) for n, counts in enumerate(counted))
        .filter(_of_all("buyers") > 0)
        .with_columns(*shares(), *if_silent(settings.silent_points), representation_low=low, representation_high=high)
        .join(wanted, on="window")
        .select(
            *KEYS,
            "dimension",
            "segment",
            "orders",
            "orders_without_customer",
            "buyers",
            "invited",
            "delivered",
            "responded",
            "response_rate",
            "share_of_buyers",
            "share_of_responses",
            "representation",
            "representation_low",
            "representation_high",
            (pl.col("representation_high") < 1).alias("is_under_represented"),
            "nps",
            "nps_if_silent_worst",
            "nps_if_silent_best",
            "answers_of_others",
        )
        .sort("grain", "period_start", "dimension", "segment")
    )


@dataclass(frozen=True)
class _Joint:
    """Dimensions that are counted as one, whose own counts are its sums.

    segments: names of each dimension's segments. bins: every order's first bin; each combination has STATES of them.
    """

    segments: dict[str, pl.Series]
    bins: NDArray[np.int32]

    @property
    def size(self) -> int:
        """How many combinations of segments there are."""
        return math.prod(map(len, self.segments.values()))

    @classmethod
    def some_of(cls, coded: Iterable[tuple[str, pl.Series, NDArray[np.int32]]]) -> list[_Joint]:
        """All dimensions (name, segments, number of every order's) in their order, as many as fit in one."""
        joints: list[_Joint] = []
        for name, names, codes in coded:
            if joints and joints[-1].size * len(names) <= COMBINATIONS:
                before = joints.pop()
                joints.append(cls({**before.segments, name: names}, before.bins * len(names) + codes * STATES))
            else:
                joints.append(cls({name: names}, codes * STATES))
        return joints

    def count(self, placed: Ints, state: NDArray[np.int32]) -> Ints:
        """Orders by segment and state, one dimension below the other."""
        bins = np.bincount(self.bins[placed] + state, minlength=self.size * STATES)
        sizes = [len(names) for names in self.segments.values()]
        table, axes = bins.reshape(*sizes, STATES), range(len(sizes))
        return np.concatenate([table.sum(axis=tuple(other for other in axes if other != mine)) for mine in axes])


@dataclass(frozen=True)
class _Funnel:
    """Orders, invitations and answers in the order of time, whose customers have the same numbers.

    joints: the dimensions, `all` the first of them. reached: whether an invitation arrived.
    """

    orders: Events
    invitations: Events
    responses: Events
    joints: list[_Joint]
    reached: NDArray[np.bool_]

    @classmethod
    def of(
        cls, orders: pl.LazyFrame, invitations: pl.LazyFrame, responses: pl.LazyFrame, *, span: Span, names: list[str]
    ) -> _Funnel:
        bought = buyers_of(orders, span.clock, keep=names)
        everybody = pl.Series([ALL]), np.zeros(bought.rows.height, dtype=np.int32)
        coded = at_once(_coded, [(bought.rows[name],) for name in names])
        joints = _Joint.some_of([(ALL, *everybody), *((name, *told) for name, told in zip(names, coded, strict=True))])
        asked = invited_of(invitations, keep=("is_delivered",))
        reached = asked.rows["is_delivered"].fill_null(value=True).to_numpy()
        return cls(bought, asked, answers_of(responses, keep=("category",)), joints, reached)

    @cached_property
    def places(self) -> pl.DataFrame:
        """Dimension and segment of every count, in their order."""
        return pl.concat(
            names.to_frame("segment").select(pl.lit(dimension).alias("dimension"), pl.col("segment").cast(pl.String))
            for joint in self.joints
            for dimension, names in joint.segments.items()
        )

    @cached_property
    def category(self) -> States:
        """Number of every answer's category."""
        numbers, categories = range(len(CATEGORIES)), self.responses.rows["category"]
        category: States = categories.replace_strict(CATEGORIES, numbers, return_dtype=pl.Int8).to_numpy()
        return category

    def count(self, start: date, end: date) -> pl.DataFrame:
        """The counts of a window, by dimension and segment."""
        placed = self.orders.within(start, end)
        owner = self.orders.customer[placed]
        did, others = self._did(owner, start, end)
        state = np.where(self.orders.is_last(owner), did[owner], np.where(owner == 0, NAMELESS, EARLIER))
        counts = _counts(np.concatenate([joint.count(placed, state) for joint in self.joints]))
        return (
            self.places.with_columns(counts)
            .filter(pl.col("orders") > 0)
            .with_columns(answers_of_others=pl.when(pl.col("dimension") == ALL).then(pl.lit(others, pl.Int64)))
        )

    def _did(self, buyers: Ints, start: date, end: date) -> tuple[States, int]:
        """What every customer did in a window, and how many of its answers are not of these buyers."""
        size = max(events.customers for events in (self.orders, self.invitations, self.responses))
        did, others = np.zeros(size, dtype=np.int8), np.ones(size, dtype=np.bool_)
        # What somebody did not do is put down to nobody: to leave it out would cost more.
        asked = self.invitations.stretch(start, end)
        did[self.invitations.customer[asked]] = ASKED
        did[np.where(self.reached[asked], self.invitations.customer[asked], 0)] = ASKED | REACHED
        heard = self.responses.stretch(start, end)
        given = self.responses.customer[heard]
        did[np.where(self.responses.is_last(given), given, 0)] |= self.category[heard]
        others[buyers] = False
        others[0] = True
        return did, int(others[given].sum())


def _coded(column: pl.Series) -> tuple[pl.Series, NDArray[np.int32]]:
    """The segments of a dimension, unknown among them, and the number of every order's."""
    coded = column.cast(pl.Categorical) if column.dtype == pl.String else column
    known = coded.unique().drop_nulls()
    names = pl.concat([known.cast(pl.String), pl.Series([UNKNOWN])]).unique(maintain_order=True)
    # To look a code up in an array costs less than to tell texts apart. The last place is that of none.
    codes = known.to_physical().to_numpy()
    number = np.full(int(codes.max(initial=0)) + 2, names.index_of(UNKNOWN), dtype=np.int32)
    number[codes] = np.arange(len(codes))
    return names, number[coded.to_physical().fill_null(len(number) - 1).to_numpy()]


def _counts(every: Ints) -> list[pl.Series]:
    """Counts by segment from orders by segment and state."""
    did, state = every[:, :EARLIER], np.arange(EARLIER)
    spoke, reached = state % ASKED > 0, state & REACHED > 0
    columns = {
        "orders": every.sum(axis=1),
        "orders_without_customer": every[:, NAMELESS],
        "buyers": did.sum(axis=1),
        "invited": did[:, state & ASKED > 0].sum(axis=1),
        "delivered": did[:, reached].sum(axis=1),
        "responded": did[:, spoke].sum(axis=1),
        "reached_responded": did[:, spoke & reached].sum(axis=1),
        **{name: did[:, state % ASKED == n].sum(axis=1) for n, name in enumerate(CATEGORIES) if n},
    }
    return [pl.Series(name, counts, dtype=pl.Int64) for name, counts in columns.items()]


def with_attributes(orders: pl.LazyFrame, customers: pl.LazyFrame, names: dict[str, str]) -> pl.LazyFrame:
    """The orders with a column for each customer attribute: `names` from attribute to column."""
    told = customers.select("customer_id", "attributes").explode("attributes").unnest("attributes")
    for attribute, column in names.items():
        found = told.filter(pl.col("key") == attribute).select("customer_id", pl.col("value").alias(column))
        orders = orders.join(found, on="customer_id", how="left", maintain_order="left")
    return orders


def shares() -> list[pl.Expr]:
    """Rates and shares of a window's rows, whose counts stand beside them."""
    everybody, heard = _of_all("buyers"), _of_all("responded")
    buyers, responded = pl.col("buyers"), pl.col("responded")
    return [
        pl.when(pl.col("delivered") > 0).then(pl.col("reached_responded") / pl.col("delivered")).alias("response_rate"),
        pl.when(everybody > 0).then(buyers / everybody).alias("share_of_buyers"),
        pl.when(heard > 0).then(responded / heard).alias("share_of_responses"),
        pl.when((heard > 0) & (buyers > 0)).then((responded / buyers) / (heard / everybody)).alias("representation"),
    ]


def if_silent(points: float) -> list[pl.Expr]:
    """Score of those who answered, and over all buyers if the silent ones think `points` worse or better."""
    heard = pl.col("responded")
    nps = POINTS * (pl.col("promoter") - pl.col("detractor")) / heard
    silent = pl.col("buyers") - heard
    return [
        pl.when(heard > 0).then(value).alias(name)
        for name, value in {
            "nps": nps,
            **{
                f"nps_if_silent_{name}": (heard * nps + silent * (nps + shift).clip(-POINTS, POINTS)) / pl.col("buyers")
                for name, shift in (("worst", -points), ("best", points))
            },
        }.items()
    ]


def _of_all(name: str) -> pl.Expr:
    """The count of the window's row all/all."""
    return pl.col(name).filter(pl.col("dimension") == ALL).first().over("window")
