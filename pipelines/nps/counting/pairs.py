"""Pairs of one customer's answers, from which the errors of scores and changes allow for repeated answers.

Here: finding the pairs, and what each adds to the sums over pairs. Not here: which windows count them
(window_sums.py), and the errors (statistics/design_effect.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.nps.counting.cells import Grid, Ints
from pipelines.nps.counting.dimensions import Dimension
from pipelines.nps.counting.window_sums import Rows, WindowSums
from pipelines.speed import Engine
from pipelines.statistics.score import COUNTS

PRODUCTS = ("signs_signs", "signs_answers", "answers_signs", "answers_answers")
OWN = tuple(f"own_{name}" for name in PRODUCTS)
PAIRS = "pairs"
# The kind of a pair is the categories of its two answers, in the order of COUNTS.
KINDS = len(COUNTS) ** 2
# What a pair of each kind adds to PRODUCTS.
OF_KIND = np.array([(mine * theirs, mine, theirs, 1) for mine in (1, 0, -1) for theirs in (1, 0, -1)])
# Customers with more answers than this are summed by cell before pairing: thousands of answers make millions of pairs.
MANY = 50
# Above this, pairs are summed by their cells; below, summing costs more than it saves.
MOST_PAIRS = 2_000_000


def pairs_of(answers: pl.LazyFrame, dimensions: Sequence[Dimension], grid: Grid, engine: Engine) -> list[Rows]:
    """Pairs of one customer's answers, each once; the second cell is the earlier answer's, or the same."""
    places = [dimension.column for dimension in dimensions if dimension.column]
    repeated = (
        answers.drop_nulls("customer_id")
        .filter(~grid.is_superseded_at_once(pl.col("cell")))
        .rename({"customer_id": "customer"})
        .drop("response_id")
        .with_columns(answers=pl.len().over("customer"))
        .filter(pl.col("answers") > 1)
        .with_columns(rank=grid.rank(pl.col("cell")))
        .join(grid.behind.lazy(), on="rank")
        .collect()
    )
    few = repeated.filter(pl.col("answers") <= MANY).with_row_index("answer")
    rank, before = pl.col("rank"), pl.col("rank_before")
    first = (before < rank) | ((before == rank) & (pl.col("answer_before") < pl.col("answer")))
    ordered = first & (before >= pl.col("behind"))
    # Join on narrow rows first and look the wide ones up: most joined pairs are in the wrong order.
    sides = few.lazy().select("customer", "answer", "rank", "behind")
    ahead = sides.join(sides, on="customer", suffix="_before").filter(ordered).select("answer", "answer_before")
    counted = few.select("cell", "sign", *places)
    later, earlier = (counted[numbers] for numbers in ahead.collect(engine=engine))
    pairs = [_pairs_of_few(later, earlier, dimensions)]
    if later.height > MOST_PAIRS:
        pairs = [_summed(pairs[0], number, engine) for number in range(len(dimensions))]
    if few.height < repeated.height:
        many = repeated.lazy().filter(pl.col("answers") > MANY).with_row_index("answer")
        for number, dimension in enumerate(dimensions):
            inside = many.filter(pl.col(dimension.column) < len(dimension.segments)) if dimension.column else many
            place = pl.col(dimension.column).cast(pl.Int64) if dimension.column else pl.lit(0, pl.Int64)
            tables = pl.collect_all(_pairs_of_many(inside.with_columns(segment=place), ordered), engine=engine)
            pairs += [_rows_of_many(table, number) for table in tables]
    return pairs


def _pairs_of_few(later: pl.DataFrame, earlier: pl.DataFrame, dimensions: Sequence[Dimension]) -> Rows:
    """One row per pair, in the segments that hold both answers."""
    segments: dict[int, NDArray[Any]] = {}
    kind = (1 - later["sign"].to_numpy()) * np.int8(len(COUNTS)) + (1 - earlier["sign"].to_numpy())
    for number, dimension in enumerate(dimensions):
        segments[number] = kind
        if dimension.column is not None:
            mine, theirs = (side[dimension.column].to_numpy() for side in (later, earlier))
            nowhere = len(dimension.segments)
            places = np.where(mine == theirs, mine, mine.dtype.type(nowhere))
            segments[number] = places.astype(np.min_scalar_type((nowhere + 1) * KINDS)) * KINDS + kind.astype(np.uint8)
    return Rows((later["cell"].to_numpy(), earlier["cell"].to_numpy()), {PAIRS: None}, segments)


def _summed(pairs: Rows, dimension: int, engine: Engine) -> Rows:
    """One row per cells, segment and kind of one dimension, with the number of pairs."""
    cell, before = pairs.cells
    table = (
        pl.LazyFrame({"cell": cell, "cell_before": before, "segment": pairs.segments[dimension]})
        .group_by("cell", "cell_before", "segment")
        .agg(pl.len().cast(pl.Int64).alias(PAIRS))
        .collect(engine=engine)
    )
    cells = table["cell"].to_numpy(), table["cell_before"].to_numpy()
    return Rows(cells, {PAIRS: table[PAIRS].to_numpy()}, {dimension: table["segment"].to_numpy()})


def _pairs_of_many(answers: pl.LazyFrame, ordered: pl.Expr) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Numbers of pairs within a `segment`, for customers with very many answers: across two cells, and within one."""
    sums = answers.group_by("customer", "cell", "segment").agg(
        pl.col("answer").min(),
        pl.col("rank").min(),
        pl.col("behind").min(),
        *((pl.col("sign") == 1 - number).sum().cast(pl.Int64).alias(name) for number, name in enumerate(COUNTS)),
    )
    kinds = list(product(range(len(COUNTS)), repeat=2))
    apart = (
        sums.join(sums, on=["customer", "segment"], suffix="_before")
        .filter(ordered)
        .group_by("cell", "cell_before", "segment")
        .agg(
            (pl.col(COUNTS[mine]) * pl.col(f"{COUNTS[theirs]}_before")).sum().alias(f"{number}")
            for number, (mine, theirs) in enumerate(kinds)
        )
    )
    within = sums.group_by("cell", "segment", cell_before="cell").agg(
        _pairs_within(mine, theirs).sum().alias(f"{number}") for number, (mine, theirs) in enumerate(kinds)
    )
    return apart, within


