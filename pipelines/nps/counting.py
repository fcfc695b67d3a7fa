"""Counting answers into windows: one function for windows, segments and their changes.

Here: which answers a window counts, per stage and group, in it and in its previous window, and what customers who
answered in both have in common. Not here: scores and errors (score.py), or which windows there are (periods.py).

Two steps. The reduction (group-by, join, when/then) turns answers into integer sums per cell. A cell is all that
windows and stages can tell of an answer: the stretch of days between two neighbouring window edges it lies in, the
stretch in which it was superseded, and its stage. So an answer stands in one cell, however many windows overlap. The
small result is then spread over the windows: a grain's edges all grow together, so a cell counts in one unbroken run
of its windows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Literal

import polars as pl

from pipelines.periods import Clock

ALL = "all"
COUNTS = ("promoters", "passives", "detractors")
PRODUCTS = ("signs_signs", "signs_answers", "answers_signs", "answers_answers")
Counting = Literal["latest", "all"]


def count(
    responses: pl.LazyFrame,
    windows: pl.DataFrame,
    *,
    clock: Clock,
    counting: Counting,
    segments: pl.LazyFrame | None = None,
) -> pl.DataFrame:
    """Count the answers of every window and of its previous window, per stage (and `all`) and segment.

    Args:
        responses: core.responses up to the clock: response_id, stage, customer_id, response_date, next_response_at,
            category.
        windows: frame of periods.windows.
        clock: what is now; answers after it supersede nothing.
        counting: `latest`: an answer counts unless the customer's next of the same stage lies before the window's
            end. `all`: every answer counts.
        segments: core.response_segments (response_id, dimension, segment); without it answers are counted together.

    Returns:
        The columns of `windows`, stage, the dimension and segment if asked for, COUNTS, the same with `previous_`,
        and PRODUCTS: sums over customers counted in both windows (same stage and segment) of the products of their
        sign sums and numbers of answers. One row per window, stage and segment with an answer in the window, unordered.
    """
    stages = responses.select("stage").unique().collect().with_row_index("stage_code")
    stages = stages.with_columns(pl.col("stage_code").cast(pl.Int64))
    grid = _Grid.of(windows, stages)
    groups = _groups(segments)
    answers = _cells(responses, grid, clock=clock, counting=counting)
    entries = _entries(answers, segments, groups).collect(engine="streaming").lazy()
    cells, pairs = pl.collect_all([_sums(entries), _pair_sums(entries, grid)], engine="streaming")

    current, previous = grid.runs(cells["cell"], "period"), grid.runs(cells["cell"], "previous")
    keys = ["window", "stage", "group"]
    before = _spread(cells, previous, grid, COUNTS).rename({name: f"previous_{name}" for name in COUNTS})
    shared = _spread(pairs, _both(pairs, current, previous), grid, PRODUCTS)
    return (
        _spread(cells, current, grid, COUNTS)
        .join(before, on=keys, how="left")
        .join(shared, on=keys, how="left")
        .with_columns(pl.col([f"previous_{name}" for name in COUNTS] + list(PRODUCTS)).fill_null(0))
        .join(grid.windows.select("window", *windows.columns), on="window")
        .join(groups, on="group")
        .drop("window", "group")
    )


@dataclass(frozen=True)
class _Grid:
    """The windows with their edges as ranks, the days between the first edge and the last, and the stages by number.

    The rank of a day is the number of edges up to it, so comparing ranks is comparing days with edges. `size` is above
    every rank: in a cell it stands for an answer never superseded.
    """

    windows: pl.DataFrame
    days: pl.DataFrame
    stages: pl.DataFrame
    size: int

    @classmethod
    def of(cls, windows: pl.DataFrame, stages: pl.DataFrame) -> _Grid:
        names = ["period_start", "period_end", "previous_start", "previous_end"]
        edges = pl.concat([windows[name].alias("edge") for name in names]).unique().sort()
        ranks = [
            edges.search_sorted(windows[name], side="right").cast(pl.Int64).alias(f"{name}_rank") for name in names
        ]
        numbered = windows.with_columns(ranks).with_row_index("window")
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
        return cls(numbered, days.join(reach, on="rank", how="left"), stages, len(edges) + 1)

    def cell(self, rank: pl.Expr, next_rank: pl.Expr, stage_code: pl.Expr) -> pl.Expr:
        """One number for the three."""
        return (rank * (self.size + 1) + next_rank) * self.stages.height + stage_code

    def rank(self, cell: pl.Expr) -> pl.Expr:
        """Rank of the days of a cell."""
        return cell // ((self.size + 1) * self.stages.height)

    def next_rank(self, cell: pl.Expr) -> pl.Expr:
        """Rank of the days in which a cell's answers were superseded."""
        return cell // self.stages.height % (self.size + 1)

    def runs(self, cells: pl.Series, window: Literal["period", "previous"]) -> pl.DataFrame:
        """First and last window of each grain in which a cell counts; the windows between them count it too."""
        start, end = pl.col(f"{window}_start_rank"), pl.col(f"{window}_end_rank")
        rank = pl.col("rank")
        return (
            pl.LazyFrame({"cell": cells.unique()})
            .with_columns(rank=self.rank(pl.col("cell")), next_rank=self.next_rank(pl.col("cell")))
            .join_where(self.windows.lazy().select("grain", "window", start, end), start <= rank, rank < end)
            .filter(end <= pl.col("next_rank"))
            .group_by("cell", "grain")
            .agg(first=pl.col("window").min(), last=pl.col("window").max())
            .collect()
        )


