"""Reported inputs and their kinds are left to `make test-all`; the shop of tests/raw serves here too.

The reported inputs lie beside the project. The quick loop keeps the macros, formats and statements they showed wrong
(tests/core, tests/raw).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.raw.conftest import make_shop, shop

__all__ = ["make_shop", "shop"]

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder as slow, before pytest leaves out what is marked so."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.slow)
