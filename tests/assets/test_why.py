"""Two nights, a late record between them: the record of each, what moved, how it is shown, and a night that fails."""

import os
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from click.testing import CliRunner, Result
from night import land, rows, settings_for, table
from shop_files import SHOP

from assets.cli import main
from assets.core import STALE_END, STALE_START
from assets.definitions import defs
from assets.partitions import RANGE_END, RANGE_START
from assets.publish import PUBLISHED
from assets.resources import NIGHT
from assets.status import alarm_reason, describe
from pipelines.ops.nights import KILLED
from pipelines.ops.status import status
from pipelines.settings import Settings

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
LATE = {"late.csv": "response_id,responded_at,score,customer_email\nz,2025-02-15T09:00:00Z,2,eve@example.com\n"}
AS_OF = "2025-03-31T12:00:00Z"
# January has the scores 9 and 3, February 10 and 7; the late 2 makes it +1 -1 of 3.
FEBRUARY_BEFORE, FEBRUARY_AFTER = 50.0, 0.0
BECAUSE = "late.csv: 1 core.responses from 2025-02 on"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    home = tmp_path_factory.mktemp("why")
    with pytest.MonkeyPatch.context() as patched:
        for name, value in (("HOME", str(home)), ("AS_OF", AS_OF), ("SALT", "a salt for the tests")):
            patched.setenv(f"NORTHSTAR_{name}", value)
        yield settings_for(home, as_of=AS_OF)


def execute(name: str, instance: dg.DagsterInstance, tags: dict[str, str]) -> dg.ExecuteInProcessResult:
    job = defs().resolve_job_def(name)
    return job.execute_in_process(instance=instance, run_config=QUIET, raise_on_error=False, tags=tags)


def a_night(instance: dg.DagsterInstance, night: str) -> dg.ExecuteInProcessResult:
    run = instance.get_run_by_id(execute("ingest", instance, {NIGHT: night}).run_id)
    assert run is not None
    assert run.status == dg.DagsterRunStatus.SUCCESS
    months = {RANGE_START: run.tags[STALE_START], RANGE_END: run.tags[STALE_END]}
    return execute("figures", instance, {NIGHT: night, **months})


@pytest.fixture(scope="module")
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture(scope="module")
def shop(environment: Settings, instance: dg.DagsterInstance) -> Settings:
    land(environment, SHOP)
    assert a_night(instance, "first").success
    land(environment, {**LATE, "strange.csv": "a,b\n1,2\n"})
    assert a_night(instance, "second").success
    return environment


def test_a_night_is_one_row(shop: Settings) -> None:
    recorded = rows(
        shop,
        "SELECT night_id, status, reason, files_loaded, files_failed, files_unrecognised, rows_accepted, "
        "rows_rejected, "
        "first_stale_month, change_id, because, months, restatements > 0, len(run_ids), map_keys(seconds) "
        "FROM ops.nights ORDER BY started_at",
    )
    jobs = ["ingest", "figures"]
    # 6 orders, 5 lines, 6 answers, a customer, 2 referrals; 3 refused.
    first = ("first", "done", None, 5, 0, 0, 20, 3, date(2025, 1, 1), 1)
    second = ("second", "done", None, 1, 0, 1, 1, 0, date(2025, 2, 1), 2, BECAUSE, 2, True, 2, jobs)
    assert [row[:10] for row in recorded] == [first, second[:10]]
    assert recorded[0][11:] == (3, False, 2, jobs)
    assert recorded[0][10].endswith("from 2024-12 on") or "from 2025-01 on" in recorded[0][10]
    assert recorded[1] == second
    [(written, computed)] = rows(
        shop,
        "SELECT figure_rows, (SELECT sum(rows) FROM ops.computed WHERE run_id = run_ids[2]) FROM ops.nights "
        "WHERE night_id = 'second'",
    )
    assert written == computed > 100
    [(in_order, all_positive)] = rows(
        shop,
        "SELECT bool_and(started_at < published_at AND published_at <= finished_at), "
        "bool_and(list_min(map_values(seconds)) > 0) FROM ops.nights",
    )
    assert in_order
    assert all_positive
    published = "SELECT published_at FROM ops.publications ORDER BY ALL"
    assert rows(shop, published) == rows(shop, "SELECT published_at FROM ops.nights ORDER BY ALL")


