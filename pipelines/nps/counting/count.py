"""Counting answers into windows: one reduction for windows, segments and their changes.

Here: how many answers of each kind a window and its previous window count, per stage and segment, and what customers
with several answers have in common. Not here: which windows count an answer (cells.py), scores and errors
(pipelines/statistics).

Two steps. The reduction (group-by, join, when/then) turns answers into integer sums per cell and segment, and finds the
pairs of one customer's answers (pairs.py). These rows are then spread over the windows (window_sums.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipelines.nps.counting.cells import SIDES, Counting, Grid, Side, cells
from pipelines.nps.counting.dimensions import Dimension, placed
from pipelines.nps.counting.pairs import pairs_of, products
from pipelines.nps.counting.window_sums import Rows, Spread
from pipelines.periods import Clock
from pipelines.speed import Engine, at_once, by_number, engine_for
from pipelines.statistics.score import COUNTS

ALL = "all"


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
        window. With `own_`: both in the window, each pair once (own_signs_answers holds both orders). With
        `previous_own_`: both in the previous window. One row per window, stage and segment with an answer in the
        window, unordered.
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
        [known] = pl.collect_all(by_number(responses))
        engine = engine_for(known.height)
        self.grid = Grid.of(windows, known.lazy().select("stage").unique().collect())
        found = cells(known.lazy(), self.grid, clock=clock, counting=counting).collect(engine=engine)
        answers, self.dimensions = placed(found, segments, whole)
        self.sums = _sums(answers.lazy(), self.dimensions, engine)
        self.pairs = pairs_of(answers.lazy(), self.dimensions, self.grid, engine)

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
        now, before, *pairs = spreads
        windows = self.grid.windows.select(columns)
        stages = pl.Series([*self.grid.stages["stage"], ALL], dtype=pl.String)
        # Answers whose stage is `all` already are told once.
        told_twice = (stages.head(-1) == ALL).arg_true().to_numpy()

        def of(number: int, part: range) -> pl.DataFrame:
            sums = {"": now.sums(COUNTS, number, part), "previous_": before.sums(COUNTS, number, part)}
            there = np.any([counts > 0 for prefix in present for counts in sums[prefix].values()], axis=0)
            there[:, told_twice] = False
            window, stage, segment = there.nonzero()
            for (prefix, lying), spread in zip(sides.items(), pairs, strict=True):
                sums[prefix] = sums.get(prefix, {}) | products(spread, number, part, either=lying[0] == lying[1])
            found = {
                f"{prefix}{name}": table[window, stage, segment]
                for prefix, tables in sums.items()
                for name, table in tables.items()
            }
            rows: pl.DataFrame = windows[window]
            return rows.with_columns(
                stages.gather(stage).alias("stage"), *self.dimensions[number].named(segment + part.start), **found
            )

        wide: list[tuple[Spread, int]] = []
        wanted_parts: list[tuple[int, range]] = []
        for number, dimension in enumerate(self.dimensions):
            parts = now.parts(len(dimension.segments))
            wanted_parts += [(number, part) for part in parts]
            wide += [(spread, number) for spread in spreads if len(parts) > 1]
        at_once(Spread.sort, wide)
        return pl.concat(at_once(of, wanted_parts))


def _sums(answers: pl.LazyFrame, dimensions: Sequence[Dimension], engine: Engine) -> list[Rows]:
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
    for dimension, (number, table) in enumerate(zip(numbers, pl.collect_all(tables, engine=engine), strict=True)):
        cell, segment = np.divmod(table["both"].to_numpy(), number)
        rows.append(Rows((cell,), {name: table[name].to_numpy() for name in counts}, {dimension: segment}))
    return rows
