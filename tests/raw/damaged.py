"""Randomly damaged files: good exports in every container, broken in values, structure and bytes."""

import csv
import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import xlsxwriter

Rows = list[list[str]]

HEADER_ROWS = {"qualtrics": 3, "surveymonkey": 2}  # of the vendors whose exports have more than one

VALUES = (
    *(
        "\0",
        '"',
        '""',
        '"a ""b"" c"',
        "'",
        ",",
        ";",
        "\t",
        "\n",
        "\r\n",
        "\u2028",
        "1e308",
        "-1e308",
        "NaN",
        "Infinity",
    ),
    *(
        "0001-01-01",
        "9999-12-31 23:59:59",
        "0000-00-00",
        "294277-01-01",
        "2024-02-30",
        "24:00",
        "=1+1",
        "=cmd|' /C calc'!A0",
    ),
    *(
        "+1",
        "-1",
        "@SUM(A1)",
        "../../etc/passwd",
        "C:\\",
        "'; DROP TABLE raw.orders; --",
        '"; DELETE FROM x',
        "$1",
        "{0}",
        "%s",
    ),
    *(
        "NULL",
        "null",
        "[]",
        "{}",
        '{"a":',
        "\\",
        "\\N",
        "é",
        "\x82\x81",
        "🙂",
        "\ufeff",
        " ",
        "",
        "9" * 400,
        "0" * 39 + "1",
    ),
    *("x" * 70_000, "1,234.5", "1.234,5", "11", "-0", "0x1F", "true", "a@b", "@", "e:", "2024-05-01T10:00:00+99:99"),
)
BYTES = (
    *(
        b"\0",
        b'"',
        b'""',
        b"'",
        b",",
        b";",
        b"\t",
        b"\n",
        b"\r",
        b"\r\n",
        b"1e308",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x82",
    ),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b"null",
        b"x" * 70_000,
        b"\\",
        b"\x80",
        b"\xe2\x80\xa8",
        b"PAR1",
        b"PK\x03\x04",
        b"\x1f\x8b",
    ),
)
NAMES = (
    *(
        "'; DROP TABLE x; --.csv",
        '"quoted".csv',
        "*.csv",
        "?.json",
        "[a-z].csv",
        "{a,b}.csv",
        "..csv",
        "a/../../x.csv",
        "~x.csv",
    ),
    *(
        "order_id=1/c0=2/x.csv",
        "s3:/x.csv",
        "x.csv.gz",
        "x.zst",
        "%s{0}$1",
        "new\nline",
        "tab\t",
        "\u202etxt.csv",
        "x" * 200,
        "-rf",
    ),
)


@dataclass(frozen=True)
class Damaged:
    """A file to land; rows: how many it holds, if it is whole."""

    name: str
    content: bytes
    rows: int | None


def tables(folder: Path) -> list[tuple[Rows, int]]:
    """The CSV samples of a folder: their cells and how many header rows they have."""
    samples = []
    for path in sorted(folder.iterdir()):
        if path.suffix in {".csv", ".tsv"} and not path.read_bytes().startswith(b"\xff\xfe"):
            text = path.read_text(encoding="utf-8-sig", errors="replace")
            first = text.split("\n", 1)[0]
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count)))
            headers = next((number for vendor, number in HEADER_ROWS.items() if path.stem.startswith(vendor)), 1)
            samples.append(([row for row in rows if any(row)], headers))
    return samples


