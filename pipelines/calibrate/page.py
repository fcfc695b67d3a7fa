"""The table of `northstar calibrate`, as text and as a section of pipelines/statistics/README.md.

Here: what is said of the counts, and putting the section between its marker lines. Not here: the counts (measure).
"""

from __future__ import annotations

import polars as pl

from pipelines.calibrate.intervals import INTERVALS, Interval
from pipelines.calibrate.measure import MONTHS, TIMES, Measured

BEGIN = "<!-- written by: northstar calibrate --write pipelines/statistics/README.md -->"
END = "<!-- end of what northstar calibrate writes -->"
COLUMNS = ("figure", "nominal", "measured", "draws", "no interval", "weakest", "where it is weaker or wider, and why")
NOT_MEASURED = "not measured"
Row = tuple[str, ...]


class NoPlaceError(ValueError):
    """A file has not the two marker lines, in order and once each, between which the section belongs."""


def rows(measured: Measured) -> list[Row]:
    """One row of COLUMNS per interval, or per interval and part, in the order of the list."""
    by_interval = measured.counts.partition_by("interval", as_dict=True)
    nothing = measured.counts.clear()
    made = []
    for place, interval in enumerate(INTERVALS):
        counts = by_interval.get((place,), nothing)
        if interval.apart and counts.height:
            parts = counts.sort("part").partition_by("part")
            made += [_row(f"{interval.column}, {part['part'][0]}", interval, part, measured) for part in parts]
        else:
            made.append(_row(interval.column, interval, counts, measured))
    return made


def _row(name: str, interval: Interval, parts: pl.DataFrame, measured: Measured) -> Row:
    draws, held, without = (int(parts[count].sum()) for count in ("draws", "held", "without"))
    if not draws:
        return (name, "", NOT_MEASURED, "0", str(without or ""), "", interval.why)
    return (
        name,
        f"{measured.confidence:.2f}",
        f"{held / draws:.3f}",
        str(draws),
        str(without or ""),
        _weakest(parts, measured.shops),
        interval.why,
    )


def _weakest(parts: pl.DataFrame, shops: int) -> str:
    """The part that holds the truth least often, of those with an interval in nearly every shop."""
    share = (pl.col("held") / pl.col("draws")).alias("share")
    by_share = parts.filter(pl.col("draws") >= 0.9 * shops).select("part", share).sort("share", "part")
    if by_share.height < 2:
        return ""
    name, lowest = by_share.row(0)
    return f"{name} {lowest:.3f}"


def text(measured: Measured) -> str:
    """The table in aligned columns."""
    table = [COLUMNS, *rows(measured)]
    widths = [max(len(row[n]) for row in table) for n in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join([*lines, "", _told(measured)])


def section(measured: Measured) -> str:
    """The section of the README, without its marker lines."""
    named = [(row[0].partition(","), row[1:]) for row in rows(measured)]
    table = [(f"`{column}`{comma}{part}", *others) for (column, comma, part), others in named]
    lines = ["| " + " | ".join(row) + " |" for row in (COLUMNS, *table)]
    rule = "|" + "---|" * len(COLUMNS)
    head = "## How often published intervals hold the truth"
    return "\n".join([head, "", _told(measured), "", lines[0], rule, *lines[1:]])


def _told(measured: Measured) -> str:
    shops, customers, seed = measured.shops, measured.customers, measured.seed
    return f"""\
{shops} simulated shops of {customers} customers and {MONTHS} months, from seed {seed} on.
The truth is the same figure in a shop of {TIMES * customers} customers; for nps.everybody it is the score that all
buyers of the shop would have given, and for lifetime_value the money expected from what the simulator knows of every
customer. Counted are all rows of the last month, its quarter and the 90 and 365 days before its end. Rows of one shop
have customers in common, so they say less than as many independent draws. Weakest is the part, such as a stage,
dimension, category or method, with the lowest share; "no interval" counts rows with a truth for which none is
published."""


def put(page: str, written: str) -> str:
    """A page with what lies between its marker lines replaced.

    Raises:
        NoPlaceError: it has no such place.
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        message = f"there is no place for the table: the file needs the line\n{BEGIN}\nand after it the line\n{END}"
        raise NoPlaceError(message)
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{written}\n{END}{after}"


def between(page: str) -> str:
    """What lies between a page's marker lines."""
    return page.partition(BEGIN)[2].partition(END)[0].strip("\n")


def measured_rows(page: str) -> pl.DataFrame:
    r"""The table between a page's marker lines: figure, nominal, measured, draws and why, as numbers and texts.

    >>> line = "| `nps.by_period.nps_low` | 0.95 | 0.944 | 7200 |  | prospect 0.919 | few answers |"
    >>> measured_rows(f"{BEGIN}\\n{line}\\n{END}").row(0)
    ('nps.by_period.nps_low', 0.95, 0.944, 7200, 'few answers')
    """
    lines = [line for line in between(page).splitlines() if line.startswith("| `")]
    cells = (
        pl.Series("line", lines, pl.String).str.strip_chars("| ").str.split("|").list.to_struct(fields=list(COLUMNS))
    )
    return (
        pl.DataFrame({"cells": cells})
        .unnest("cells")
        .with_columns(pl.all().str.strip_chars(" ").str.replace_all("`", ""))
        .select(
            "figure",
            pl.col("nominal", "measured").cast(pl.Float64, strict=False),
            pl.col("draws").cast(pl.Int64),
            why=COLUMNS[-1],
        )
        .filter(pl.col("measured").is_not_null())
    )
