"""Pairs of one customer's answers, which make the errors of scores and of their changes honest.

Here: finding the pairs, and what they add to the sums over pairs. Not here: which windows hold them (window_sums.py),
what the errors make of the sums (pipelines/statistics).
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
from pipelines.nps.counting.window_sums import Rows, Spread
from pipelines.speed import Engine
from pipelines.statistics.score import COUNTS

PRODUCTS = ("signs_signs", "signs_answers", "answers_signs", "answers_answers")
OWN = tuple(f"own_{name}" for name in PRODUCTS)
# What a pair is: the kinds of its two answers, in the order of COUNTS. Of each kind, what a pair adds to PRODUCTS.
PAIRS, KINDS = "pairs", len(COUNTS) ** 2
OF_KIND = np.array([(mine * theirs, mine, theirs, 1) for mine in (1, 0, -1) for theirs in (1, 0, -1)])
# A customer with more answers than this has them summed by cell before they are paired: thousands would make millions.
MANY = 50
# More pairs than this are summed by their cells: until then that costs more than it saves.
MOST_PAIRS = 2_000_000


def pairs_of(answers: pl.LazyFrame, dimensions: Sequence[Dimension], grid: Grid, engine: Engine) -> list[Rows]:
    """Pairs of one customer's answers: the second cell is not that of the later."""
    places = [dimension.column for dimension in dimensions if dimension.column]
    repeated = (
        answers.drop_nulls("customer_id")
        .rename({"customer_id": "customer"})
        .drop("response_id")
        .with_columns(known=pl.len().over("customer"))
        .filter(pl.col("known") > 1)
        .with_columns(rank=grid.rank(pl.col("cell")))
        .join(grid.behind.lazy(), on="rank")
        .collect()
    )
    few = repeated.filter(pl.col("known") <= MANY).with_row_index("answer")
    rank, before = pl.col("rank"), pl.col("rank_before")
    first = (before < rank) | ((before == rank) & (pl.col("answer_before") < pl.col("answer")))
    ordered = first & (before >= pl.col("behind"))
    # Found by number first: most pairs of rows are in the wrong order, and wide.
    sides = few.lazy().select("customer", "answer", "rank", "behind")
    ahead = sides.join(sides, on="customer", suffix="_before").filter(ordered).select("answer", "answer_before")
    counted = few.select("cell", "sign", *places)
    later, earlier = (counted[numbers] for numbers in ahead.collect(engine=engine))
    found = [_pairs_of_few(later, earlier, dimensions)]
    if later.height > MOST_PAIRS:
        found = [_summed(found[0], number, engine) for number in range(len(dimensions))]
    if few.height < repeated.height:
        many = repeated.lazy().filter(pl.col("known") > MANY).with_row_index("answer")
        for number, dimension in enumerate(dimensions):
            inside = many.filter(pl.col(dimension.column) < len(dimension.segments)) if dimension.column else many
            place = pl.col(dimension.column).cast(pl.Int64) if dimension.column else pl.lit(0, pl.Int64)
            tables = pl.collect_all(_pairs_of_many(inside.with_columns(segment=place), ordered), engine=engine)
            found += [_rows_of_many(table, number) for table in tables]
    return found


def _pairs_of_few(later: pl.DataFrame, earlier: pl.DataFrame, dimensions: Sequence[Dimension]) -> Rows:
    """One row a pair, in the segments in which both answers are."""
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
    """One row for the pairs of the same cells, segment and kind, of one dimension."""
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
    """Pairs within a `segment` of customers with very many answers, by sums: from two cells, and within one."""
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
    """Pairs of these kinds among a customer's answers of one cell, each pair once: in the order of the kinds."""
    n = pl.col(COUNTS[mine])
    if mine == theirs:
        return n * (n - 1) // 2
    return n * pl.col(COUNTS[theirs]) if mine < theirs else pl.lit(0, pl.Int64)


def _rows_of_many(table: pl.DataFrame, dimension: int) -> Rows:
    """Sums of pairs by their cells and segment, a row for each kind of pairs."""
    long = table.unpivot(index=["cell", "cell_before", "segment"], variable_name="kind", value_name=PAIRS)
    segment = long["segment"].to_numpy() * KINDS + long["kind"].cast(pl.Int64).to_numpy()
    return Rows(
        (long["cell"].to_numpy(), long["cell_before"].to_numpy()), {PAIRS: long[PAIRS].to_numpy()}, {dimension: segment}
    )


def products(spread: Spread, dimension: int, part: range, *, either: bool) -> dict[str, Ints]:
    """PRODUCTS by window, stage and segment, from the numbers of pairs of each kind.

    With `either` signs_answers has both orders, since of two answers in one window neither is named first.
    """
    kinds = spread.sums((PAIRS,), dimension, range(part.start * KINDS, part.stop * KINDS))[PAIRS]
    sums = kinds.reshape(*kinds.shape[:2], len(part), KINDS) @ OF_KIND
    if either:
        sums[..., 1] += sums[..., 2]
        sums[..., 2] = 0
    return {name: sums[..., number] for number, name in enumerate(PRODUCTS)}
