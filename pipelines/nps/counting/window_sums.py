"""Sums per window from rows per cell.

Here: which windows count a row, whose cells are one or two, and the sums of weights per window, stage and segment. Not
here: what a cell is (cells.py), how answers become such rows (count.py).

A row counts in one unbroken run of a grain's windows. Its weight is added at the run's first window and subtracted
after its last; a running sum over windows then gives every window's total, at a cost that does not depend on how many
windows count a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.nps.counting.cells import Grid, Ints, Side

# Most windows x stages x segments summed in one array; larger dimensions are taken in parts.
MOST_ENTRIES = 2**18


@dataclass(frozen=True)
class Rows:
    """Answers or pairs of answers, or groups of them.

    cells: one array with the cell of every row, or two for pairs. weights: whole numbers by name, None where every row
    counts once. segments: by dimension number, the segment number of every row; a number >= len(segments) means "no
    segment".
    """

    cells: tuple[Ints, ...]
    weights: dict[str, Ints | None]
    segments: dict[int, NDArray[Any]]


class WindowSums:
    """Rows with the windows that count them, ready to be summed.

    sides: for each cell of a row, whether it must lie in the window or in its previous window. every: count superseded
    answers too.
    """

    def __init__(self, grid: Grid, rows: Iterable[Rows], sides: Sequence[Side], *, every: bool = False) -> None:
        self.windows, self.stages = grid.windows.height, grid.stages.height
        self.rows = []
        self.sorted: dict[tuple[int, int], tuple[Ints, Ints]] = {}
        for part in rows:
            stages = [grid.stage(cell) for cell in part.cells]
            # A pair of different stages counts only in the extra last place, "all stages".
            stage = np.where(stages[0] == stages[-1], stages[0], self.stages)
            row, first, end = grid.runs(part.cells, sides, every=every)
            lines = np.int64(self.stages + 1)
            line = stage[row]
            self.rows.append((part, row, first * lines + line, end * lines + line))

    def sums(self, names: Iterable[str], dimension: int, segments: range) -> dict[str, Ints]:
        """Sums of the named weights per window, stage and segment of a dimension.

        Args:
            names: of the weights.
            dimension: its number.
            segments: numbers of the segments; fewer than all only after `sort`.

        Returns:
            By name, an array of windows x stages (the last place: all stages) x segments.
        """
        # The extra last slot collects rows in no segment; summing it is cheaper than filtering.
        width = len(segments) + 1
        totals = {name: np.zeros((self.windows + 1, self.stages + 1, width), dtype=np.int64) for name in names}
        for number, (part, row, first, end) in enumerate(self.rows):
            if dimension not in part.segments:
                continue
            if (number, dimension) in self.sorted:
                ordered, codes = self.sorted[number, dimension]
                mine = slice(*np.searchsorted(codes, [segments.start, segments.stop]))
                segment, these = codes[mine] - segments.start, ordered[mine]
                row, first, end = row[these], first[these], end[these]  # noqa: PLW2901
            else:
                segment = np.minimum(part.segments[dimension][row], width - 1)
            begun, ended = first * width, end * width
            begun += segment
            ended += segment
            for name, table in totals.items():
                weights, flat = part.weights[name], table.reshape(-1)
                weight = None if weights is None else weights[row]
                flat += np.bincount(begun, weight, flat.size).astype(np.int64, copy=False)
                flat -= np.bincount(ended, weight, flat.size).astype(np.int64, copy=False)
        for name, table in totals.items():
            whole = table[..., :-1].cumsum(axis=0)[:-1]
            whole[:, -1] += whole[:, :-1].sum(axis=1)
            totals[name] = whole
        return totals

    def sort(self, dimension: int) -> None:
        """Sort a dimension by segment, so that the rows of a part of its segments are one slice."""
        for number, (part, row, _, _) in enumerate(self.rows):
            if dimension in part.segments:
                codes = part.segments[dimension][row].astype(np.int64)
                ordered = codes.argsort(kind="stable")
                self.sorted[number, dimension] = ordered, codes[ordered]

    def parts(self, segments: int) -> list[range]:
        """The numbers of that many segments in parts as large as MOST_ENTRIES allows; at least one part."""
        step = max(1, MOST_ENTRIES // ((self.windows + 1) * (self.stages + 1)))
        return [range(first, min(first + step, segments)) for first in range(0, max(segments, 1), step)]
