"""Column names: how header cells are compared, and which names Northstar reserves.

Not here: quoting them for SQL (pipelines/warehouse/quoting.py).
"""

from __future__ import annotations

import re

# Columns of `input` and `staged` that are not the file's.
RESERVED = frozenset({"file_id", "row_number", "staged_from"})


def normal(header: str) -> str:
    """A header cell for comparison: without byte order mark, outer blanks and case, inner blanks single."""
    return re.sub(r"\s+", " ", header.replace("\ufeff", "").replace("\u200b", "").strip()).casefold()
