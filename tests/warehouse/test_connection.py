"""Opening: modes of the files, the salt and the pseudonyms, warehouses that are not ours to continue."""

from __future__ import annotations

import hashlib
import hmac
import os
from importlib.metadata import version

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from warehouse.small_warehouse import SALT, make_settings, warehouse

from pipelines.settings import SettingsError
from pipelines.warehouse.connection import (
    DEFINITIONS,
    SCHEMA_VERSION,
    WAREHOUSE_SCHEMAS,
    WarehouseError,
    opened,
    salt,
    set_pseudonym,
    set_state,
    state,
)


@pytest.fixture
def permissive():
    """The umask of somebody who shares everything."""
    before = os.umask(0)
    yield
    assert os.umask(before) == 0, "the umask was not given back"


def modes(folder):
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir() if path.is_file()}


def python_pseudonym(key, identity):
    return hmac.new(key.encode(), identity.encode(), hashlib.sha256).hexdigest()[:16]


@pytest.mark.usefixtures("permissive")
def test_files_are_private_while_open_and_after(tmp_path):
    home = tmp_path / "home"
    with warehouse(home, salt=None) as (connection, _):
        connection.execute(
            "INSERT INTO vault.raw.exchange_rates BY NAME SELECT DATE '2024-01-01' AS date, "
            "'USD' AS currency, 1 AS rate, 's' AS source, 'f' AS file_id, 1 AS row_number"
        )
        set_state(connection, "a", "b")
        file_modes = modes(home)
        assert {"vault.duckdb", "vault.duckdb.wal", "warehouse.duckdb", "warehouse.duckdb.wal", "salt"} == set(
            file_modes
        )
        assert set(file_modes.values()) == {0o600}
    assert modes(home) == {"vault.duckdb": 0o600, "warehouse.duckdb": 0o600, "salt": 0o600}


@pytest.mark.usefixtures("permissive")
def test_files_restored_with_open_modes_become_private(tmp_path):
    with warehouse(tmp_path, salt=None):
        pass
    for path in tmp_path.iterdir():
        path.chmod(0o666)
    with warehouse(tmp_path, salt=None):
        assert set(modes(tmp_path).values()) == {0o600}


@pytest.mark.usefixtures("permissive")
def test_spill_files_are_private(tmp_path):
    with warehouse(tmp_path) as (connection, _):
        connection.execute("SET memory_limit = '60MB'; SET threads = 1")
        connection.execute(
            "CREATE TEMP TABLE big AS SELECT range AS n, repeat(md5(range::VARCHAR), 8) AS text FROM range(400000)"
        )
        spilled = [path for path in (tmp_path / "spill").rglob("*") if path.is_file()]
        assert spilled
        assert {path.stat().st_mode & 0o077 for path in [*spilled, tmp_path / "spill"]} == {0}


@pytest.mark.parametrize(("memory", "limit"), [("512MiB", "512.0 MiB"), ("2GB", "1.8 GiB")])
def test_duckdb_takes_no_more_memory_than_the_setting_says(tmp_path, memory, limit):
    with warehouse(tmp_path, memory=memory) as (connection, _):
        assert connection.sql("SELECT current_setting('memory_limit')").fetchall() == [(limit,)]


def test_without_the_setting_duckdb_takes_two_thirds_of_the_machine(tmp_path):
    """DuckDB's own limit is four fifths of the memory it may have."""
    with duckdb.connect() as fresh:
        [(own,)] = fresh.sql("SELECT current_setting('memory_limit')").fetchall()
    with warehouse(tmp_path) as (connection, _):
        [(ours,)] = connection.sql("SELECT current_setting('memory_limit')").fetchall()
    assert float(ours.split()[0]) / float(own.split()[0]) == pytest.approx(0.67 / 0.8, rel=0.02)
    assert ours.split()[1] == own.split()[1]


def test_umask_is_restored_when_opening_fails(tmp_path, permissive):
    (tmp_path / "warehouse.duckdb").write_text("not a database" * 1000)
    with pytest.raises(WarehouseError), warehouse(tmp_path):
        pass


