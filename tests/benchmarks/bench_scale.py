"""The whole job from 0.1 to 10 million orders, beside DuckDB's plain reading and beside what a user would write.

    make bench-scale ARGS="--people 10000 100000 --peers sql pandas pyspark --json now.json --against then.json"

Here: seconds, processor seconds and peak memory of every stage, each in a process of its own, as ratios to the floor of
the same run: DuckDB reading the same three files into tables and one joined GROUP BY. Not here: the shop
(large_shop.py), the peers (scale_peers.py), Dagster's own time. tests/benchmarks/README.md has figures and machine.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import large_shop
import scale_peers

Measured = dict[str, dict[str, float]]
WARN, FAIL = 1.25, 1.60


def settings_for(home: Path, landing: Path, as_of: str) -> Any:
    from pipelines.settings import Settings

    return Settings(
        home=home,
        landing=landing,
        as_of=datetime.fromisoformat(as_of),
        first_month=datetime.fromisoformat(large_shop.FIRST).date(),
        salt="a salt for the benchmark",
        counting="all",
    )


class Clock:
    """Seconds and processor seconds of the stages of this process."""

    def __init__(self) -> None:
        self.stages: Measured = {}

    def timed(self, name: str, stage: Callable[[], object]) -> None:
        """Run and measure a stage; stages of one name are added up."""
        wall, work = time.perf_counter(), time.process_time()
        stage()
        took = self.stages.setdefault(name, {"seconds": 0.0, "processor": 0.0, "peak": 0.0})
        took["seconds"] += time.perf_counter() - wall
        took["processor"] += time.process_time() - work
        took["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def night(home: Path, landing: Path, as_of: str) -> Measured:
    """What a scheduled night does, without Dagster."""
    from pipelines.core.conform import conform
    from pipelines.figures import BY_TABLE, FIGURES
    from pipelines.figures.compute import compute, stale_range
    from pipelines.publish import publish
    from pipelines.raw.load import load
    from pipelines.warehouse.connection import opened

    settings, clock = settings_for(home, landing, as_of), Clock()
    with opened(settings) as connection:
        clock.timed("raw", lambda: load(connection, settings))
        clock.timed("core", lambda: conform(connection, settings))
        months = stale_range(connection, settings)
        readings: dict[Any, Any] = {}
        for figure in FIGURES if months else ():
            clock.timed(
                figure.schema,
                lambda figure=figure: compute(
                    connection, figure, months, settings, run_id="scale", readings=readings, together=list(BY_TABLE)
                ),
            )
        clock.timed("publish", lambda: publish(connection, settings))
    return clock.stages


def same_work(home: Path, landing: Path, as_of: str) -> Measured:
    """The peers' figures from core on, by the functions that the tables are made of."""
    import polars as pl

    from pipelines.nps.counting.count import ALL, count
    from pipelines.periods import Clock as Now
    from pipelines.periods import Span, Window, next_month, windows
    from pipelines.value.month_end import Walk
    from pipelines.value.months import months_of
    from pipelines.value.sources import facts_of
    from pipelines.warehouse.connection import opened
    from pipelines.warehouse.happened import Happened

    settings, clock = settings_for(home, landing, as_of), Clock()
    now = Now(settings.as_of, settings.timezone)
    span = Span(Window(settings.first_month, next_month(now.open_month)), now)
    figures: dict[str, Any] = {}

    def make() -> None:
        with opened(settings) as connection:
            facts = facts_of(Happened(connection, span.months.end, now, {}), clock=now)
            counted = count(facts.responses, windows(span, grains=("month",)), clock=now, counting="all")
            scores = counted.filter(pl.col("stage") == ALL).sort("period_start")
            figures["answers"] = scores.select("promoters", "passives", "detractors").rows()
            ends = [end.people for end in Walk(facts, months_of(span), settings).ends()]
            figures["states"] = [
                (people.height, int(people["orders"].sum()), int(people["revenue"].sum())) for people in ends
            ]
            by_category = ends[-1].group_by("category").agg(pl.len(), pl.col("revenue").sum())
            figures["categories"] = sorted((str(name), count, int(cents)) for name, count, cents in by_category.rows())

    clock.timed("northstar", make)
    return clock.stages | {"figures": figures}


