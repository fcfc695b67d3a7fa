"""Every figure table, declared once: what it reads, what computes it, which settings it depends on.

Here: the list. Not here: the entries (nps.py, value.py, loop.py), what an entry says (figure.py), computing months of a
table (compute.py), the checks that follow (checks.py), the arithmetic (pipelines/nps, pipelines/value, pipelines/loop)
and Dagster (assets/ makes one asset of every entry). A new figure table is one entry, one function and its DDL in
sql/schema.
"""

from __future__ import annotations

from pipelines.figures.loop import LOOP
from pipelines.figures.nps import NPS
from pipelines.figures.value import VALUE

FIGURES = (*NPS, *VALUE, *LOOP)
BY_TABLE = {figure.table: figure for figure in FIGURES}
