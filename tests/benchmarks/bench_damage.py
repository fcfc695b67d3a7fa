"""2,000 randomly damaged files; the default suite loads a few hundred."""

import time
from collections.abc import Callable
from pathlib import Path

from tests.raw.conftest import Shop, make_shop
from tests.raw.test_damage import land_and_load

__all__ = ["make_shop"]
FILES, ROUNDS, FIRST_SEED = 250, 8, 100


def test_two_thousand_damaged_files(make_shop: Callable[..., Shop], tmp_path: Path) -> None:
    started = time.monotonic()
    for seed in range(FIRST_SEED, FIRST_SEED + ROUNDS):
        land_and_load(make_shop(), tmp_path / f"scratch{seed}", FILES, seed)
    print(f"\n{FILES * ROUNDS} damaged files in {time.monotonic() - started:.0f} s")
