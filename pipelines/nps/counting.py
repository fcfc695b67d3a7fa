"""Counting answers into windows: one reduction for windows, segments and their changes.

Here: how many answers of each kind a window and its previous window count, per stage and segment, and what customers
with several answers have in common. Not here: which windows count an answer (cells.py), scores and errors (score.py).

Two steps. The reduction (group-by, join, when/then) turns answers into integer sums per cell and segment, and finds the
pairs of one customer's answers. The small result is then spread over the windows (spread.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.nps.at_once import at_once
from pipelines.nps.cells import SIDES, Counting, Grid, Ints, Side, cells
from pipelines.nps.spread import Rows, Spread
from pipelines.periods import Clock

ALL = "all"
COUNTS = ("promoters", "passives", "detractors")
PRODUCTS = ("signs_signs", "signs_answers", "answers_signs", "answers_answers")
# What a pair is: the kinds of its two answers, in the order of COUNTS. Of each kind, what a pair adds to PRODUCTS.
PAIRS, KINDS = "pairs", len(COUNTS) ** 2
OF_KIND = np.array([(mine * theirs, mine, theirs, 1) for mine in (1, 0, -1) for theirs in (1, 0, -1)])
OWN = tuple(f"own_{name}" for name in PRODUCTS)
# A customer with more answers than this has them summed by cell before they are paired: thousands would make millions.
MANY = 50
# Up to so many rows a shop's whole night waits more for engines to begin than for what they count.
FEW_ROWS = 50_000
Engine: TypeAlias = Literal["streaming", "in-memory"]


def engine_for(rows: int) -> Engine:
    """How Polars is to count so many rows: streaming is quicker for many but slow to begin, and integers are equal."""
    return "streaming" if rows > FEW_ROWS else "in-memory"


def count(
    responses: pl.LazyFrame,
    windows: pl.DataFrame,
    *,
    clock: Clock,
    counting: Counting,
    segments: pl.LazyFrame | None = None,
    whole: str | None = None,
) -> pl.DataFrame:
    """Count the answers of every window and of its previous window, per stage (and `all`) and segment.

    Args:
        responses: core.responses up to the clock: response_id, stage, customer_id, response_date, next_response_at,
            category.
        windows: frame of periods.windows.
        clock: what is now; answers after it supersede nothing.
        counting: `latest`: an answer counts unless the customer's next of the same stage lies before the window's
            end. `all`: every answer counts.
        segments: one row an answer: response_id, and a column of its segments for each dimension. Without it answers
            are counted together.
        whole: name of one dimension more, whose one segment of the same name all answers are in.

    Returns:
        The columns of `windows`, stage, the dimension and segment if asked for, COUNTS, the same with `previous_`, and
        PRODUCTS three times: sums over pairs of answers of one customer (same segment, same stage unless it is `all`)
        of the products of their signs and of ones. Plain: one answer in the window (named first), one in the previous
        window. With `own_`: both in the window, each pair once (own_signs_answers
        holds both orders). With `previous_own_`: both in the previous window. One
        row per window, stage and segment with an answer in the window, unordered.
    """
    reduced = _Reduced(responses, windows, segments, clock=clock, counting=counting, whole=whole)
    sides: dict[str, tuple[Side, Side]] = {
        "": ("period", "previous"),
        "own_": ("period", "period"),
        "previous_own_": ("previous", "previous"),
    }
    return reduced.over_windows(windows.columns, sides, present=("",))


def count_both(
    responses: pl.LazyFrame, windows: pl.DataFrame, segments: pl.LazyFrame, *, clock: Clock, counting: Counting
) -> pl.DataFrame:
    """Count the answers of every window and of its previous window, all stages together, per segment.

    Arguments as for `count`.

    Returns:
        The columns of `windows`, dimension, segment, COUNTS and the same with `previous_`. One row per window and
        segment with an answer in the window or in the previous one, unordered.
    """
    together = responses.with_columns(pl.lit(ALL).alias("stage"), pl.lit(None, pl.UInt32).alias("customer_id"))
    reduced = _Reduced(together, windows, segments, clock=clock, counting=counting)
    return reduced.over_windows(windows.columns, {}, present=("", "previous_")).drop("stage")


def known_again(responses: pl.LazyFrame) -> pl.LazyFrame:
    """The answers with a number for customer_id where a customer has several, and none where nothing is shared.

    Answers whose customers have numbers already are left alone.
    """
    if responses.collect_schema()["customer_id"] != pl.String:
        return responses
    customers = (
        responses.select("customer_id")
        .drop_nulls()
        .group_by("customer_id")
        .agg(known=pl.len())
        .filter(pl.col("known") > 1)
        .select("customer_id")
        .with_row_index("customer")
    )
    return responses.join(customers, on="customer_id", how="left").with_columns(customer_id="customer").drop("customer")


@dataclass(frozen=True)
class _Dimension:
    """A dimension: its name, its segments by number, and the column of every answer's number; none if all are in one.

    In that column the number of segments stands for none of them. Answers counted together have a dimension without a
    name.
    """

    name: str | None
    segments: pl.Series
    column: str | None


class _Reduced:
    """The answers as sums per cell and segment, and the pairs of one customer's answers."""

    def __init__(
        self,
        responses: pl.LazyFrame,
        windows: pl.DataFrame,
        segments: pl.LazyFrame | None,
        *,
        clock: Clock,
        counting: Counting,
        whole: str | None = None,
    ) -> None:
        # They are read more than once below, and a plan is worked out anew each time.
        known = known_again(responses).collect()
        engine = engine_for(known.height)
        self.grid = Grid.of(windows, known.lazy().select("stage").unique().collect())
        found = cells(known.lazy(), self.grid, clock=clock, counting=counting).collect(engine=engine)
        answers, self.dimensions = _placed(found, segments, whole)
        self.sums = _sums(answers.lazy(), self.dimensions, engine)
        self.pairs = _pairs(answers.lazy(), self.dimensions, self.grid, engine)

    def over_windows(
        self, columns: Sequence[str], sides: dict[str, tuple[Side, Side]], *, present: Sequence[str]
    ) -> pl.DataFrame:
        """COUNTS of every window and of its previous one, and PRODUCTS of pairs, per window, stage and segment.

        Args:
            columns: what to tell of the windows.
            sides: by the prefix of their names, where the two answers of the pairs are to lie.
            present: prefixes of COUNTS; a row has an answer in one of them.
        """
        wanted = [(self.sums, (side,)) for side in SIDES] + [(self.pairs, both) for both in sides.values()]
        spreads = at_once(lambda rows, lying: Spread(self.grid, rows, lying), wanted)
        answers, pairs = dict(zip(("", "previous_"), spreads, strict=False)), dict(zip(sides, spreads[2:], strict=True))
        stages = pl.Series([*self.grid.stages["stage"], ALL], dtype=pl.String)
        own = (stages.head(-1) == ALL).arg_true().to_numpy()

        def of(number: int, part: range) -> pl.DataFrame:
            tables = {
                f"{prefix}{name}": table
                for prefix, spread in answers.items()
                for name, table in spread.sums(COUNTS, number, part).items()
            }
            for prefix, spread in pairs.items():
                tables |= {
                    f"{prefix}{name}": table
                    for name, table in _products(spread, number, part, own=prefix != "").items()
                }
            there = np.any([tables[f"{prefix}{name}"] > 0 for prefix in present for name in COUNTS], axis=0)
            # Answers whose stage is `all` already are told once.
            there[:, own] = False
            window, stage, segment = there.nonzero()
            dimension, named = self.dimensions[number], {}
            if dimension.name is not None:
                kind = pl.repeat(dimension.name, len(window), dtype=pl.String, eager=True)
                named = {"dimension": kind, "segment": dimension.segments.gather(segment + part.start)}
            sums = {name: table[window, stage, segment] for name, table in tables.items()}
            frame = pl.DataFrame({"stage": stages.gather(stage), **named, **sums})
            return self.grid.windows.select(columns)[window].hstack(frame)

        parts = [
            (number, part)
            for number, dimension in enumerate(self.dimensions)
            for part in answers[""].parts(len(dimension.segments))
        ]
        return pl.concat(at_once(of, parts))


