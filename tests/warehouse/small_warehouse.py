"""A small warehouse with fixed content: the vault's records that core must conserve, and core itself, by plain INSERTs.

Here: settings of a temporary home, opening it, filling it, reading it. Not here: loading and conforming, which have
tests of their own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from copied_files import files_of, put, put_empty_files
from polars.testing import assert_frame_equal

from pipelines.figures import FIGURES
from pipelines.figures.compute import compute
from pipelines.periods import Window
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened
from pipelines.warehouse.frames import frame
from pipelines.warehouse.stale import data_months

ROOT = Path(__file__).parents[2]
ZONE = "America/New_York"
AS_OF = "2024-03-15T16:00:00+00:00"
SALT = "a salt for the tests"

# Tables that are empty where the data do not reach back far enough.
NEEDS_A_PAST = {
    "loop.action_outcomes",
    "loop.actions",
    "loop.audience_changes",
    "loop.effect",
    "loop.recovery",
    # Nobody is held out.
    "loop.answer_uplift",
    "loop.uplift",
    "nps.change_parts",
    "nps.delivery_gap",
    "nps.migration",
    "nps.migration_change",
    "value.after_answer",
    "value.growth",
    "value.model_backtest",
    "value.retention",
    # No share of recommended customers is assumed.
    "value.word_of_mouth",
}
# Forty customers, a hundred orders and answers in the months from November 2023, the last of them after the clock.
FILL = """
CREATE OR REPLACE TEMP TABLE made_orders AS
SELECT n, 'o' || n AS order_id, format('c{:02d}', n * 7 % 40) AS customer_id,
    TIMESTAMPTZ '2023-11-02 03:00:00+00' + n * INTERVAL 36 HOUR AS ordered_at,
    CAST(20 + n * 13 % 90 AS DECIMAL(18, 2)) AS gross, n % 17 = 0 AS is_cancelled,
    CAST(CASE WHEN n % 11 = 0 THEN 5 ELSE 0 END AS DECIMAL(18, 2)) AS refunded
FROM range(100) AS t(n);
INSERT INTO core.orders BY NAME
SELECT order_id, 'canonical' AS source, customer_id, ordered_at, CAST(ordered_at AS DATE) AS order_date,
    ordered_at + INTERVAL 5 DAY AS promised_at, ordered_at + (n % 9) * INTERVAL 1 DAY AS delivered_at,
    CAST(CAST(ordered_at + (n % 9) * INTERVAL 1 DAY AS DATE) - CAST(ordered_at + INTERVAL 5 DAY AS DATE) AS INTEGER)
        AS days_late,
    CASE WHEN is_cancelled THEN 'cancelled' ELSE 'paid' END AS status, is_cancelled, n % 5 = 0 AS is_guest,
    'web' AS channel, CASE WHEN n % 3 = 0 THEN 'DE' ELSE 'FR' END AS country, 'EUR' AS currency, gross, refunded,
    CASE WHEN refunded > 0 THEN ordered_at + INTERVAL 20 DAY END AS refunded_at,
    CAST(CASE WHEN is_cancelled THEN 0 ELSE gross - refunded END AS DECIMAL(18, 2)) AS net,
    NOT is_cancelled AS counts, 1 AS items, 'Lamps' AS main_product_category, 'Acme' AS main_brand
FROM made_orders;
INSERT INTO core.order_lines BY NAME
SELECT order_id, '1' AS line_id, 'sku-1' AS sku, 'Lamp' AS product, 'Lamps' AS product_category, 'Acme' AS brand,
    1 AS quantity, net
FROM core.orders;
CREATE OR REPLACE TEMP TABLE made_responses AS
SELECT n, 'r' || n AS response_id, CASE WHEN n % 10 <> 9 THEN format('c{:02d}', n * 3 % 40) END AS customer_id,
    TIMESTAMPTZ '2023-11-05 02:00:00+00' + n * INTERVAL 36 HOUR AS responded_at,
    CASE WHEN n % 4 = 0 THEN 'relational' ELSE 'post_delivery' END AS stage,
    CAST([10, 9, 8, 3, 10, 7, 9, 0, 6][1 + n * 5 % 9] AS TINYINT) AS score
