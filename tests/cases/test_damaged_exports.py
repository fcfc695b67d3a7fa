"""Random shops in every shipped format that is a table, damaged as spreadsheets damage: no figure changes in silence.

Here: some draws. Not here: 2,000 of them (tests/benchmarks/bench_damaged_exports.py).
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.damaged_exports import changed_in_silence

DRAWS = 30


def test_no_figure_changes_in_silence(tmp_path: Path) -> None:
    assert [str(one) for one in changed_in_silence(tmp_path, range(DRAWS))] == []
