"""A hundred publications while four processes keep reading; the tests run twenty with two readers.

Here: every publication stamps several whole tables, and every reader compares them. Not here: refusals and leftovers
(tests/test_publish.py).
"""

import subprocess
import time
from pathlib import Path

from warehouse.small_warehouse import compute_all, fill, python, warehouse

from pipelines.publish import publish

PUBLISHINGS, READERS = 100, 4
READS = """
import os, sys, time
import duckdb

path, until = sys.argv[1:]
opened, seen, done = 0, [], False
while not done:
    done = os.path.exists(until)
    reader = duckdb.connect(path, read_only=True)
    stamps = reader.sql(
        "SELECT DISTINCT language FROM core.responses UNION ALL SELECT DISTINCT channel FROM core.orders "
        "UNION ALL SELECT DISTINCT format FROM ops.files UNION ALL SELECT value FROM ops.state WHERE name = 'stamp'"
    ).fetchall()
    assert len(stamps) == 4 and len(set(stamps)) == 1, stamps
    reader.close()
    opened += 1
    if stamps[0][0] not in seen[-1:]:
        seen.append(stamps[0][0])
    if opened == 1:
        print("reads", flush=True)
    time.sleep(0.005)
assert [int(stamp) for stamp in seen] == sorted({int(stamp) for stamp in seen}), seen
print(opened, len(seen), seen[-1], flush=True)
os._exit(0)
"""


def test_every_reader_sees_one_night(tmp_path: Path) -> None:
    readers: list[subprocess.Popen[str]] = []
    until = tmp_path / "until"
    with warehouse(tmp_path / "home") as (connection, settings):
        fill(connection)
        compute_all(connection, settings)

        def write(stamp: int) -> None:
            connection.execute(f"UPDATE core.responses SET language = '{stamp}'")
            connection.execute(f"UPDATE core.orders SET channel = '{stamp}'")
            connection.execute(f"UPDATE ops.files SET format = '{stamp}'")
            connection.execute("DELETE FROM ops.state WHERE name = 'stamp'")
            connection.execute(f"INSERT INTO ops.state VALUES ('stamp', '{stamp}')")
            publish(connection, settings)

        write(0)
        begun = time.monotonic()
        try:
            readers += [python(READS, settings.published_path, until) for _ in range(READERS)]
            for reader in readers:
                assert reader.stdout is not None
                assert reader.stdout.readline() == "reads\n"
            for stamp in range(1, PUBLISHINGS + 1):
                write(stamp)
            until.touch()
            for reader in readers:
                out, err = reader.communicate(timeout=120)
                assert reader.returncode == 0, err
                opened, states, last = map(int, out.split())
                assert opened >= states > PUBLISHINGS // 4
                assert last == PUBLISHINGS
                print(f"\nopened {opened} times, {states} of {PUBLISHINGS + 1} states seen")
        finally:
            for reader in readers:
                reader.kill()
                reader.communicate()
        print(f"{PUBLISHINGS} publishings in {time.monotonic() - begun:.0f} s beside {READERS} readers")
