"""What is no table is named, by the bytes it begins with."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from pipelines.raw.files.foreign import refuse_foreign_bytes, refuse_foreign_text
from pipelines.raw.files.reader import ContentError
from tests.raw.conftest import Shop

PAGE = "<html><head><title>Orders</title></head><body><table><tr><td>Name</td></tr></table></body></html>"
LOGIN = '<!DOCTYPE html>\n<html lang="en"><body><form><input type="password" name="p"></form></body></html>'
XML_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PAGE, "this is a web page, not a workbook: "),
        (f"\r\n  {PAGE}", "this is a web page, not a workbook: "),
        (
            f"<!-- saved from a shop --><TABLE><tr><td>Name</td></tr></TABLE>{'x' * 100}",
            "this is a web page, not a work",
        ),
        (LOGIN, "this is a web page that asks to log in, not a table: log in and export again"),
        ("<!doctype html><title>502 Bad Gateway</title>", "this is a web page, not a table: export again"),
        (XML_2003, "this is an XML spreadsheet of Excel 2003, not a workbook of today: "),
        ("<?xml version='1.0'?><orders><order/></orders>", "this is XML, not a table: CSV, "),
        (
            "<?xml version='1.0'?>\n<Error><Code>AccessDenied</Code></Error>",
            "this is the error message of a web server (A",
        ),
        (
            "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n",
            "this is a web archive, not a workbook: ",
        ),
    ],
)
def test_markup_is_named(text: str, reason: str) -> None:
    with pytest.raises(ContentError) as refused:
        refuse_foreign_text(text)
    assert str(refused.value).startswith(reason)


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"{\\rtf1\\ansi Name, Email}", "this is a text document (RTF), not a table: CSV, "),
        (b"7z\xbc\xaf\x27\x1c\x00", "it is packed in a way that is not read (7z, RAR, bzip2, xz): unpack it"),
        (b"\xff\xd8\xff\xe0\x00", "it is not a table: "),
        (b"\xd0\xcf\x11\xe0\xa1", "it is an old .xls workbook or an encrypted one: "),
    ],
)
def test_other_kinds_of_files_are_named(head: bytes, reason: str) -> None:
    with pytest.raises(ContentError) as refused:
        refuse_foreign_bytes(head)
    assert str(refused.value).startswith(reason)


@pytest.mark.parametrize("text", ["<5,10\n", "date,subject\n1,2\n", "From,To\nann,bob\n", "< 3 stars;1\n"])
def test_tables_are_let_through(text: str) -> None:
    refuse_foreign_text(text)
    refuse_foreign_bytes(text.encode())


def test_a_page_is_named_whatever_its_encoding_packing_and_name(shop: Shop, tmp_path: Path) -> None:
    shop.drop("report.xls", PAGE.encode("utf-16"))
    shop.drop("report.csv.gz", gzip.compress(f"\ufeff{PAGE}".encode()))
    shop.drop("empty.csv", "")
    shop.drop("blank.csv", "\ufeff\r\n \n")
    shop.load()
    reasons = [str(reason).split(":")[0] for (reason,) in shop.rows("files", "reason")]
    page = "this is a web page, not a workbook"
    assert sorted(reasons) == ["the file holds nothing but blanks", "the file is empty", page, page]