def _products(spread: Spread, dimension: int, part: range, *, own: bool) -> dict[str, Ints]:
    """PRODUCTS of pairs by window, stage and segment, from how many there are of each kind."""
    kinds = spread.sums((PAIRS,), dimension, range(part.start * KINDS, part.stop * KINDS))[PAIRS]
    products = kinds.reshape(*kinds.shape[:2], len(part), KINDS) @ OF_KIND
    if own:
        # Which of two answers in one window comes first means nothing, and must not show in the last digit.
        products[..., 1] += products[..., 2]
        products[..., 2] = 0
    return {name: products[..., number] for number, name in enumerate(PRODUCTS)}


def _placed(
    answers: pl.DataFrame, segments: pl.LazyFrame | None, whole: str | None
) -> tuple[pl.DataFrame, list[_Dimension]]:
    """The answers with a column a dimension, the number of their segment in it, and the dimensions.

    Numbers are as short as they can be: what a table costs is mostly its width.
    """
    together = [_Dimension(whole, pl.Series([whole], dtype=pl.String), None)]
    if segments is None:
        return answers, together
    told = segments.collect()
    columns, dimensions = [told["response_id"]], []
    for number, column in enumerate(told.drop("response_id")):
        names = column.dtype.categories if isinstance(column.dtype, pl.Enum) else _names(column)
        codes = column.cast(pl.Enum(names)).to_physical()
        short = pl.Series(np.zeros(0, np.min_scalar_type(len(names)))).dtype
        columns.append(codes.cast(short).fill_null(len(names)).alias(f"segment {number}"))
        dimensions.append(_Dimension(column.name, names, f"segment {number}"))
    if not dimensions:
        # Without any answer there is none.
        return answers, together if whole is not None else [_Dimension("", pl.Series(dtype=pl.String), None)]
    placed = answers.join(pl.DataFrame(columns), on="response_id", how="left").with_columns(
        pl.col(dimension.column).fill_null(len(dimension.segments)) for dimension in dimensions if dimension.column
    )
    return placed, [*dimensions, *(together if whole is not None else [])]


