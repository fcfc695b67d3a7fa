"""Column names: how a header cell is compared, and which names are ours.

Here: the two. Not here: quoting them for SQL (pipelines/warehouse/quoting.py).
"""

from __future__ import annotations

import re

# Columns of `input` that are not the file's.
RESERVED = frozenset({"file_id", "row_number", "staged_from"})


def normal(header: str) -> str:
    """A header cell as it is compared: without byte order mark, outer blanks and case, inner blanks single."""
    return re.sub(r"\s+", " ", header.replace("\ufeff", "").replace("\u200b", "").strip()).casefold()
