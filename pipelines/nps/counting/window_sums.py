"""From rows that lie in cells to counts per window.

Here: which windows hold rows that lie in one cell or in two, and the sums of their weights per window, stage and
segment. Not here: what a cell is (cells.py), how answers become such rows (count.py).

A row counts in one unbroken run of a grain's windows. Its weight is added where the run begins and taken off behind its
end; the sums over the windows up to each one are then what that window counts, however many windows hold a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.nps.counting.cells import Grid, Ints, Side

# So many windows, stages and segments have their sums at once: beyond that a dimension is taken in parts.
MOST_ENTRIES = 2**18


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
        self.sorted: dict[tuple[int, int], tuple[Ints, Ints]] = {}
        for some in rows:
            stages = [grid.stage(cell) for cell in some.cells]
            # Two answers of different stages count in no stage of their own: in the last place stand all.
            stage = np.where(stages[0] == stages[-1], stages[0], self.stages)
            row, first, behind = grid.runs(some.cells, sides)
            lines = np.int64(self.stages + 1)
            line = stage[row]
            self.rows.append((some, row, first * lines + line, behind * lines + line))

    def sums(self, names: Iterable[str], dimension: int, segments: range) -> dict[str, Ints]:
        """Sums of the weights of these names over segments of a dimension: over all, or over a part if it is sorted.

        Returns:
            By name an array of windows, stages (all of them together in the last place) and segments.
        """
        # Behind these segments stands what is in none of them: to sum it costs less than to leave it out.
        width = len(segments) + 1
        found = {name: np.zeros((self.windows + 1, self.stages + 1, width), dtype=np.int64) for name in names}
        for number, (some, row, first, behind) in enumerate(self.rows):
            if dimension not in some.segments:
                continue
            if (number, dimension) in self.sorted:
                ordered, codes = self.sorted[number, dimension]
                mine = slice(*np.searchsorted(codes, [segments.start, segments.stop]))
                segment, these = codes[mine] - segments.start, ordered[mine]
                row, first, behind = row[these], first[these], behind[these]  # noqa: PLW2901
            else:
                segment = np.minimum(some.segments[dimension][row], width - 1)
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

    def sort(self, dimension: int) -> None:
        """Make ready to sum a dimension in parts: the rows of a part then stand together."""
        for number, (some, row, _, _) in enumerate(self.rows):
            if dimension in some.segments:
                codes = some.segments[dimension][row].astype(np.int64)
                ordered = codes.argsort(kind="stable")
                self.sorted[number, dimension] = ordered, codes[ordered]

    def parts(self, segments: int) -> list[range]:
        """The numbers of that many segments, as many at once as MOST_ENTRIES allows; one part at least."""
        step = max(1, MOST_ENTRIES // ((self.windows + 1) * (self.stages + 1)))
        return [range(first, min(first + step, segments)) for first in range(0, max(segments, 1), step)]
