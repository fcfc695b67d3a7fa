"""What the macros of shop exports make of texts: currencies, refunds, Square's zones, the frame of eBay's report."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipelines.raw.macros import install_macros
from pipelines.warehouse.connection import set_pseudonym


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(":memory:")
    set_pseudonym(connection, b"a salt for the tests")
    install_macros(connection)
    yield connection
    connection.close()


def call(connection: duckdb.DuckDBPyConnection, macro: str, *texts: str | None) -> object:
    places = ", ".join(f"${number}::VARCHAR" for number in range(1, len(texts) + 1))
    return connection.sql(f"SELECT {macro}({places})", params=list(texts)).fetchall()[0][0]


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("€49.00", "EUR"),
        ("1 249,00 €", "EUR"),
        ("£1,000.00", "GBP"),
        ("EUR 90,00", "EUR"),
        ("12.50 PLN", "PLN"),
        ("CHF 1’234.50", "CHF"),
        ("1.234,56 zł", "PLN"),
        ("AU $3,013.00", "AUD"),
        ("US $12.50", "USD"),
        ("US$12.50", "USD"),
        ("C $12.50", "CAD"),
        ("R$ 1.234,56", "BRL"),
        ("$49.00", None),
        ("($11.00)", None),
        ("¥1,234", None),
        ("kr 1 234,50", None),
        ("49.00", None),
        (None, None),
    ],
)
def test_the_currency_an_amount_names(
    connection: duckdb.DuckDBPyConnection, amount: str | None, currency: str | None
) -> None:
    assert call(connection, "named_currency", amount) == currency


@pytest.mark.parametrize(
    ("amount", "sign"),
    [
        ("$49.00", "$"),
        ("($11.00)", "$"),
        ("¥1,234", "¥"),
        ("kr 1 234,50", "kr"),
        ("US $5", None),
        ("€5", None),
        ("5", None),
    ],
)
def test_the_sign_of_an_amount_that_names_no_currency(
    connection: duckdb.DuckDBPyConnection, amount: str, sign: str | None
) -> None:
    assert call(connection, "unnamed_sign", amount) == sign


@pytest.mark.parametrize(
    ("amount", "back"),
    [
        ("15.50", "15.50"),
        ("-20", "20"),
        ("($11.00)", "$11.00"),
        ("12.50-", "12.50"),
        ("-$5.00", "$5.00"),
        ("0", None),
        ("0.00", None),
        ("€0,00", None),
        ("", None),
        (None, None),
    ],
)
def test_an_amount_given_back_has_no_sign_and_zero_is_none(
    connection: duckdb.DuckDBPyConnection, amount: str | None, back: str | None
) -> None:
    assert call(connection, "given_back", amount) == back


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("London", "Europe/London"),
        ("America/Chicago", "America/Chicago"),
        ("MDT", "MDT"),
        ("Somewhere", "Somewhere"),
    ],
)
def test_square_writes_zones_in_words(connection: duckdb.DuckDBPyConnection, written: str, zone: str) -> None:
    assert call(connection, "square_zone", written) == zone


def test_every_zone_of_square_is_one(connection: duckdb.DuckDBPyConnection) -> None:
    unknown = connection.sql(
        "SELECT zone FROM (SELECT unnest([square_zone(name) FOR name IN ['Eastern Time (US & Canada)', 'Arizona', "
        "'Atlantic Time (Canada)', 'Newfoundland', 'Indiana (East)', 'Central Time (US & Canada)', 'Saskatchewan', "
        "'Mountain Time (US & Canada)', 'Pacific Time (US & Canada)', 'Alaska', 'Hawaii', 'Dublin', 'Paris', 'Madrid', "
        "'Tokyo', 'Osaka', 'Sapporo', 'Sydney', 'Melbourne', 'Canberra', 'Brisbane', 'Adelaide', 'Darwin', 'Perth', "
        "'Hobart', 'Edinburgh', 'UTC']]) AS zone) ANTI JOIN pg_timezone_names() AS known ON known.name = zone"
    ).fetchall()
    assert unknown == []


@pytest.mark.parametrize(
    ("cells", "is_frame"),
    [
        (("", "", "", "", ""), True),
        (("2", "record(s) downloaded,", "", "", ""), True),
        (("38 record(s) downloaded", "", "", "", ""), True),
        (("Seller ID : a_seller", "", "", "", ""), True),
        (("149", "11-1", "2201", "$95.00", "Sep-18-25"), False),
        (("149", "11-1", "", "$95.00", "Sep-18-25"), False),
        (("149", "11-1", "", "", ""), False),
        (("3", "record(s) downloaded,", "Sep-30-25", "", ""), True),
    ],
)
def test_the_frame_of_ebay_s_report(
    connection: duckdb.DuckDBPyConnection, cells: tuple[str, ...], is_frame: bool
) -> None:
    assert call(connection, "is_ebay_frame", *cells) is is_frame
