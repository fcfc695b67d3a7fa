"""Publishing: all or nothing, while others read."""

from __future__ import annotations

import os
from datetime import date

import duckdb
import pytest
from polars.testing import assert_frame_equal
from warehouse.small_warehouse import computed_warehouse, make_settings, python, rows, warehouse

from pipelines.figures import FIGURES
from pipelines.figures.compute import compute
from pipelines.periods import Window
from pipelines.publish import PublishRefused, publish


@pytest.fixture
def computed(tmp_path):
    with computed_warehouse(tmp_path) as opened:
        yield opened


def test_parquet_copies_hold_what_the_file_holds_and_go_with_the_setting(computed):
    connection, settings = computed
    publish(connection, settings)
    assert not (settings.published / "parquet").exists()
    (settings.published / "parquet").mkdir()
    own = settings.published / "parquet" / "mine.csv"
    own.write_text("a")
    (settings.published / "parquet" / "core.gone.parquet").write_text("of a table that is no more")
    (settings.published / "parquet" / ".core.orders.parquet.1").write_text("a draft of a killed publishing")
    done = publish(connection, settings.model_copy(update={"parquet": True}))
    files = {path.name for path in (settings.published / "parquet").iterdir()} - {own.name}
    assert files == {f"{table}.parquet" for table in done.rows}
    for table in ("nps.by_period", "core.orders", "core.customers", "value.by_category"):
        path = settings.published / "parquet" / f"{table}.parquet"
        assert mode(path) == 0o444
        differing = f"FROM {table} EXCEPT ALL FROM read_parquet('{path}')"
        assert read(settings.published_path, differing) == []
        assert read(settings.published_path, f"SELECT count(*) FROM read_parquet('{path}')") == [(done.rows[table],)]
    publish(connection, settings)
    assert names(settings.published / "parquet") == [own.name]
    own.unlink()
    publish(connection, settings)
    assert names(settings.published) == ["northstar.duckdb"]


@pytest.fixture
def permissive():
    before = os.umask(0o022)
    yield
    os.umask(before)


def read(path, statement):
    with duckdb.connect(str(path), read_only=True) as reader:
        return reader.sql(statement).fetchall()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def mode(path):
    return path.stat().st_mode & 0o777


def test_published_file_holds_what_the_warehouse_holds(computed):
    connection, settings = computed
    done = publish(connection, settings)
    assert done.path == settings.published_path
    assert done.bytes == settings.published_path.stat().st_size
    assert done.warnings == []
    assert done.rows["core.orders"] == 100
    assert done.rows["nps.by_period"] == 130
    assert all(name.split(".")[0] in {"core", "nps", "value", "loop", "ops"} for name in done.rows)
    for name, count in done.rows.items():
        assert read(settings.published_path, f"SELECT count(*) FROM {name}") == [(count,)]
    state = dict(read(settings.published_path, "FROM ops.state"))
    assert (state["timezone"], state["counting"]) == ("America/New_York", "latest")
    assert state["as_of"] == "2024-03-15T16:00:00+00:00"
    assert names(settings.published) == ["northstar.duckdb"]


def test_vault_is_not_in_it(computed):
    connection, settings = computed
    connection.execute("UPDATE vault.raw.responses SET customer_email = 'anna@shop.example', comment = 'my secret'")
    publish(connection, settings)
    content = settings.published_path.read_bytes()
    for secret in (b"anna@shop", b"my secret", b"customer_email"):
        assert secret not in content
    assert read(settings.published_path, "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'raw'") == [(0,)]


@pytest.mark.usefixtures("permissive")
def test_everybody_can_reach_and_read_it(tmp_path):
    target = tmp_path / "srv" / "shared" / "northstar"
    with warehouse(tmp_path / "home", published=target) as (connection, settings):
        publish(connection, settings)
        assert [mode(folder) for folder in (target, target.parent, target.parent.parent)] == [0o755] * 3
        assert mode(target / "northstar.duckdb") == 0o444
        # What the operator chose for a folder stays; a restored file becomes readable again.
        target.chmod(0o750)
        (target / "northstar.duckdb").chmod(0o600)
        publish(connection, settings)
        assert (mode(target), mode(target / "northstar.duckdb")) == (0o750, 0o444)


