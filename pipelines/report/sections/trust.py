"""Can I trust it: section 8 of the page.

Here: who answered, what was refused, what moved, what warns, how others score, how often intervals hold. Not here: the
reasons to doubt, which stand at the top of the page.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines import statistics
from pipelines.calibrate.page import measured_rows
from pipelines.report.reading import Block, Reading
from pipelines.report.sections.section import pair, points, with_dots

# `northstar calibrate --write` keeps its table there.
METHODS = Path(statistics.__file__).with_name("README.md")
# Kinds of buyers in the chart; the table has all.
MOST_KINDS = 20


def blocks(reading: Reading) -> list[Block]:
    """The section."""
    return [
        reading.block("coverage", lambda block: _coverage(reading, block)),
        reading.block("refused"),
        reading.block("moved"),
        reading.block("warnings"),
        reading.block("benchmarks", lambda block: _benchmarks(reading, block)),
        reading.made("calibration", measured_rows(METHODS.read_text(encoding="utf-8"))),
    ]


def _coverage(reading: Reading, block: Block) -> Block:
    rows = points(
        reading,
        block,
        name=pair(reading, "dimension", "segment"),
        value="representation",
        low="representation_low",
        high="representation_high",
        colour=pl.lit("var(--accent)"),
        shape=pl.lit("triangle-down"),
        is_faint=pl.lit(value=False),
        is_shown=pl.col("is_under_represented").fill_null(value=False),
    ).filter("is_shown")
    return with_dots(reading, block, rows.head(MOST_KINDS), "representation", rule=1.0, number=".2f")


def _benchmarks(reading: Reading, block: Block) -> Block:
    """A range for each industry, and the shop's score as the line to compare with."""
    ends = [
        points(
            reading,
            block,
            name="shown_industry",
            value=end,
            low="lowest",
            high="highest",
            colour=pl.lit("var(--soft)"),
            shape=pl.lit("circle"),
            is_faint=pl.lit(value=False),
        )
        for end in ("lowest", "highest")
    ]
    rule = float(block.rows["nps"][0])
    return with_dots(reading, block, pl.concat(ends), "points", rule=rule)