def in_a_process(*arguments: object) -> dict[str, Any]:
    """What this file prints for a part of the work, run in a fresh process."""
    command = [sys.executable, __file__, "--part", *map(str, arguments)]
    return json.loads(subprocess.check_output(command, text=True).splitlines()[-1])


def part(name: str, home: str, landing: str, as_of: str) -> dict[str, Any]:
    """One measured part."""
    parts: dict[str, Callable[[Path, Path, str], Any]] = {"night": night, "same": same_work}
    if name in parts:
        return dict(parts[name](Path(home), Path(landing), as_of))
    clock, figures = Clock(), {}
    clock.timed(name, lambda: figures.update(scale_peers.PEERS[name](Path(landing))))
    return {**clock.stages, "figures": figures}


def measure(people: int, peers: list[str]) -> dict[str, Any]:
    """Everything for a shop of this many customers."""
    with tempfile.TemporaryDirectory() as place:
        home, landing = Path(place) / "home", Path(place) / "landing"
        orders = large_shop.draw(people, landing)
        floors = sorted((in_a_process("floor", home, landing, "")["floor"] for _ in range(3)), key=_processor)
        result: dict[str, Any] = {"orders": orders, "floor": floors[1]}
        result["build"] = in_a_process("night", home, landing, large_shop.CLOCK)
        same = in_a_process("same", home, landing, large_shop.CLOCK)
        result["peers"] = {"northstar": same["northstar"]}
        for name in peers:
            theirs = in_a_process(name, home, landing, "")
            result["peers"][name] = theirs[name]
            for figure, value in same["figures"].items():
                if theirs["figures"][figure] != value:
                    message = f"{name} has other figures: {figure}"
                    raise SystemExit(message)
        result["nothing new"] = in_a_process("night", home, landing, large_shop.CLOCK.replace("T12", "T13"))
        large_shop.draw_night(people, landing)
        result["night"] = in_a_process("night", home, landing, large_shop.NEXT)
        return result


def _processor(took: dict[str, float]) -> float:
    return took["processor"]


def told(result: dict[str, Any]) -> str:
    """A few lines for people."""
    floor = result["floor"]
    lines = [
        f"{result['orders']:,} orders; floor {floor['seconds']:.1f} s, {floor['processor']:.1f} s of processor, "
        f"{floor['peak']:.1f} GiB"
    ]
    for name in ("build", "night", "nothing new"):
        stages = result[name]
        seconds, processor = (sum(stage[key] for stage in stages.values()) for key in ("seconds", "processor"))
        peak = max(stage["peak"] for stage in stages.values())
        parts = ", ".join(f"{stage} {took['seconds']:.1f}" for stage, took in stages.items())
        lines.append(
            f"{name:>12}: {seconds:.1f} s ({seconds / floor['seconds']:.1f} floors), {processor:.1f} s of processor, "
            f"{peak:.1f} GiB ({parts})"
        )
    lines += [
        f"{name:>12}: {took['seconds']:.1f} s, {took['processor']:.1f} s of processor, {took['peak']:.1f} GiB"
        for name, took in result["peers"].items()
    ]
    return "\n".join(lines)


def compared(results: dict[str, Any], stored: dict[str, Any]) -> int:
    """Compare processor seconds per floor with stored ones; 1 if a stage is much worse."""
    worst = 0
    for people, result in results.items():
        for name in ("build", "night", "nothing new"):
            now, before = (
                sum(stage["processor"] for stage in each[name].values()) / each["floor"]["processor"]
                for each in (result, stored[people])
            )
            if now > WARN * before:
                print(f"{name} of {people} customers: {now:.1f} floors of processor, {before:.1f} when stored")
            worst = max(worst, int(now > FAIL * before))
    return worst


def main() -> int:
    """Measure, print, store, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", nargs=4)
    parser.add_argument("--people", nargs="+", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--peers", nargs="*", default=list(scale_peers.found()))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--against", type=Path)
    options = parser.parse_args()
    if options.part:
        print(json.dumps(part(*options.part)), flush=True)
        os._exit(0)
    results = {}
    for people in options.people:
        results[str(people)] = measure(people, options.peers)
        print(told(results[str(people)]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return compared(results, json.loads(options.against.read_text(encoding="utf-8"))) if options.against else 0


if __name__ == "__main__":
    sys.exit(main())