def test_session(tmp_path):
    with warehouse(tmp_path, timezone="Europe/Paris") as (connection, _):
        frame = [1]  # noqa: F841 (must not be found by its name)
        assert connection.sql("SELECT CAST(TIMESTAMPTZ '2024-01-01 23:30:00+00' AS DATE)::VARCHAR").fetchall() == [
            ("2024-01-02",)
        ]
        with pytest.raises(duckdb.CatalogException):
            connection.sql("FROM frame")
        assert connection.sql("SELECT current_database()").fetchall() == [("warehouse",)]
        schemas = connection.sql("SELECT DISTINCT schema_name FROM duckdb_tables() WHERE database_name = 'warehouse'")
        assert {name for (name,) in schemas.fetchall()} == set(WAREHOUSE_SCHEMAS)


def test_opening_twice_changes_nothing(tmp_path):
    with warehouse(tmp_path) as (connection, _):
        set_state(connection, "a", "b")
        before = connection.sql("FROM ops.state ORDER BY name").fetchall()
    with warehouse(tmp_path) as (connection, _):
        assert connection.sql("FROM ops.state ORDER BY name").fetchall() == before
        assert state(connection, "schema_version") == str(SCHEMA_VERSION)
        assert state(connection, "a") == "b"
        assert state(connection, "never set") is None
        set_state(connection, "a", "c")
        assert state(connection, "a") == "c"


def test_home_with_a_quote_in_its_name(tmp_path):
    with warehouse(tmp_path / "Anna's shop") as (connection, _):
        assert state(connection, "schema_version") == str(SCHEMA_VERSION)


def test_salt_is_made_once(tmp_path):
    made = salt(make_settings(tmp_path, salt=None))
    assert len(made) == 64
    assert salt(make_settings(tmp_path, salt=None)) == made
    assert salt(make_settings(tmp_path, salt=SALT)) == SALT.encode()
    assert not (tmp_path / "salt.tmp").exists()


def test_half_a_salt_of_a_crash_is_replaced(tmp_path):
    (tmp_path / "salt.tmp").write_text("half")
    assert len(salt(make_settings(tmp_path, salt=None))) == 64


def test_another_salt_is_refused(tmp_path):
    with warehouse(tmp_path):
        pass
    with (
        pytest.raises(SettingsError, match="made with another salt: restore NORTHSTAR_SALT") as caught,
        warehouse(tmp_path, salt="another salt of the tests"),
    ):
        pass
    assert str(tmp_path / "warehouse.duckdb") in str(caught.value)
    assert "another salt of" not in str(caught.value)
    with warehouse(tmp_path) as (connection, _):
        assert state(connection, "salt_fingerprint")


@pytest.mark.parametrize("left", ["vault.duckdb", "warehouse.duckdb"])
def test_missing_salt_is_refused_while_anything_made_with_it_is_there(tmp_path, left):
    with warehouse(tmp_path, salt=None):
        pass
    (tmp_path / "salt").unlink()
    for name in {"vault.duckdb", "warehouse.duckdb"} - {left}:
        (tmp_path / name).unlink()
    with pytest.raises(SettingsError, match=rf"salt is missing: restore it .*{left}"), warehouse(tmp_path, salt=None):
        pass
    assert not (tmp_path / "salt").exists()


@pytest.mark.parametrize("content", [b"", b"\n", b"too short"])
def test_file_that_is_no_salt_is_refused(tmp_path, content):
    (tmp_path / "salt").write_bytes(content)
    with pytest.raises(SettingsError, match=r"salt holds .* characters, a salt has 16 or more"):
        salt(make_settings(tmp_path, salt=None))


@pytest.fixture(scope="module")
def session():
    with duckdb.connect() as connection:
        yield connection


@given(
    key=st.binary(min_size=1, max_size=200) | st.binary(min_size=63, max_size=66),
    identity=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
)
def test_pseudonym_is_the_hmac_of_python(session, key, identity):
    set_pseudonym(session, key)
    [(pseudonym,)] = session.sql("SELECT pseudonym($identity)", params={"identity": identity}).fetchall()
    assert pseudonym == hmac.new(key, identity.encode(), hashlib.sha256).hexdigest()[:16]


@pytest.mark.first(1)
@pytest.mark.parametrize("length", [17, 64, 65, 300])
def test_salt_of_any_length(tmp_path, length):
    key = "ß" + "s" * (length - 2)
    with warehouse(tmp_path, salt=key) as (connection, _):
        pseudonyms = connection.sql("SELECT pseudonym('e:anna@shop.example'), pseudonym(NULL)").fetchall()
    assert pseudonyms == [(python_pseudonym(key, "e:anna@shop.example"), None)]


