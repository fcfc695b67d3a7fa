"""How to make use of the machine: the engine for so many rows, and several things at once.

Here: what changes how long a figure takes, and never the figure. Not here: what is counted.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeAlias, TypeVar

# Up to so many rows a shop's whole night waits more for engines to begin than for what they count.
FEW_ROWS = 50_000
Engine: TypeAlias = Literal["streaming", "in-memory"]
# So many at once, where there are processors for them: each takes memory of its own.
AT_ONCE = 4
Made = TypeVar("Made")


def engine_for(rows: int) -> Engine:
    """How Polars is to count so many rows: streaming is quicker for many but slow to begin, and integers are equal."""
    return "streaming" if rows > FEW_ROWS else "in-memory"


def at_once(make: Callable[..., Made], arguments: Iterable[tuple[object, ...]]) -> list[Made]:
    """What `make` makes of each of the arguments, in their order. NumPy leaves other threads alone while it counts."""
    with ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as threads:
        return list(threads.map(lambda given: make(*given), arguments))