FROM range(100) AS t(n);
INSERT INTO core.responses BY NAME
SELECT response_id, 'canonical' AS source, 'after delivery' AS survey, stage, customer_id, NULL AS order_id,
    'none' AS order_link, responded_at - INTERVAL 1 HOUR AS invited_at, responded_at,
    CAST(responded_at AS DATE) AS response_date, score,
    CASE WHEN score >= 9 THEN 'promoter' WHEN score >= 7 THEN 'passive' ELSE 'detractor' END AS category,
    CASE WHEN customer_id IS NOT NULL THEN lead(responded_at) OVER (
        PARTITION BY customer_id, stage ORDER BY responded_at, response_id) END AS next_response_at,
    CASE WHEN n % 6 = 0 THEN 'write to [e-mail], not @home' END AS comment, 'en' AS language, 'email' AS channel
FROM made_responses;
INSERT INTO core.answers
SELECT response_id, 'What could we do better?', 'call [phone]' FROM made_responses WHERE n % 8 = 0;
INSERT INTO core.response_segments
SELECT response_id, 'country', CASE n % 3 WHEN 0 THEN 'DE' WHEN 1 THEN 'FR' ELSE 'unknown' END FROM made_responses
UNION ALL SELECT response_id, 'tier', CASE WHEN n % 2 = 0 THEN 'gold' ELSE 'silver' END FROM made_responses;
INSERT INTO core.response_topics
SELECT response_id, unnest(
    CASE WHEN n % 12 = 0 THEN ['delivery', 'price'] WHEN n % 18 = 0 THEN ['price'] ELSE ['none'] END)
FROM made_responses WHERE n % 6 = 0;
INSERT INTO core.customers BY NAME
SELECT customer_id, 'registered' AS account_type, 'DE' AS country, min(ordered_at) AS first_order_at,
    min(ordered_at) AS first_seen_at, CASE WHEN customer_id IN ('c03', 'c04') THEN 'c01' END AS referred_by,
    CAST(date_trunc('month', min(order_date)) AS DATE) AS cohort_month, MAP {'tier': 'gold'} AS attributes,
    customer_id <> 'c07' AS has_email
FROM core.orders GROUP BY customer_id;
INSERT INTO core.consents
SELECT customer_id, customer_id <> 'c09', NULL, NULL FROM core.customers
WHERE customer_id LIKE '%9' OR customer_id LIKE '%1';
INSERT INTO core.referrals
SELECT 'f' || customer_id, TIMESTAMPTZ '2024-01-10 12:00:00+00', 'c01', customer_id, NULL, 5, 'done', true
FROM core.customers WHERE referred_by IS NOT NULL;
INSERT INTO core.spend_tiers
SELECT DISTINCT CAST(date_trunc('month', response_date) AS DATE), 10, 80 FROM core.responses;
INSERT INTO core.rfm_edges BY NAME
SELECT DISTINCT CAST(date_trunc('month', response_date) AS DATE) AS month, 10 AS customers FROM core.responses;
INSERT INTO core.order_segments
SELECT order_id, country, 'Lamps', 'Acme', CASE WHEN is_guest THEN 'guest' ELSE 'registered' END, 'web',
    CASE WHEN gross < 25 THEN '<25' WHEN gross < 50 THEN '25-50' WHEN gross < 100 THEN '50-100' ELSE '100-250' END,
    '1', 'new', '2023', 'full_price'
FROM core.orders;
INSERT INTO core.invitations BY NAME
SELECT response_id || '-' || copy AS invitation_id, 'canonical' AS source, customer_id,
    responded_at - INTERVAL 1 DAY AS invited_at, CAST(responded_at - INTERVAL 1 DAY AS DATE) AS invited_date,
    'after delivery' AS survey, 'email' AS channel, n % 7 <> 3 AS is_delivered,
    CASE WHEN copy = 0 THEN response_id END AS response_id, true AS is_declared
FROM made_responses, range(6) AS t(copy);
INSERT INTO core.follow_ups BY NAME
SELECT response_id, 'canonical' AS source, responded_at + INTERVAL 20 HOUR AS contacted_at, true AS is_dated,
    CASE WHEN n % 5 = 0 THEN responded_at + INTERVAL 90 HOUR END AS resolved_at, 'care' AS owner, 'voucher' AS outcome,
    'called at [phone]' AS note
FROM made_responses WHERE score <= 6 AND n % 3 <> 0;
INSERT INTO core.reviews_given
SELECT customer_id, first_order_at + INTERVAL 30 DAY FROM core.customers WHERE customer_id < 'c10';
INSERT INTO vault.raw.follow_ups BY NAME
SELECT response_id, contacted_at, source, 'f4' AS file_id, row_number() OVER () AS row_number FROM core.follow_ups;
INSERT INTO vault.raw.reviews_given BY NAME
SELECT 'x' AS customer_id, given_at, 'canonical' AS source, 'f5' AS file_id, row_number() OVER () AS row_number,
    'i:' || customer_id AS identity
