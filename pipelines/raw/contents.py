"""From one content to something DuckDB can read: its container, UTF-8 text, its header.

Here: telling containers apart, choosing the encoding, the header's cells. A content is judged by its bytes alone, never
by its name. Not here: its identity (files/reader.py), archives and workbooks, which hold contents (files/archives.py,
files/workbooks.py), what is no table (files/foreign.py) and what damages a whole one (files/mend.py), which format it
is (formats.py), its rows (read.py).
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal

import duckdb

from pipelines.raw.files import decode
from pipelines.raw.files.archives import unpack_gzip, unpack_zstandard
from pipelines.raw.files.foreign import refuse_foreign_bytes, refuse_foreign_text
from pipelines.raw.files.mend import DELIMITERS, cells, find_damage, footers, mended
from pipelines.raw.files.reader import ContentError, Reader
from pipelines.raw.files.wrapped import RAW, Streams, Wrapped, of_csv, of_json, of_parquet, unwrap, wrapping
from pipelines.raw.formats import TOP, Formats, Match, fault, first_line
from pipelines.raw.names import RESERVED, normal
from pipelines.warehouse.quoting import file

Container = Literal["csv", "json", "ndjson", "parquet"]
_SAMPLE_LINES = 1000
SAMPLE_ROWS = 50


@dataclass(frozen=True)
class Content:
    """A content ready to be read.

    readable: the landed file itself, or a private copy in UTF-8. is_alone: it must be read by itself. footers: lines
    below the last row, which the copy lacks. notes: all that stands beside the table: lines above its header, footers,
    what JSON says beside its list of records.
    """

    file_id: str
    bytes: int
    readable: Path
    container: Container
    header: tuple[str, ...] = ()
    delimiter: str = ","
    match: Match | None = None
    is_alone: bool = False
    footers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def open_content(
    connection: duckdb.DuckDBPyConnection, file_id: str, reader: Reader, folder: Path, formats: Formats
) -> Content | Streams:
    """Unpack, decode, unwrap and recognise; copies go to the private folder. Several streams are contents of their own.

    Raises:
        ContentError: what is wrong with the file.
    """
    size = reader.path.stat().st_size
    if not size:
        message = "the file is empty"
        raise ContentError(message)
    head = reader.head()
    if head.startswith(b"\x1f\x8b"):
        reader = unpack_gzip(reader, folder / f"{file_id}.unpacked")
    elif head.startswith(b"\x28\xb5\x2f\xfd"):
        reader = unpack_zstandard(connection, reader, folder / f"{file_id}.unpacked")
    if reader.head().startswith(b"PAR1"):
        content = _open_parquet(connection, file_id, size, reader.path, formats)
    else:
        content = _open_text(file_id, size, reader, folder, formats)
    if isinstance(content, Content):
        return content
    inner = unwrap(connection, content, folder, file_id)
    if isinstance(inner, Streams):
        return inner
    plain = _open_json(file_id, size, inner, formats)
    if isinstance(plain, Content):
        return plain
    message = "its records are wrapped more than once"
    raise ContentError(message)


def _open_text(file_id: str, size: int, reader: Reader, folder: Path, formats: Formats) -> Content | Wrapped:
    refuse_foreign_bytes(reader.head())
    readable = _as_utf8(reader, folder / f"{file_id}.utf8")
    if readable is not None:
        reader = Reader(readable, readable.stat().st_size)
    text = reader.head().decode("utf-8", "ignore").lstrip("\ufeff")
    if not text.strip():
        message = "the file holds nothing but blanks"
        raise ContentError(message)
    refuse_foreign_text(text)
    if text.lstrip()[0] in "{[":
        return _open_json(file_id, size, reader, formats)
    return _open_csv(file_id, size, reader, folder, formats)


def _open_csv(file_id: str, size: int, reader: Reader, folder: Path, formats: Formats) -> Content | Wrapped:
    text = reader.head().decode("utf-8", "ignore").lstrip("\ufeff")
    damage = find_damage(text, lambda start: _csv_header(start, formats)[2] is not None)
    header, delimiter, match, rewritten = _csv_header(damage.undone(text), formats)
    below = footers(reader, damage, delimiter, len(header)) if match and not rewritten else []
    copy = None
    if damage or below:
        copy = mended(reader, damage, below, folder / f"{file_id}.mended")
    if rewritten:
        copy = _collapse_blanks(reader, folder / f"{file_id}.columns")
    if copy:
        reader = Reader(copy, copy.stat().st_size)
    if match is None and RAW in header:
        return of_csv(reader.path, header, delimiter)
    alone = reader.data is None or _has_stray_quote(reader.data, delimiter)
    notes = (*damage.lines_above(text), *below)
    return Content(file_id, size, reader.path, "csv", header, delimiter, match, alone, tuple(below), notes)


def _as_utf8(reader: Reader, target: Path) -> Path | None:
    """A copy in UTF-8, or None if the file is UTF-8 already."""
    encoding = decode.mark(reader.head())
    if encoding in {None, "utf-8-sig"}:
        if _is_utf8(reader):
            return None
        encoding = decode.single_byte(reader.lines())
    with target.open("w", encoding="utf-8", newline="") as copy:
        if encoding.startswith("utf-16"):
            copy.write(decode.decode(b"".join(reader.chunks()), encoding).replace("\0", ""))
        else:
            for chunk in reader.lines():
                copy.write(decode.decode(chunk, encoding).replace("\0", ""))
    return target


def _is_utf8(reader: Reader) -> bool:
    """Whether all bytes are UTF-8 without a zero byte."""
    try:
        for chunk in reader.lines():
            if b"\0" in chunk:
                return False
            if not chunk.isascii():
                chunk.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _open_parquet(
    connection: duckdb.DuckDBPyConnection, file_id: str, size: int, path: Path, formats: Formats
) -> Content | Wrapped:
    try:
        rows = connection.sql(
            f"DESCRIBE SELECT * FROM read_parquet({file(path)}, hive_partitioning = false)"
        ).fetchall()
    except duckdb.Error as error:
        message = f"it is not a whole Parquet file: {fault(error, path)}"
        raise ContentError(message) from None
    header = unique(row[0] for row in rows)
    match = formats.recognise(header)
    if match is None and RAW in header:
        return of_parquet(path)
    return Content(file_id, size, path, "parquet", header, match=match)


def _open_json(file_id: str, size: int, reader: Reader, formats: Formats) -> Content | Wrapped:
    text = b"".join(reader.chunks()).decode("utf-8", "replace").lstrip("\ufeff")
    container: Container = "json"
    try:
        documents = [json.loads(text)]
    except (ValueError, RecursionError) as error:
        documents = _some_lines(text)
        container = "ndjson"
        if not documents:
            message = f"it is not whole JSON: {first_line(error)}"
            raise ContentError(message) from None
    if tool := wrapping(documents):
        return of_json(reader.path, tool, is_lines=container == "ndjson")
    first_header: tuple[str, ...] = ()
    for records in formats.records:
        header = _keys(documents, records)
        first_header = first_header or header
        match = formats.recognise(header, records) if header else None
        if match:
            return Content(file_id, size, reader.path, container, header, match=match, notes=_envelope(documents[0]))
    if not any(_holds_a_value(document) for document in documents):
        message = "it holds no records"
        raise ContentError(message)
    return Content(file_id, size, reader.path, container, first_header)


def _envelope(document: object) -> tuple[str, ...]:
    """What a document says beside its records, a line for each text or number."""
    members = document.items() if isinstance(document, dict) else ()
    return tuple(f"{name}: {value}" for name, value in members if isinstance(value, (str, int)))


def _holds_a_value(document: object) -> bool:
    """Whether JSON is more than empty lists and objects within each other."""
    if isinstance(document, (dict, list)):
        return any(_holds_a_value(part) for part in (document.values() if isinstance(document, dict) else document))
    return document is not None


def _some_lines(text: str) -> list[object]:
    """The first lines as JSON, if the very first is a whole document."""
    documents: list[object] = []
    for line in io.StringIO(text, newline=None):
        try:
            documents.append(json.loads(line))
        except (ValueError, RecursionError):
            if not documents:
                return []
        if len(documents) >= _SAMPLE_LINES:
            break
    return documents


def _keys(documents: list[object], records: str) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for document in documents:
        place = document
        for step in [] if records == TOP else records.split("."):
            place = place.get(step) if isinstance(place, dict) else None
        for record in (place if isinstance(place, list) else [place])[:_SAMPLE_LINES]:
            if isinstance(record, dict):
                names |= dict.fromkeys(record)
    return tuple(names)


def _csv_header(text: str, formats: Formats) -> tuple[tuple[str, ...], str, Match | None, bool]:
    """Cells of the header, delimiter, match, and whether runs of blanks separate the columns."""
    readings = []
    for delimiter in DELIMITERS:
        header = unique(cells(text, delimiter))
        # One column has no places: a file is looked at with every delimiter there is.
        sample = partial(_column, text, delimiter) if len(header) > 1 else None
        match = formats.recognise(header, sample=sample)
        weight = max(len(one.keys) for one in match.formats) if match else 0
        readings.append(((weight, len(header)), header, delimiter, match))
    best = max(readings, key=lambda reading: reading[0])
    if best[3] is None:
        blanks = unique(text.split("\n", 1)[0].split())
        match = formats.recognise(blanks) if len(blanks) > 1 else None
        if match:
            return blanks, "\t", match, True
    return best[1], best[2], best[3], False


def _has_stray_quote(data: bytes, delimiter: str) -> bool:
    """Whether a quote neither opens nor closes a field.

    Reading many CSV files at once, DuckDB 2.0 silently drops a last row whose quote is never closed; reading that file
    alone, it fails as it should.
    """
    if b'"' not in data:
        return False
    edge = re.escape(delimiter.encode())
    field = rb'(?:^|(?<=[\r\n%b]))"[^"]*(?:""[^"]*)*"(?=[\r\n%b]|$)' % (edge, edge)
    return b'"' in re.sub(field, b"", data.removeprefix(codecs.BOM_UTF8))


def _column(text: str, delimiter: str, place: int) -> list[str]:
    """The values of the column at a place, from 1, in the first rows below the header."""
    try:
        rows = islice(csv.reader(io.StringIO(text, newline=None), delimiter=delimiter), SAMPLE_ROWS + 1)
        return [row[place - 1] for row in rows if len(row) >= place][1:]
    except csv.Error:
        return []


def unique(names_given: Iterator[str] | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Header cells as column names: a blank one becomes column_<position>, a repeated one gets its count."""
    seen = set(RESERVED)
    names = []
    for position, cell in enumerate(names_given, 1):
        name = cell.replace("\ufeff", "").strip() or f"column_{position}"
        count = 2
        while normal(name) in seen:
            name = f"{cell.strip() or 'column'}_{count}"
            count += 1
        seen.add(normal(name))
        names.append(name)
    return tuple(names)


def _collapse_blanks(reader: Reader, target: Path) -> Path:
    """A copy of a table whose columns are separated by runs of blanks, as tab-separated text."""
    with target.open("wb") as copy:
        for chunk in reader.lines():
            copy.write(b"".join(b"\t".join(line.split()) + b"\n" for line in chunk.splitlines()))
    return target
