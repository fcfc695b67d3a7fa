"""What to do: section 7 of the page.

Here: who waits for a reply, whether replies help, whom to write to and to ask, what to change. Not here: addresses;
those stand in the audience files.
"""

from __future__ import annotations

import polars as pl

from pipelines.report.reading import Block, Reading
from pipelines.report.sections.section import colour, pair, points, shape, with_dots


def blocks(reading: Reading) -> list[Block]:
    """The section."""
    return [
        reading.block("actions", lambda block: _actions(reading, block), is_open=True),
        reading.block("action_outcomes"),
        reading.block("queue", is_open=True),
        reading.block("service_levels"),
        reading.block("follow_up_effect", lambda block: _effect(reading, block)),
        reading.block("follow_up_money", is_money=True),
        reading.block("audiences", is_open=True),
        reading.block("survey_plan"),
    ]


def _actions(reading: Reading, block: Block) -> Block:
    rows = points(
        reading,
        block,
        name=pair(reading, "dimension", "segment"),
        value="score_effect",
        low="score_effect_low",
        high="score_effect_high",
        colour=pl.lit("var(--accent)"),
        shape=pl.lit("circle"),
        is_faint=~pl.col("is_certain"),
    )
    return with_dots(reading, block, rows, "points", rule=0.0)


def _effect(reading: Reading, block: Block) -> Block:
    """An experiment wherever there was one, else what was seen; never both in one chart."""
    kind = "experiment" if "experiment" in block.rows["kind"] else block.rows["kind"][0]
    rows = points(
        reading,
        block,
        kind="kind",
        name=pl.format("{} · {}", "shown_outcome", "shown_category"),
        value="effect",
        low="effect_low",
        high="effect_high",
        colour=colour(),
        shape=shape(),
        is_faint=~pl.col("is_reliable"),
    ).filter(pl.col("kind") == kind)
    return with_dots(reading, block, rows, "share_difference", rule=0.0, number="+%")