def test_a_blocking_check_leaves_the_old_file(computed):
    connection, settings = computed
    publish(connection, settings)
    path = settings.published_path
    before = path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino
    connection.execute("INSERT INTO core.customers FROM core.customers LIMIT 3")
    with pytest.raises(PublishRefused) as refusal:
        publish(connection, settings)
    assert str(refusal.value) == (
        "Not published; the previous file stays. Broken checks:\n"
        "core_customers_unique: No two rows share customer_id. (3 rows): core.customers changed last at "
        "2024-03-01 00:00 UTC, and `northstar rebuild` makes it anew from what landed"
    )
    assert (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) == before
    assert names(settings.published) == ["northstar.duckdb"]


def a_later_night(settings):
    return make_settings(settings.home, as_of="2024-03-19T16:00:00+00:00")


def recompute(connection, settings, *tables):
    for figure in FIGURES:
        if figure.table in tables:
            march = Window(date(2024, 3, 1), date(2024, 4, 1))
            compute(connection, figure, march, settings, run_id="f00d" * 8)


@pytest.mark.slow
def test_one_table_of_a_later_clock_is_published_and_told(computed):
    """The operator recomputes one table of the open month: what it is compared with is of the night before."""
    connection, settings = computed
    publish(connection, settings)
    later = a_later_night(settings)
    recompute(connection, later, "nps.by_segment")
    answers = "SELECT sum(responses) FROM {} WHERE month = '2024-03-01' AND grain = 'month' AND stage = 'all' {}"
    counts = [
        connection.sql(answers.format(*one)).fetchall()
        for one in (("nps.by_segment", "AND dimension = 'tier'"), ("nps.by_period", ""))
    ]
    assert counts == [[(12,)], [(9,)]]
    assert publish(connection, later).warnings == [
        "loop.actions, nps.by_period of 2024-03: computed before other tables of the month, and published so; "
        "`northstar nightly` brings all to one clock."
    ]
    recompute(connection, later, *(figure.table for figure in FIGURES))
    assert publish(connection, later).warnings == []


@pytest.mark.slow
def test_a_check_that_could_not_compare_does_so_once_it_can(computed):
    connection, settings = computed
    publish(connection, settings)
    later = a_later_night(settings)
    recompute(connection, later, "nps.by_segment")
    connection.execute(
        "UPDATE nps.by_segment SET responses = responses + 1, passives = passives + 1 "
        "WHERE month = '2024-03-01' AND grain = 'month' AND stage = 'all' AND segment = 'gold'"
    )
    publish(connection, later)
    recompute(connection, later, *(figure.table for figure in FIGURES if figure.table != "nps.by_segment"))
    with pytest.raises(PublishRefused, match="nps_by_segment_sum") as refusal:
        publish(connection, later)
    assert "as of 2024-03-19 16:00 UTC; `northstar backfill 2024-03 2024-03` computes them anew" in str(refusal.value)


def test_a_refusal_names_what_the_rows_were_computed_from(computed):
    connection, settings = computed
    recompute(connection, settings, "nps.by_period")
    connection.execute("UPDATE nps.by_period SET promoters = promoters + 1 WHERE month = '2024-03-01'")
    with pytest.raises(PublishRefused, match="nps_by_period_counts") as refusal:
        publish(connection, settings)
    assert "nps.by_period of 2024-03 was computed by run f00df00d at " in str(refusal.value)


def test_refused_before_the_first_file(computed):
    connection, settings = computed
    connection.execute("INSERT INTO core.customers FROM core.customers LIMIT 3")
    with pytest.raises(PublishRefused):
        publish(connection, settings)
    assert not settings.published.exists()


def test_warnings_do_not_stop_it(computed):
    connection, settings = computed
    connection.execute("UPDATE ops.files SET status = 'failed', reason = 'not a CSV file'")
    assert publish(connection, settings).warnings == [
        "ops_files_unread: Files that are not loaded: no format recognises them, or they could not be read. (1 rows)"
    ]


def test_a_failed_copy_leaves_the_old_file_and_no_draft(computed, monkeypatch):
    from pipelines import publish as module

    connection, settings = computed
    publish(connection, settings)
    before = settings.published_path.read_bytes()

    def full(source, target):
        target.write_bytes(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.shutil, "copyfile", full)
    with pytest.raises(OSError, match="No space"):
        publish(connection, settings)
    assert settings.published_path.read_bytes() == before
    assert names(settings.published) == ["northstar.duckdb"]


