"""Refused rows: shown masked, superseded when another file brings the record, whatever the files are called."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from copied_files import put_empty_files

from pipelines.core.conform import conform
from pipelines.figures import checks
from pipelines.raw.kinds import KEYS, accepted_records, read_kinds
from pipelines.raw.load import load
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened

HEADER = "response_id,responded_at,score,comment\n"
BAD = HEADER + "a,2024-05-01,9,\nb,2024-05-02,eleven,Anna was rude\n,2024-05-03,7,\nd,2024-05-04,8,\n"
GOOD = HEADER + "a,2024-05-01,9,\nb,2024-05-02,10,Anna was rude\nc,2024-05-03,7,\nd,2024-05-04,8,\n"


@contextmanager
def landed(home: Path, *nights: dict[str, str]) -> Iterator[tuple[duckdb.DuckDBPyConnection, Settings]]:
    """The warehouse after each dict of files was landed, loaded and conformed."""
    settings = Settings(home=home, salt="a salt for the tests")
    put_empty_files(settings)
    settings.landing.mkdir(parents=True)
    with opened(settings) as connection:
        for files in nights:
            for name, text in files.items():
                (settings.landing / name).write_text(text, encoding="utf-8")
            load(connection, settings)
            conform(connection, settings)
        yield connection, settings


def rejected(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    """Row, column, reason, masked value and the path that superseded it."""
    return connection.sql(
        "SELECT r.row_number, r.column_name, r.reason, r.value, (SELECT min(path) FROM ops.files f "
        "WHERE f.file_id = r.superseded_by) FROM ops.rejected r ORDER BY r.file_id, r.row_number"
    ).fetchall()


@pytest.mark.slow
def test_a_corrected_file_supersedes_the_refused_rows(tmp_path: Path) -> None:
    with landed(tmp_path, {"bad.csv": BAD}) as (connection, settings):
        assert rejected(connection) == [
            (2, "score", "not_a_score", "xxxxxx", None),
            (3, "response_id", "missing", None, None),
        ]
        [failed] = [one for one in checks.run(connection, settings, {"ops.files"}) if not one.passed]
        assert failed.check.name == "ops_files_rejected"
        assert failed.sample.rows() == [("bad.csv", 2, 4, "response_id missing (1), score not_a_score (1)")]
    with landed(tmp_path / "2", {"bad.csv": BAD}, {"again.csv": GOOD}) as (connection, settings):
        assert [row[-1] for row in rejected(connection)] == ["again.csv", "again.csv"]
        assert connection.sql("SELECT response_id, score FROM core.responses ORDER BY ALL").fetchall() == [
            *(("a", 9), ("b", 10), ("c", 7), ("d", 8)),
        ]
        assert all(one.passed for one in checks.run(connection, settings, {"ops.files", "ops.rejected"}))


@pytest.mark.slow
def test_file_names_nights_and_order_do_not_matter(tmp_path: Path) -> None:
    projections = []
    for number, nights in enumerate(
        (
            [{"a.csv": BAD}, {"b.csv": GOOD}],
            [{"b.csv": GOOD}, {"z.csv": BAD}],
            [{"x.csv": GOOD, "y.csv": BAD}],
            [{"x.csv": BAD}, {"x.csv": GOOD}, {"x.csv": BAD}],
        )
    ):
        with landed(tmp_path / str(number), *nights) as (connection, _):
            projections.append(connection.sql("FROM ops.rejected ORDER BY ALL").fetchall())
    assert all(one == projections[0] for one in projections)
    assert all(row[-1] for row in projections[0])


@pytest.mark.first(2)
@pytest.mark.parametrize(
    ("other", "superseded"),
    [
        # the same record, in a file with later events
        (HEADER + "b,2024-05-02,3,\nz,2025-01-01,9,\n", [True, False]),
        # an older export had a good version of the record: the newer one is still missing
        (HEADER + "b,2024-05-02,3,\n", [False, False]),
        # other records only, at the same places
        (HEADER + "k,2025-05-01,9,\nl,2025-05-02,9,\nm,2025-05-03,9,\nn,2025-05-04,9,\n", [False, False]),
        # all good records, at other places
        (HEADER + "d,2024-05-04,8,\na,2024-05-01,9,\nq,2024-05-05,9,\n", [False, False]),
        # all good records at their places, and the row without an id too
        (HEADER + "a,2024-05-01,9,\nx,2024-05-02,1,\ny,2024-05-03,7,\nd,2024-05-04,8,\n", [True, True]),
        # the row is refused again
        (HEADER + "a,2024-05-01,9,\nb,2024-05-02,10,\n,2024-05-03,7,\nd,2024-05-04,8,\n", [True, False, False]),
    ],
)
def test_what_supersedes(tmp_path: Path, other: str, superseded: list[bool]) -> None:
    with landed(tmp_path, {"bad.csv": BAD}, {"other.csv": other}) as (connection, _):
        flags = connection.sql(
            "SELECT superseded_by IS NOT NULL FROM ops.rejected r JOIN ops.files f USING (file_id) "
            "ORDER BY path, row_number"
        ).fetchall()
    assert [one for (one,) in flags] == superseded


@pytest.mark.slow
def test_a_line_that_is_no_row_is_superseded_by_its_place(tmp_path: Path) -> None:
    broken = HEADER + "a,2024-05-01,9,fine\nb,2024-05-02,10,one,cell,too,many\nc,2024-05-03,7,fine\n"
    mended = HEADER + 'a,2024-05-01,9,fine\nb,2024-05-02,10,"one,cell,too,many"\nc,2024-05-03,7,fine\n'
    with landed(tmp_path, {"1.csv": broken}) as (connection, _):
        [(row, column, reason, _, by)] = rejected(connection)
        assert (row, column, reason, by) == (2, None, "unreadable", None)
    with landed(tmp_path / "2", {"1.csv": broken}, {"0.csv": mended}) as (connection, _):
        assert [one[-1] for one in rejected(connection)] == ["0.csv"]


def test_records_of_another_source_do_not_supersede(tmp_path: Path) -> None:
    select = 'SELECT file_id, row_number, rid AS response_id, "at" AS responded_at, mark AS score FROM input'
    (tmp_path / "formats").mkdir()
    for source in ("one", "two"):
        text = f"-- recognised by: rid, at, mark, {source}\n{select}"
        (tmp_path / "formats" / f"{source}.responses.sql").write_text(text)
    files = {source: f"rid,at,mark,{source}\n1,2024-05-01,{mark},\n" for source, mark in (("one", "x"), ("two", "9"))}
    with landed(tmp_path, files) as (connection, _):
        assert [one[-1] for one in rejected(connection)] == [None]


def test_every_kind_has_a_key(tmp_path: Path) -> None:
    with landed(tmp_path, {}) as (connection, _):
        kinds = read_kinds(connection)
        assert set(kinds) == set(KEYS)
        with accepted_records(connection):
            assert connection.sql("FROM accepted_records").fetchall() == []
        for kind, key in itertools.chain.from_iterable(((k, c) for c in KEYS[k.name]) for k in kinds.values()):
            assert key in {*kind.names, *kind.provenance}
