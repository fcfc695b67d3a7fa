"""Damage to whole files: what can be undone is read as it was meant, and everything else is named."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from shared_files import CASES, needed

from tests.raw.conftest import Shop

HEADER = ["order_id", "ordered_at", "total", "currency", "customer_email", "comment"]
ROWS = [
    ["A1", "2025-06-01 09:00", "10.50", "EUR", "ann@shop.test", ""],
    ["A2", "2025-06-02 10:00", "20.00", "EUR", "bob@shop.test", 'Leave it "here", please'],
    ["A3", "2025-06-03 11:00", "30.25", "EUR", "cat@shop.test", "Two\nlines, here"],
]
READ = [("A1", "10.5000"), ("A2", "20.0000"), ("A3", "30.2500")]


def line(cells: list[str], delimiter: str = ",") -> str:
    """Cells as a CSV writer writes them."""
    special = (delimiter, '"', "\n")
    return delimiter.join(f'"{c.replace(chr(34), chr(34) * 2)}"' if any(s in c for s in special) else c for c in cells)


def text(delimiter: str = ",") -> str:
    return "".join(f"{line(cells, delimiter)}\n" for cells in [HEADER, *ROWS])


def in_one_cell(content: str, *, only_where_needed: bool = False, end: str = "\n", after: str = "") -> str:
    """Every line as a spreadsheet program saves it that has taken it for one cell."""
    quoted = []
    for one in content.splitlines():
        needs = not only_where_needed or '"' in one or ";" in one
        quoted.append(f'"{one.replace(chr(34), chr(34) * 2)}"{after}' if needs else f"{one}{after}")
    return end.join(quoted) + end


def loaded(shop: Shop, content: str | bytes, name: str = "orders.csv") -> list[tuple[object, ...]]:
    shop.drop(name, content)
    shop.load()
    return shop.rows("orders", "order_id", "total")


def status(shop: Shop) -> list[tuple[object, ...]]:
    return shop.rows("files", "status", "rows", "accepted", "rejected", "reason")


@pytest.mark.parametrize(
    ("delimiter", "mark", "end"), [(",", "", "\n"), (";", "\ufeff", "\r\n"), ("\t", "", "\r\n"), (",", "\ufeff", "\n")]
)
def test_lines_in_one_cell_are_unwrapped(shop: Shop, delimiter: str, mark: str, end: str) -> None:
    assert loaded(shop, mark + in_one_cell(text(delimiter), end=end)) == READ
    assert status(shop) == [("loaded", "3", "3", "0", None)]


@pytest.mark.parametrize("after", [";;;", ",,", "\t"])
def test_empty_cells_after_the_one_do_not_matter(shop: Shop, after: str) -> None:
    assert loaded(shop, in_one_cell(text(), after=after)) == READ


def test_lines_that_were_made_one_cell_twice_are_unwrapped(shop: Shop) -> None:
    assert loaded(shop, in_one_cell(in_one_cell(text()))) == READ


def test_lines_that_alone_needed_quotes_are_unwrapped(shop: Shop) -> None:
    assert loaded(shop, in_one_cell(text(), only_where_needed=True)) == READ
    assert status(shop) == [("loaded", "3", "3", "0", None)]
    assert "Two\\nlines, here" in str(shop.rows("orders", "extra")[2][0])


def test_lines_in_one_cell_of_a_workbook_are_unwrapped(shop: Shop) -> None:
    workbook_bytes = io.BytesIO()
    with xlsxwriter.Workbook(workbook_bytes) as workbook:
        sheet = workbook.add_worksheet("Export")
        for number, one in enumerate(text().splitlines()):
            sheet.write_string(number, 0, one)
    assert loaded(shop, workbook_bytes.getvalue(), "orders.xlsx") == READ


def test_a_column_of_quoted_texts_is_no_damage(shop: Shop) -> None:
    content = (
        'order_id,ordered_at,total,comment\n"A1","2025-06-01","10","one, two"\n"A2","2025-06-02","20","""x"", y"\n'
    )
    assert loaded(shop, content) == [("A1", "10.0000"), ("A2", "20.0000")]
    assert '\\"x\\", y' in str(shop.rows("orders", "extra")[1][0])


