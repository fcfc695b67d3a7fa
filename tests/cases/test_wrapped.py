"""Records that Singer and Airbyte have wrapped, as reported. Other inputs: tests/raw/files/test_wrapped.py."""

from __future__ import annotations

import pytest
from shared_files import CASES, needed

from tests.raw.conftest import Shop


@pytest.mark.parametrize("name", ["airbyte.jsonl", "delighted.jsonl"])
def test_the_cases(shop: Shop, name: str) -> None:
    shop.drop(name, needed(CASES / "singer_and_airbyte" / name).read_bytes())
    shop.load()
    assert shop.rows("files", "status", "format", "accepted", "rejected") == [("loaded", "delighted", "3", "0")]
    assert shop.rows("responses", "response_id", "score") == [("100", "9"), ("101", "0"), ("102", "7")]
