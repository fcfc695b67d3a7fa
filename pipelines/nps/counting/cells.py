"""Cells: groups of answers that no window and no stage can distinguish, so that each answer is read once.

Here: the cell of an answer, and which windows count a cell, or two cells together. Not here: sums over answers
(count.py), scores (pipelines/statistics), or which windows there are (periods.py).

Window edges cut the days into stretches. A cell is the stretch an answer was given in, the stretch in which it was
superseded, and its stage. The edges of a grain's windows ascend together, so a cell counts in one unbroken run of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property, reduce
from typing import Literal, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.periods import Clock

Counting = Literal["latest", "all"]
Side = Literal["period", "previous"]
SIDES: tuple[Side, ...] = ("period", "previous")
Ints = NDArray[np.int64]
Ranks = NDArray[np.int32]
Cells = TypeVar("Cells", pl.Expr, Ints)


@dataclass(frozen=True)
class Grid:
    """The windows with their edges as ranks, the days between the first edge and the last, and the stages by number.

    The rank of a day is the number of edges up to and including it, so ranks compare as days do with edges.

    windows: with `window` (number) and a `_rank` column for each edge. days: `rank` of every day, and `reach`, the last
    end of the windows it lies in. behind: for every rank, the earliest rank that a window holding it reaches back to,
    its previous window included. stages: `stage_code` of every stage. size: above every rank; in a cell it stands for
    "never superseded".
    """

    windows: pl.DataFrame
    days: pl.DataFrame
    behind: pl.DataFrame
    stages: pl.DataFrame
    size: int

    @classmethod
    def of(cls, windows: pl.DataFrame, stages: pl.DataFrame) -> Grid:
        """The grid of windows (frame of periods.windows) and stages (column stage)."""
        windows = windows.sort("grain", "period_start")
        names = ["period_start", "period_end", "previous_start", "previous_end"]
        edges = pl.concat([windows[name].alias("edge") for name in names]).unique().sort()
        ranks = [
            edges.search_sorted(windows[name], side="right").cast(pl.Int64).alias(f"{name}_rank") for name in names
        ]
        numbered = windows.with_columns(*ranks).with_row_index("window")
        days = (
            edges.to_frame()
            .select(first=pl.col("edge").min(), last=pl.col("edge").max())
            .drop_nulls()
            .select(day=pl.date_ranges("first", "last", closed="left"))
            .explode("day")
        )
        days = days.with_columns(rank=edges.search_sorted(days["day"], side="right").cast(pl.Int64))
        spans = pl.concat(
            numbered.select(start=f"{name}_start_rank", end=f"{name}_end_rank") for name in ("period", "previous")
        )
        # Whether an answer is superseded after the last end of its windows makes no difference to any of them.
        reach = (
            days.select("rank")
            .unique()
            .join_where(spans.unique(), pl.col("start") <= pl.col("rank"), pl.col("rank") < pl.col("end"))
            .group_by("rank")
            .agg(reach=pl.col("end").max())
        )
        coded = stages.with_row_index("stage_code").with_columns(pl.col("stage_code").cast(pl.Int64))
        behind = (
            numbered.select(rank=pl.int_ranges("previous_start_rank", "period_end_rank"), behind="previous_start_rank")
            .explode("rank")
            .group_by("rank")
            .agg(behind=pl.col("behind").min())
        )
        return cls(numbered, days.join(reach, on="rank", how="left"), behind, coded, len(edges) + 1)

    def cell(self, rank: pl.Expr, next_rank: pl.Expr, stage_code: pl.Expr) -> pl.Expr:
        """The three as one number."""
        return (rank * (self.size + 1) + next_rank) * self.stages.height + stage_code

    def is_superseded_at_once(self, cell: pl.Expr) -> pl.Expr:
        """Whether the answers of a cell were superseded in its own days: no window counts them but as every answer."""
        return self.next_rank(cell) <= self.rank(cell)

    def rank(self, cell: Cells) -> Cells:
        """Rank of the days of a cell."""
        return cell // ((self.size + 1) * self.stages.height)

    def next_rank(self, cell: Cells) -> Cells:
        """Rank of the days in which a cell's answers were superseded."""
        return cell // self.stages.height % (self.size + 1)

    def stage(self, cell: Cells) -> Cells:
        """Number of the stage of a cell."""
        return cell % self.stages.height

    def runs(self, cells: Sequence[Ints], sides: Sequence[Side], *, every: bool = False) -> tuple[Ints, Ranks, Ranks]:
        """The runs of windows that count the cells of a row together; a row has at most one run per grain.

        Args:
            cells: one array, or several of equal length: the cells of every row.
            sides: for each array, whether its cells must lie in the window or in its previous window.
            every: count superseded answers too.

        Returns:
            Row number, first window, and the window after the last one.
        """
        ranks = [(self.rank(cell).astype(np.int32), self.next_rank(cell).astype(np.int32)) for cell in cells]
        runs = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32))]
        for grain in range(len(self._passed["period"][0])):
            edges = [tuple(passed[grain] for passed in self._passed[side]) for side in sides]
            first = reduce(np.maximum, [ended[rank] for (ended, _), (rank, _) in zip(edges, ranks, strict=True)])
            end = reduce(np.minimum, [begun[rank] for (_, begun), (rank, _) in zip(edges, ranks, strict=True)])
            # Drop rows early: most lie in no window of a short grain.
            row = np.flatnonzero(first < end)
            first, end = first[row], end[row]
            if not every:
                for (ended, _), (_, next_rank) in zip(edges, ranks, strict=True):
                    np.minimum(end, ended[next_rank[row]], out=end)
                counting = np.flatnonzero(first < end)
                row, first, end = row[counting], first[counting], end[counting]
            runs.append((row, first, end))
        rows, firsts, ends = zip(*runs, strict=True)
        return np.concatenate(rows), np.concatenate(firsts), np.concatenate(ends)

    @cached_property
    def _passed(self) -> dict[Side, tuple[Ranks, Ranks]]:
        """By side, for every grain and rank: the first window to end after it, and the first to start after it."""
        ranks, grains = np.arange(self.size + 1), self.windows.partition_by("grain", maintain_order=True)

        def passed(edge: str) -> Ranks:
            first = [
                windows["window"][0] + np.searchsorted(windows[edge].to_numpy(), ranks, side="right")
                for windows in grains
            ]
            return np.array(first, dtype=np.int32).reshape(len(grains), len(ranks))

        return {side: (passed(f"{side}_end_rank"), passed(f"{side}_start_rank")) for side in SIDES}


