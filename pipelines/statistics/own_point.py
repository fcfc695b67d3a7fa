"""An interval holds its own point, and figures of few people are flagged: one rule each, for every table.

Here: widening an interval to the point it belongs to, and the number of people below which a figure is flagged. Not
here: the intervals. Those of the adjusted Wald form are centred on a score with pseudo-answers added, from which the
published score of one or two answers can lie further away than the margin.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

# A figure of fewer people is flagged, however low NORTHSTAR_MIN_RESPONSES is.
FEWEST = 10


def holding(ends: tuple[pl.Expr, pl.Expr], point: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The ends of an interval, widened where needed to hold its point; a null end stays null.

    >>> low, high = holding((pl.lit(-48.5), pl.lit(98.5)), pl.lit(100.0))
    >>> pl.select(low.alias("low"), high.alias("high")).row(0)
    (-48.5, 100.0)
    """
    low, high = ends
    return _moved(low, point, lambda end, own: own < end), _moved(high, point, lambda end, own: own > end)


def _moved(end: pl.Expr, point: pl.Expr, outside: Callable[[pl.Series, pl.Series], pl.Series]) -> pl.Expr:
    """The point where it lies outside, else the end.

    On evaluated columns: as an expression, the operations of an end would be planned three times, 10 ms of processor
    for a table.
    """

    def move(columns: Sequence[pl.Series]) -> pl.Series:
        made, own = columns
        return made.zip_with(~outside(made, own).fill_null(value=False), own)

    return pl.map_batches([end.cast(pl.Float64), point.cast(pl.Float64)], move, return_dtype=pl.Float64)


def is_reliable(people: pl.Expr, least: int = FEWEST) -> pl.Expr:
    """Whether a figure of this many people, or independent answers, may be read as one: of at least `least` and FEWEST.

    >>> pl.select(is_reliable(pl.lit(9), 5).alias("few"), is_reliable(pl.lit(30), 30).alias("enough")).row(0)
    (False, True)
    """
    return people >= max(least, FEWEST)
