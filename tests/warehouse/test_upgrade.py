"""Files of an older version: the vault's rows are kept, the warehouse is computed anew to the same figures."""

from __future__ import annotations

import shutil
from datetime import date

import duckdb
import pytest
from night import copied, figures, hashes, ingest, settings_for

from pipelines.figures.compute import stale
from pipelines.periods import Window
from pipelines.publish import PublishRefused, publish
from pipelines.settings import SettingsError
from pipelines.warehouse.connection import (
    SCHEMA_VERSION,
    WAREHOUSE_OPTIONS,
    WAREHOUSE_SCHEMAS,
    WarehouseError,
    opened,
    set_state,
    state,
)
from pipelines.warehouse.quoting import literal
from pipelines.warehouse.sql_files import statements
from pipelines.warehouse.upgrade import structure

AS_OF = "2025-03-31T12:00:00Z"
LINE = "The warehouse was made by an older version: it is computed anew from the vault."
# As version 1 made them.
OLD_VAULT = {
    "raw.loads": """
        CREATE TABLE raw.loads (
            load_id BIGINT PRIMARY KEY, formats_fingerprint VARCHAR NOT NULL, files BIGINT NOT NULL,
            replaced BIGINT NOT NULL, loaded_at TIMESTAMPTZ NOT NULL)
    """,
    "raw.rejected": """
        CREATE TABLE raw.rejected (
            file_id VARCHAR NOT NULL, row_number BIGINT, kind VARCHAR NOT NULL, column_name VARCHAR,
            reason VARCHAR NOT NULL, value VARCHAR, allowed VARCHAR, record JSON)
    """,
}
OLD_WAREHOUSE = """
    CREATE SCHEMA ops; CREATE SCHEMA core; CREATE SCHEMA nps; CREATE SCHEMA value;
    CREATE TABLE ops.state (name VARCHAR NOT NULL, value VARCHAR NOT NULL);
    CREATE TABLE ops.changes (
        change_id BIGINT NOT NULL, file_id VARCHAR, from_month DATE NOT NULL, kind VARCHAR NOT NULL,
        records BIGINT NOT NULL, "at" TIMESTAMPTZ NOT NULL);
    CREATE TABLE ops.computed (
        table_name VARCHAR NOT NULL, month DATE NOT NULL, change_id BIGINT NOT NULL, fingerprint VARCHAR NOT NULL,
        as_of TIMESTAMPTZ NOT NULL, rows BIGINT NOT NULL, seconds DOUBLE NOT NULL, run_id VARCHAR NOT NULL,
        computed_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE core.referrals (referral_id VARCHAR, friend VARCHAR);
    CREATE TABLE core.gone_since (n INTEGER);
    CREATE TABLE nps.by_period (month DATE, nps DOUBLE);
    CREATE VIEW nps.old_view AS FROM nps.by_period;
    INSERT INTO core.referrals VALUES ('r', 'f');
    INSERT INTO nps.by_period VALUES ('2025-01-01', 12);
    INSERT INTO ops.computed VALUES ('nps.by_period', '2025-01-01', 7, 'f', now(), 1, 0, 'r', now());
    INSERT INTO ops.changes VALUES (7, 'f', '2025-01-01', 'core.orders', 3, '2025-02-01 00:00:00+00');
"""


def make_old(settings, *, version="1"):
    """Turn the files of a night into what version 1 left behind."""
    with opened(settings) as connection:
        connection.execute("USE vault")
        for table, ddl in OLD_VAULT.items():
            connection.execute(f"ALTER TABLE {table} RENAME TO newer")
            connection.execute(ddl)
            columns = ", ".join(connection.table(table).columns)
            connection.execute(f"INSERT INTO {table} SELECT {columns} FROM raw.newer; DROP TABLE raw.newer")
        for table in ("tombstones", "rewrites", "state"):
            connection.execute(f"DROP TABLE raw.{table}")
        # As if read by the formats of that version.
        connection.execute("UPDATE raw.loads SET formats_fingerprint = 'old'")
        connection.execute("UPDATE raw.files SET format_fingerprint = 'old'")
        [(salt,)] = connection.sql("SELECT value FROM warehouse.ops.state WHERE name = 'salt_fingerprint'").fetchall()
    settings.warehouse_path.unlink()
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {literal(str(settings.warehouse_path))} AS old {WAREHOUSE_OPTIONS}; USE old")
        connection.execute(OLD_WAREHOUSE)
        connection.execute(
            "INSERT INTO ops.state VALUES ('schema_version', $1), ('salt_fingerprint', $2), ('applied_load_id', '1'), "
            "('core_fingerprint', 'old')",
            [version, salt],
        )


