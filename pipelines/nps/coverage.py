"""nps.coverage: which buyers were invited, reached and heard, and how far the silent ones could move the score.

Here: the funnel from buyers to answers per window and segment, and how well each segment is represented. Not here: who
bought or answered last (events.py), the interval of a representation (statistics/rate_ratio.py), weights
(weighting.py).

A buyer, and the buyer's answer, belong to the segment of the last order in the window, so that shares of buyers and of
answers are about the same people.
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
from pipelines.statistics.own_point import holding, is_reliable
from pipelines.statistics.rate_ratio import representation_interval
from pipelines.statistics.score import POINTS

COVERAGE_GRAINS = ("quarter", "trailing_365d")
ALL, UNKNOWN = "all", "unknown"
# What a buyer did in a window, as one number: place of the last answer's category, plus ASKED and REACHED.
CATEGORIES = ("silent", "detractor", "passive", "promoter")
ASKED, REACHED = 4, 8
# States of other orders: earlier than the buyer's last one, and without a customer.
EARLIER, NAMELESS = 16, 17
STATES = 18
KEYS = ("month", "grain", "period_start", "period_end", "is_complete")
# Most combinations of segments counted at once: their bins fit in a processor's cache.
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
        customers: core.customers; only the attributes are read.
        invitations: core.invitations.
        responses: core.responses.
        span: the months to compute, and the clock.
        settings: attributes, confidence, min_responses, silent_points.

    Returns:
        Columns of nps.coverage; one row per window with a buyer, dimension and segment with an order, in that order.
    """
    columns = order_segments.collect_schema().names()
    # Named as in core.response_segments; country is an order segment already.
    attributes = {
        name: f"customer_{name}" if name.lower() in columns else name
        for name in settings.attributes
        if name != "country"
    }
    orders, customers, invitations, responses = by_number(orders, customers, invitations, responses)
    [sold, sold_to] = pl.collect_all([orders, order_segments])
    described = with_attributes(looked_up(sold, sold_to, "order_id").lazy(), customers, attributes)
    names = [*(name for name in columns if name != "order_id"), *attributes.values()]
    funnel = _Funnel.of(described, invitations, responses, span=span, names=names)
    wanted = windows(span, grains=COVERAGE_GRAINS).select(KEYS).with_row_index("window")
    edges = wanted.select("period_start", "period_end").rows()
    counted = at_once(funnel.count, edges, rows=funnel.orders.rows.height)
    buyers, responded = pl.col("buyers"), pl.col("responded")
    low, high = representation_interval(
        (buyers, responded), (_of_all("buyers") - buyers, _of_all("responded") - responded), settings.confidence
    )
    return (
        pl.concat(counts.with_columns(window=pl.lit(n, pl.UInt32)) for n, counts in enumerate(counted))
        .filter(_of_all("buyers") > 0)
        .with_columns(*shares(), *if_silent(settings.silent_points), representation_low=low, representation_high=high)
        .with_columns(holding_points())
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
            is_reliable(responded, settings.min_responses).alias("is_reliable"),
        )
        .sort("grain", "period_start", "dimension", "segment")
    )


@dataclass(frozen=True)
class _Joint:
    """Dimensions counted jointly; the counts of each are sums over the joint ones.

    segments: segment names by dimension. bins: first bin of every order; each combination of segments has STATES bins.
    """

    segments: dict[str, pl.Series]
    bins: NDArray[np.int32]

    @property
    def size(self) -> int:
        """Number of combinations of segments."""
        return math.prod(map(len, self.segments.values()))

    @classmethod
    def grouped(cls, coded: Iterable[tuple[str, pl.Series, NDArray[np.int32]]]) -> list[_Joint]:
        """Dimensions (name, segments, segment number of every order), as many together as COMBINATIONS allows."""
        joints: list[_Joint] = []
        for name, names, codes in coded:
            if joints and joints[-1].size * len(names) <= COMBINATIONS:
                before = joints.pop()
                joints.append(cls({**before.segments, name: names}, before.bins * len(names) + codes * STATES))
            else:
                joints.append(cls({name: names}, codes * STATES))
        return joints

    def count(self, orders: Ints, state: NDArray[np.int32]) -> Ints:
        """Number of these orders by segment and state, the dimensions one after the other."""
        bins = np.bincount(self.bins[orders] + state, minlength=self.size * STATES)
        sizes = [len(names) for names in self.segments.values()]
        table, axes = bins.reshape(*sizes, STATES), range(len(sizes))
        return np.concatenate([table.sum(axis=tuple(other for other in axes if other != mine)) for mine in axes])


