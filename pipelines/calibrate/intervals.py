"""Every interval that is published, and what it is held against.

Here: the list, which a test compares with sql/schema. Not here: the true figures (truth) and counting (measure).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from pipelines.calibrate.standing import by_edges
from pipelines.calibrate.truth import every_buyer, lifetime_value
from pipelines.settings import Settings
from pipelines.simulate.world import World

# Windows that begin on the same day in every shop and are closed; auto begins when a shop's own answers suffice.
GRAINS = ("month", "quarter", "trailing_90d", "trailing_365d")
Planted = Callable[[World], pl.DataFrame]
Compared = Callable[[pl.DataFrame, pl.DataFrame, Settings], pl.DataFrame]


@dataclass(frozen=True)
class Interval:
    """An interval of a table, from `<name>_low` to `<name>_high`.

    truth: column of the same table whose value in a large shop is the truth; or a function from a world to the truth,
    with the columns to join on and `truth`; None where the simulator knows none. compared: instead of it, a function
    from the standings of the large shop and of each shop to the truth. keys: what names a row within the month. part:
    the column by whose values the weakest part is told. why: where it is weaker and why, or why there is no truth.
    apart: whether every part has a row of its own. by_shop: whether the function is called with every shop, not once
    with the large one.
    """

    table: str
    name: str
    truth: str | Planted | None
    keys: tuple[str, ...] = ()
    part: str | None = None
    why: str = ""
    apart: bool = False
    by_shop: bool = False
    compared: Compared | None = None

    @property
    def column(self) -> str:
        """Schema, table and column of the lower end."""
        return f"{self.table}.{self.name}_low" if self.name else f"{self.table}.low"


_PERIOD = ("grain", "period_start", "stage")
_SEGMENT = (*_PERIOD, "dimension", "segment")
_PLACE = ("grain", "period_start", "dimension", "segment")
_CATEGORY = ("category",)
_COHORT = ("cohort_month", "dimension", "segment")
_FIRST_ORDER = ("dimension", "segment", "horizon_days")
_QUINTILES = ("rfm_group", "recency_quintile", "frequency_quintile", "money_quintile")
_FEW = "few answers, where one category is hardly among them"
_MONEY = "few and skewed amounts"
_WIDE = "wider than needed: "
INTERVALS = (
    Interval("nps.by_period", "nps", "nps", _PERIOD, "stage", _FEW),
    Interval("nps.by_period", "change", "change", _PERIOD, "stage"),
    Interval(
        "nps.by_period",
        "weighted",
        "weighted_nps",
        _PERIOD,
        "stage",
        "stage all: a customer's answers at several stages count as independent; for the silent see nps.everybody",
    ),
    Interval("nps.by_segment", "nps", "nps", _SEGMENT, "dimension", _FEW),
    Interval("nps.by_segment", "change", "change", _SEGMENT, "dimension"),
    Interval("nps.by_segment", "difference", "difference", _SEGMENT, "dimension"),
    Interval(
        "nps.by_segment",
        "pooled",
        "nps",
        _SEGMENT,
        "dimension",
        "dimensions of two or three segments that differ much: each is drawn to the others",
    ),
    Interval(
        "nps.coverage",
        "representation",
        "representation",
        _PLACE,
        "dimension",
        "segments of one to three buyers, of whom all answered, or none",
    ),
    Interval(
        "nps.everybody",
        "nps",
        every_buyer,
        ("grain", "method"),
        "method",
        "as_answered speaks for those who answered only; the others fail where their assumption does",
        apart=True,
        by_shop=True,
    ),
    Interval(
        "nps.delivery_gap",
        "gap",
        "gap",
        _PLACE,
        "dimension",
        f"{_WIDE}many customers answer before and after delivery, and are taken for different ones",
    ),
    Interval(
        "nps.delivery_gap",
        "paired_gap",
        "paired_gap",
        _PLACE,
        "dimension",
        f"{_WIDE}three pseudo-pairs among fewer than 100",
    ),
    Interval("nps.delivery_gap", "late_difference", "late_difference", _PLACE, "dimension"),
    Interval("nps.migration", "share", "share", ("from_category", "to_category"), "from_category"),
    Interval("nps.migration_change", "change", "net_change"),
    Interval(
        "nps.drivers",
        "impact",
        "impact",
        (*_PERIOD, "language", "topic"),
        "topic",
        f"{_WIDE}pseudo-answers among fewer than 60",
    ),
    Interval("value.by_category", "historic_value", "historic_value", _CATEGORY, "category", _MONEY),
    Interval(
        "value.by_category",
        "lifetime_value",
        lifetime_value,
        _CATEGORY,
        "category",
        "the models see past purchases, not what satisfaction adds; their error is not in the interval",
        apart=True,
    ),
    Interval("value.promoter_value", "referral_value", "referral_value", _CATEGORY, "category", _MONEY),
    Interval("value.promoter_value", "total_value", "total_value", _CATEGORY, "category", _MONEY),
    Interval("value.promoter_value", "raw", "raw_difference_to_detractor", _CATEGORY, "category", _MONEY),
    Interval(
        "value.promoter_value",
        "adjusted",
        "adjusted_difference_to_detractor",
        _CATEGORY,
        "category",
        "the truth is the same regression in the large shop, not an effect",
    ),
    Interval("value.after_answer", "revenue", "revenue_12m", ("category", "score"), "category"),
    Interval("value.repurchase", "rate", "repurchase_rate", ("category", "score", "horizon_days"), "category"),
    Interval("value.revenue", "revenue_weighted", "revenue_weighted_nps"),
    Interval(
        "value.biggest_customers",
        "nps",
        "nps",
        ("tier",),
        "tier",
        "top_100 is left out: in the large shop it is another share of the customers",
    ),
    Interval("value.cohorts", "retention", "retention", _COHORT, "dimension"),
    Interval("value.cohorts", "revenue", "revenue_per_customer", _COHORT, "dimension", _MONEY),
    Interval("value.second_order", "rate", "second_order_rate", _FIRST_ORDER, "dimension"),
    Interval("value.second_order", "value", "value_365d", _FIRST_ORDER, "dimension", _MONEY),
    Interval("value.rfm", "nps", None, _QUINTILES, "rfm_group", _FEW, compared=by_edges),
    Interval("value.rfm", "pooled", None, _QUINTILES, "rfm_group", _FEW, compared=by_edges),
    Interval(
        "value.growth",
        "elasticity",
        None,
        why="no truth: the simulator ties no month's growth to a score, and in a large shop the score hardly moves",
    ),
    Interval("nps.benchmarks", "", None, why="no interval of ours: what others report of their industries"),
)