def _pairs_within(mine: int, theirs: int) -> pl.Expr:
    """Pairs of these kinds among a customer's answers in one cell; each pair once, under the kinds in order."""
    n = pl.col(COUNTS[mine])
    if mine == theirs:
        return n * (n - 1) // 2
    return n * pl.col(COUNTS[theirs]) if mine < theirs else pl.lit(0, pl.Int64)


def _rows_of_many(table: pl.DataFrame, dimension: int) -> Rows:
    """Numbers of pairs by cells and segment, one row per kind."""
    long = table.unpivot(index=["cell", "cell_before", "segment"], variable_name="kind", value_name=PAIRS)
    segment = long["segment"].to_numpy() * KINDS + long["kind"].cast(pl.Int64).to_numpy()
    return Rows(
        (long["cell"].to_numpy(), long["cell_before"].to_numpy()), {PAIRS: long[PAIRS].to_numpy()}, {dimension: segment}
    )


def products(sums: WindowSums, dimension: int, part: range, *, either: bool) -> dict[str, Ints]:
    """PRODUCTS by window, stage and segment, from the numbers of pairs of each kind.

    With `either`, signs_answers holds both orders: neither of two answers in the same window comes first.
    """
    kinds = sums.sums((PAIRS,), dimension, range(part.start * KINDS, part.stop * KINDS))[PAIRS]
    added = kinds.reshape(*kinds.shape[:2], len(part), KINDS) @ OF_KIND
    if either:
        added[..., 1] += added[..., 2]
        added[..., 2] = 0
    return {name: added[..., number] for number, name in enumerate(PRODUCTS)}
