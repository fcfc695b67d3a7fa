"""Counting answers into windows: the one reduction behind every score.

Here: promoters, passives and detractors of a window and of its previous window, per stage and segment, and the sums
over pairs of one customer's answers. Not here: which windows count an answer (cells.py), scores and errors
(pipelines/statistics).

First answers are reduced to integer sums per cell and segment, and paired by customer (pairs.py); then these rows are
summed per window (window_sums.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipelines.nps.counting.cells import SIDES, Counting, Grid, Ints, Side, cells
from pipelines.nps.counting.dimensions import Dimension, segment_names, with_segment_numbers
from pipelines.nps.counting.pairs import pairs_of, products
from pipelines.nps.counting.window_sums import Rows, WindowSums
from pipelines.periods import Clock
from pipelines.speed import Engine, at_once, by_number, engine_for
from pipelines.statistics.score import COUNTS

ALL = "all"
EVERY = "every_"


def count(
    responses: pl.LazyFrame,
    windows: pl.DataFrame,
    *,
    clock: Clock,
    counting: Counting,
    segments: pl.LazyFrame | None = None,
    whole: str | None = None,
    every: bool = False,
) -> pl.DataFrame:
    """Count the answers of every window and of its previous window, per stage (and `all`) and segment.

    Args:
        responses: core.responses up to the clock: response_id, stage, customer_id, response_date, next_response_at,
            category.
        windows: frame of periods.windows.
        clock: what is now; answers after it supersede nothing.
        counting: `latest`: an answer counts unless the customer's next answer of the same stage lies before the
            window's end. `all`: every answer counts.
        segments: one row per answer: response_id, and a column of segment names per dimension. Without it answers are
            counted together.
        whole: name of one more dimension, whose only segment has the same name and holds every answer.
        every: add COUNTS with the prefix EVERY: all answers given in the window, superseded or not.

    Returns:
        One row per window, stage and segment with an answer counted in the window, unordered. The columns of `windows`;
        stage; dimension and segment, with `segments` or `whole`; COUNTS, and the same with `previous_`; and three times
        PRODUCTS, the sums over pairs of one customer's answers (same segment, same stage unless it is `all`) of the
        products of their signs and of ones:
        - plain: one answer in the window (named first), the other in the previous window;
        - `own_`: both in the window, each pair once (own_signs_answers holds both orders);
        - `previous_own_`: both in the previous window.
    """
    reduced = _Reduced(responses, windows, segments, clock=clock, counting=counting, whole=whole)
    sides: dict[str, tuple[Side, Side]] = {
        "": ("period", "previous"),
        "own_": ("period", "period"),
        "previous_own_": ("previous", "previous"),
    }
    return reduced.over_windows(windows.columns, sides, present=("",), every=every)


def count_both(
    responses: pl.LazyFrame, windows: pl.DataFrame, segments: pl.LazyFrame, *, clock: Clock, counting: Counting
) -> pl.DataFrame:
    """Count the answers of every window and of its previous window, all stages together, per segment.

    Arguments as for `count`.

    Returns:
        One row per window and segment with an answer in the window or in the previous one, unordered: the columns of
        `windows`, dimension, segment, COUNTS and the same with `previous_`.
    """
    together = responses.with_columns(pl.lit(ALL).alias("stage"), pl.lit(None, pl.UInt32).alias("customer_id"))
    reduced = _Reduced(together, windows, segments, clock=clock, counting=counting)
    return reduced.over_windows(windows.columns, {}, present=("", "previous_")).drop("stage")


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
        # Collected because it is used more than once below: each use of a plan would run it again.
        [numbered] = pl.collect_all(by_number(responses))
        self.height = numbered.height
        engine = engine_for(self.height)
        self.grid = Grid.of(windows, numbered.lazy().select("stage").unique().collect())
        counted = cells(numbered.lazy(), self.grid, clock=clock, counting=counting).collect(engine=engine)
        answers, self.dimensions = with_segment_numbers(counted, segments, whole)
        self.sums = _sums(answers.lazy(), self.dimensions, engine)
        self.pairs = pairs_of(answers.lazy(), self.dimensions, self.grid, engine)

    def over_windows(
        self,
        columns: Sequence[str],
        sides: dict[str, tuple[Side, Side]],
        *,
        present: Sequence[str],
        every: bool = False,
    ) -> pl.DataFrame:
        """COUNTS of every window and of its previous one, and PRODUCTS of pairs, per window, stage and segment.

        Args:
            columns: of the windows, to keep.
            sides: by prefix of PRODUCTS, where the two answers of a pair must lie.
            present: prefixes of COUNTS; every row has an answer in one of them.
            every: add COUNTS with the prefix EVERY.
        """
        wanted: list[tuple[list[Rows], tuple[Side, ...], bool]] = [(self.sums, (side,), False) for side in SIDES]
        wanted += [(self.sums, ("period",), True)] if every else []
        wanted += [(self.pairs, both, False) for both in sides.values()]
        all_sums = at_once(
            lambda rows, lying, whole: WindowSums(self.grid, rows, lying, every=whole), wanted, rows=self.height
        )
        prefixes = ["", "previous_", *([EVERY] if every else [])]
        counted, pairs = all_sums[: len(prefixes)], all_sums[len(prefixes) :]
        windows = self.grid.windows.select(columns)
        stages = pl.Series([*self.grid.stages["stage"], ALL], dtype=pl.String)
        # A stage that is itself called `all` would give the same row twice.
        duplicate = (stages.head(-1) == ALL).arg_true().to_numpy()

        def of(number: int, part: range) -> tuple[list[Ints], dict[str, Ints]]:
            sums = {
                prefix: answers.sums(COUNTS, number, part) for prefix, answers in zip(prefixes, counted, strict=True)
            }
            there = np.any([counts > 0 for prefix in present for counts in sums[prefix].values()], axis=0)
            there[:, duplicate] = False
            window, stage, segment = there.nonzero()
            for (prefix, lying), pair_sums in zip(sides.items(), pairs, strict=True):
                sums[prefix] = sums.get(prefix, {}) | products(pair_sums, number, part, either=lying[0] == lying[1])
            values = {
                f"{prefix}{name}": table[window, stage, segment]
                for prefix, tables in sums.items()
                for name, table in tables.items()
            }
            return [window, stage, np.full(len(window), number), segment + part.start], values

        wide: list[tuple[WindowSums, int]] = []
        wanted_parts: list[tuple[int, range]] = []
        for number, each in enumerate(self.dimensions):
            parts = counted[0].parts(len(each.segments))
            wanted_parts += [(number, part) for part in parts]
            wide += [(sums, number) for sums in all_sums if len(parts) > 1]
        at_once(WindowSums.sort, wide, rows=self.height)
        places, values = zip(*at_once(of, wanted_parts, rows=self.height), strict=True)
        # Arrays are joined, not frames: a frame of each dimension took 40 ms more of a small shop's night.
        window, stage, dimension, segment = (np.concatenate(part) for part in zip(*places, strict=True))
        sums = {name: np.concatenate([part[name] for part in values]) for name in values[0]}
        rows: pl.DataFrame = windows[window]
        return rows.with_columns(
            stages.gather(stage).alias("stage"), *segment_names(self.dimensions, dimension, segment), **sums
        )


def _sums(answers: pl.LazyFrame, dimensions: Sequence[Dimension], engine: Engine) -> list[Rows]:
    """Answers per cell and segment of every dimension."""
    sign = pl.col("sign")
    counts = {
        "promoters": (sign == 1).sum().cast(pl.Int64),
        "passives": (sign == 0).sum().cast(pl.Int64),
        "detractors": (sign == -1).sum().cast(pl.Int64),
    }
    # Cell and segment as one number: grouping by two columns takes half as long again.
    numbers = [len(dimension.segments) + 1 for dimension in dimensions]
    places = [pl.col(dimension.column) if dimension.column else 0 for dimension in dimensions]
    tables = [
        answers.group_by(both=pl.col("cell") * number + place).agg(**counts)
        for number, place in zip(numbers, places, strict=True)
    ]
    rows = []
    for dimension, (number, table) in enumerate(zip(numbers, pl.collect_all(tables, engine=engine), strict=True)):
        cell, segment = np.divmod(table["both"].to_numpy(), number)
        rows.append(Rows((cell,), {name: table[name].to_numpy() for name in counts}, {dimension: segment}))
    return rows