@pytest.fixture(scope="module")
def made(first_night, tmp_path_factory):
    """Settings of a shop of this version, after a night."""
    home = tmp_path_factory.mktemp("made")
    shutil.copytree(first_night, home, dirs_exist_ok=True)
    return settings_for(home, as_of=AS_OF)


@pytest.fixture
def now(made, tmp_path):
    """A copy of it."""
    return copied(made, tmp_path / "home", as_of=AS_OF)


@pytest.fixture
def old(now):
    """The same shop with the files that version 1 would have made."""
    make_old(now)
    return now


def test_an_upgraded_pair_equals_a_fresh_build(old, made):
    fresh = made
    before, said = hashes(old), []
    with opened(old, said.append) as connection:
        assert said == [LINE]
        assert connection.sql("SELECT count(*) FROM core.orders").fetchall() == [(0,)]
        assert hashes(old) == before, "the published file is no longer what it was"
        ingest(connection, old)
        figures(connection, old)
        publish(connection, old)
        assert connection.sql("SELECT change_id, kind, records FROM ops.changes WHERE change_id < 8").fetchall() == [
            (7, "core.orders", 3)
        ]
        [(wrong,)] = connection.sql("SELECT count(*) FROM ops.computed WHERE fingerprint = 'f'").fetchall()
        assert wrong == 0
        upgraded = {name: structure(connection, name) for name in ("vault", "warehouse")}
        rejected = connection.sql("FROM vault.raw.rejected ORDER BY ALL").fetchall()
        names = connection.sql("SELECT name FROM ops.state ORDER BY ALL").fetchall()
        assert connection.sql("SELECT 1 FROM duckdb_views() WHERE view_name = 'old_view'").fetchall() == []
    assert hashes(old) == hashes(fresh)
    with opened(fresh) as connection:
        assert upgraded == {name: structure(connection, name) for name in ("vault", "warehouse")}
        assert rejected == connection.sql("FROM vault.raw.rejected ORDER BY ALL").fetchall()
        assert names == connection.sql("SELECT name FROM ops.state ORDER BY ALL").fetchall()


@pytest.mark.slow
def test_the_line_is_said_once_and_nothing_is_published_until_every_month_is_computed(old):
    before, said = hashes(old), []
    for _ in range(2):
        with opened(old, said.append) as connection, pytest.raises(PublishRefused, match="what landed is not computed"):
            publish(connection, old)
    assert said == [LINE]
    with opened(old, said.append) as connection:
        ingest(connection, old)
        figures(connection, old, Window(date(2025, 2, 1), date(2025, 3, 1)))
        with pytest.raises(
            PublishRefused, match=r"a table's month 2025-01 is not computed yet\. Run `northstar nightly`"
        ):
            publish(connection, old)
        assert hashes(old) == before
        figures(connection, old)
        publish(connection, old)
        publish(connection, old)
    assert said == [LINE]


@pytest.mark.slow
def test_a_table_that_no_longer_exists_empties_the_warehouse(now):
    settings, said = now, []
    before = hashes(settings)
    with opened(settings, said.append) as connection:
        connection.execute(
            "CREATE TABLE nps.left_over (n INTEGER); UPDATE ops.state SET value = 'x' "
            "WHERE name IN ('structure', 'definitions')"
        )
    assert said == []
    with opened(settings, said.append) as connection:
        ingest(connection, settings)
        figures(connection, settings)
        publish(connection, settings)
    assert said == [LINE]
    assert hashes(settings) == before


