"""Counting answers into windows: one reduction for windows, segments and their changes.

Here: how many answers of each kind a window and its previous window count, per stage and segment, and what customers
with several answers have in common. Not here: which windows count an answer (cells.py), scores and errors (score.py).

Two steps. The reduction (group-by, join, when/then) turns answers into integer sums per cell and segment, and pairs of
one customer's answers into sums per two cells and segment. The small result is then spread over the windows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

import polars as pl

from pipelines.nps.cells import Counting, Grid, Side, cells
from pipelines.periods import Clock

ALL = "all"
COUNTS = ("promoters", "passives", "detractors")
PRODUCTS = ("signs_signs", "signs_answers", "answers_signs", "answers_answers")
OWN = tuple(f"own_{name}" for name in PRODUCTS)
# A customer with more answers than this has them summed by cell before they are paired: thousands would make millions.
MANY = 50
# Up to so many rows a shop's whole night waits more for engines to begin than for what they count.
FEW_ROWS = 50_000
Engine: TypeAlias = Literal["streaming", "in-memory"]
KEYS = ["window", "stage", "group"]
NO_PAIRS = pl.Schema(
    {"cell": pl.Int64, "cell_before": pl.Int64, "group": pl.UInt32} | dict.fromkeys(PRODUCTS, pl.Int64)
)


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
    known = (
        reduced.counts("period")
        .join(_prefixed(reduced.counts("previous"), COUNTS, "previous_"), on=KEYS, how="left")
        .join(reduced.products("period", "previous"), on=KEYS, how="left")
        .join(_prefixed(reduced.products("period", "period"), PRODUCTS, "own_"), on=KEYS, how="left")
        .join(_prefixed(reduced.products("previous", "previous"), PRODUCTS, "previous_own_"), on=KEYS, how="left")
    )
    return reduced.named(known.fill_null(0), windows)


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


def count_both(
    responses: pl.LazyFrame, windows: pl.DataFrame, segments: pl.LazyFrame, *, clock: Clock, counting: Counting
) -> pl.DataFrame:
    """Count the answers of every window and of its previous window, all stages together, per segment.

    Arguments as for `count`.

    Returns:
        The columns of `windows`, dimension, segment, COUNTS and the same with `previous_`. One row per window and
        segment with an answer in the window or in the previous one, unordered.
    """
    together = responses.with_columns(stage=pl.lit(ALL))
    reduced = _Reduced(together, windows, segments, clock=clock, counting=counting, paired=False)
    before = _prefixed(reduced.counts("previous"), COUNTS, "previous_")
    known = reduced.counts("period").join(before, on=KEYS, how="full", coalesce=True)
    return reduced.named(known.fill_null(0), windows).drop("stage")


class _Reduced:
    """The answers as sums per cell and group, and pairs of one customer's answers as sums per two cells and group.

    A group is a segment of a dimension, by number: two texts are slow keys. Without segments all are in group 0.
    """

    def __init__(
        self,
        responses: pl.LazyFrame,
        windows: pl.DataFrame,
        segments: pl.LazyFrame | None,
        *,
        clock: Clock,
        counting: Counting,
        whole: str | None = None,
        paired: bool = True,
    ) -> None:
        # They are read more than once below, and a plan is worked out anew each time.
        known_responses = known_again(responses).collect()
        self.engine = engine_for(known_responses.height)
        responses = known_responses.lazy()
        self.grid = Grid.of(windows, responses.select("stage").unique().collect())
        numbers, self.groups = _numbered(segments, whole)
        known = cells(responses, self.grid, clock=clock, counting=counting)
        answers, places = _placed(
            known, numbers, self.groups.height - 1 if segments is None or whole is not None else None, self.engine
        )
        self.sums = _sums(answers, places, self.engine)
        self.runs: dict[Side, pl.DataFrame] = {
            side: self.grid.runs(self.sums["cell"], side) for side in ("period", "previous")
        }
        self.pairs = _pairs(answers, places, self.grid, self.engine) if paired else NO_PAIRS.to_frame()
        self.cells_of_pairs = self.pairs.select("cell", "cell_before").unique()

    def counts(self, side: Side) -> pl.DataFrame:
        """COUNTS per window, stage and group of the answers in the window, or in its previous one."""
        return self._spread(self.sums, self.runs[side], COUNTS)

    def products(self, side: Side, side_before: Side) -> pl.DataFrame:
        """PRODUCTS per window, stage and group over the pairs whose answers lie on these sides."""
        if self.pairs.is_empty():
            return pl.DataFrame(
                schema={"window": pl.UInt32, "stage": pl.String, "group": pl.UInt32} | dict.fromkeys(PRODUCTS, pl.Int64)
            )
        pairs = self.cells_of_pairs.lazy()
        if side == side_before:
            # Where the later answer superseded the earlier no window counts both.
            pairs = pairs.filter(self.grid.next_rank(pl.col("cell_before")) > self.grid.rank(pl.col("cell")))
        found = self._spread(self.pairs, _both(pairs, self.runs[side], self.runs[side_before], self.engine), PRODUCTS)
        if side == side_before:
            # Which of two answers comes first means nothing here, and must not show in the last digit.
            either = pl.col("signs_answers") + pl.col("answers_signs")
            found = found.with_columns(signs_answers=either, answers_signs=pl.lit(0, pl.Int64))
        return found

    def named(self, rows: pl.DataFrame, windows: pl.DataFrame) -> pl.DataFrame:
        """The rows with their windows and segments instead of the numbers of these."""
        return (
            rows.join(self.grid.windows.select("window", *windows.columns), on="window")
            .join(self.groups, on="group")
            .drop("window", "group")
        )

    def _spread(self, sums: pl.DataFrame, runs: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
        """Sums per window, stage and group, stage `all` included, from sums per cell and the runs of windows it is in.

        Two cells of different stages have no stage of their own and count in `all` only.
        """
        cell = [name for name in ("cell", "cell_before") if name in sums.columns]
        codes = [self.grid.stage(pl.col(name)) for name in cell]
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
            .collect(engine=self.engine)
        )
        names = [*KEYS, *columns]
        whole = staged.group_by("window", "group").agg(total).with_columns(stage=pl.lit(ALL))
        parts = staged.join(self.grid.stages.filter(pl.col("stage") != ALL), on="stage_code")
        return pl.concat([parts.select(names), whole.select(names)])


def _prefixed(rows: pl.DataFrame, columns: Iterable[str], prefix: str) -> pl.DataFrame:
    return rows.rename({name: f"{prefix}{name}" for name in columns})


def _numbered(segments: pl.LazyFrame | None, whole: str | None) -> tuple[pl.DataFrame | None, pl.DataFrame]:
    """The segments of every answer by number, and what the numbers stand for: group, dimension, segment.

    The last group is that of all answers, if there is one.
    """
    if segments is None:
        return None, pl.DataFrame({"group": [0]}, schema={"group": pl.UInt32})
    told = segments.collect()
    columns, groups, first = [told["response_id"]], [], 0
    for column in told.drop("response_id"):
        names = column.dtype.categories if isinstance(column.dtype, pl.Enum) else _names(column)
        coded = column.cast(pl.Enum(names))
        columns.append((coded.to_physical().cast(pl.UInt32) + first).alias(column.name))
        groups.append(names.alias("segment").to_frame().select(pl.lit(column.name).alias("dimension"), "segment"))
        first += len(names)
    if whole is not None:
        groups.append(pl.DataFrame({"dimension": [whole], "segment": [whole]}))
    schema = pl.DataFrame(schema={"dimension": pl.String, "segment": pl.String})
    return pl.DataFrame(columns), pl.concat([schema, *groups]).with_row_index("group")


def _names(column: pl.Series) -> pl.Series:
    return column.unique().drop_nulls().cast(pl.String).sort()


def _placed(
    answers: pl.LazyFrame, segments: pl.DataFrame | None, whole: int | None, engine: Engine
) -> tuple[pl.LazyFrame, list[str]]:
    """The answers with one column a dimension, the number of their group in it, and the names of these columns.

    whole: number of the group of all answers, if there is one.
    """
    places: list[str] = []
    if segments is not None:
        names = {name: f"place of {name}" for name in segments.columns if name != "response_id"}
        answers = answers.join(segments.lazy().rename(names), on="response_id", how="left")
        places += names.values()
    if whole is not None:
        answers = answers.with_columns(place=pl.lit(whole, pl.UInt32))
        places.append("place")
    return answers.collect(engine=engine).lazy(), places


def _sums(answers: pl.LazyFrame, places: Sequence[str], engine: Engine) -> pl.DataFrame:
    """Answers per cell and group of every dimension."""
    sign = pl.col("sign")
    tables = [
        answers.drop_nulls(place)
        .group_by("cell", group=place)
        .agg(
            promoters=(sign == 1).sum().cast(pl.Int64),
            passives=(sign == 0).sum().cast(pl.Int64),
            detractors=(sign == -1).sum().cast(pl.Int64),
        )
        for place in places
    ]
    none = pl.DataFrame(schema={"cell": pl.Int64, "group": pl.UInt32} | dict.fromkeys(COUNTS, pl.Int64))
    return pl.concat([none, *pl.collect_all(tables, engine=engine)])


def _pairs(answers: pl.LazyFrame, places: Sequence[str], grid: Grid, engine: Engine) -> pl.DataFrame:
    """PRODUCTS over pairs of one customer's answers in one group, per their cells: `cell_before` is not the later."""
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
    many = repeated.lazy().filter(pl.col("known") > MANY).with_row_index("answer")
    rank, before = pl.col("rank"), pl.col("rank_before")
    first = (before < rank) | ((before == rank) & (pl.col("answer_before") < pl.col("answer")))
    ordered = first & (before >= pl.col("behind"))
    # Found by number first: most pairs of rows are in the wrong order, and wide.
    sides = few.lazy().select("customer", "answer", "rank", "behind")
    ahead = sides.join(sides, on="customer", suffix="_before").filter(ordered).select("answer", "answer_before")
    counted = few.select("sign", "cell", *places)
    later, earlier = (counted[numbers] for numbers in ahead.collect(engine=engine))
    light = pl.concat([later, earlier.rename(lambda name: f"{name}_before")], how="horizontal").lazy()
    tables = [_pairs_of_few(light, place) for place in places]
    if few.height == repeated.height:
        return pl.concat([NO_PAIRS.to_frame(), *pl.collect_all(tables, engine=engine)])
    tables += [table for place in places for table in _pairs_of_many(many.drop_nulls(place), place, ordered)]
    found = pl.concat(pl.collect_all(tables, engine=engine))
    return found.group_by("cell", "cell_before", "group").agg(pl.col(PRODUCTS).sum())


