"""What finding restated figures adds to publishing: 36 months of a segment table filled by a million answers."""

from __future__ import annotations

import time

import pytest
from warehouse.small_warehouse import compute_all, fill, forget_invitations, make_settings

from pipelines.ops import restatements
from pipelines.publish import publish
from pipelines.warehouse.connection import opened
from pipelines.warehouse.write import transaction

ROWS = 100_000
SECONDS = 2.0
INFLATE = f"""
CREATE OR REPLACE TEMP TABLE one AS FROM nps.by_segment WHERE month = DATE '2024-01-01' LIMIT 1;
DELETE FROM nps.by_segment; DELETE FROM ops.computed WHERE table_name = 'nps.by_segment';
INSERT INTO nps.by_segment BY NAME
SELECT one.* REPLACE (
    CAST(DATE '2021-01-01' + n % 36 * INTERVAL 1 MONTH AS DATE) AS month, 's' || n // 36 AS segment,
    n / 7 AS nps, n AS responses, sqrt(n) AS nps_low)
FROM one, range({ROWS}) AS t(n);
INSERT INTO ops.computed
SELECT 'nps.by_segment', month, 1, 'f', TIMESTAMPTZ '2024-03-15 16:00:00Z', count(*), 1, 'run', now()
FROM nps.by_segment GROUP BY month;
"""


@pytest.fixture
def big(tmp_path):
    settings = make_settings(tmp_path)
    with opened(settings) as connection:
        fill(connection)
        forget_invitations(connection)
        compute_all(connection, settings)
        publish(connection, settings)
        connection.execute(INFLATE)
        connection.execute("CHECKPOINT warehouse")
        settings.published_path.write_bytes(settings.warehouse_path.read_bytes())
        connection.execute("UPDATE ops.computed SET run_id = 'anew', fingerprint = 'another'")
        yield connection, settings


@pytest.mark.parametrize(
    ("what", "change", "expected"),
    [
        ("recomputed, nothing moved", "nps = nps", 0),
        ("one month moved", "nps = nps + CASE WHEN month = DATE '2023-01-01' THEN 1 ELSE 0 END", ROWS // 36 + 1),
        ("everything moved", "nps = nps + 1, responses = responses + 1, nps_low = nps_low + 1", 3 * ROWS),
    ],
)
def test_finding_what_moved(big, capsys, what, change, expected):
    connection, settings = big
    connection.execute(f"UPDATE nps.by_segment SET {change}")
    started, used = time.perf_counter(), time.process_time()
    with restatements.yesterday(connection, settings), transaction(connection):
        figures = restatements.restate(connection, settings, []).figures
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    [(rows,)] = connection.sql("SELECT count(*) FROM ops.restatements").fetchall()
    with capsys.disabled():
        print(f"\n{what}: {figures} figures of {ROWS} rows, {rows} rows written, {seconds:.2f} s, {cpu:.2f} s of CPU")
    assert abs(figures - expected) <= 1
    assert rows <= restatements.MOST_LISTED + 36
    # Processor time of all threads: an upper bound of the time on an idle machine.
    assert cpu < SECONDS
