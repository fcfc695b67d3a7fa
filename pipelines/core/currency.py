"""The currency in which money is reported.

Here: which one it is, and what the operator is told when money cannot be converted to it. Not here: converting
(sql/macros/core/money.sql).
"""

from __future__ import annotations

import duckdb

from pipelines.settings import Settings

# ISO 4217 "no currency": the data name none, so all money is of one currency without a name.
NO_CURRENCY = "XXX"


def reporting_currency(connection: duckdb.DuckDBPyConnection, settings: Settings) -> str | None:
    """NORTHSTAR_CURRENCY, else the one currency of all orders; None when they have several."""
    if settings.currency:
        return settings.currency
    currencies = connection.sql(
        "SELECT DISTINCT currency FROM vault.raw.orders WHERE currency IS NOT NULL LIMIT 2"
    ).fetchall()
    if len(currencies) > 1:
        return None
    return str(currencies[0][0]) if currencies else NO_CURRENCY


def money_message(connection: duckdb.DuckDBPyConnection, currency: str | None, without_rate: int) -> str | None:
    """What keeps money from being counted, in words for the operator; None when nothing does.

    Args:
        connection: the warehouse.
        currency: the reporting currency, None when it is undecided.
        without_rate: orders without an exchange rate.
    """
    if currency is None:
        [(currencies,)] = connection.sql(
            "SELECT string_agg(DISTINCT currency, ', ' ORDER BY currency) FROM core.orders"
        ).fetchall()
        return (
            f"Orders are in several currencies ({currencies}) and NORTHSTAR_CURRENCY is not set: scores are computed, "
            "money is not. Set it to the currency you report in and drop a file of exchange_rates."
        )
    if without_rate:
        return f"{without_rate} orders have no exchange rate within 7 days of their day: their money is not counted."
    return None
