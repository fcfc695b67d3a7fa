"""Processor seconds of a night of a shop with nine answers, after imports and without Dagster, by stage.

Here: the first night, one without news and one that brings an answer, each in a process of its own, as nights are;
printed is the least of a few. Not here: large shops (bench_nps.py, bench_value.py).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from night import figures, land, settings_for
from shop_files import SHOP

from pipelines.core.conform import conform
from pipelines.publish import publish
from pipelines.raw.load import load
from pipelines.warehouse.connection import opened

RUNS = 5
# Far above what a quiet machine takes: on a shared one a second of processor does half as much.
MOST_SECONDS = 3.0
ANSWER = {"more.csv": "response_id,responded_at,score,customer_email\nj,2025-03-20T09:00:00Z,8,ann@example.com\n"}
NIGHTS = {
    "first": ("2025-03-31T12:00:00Z", SHOP),
    "without news": ("2025-03-31T13:00:00Z", {}),
    "one answer": ("2025-03-31T14:00:00Z", ANSWER),
}


def measured(home: Path, as_of: str) -> dict[str, float]:
    """Processor seconds of a night in this process and of its stages."""
    settings = settings_for(home, as_of=as_of)
    marks = [time.process_time()]
    with opened(settings) as connection:
        marks.append(time.process_time())
        for stage in (load, conform, figures, publish):
            stage(connection, settings)
            marks.append(time.process_time())
    marks.append(time.process_time())
    names = ("opening", "load", "conform", "figures", "publish", "closing")
    stages = {name: after - before for name, before, after in zip(names, marks, marks[1:], strict=False)}
    return {"night": marks[-1] - marks[0], **stages}


def test_a_night_of_nine_answers(tmp_path: Path) -> None:
    paths = os.pathsep.join(str(path) for path in Path(__file__).resolve().parents[1:3])
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in NIGHTS}
    for run in range(RUNS):
        home = tmp_path / str(run)
        for name, (as_of, files) in NIGHTS.items():
            land(settings_for(home), files)
            command = [sys.executable, __file__, str(home), as_of]
            output = subprocess.check_output(command, env=os.environ | {"PYTHONPATH": paths}, text=True)
            taken[name].append(json.loads(output))
    for name, runs in taken.items():
        least = {stage: min(run[stage] for run in runs) for stage in runs[0]}
        print(f"{name:>12}: " + ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in least.items()))
        assert least["night"] < MOST_SECONDS


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]), sys.argv[2])), flush=True)
    os._exit(0)
