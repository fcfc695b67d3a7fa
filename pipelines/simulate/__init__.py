"""A simulated shop whose truth is known: for the demo, the tests and the benchmarks.

Here: drawing a shop from stated parameters (world, comments), writing the files its tools would export (exports), and
what is planted and must be found in them (truth). Not here: anything that reads those files; the simulator knows the
exports' formats, never the pipelines' tables. The same arguments give the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.simulate.exports import write_exports
from pipelines.simulate.truth.document import truth_of
from pipelines.simulate.truth.parameters import Parameters
from pipelines.simulate.world import build

__all__ = ["Parameters", "Simulated", "simulate"]


@dataclass(frozen=True)
class Simulated:
    """The files written, and the truth behind them."""

    files: tuple[Path, ...]
    truth_path: Path
    customers: int
    orders: int
    responses: int
    truth: dict[str, Any]


def simulate(
    out: Path,
    *,
    customers: int,
    months: int,
    seed: int,
    end: date,
    zone: str = "Europe/Paris",
    truth: Path | None = None,
    parameters: Parameters | None = None,
) -> Simulated:
    """Write the exports of a shop under a landing folder and its truth beside the folder.

    Args:
        out: landing folder; made if missing, files of the same names are replaced, others stay.
        customers: people who order or are surveyed.
        months: calendar months of history; the last one is that of the day before `end`.
        seed: the same seed and arguments give the same bytes.
        end: the first day that has not happened.
        zone: business time zone (IANA).
        truth: file of the truth, outside the landing folder; by default `<out>_truth.json` beside it.
        parameters: the shop to draw; by default `Parameters()`.

    Raises:
        ValueError: there is nobody or no time to simulate, or the truth would land among the exports.
    """
    truth_path = truth or out.parent / f"{out.name}_truth.json"
    if truth_path.resolve().is_relative_to(out.resolve()):
        message = f"the truth file {truth_path} lies in the landing folder {out}; write it elsewhere"
        raise ValueError(message)
    world = build(customers=customers, months=months, seed=seed, end=end, zone=zone, parameters=parameters)
    facts = {"customers": customers, "months": months, "seed": seed} | truth_of(world)
    files = write_exports(world, out, seed)
    truth_path.parent.mkdir(parents=True, exist_ok=True)
    truth_path.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="")
    return Simulated(tuple(files), truth_path, len(world.people), len(world.orders), len(world.answers), facts)
