"""From sums per cell to counts per window: the small half of counting.

Here: which windows hold rows that lie in one cell or in two, and the sums of their weights per window, stage and
segment. Not here: what a cell is (cells.py), how answers become such rows (counting.py).

A row counts in one unbroken run of a grain's windows. Its weight is added where the run begins and taken off behind its
end; the sums over the windows up to each one are then what that window counts, however many windows hold a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.nps.cells import Grid, Side

Ints = NDArray[np.int64]
# Windows, stages and segments that are summed at once: beyond that a dimension is taken in parts.
AT_ONCE = 2**18


@dataclass(frozen=True)
class Rows:
    """Answers or pairs of answers, or sums of them.

    cells: the cell of every row, or its two. weights: whole numbers by name, None for one each. segments: by number of
    the dimension, the number of every row's segment; whose number is not below that of the segments is in none.
    """

    cells: tuple[Ints, ...]
    weights: dict[str, Ints | None]
    segments: dict[int, NDArray[Any]]


class Spread:
    """Rows and the windows that hold them.

    sides: for each of the rows' cells whether it is to lie in the window or in its previous window.
    """

    def __init__(self, grid: Grid, rows: Iterable[Rows], sides: Sequence[Side]) -> None:
        self.windows, self.stages = grid.windows.height, grid.stages.height
        self.rows = []
        for some in rows:
            stages = [grid.stage(cell) for cell in some.cells]
            # Two answers of different stages count in no stage of their own: in the last place stand all.
            stage = np.where(stages[0] == stages[-1], stages[0], self.stages)
            row, first, behind = grid.runs(some.cells, sides)
            lines = np.int64(self.stages + 1)
            line = stage[row]
            self.rows.append((some, row, first * lines + line, behind * lines + line))

    def sums(self, names: Iterable[str], dimension: int, segments: range) -> dict[str, Ints]:
        """Sums of the weights of these names over some segments of a dimension.

        Returns:
            By name an array of windows, stages (all of them together in the last place) and segments.
        """
        # Behind these segments stands what is in none of them: to sum it costs less than to leave it out.
        width = len(segments) + 1
        found = {name: np.zeros((self.windows + 1, self.stages + 1, width), dtype=np.int64) for name in names}
        for some, row, first, behind in self.rows:
            if dimension not in some.segments:
                continue
            segment = some.segments[dimension][row]
            if segments.start:
                segment = np.where(segment < segments.start, width, segment - segments.start)
            segment = np.minimum(segment, width - 1)
            begun, ended = first * width, behind * width
            begun += segment
            ended += segment
            for name, table in found.items():
                weights, flat = some.weights[name], table.reshape(-1)
                weight = None if weights is None else weights[row]
                flat += np.bincount(begun, weight, flat.size).astype(np.int64, copy=False)
                flat -= np.bincount(ended, weight, flat.size).astype(np.int64, copy=False)
        for name, table in found.items():
            whole = table[..., :-1].cumsum(axis=0)[:-1]
            whole[:, -1] += whole[:, :-1].sum(axis=1)
            found[name] = whole
        return found

    def parts(self, segments: int) -> Iterable[range]:
        """The numbers of that many segments, as many at once as AT_ONCE allows; one part at least."""
        step = max(1, AT_ONCE // ((self.windows + 1) * (self.stages + 1)))
        return (range(first, min(first + step, segments)) for first in range(0, max(segments, 1), step))
