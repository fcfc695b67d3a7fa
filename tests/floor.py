"""A floor of the quick loop's coverage for each module of assets/ and pipelines/: none is left to the slow tests.

Here: reading the measurement of `make test COVERAGE=1`. Not here: the floor of the whole (pyproject.toml).
"""

import sys
from pathlib import Path

import coverage

ROOT = Path(__file__).resolve().parents[1]
FLOOR = 70.0


def shares(measured: coverage.Coverage) -> dict[str, float]:
    """The executed per cent of the statements of every module; 100 for one without statements."""
    covered = {}
    for folder in ("assets", "pipelines"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            _, statements, _, missing, _ = measured.analysis2(str(path))
            share = 1 - len(missing) / len(statements) if statements else 1.0
            covered[path.relative_to(ROOT).as_posix()] = 100 * share
    return covered


def main() -> int:
    """Name the modules below the floor; the exit code."""
    measured = coverage.Coverage(config_file=str(ROOT / "pyproject.toml"))
    measured.load()
    low = {name: share for name, share in shares(measured).items() if share < FLOOR}
    for name, share in low.items():
        print(f"{name}: the quick loop executes {share:.0f} % of it, below {FLOOR:.0f} %")
    return int(bool(low))


if __name__ == "__main__":
    sys.exit(main())