def test_reworded_comments_are_applied_in_place_and_make_nothing_stale(now):
    """A file made by other statements gets today's comments; its rows, and what is stale, stay."""
    settings, said = now, []
    before, of_column = hashes(settings), "SELECT comment FROM duckdb_columns() WHERE column_name = 'days_late'"
    with opened(settings) as connection:
        [(current,)] = connection.sql(of_column).fetchall()
        fingerprint, changes = state(connection, "core_fingerprint"), connection.sql("FROM ops.changes").fetchall()
        stale_before = stale(connection, settings)
        connection.execute("COMMENT ON COLUMN core.orders.days_late IS 'as an earlier version said it'")
        set_state(connection, "definitions", "x")
    with opened(settings, said.append) as connection:
        assert connection.sql(of_column).fetchall() == [(current,)]
        ingest(connection, settings)
        assert stale(connection, settings) == stale_before
        assert state(connection, "core_fingerprint") == fingerprint
        assert connection.sql("FROM ops.changes").fetchall() == changes
        publish(connection, settings)
    assert said == []
    assert hashes(settings) == before
    with duckdb.connect(str(settings.published_path), read_only=True) as connection:
        assert connection.sql(of_column).fetchall() == [(current,)]


@pytest.mark.slow
def test_a_log_whose_rows_do_not_fit_begins_anew(old):
    with duckdb.connect(str(old.warehouse_path)) as connection:
        connection.execute("ALTER TABLE ops.changes DROP COLUMN kind")
    said = []
    with opened(old, said.append) as connection:
        assert connection.sql("SELECT count(*) FROM ops.changes").fetchall() == [(0,)]
    assert said == [LINE, "The rows of ops.changes do not fit this version: that log begins anew."]


@pytest.mark.first(1)
@pytest.mark.parametrize(
    ("planted", "words"),
    [
        ("ALTER TABLE raw.files ADD COLUMN colour VARCHAR", r"columns of raw\.files .* does not know \(colour\)"),
        ("ALTER TABLE raw.loads ALTER files DROP NOT NULL; UPDATE raw.loads SET files = NULL", "do not fit"),
    ],
)
def test_a_vault_that_cannot_be_upgraded_stays_as_it_is(old, planted, words):
    with duckdb.connect(str(old.vault_path)) as connection:
        connection.execute(planted)
        before = structure(connection, "vault"), connection.sql("FROM raw.loads").fetchall()
    with pytest.raises(WarehouseError, match=words) as caught, opened(old):
        pass
    assert str(old.vault_path) in str(caught.value)
    assert "rebuild --vault" in str(caught.value)
    with duckdb.connect(str(old.vault_path)) as connection:
        assert (structure(connection, "vault"), connection.sql("FROM raw.loads").fetchall()) == before
    with duckdb.connect(str(old.warehouse_path)) as connection:
        assert connection.sql("SELECT count(*) FROM nps.by_period").fetchall() == [(1,)]


@pytest.mark.parametrize(("name", "table"), [("vault.duckdb", "raw.state"), ("warehouse.duckdb", "ops.state")])
def test_files_of_a_newer_version_are_refused_and_left_alone(tmp_path, name, table):
    settings = settings_for(tmp_path)
    with opened(settings):
        pass
    with duckdb.connect(str(tmp_path / name)) as connection:
        connection.execute(f"UPDATE {table} SET value = $1 WHERE name = 'schema_version'", [str(SCHEMA_VERSION + 1)])
    content = (tmp_path / name).read_bytes()
    with pytest.raises(WarehouseError, match="made by a newer Northstar") as caught, opened(settings):
        pass
    assert str(tmp_path / name) in str(caught.value)
    assert (tmp_path / name).read_bytes() == content


def test_a_vault_alone_records_its_salt(tmp_path):
    with opened(settings_for(tmp_path)):
        pass
    (tmp_path / "warehouse.duckdb").unlink()
    with (
        pytest.raises(SettingsError, match=r"vault\.duckdb was made with another salt"),
        opened(settings_for(tmp_path, salt="s" * 20)),
    ):
        pass


def test_structure_describes_columns_and_constraints():
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE SCHEMA s; CREATE TABLE s.t (a INTEGER PRIMARY KEY, b VARCHAR DEFAULT 'x' CHECK (b <> ''))"
        )
        tables = structure(connection, "memory")
        for text in [statements("schema/raw.sql"), *(statements(f"schema/{name}.sql") for name in WAREHOUSE_SCHEMAS)]:
            connection.execute(text)
        again = structure(connection, "memory")
    assert tables == {
        "s.t": (
            (("a", "INTEGER", False, None), ("b", "VARCHAR", True, "'x'")),
            ("CHECK((b != ''))", "NOT NULL", "PRIMARY KEY(a)"),
        )
    }
    assert len(again) > 40