def test_the_score_that_moved_is_in_the_log_with_its_change(shop: Settings) -> None:
    score = (
        "SELECT month, before, after, change_id, reason FROM ops.restatements WHERE table_name = 'nps.by_period' "
        "AND column_name = 'nps' AND key->>'stage' = 'all' AND key->>'grain' = 'month'"
    )
    assert rows(shop, score) == [(date(2025, 2, 1), FEBRUARY_BEFORE, FEBRUARY_AFTER, 2, BECAUSE)]
    assert rows(shop, "SELECT DISTINCT month FROM ops.restatements") == [(date(2025, 2, 1),)]
    # Nothing that moved is missing: each of the month's scores is the log's last value, or never moved.
    months = "FROM nps.by_period WHERE month = DATE '2025-02-01'"
    assert rows(shop, f"SELECT nps {months} AND grain = 'month' AND stage = 'all'") == [(FEBRUARY_AFTER,)]


def test_the_run_page_shows_the_night_and_what_moved(shop: Settings, instance: dg.DagsterInstance) -> None:
    [latest] = instance.fetch_materializations(PUBLISHED, limit=1).records
    assert latest.asset_materialization is not None
    metadata = {name: value.value for name, value in latest.asset_materialization.metadata.items()}
    [(moved,)] = rows(shop, "SELECT restatements FROM ops.nights WHERE night_id = 'second'")
    assert metadata["moved"] == moved
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in str(metadata["night"]).splitlines()]
    assert ["night_id", "second"] in cells
    assert ["because", BECAUSE] in cells
    assert ["restatements", str(moved)] in cells
    landed = [[cell.strip() for cell in line.split("|")[1:-1]] for line in str(metadata["files"]).splitlines()]
    assert landed[0] == ["path", "kind", "status", "accepted", "rejected", "reason"]
    assert [row[:5] for row in landed[2:]] == [
        ["late.csv", "responses", "loaded", "1", "0"],
        ["strange.csv", "null", "unrecognised", "null", "null"],
    ]
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in str(metadata["what_moved"]).splitlines()]
    assert lines[2][:2] == ["2025-02", "nps.by_period"]
    assert lines[2][4:] == ["50.0", "0.0", "1", BECAUSE]
    counted = [int(line[6]) for line in lines[2:]]
    headlines = sum(1 for line in lines[2:] if line[3] != "null")
    assert sum(counted) == moved + headlines
    assert "eve@" not in str(metadata)


