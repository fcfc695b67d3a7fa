"""Drawing shops, one at a time, and counting how many of their intervals hold the truth.

Here: the figures of a shop, their truth, the counts. Not here: which intervals there are (intervals) and how the counts
are shown (page). Memory is that of the large shop, drawn once; of each other shop only counts are kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as midnight
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.calibrate.intervals import GRAINS, INTERVALS, Interval
from pipelines.calibrate.shop import core
from pipelines.calibrate.standing import standing
from pipelines.figures import BY_TABLE
from pipelines.periods import Clock, Span, Window
from pipelines.settings import Settings
from pipelines.simulate.world import World, build
from pipelines.value.reduction import Reduction, reduced
from pipelines.value.sources import TABLES, Frames, facts_of

ZONE = "Europe/Paris"
END = date(2025, 7, 1)
MONTHS = 30
# Customers of the large shop per customer of a shop: its own error makes a 95 % interval hold in 0.948.
TIMES = 100
# Added to the seed of the large shop, so that it is none of the others.
APART = 1 << 40
COUNTS = {"interval": pl.UInt32, "part": pl.String, "draws": pl.Int64, "held": pl.Int64, "without": pl.Int64}
# Places of the intervals whose truth is each shop's own, and what tells it.
BY_SHOP = {place: i.truth for place, i in enumerate(INTERVALS) if i.by_shop and callable(i.truth)}
COMPARED = {place: i.compared for place, i in enumerate(INTERVALS) if i.compared is not None}
# Where customers stand, beside the tables.
STANDING = "standing"


@dataclass(frozen=True)
class Measured:
    """What was drawn, and the counts.

    confidence: nominal share. counts: by place in INTERVALS and part, the intervals drawn (draws), those that hold the
    truth (held), and rows with a truth and no interval (without). seconds: per shop, the large one left out.
    """

    shops: int
    customers: int
    seed: int
    confidence: float
    counts: pl.DataFrame
    seconds: float


def measure(shops: int, customers: int, seed: int, tell: Callable[[str], None]) -> Measured:
    """Draw the large shop, then `shops` of `customers` customers each, and count.

    Args:
        shops: how many are drawn, with the seeds from `seed` on.
        customers: of each shop.
        seed: of the first shop.
        tell: is told of the progress.
    """
    settings = default_settings()
    tell(f"drawing a shop of {TIMES * customers} customers, whose figures are the truth")
    large = _drawn(TIMES * customers, seed + APART)
    told = figures(large, settings, [i.table for i in INTERVALS if isinstance(i.truth, str)])
    expected = _expected(large, told)
    counts, started = pl.DataFrame(schema=COUNTS), time.perf_counter()
    tables = [interval.table for interval in INTERVALS if interval.truth is not None or interval.compared is not None]
    for number in range(shops):
        world = _drawn(customers, seed + number)
        rows = figures(world, settings, tables)
        truths = expected | {place: planted(world) for place, planted in BY_SHOP.items()}
        truths |= {place: compare(told[STANDING], rows[STANDING], settings) for place, compare in COMPARED.items()}
        parts = [
            _counted(INTERVALS[place], rows[INTERVALS[place].table], truth, place) for place, truth in truths.items()
        ]
        counts = pl.concat([counts, *parts]).group_by("interval", "part").agg(pl.all().sum()).sort("interval", "part")
        passed = time.perf_counter() - started
        tell(f"shop {number + 1} of {shops}, {passed / (number + 1):.1f} seconds per shop")
    passed = time.perf_counter() - started
    return Measured(shops, customers, seed, settings.confidence, counts, passed / shops)


def default_settings() -> Settings:
    """Those of a shop that sets nothing, at the end of the history, whatever the environment says."""
    as_of = datetime.combine(END, midnight(), ZoneInfo(ZONE)).astimezone(UTC)
    return Settings.model_construct(timezone=ZONE, as_of=as_of)


def figures(world: World, settings: Settings, tables: list[str]) -> dict[str, pl.DataFrame]:
    """The rows of the history's last month, by table; and where its customers stand (STANDING)."""
    given, clock = core(world, settings), Clock(settings.as_of, settings.timezone)
    span = Span(Window(date(END.year, END.month - 1, 1), END), clock)
    wanted = {name: BY_TABLE[name] for name in dict.fromkeys(tables)}
    walked = {name: figure.compute for name, figure in wanted.items() if isinstance(figure.compute, Reduction)}
    walked[STANDING] = standing
    facts = facts_of(Frames({n: given[table] for n, table in TABLES.items() if table in given}), clock=clock)
    ends = reduced(list(walked.values()), facts, span, settings)
    made = {name: walked[name].finish(said, settings) for name, said in zip(walked, ends, strict=True)}
    for name, figure in wanted.items():
        if name not in walked:
            made[name] = figure.compute(*(given[table] for table in figure.tables), span=span, settings=settings)
    return made


def _drawn(customers: int, seed: int) -> World:
    return build(customers=customers, months=MONTHS, seed=seed, end=END, zone=ZONE)


def _expected(large: World, rows: dict[str, pl.DataFrame]) -> dict[int, pl.DataFrame]:
    """What the large shop says of intervals, by their place: the keys of their rows, and `truth`."""
    expected = {}
    for place, interval in enumerate(INTERVALS):
        if isinstance(interval.truth, str):
            truth = pl.col(interval.truth).cast(pl.Float64)
            expected[place] = rows[interval.table].select(*interval.keys, truth=truth)
        elif interval.truth is not None and not interval.by_shop:
            expected[place] = interval.truth(large)
    return expected


def _counted(interval: Interval, rows: pl.DataFrame, truth: pl.DataFrame, place: int) -> pl.DataFrame:
    """The counts of one shop's rows that have a truth."""
    if "grain" in rows.columns:
        rows = rows.filter(pl.col("grain").is_in(GRAINS))
    if "tier" in rows.columns:
        rows = rows.filter(pl.col("tier") != "top_100")
    shared = [name for name in truth.columns if name != "truth"]
    names = list(dict.fromkeys([*interval.keys, *shared]))
    ends = rows.select(
        *(pl.col(name).cast(truth.schema.get(name, rows.schema[name])) for name in names),
        low=pl.col(f"{interval.name}_low"),
        high=pl.col(f"{interval.name}_high"),
    )
    both = ends.join(truth, on=shared, nulls_equal=True) if shared else ends.join(truth, how="cross")
    has_truth = pl.col("truth").is_not_null()
    drawn = has_truth & pl.col("low").is_not_null()
    part = pl.col(interval.part).cast(pl.String) if interval.part else pl.lit("all")
    return (
        both.group_by(part=part)
        .agg(
            draws=drawn.sum().cast(pl.Int64),
            held=(drawn & pl.col("truth").is_between("low", "high")).sum().cast(pl.Int64),
            without=(has_truth & pl.col("low").is_null()).sum().cast(pl.Int64),
        )
        .select(pl.lit(place, pl.UInt32).alias("interval"), "part", "draws", "held", "without")
    )