def _names(column: pl.Series) -> pl.Series:
    return column.unique().drop_nulls().cast(pl.String).sort()


def _sums(answers: pl.LazyFrame, dimensions: Sequence[_Dimension], engine: Engine) -> list[Rows]:
    """Answers per cell and segment of every dimension."""
    sign = pl.col("sign")
    counts = {
        "promoters": (sign == 1).sum().cast(pl.Int64),
        "passives": (sign == 0).sum().cast(pl.Int64),
        "detractors": (sign == -1).sum().cast(pl.Int64),
    }
    # One number for cell and segment: to group by two columns takes half as long again.
    numbers = [len(dimension.segments) + 1 for dimension in dimensions]
    places = [pl.col(dimension.column) if dimension.column else 0 for dimension in dimensions]
    tables = [
        answers.group_by(both=pl.col("cell") * number + place).agg(**counts)
        for number, place in zip(numbers, places, strict=True)
    ]
    rows = []
    for place, (number, table) in enumerate(zip(numbers, pl.collect_all(tables, engine=engine), strict=True)):
        cell, segment = np.divmod(table["both"].to_numpy(), number)
        rows.append(Rows((cell,), {name: table[name].to_numpy() for name in counts}, {place: segment}))
    return rows


def _pairs(answers: pl.LazyFrame, dimensions: Sequence[_Dimension], grid: Grid, engine: Engine) -> list[Rows]:
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
    if few.height < repeated.height:
        many = repeated.lazy().filter(pl.col("known") > MANY).with_row_index("answer")
        for number, dimension in enumerate(dimensions):
            inside = many.filter(pl.col(dimension.column) < len(dimension.segments)) if dimension.column else many
            place = pl.col(dimension.column).cast(pl.Int64) if dimension.column else pl.lit(0, pl.Int64)
            tables = pl.collect_all(_pairs_of_many(inside.with_columns(segment=place), ordered), engine=engine)
            found += [_rows_of_many(table, number) for table in tables]
    return found


def _pairs_of_few(later: pl.DataFrame, earlier: pl.DataFrame, dimensions: Sequence[_Dimension]) -> Rows:
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
    # Of the n (n - 1) / 2 pairs within a cell none is the other way round.
    within = sums.group_by("cell", "segment", cell_before="cell").agg(
        (
            pl.col(COUNTS[mine])
            * (pl.col(COUNTS[theirs]) - (mine == theirs))
            // (1 + (mine == theirs))
            * (mine <= theirs)
        )
        .sum()
        .alias(f"{number}")
        for number, (mine, theirs) in enumerate(kinds)
    )
    return apart, within


def _rows_of_many(table: pl.DataFrame, dimension: int) -> Rows:
    """Sums of pairs by their cells and segment, a row for each kind of pairs."""
    long = table.unpivot(index=["cell", "cell_before", "segment"], variable_name="kind", value_name=PAIRS)
    segment = long["segment"].to_numpy() * KINDS + long["kind"].cast(pl.Int64).to_numpy()
    return Rows(
        (long["cell"].to_numpy(), long["cell_before"].to_numpy()), {PAIRS: long[PAIRS].to_numpy()}, {dimension: segment}
    )
