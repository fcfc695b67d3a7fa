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


@pytest.mark.first(2)
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


@pytest.mark.first(2)
@pytest.mark.parametrize(
    ("totals", "reporting", "currencies", "told"),
    [
        (("$12.50", "$2.00"), "EUR", [None, None], [("$", 2, 14.5, "a:0")]),
        (("$12.50", "$2.00"), "USD", [None, None], []),
        (("$12.50", "2.00"), None, [None, None], []),
        (("€12.50", "2.00 EUR"), "USD", ["EUR", "EUR"], []),
        (("12.50", "1,200.50"), "EUR", [None, None], []),
        (("$12.50,CAD", "2.00,EUR"), "EUR", ["CAD", "EUR"], []),
        (("€12.50,EUR", "£2.00,EUR"), "EUR", ["EUR", "EUR"], [("GBP", 1, 2.0, "a:1")]),
        (("€12.50,", "$2.00,"), "EUR", ["EUR", None], [("$", 1, 2.0, "a:1")]),
    ],
)
def test_a_canonical_amount_says_its_currency_where_no_column_does(
    tmp_path: Path, totals: tuple[str, ...], reporting: str | None, currencies: list[str | None], told: list[object]
) -> None:
    settings = Settings(
        home=tmp_path, salt="a salt for the tests", currency=reporting, as_of=datetime(2026, 6, 1, tzinfo=UTC)
    )
    settings.landing.mkdir()
    has_column = any(total[-1] == "," or (total[-3:].isupper() and "," in total) for total in totals)
    rows = []
    for n, total in enumerate(totals):
        amount, _, currency = total.rpartition(",") if has_column else (total, "", "")
        rows.append(f'a:{n},2025-05-0{n + 1} 10:00:00,"{amount}"{"," + currency if has_column else ""}\n')
    header = "order_id,ordered_at,total" + (",currency" if has_column else "") + "\n"
    (settings.landing / "orders.csv").write_text(header + "".join(rows))
    with opened(settings) as connection:
        load(connection, settings)
        conform(connection, settings)
        assert connection.sql("SELECT currency FROM vault.raw.orders ORDER BY order_id").fetchall() == [
            (currency,) for currency in currencies
        ]
        assert [(*row[:2], float(row[2]), row[3]) for row in connection.sql(TOLD).fetchall()] == told
