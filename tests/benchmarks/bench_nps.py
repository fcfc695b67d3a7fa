"""The whole nps schema over 36 months, a million answers and twelve dimensions, against one joined GROUP BY."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import pytest
from benchmarks.nps_warehouse import AS_OF, FLOOR, fill

from pipelines.figures import FIGURES
from pipelines.figures.compute import compute
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened
from pipelines.warehouse.frames import frame
from pipelines.warehouse.read import Readings
from pipelines.warehouse.stale import data_months

ANSWERS = 1_000_000
ALLOWED_RATIO = 20
ALLOWED_GIB = 4


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor seconds; on a busy machine only the latter is meaningful."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def test_the_schema_against_the_floor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(home=tmp_path / "home", as_of=AS_OF, salt="a salt for the tests")
    # One run over a range: figures share what they read.
    readings: Readings = {}
    taken, floors = {}, []
    with opened(settings) as connection:
        fill(connection, ANSWERS, settings.order_value_labels)
        months = data_months(connection, settings)
        assert months is not None
        frame(connection.sql(FLOOR))
        for figure in (figure for figure in FIGURES if figure.schema == "nps"):
            # Alternating, so that other load affects both alike.
            floors.append(seconds(lambda: frame(connection.sql(FLOOR))))
            work = partial(compute, connection, figure, months, settings, run_id="bench", readings=readings)
            taken[figure.table] = seconds(work)
    floor = tuple(median(times) for times in zip(*floors, strict=True))
    whole = tuple(sum(times) for times in zip(*taken.values(), strict=True))
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    with capsys.disabled():
        print(f"\nfloor {floor[0]:.2f} s, of processors {floor[1]:.2f} s; peak memory {gib:.2f} GiB")
        for table, (wall, processor) in [*taken.items(), ("schema nps", whole)]:
            print(f"{table} {wall:.2f} s, {wall / floor[0]:.1f} floors; {processor / floor[1]:.1f} of processors")
    assert whole[0] <= ALLOWED_RATIO * floor[0]
    assert gib < ALLOWED_GIB
