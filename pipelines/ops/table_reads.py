"""Which core tables each figure table reads, as a frame that statements of sql/ops join.

Here: that frame. Not here: the declarations it is made from (pipelines/figures).
"""

from __future__ import annotations

import polars as pl

from pipelines.figures import FIGURES


def table_reads() -> pl.DataFrame:
    """Columns table_name and reads, the list of core tables; one row for every figure table."""
    return pl.DataFrame(
        {"table_name": [figure.table for figure in FIGURES], "reads": [list(figure.sources) for figure in FIGURES]}
    )