def northstar(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_why_in_plain_words(shop: Settings) -> None:
    [(first, second)] = rows(
        shop,
        "SELECT strftime(min(published_at AT TIME ZONE 'UTC'), '%Y-%m-%d %H:%M'), "
        "strftime(max(published_at AT TIME ZONE 'UTC'), '%Y-%m-%d %H:%M') FROM ops.publications",
    )
    result = northstar("why", "2025-02")
    assert result.exit_code == 0
    assert result.output.splitlines()[:4] == [
        f"2025-02, first published on {first}:",
        "",
        "NPS (month from 2025-02-01): 50.00 -> 0.00",
        f"  {second}  50.00 -> 0.00  because of {BECAUSE}",
    ]
    others = [line.split() for line in result.output.splitlines() if line.strip().startswith(second) and "nps." in line]
    counted = {line[2]: int(line[3]) for line in others}
    expected = dict(
        rows(
            shop,
            "SELECT table_name, CAST(sum(figures) AS BIGINT) FROM ops.restatements "
            "WHERE table_name LIKE 'nps.%' GROUP BY 1",
        )
    )
    assert counted == {**expected, "nps.by_period": expected["nps.by_period"] - 1}
    quiet = northstar("why", "2025-01")
    assert quiet.output == f"Nothing of 2025-01 has moved since it was published on {first}.\n"
    assert "2025-03 is open" in northstar("why", "2025-03").output


@pytest.mark.parametrize(("month", "code", "words"), [
    ("2025-13", 2, "is not a month"),
    ("march", 2, "is not a month"),
    ("2031-01", 1, "2031-01 has no data: there are figures of 2025-01 to 2025-03."),
])  # fmt: skip
def test_why_of_an_argument_that_is_no_month(shop: Settings, month: str, code: int, words: str) -> None:
    result = northstar("why", month)
    assert result.exit_code == code
    assert words in result.output


def test_why_before_anything_is_published(
    tmp_path: Path, environment: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORTHSTAR_HOME", str(tmp_path))
    result = northstar("why", "2025-01")
    assert (result.exit_code, result.output) == (1, "Nothing is published yet: northstar run\n")


def test_status_shows_the_newest_night(shop: Settings) -> None:
    text = describe(shop, status(shop))
    assert "last night       second, begun" in text
    assert f"stale from 2025-02: {BECAUSE}" in text
    assert "loaded 1 files (0 failed, 1 not recognised), 1 rows (0 refused)" in text


def nights(shop: Settings) -> dict[str, tuple[str, str | None]]:
    with duckdb.connect(str(shop.warehouse_path)) as working:
        recorded = working.sql("SELECT night_id, status, reason FROM ops.nights").fetchall()
    return {night: (state, reason) for night, state, reason in recorded}


@pytest.mark.slow
def test_a_night_that_fails_and_one_that_is_killed_are_noted(shop: Settings, instance: dg.DagsterInstance) -> None:
    published = shop.published_path.read_bytes()
    with duckdb.connect(str(shop.warehouse_path)) as broken:
        broken.execute("CREATE TABLE aside AS SELECT * FROM core.orders LIMIT 1")
        broken.execute("INSERT INTO core.orders FROM aside")
    try:
        months = {RANGE_START: "2025-03-01", RANGE_END: "2025-03-01"}
        assert not execute("publish", instance, {NIGHT: "third"}).success
        assert nights(shop)["third"] == ("failed", "published/northstar: PublishRefused")
        assert shop.published_path.read_bytes() == published
        assert "third, begun" in describe(shop, status(shop))
        assert "failed, published/northstar: PublishRefused" in describe(shop, status(shop))
        assert alarm_reason(status(shop), 1) == "The last night, third, failed: published/northstar: PublishRefused."
        hour_ago = time.time() - 3600
        os.utime(shop.published_path, (hour_ago, hour_ago))
        assert alarm_reason(status(shop), 0.5) == "The published file is 1.0 hours old, allowed are 0.5."
    finally:
        with duckdb.connect(str(shop.warehouse_path)) as broken:
            broken.execute("DELETE FROM core.orders WHERE order_id IN (SELECT order_id FROM aside)")
            broken.execute("INSERT INTO core.orders FROM aside")
            broken.execute("DROP TABLE aside")
            # As a kill leaves it.
            broken.execute("UPDATE ops.nights SET status = 'running', reason = NULL WHERE night_id = 'third'")
    assert "third, begun" in describe(shop, status(shop))
    assert "not finished" in describe(shop, status(shop))
    assert execute("figures", instance, {NIGHT: "fourth", **months}).success
    assert nights(shop)["third"] == ("failed", KILLED)
    assert nights(shop)["fourth"] == ("done", None)
    assert alarm_reason(status(shop), 0.5) is None
    assert northstar("status", "--max-age", "0.5").exit_code == 0
    assert table(shop, "FROM ops.nights").height == 4
    assert os.environ["NORTHSTAR_HOME"] == str(shop.home)
