"""Items whose orders landed nowhere are told: they count nowhere, and nothing else would say so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.core.conform import conform
from pipelines.raw.load import load
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened

ITEMS = "order_id,line_id,quantity,unit_price\nA1,1,2,10\nA1,2,1,5\nA2,1,1,7\n"
TOLD = "SELECT subject, records, example FROM ops.doubts WHERE doubt = 'lines_without_order'"


@pytest.mark.first(1)
@pytest.mark.parametrize(
    ("orders", "told"),
    [
        ("", [("canonical", 3, "A1")]),
        ("A1,2025-05-01,25\n", [("canonical", 1, "A2")]),
        ("A1,2025-05-01,25\nA2,2025-05-02,7\n", []),
    ],
)
def test_items_of_orders_that_no_file_holds_are_told(tmp_path: Path, orders: str, told: list[object]) -> None:
    settings = Settings(home=tmp_path, salt="a salt for the tests", as_of=datetime(2026, 6, 1, tzinfo=UTC))
    settings.landing.mkdir()
    (settings.landing / "items.csv").write_text(ITEMS)
    if orders:
        (settings.landing / "orders.csv").write_text(f"order_id,ordered_at,total\n{orders}")
    with opened(settings) as connection:
        load(connection, settings)
        conform(connection, settings)
        assert connection.sql(TOLD).fetchall() == told
