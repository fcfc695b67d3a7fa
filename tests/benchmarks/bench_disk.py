"""How much disk a shop takes: bytes per million orders after the first night, and what ten further nights add.

The shop is simulated: two years, exports as tools write them. The nights after it bring one day's orders and answers
each, in the canonical form, and run as the operator runs them, `northstar nightly`.
NORTHSTAR_TEST_DISK_CUSTOMERS makes it another size.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from pipelines.settings import Settings
from pipelines.simulate import simulate

CUSTOMERS = int(os.environ.get("NORTHSTAR_TEST_DISK_CUSTOMERS", "71000"))
MONTHS = 24
END = date(2026, 6, 1)
NIGHTS = 10
# How much the nights may add, relative to their share of the orders; files that only grow would exceed it.
TIMES_THE_ORDERS = 5.0
DELIVERY = """
CREATE OR REPLACE TEMP TABLE buyers AS
SELECT customer_email, row_number() OVER () AS n FROM read_csv($customers, all_varchar = true);
CREATE OR REPLACE TEMP TABLE bought AS
SELECT $night || '-' || i AS order_id,
    strftime($day::TIMESTAMP + i * INTERVAL 1 MINUTE, '%Y-%m-%dT%H:%M:%SZ') AS bought_at,
    20 + i % 90 + 0.95 AS total, customer_email, i
FROM range($orders::BIGINT) AS t(i), buyers
WHERE n = 1 + (i * 7919 + $seed) % (SELECT max(n) FROM buyers);
"""
FILES = {
    "orders": "SELECT order_id, bought_at AS ordered_at, total, 'EUR' AS currency, customer_email, 'paid' AS status "
    "FROM bought",
    "order_lines": "SELECT order_id, line AS line_id, 1 AS quantity, total / 2 AS unit_price, "
    "'SKU-' || (i * line) % 800 AS sku, 'Home' AS product_category FROM bought, (VALUES (1), (2)) AS lines(line)",
    "responses": "SELECT 'r-' || order_id AS response_id, bought_at AS responded_at, i % 11 AS score, customer_email, "
    "order_id, 'the delivery was ' || i % 97 || ' hours late and support answered' AS comment "
    "FROM bought WHERE i % 3 > 0",
}


def deliver(settings: Settings, night: int, day: date, orders: int) -> None:
    """Land the export of one day."""
    folder = settings.landing / f"night_{night}"
    folder.mkdir()
    customers = str(settings.landing / "canonical" / "customers.csv")
    with duckdb.connect() as connection:
        given = {
            "customers": customers,
            "night": f"n{night}",
            "day": f"{day:%Y-%m-%d}",
            "orders": orders,
            "seed": night,
        }
        for statement in DELIVERY.split(";")[:-1]:
            used = {name: value for name, value in given.items() if f"${name}" in statement}
            connection.execute(statement, used).fetchall()
        for name, select in FILES.items():
            connection.execute(f"COPY ({select}) TO '{folder / name}.csv'").fetchall()


def run(settings: Settings, day: date) -> None:
    """A night at 02:00 after the day."""
    as_of = datetime(day.year, day.month, day.day, 2, tzinfo=UTC) + timedelta(days=1)
    environment = {
        **os.environ,
        "NORTHSTAR_HOME": str(settings.home),
        "NORTHSTAR_SALT": settings.salt or "",
        "NORTHSTAR_CURRENCY": "EUR",
        "NORTHSTAR_FIRST_MONTH": "2024-06-01",
        "NORTHSTAR_AS_OF": as_of.isoformat(),
    }
    command = [sys.executable, "-c", "from assets.cli import entry; entry()", "nightly"]
    subprocess.run(command, env=environment, check=True, capture_output=True)


def sizes(settings: Settings) -> dict[str, int]:
    """Bytes by purpose."""

    def below(folder: Path) -> int:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    return {
        "landing": below(settings.landing),
        "vault": settings.vault_path.stat().st_size,
        "warehouse": settings.warehouse_path.stat().st_size,
        "published": below(settings.published),
        "dagster": below(settings.dagster_home),
    }


def orders_in(settings: Settings) -> int:
    with duckdb.connect(str(settings.published_path), read_only=True) as reader:
        [(orders,)] = reader.sql("SELECT count(*) FROM core.orders").fetchall()
    return orders


def test_bytes_per_million_orders(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, salt="a salt for the tests")
    simulate(settings.landing, customers=CUSTOMERS, months=MONTHS, seed=1, end=END, truth=tmp_path / "truth.json")
    run(settings, END - timedelta(days=1))
    orders, first = orders_in(settings), sizes(settings)
    a_day = orders // (MONTHS * 30)
    for night in range(NIGHTS):
        day = END + timedelta(days=night)
        deliver(settings, night, day, a_day)
        run(settings, day)
        print(f"night {night + 1}: " + ", ".join(f"{name} {size / 1e6:.1f}" for name, size in sizes(settings).items()))
    after, added = sizes(settings), orders_in(settings) - orders
    assert added == NIGHTS * a_day
    growth = pl.DataFrame(
        {
            "what": list(first),
            "MB": [size / 1e6 for size in first.values()],
            "MB per million orders": [size / orders for size in first.values()],
            f"MB after {NIGHTS} nights": [size / 1e6 for size in after.values()],
            "KB a night": [(after[name] - size) / NIGHTS / 1e3 for name, size in first.items()],
        }
    )
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=200, float_precision=1):
        print(f"\n{orders} orders in {MONTHS} months, then {a_day} a night\n{growth}")
    for name in ("vault", "warehouse", "published"):
        assert after[name] / first[name] - 1 < TIMES_THE_ORDERS * added / orders + 0.05, name
