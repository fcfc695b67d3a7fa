"""Amounts: what the column tells about their decimal sign, and what is refused where nothing tells."""

from __future__ import annotations

from cases.small_shop import REFUSED, Night, csv
from shared_files import case

TOTALS = "SELECT order_id, total::VARCHAR FROM vault.raw.orders ORDER BY order_id"


def totals(night: Night) -> list[str]:
    """The totals read, without trailing zeros."""
    [rows] = night.landed(TOTALS)
    return [f"{float(total):g}" for _, total in rows]


def shop(tmp_path, *amounts: str, currency: str = "EUR", **settings: str) -> Night:
    rows = [[f"o{n:02}", "2025-05-01", amount, currency] for n, amount in enumerate(amounts)]
    return Night(tmp_path, **settings).land(("orders.csv", csv("order_id,ordered_at,total,currency", *rows)))


def test_thirty_three_ways_to_write_money(tmp_path):
    night = Night(tmp_path).land(*case("money_forms"))
    [rows, refused] = night.landed(TOTALS, "SELECT reason, value FROM ops.rejected ORDER BY row_number")
    assert {name: f"{float(total):g}" for name, total in rows} == {
        "N02": "1.2345e+07",
        "N06": "1234.56",
        "N07": "1234.56",
        "N08": "1234.5",
        "N09": "12.5",
        "N10": "12.5",
        "N11": "-11",
        "N12": "-5",
        "N13": "-5",
        "N14": "-12.5",
        "N15": "1234.5",
        "N16": "1234.5",
        "N19": "12.5",
        "N20": "1249",
        "N21": "123456",
        "N22": "123456",
        "N23": "12.5",
        "N24": "12.5",
        "N25": "12.5",
        "N26": "1249",
        "N27": "49",
        "N28": "49",
        "N31": "12",
    }
    # The column shows both decimal signs, so nothing tells what a lone separator is.
    ambiguous = ["150.000", "1.234", "Rp 150.000", "Rp150.000", "150.000 ₫", "1,234", "12,345", "£1,249", "¥1,234"]
    assert [reason for reason, _ in refused] == ["ambiguous_number"] * 9 + ["not_a_number"]
    assert [value for _, value in refused][:2] == ambiguous[:2]


# Amounts of one column, and how they are read; None where nothing tells.
COLUMNS = [
    (["150.000", "75.000", "9.500"], ["150000", "75000", "9500"]),
    (["150.000", "500"], None),
    (["150.000", "75.500", "500"], ["150000", "75500", "500"]),
    (["1.234", "5,50"], ["1234", "5.5"]),
    (["1.234", "5.50"], ["1.234", "5.5"]),
    (["1,234", "5.50"], ["1234", "5.5"]),
    (["1,234", "1.234.567"], ["1.234", "1.23457e+06"]),
    (["1.234"], None),
    (["1.234", "1,234", "12.500"], None),
    (["1.250", "9.750", "12500"], None),
    (["0.150", "1.250"], ["0.15", "1.25"]),
]


def test_what_tells_the_decimal_sign(tmp_path):
    night = Night(tmp_path)
    for number, (amounts, _) in enumerate(COLUMNS):
        rows = [[f"{number:02}-{n}", "2025-05-01", amount, "EUR"] for n, amount in enumerate(amounts)]
        night.land((f"{number:02}.csv", csv("order_id,ordered_at,total,currency", *rows)))
    reasons = "SELECT DISTINCT left(record->>'order_id', 2), reason FROM ops.rejected ORDER BY ALL"
    [rows, refused] = night.landed(TOTALS, reasons)
    read = {
        name: [f"{float(total):g}" for order, total in rows if order.startswith(name)]
        for name in sorted({order[:2] for order, _ in rows} - {name for name, _ in refused})
    }
    assert read == {f"{number:02}": told for number, (_, told) in enumerate(COLUMNS) if told}
    assert refused == [(f"{number:02}", "ambiguous_number") for number, (_, told) in enumerate(COLUMNS) if not told]


def test_the_currency_tells_how_many_decimals_there_are(tmp_path):
    night = Night(tmp_path)
    for currency in ("KWD", "OMR", "JPY", "VND"):
        for number, amount in enumerate(("1.234", "1,234")):
            row = [f"{currency}{number}", "2025-05-01", amount, currency]
            night.land((f"{currency}{number}.csv", csv("order_id,ordered_at,total,currency", row)))
    # By currency: JPY, KWD, OMR, VND.
    assert totals(night) == ["1234"] * 2 + ["1.234"] * 4 + ["1234"] * 2


def test_the_reporting_currency_serves_where_the_file_names_none(tmp_path):
    text = csv("order_id,ordered_at,total", ["a", "2025-05-01", "1.234"])
    assert totals(Night(tmp_path, currency="KWD").land(("orders.csv", text))) == ["1.234"]


def test_another_column_of_money_tells(tmp_path):
    text = csv("order_id,ordered_at,total,tax,currency", ["a", "2025-05-01", "1.234", "12,50", "EUR"])
    assert totals(Night(tmp_path).land(("orders.csv", text))) == ["1234"]


def test_columns_of_money_that_contradict_each_other_tell_nothing(tmp_path):
    rows = [["a", "2025-05-01", "150.000", "12.50", "EUR"], ["b", "2025-05-01", "175.000", "13.50", "EUR"]]
    night = Night(tmp_path).land(("orders.csv", csv("order_id,ordered_at,total,tax,currency", *rows)))
    assert night.landed(REFUSED) == [[("total", "ambiguous_number", 2)]]


def test_rates_and_quantities_have_decimals(tmp_path):
    night = Night(tmp_path)
    night.land(("rates.csv", csv("date,currency,rate", ["2025-01-01", "USD", "1.085"], ["2025-01-02", "USD", "1,091"])))
    night.land(("lines.csv", csv("order_id,line_id,quantity", ["a", "1", "1.500"])))
    [rates, quantities, refused] = night.landed(
        "SELECT rate::VARCHAR FROM vault.raw.exchange_rates ORDER BY date",
        "SELECT quantity::VARCHAR FROM vault.raw.order_lines",
        REFUSED,
    )
    assert (rates, quantities, refused) == ([("1.08500000",), ("1.09100000",)], [("1.5000",)], [])
