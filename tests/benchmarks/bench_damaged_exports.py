"""2,000 damaged exports: random shops in every shipped format that is a table, damaged as spreadsheets damage."""

from __future__ import annotations

import time
from pathlib import Path

from tests.cases.damaged_exports import changed_in_silence

DRAWS, ROUND = 2_000, 200


def test_two_thousand_damaged_exports(tmp_path: Path) -> None:
    started = time.monotonic()
    silent = []
    for first in range(0, DRAWS, ROUND):
        silent += changed_in_silence(tmp_path / f"round{first}", range(first, first + ROUND))
        print(
            f"\n{first + ROUND} draws, {len(silent)} changed in silence, {time.monotonic() - started:.0f} s", flush=True
        )
    assert [str(one) for one in silent] == []
