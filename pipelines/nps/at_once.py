"""Doing several things at once where NumPy does them: it leaves other threads alone while it counts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

# So many at once, where there are processors for them: each takes memory of its own.
AT_ONCE = 4
Made = TypeVar("Made")


def at_once(make: Callable[..., Made], arguments: Iterable[tuple[object, ...]]) -> list[Made]:
    """What `make` makes of each of the arguments, in their order."""
    with ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as threads:
        return list(threads.map(lambda given: make(*given), arguments))
