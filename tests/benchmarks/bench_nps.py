"""The whole nps schema over 36 months, a million answers and twelve dimensions, against one joined GROUP BY."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.nps_warehouse import AS_OF, FLOOR, fill

from pipelines.figures import FIGURES, compute
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened
from pipelines.warehouse.frames import frame
from pipelines.warehouse.read import Kept
from pipelines.warehouse.stale import data_months

ANSWERS = 1_000_000
ALLOWED_RATIO = 20
ALLOWED_GIB = 4


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def test_the_schema_against_the_floor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(home=tmp_path / "home", as_of=AS_OF, salt="a salt for the tests")
    with opened(settings) as connection:
        fill(connection, ANSWERS, settings.order_value_labels)
        months = data_months(connection, settings)
        assert months is not None
        floor = min(seconds(lambda: frame(connection.sql(FLOOR))) for _ in range(3))
        # One range run: what its figures read is read once.
        kept: Kept = {}
        taken = {
            figure.table: compute(connection, figure, months, settings, run_id="bench", kept=kept).seconds
            for figure in FIGURES
            if figure.schema == "nps"
        }
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    total = sum(taken.values()) / floor
    with capsys.disabled():
        print(f"\nfloor {floor:.2f} s")
        for table, time_ in taken.items():
            print(f"{table} {time_:.2f} s, {time_ / floor:.1f} floors")
        print(f"schema nps {sum(taken.values()):.2f} s, {total:.1f} floors; peak memory {gib:.2f} GiB")
    assert total <= ALLOWED_RATIO
    assert gib < ALLOWED_GIB
