"""A value table in two steps: what each month's end says, and the rows made of it.

Here: declaring such a table, and reducing several of them in one walk over the months. Not here: the tables, and
reading core (pipelines/figures/compute.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.value.facts import Facts
from pipelines.value.month_end import MonthEnd, Walk
from pipelines.value.months import Month, before, months_of
from pipelines.value.sources import Frames, facts_of


@dataclass(frozen=True)
class Reduction:
    """How a value table is computed.

    reads: names of sources.TABLES, in the order in which calls give their frames. reduce: what a month's end says, in
    small frames or none. finish: the table's rows from the frames of all months, in the order of the walk; empty
    without any. held_out: the months of the hold-outs that end with a row's month; the ends at which they begin are
    reduced too. also_open: whether the open month has the hold-outs of the last closed one, or none.
    """

    reads: tuple[str, ...]
    reduce: Callable[[MonthEnd], Iterable[pl.DataFrame]]
    finish: Callable[[Sequence[pl.DataFrame], Settings], pl.DataFrame]
    held_out: tuple[int, ...] = ()
    also_open: bool = False

    def __post_init__(self) -> None:
        """Be known by the module of the table, as a function is."""
        object.__setattr__(self, "__module__", self.finish.__module__)

    @property
    def __name__(self) -> str:
        """Name of the table."""
        return self.finish.__module__.rpartition(".")[2]

    def __call__(self, *frames: pl.LazyFrame | None, span: Span, settings: Settings) -> pl.DataFrame:
        """The table's rows for the months of a span, from frames of `reads`; None for a table without rows."""
        given = {name: frame for name, frame in zip(self.reads, frames, strict=False) if frame is not None}
        facts = facts_of(Frames(given), clock=span.clock, margins=settings.margins)
        [frames_of_months] = reduced([self], facts, span, settings)
        return self.finish(frames_of_months, settings)


def reduced(reductions: Sequence[Reduction], facts: Facts, span: Span, settings: Settings) -> list[list[pl.DataFrame]]:
    """What the ends of a span's months say for each reduction, in one walk."""
    results: list[list[pl.DataFrame]] = [[] for _ in reductions]
    wanted = months_of(span)
    for end in Walk(facts, wanted, settings).ends(_beginnings(reductions, wanted, span.clock.open_month)):
        for reduction, result in zip(reductions, results, strict=True):
            if end.is_wanted or reduction.held_out:
                result.extend(reduction.reduce(end))
    return results


def _beginnings(reductions: Sequence[Reduction], wanted: Sequence[Month], open_month: date) -> list[Month]:
    """The month ends at which the hold-outs of the wanted months begin."""
    return [
        before(before(month) if month.start == open_month else month, months)
        for month in wanted
        for reduction in reductions
        if reduction.also_open or month.start != open_month
        for months in reduction.held_out
    ]
