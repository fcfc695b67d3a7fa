"""Cells: all that windows and stages can tell of an answer, so that overlapping windows read no answer twice.

Here: which cell an answer is in, and which windows count a cell or two cells together. Not here: sums over answers
(counting.py), scores (score.py), or which windows there are (periods.py).

A cell is the stretch of days between two neighbouring window edges an answer lies in, the stretch in which it was
superseded, and its stage. A grain's edges all grow together, so a cell counts in one unbroken run of its windows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import Literal

import polars as pl

from pipelines.periods import Clock

Counting = Literal["latest", "all"]
Side = Literal["period", "previous"]


@dataclass(frozen=True)
class Grid:
    """The windows with their edges as ranks, the days between the first edge and the last, and the stages by number.

    The rank of a day is the number of edges up to it, so comparing ranks is comparing days with edges. `size` is above
    every rank: in a cell it stands for an answer never superseded. `behind` tells of every rank how far back the
    windows reach, their previous windows included, in which it can be.
    """

    windows: pl.DataFrame
    days: pl.DataFrame
    behind: pl.DataFrame
    stages: pl.DataFrame
    size: int

    @classmethod
    def of(cls, windows: pl.DataFrame, stages: pl.DataFrame) -> Grid:
        """Number the windows (frame of periods.windows), and the stages (column stage)."""
        names = ["period_start", "period_end", "previous_start", "previous_end"]
        edges = pl.concat([windows[name].alias("edge") for name in names]).unique().sort()
        ranks = [
            edges.search_sorted(windows[name], side="right").cast(pl.Int64).alias(f"{name}_rank") for name in names
        ]
        numbered = windows.with_columns(*ranks, grain_code=pl.col("grain").rank("dense")).with_row_index("window")
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
        # The last end of the windows a day lies in: what happens after it makes no difference to that day's answers.
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
        """One number for the three."""
        return (rank * (self.size + 1) + next_rank) * self.stages.height + stage_code

    def rank(self, cell: pl.Expr) -> pl.Expr:
        """Rank of the days of a cell."""
        return cell // ((self.size + 1) * self.stages.height)

    def next_rank(self, cell: pl.Expr) -> pl.Expr:
        """Rank of the days in which a cell's answers were superseded."""
        return cell // self.stages.height % (self.size + 1)

    def stage(self, cell: pl.Expr) -> pl.Expr:
        """Number of the stage of a cell."""
        return cell % self.stages.height

    def runs(self, cells: pl.Series, side: Side) -> pl.DataFrame:
        """First and last window of each grain in which a cell counts; the windows between them count it too.

        Args:
            cells: numbers of cells.
            side: whether it is to lie in the window, or in its previous window.
        """
        start, end = pl.col(f"{side}_start_rank"), pl.col(f"{side}_end_rank")
        rank = pl.col("rank")
        return (
            pl.LazyFrame({"cell": cells.unique()})
            .with_columns(rank=self.rank(pl.col("cell")), next_rank=self.next_rank(pl.col("cell")))
            .join_where(self.windows.lazy().select("grain_code", "window", start, end), start <= rank, rank < end)
            .filter(end <= pl.col("next_rank"))
            .group_by("cell", "grain_code")
            .agg(first=pl.col("window").min(), last=pl.col("window").max())
            .collect()
        )


def cells(responses: pl.LazyFrame, grid: Grid, *, clock: Clock, counting: Counting) -> pl.LazyFrame:
    """Give every answer that any window counts its cell and its sign: response_id, customer_id, cell, sign."""
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
        .filter(next_rank > rank)
        .join(grid.stages.lazy(), on="stage")
        .select("response_id", "customer_id", "sign", cell=grid.cell(rank, next_rank, pl.col("stage_code")))
    )
