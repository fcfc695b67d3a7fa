"""Weights of nps.by_period: the score as if every kind of buyer had answered at the same rate.

Here: the cells (account type x order value band) of linked answers and of buyers, and the weighted columns. Not here:
the estimator and the merging of small cells (statistics/post_stratification.py), counting (counting/count.py), who
bought (events.py), the plain score (by_period.py).

A customer without an account at the time of the answer is a guest, whatever else is known. Answers without an order
value are in the band unknown, which comes last.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.nps.counting.count import count
from pipelines.nps.events import Events, buyers_of
from pipelines.periods import Span, windows
from pipelines.settings import Settings
from pipelines.speed import at_once, by_number, looked_up
from pipelines.statistics import adjusted_wald
from pipelines.statistics.own_point import holding
from pipelines.statistics.post_stratification import MIN_CELL, merge_small_cells, weigh
from pipelines.statistics.score import COUNTS, POINTS, Counts

WEIGHTED_GRAINS = ("quarter", "year", "trailing_90d", "trailing_365d")
ACCOUNTS = ("registered", "guest")
# Why there is no weighted score, in the order in which the reasons are tested.
SHORT, NOBODY, FEW, ONE = "short_window", "no_known_buyers", "too_few_linked_answers", "one_cell"
KEYS = ("grain", "period_start", "stage")
Ints = NDArray[np.int64]


def with_weights(
    rows: pl.DataFrame,
    responses: pl.LazyFrame,
    segments: pl.LazyFrame,
    orders: pl.LazyFrame,
    order_segments: pl.LazyFrame,
    *,
    span: Span,
    settings: Settings,
) -> pl.DataFrame:
    """Add the columns weighted_responses to weight_reason of nps.by_period.

    Args:
        rows: windows and stages by KEYS, with any other columns.
        responses: core.responses.
        segments: one row per answer: response_id, account_type and order_value_band.
        orders: core.orders.
        order_segments: core.order_segments.
        span: the months to compute, and the clock.
        settings: counting, confidence, order_value_bands.

    Returns:
        `rows`, in their order, with the columns added.
    """
    wanted = windows(span, grains=WEIGHTED_GRAINS)
    bands = _bands(settings)
    answers = _linked(responses, segments, wanted, bands, span=span, settings=settings)
    population = _population(orders, order_segments, wanted, bands, span=span)
    keys = rows.filter(pl.col("grain").is_in(WEIGHTED_GRAINS)).select(KEYS)
    columns = _figures(keys, answers, population, bands=len(bands), confidence=settings.confidence)
    reason = pl.when(pl.col("grain").is_in(WEIGHTED_GRAINS)).then("weight_reason").otherwise(pl.lit(SHORT))
    return rows.join(columns, on=KEYS, how="left", maintain_order="left").with_columns(weight_reason=reason)


def _bands(settings: Settings) -> pl.DataFrame:
    """Names of the bands by number, as in core; unknown is the last."""
    names = [*settings.order_value_labels, "unknown"]
    return pl.DataFrame({"order_value_band": names}).with_row_index("band").cast({"band": pl.Int64})


def _cell(bands: pl.DataFrame) -> pl.Expr:
    """Number of the cell of account_type and order_value_band; null without segments."""
    account = pl.when(pl.col("account_type") == ACCOUNTS[0]).then(0).when(pl.col("account_type").is_not_null()).then(1)
    names = bands["order_value_band"]
    band = pl.col("order_value_band").cast(pl.String).cast(pl.Enum(names), strict=False).to_physical().cast(pl.Int64)
    band = band.fill_null(len(names) - 1)
    return account * len(names) + band


def _linked(
    responses: pl.LazyFrame,
    segments: pl.LazyFrame,
    wanted: pl.DataFrame,
    bands: pl.DataFrame,
    *,
    span: Span,
    settings: Settings,
) -> pl.DataFrame:
    """Counts of the answers of known customers that are linked to an order: KEYS, cell, COUNTS."""
    linked = responses.filter(pl.col("order_id").is_not_null() & pl.col("customer_id").is_not_null())
    # Without any answer, segments has no dimensions.
    missing = {"account_type", "order_value_band"} - set(segments.collect_schema().names())
    named = segments.with_columns(pl.lit("unknown").alias(name) for name in sorted(missing))
    cells = named.select("response_id", cell=_cell(bands).cast(pl.String))
    # No comparison with a previous window is needed: it is empty, and there are no customers to pair.
    alone = wanted.with_columns(previous_start="period_start", previous_end="period_start")
    counts = count(
        linked.with_columns(customer_id=pl.lit(None, pl.UInt32)),
        alone,
        clock=span.clock,
        counting=settings.counting,
        segments=cells,
    )
    return counts.select(*KEYS, *COUNTS, cell=pl.col("segment").cast(pl.Int64))


def _population(
    orders: pl.LazyFrame, order_segments: pl.LazyFrame, wanted: pl.DataFrame, bands: pl.DataFrame, *, span: Span
) -> pl.DataFrame:
    """Buyers per window and cell, each in the cell of the last order: grain, period_start, cell, buyers."""
    [bought, cells] = pl.collect_all([*by_number(orders), order_segments.select("order_id", cell=_cell(bands))])
    in_cells = looked_up(bought, cells, "order_id").drop_nulls("cell")
    return count_last(buyers_of(in_cells.lazy(), span.clock, keep=("cell",)), wanted)


def count_last(bought: Events, wanted: pl.DataFrame) -> pl.DataFrame:
    """Number of distinct buyers of every window by the cell of their last order in it."""
    cell = bought.rows["cell"].to_numpy()
    rows = wanted.select("grain", "period_start", "period_end").rows()
    nowhere = int(cell.max(initial=-1)) + 1

    def count_window(_: str, start: date, end: date) -> Ints:
        orders = bought.within(start, end)
        cells = np.where(bought.is_last(bought.customer[orders]), cell[orders], nowhere)
        return np.bincount(cells, minlength=nowhere + 1)[:nowhere]

    counted = at_once(count_window, rows, rows=bought.rows.height)
    buyers_by_cell = [
        pl.DataFrame({"cell": np.flatnonzero(buyers), "buyers": buyers[buyers > 0]}).select(
            pl.lit(grain).alias("grain"), pl.lit(start).alias("period_start"), "cell", "buyers"
        )
        for (grain, start, _), buyers in zip(rows, counted, strict=True)
    ]
    schema = {"grain": pl.String, "period_start": pl.Date, "cell": pl.Int64, "buyers": pl.Int64}
    return pl.concat([pl.DataFrame(schema=schema), *buyers_by_cell])


def _figures(
    keys: pl.DataFrame, answers: pl.DataFrame, population: pl.DataFrame, *, bands: int, confidence: float
) -> pl.DataFrame:
    """The weighted columns of every key, or the reason why there are none."""
    numbered = keys.with_row_index("row")
    shape = (keys.height, len(ACCOUNTS), bands)

    def table(counts: pl.DataFrame, on: list[str], name: str) -> Ints:
        cells = numbered.join(counts, on=on).select("row", "cell", name)
        made = np.zeros((keys.height, len(ACCOUNTS) * bands), dtype=np.int64)
        made[cells["row"].to_numpy(), cells["cell"].to_numpy()] = cells[name].to_numpy()
        return made.reshape(shape)

    given, buyers = merge_small_cells(
        np.stack([table(answers, list(KEYS), name) for name in COUNTS]),
        table(population, ["grain", "period_start"], "buyers"),
    )
    total, everybody = given.sum(axis=(0, 2)), buyers.sum(axis=1)
    strata = (given.sum(axis=0) > 0).sum(axis=1)
    weighable = (everybody > 0) & (total >= MIN_CELL) & (strata > 1)
    figures = weigh(given[:, weighable], buyers[weighable])
    promoters, _, detractors = given[:, weighable].sum(axis=2)
    reasons = np.select([everybody == 0, total < MIN_CELL, strata < 2], [NOBODY, FEW, ONE], "")
    effective = pl.col("effective_responses")
    sample = Counts(*(pl.col(name) * effective for name in COUNTS))
    weighted_nps = POINTS * (pl.col("promoters") - pl.col("detractors"))
    low, high = holding(adjusted_wald.interval(sample, confidence), weighted_nps)
    weighted = (
        keys.filter(pl.Series(weighable))
        .with_columns(
            promoters=pl.Series(figures.promoters, dtype=pl.Float64),
            passives=pl.Series(figures.passives, dtype=pl.Float64),
            detractors=pl.Series(figures.detractors, dtype=pl.Float64),
            weighted_error=pl.Series(figures.error, dtype=pl.Float64),
            effective_responses=pl.Series(figures.effective, dtype=pl.Float64),
            weighted_responses=pl.Series(total[weighable], dtype=pl.Int64),
        )
        .select(
            *KEYS,
            "weighted_responses",
            weighted_nps.alias("weighted_nps"),
            "weighted_error",
            low.alias("weighted_low"),
            high.alias("weighted_high"),
            effective,
            linked_responses="weighted_responses",
            linked_nps=pl.Series(POINTS * (promoters - detractors) / total[weighable], dtype=pl.Float64),
        )
        .with_columns(weighting_effect=pl.col("weighted_nps") - pl.col("linked_nps"))
    )
    reason = pl.Series(reasons, dtype=pl.String)
    return (
        keys.with_columns(weight_reason=reason)
        .with_columns(weight_reason=pl.when(pl.col("weight_reason") != "").then("weight_reason"))
        .join(weighted, on=KEYS, how="left")
    )
