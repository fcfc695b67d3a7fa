"""Records that a pipeline tool has wrapped: Singer's messages, Airbyte's messages and raw rows.

Here: telling that records are wrapped, and the copies without the wrapping, one a stream. Not here: which export a
stream is: its records are recognised like any JSON (pipelines/raw/contents.py).

- Singer (Meltano, Stitch): `{"type": "RECORD", "stream": ..., "record": {...}}` among SCHEMA and STATE lines.
- Airbyte: `{"type": "RECORD", "record": {"stream": ..., "data": {...}}}`, or in files and tables a column
  `_airbyte_data` with an object or its text, beside others whose names begin alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.raw.files.archives import Member
from pipelines.raw.files.reader import ContentError, Reader
from pipelines.raw.formats import fault
from pipelines.warehouse.quoting import file, identifier, literal
from pipelines.warehouse.sql_files import statements

RAW = "_airbyte_data"
_MESSAGES = frozenset(
    {"RECORD", "SCHEMA", "STATE", "ACTIVATE_VERSION", "BATCH", "LOG", "TRACE", "CATALOG", "SPEC", "CONNECTION_STATUS"}
)


@dataclass(frozen=True)
class Wrapped:
    """A file of wrapped records. query: of its lines or rows, as n and text."""

    path: Path
    tool: str
    query: str


@dataclass(frozen=True)
class Streams:
    """Several streams of one content: contents of their own, like the members of an archive."""

    container: str
    members: tuple[Member, ...]


def wrapping(documents: Sequence[object]) -> str | None:
    """Which tool has wrapped the records of a JSON file, by the documents it begins with; None if none has."""
    first = [one for document in documents for one in (document if isinstance(document, list) else [document])][:1000]
    messages = [one for one in first if isinstance(one, dict)]
    if any(RAW in one for one in messages):
        return "airbyte"
    if not messages or not all(one.get("type") in _MESSAGES for one in messages):
        return None
    records = [one for one in messages if one["type"] == "RECORD"]
    is_singer = all("stream" in one for one in records) and any("stream" in one for one in messages)
    return "singer" if is_singer else "airbyte"


def of_json(path: Path, tool: str, *, is_lines: bool) -> Wrapped:
    """The lines of a JSON file, or the items of its list."""
    text = f"SELECT ltrim(content, chr(65279)) AS content FROM read_text({file(path)})"
    items = "string_split(content, chr(10))"
    if not is_lines:
        items = "CASE WHEN json_type(content) = 'ARRAY' THEN from_json(content, '[\"JSON\"]') ELSE [content::JSON] END"
    split = f"SELECT {items} AS items FROM ({text})"
    return Wrapped(path, tool, f"SELECT unnest(items) AS text, generate_subscripts(items, 1) AS n FROM ({split})")


def of_csv(path: Path, header: Sequence[str], delimiter: str) -> Wrapped:
    """The raw rows of a CSV file."""
    types = ", ".join(f"{literal(f'c{number}')}: 'VARCHAR'" for number in range(len(header)))
    query = (
        f"SELECT json_object('{RAW}', c{list(header).index(RAW)})::VARCHAR AS text, row_number() OVER () AS n "
        f"FROM read_csv({file(path)}, skip = 1, header = false, auto_detect = false, delim = {literal(delimiter)}, "
        f"quote = '\"', escape = '\"', columns = {{{types}}}, hive_partitioning = false, parallel = false)"
    )
    return Wrapped(path, "airbyte", query)


def of_parquet(path: Path) -> Wrapped:
    """The raw rows of a Parquet file."""
    query = (
        f"SELECT json_object('{RAW}', {identifier(RAW)})::VARCHAR AS text, file_row_number AS n "
        f"FROM read_parquet({file(path)}, file_row_number = true, hive_partitioning = false)"
    )
    return Wrapped(path, "airbyte", query)


def unwrap(connection: duckdb.DuckDBPyConnection, wrapped: Wrapped, folder: Path, content_id: str) -> Reader | Streams:
    """The records without their wrapping, as private copies: a reader of the only stream, or the streams.

    Raises:
        ContentError: there are no records, or the file cannot be read.
    """
    try:
        connection.execute(f"CREATE OR REPLACE TEMP VIEW wrapped AS {wrapped.query}")
        streams = connection.sql(statements("raw/read/wrapped_records.sql")).fetchall()
        connection.execute("DROP VIEW temp.wrapped")
    except duckdb.Error as error:
        message = (
            f"the records that {wrapped.tool.capitalize()} has wrapped cannot be read: {fault(error, wrapped.path)}"
        )
        raise ContentError(message) from None
    if not streams:
        message = "it holds no records"
        raise ContentError(message)
    members = []
    for number, (name, text) in enumerate(streams):
        data = text.encode()
        path = folder / (f"{content_id}.{number}" if len(streams) > 1 else f"{content_id}.records")
        path.write_bytes(data)
        members.append(Member(name, hashlib.sha256(data).hexdigest(), len(data), path))
    if len(members) == 1:
        return Reader(members[0].path, members[0].bytes)
    return Streams(wrapped.tool, tuple(members))
