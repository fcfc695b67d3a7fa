"""What loading costs: a million Shopify rows against DuckDB's plain read, ten thousand small files, a second night.

Every measurement runs in its own process, so that memory is that of the load alone. The million rows are read both
ways in turn, three times, and the medians are compared.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.raw.conftest import SAMPLES

ROWS = 1_000_000
FILES = 10_000
TIMES_PLAIN = 3.0
MEMORY = 2 * 1024**3
SECONDS_A_FILE = 0.010
SECONDS_A_NIGHT_WITHOUT_NEWS = 1.0

SETUP = """
import json, os, resource, sys, time
from pathlib import Path
import duckdb
from pipelines.raw.load import load
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened

home = Path(sys.argv[1])
settings = Settings(home=home, salt="a salt for the tests")
"""
LOAD = (
    SETUP
    + """
with opened(settings) as connection:
    started = time.perf_counter()
    report = load(connection, settings)
    seconds = time.perf_counter() - started
# Not getrusage, whose maximum a child has from the process that started it.
peak = 1024 * next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({"seconds": seconds, "peak": peak, "files": dict(report.files), "accepted": dict(report.accepted)}))
"""
)
PLAIN = """
import json, sys, time
import duckdb

with duckdb.connect(sys.argv[2]) as connection:
    started = time.perf_counter()
    connection.execute(f"CREATE TABLE rows AS FROM read_csv('{sys.argv[1]}', all_varchar = true)").fetchall()
    connection.execute("CHECKPOINT").fetchall()
    print(json.dumps({"seconds": time.perf_counter() - started}))
"""
# The columns an ordinary shop fills; three rows in five begin an order, the others are further items.
FIRST = {
    "Financial Status": "'paid'",
    "Paid at": "stamp",
    "Fulfillment Status": "'fulfilled'",
    "Fulfilled at": "stamp",
    "Accepts Marketing": "'no'",
    "Currency": "'EUR'",
    "Subtotal": "amount",
    "Shipping": "'4.90'",
    "Taxes": "'3.10'",
    "Total": "amount",
    "Discount Amount": "'0.00'",
    "Shipping Method": "'Standard'",
    "Billing Name": "'Ann Example'",
    "Billing Street": "'Some Street 12'",
    "Billing Address1": "'Some Street 12'",
    "Billing City": "'Town'",
    "Billing Zip": "'''75008'",
    "Billing Country": "'FR'",
    "Shipping Name": "'Ann Example'",
    "Shipping Street": "'Some Street 12'",
    "Shipping Address1": "'Some Street 12'",
    "Shipping City": "'Town'",
    "Shipping Zip": "'''75008'",
    "Shipping Country": "'FR'",
    "Shipping Phone": "'''+33600000000'",
    "Payment Method": "'Shopify Payments'",
    "Refunded Amount": "CASE WHEN number % 10 = 0 THEN amount ELSE '0.00' END",
    "Id": "(7410991464714 + number)::VARCHAR",
    "Risk Level": "'Low'",
    "Source": "'web'",
    "Tax 1 Name": "'TVA 20%'",
    "Tax 1 Value": "'3.10'",
}
EVERY = {
    "Name": "'#' || (1001 + number)",
    "Email": "'customer' || (number * 7919 % 300000) || '@example.com'",
    "Created at": "stamp",
    "Lineitem quantity": "(1 + i % 3)::VARCHAR",
    "Lineitem name": "'Care / Product ' || (i % 500)",
    "Lineitem price": "printf('%d.%02d', i % 90, i % 100)",
    "Lineitem sku": "'SKU-' || (i % 500)",
    "Lineitem requires shipping": "'true'",
    "Lineitem taxable": "'true'",
    "Lineitem fulfillment status": "'fulfilled'",
    "Vendor": "'Leaf'",
}


def run(code: str, *arguments: object) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    result: dict[str, object] = json.loads(done.stdout.strip().split("\n")[-1])
    return result


def shopify_file(path: Path) -> None:
    """ROWS rows with all 79 columns."""
    import duckdb

    header = (SAMPLES / "shopify.csv").read_text().split("\n")[0].split(",")
    first = {name: f"CASE WHEN begins THEN {value} ELSE '' END" for name, value in FIRST.items()}
    cells = ", ".join(f'{ {**first, **EVERY}.get(name, repr("")) } AS "{name}"' for name in header)
    duckdb.connect().execute(
        f"""
        COPY (
            SELECT {cells} FROM (
                SELECT *, strftime(TIMESTAMP '2020-01-01' + INTERVAL 3 MINUTE * number, '%Y-%m-%d %H:%M:%S') || ' +0100'
                    AS stamp, printf('%d.%02d', number % 200, number % 100) AS amount
                FROM (SELECT i, (i // 5) * 3 + [0, 1, 1, 2, 2][i % 5 + 1] AS number, i % 5 IN (0, 1, 3) AS begins
                    FROM range({ROWS}) AS t(i))
            ) ORDER BY i
        ) TO '{path}' (HEADER)
        """
    ).fetchall()


@pytest.mark.timeout(900)
def test_a_million_shopify_rows_cost_three_plain_reads(tmp_path: Path) -> None:
    export = tmp_path / "orders.csv"
    shopify_file(export)
    plain, loaded, peaks = [], [], []
    for turn in range(3):
        plain.append(float(str(run(PLAIN, export, tmp_path / f"plain{turn}.duckdb")["seconds"])))
        home = tmp_path / f"home{turn}"
        (home / "landing").mkdir(parents=True)
        (home / "landing" / "orders.csv").hardlink_to(export)
        report = run(LOAD, home)
        assert report["accepted"] == {"order_lines": ROWS, "orders": ROWS * 3 // 5}
        loaded.append(float(str(report["seconds"])))
        peaks.append(int(str(report["peak"])))
    ratio = sorted(loaded)[1] / sorted(plain)[1]
    print(
        f"plain {sorted(plain)[1]:.1f} s, load {sorted(loaded)[1]:.1f} s: {ratio:.2f}; {max(peaks) / 1024**3:.2f} GiB"
    )
    assert ratio <= TIMES_PLAIN
    assert max(peaks) < MEMORY


@pytest.mark.timeout(900)
def test_ten_thousand_small_files_and_a_night_without_news(tmp_path: Path) -> None:
    header, *rest = (SAMPLES / "shopify.csv").read_text().split("\n")
    text = "\n".join([header, *rest])
    for number in range(FILES):
        path = tmp_path / "landing" / f"{number % 100:02d}" / f"{number}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("#100", f"#{number}100").replace("7410991464", f"{7410000000 + number}"))
    report = run(LOAD, tmp_path)
    each = float(str(report["seconds"])) / FILES
    assert report["files"] == {"loaded": FILES}
    again = run(LOAD, tmp_path)
    print(f"{each * 1000:.2f} ms a file; a night without news {float(str(again['seconds'])):.2f} s")
    assert again["accepted"] == {}
    assert each < SECONDS_A_FILE
    assert float(str(again["seconds"])) < SECONDS_A_NIGHT_WITHOUT_NEWS