def _cells(responses: pl.LazyFrame, grid: _Grid, *, clock: Clock, counting: Counting) -> pl.LazyFrame:
    """Give every answer that any window counts its cell, its rank and its sign."""
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
        .select("response_id", "customer_id", "rank", "sign", cell=grid.cell(rank, next_rank, pl.col("stage_code")))
    )


def _groups(segments: pl.LazyFrame | None) -> pl.DataFrame:
    """Number the segments: two texts are slow keys. Without segments one group has every answer."""
    if segments is None:
        return pl.DataFrame({"group": [0]}, schema={"group": pl.UInt32})
    return segments.select("dimension", "segment").unique().collect().with_row_index("group")


def _entries(answers: pl.LazyFrame, segments: pl.LazyFrame | None, groups: pl.DataFrame) -> pl.LazyFrame:
    """One row per answer and group, with the number of its customer if that answered in several stretches of days.

    The other customers cannot be in both a window and its previous one.
    """
    rank = pl.col("rank")
    repeated = (
        answers.drop_nulls("customer_id")
        .group_by("customer_id")
        .agg(first=rank.min(), last=rank.max())
        .filter(pl.col("first") < pl.col("last"))
        .select("customer_id")
        .with_row_index("customer")
    )
    numbered = answers.join(repeated, on="customer_id", how="left")
    if segments is None:
        return numbered.select("customer", "cell", "sign", group=pl.lit(0, pl.UInt32))
    membership = segments.join(groups.lazy(), on=["dimension", "segment"]).select("response_id", "group")
    return numbered.join(membership, on="response_id").select("customer", "cell", "sign", "group")


def _sums(entries: pl.LazyFrame) -> pl.LazyFrame:
    """Answers per cell and group."""
    sign = pl.col("sign")
    return entries.group_by("cell", "group").agg(
        promoters=(sign == 1).sum().cast(pl.Int64),
        passives=(sign == 0).sum().cast(pl.Int64),
        detractors=(sign == -1).sum().cast(pl.Int64),
    )


def _pair_sums(entries: pl.LazyFrame, grid: _Grid) -> pl.LazyFrame:
    """Products of a customer's sums in two cells of one group, `cell_before` in an earlier stretch of days."""
    # Summed per cell first, so that a customer with thousands of answers does not make millions of pairs.
    customers = (
        entries.drop_nulls("customer")
        .group_by("customer", "cell", "group")
        .agg(signs=pl.col("sign").cast(pl.Int64).sum(), answers=pl.len().cast(pl.Int64))
    )
    return (
        customers.join(customers, on=["customer", "group"], suffix="_before")
        .filter(grid.rank(pl.col("cell_before")) < grid.rank(pl.col("cell")))
        .group_by("cell", "cell_before", "group")
        .agg(
            signs_signs=(pl.col("signs") * pl.col("signs_before")).sum(),
            signs_answers=(pl.col("signs") * pl.col("answers_before")).sum(),
            answers_signs=(pl.col("answers") * pl.col("signs_before")).sum(),
            answers_answers=(pl.col("answers") * pl.col("answers_before")).sum(),
        )
    )


def _both(pairs: pl.DataFrame, current: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    """Runs of the windows that count `cell` and whose previous window counts `cell_before`."""
    return (
        pairs.lazy()
        .select("cell", "cell_before")
        .unique()
        .join(current.lazy(), on="cell")
        .join(previous.lazy(), left_on=["cell_before", "grain"], right_on=["cell", "grain"], suffix="_before")
        .select(
            "cell",
            "cell_before",
            first=pl.max_horizontal("first", "first_before"),
            last=pl.min_horizontal("last", "last_before"),
        )
        .filter(pl.col("first") <= pl.col("last"))
        .collect()
    )


def _spread(sums: pl.DataFrame, runs: pl.DataFrame, grid: _Grid, columns: Sequence[str]) -> pl.DataFrame:
    """Sums per window, stage and group, stage `all` included, from sums per cell and the runs of windows it is in.

    Two cells of different stages have no stage of their own and count in `all` only.
    """
    cell = [name for name in ("cell", "cell_before") if name in sums.columns]
    codes = [pl.col(name) % grid.stages.height for name in cell]
    total = [pl.col(name).sum() for name in columns]
    staged = (
        sums.lazy()
        .join(runs.lazy(), on=cell)
        .group_by("first", "last", "group", stage_code=pl.when(codes[0] == codes[-1]).then(codes[0]))
        .agg(total)
        .with_columns(window=pl.int_ranges("first", pl.col("last") + 1, dtype=pl.UInt32))
        .explode("window")
        .group_by("window", "stage_code", "group")
        .agg(total)
        .collect(engine="streaming")
    )
    names = ["window", "stage", "group", *columns]
    whole = staged.group_by("window", "group").agg(total).with_columns(stage=pl.lit(ALL))
    parts = staged.join(grid.stages, on="stage_code")
    return pl.concat([parts.select(names), whole.select(names)])
