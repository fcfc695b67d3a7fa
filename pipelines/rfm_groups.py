"""The names of groups by recency, frequency and money: those of sql/lexicon/rfm_groups.csv, or the operator's.

Here: reading ranges of the three quintiles, of which the first line that fits counts. Not here: the quintiles
(pipelines/value/rfm_state.py), reading the operator's files (operator_files).
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

from pipelines.operator_files import OperatorFile

MEASURES = ("recency", "frequency", "money")
COLUMNS = ("rfm_group", *(f"{measure}_{end}" for measure in MEASURES for end in ("from", "to")))
QUINTILES = range(1, 6)
SHIPPED = Path(__file__).resolve().parents[1] / "sql" / "lexicon" / "rfm_groups.csv"
# Where customers come from and go to when they have no group.
NEW, LAPSED = "new", "lapsed"

# The combinations of the three quintiles, in order.
CELLS = tuple(product(QUINTILES, repeat=len(MEASURES)))

# The group of each combination of recency, frequency and money, in the order of the combinations.
Groups = tuple[str, ...]


class RfmGroupsError(ValueError):
    """The file is not a table of groups; the message names file, row, column, value and what is allowed."""


def read_groups(path: Path) -> Groups:
    """The group of each of the 125 combinations of quintiles, (1, 1, 1), (1, 1, 2) ... (5, 5, 5).

    Raises:
        RfmGroupsError: a line is wrong, lines above it leave it nothing, or no line names some combination.
    """
    file = OperatorFile(path, COLUMNS, RfmGroupsError)
    named: dict[tuple[int, ...], str] = {}
    for number, cells in file.rows():
        name = cells["rfm_group"]
        if not name or name in {NEW, LAPSED}:
            raise file.refused(number, "rfm_group", name, f"a name other than {NEW} and {LAPSED}")
        ranges = []
        for measure in MEASURES:
            ends = []
            for end in ("from", "to"):
                text = cells[f"{measure}_{end}"]
                if text not in {str(quintile) for quintile in QUINTILES}:
                    raise file.refused(number, f"{measure}_{end}", text, "a whole number from 1 to 5")
                ends.append(int(text))
            ranges.append(range(ends[0], ends[1] + 1))
        left = [combination for combination in product(*ranges) if combination not in named]
        if not left:
            raise file.refused(number, "rfm_group", name, "a line with a combination that no line above it has")
        named |= dict.fromkeys(left, name)
    missing = [combination for combination in CELLS if combination not in named]
    if missing:
        message = f"{path} names no group for recency, frequency and money {missing[0]}; allowed is a table of all 125."
        raise RfmGroupsError(message)
    return tuple(named[combination] for combination in CELLS)
