"""Contents that are no table, by the bytes they begin with: each is named, and what to do about it.

Here: archives of other kinds, pictures, documents, web pages and XML that programs save under a table's name. Not here:
tables that are damaged (mend.py).
"""

from __future__ import annotations

import re

from pipelines.raw.files.reader import ContentError

_READ = "CSV, TSV, JSON, NDJSON, Parquet and XLSX are read"
_SAVE = "open it in a spreadsheet program and save it as XLSX or CSV"
# What a file begins with, and what it is.
_MAGIC = (
    ((b"PK\x03\x04", b"PK\x05\x06"), "a ZIP archive or workbook is packed once more: land it as it is"),
    (
        (b"\xd0\xcf\x11\xe0",),
        "it is an old .xls workbook or an encrypted one: save it as .xlsx without a password, or as CSV",
    ),
    (
        (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"BZh", b"\xfd7zXZ\x00"),
        "it is packed in a way that is not read (7z, RAR, bzip2, xz): unpack it, or pack it as ZIP, .gz or .zst",
    ),
    (
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"SQLite format 3"),
        f"it is not a table: {_READ}",
    ),
    ((b"{\\rtf",), f"this is a text document (RTF), not a table: {_READ}"),
)
_PAGE = re.compile(
    r"(?i)^(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|title|script|div|form)\b",
    re.DOTALL,
)
_MIME = re.compile(r"(?i)^(?:from|mime-version|content-type|date|subject): .*(?:\n.*){0,20}multipart/related")
_LOGIN = re.compile(
    r"(?i)type=[\"']?password"
    r"|\b(?:log ?in|sign ?in|anmelden|einloggen|connexion|iniciar sesi[oó]n|accedi|inloggen|entrar)\b"
)
_ERROR = re.compile(r"(?i)^(?:<\?xml[^>]*>\s*)?<error\b[^>]*>.*?<code>\s*(\w{1,40})", re.DOTALL)


def is_archive(head: bytes) -> bool:
    """Whether bytes begin as a ZIP archive does, an empty one included."""
    return head.startswith(_MAGIC[0][0])


def refuse_foreign_bytes(head: bytes) -> None:
    """Refuse what is not text, and RTF.

    Raises:
        ContentError: what it is.
    """
    for beginnings, message in _MAGIC:
        if head.startswith(beginnings):
            raise ContentError(message)


def refuse_foreign_text(text: str) -> None:
    """Refuse markup. text: how the content begins, without a byte order mark.

    Raises:
        ContentError: what it is.
    """
    start = text.lstrip()
    if _MIME.match(start):
        message = f"this is a web archive, not a workbook: {_SAVE}"
    elif not start.startswith("<"):
        return
    elif _PAGE.match(start):
        message = _page(start)
    elif "urn:schemas-microsoft-com:office:spreadsheet" in start[:4000]:
        message = f"this is an XML spreadsheet of Excel 2003, not a workbook of today: {_SAVE}"
    elif error := _ERROR.match(start):
        message = f"this is the error message of a web server ({error[1]}), not a table: export again"
    elif re.match(r"<[?!a-zA-Z]", start):
        message = f"this is XML, not a table: {_READ}"
    else:
        return
    raise ContentError(message)


def _page(text: str) -> str:
    if re.search(r"(?i)<table\b", text):
        return f"this is a web page, not a workbook: {_SAVE}"
    if _LOGIN.search(text):
        return "this is a web page that asks to log in, not a table: log in and export again"
    return "this is a web page, not a table: export again, and look at the file before you land it"