def as_csv(rows: Rows, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


def as_tsv(rows: Rows) -> bytes:
    return as_csv(rows, "\t")


def _records(rows: Rows) -> list[dict[str, str]]:
    return [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]


def as_json(rows: Rows) -> bytes:
    return json.dumps(_records(rows)).encode()


def as_ndjson(rows: Rows) -> bytes:
    return "\n".join(json.dumps(record) for record in _records(rows)).encode()


def as_xlsx(rows: Rows) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell.startswith("="):
                    sheet.write_formula(number, column, cell, None, "2")
                elif cell.isdecimal() and len(cell) < 15:
                    sheet.write_number(number, column, int(cell))
                else:
                    sheet.write_string(number, column, cell[:32_000])
    return out.getvalue()


def _duckdb_file(rows: Rows, options: str, name: str, folder: Path) -> bytes:
    source, target = folder / "source.json", folder / name
    if "" in rows[0] or not rows[1:]:  # DuckDB makes no table of it
        return as_csv(rows)
    source.write_bytes(as_json(rows))
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_json('{source}', maximum_object_size = 50000000, records = true, "
            f"format = 'array')) TO '{target}' ({options})"
        )
    return target.read_bytes()


def containers(folder: Path) -> list[Callable[[Rows], bytes]]:
    """Ways to write a table; the folder is for scratch files."""

    def as_parquet(rows: Rows) -> bytes:
        return _duckdb_file(rows, "FORMAT parquet", "x.parquet", folder)

    def as_zst(rows: Rows) -> bytes:
        return _duckdb_file(rows, "FORMAT csv, HEADER true, COMPRESSION zstd", "x.csv.zst", folder)

    def as_gz(rows: Rows) -> bytes:
        return gzip.compress(as_csv(rows))

    def as_zip(rows: Rows) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("../a.csv", as_csv(rows))
            archive.writestr("/b.json.gz", gzip.compress(as_json(rows)))
        return out.getvalue()

    return [as_csv, as_csv, as_csv, as_tsv, as_json, as_ndjson, as_xlsx, as_parquet, as_zst, as_gz, as_zip]


def damage_values(rows: Rows, draw: random.Random) -> Rows:
    """Cells replaced, columns swapped or left out, rows cut short or made longer: still a table."""
    rows = [list(row) for row in rows]
    for _ in range(draw.randrange(1, 8)):
        row = draw.choice(rows[1:] or rows)
        if row:
            row[draw.randrange(len(row))] = draw.choice(VALUES)
    if draw.random() < 0.3:
        left, right = draw.randrange(len(rows[0])), draw.randrange(len(rows[0]))
        for row in rows if draw.random() < 0.5 else rows[1:]:
            if max(left, right) < len(row):
                row[left], row[right] = row[right], row[left]
    return rows


def damage_bytes(content: bytes, draw: random.Random) -> bytes:
    """Cut, flipped, repeated, with pieces put in."""
    for _ in range(draw.randrange(1, 5)):
        place = draw.randrange(len(content) + 1)
        end = place + draw.randrange(1, 100)
        content = draw.choice(
            [
                content[:place],
                content[:place] + bytes([draw.randrange(256)]) + content[place + 1 :],
                content[:place] + bytes([draw.randrange(256)]) + content[place + 1 :],
                content[:place] + draw.choice(BYTES) + content[place:],
                content[:place] + content[end:],
                content[:end] + content[place:],
                content.replace(b",", draw.choice([b";", b"\t", b",,"]), draw.randrange(1, 60)),
                content.replace(b'"', draw.choice([b"", b'""', b"'"]), draw.randrange(1, 9)),
            ]
        )
    return content


def damaged(
    number: int, originals: list[tuple[Rows, int]], others: list[bytes], folder: Path, draw: random.Random
) -> Damaged:
    """One damaged file: in its values only, in its bytes only, or in both."""
    name = f"{number} {draw.choice(NAMES)}" if draw.random() < 0.5 else f"{number}.csv"
    if others and draw.random() < 0.15:
        return Damaged(name, damage_bytes(draw.choice(others), draw), None)
    rows, headers = draw.choice(originals)
    write = draw.choice(containers(folder))
    if headers > 1 and write in {as_json, as_ndjson}:
        write = as_csv
    how = draw.random()
    if how < 0.6:
        rows = damage_values(rows, draw)
    content = write(rows)
    if how > 0.4:
        return Damaged(name, damage_bytes(content, draw), None)
    is_plain = write in {as_csv, as_tsv}
    return Damaged(name, content, len(rows) - headers if is_plain else None)
