"""Weights of nps.by_period: the score as if every kind of buyer had answered alike.

Here: post-stratification of the answers linked to an order by account type and order value band, its error and the
effective number of answers. Not here: counting (counting/count.py), who bought (events.py), the plain score
(by_period.py).

Cells are account type x order value band. Those under MIN_CELL answers are merged, by a rule that knows nothing but
the counts of the window and stage:
1. If buyers or answers with an account, or those without, have fewer than MIN_CELL answers, account types are not
   told apart. (Who had no account when answering has none, whatever else is known of them.)
2. Within an account type the bands are taken from the smallest amount up, answers whose band is unknown last. A cell
   is closed as soon as it has MIN_CELL answers; until then the next band joins it. What is left over at the end joins
   the last closed cell.
Nothing is trimmed.

Sources:
    Holt, Smith 1979, Post Stratification, J. R. Statist. Soc. A 142: the estimator and its stratified error.
    Kish 1965, Survey Sampling: the effective number of answers (sum w)^2 / sum w^2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.nps.counting.count import count
from pipelines.nps.events import Events, buyers_of
from pipelines.periods import Span, windows
from pipelines.settings import Settings
from pipelines.speed import at_once, by_number, looked_up
from pipelines.statistics import score
from pipelines.statistics.score import COUNTS

MIN_CELL = 10
WEIGHTED_GRAINS = ("quarter", "year", "trailing_90d", "trailing_365d")
ACCOUNTS = ("registered", "guest")
# Why there is no weighted score, in the order in which the reasons are looked for.
SHORT, NOBODY, FEW, ONE = "short_window", "no_known_buyers", "too_few_linked_answers", "one_cell"
KEYS = ("grain", "period_start", "stage")
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Weighted:
    """Weighted figures, one per row of the strata: shares of promoters, passives, detractors; the rest in points.

    weights: of an answer, by row and stratum; strata without answers have 0. error: stratified standard error.
    effective: Kish's effective number of answers.
    """

    promoters: Floats
    passives: Floats
    detractors: Floats
    weights: Floats
    error: Floats
    effective: Floats


def weigh(answers: Ints, population: Ints) -> Weighted:
    """Post-stratify rows of strata (Holt, Smith 1979).

    Args:
        answers: promoters, passives and detractors by row and stratum, shape (3, rows, strata).
        population: buyers by row and stratum, shape (rows, strata); a stratum with buyers has answers.
    """
    given = answers.sum(axis=0)
    known = np.maximum(given, 1)
    share = population / _across(population)[:, None]
    weights = np.where(given > 0, share * _across(given)[:, None] / known, 0.0)
    of_each = answers / known
    promoters, passives, detractors = (_across(share * part) for part in of_each)
    mean = of_each[0] - of_each[2]
    variance = np.maximum(of_each[0] + of_each[2] - mean**2, 0)
    error = score.POINTS * np.sqrt(_across(share**2 * variance / known))
    effective = _across(given) ** 2 / _across(given * weights**2)
    return Weighted(promoters, passives, detractors, weights, error, effective)


def merged(answers: Ints, population: Ints) -> tuple[Ints, Ints]:
    """Merge cells under MIN_CELL answers (see the module): both by stratum, strata that are no more being zero.

    Args:
        answers: shape (3, rows, account types, bands), bands from the smallest amount up.
        population: shape (rows, account types, bands).
    """
    apart = (answers.sum(axis=(0, 3)) >= MIN_CELL).all(axis=1)
    # Account types that are not told apart stand in the first place.
    together = np.zeros_like(answers)
    together[:, :, 0] = answers.sum(axis=2)
    answers = np.where(apart[None, :, None, None], answers, together)
    whole = np.zeros_like(population)
    whole[:, 0] = population.sum(axis=1)
    population = np.where(apart[:, None, None], population, whole)

    given = answers.sum(axis=0)
    _, rows, accounts, bands = answers.shape
    cell = np.zeros((rows, accounts, bands), dtype=np.int64)
    number, gathered = np.zeros((rows, accounts), dtype=np.int64), np.zeros((rows, accounts), dtype=np.int64)
    for band in range(bands):
        cell[:, :, band] = number
        gathered += given[:, :, band]
        closed = gathered >= MIN_CELL
        number += closed
        gathered[closed] = 0
    # The cell that was still open joins the last closed one.
    cell = np.minimum(cell, np.maximum(number - 1, 0)[:, :, None])
    into = cell[:, :, None, :] == np.arange(bands)[None, None, :, None]  # rows, accounts, stratum, band
    strata = (answers[:, :, :, None, :] * into[None]).sum(axis=4).reshape(3, rows, accounts * bands)
    return strata, (population[:, :, None, :] * into).sum(axis=3).reshape(rows, accounts * bands)


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
    found = _figures(keys, answers, population, bands=len(bands), confidence=settings.confidence)
    reason = pl.when(pl.col("grain").is_in(WEIGHTED_GRAINS)).then("weight_reason").otherwise(pl.lit(SHORT))
    return rows.join(found, on=KEYS, how="left", maintain_order="left").with_columns(weight_reason=reason)


def _bands(settings: Settings) -> pl.DataFrame:
    """Names of the bands as core has them, by number; any other name (unknown) has the last."""
    names = [*settings.order_value_labels, "unknown"]
    return pl.DataFrame({"order_value_band": names}).with_row_index("band").cast({"band": pl.Int64})


def _cell(bands: pl.DataFrame) -> pl.Expr:
    """Number of the cell of account_type and order_value_band."""
    # Rows without segments are in no cell.
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
    """Answers of known customers linked to an order, per window, stage and cell: KEYS, cell, COUNTS."""
    linked = responses.filter(pl.col("order_id").is_not_null() & pl.col("customer_id").is_not_null())
    # Without any answer there is no dimension.
    missing = {"account_type", "order_value_band"} - set(segments.collect_schema().names())
    named = segments.with_columns(pl.lit("unknown").alias(name) for name in sorted(missing))
    cells = named.select("response_id", cell=_cell(bands).cast(pl.String))
    # Nothing is compared with a window before, so there is none, and nobody is in two.
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
    """Buyers per window and cell, each in that of the last order: grain, period_start, cell, buyers."""
    [known, told] = pl.collect_all([*by_number(orders), order_segments.select("order_id", cell=_cell(bands))])
    placed = looked_up(known, told, "order_id").drop_nulls("cell")
    return count_last(buyers_of(placed.lazy(), span.clock, keep=("cell",)), wanted)


def count_last(bought: Events, wanted: pl.DataFrame) -> pl.DataFrame:
    """Distinct buyers of every window by the cell of their last order in it."""
    cell = bought.rows["cell"].to_numpy()
    rows = wanted.select("grain", "period_start", "period_end").rows()
    nowhere = int(cell.max(initial=-1)) + 1

    def count_window(_: str, start: date, end: date) -> Ints:
        found = bought.within(start, end)
        cells = np.where(bought.is_last(bought.customer[found]), cell[found], nowhere)
        return np.bincount(cells, minlength=nowhere + 1)[:nowhere]

    counted = at_once(count_window, rows)
    found = [
        pl.DataFrame({"cell": np.flatnonzero(buyers), "buyers": buyers[buyers > 0]}).select(
            pl.lit(grain).alias("grain"), pl.lit(start).alias("period_start"), "cell", "buyers"
        )
        for (grain, start, _), buyers in zip(rows, counted, strict=True)
    ]
    schema = {"grain": pl.String, "period_start": pl.Date, "cell": pl.Int64, "buyers": pl.Int64}
    return pl.concat([pl.DataFrame(schema=schema), *found])


def _figures(
    keys: pl.DataFrame, answers: pl.DataFrame, population: pl.DataFrame, *, bands: int, confidence: float
) -> pl.DataFrame:
    """The weighted columns of every key, or why there are none."""
    placed = keys.with_row_index("row")
    shape = (keys.height, len(ACCOUNTS), bands)

    def table(counts: pl.DataFrame, on: list[str], name: str) -> Ints:
        cells = placed.join(counts, on=on).select("row", "cell", name)
        made = np.zeros((keys.height, len(ACCOUNTS) * bands), dtype=np.int64)
        made[cells["row"].to_numpy(), cells["cell"].to_numpy()] = cells[name].to_numpy()
        return made.reshape(shape)

    given, buyers = merged(
        np.stack([table(answers, list(KEYS), name) for name in COUNTS]),
        table(population, ["grain", "period_start"], "buyers"),
    )
    total, everybody = given.sum(axis=(0, 2)), buyers.sum(axis=1)
    strata = (given.sum(axis=0) > 0).sum(axis=1)
    weighable = (everybody > 0) & (total >= MIN_CELL) & (strata > 1)
    figures = weigh(given[:, weighable], buyers[weighable])
    reasons = np.select([everybody == 0, total < MIN_CELL, strata < 2], [NOBODY, FEW, ONE], "")
    effective = pl.col("effective_responses")
    sample = score.Counts(*(pl.col(name) * effective for name in COUNTS))
    low, high = score.interval(sample, confidence)
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
            (score.POINTS * (pl.col("promoters") - pl.col("detractors"))).alias("weighted_nps"),
            "weighted_error",
            low.alias("weighted_low"),
            high.alias("weighted_high"),
            effective,
        )
    )
    reason = pl.Series(reasons, dtype=pl.String)
    return (
        keys.with_columns(weight_reason=reason)
        .with_columns(weight_reason=pl.when(pl.col("weight_reason") != "").then("weight_reason"))
        .join(weighted, on=KEYS, how="left")
    )


def _across(table: NDArray[np.int64] | Floats) -> Floats:
    """Sum over the columns one by one: the last digit then does not depend on how many rows are summed together."""
    total = np.zeros(table.shape[0])
    for column in range(table.shape[1]):
        total = total + table[:, column]
    return total
