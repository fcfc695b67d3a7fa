"""Records that Singer and Airbyte have wrapped, as reported. Other inputs: tests/raw/files/test_wrapped.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.raw.conftest import Shop

CASES = Path(__file__).parents[3] / "shared" / "cases" / "singer_and_airbyte"


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not beside this project")
@pytest.mark.parametrize("case", sorted(path.name for path in CASES.glob("*")) if CASES.is_dir() else [])
def test_the_cases(shop: Shop, case: str) -> None:
    shop.drop(case, (CASES / case).read_bytes())
    shop.load()
    assert shop.rows("files", "status", "format", "accepted", "rejected") == [("loaded", "delighted", "3", "0")]
    assert shop.rows("responses", "response_id", "score") == [("100", "9"), ("101", "0"), ("102", "7")]