@dataclass(frozen=True)
class _Funnel:
    """Orders, invitations and answers in order of time, with the same customer numbers.

    joints: the dimensions, `all` first. reached: by invitation, whether it arrived.
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
        whole = pl.Series([ALL]), np.zeros(bought.rows.height, dtype=np.int32)
        coded = at_once(_coded, [(bought.rows[name],) for name in names], rows=bought.rows.height)
        joints = _Joint.grouped([(ALL, *whole), *((name, *codes) for name, codes in zip(names, coded, strict=True))])
        asked = invited_of(invitations, keep=("is_delivered",))
        reached = asked.rows["is_delivered"].fill_null(value=True).to_numpy()
        return cls(bought, asked, answers_of(responses, keep=("category",)), joints, reached)

    @cached_property
    def places(self) -> pl.DataFrame:
        """Dimension and segment of every count, in order."""
        return pl.concat(
            names.to_frame("segment").select(pl.lit(dimension).alias("dimension"), pl.col("segment").cast(pl.String))
            for joint in self.joints
            for dimension, names in joint.segments.items()
        )

    @cached_property
    def category(self) -> States:
        """Place in CATEGORIES of every answer's category."""
        numbers, categories = range(len(CATEGORIES)), self.responses.rows["category"]
        category: States = categories.replace_strict(CATEGORIES, numbers, return_dtype=pl.Int8).to_numpy()
        return category

    def count(self, start: date, end: date) -> pl.DataFrame:
        """The counts of a window by dimension and segment."""
        orders = self.orders.within(start, end)
        owner = self.orders.customer[orders]
        did, others = self._did(owner, start, end)
        state = np.where(self.orders.is_last(owner), did[owner], np.where(owner == 0, NAMELESS, EARLIER))
        counts = _counts(np.concatenate([joint.count(orders, state) for joint in self.joints]))
        return (
            self.places.with_columns(counts)
            .filter(pl.col("orders") > 0)
            .with_columns(answers_of_others=pl.when(pl.col("dimension") == ALL).then(pl.lit(others, pl.Int64)))
        )

    def _did(self, buyers: Ints, start: date, end: date) -> tuple[States, int]:
        """What every customer did in a window, and the number of its answers that are not from these buyers."""
        size = max(events.customers for events in (self.orders, self.invitations, self.responses))
        did, others = np.zeros(size, dtype=np.int8), np.ones(size, dtype=np.bool_)
        # Rows that do not apply are written to customer 0, nobody: cheaper than filtering.
        asked = self.invitations.stretch(start, end)
        did[self.invitations.customer[asked]] = ASKED
        did[np.where(self.reached[asked], self.invitations.customer[asked], 0)] = ASKED | REACHED
        heard = self.responses.stretch(start, end)
        answering = self.responses.customer[heard]
        did[np.where(self.responses.is_last(answering), answering, 0)] |= self.category[heard]
        others[buyers] = False
        others[0] = True
        return did, int(others[answering].sum())


def _coded(column: pl.Series) -> tuple[pl.Series, NDArray[np.int32]]:
    """The segments of a dimension, unknown included, and the segment number of every order."""
    coded = column.cast(pl.Categorical) if column.dtype == pl.String else column
    present = coded.unique().drop_nulls()
    names = pl.concat([present.cast(pl.String), pl.Series([UNKNOWN])]).unique(maintain_order=True)
    # Codes are looked up in an array, which is cheaper than comparing text; its last place is for null.
    codes = present.to_physical().to_numpy()
    number = np.full(int(codes.max(initial=0)) + 2, names.index_of(UNKNOWN), dtype=np.int32)
    number[codes] = np.arange(len(codes))
    return names, number[coded.to_physical().fill_null(len(number) - 1).to_numpy()]


def _counts(every: Ints) -> list[pl.Series]:
    """The counted columns by segment, from the number of orders by segment and state."""
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
    """The orders with a column per customer attribute; `names` maps attributes to columns."""
    pairs = customers.select("customer_id", "attributes").explode("attributes").unnest("attributes")
    for attribute, column in names.items():
        values = pairs.filter(pl.col("key") == attribute).select("customer_id", pl.col("value").alias(column))
        orders = orders.join(values, on="customer_id", how="left", maintain_order="left")
    return orders


def shares() -> list[pl.Expr]:
    """Rates and shares, from the counts of a window's rows."""
    everybody, heard = _of_all("buyers"), _of_all("responded")
    buyers, responded = pl.col("buyers"), pl.col("responded")
    return [
        pl.when(pl.col("delivered") > 0).then(pl.col("reached_responded") / pl.col("delivered")).alias("response_rate"),
        pl.when(everybody > 0).then(buyers / everybody).alias("share_of_buyers"),
        pl.when(heard > 0).then(responded / heard).alias("share_of_responses"),
        pl.when((heard > 0) & (buyers > 0)).then((responded / buyers) / (heard / everybody)).alias("representation"),
    ]


def if_silent(points: float) -> list[pl.Expr]:
    """Score of the buyers who answered, and over all buyers if the silent ones score `points` lower or higher."""
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


def holding_points() -> list[pl.Expr]:
    """Ends of the bands of nps and representation, widened to hold their points."""
    bands = {"nps": ("nps_if_silent_worst", "nps_if_silent_best")}
    bands["representation"] = ("representation_low", "representation_high")
    return [
        end.alias(name)
        for point, names in bands.items()
        for name, end in zip(names, holding((pl.col(names[0]), pl.col(names[1])), pl.col(point)), strict=True)
    ]


def _of_all(name: str) -> pl.Expr:
    """The count of the window in its row all/all."""
    return pl.col(name).filter(pl.col("dimension") == ALL).first().over("window")