def _pairs_of_few(pairs: pl.LazyFrame, place: str) -> pl.LazyFrame:
    """PRODUCTS of the pairs that agree in `place`, one a row."""
    sign, before = pl.col("sign"), pl.col("sign_before")
    return (
        pairs.filter(pl.col(place) == pl.col(f"{place}_before"))
        .group_by("cell", "cell_before", group=place)
        .agg(
            signs_signs=(sign * before).sum(),
            signs_answers=sign.sum(),
            answers_signs=before.sum(),
            answers_answers=pl.len().cast(pl.Int64),
        )
    )


def _pairs_of_many(answers: pl.LazyFrame, place: str, ordered: pl.Expr) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """The same for customers with very many answers, by sums: pairs from two cells, and pairs within one."""
    signs, number = pl.col("signs"), pl.col("answers")
    before, number_before = pl.col("signs_before"), pl.col("answers_before")
    sums = answers.group_by("customer", "cell", place).agg(
        answer=pl.col("answer").min(),
        rank=pl.col("rank").min(),
        behind=pl.col("behind").min(),
        signs=pl.col("sign").sum(),
        answers=pl.len().cast(pl.Int64),
        squares=(pl.col("sign") ** 2).sum(),
    )
    apart = (
        sums.join(sums, on=["customer", place], suffix="_before")
        .filter(ordered)
        .group_by("cell", "cell_before", group=place)
        .agg(
            signs_signs=(signs * before).sum(),
            signs_answers=(signs * number_before).sum(),
            answers_signs=(number * before).sum(),
            answers_answers=(number * number_before).sum(),
        )
    )
    # Over all pairs i < j of n answers: 2 sum s_i s_j = (sum s)^2 - sum s^2, and each answer is in n - 1 pairs.
    within = sums.group_by("cell", cell_before="cell", group=place).agg(
        signs_signs=((signs**2 - pl.col("squares")) // 2).sum(),
        signs_answers=(signs * (number - 1)).sum(),
        answers_signs=pl.lit(0, pl.Int64),
        answers_answers=(number * (number - 1) // 2).sum(),
    )
    return apart, within


def _both(pairs: pl.LazyFrame, runs: pl.DataFrame, runs_before: pl.DataFrame, engine: Engine) -> pl.DataFrame:
    """Runs of the windows that count both `cell` and `cell_before`."""
    return (
        pairs.join(runs.lazy(), on="cell")
        .join(
            runs_before.lazy(), left_on=["cell_before", "grain_code"], right_on=["cell", "grain_code"], suffix="_before"
        )
        .select(
            "cell",
            "cell_before",
            first=pl.max_horizontal("first", "first_before"),
            last=pl.min_horizontal("last", "last_before"),
        )
        .filter(pl.col("first") <= pl.col("last"))
        .collect(engine=engine)
    )
