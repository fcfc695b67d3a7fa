"""A shop whose guests seldom answer and score lower, and what the warehouse finds of the planted effects.

Here: one seed's truth and figures, for a few seeds (test_planted.py) and a hundred (benchmarks/bench_truth.py). Not
here: what must hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from copied_files import put_empty_files
from night import ingest, settings_for

from pipelines.figures import BY_TABLE
from pipelines.figures.compute import compute
from pipelines.nps.benchmarks import refresh
from pipelines.periods import Window
from pipelines.simulate import Parameters, simulate
from pipelines.warehouse.connection import opened
from pipelines.warehouse.frames import frame

END = date(2025, 7, 1)
MONTH = Window(date(2025, 6, 1), END)
TABLES = ("nps.by_period", "nps.by_segment", "nps.delivery_gap", "nps.coverage")
# Guests score lower and seldom answer. Apart from that, answering and buying again do not depend on satisfaction: no
# weighting by account and order value could correct for that.
GUESTS = Parameters(
    shift_guest=-1.5,
    response_guest=-1.8,
    response_per_satisfaction=0.0,
    rate_per_satisfaction=0.0,
    dropout_per_satisfaction=0.0,
)
DIMENSIONS = {"country": "country", "category": "product_category"}


@dataclass(frozen=True)
class Interval:
    """A figure with its interval, and the truth."""

    point: float
    low: float
    high: float
    truth: float

    @property
    def holds(self) -> bool:
        """Whether the interval covers the truth."""
        return self.low <= self.truth <= self.high


@dataclass(frozen=True)
class Found:
    """What one seed's warehouse says: the score after delivery raw and weighted, each effect, the guests' coverage."""

    raw: Interval
    weighted: Interval
    effects: dict[str, Interval]
    guests: dict[str, Any]


def measured(home: Path, seed: int, *, customers: int = 700, parameters: Parameters = GUESTS) -> Found:
    """Simulate a year of a shop, load it, and read the last 365 days."""
    settings = settings_for(home, as_of="2025-07-01T00:00:00+02:00", timezone="Europe/Paris", currency="EUR")
    truth = simulate(settings.landing, customers=customers, months=12, seed=seed, end=END, parameters=parameters).truth
    put_empty_files(settings)
    with opened(settings) as connection:
        ingest(connection, settings)
        for table in TABLES:
            compute(connection, BY_TABLE[table], MONTH, settings, run_id="planted")
        refresh(connection, settings)
        year = "grain = 'trailing_365d'"
        after = f"{year} AND stage = 'post_delivery'"
        [score] = frame(connection.sql(f"FROM nps.by_period WHERE {after}")).rows(named=True)
        segments = frame(connection.sql(f"FROM nps.by_segment WHERE {after}"))
        [gap] = frame(connection.sql(f"FROM nps.delivery_gap WHERE {year} AND dimension = 'all'")).rows(named=True)
        [guests] = frame(
            connection.sql(f"FROM nps.coverage WHERE {year} AND dimension = 'account_type' AND segment = 'guest'")
        ).rows(named=True)
    everybody, differences = truth["buyers_trailing_365d"]["nps"], truth["differences"]
    effects = {
        "late": Interval(
            gap["late_difference"], gap["late_difference_low"], gap["late_difference_high"], differences["late"]
        )
    }
    for name in differences.keys() - {"late"}:
        kind, segment = name.split(" ")
        [row] = segments.filter(pl.col("dimension") == DIMENSIONS[kind], pl.col("segment") == segment).rows(named=True)
        effects[name] = Interval(row["difference"], row["difference_low"], row["difference_high"], differences[name])
    return Found(
        Interval(score["nps"], score["nps_low"], score["nps_high"], everybody),
        Interval(score["weighted_nps"], score["weighted_low"], score["weighted_high"], everybody),
        effects,
        guests,
    )