def cells(responses: pl.LazyFrame, grid: Grid, *, clock: Clock, counting: Counting) -> pl.LazyFrame:
    """Cell and sign of every answer that lies in a window: response_id, customer_id, cell, sign."""
    next_at = pl.col("next_response_at")
    superseded = (
        pl.when(next_at.dt.convert_time_zone("UTC") <= clock.as_of.astimezone(UTC)).then(
            next_at.dt.convert_time_zone(clock.zone).dt.date()
        )
        if counting == "latest"
        else pl.lit(None, dtype=pl.Date)
    )
    category, rank, next_rank = pl.col("category"), pl.col("rank"), pl.col("next_rank")
    days = grid.days.lazy()
    return (
        responses.select(
            "response_id",
            "customer_id",
            "stage",
            "response_date",
            next_date=superseded,
            sign=(category == "promoter").cast(pl.Int8) - (category == "detractor").cast(pl.Int8),
        )
        .join(days.drop_nulls("reach"), left_on="response_date", right_on="day")
        .join(days.select("day", next_rank="rank"), left_on="next_date", right_on="day", how="left")
        .with_columns(next_rank=pl.when(next_rank < pl.col("reach")).then(next_rank).otherwise(grid.size))
        .join(grid.stages.lazy(), on="stage")
        .select("response_id", "customer_id", "sign", cell=grid.cell(rank, next_rank, pl.col("stage_code")))
    )
