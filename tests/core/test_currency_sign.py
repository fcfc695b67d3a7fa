"""Dollars in a shop that reports in euros are told: their file names no currency, so they count as euros."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.core.conform import conform
from pipelines.raw.load import load
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened

HEADER = "ID;Reference;New client;Delivery;Customer;Total;Payment;Status;Date\n"
TOLD = "SELECT subject, records, money, example FROM ops.doubts WHERE doubt = 'currency_sign'"


@pytest.mark.parametrize(
    ("amounts", "currency", "told"),
    [
        (("$10.50", "$2.00"), "EUR", [("$", 2, 12.5, "prestashop:0")]),
        (("$10.50", "$2.00"), "USD", []),
        (("$10.50", "$2.00"), None, []),
        (("€10.50", "€2.00"), "EUR", []),
        (("€10.50", "$2.00"), None, [("$", 1, 2.0, "prestashop:1")]),
        (("10.50", "2.00"), "EUR", []),
    ],
)
def test_amounts_with_the_sign_of_another_currency_are_told(
    tmp_path: Path, amounts: tuple[str, ...], currency: str | None, told: list[object]
) -> None:
    settings = Settings(
        home=tmp_path, salt="a salt for the tests", currency=currency, as_of=datetime(2026, 6, 1, tzinfo=UTC)
    )
    settings.landing.mkdir()
    rows = (f"{n};R{n};1;Spain;I. Q;{amount};Card;Paid;2025-05-0{n + 1} 10:00:00\n" for n, amount in enumerate(amounts))
    (settings.landing / "orders.csv").write_text(HEADER + "".join(rows))
    with opened(settings) as connection:
        load(connection, settings)
        conform(connection, settings)
        assert [(*row[:2], float(row[2]), row[3]) for row in connection.sql(TOLD).fetchall()] == told