def test_neither_salt_nor_address_is_written(tmp_path):
    with warehouse(tmp_path) as (connection, _):
        connection.sql("SELECT pseudonym('e:anna@shop.example')").fetchall()
        text = str(connection.sql("FROM ops.state").fetchall())
    assert SALT not in text
    for path in (tmp_path / "vault.duckdb", tmp_path / "warehouse.duckdb"):
        assert SALT.encode() not in path.read_bytes()


def test_warehouse_of_a_newer_version_is_refused_and_left_alone(tmp_path):
    version = SCHEMA_VERSION + 1
    with warehouse(tmp_path) as (connection, _):
        set_state(connection, "schema_version", str(version))
        connection.execute("DROP MACRO nps; DROP TABLE core.spend_tiers; DROP TABLE vault.raw.files")
    with pytest.raises(WarehouseError, match="made by a newer Northstar") as caught, warehouse(tmp_path):
        pass
    message = str(caught.value)
    assert str(tmp_path / "warehouse.duckdb") in message
    assert f"version {version}" in message
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.sql("SELECT 1 FROM duckdb_tables() WHERE table_name = 'spend_tiers'").fetchall() == []
        assert connection.sql("SELECT 1 FROM duckdb_functions() WHERE function_name = 'nps'").fetchall() == []


def test_definitions_run_again_when_their_texts_change(tmp_path):
    def comment(connection):
        text = "SELECT comment FROM duckdb_tables() WHERE schema_name = 'core' AND table_name = 'orders'"
        return connection.sql(text).fetchall()[0][0]

    with warehouse(tmp_path) as (connection, _):
        made = comment(connection)
        connection.execute("COMMENT ON TABLE core.orders IS 'of an older text'")
    with warehouse(tmp_path) as (connection, _):
        assert comment(connection) == "of an older text"
        set_state(connection, DEFINITIONS, "of an older text")
    with warehouse(tmp_path) as (connection, _):
        assert comment(connection) == made != "of an older text"


def garbage(path):
    path.write_bytes(b"these are not the bytes of a database" * 1000)


def halved(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def header_lost(path):
    content = bytearray(path.read_bytes())
    content[4096:12288] = b"\xff" * 8192
    path.write_bytes(content)


@pytest.mark.first(2)
@pytest.mark.parametrize("damage", [garbage, halved, header_lost])
@pytest.mark.parametrize("name", ["vault.duckdb", "warehouse.duckdb"])
def test_damaged_file_is_named(tmp_path, name, damage):
    with warehouse(tmp_path):
        pass
    damage(tmp_path / name)
    with pytest.raises(WarehouseError) as caught, warehouse(tmp_path):
        pass
    assert str(caught.value).startswith(f"{tmp_path / name} cannot be opened: ")


def test_file_open_elsewhere_is_named(tmp_path):
    from warehouse.small_warehouse import python

    with warehouse(tmp_path):
        pass
    path = tmp_path / "warehouse.duckdb"
    reader = python(
        "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); input()",
        path,
        stdin=-1,
    )
    try:
        assert reader.stdout.readline() == "open\n"
        with pytest.raises(WarehouseError, match=r"warehouse\.duckdb cannot be opened: .*lock"), warehouse(tmp_path):
            pass
    finally:
        reader.communicate("\n", timeout=30)
    with warehouse(tmp_path) as (connection, _):
        assert state(connection, "schema_version") == str(SCHEMA_VERSION)


def test_connection_is_closed_after_an_error(tmp_path):
    settings = make_settings(tmp_path)
    with pytest.raises(RuntimeError, match="of the run"), opened(settings) as connection:
        raise RuntimeError("of the run")
    with pytest.raises(duckdb.ConnectionException):
        connection.execute("SELECT 1")


def test_both_files_hold_the_version_of_the_program(tmp_path, monkeypatch):
    """A newer program records its own; the tables stay as they were."""
    query = (
        "SELECT (SELECT value FROM vault.raw.state WHERE name = 'program_version'), "
        "(SELECT value FROM ops.state WHERE name = 'program_version'), (SELECT count(*) FROM core.spend_tiers)"
    )
    with warehouse(tmp_path) as (connection, _):
        connection.execute("INSERT INTO core.spend_tiers VALUES ('2025-01-01', 1, 1)")
        assert connection.sql(query).fetchall() == [(version("northstar"), version("northstar"), 1)]
    monkeypatch.setattr("pipelines.warehouse.connection.version", lambda _: "99.0")
    with warehouse(tmp_path) as (connection, _):
        assert connection.sql(query).fetchall() == [("99.0", "99.0", 1)]
