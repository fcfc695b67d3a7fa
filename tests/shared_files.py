"""The files that lie beside the project: real data, and the inputs that were reported.

Here: where they are, and what a test does where they are absent. Not here: loading them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("NORTHSTAR_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
CASES = DATA.parent / "cases"


def needed(path: Path) -> Path:
    """The path, or a skip; in CI (NORTHSTAR_TEST_REQUIRE_REAL_DATA) a missing path is a failure."""
    if not path.exists():
        message = f"not on this machine: {path.parent.name}/{path.name}"
        if os.environ.get("NORTHSTAR_TEST_REQUIRE_REAL_DATA"):
            pytest.fail(message)
        pytest.skip(message)
    return path


def case(name: str) -> list[Path]:
    """The files of one reported input, by name."""
    return sorted(path for path in needed(CASES / name).iterdir() if path.is_file())
