"""A simulated shop as the core tables that nps.everybody reads, without files and without a warehouse.

Here: the rows of nps.everybody, the score of all buyers and the errors. Not here: the tables of core
(pipelines/calibrate/shop.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from pipelines.calibrate.shop import core
from pipelines.nps.everybody import everybody
from pipelines.periods import Clock, Span, Window, month_of
from pipelines.settings import Settings
from pipelines.simulate.truth.expected_scores import days_of_quarter, recent_buyers
from pipelines.simulate.truth.parameters import Parameters
from pipelines.simulate.world import World, build

ZONE = "Europe/Paris"


def shop(
    seed: int, *, customers: int = 3000, months: int = 24, end: date = date(2025, 7, 1), **planted: float
) -> World:
    """A shop with these parameters planted."""
    parameters = replace(Parameters(), **planted)
    return build(customers=customers, months=months, seed=seed, end=end, zone=ZONE, parameters=parameters)


def tables(world: World) -> dict[str, pl.LazyFrame]:
    """core.orders, core.order_segments, core.invitations and core.responses by the names of everybody's arguments."""
    made = core(world, Settings(timezone=ZONE))
    return {name: made[f"core.{name}"] for name in ("orders", "order_segments", "invitations", "responses")}


def rows(world: World) -> dict[tuple[str, str], dict[str, object]]:
    """The rows of the history's last month by grain and method."""
    end = world.calendar.end
    clock = Clock(datetime.combine(end, time(), ZoneInfo(ZONE)).astimezone(UTC), ZONE)
    last = month_of(world.calendar.dates[-1])
    found = everybody(**tables(world), span=Span(Window(last, end), clock), settings=Settings())
    return {(row["grain"], row["method"]): row for row in found.rows(named=True)}


def truths(world: World) -> dict[str, float]:
    """The score of all buyers of the windows that end with the history, by grain."""
    return {
        "trailing_365d": recent_buyers(world)["nps"],
        "quarter": recent_buyers(world, days_of_quarter(world))["nps"],
    }


def errors(world: World) -> dict[tuple[str, str], tuple[float, bool, float]]:
    """By grain and method: points from the truth, whether the interval holds it, and its width; NaN without a score."""
    truth = truths(world)
    made = {}
    for (grain, method), row in rows(world).items():
        low, high, nps = (np.nan if row[name] is None else row[name] for name in ("nps_low", "nps_high", "nps"))
        made[grain, method] = nps - truth[grain], bool(low <= truth[grain] <= high), high - low
    return made
