"""What all tests share.

Here: settings of the environment and of hypothesis. Not here: fixtures of one schema (beside its tests) and helpers
(night.py, shop_files.py).
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:
    from pipelines.settings import Settings

# Deadlines measure the machine, and CI's is shared; the seed is fixed so that CI says the same twice.
hypothesis_settings.register_profile("northstar", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis_settings.load_profile("northstar")

# The operator's own shop must not reach into the tests.
for name in [name for name in os.environ if name.startswith(("NORTHSTAR_", "DAGSTER_"))]:
    if not name.startswith("NORTHSTAR_TEST_"):
        del os.environ[name]
# The page takes seconds, and hundreds of tests publish; those of the page turn it on.
os.environ["NORTHSTAR_REPORT"] = "false"

# The longest files, the longest of all first: begun last, one of them would keep one processor while others idle.
LONGEST = (
    "test_browser.py",
    "test_crash.py",
    "test_real_data.py",
    "test_cli.py",
    "test_demo.py",
    "test_the_law.py",
    "test_unattended.py",
    "test_adversity.py",
    "test_damage.py",
    "test_erasure.py",
    "test_rebuild.py",
    "test_jobs.py",
    "test_why.py",
    "test_compute.py",
    "test_checks.py",
    "test_load.py",
    "test_survey_formats.py",
    "test_order_formats.py",
    "test_draft_kinds.py",
    "test_orders.py",
)
EXIT_CODE = pytest.StashKey[int]()


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The home of the small shop after its first night, at 2025-03-31T12:00:00Z, made once for all workers: copy it."""
    from night import land, night, settings_for
    from shop_files import SHOP

    from pipelines.warehouse.lock import exclusive

    base = tmp_path_factory.getbasetemp()
    home = (base if worker_id == "master" else base.parent) / "first_night"
    with exclusive(home.with_suffix(".lock"), "the first night", on_wait=lambda _: None):
        if not home.exists():
            settings = settings_for(home.with_suffix(".draft"), as_of="2025-03-31T12:00:00Z")
            land(settings, SHOP)
            night(settings)
            settings.home.rename(home)
    return home


@pytest.fixture(scope="session")
def simulated_year(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Settings:
    """A shop of 600 simulated customers after a night at 2025-06-20T12:00:00Z, made once for all workers: only read."""
    from night import night, settings_for

    from pipelines.simulate import simulate
    from pipelines.warehouse.lock import exclusive

    base = tmp_path_factory.getbasetemp()
    home = (base if worker_id == "master" else base.parent) / "simulated_year"
    values = {"as_of": "2025-06-20T12:00:00Z", "currency": "EUR", "timezone": "Europe/Paris"}
    with exclusive(home.with_suffix(".lock"), "the simulated year", on_wait=lambda _: None):
        if not home.exists():
            settings = settings_for(home.with_suffix(".draft"), **values)
            simulate(settings.landing, customers=600, months=14, seed=3, end=date(2025, 6, 21))
            night(settings)
            settings.home.rename(home)
    return settings_for(home, **values)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what the marker `first` leaves out of the quick loop, and begin with the longest files."""
    cases: Counter[str] = Counter()
    for item in items:
        for marker in item.iter_markers("first"):
            test = item.nodeid.partition("[")[0]
            if cases[test] >= marker.args[0]:
                item.add_marker("slow")
            cases[test] += 1
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remember how the session went."""
    session.config.stash[EXIT_CODE] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave without the page of leak notices DuckDB 2.0 prints when the interpreter ends."""
    sys.stdout.flush()
    sys.stderr.flush()
    if EXIT_CODE in config.stash:
        os._exit(config.stash[EXIT_CODE])
