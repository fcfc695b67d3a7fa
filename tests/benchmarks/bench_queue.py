"""The queue of answers to reply to and its service levels, for a million customers.

Here: seconds, processor seconds and peak memory of both tables for one night (the open month; the queue keeps two) and
of all 36 months. NORTHSTAR_TEST_CUSTOMERS sets the number of customers, each of whom answers twice in three years.
"""

from __future__ import annotations

import os
import resource
import time
from datetime import date

import pytest
from as_computed import as_computed
from benchmarks.nps_warehouse import AS_OF, fill
from warehouse.small_warehouse import warehouse

from pipelines.figures import BY_TABLE
from pipelines.figures.compute import compute
from pipelines.periods import Window

CUSTOMERS = int(os.environ.get("NORTHSTAR_TEST_CUSTOMERS", "1_000_000"))
# Two thirds of the detractors and a tenth of the others are contacted.
CONTACTS = """
INSERT INTO core.follow_ups BY NAME
SELECT response_id, 'canonical' AS source,
    responded_at + to_minutes(CAST(hash(response_id, 1) % 6000 AS BIGINT)) AS contacted_at,
    true AS is_dated,
    CASE WHEN hash(response_id, 2) % 4 > 0
        THEN contacted_at + to_minutes(CAST(hash(response_id, 3) % 9000 AS BIGINT)) END AS resolved_at,
    'care-' || hash(response_id, 4) % 5 AS owner, 'voucher' AS outcome, 'a note' AS note
FROM core.responses WHERE hash(response_id, 5) % 30 < CASE category WHEN 'detractor' THEN 20 ELSE 3 END
"""
WORTH = """
INSERT INTO value.customers BY NAME
SELECT CAST(month AS DATE) AS month, customer_id, 1 AS calibrated_at_risk_90d, 'unsurveyed' AS category, {zeros}
FROM core.customers, (VALUES ('2025-12-01'), ('2026-01-01')) AS t(month)
"""


def _spent(connection, settings, table, months):
    began, worked = time.perf_counter(), time.process_time()
    done = compute(connection, BY_TABLE[table], months, settings, run_id="bench")
    return time.perf_counter() - began, time.process_time() - worked, done.rows


def test_the_queue_of_many_customers(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    with warehouse(tmp_path, as_of=AS_OF, timezone="UTC", country="DE") as (connection, settings):
        fill(connection, 2 * CUSTOMERS, settings.order_value_labels)
        connection.execute(CONTACTS)
        described = connection.sql("DESCRIBE value.customers").fetchall()
        given = {"month", "customer_id", "category", "calibrated_at_risk_90d"}
        needed = [(row[0], row[1]) for row in described if row[2] == "NO" and row[0] not in given]
        zeros = ", ".join(
            f"{'now()' if kind.startswith('TIMESTAMP') else 0}::{kind} AS {name}" for name, kind in needed
        )
        connection.execute(WORTH.format(zeros=zeros))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        night = Window(date(2026, 1, 1), date(2026, 2, 1))
        both = Window(date(2025, 12, 1), date(2026, 2, 1))
        as_computed(connection, settings, ("value.customers", "loop.answer_uplift"), both)
        told = [
            (f"{table}, {name}", *_spent(connection, settings, table, months))
            for table, name, months in (
                ("loop.follow_ups", "night", night),
                ("loop.service_levels", "night", night),
                ("loop.follow_ups", "two months", both),
                ("loop.service_levels", "36 months", Window(date(2023, 1, 1), date(2026, 2, 1))),
            )
        ]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        with capsys.disabled():
            for name, seconds, processor, rows in told:
                print(f"\n{name}: {seconds:.2f} s, of processors {processor:.2f} s, {rows} rows")
            print(f"peak memory {peak:.2f} GiB, {before:.2f} before")
        assert sum(processor for _, _, processor, _ in told[:2]) < 10