FROM core.reviews_given;
INSERT INTO vault.raw.identities SELECT DISTINCT identity, identity, 1 FROM vault.raw.reviews_given;
INSERT INTO vault.raw.invitations BY NAME
SELECT invitation_id, invited_at, source, 'f3' AS file_id, row_number() OVER () AS row_number FROM core.invitations;
INSERT INTO vault.raw.orders BY NAME
SELECT order_id, ordered_at, gross AS total, 'canonical' AS source, 'f1' AS file_id, n AS row_number FROM made_orders;
INSERT INTO vault.raw.responses BY NAME
SELECT response_id, responded_at, score, 'canonical' AS source, 'f2' AS file_id, n AS row_number FROM made_responses;
INSERT INTO ops.files BY NAME
SELECT 'f1' AS file_id, 'orders.csv' AS path, 'orders' AS kind, 'canonical' AS format, 100 AS bytes, 100 AS rows,
    100 AS accepted, 0 AS rejected, 'loaded' AS status;
INSERT INTO ops.changes
SELECT 1, 'f1', DATE '2023-11-01', kind, 100, TIMESTAMPTZ '2024-03-01 00:00:00+00'
FROM (VALUES ('core.orders'), ('core.responses'), ('core.response_segments'), ('core.referrals'),
    ('core.response_topics'),
    ('core.order_segments'), ('core.invitations'), ('core.customers')) AS t(kind);
"""


def make_settings(home, **values):
    """Settings of a home, at the clock of the small warehouse unless given otherwise."""
    return Settings(**{"home": home, "as_of": AS_OF, "timezone": ZONE, "salt": SALT} | values)


@contextmanager
def warehouse(home, **values):
    """The opened warehouse of a home, with its settings."""
    settings = make_settings(home, **values)
    put_empty_files(settings)
    with opened(settings) as connection:
        yield connection, settings


def fill(connection):
    """Insert the small warehouse into an empty one."""
    connection.execute(FILL)


def compute_all(connection, settings, months=None):
    """Compute every figure for some months, or for all that have data."""
    months = months or data_months(connection, settings)
    for figure in FIGURES:
        compute(connection, figure, months, settings, run_id="test")


@contextmanager
def computed_warehouse(home, **values):
    """The small warehouse in a home, with every figure computed at its own settings, opened with those given."""
    put(home, _computed())
    with warehouse(home, **values) as (connection, settings):
        yield connection, settings


@cache
def _computed():
    """The files of that warehouse: computed once in a process, which takes a second of processor."""
    with TemporaryDirectory() as folder:
        with warehouse(Path(folder)) as (connection, settings):
            fill(connection)
            compute_all(connection, settings)
        return files_of(Path(folder))


@contextmanager
def rolled_back(connection):
    """A transaction whose changes are undone at the end of the block."""
    connection.execute("BEGIN TRANSACTION")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def rows(connection, table, order="ALL"):
    """A table's rows in a fixed order, as a frame."""
    return frame(connection.sql(f"SELECT * FROM {table} ORDER BY {order}"))


def figures(connection):
    """All figure tables as they stand, by name."""
    return {figure.table: rows(connection, figure.table) for figure in FIGURES}


def same(computed, expected):
    """Both hold the same rows in every table, to the last byte."""
    assert computed.keys() == expected.keys()
    for table, rows_ in expected.items():
        assert_frame_equal(computed[table], rows_, check_exact=True)


def fresh(connection, settings):
    """All figures, computed as one range of months into emptied tables."""
    for figure in FIGURES:
        connection.execute(f"DELETE FROM {figure.table}")
    connection.execute("DELETE FROM ops.computed")
    if data_months(connection, settings) is not None:
        compute_all(connection, settings)
    return figures(connection)


def months(first, last):
    """Whole months from the first to before the second, `YYYY-MM`."""
    return Window(date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last}-01"))


def python(code, *arguments, executable=sys.executable, **options):
    """Start another Python with a piece of code that can import Northstar."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    return subprocess.Popen(
        [executable, "-c", code, *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def forget_invitations(connection):
    """No invitations, for tests to which they do not matter."""
    connection.execute(
        "DELETE FROM core.invitations; DELETE FROM vault.raw.invitations; UPDATE core.responses SET invited_at = NULL"
    )