def test_a_header_without_rows_says_so(shop: Shop) -> None:
    assert loaded(shop, text().split("\n", 1)[0] + "\n") == []
    assert status(shop) == [("loaded", "0", "0", "0", "it holds a header and no rows")]
    assert "orders.csv: it holds a header and no rows" in shop.messages


@pytest.mark.parametrize("content", ["[]", '{"data": []}', "{}", "[[], []]"])
def test_json_without_records_says_so(shop: Shop, content: str) -> None:
    assert loaded(shop, content, "orders.json") == []
    assert status(shop) == [("failed", None, None, None, "it holds no records")]


ABOVE = {
    "separator": "sep={d}\n",
    "quoted separator": '"sep={d}"\r\n',
    "blank lines": "\n\r\n{d}{d}{d}\n",
    "title": "Orders of June 2025\n\n",
    "title and filters": "Report:{d}Orders\nFrom:{d}2025-06-01\nTo:{d}2025-06-30\n\n",
    "all": "sep={d}\nMy shop{d}{d}{d}{d}{d}\n{d}{d}{d}{d}{d}\n",
}


@pytest.mark.parametrize(
    ("above", "delimiter"), [*((name, ",") for name in ABOVE), *zip(ABOVE, ";\t" * 3, strict=False)]
)
def test_lines_above_the_header_are_passed_over(shop: Shop, above: str, delimiter: str) -> None:
    assert loaded(shop, ABOVE[above].format(d=delimiter) + text(delimiter)) == READ
    assert status(shop) == [("loaded", "3", "3", "0", None)]
    assert [number for (number,) in shop.rows("orders", "row_number")] == ["1", "2", "3"]


BELOW = {
    "total": "Total,,60.75,,,\n",
    "spelled out": "Grand total:,,60.75,,,\n",
    "German": "Gesamtsumme,,60.75,,,\n",
    "short": "\nSumme;60,75\n",
    "count": '\n"3","record(s) downloaded,"," from ","Jun-01-25"," to ","Jun-30-25"\n',
    "words": "3 records\n",
    "words after": "Total of all orders,,60.75,,,\n",
    "rule": "----------,,,,,\n",
    "sentence": '"Note: prices include tax, shipping excluded"\n',
    "note": "\nGenerated by the back office on 2025-07-01\n",
}


@pytest.mark.parametrize(("below", "last"), [*((name, "") for name in BELOW), ("total", "\n\n"), ("count", "\n")])
def test_lines_below_the_last_row_are_refused(shop: Shop, below: str, last: str) -> None:
    count = 8 if below == "count" else 0
    more = [f"extra{number}" for number in range(count)]
    header, *rows = [HEADER, *ROWS]
    content = "".join(f"{line([*cells, *(more if cells is header else [''] * count)])}\n" for cells in [header, *rows])
    assert loaded(shop, content + BELOW[below].rstrip("\n") + last) == READ
    assert status(shop) == [("loaded", "4", "3", "1", None)]
    assert shop.rows("rejected", "row_number", "kind", "reason") == [("4", "orders", "footer")]
    assert "sums up" in str(shop.rows("rejected", "allowed"))


def test_a_footer_is_no_customer(shop: Shop) -> None:
    """Accounts need no more than an id, so that the line would become one."""
    shop.drop("a.csv", "customer_id,registered_at,country,tier\nC1,2025-01-01,DE,gold\nTotal,,,\n")
    shop.load()
    assert shop.rows("customers", "customer_id") == [("C1",)]
    assert shop.rows("rejected", "reason") == [("footer",)]


def test_the_end_of_a_long_comment_is_no_footer(shop: Shop) -> None:
    content = text() + 'A4,2025-06-04,40,EUR,dan@shop.test,"My order:\n\nTotal: 12"\n'
    assert loaded(shop, content) == [*READ, ("A4", "40.0000")]


