"""Sheets of an XLSX workbook as contents of their own, each as the CSV text it would be exported as.

Here: cells to text (10 not 10.0, ISO times, the value of a formula), without empty sheets and blank rows. Not here:
what a header means. The text is recognised and read like any landed CSV, so a workbook saved again without a change
brings nothing new.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial, reduce
from pathlib import Path
from typing import IO, TypeVar

import polars as pl

from pipelines.raw.files.archives import BROKEN, Budget, Member, lost
from pipelines.raw.files.reader import CHUNK, ContentError, NotYetError
from pipelines.raw.formats import first_line

HAS_FASTEXCEL = True
try:
    import fastexcel
except ImportError:  # an optional dependency
    HAS_FASTEXCEL = False

_Read = TypeVar("_Read")
# A sheet is read as the rectangle around its cells, 32 bytes a place, filled or not.
MOST_CELLS = 40_000_000
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_CELL = re.compile(rb'<(?:\w+:)?c [^<>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_OVERLAP = 256


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether an archive is a workbook.

    Raises:
        ContentError: it is an office document that holds no table.
    """
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        if any(name.startswith("xl/") for name in names):
            return True
        message = "it is an office document without sheets: CSV, TSV, JSON, NDJSON, Parquet and XLSX are read"
        raise ContentError(message)
    if {"mimetype", "content.xml"} <= names:
        message = "it is an OpenDocument file: save it as XLSX or CSV"
        raise ContentError(message)
    return False


def sheets(archive: zipfile.ZipFile, workbook_id: str, folder: Path, budget: Budget) -> Iterator[Member]:
    """The sheets with cells one by one, each a private copy that is the caller's to delete.

    Raises:
        NotYetError: the package that reads workbooks is not installed.
        ContentError: the workbook cannot be read.
    """
    if not HAS_FASTEXCEL:
        message = "XLSX needs the package fastexcel (Northstar's extra `xlsx`): install it, or save the sheet as CSV"
        raise NotYetError(message)
    budget.spend(sum(one.file_size for one in archive.infolist()))
    _refuse_huge(archive)
    path = str(archive.filename)
    workbook = _guarded(partial(fastexcel.read_excel, path))
    if not workbook.sheet_names:
        message = "it is not a whole workbook: it lists no sheet"
        raise ContentError(message)
    is_empty = True
    for number, name in enumerate(workbook.sheet_names):
        target = folder / f"{workbook_id}.{number}"
        try:
            cells = _guarded(partial(_cells, workbook, name))
        except ContentError as error:
            yield lost(name, 0, workbook_id, str(error))
            is_empty = False
            continue
        if cells.is_empty():
            continue
        is_empty = False
        text = cells.write_csv(include_header=False).encode()
        target.write_bytes(text)
        yield Member(name, hashlib.sha256(text).hexdigest(), len(text), target)
    if is_empty:
        message = "no sheet of the workbook holds a cell"
        raise ContentError(message)


def _cells(workbook: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    """The sheet's cells as text, without its blank rows."""
    sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    if not sheet.width:
        return pl.DataFrame()
    cells = sheet.to_polars()
    blank = pl.all_horizontal(pl.all().str.strip_chars().fill_null("") == "")
    return cells.filter(~blank)


def _guarded(call: Callable[[], _Read]) -> _Read:
    """The result of the call; faults and panics of the reader become ContentErrors."""
    try:
        return call()
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001
        # A panic of the reader's native code is not an Exception.
        message = f"it is not a whole workbook: {first_line(error)}"
        raise ContentError(message) from None


def _refuse_huge(archive: zipfile.ZipFile) -> None:
    for one in archive.infolist():
        cells = 0
        # A damaged sheet is reported when it is read, and costs only itself.
        if _SHEET.fullmatch(one.filename):
            with suppress(*BROKEN), archive.open(one) as xml:
                cells = _rectangle(xml)
        if cells > MOST_CELLS:
            message = (
                f"a sheet reaches over {cells} cells, {MOST_CELLS} are the most that are read: delete the stray "
                "ones, or save it as CSV"
            )
            raise ContentError(message)


def _rectangle(xml: IO[bytes]) -> int:
    """Number of places in the rectangle around a sheet's cells."""
    columns: set[bytes] = set()
    rows: set[int] = set()
    rest = b""
    while chunk := xml.read(CHUNK):
        text = rest + chunk
        cells = _CELL.findall(text)
        if cells:
            columns.update(column for column, _ in cells)
            numbers = [int(row) for _, row in cells]
            rows |= {min(numbers), max(numbers)}
        rest = text[-_OVERLAP:]
    if not rows:
        return 0
    places = [reduce(lambda place, letter: 26 * place + letter - 64, column, 0) for column in columns]
    return (max(places) - min(places) + 1) * (max(rows) - min(rows) + 1)