def test_copy_that_does_not_open_is_not_published(computed, monkeypatch):
    from pipelines import publish as module

    connection, settings = computed
    publish(connection, settings)
    before = settings.published_path.read_bytes()
    monkeypatch.setattr(module.shutil, "copyfile", lambda _, target: target.write_bytes(before[:100]))
    with pytest.raises(duckdb.Error):
        publish(connection, settings)
    assert settings.published_path.read_bytes() == before


def test_the_draft_of_a_killed_publishing_is_deleted(computed):
    connection, settings = computed
    settings.published.mkdir()
    (settings.published / ".northstar.duckdb.4242").write_text("rest")
    (settings.published / "report.html").write_text("page")
    publish(connection, settings)
    assert names(settings.published) == ["northstar.duckdb", "report.html"]


READER = """
import os, sys, time
import duckdb

path, until = sys.argv[1], sys.argv[2]
seen, opened, done = [], 0, False
while not done:
    done = os.path.exists(until)
    reader = duckdb.connect(path, read_only=True)
    rows = reader.sql("SELECT value FROM ops.state WHERE name LIKE 'pair %' ORDER BY name").fetchall()
    reader.close()
    pair = [int(value) for (value,) in rows]
    assert len(pair) == 2 and pair[0] == pair[1], pair
    opened += 1
    if pair[0] not in seen:
        seen.append(pair[0])
    if opened == 1:
        print("reads", flush=True)
    # Two readers without any pause leave the writer no core.
    time.sleep(0.01)
assert seen == sorted(seen), seen
print(opened, len(seen), seen[-1], flush=True)
"""


@pytest.mark.slow
def test_readers_see_whole_states_only_and_no_error(tmp_path):
    """Two processes read over and over during twenty publishings of two rows that belong together."""
    until = tmp_path / "done"
    with warehouse(tmp_path / "home") as (connection, settings):

        def write(number):
            connection.execute("DELETE FROM ops.state WHERE name LIKE 'pair %'")
            connection.execute(f"INSERT INTO ops.state VALUES ('pair a', '{number}'), ('pair b', '{number}')")

        write(0)
        publish(connection, settings)
        readers = [python(READER, settings.published_path, until) for _ in range(2)]
        try:
            for reader in readers:
                assert reader.stdout.readline() == "reads\n"
            for number in range(1, 21):
                write(number)
                publish(connection, settings)
            until.touch()
            for reader in readers:
                out, err = reader.communicate(timeout=60)
                assert reader.returncode == 0, err
                opened, states, last = map(int, out.split())
                assert opened >= states > 5
                assert last == 20
        finally:
            for reader in readers:
                reader.kill()
                reader.communicate()


@pytest.mark.slow
def test_a_handle_opened_before_keeps_its_state(computed):
    connection, settings = computed
    publish(connection, settings)
    held = python(
        "import duckdb, sys\n"
        "c = duckdb.connect(sys.argv[1], read_only=True)\n"
        "for line in sys.stdin:\n"
        "    print(c.sql('SELECT count(*) FROM core.orders').fetchall()[0][0], flush=True)\n",
        settings.published_path,
        stdin=-1,
    )
    try:
        for _ in range(2):
            held.stdin.write("ask\n")
            held.stdin.flush()
            assert held.stdout.readline() == "100\n"
            connection.execute("DELETE FROM vault.raw.orders WHERE order_id = 'o99'")
            for table in ("core.order_lines", "core.order_segments", "core.orders"):
                connection.execute(f"DELETE FROM {table} WHERE order_id = 'o99'")
            publish(connection, settings)
            assert read(settings.published_path, "SELECT count(*) FROM core.orders") == [(99,)]
    finally:
        held.communicate(timeout=30)


def test_publishing_again_is_the_same(computed):
    connection, settings = computed

    def tables():
        publish(connection, settings)
        with duckdb.connect(str(settings.published_path), read_only=True) as reader:
            return [rows(reader, name) for name in ("core.orders", "nps.by_period", "ops.state", "ops.computed")]

    for before, after in zip(tables(), tables(), strict=True):
        assert_frame_equal(before, after, check_exact=True)


def test_the_settings_of_the_publishing_are_in_the_file(computed):
    connection, settings = computed
    publish(connection, make_settings(settings.home, counting="all", timezone="Europe/Paris"))
    state = dict(read(settings.published_path, "FROM ops.state"))
    assert (state["timezone"], state["counting"]) == ("Europe/Paris", "all")