def test_rows_that_look_like_footers_in_the_middle_stay_rows(shop: Shop) -> None:
    content = text() + "Total,2025-06-04,40,EUR,,\nA5,2025-06-05,50,EUR,,\n"
    assert loaded(shop, content)[-2:] == [("Total", "40.0000"), ("A5", "50.0000")]


@pytest.mark.parametrize("joint", ["", "\n", "\ufeff"])
def test_a_header_in_the_middle_is_no_row(shop: Shop, joint: str) -> None:
    second = text().replace("A1", "B1").replace("A2", "B2").replace("A3", "B3")
    assert [order for order, _ in loaded(shop, text() + joint + second)] == ["A1", "A2", "A3", "B1", "B2", "B3"]
    assert [row[:4] for row in status(shop)] == [("loaded", "6", "6", "0")]


def test_headers_of_joined_accounts_are_no_customers(shop: Shop) -> None:
    accounts = "customer_id,registered_at,country,tier\nC{},2025-01-01,DE,gold\n"
    shop.drop("a.csv", accounts.format(1) + accounts.format(2))
    shop.load()
    assert shop.rows("customers", "customer_id") == [("C1",), ("C2",)]


def test_joined_exports_with_other_columns_are_refused(shop: Shop) -> None:
    other = [HEADER[1], HEADER[0], *HEADER[2:]]
    moved = [[row[1], row[0], *row[2:]] for row in ROWS]
    content = text() + "".join(f"{line(cells)}\n" for cells in [other, *moved])
    assert loaded(shop, content) == []
    [(state, *_, reason)] = status(shop)
    assert state == "failed"
    assert "exports were joined, land each by itself" in str(reason)


@pytest.mark.parametrize(
    ("encoding", "damage"),
    [
        ("utf-16", ""),
        ("utf-16", "one cell"),
        ("utf-16-le", "title"),
        ("utf-16-be", "one cell"),
        ("utf-8-sig", "title"),
        ("cp1252", "title"),
    ],
)
def test_every_encoding_is_mended_alike(shop: Shop, encoding: str, damage: str) -> None:
    content = text("\t").replace("please", "s'il vous plaît, à côté")
    if damage == "one cell":
        content = in_one_cell(content)
    elif damage:
        content = f"Commandes d'été\n\n{content}"
    assert loaded(shop, content.encode(encoding)) == READ
    assert "plaît, à côté" in str(shop.rows("orders", "extra")[1][0])


def test_the_case_of_one_cell(shop: Shop) -> None:
    """Twenty Shopify orders."""
    shop.drop("b_one_cell.csv", needed(CASES / "by_hand" / "b_one_cell.csv").read_bytes())
    shop.load()
    assert shop.rows("files", "format", "rows", "accepted", "rejected") == [("shopify", "25", "25", "0")]
    orders = shop.frame(
        "SELECT count(*) AS n, count(DISTINCT order_id) AS ids, sum(total)::VARCHAR AS total FROM vault.raw.orders"
    )
    assert orders.row(0) == (20, 20, "595.5000")


def test_the_case_of_a_web_page(shop: Shop) -> None:
    shop.drop("i_report.xls", needed(CASES / "by_hand" / "i_report.xls").read_bytes())
    shop.load()
    [(state, reason)] = shop.rows("files", "status", "reason")
    assert state == "failed"
    assert str(reason).startswith("this is a web page, not a workbook: ")


def test_the_case_of_blank_lines_and_a_footer(shop: Shop) -> None:
    """Two orders, and the count of them; the values of the orders are read elsewhere."""
    shop.drop("report.csv", needed(CASES / "ebay" / "eBay-OrdersReport.csv").read_bytes())
    shop.load()
    assert shop.rows("files", "format", "rows") == [("ebay", "3")]
    assert ("3", "footer") in shop.rows("rejected", "row_number", "reason")
