"""XLSX: the text of a sheet's cells is that of the sheet saved as CSV."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from pipelines.raw.files import workbooks
from tests.raw.conftest import Shop

HEADER = ["order_id", "ordered_at", "total", "is_guest", "status"]


def workbook(sheets: dict[str, list[list[object]]], *, first_row: int = 0) -> bytes:
    """A workbook with the sheets' rows; a text that begins with = is a formula, given with its value."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows, first_row):
                for column, value in enumerate(cells):
                    if isinstance(value, datetime):
                        sheet.write_datetime(row, column, value, moment)
                    elif isinstance(value, date):
                        sheet.write_datetime(row, column, value, day)
                    elif isinstance(value, tuple):
                        sheet.write_formula(row, column, *value)
                    elif value is not None:
                        sheet.write(row, column, value)
    return out.getvalue()


def test_cells_are_the_text_of_a_csv(shop: Shop) -> None:
    rows: list[list[object]] = [
        [*HEADER, "note", "number"],
        [
            1001,
            datetime.fromisoformat("2024-05-01T14:05:06"),
            10,
            True,
            "paid",
            'a "quoted", cell\nof two lines',
            0.1 + 0.2,
        ],
        [4567890123456789, date(2024, 5, 2), 10.5, False, "007", None, -1e-7],
        [None] * 7,
        ["A-1", "2024-05-03T10:00:00Z", ("=5+5", None, 10), None, ("=A1", None, "open"), None, 12345678901234],
    ]
    shop.drop("orders.xlsx", workbook({"Orders": rows}))
    assert shop.load().files == {"loaded": 2}
    assert shop.rows("orders", *HEADER, "extra") == [
        (
            "1001",
            "2024-05-01 14:05:06+00",
            "10.0000",
            "true",
            "paid",
            '{"note":"a \\"quoted\\", cell\\nof two lines","number":"0.3"}',
        ),
        ("4567890123456789", "2024-05-02 00:00:00+00", "10.5000", "false", "007", '{"number":"-0.0000001"}'),
        ("A-1", "2024-05-03 10:00:00+00", "10.0000", None, "open", '{"number":"12345678901234"}'),
    ]
    assert sorted(shop.rows("files", "format", "rows", "rejected")) == [("canonical", "3", "0"), ("xlsx", None, None)]


def test_every_sheet_with_a_known_header_is_read(shop: Shop) -> None:
    shop.drop(
        "shop.xlsx",
        workbook(
            {
                "Orders": [["order_id", "ordered_at", "total"], [1, "2024-05-01", 5]],
                "Notes": [["what I think"], ["nothing"]],
                "Empty": [],
                "Answers, May": [
                    ["response_id", "responded_at", "score"],
                    [7, "2024-05-01", 9],
                    [8, "2024-05-01", 11],
                ],
            },
            first_row=3,
        ),
    )
    shop.load()
    assert shop.rows("orders", "order_id") == [("1",)]
    assert shop.rows("responses", "response_id", "score") == [("7", "9")]
    assert shop.rows("rejected", "row_number", "reason") == [("2", "not_a_score")]
    assert sorted(
        shop.connection.sql(
            "SELECT path, f.status, format, rows FROM vault.raw.paths JOIN vault.raw.files f USING (file_id)"
        ).fetchall()
    ) == [
        ("shop.xlsx", "loaded", "xlsx", None),
        ("shop.xlsx/Answers, May", "loaded", "canonical", 2),
        ("shop.xlsx/Notes", "unrecognised", None, None),
        ("shop.xlsx/Orders", "loaded", "canonical", 1),
    ]


def test_a_workbook_saved_again_brings_nothing_new(shop: Shop) -> None:
    rows: list[list[object]] = [["order_id", "ordered_at", "total"], [1, "2024-05-01", 5]]
    shop.drop("a.xlsx", workbook({"One": rows}))
    shop.load()
    shop.drop("b.xlsx", workbook({"Another name": rows}, first_row=2))
    shop.load()
    assert shop.rows("orders", "order_id") == [("1",)]
    assert len(shop.rows("files", "file_id")) == 3


def test_an_unchanged_workbook_is_not_opened_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.drop("a.xlsx", workbook({"One": [["order_id", "ordered_at", "total"], [1, "2024-05-01", 5]]}))
    assert shop.load().files == {"loaded": 2}
    monkeypatch.setattr("builtins.open", None)
    monkeypatch.setattr("pathlib.Path.read_bytes", None)
    again = shop.load()
    assert (again.load_id, again.files) == (None, {"loaded": 2})


def test_without_fastexcel_it_waits(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    book = workbook({"One": [["order_id", "ordered_at", "total"], [1, "2024-05-01", 5]]})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("in.xlsx", book + b"\0")
        archive.writestr("in.csv", "order_id,ordered_at,total\n2,2024-05-01,5\n")
    shop.drop("a.xlsx", book)
    shop.drop("b.zip", packed.getvalue())
    with monkeypatch.context() as patch:
        patch.setattr(workbooks, "HAS_FASTEXCEL", False)
        assert shop.load().files == {"waiting": 2, "loaded": 1}
        assert shop.load().load_id is None
    assert "extra `xlsx`" in str(shop.rows("paths", "reason")[0][0])
    assert shop.rows("orders", "order_id") == [("2",)]
    shop.load()
    assert sorted(shop.rows("orders", "order_id")) == [("1",), ("2",)]


def broken(book: bytes, name: str, content: bytes | None) -> bytes:
    """The workbook with one part replaced or left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            if one.filename != name:
                new.writestr(one, old.read(one))
        if content is not None:
            new.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
GIANT = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    b"</sheetData></worksheet>"
)


@pytest.mark.first(3)
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda book: book[: len(book) // 2], "not a whole ZIP archive"),
        (lambda book: broken(book, "xl/workbook.xml", None), "not a whole workbook"),
        (lambda book: broken(book, SHEET, b"<worksheet><sheetData><row"), "not a whole workbook"),
        (lambda book: broken(book, SHEET, GIANT), "17179869184 cells"),
        (lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old .xls workbook or an encrypted one"),
        (lambda book: broken(book, "xl/workbook.xml", None).replace(b"xl/", b"wd/"), "without sheets"),
        (lambda _: workbook({"One": []}), "no sheet of the workbook holds a cell"),
    ],
    ids=["cut", "no workbook part", "no sheet", "stray cell", "old or encrypted", "no tables", "empty"],
)
def test_an_unreadable_workbook_says_why(shop: Shop, damage: Callable[[bytes], bytes], words: str) -> None:
    book = workbook({"One": [["order_id", "ordered_at", "total"], [1, "2024-05-01", 5]]})
    shop.drop("a.xlsx", damage(book))
    shop.drop("good.csv", "order_id,ordered_at,total\ngood,2024-05-01,5\n")
    shop.load()
    assert shop.rows("orders", "order_id") == [("good",)]
    reasons = [str(reason) for status, reason in shop.rows("files", "status", "reason") if status == "failed"]
    assert len(reasons) == 1
    assert words in reasons[0]


def test_a_reason_names_no_path(shop: Shop, tmp_path: Path) -> None:
    shop.drop("a.xlsx", broken(workbook({"One": [["a"]]}), "xl/workbook.xml", None))
    shop.load()
    assert str(tmp_path) not in str(shop.rows("files", "reason"))
