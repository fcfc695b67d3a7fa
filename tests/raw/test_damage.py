"""Damaged files: no crash, no row of another file lost, every row of a readable file counted."""

import random
from pathlib import Path

import pytest

from pipelines.raw.opening import UNFORESEEN
from tests.raw.conftest import SAMPLES, Shop
from tests.raw.damaged import damaged, tables

pytestmark = pytest.mark.slow

# About a hundred of the 2,000 that tests/benchmarks/bench_damage.py loads.
FILES, ROUNDS = 200, 1


def land_and_load(shop: Shop, folder: Path, files: int, seed: int) -> None:
    """Land damaged files among good ones, load, and compare the ledger with what landed."""
    draw = random.Random(seed)
    folder.mkdir()
    originals = tables(SAMPLES)
    others = [path.read_bytes() for path in sorted(SAMPLES.iterdir()) if path.suffix not in {".csv", ".tsv"}]
    landed = [damaged(number, originals, others, folder, draw) for number in range(files)]
    for one in landed:
        shop.drop(one.name, one.content)
    good = {f"good{seed}-{number}" for number in range(files // 10)}
    for number, order in enumerate(sorted(good)):
        shop.drop(f"{number * 10}.good.csv", f"order_id,ordered_at,total\n{order},2024-05-01,5\n")
    report = shop.load()
    assert shop.frame("SELECT count(*) FROM vault.raw.paths").item() == sum(report.files.values())
    loaded_orders = shop.connection.sql(
        "SELECT order_id FROM vault.raw.orders WHERE starts_with(order_id, 'good')"
    ).fetchall()
    assert good <= {order for (order,) in loaded_orders}
    odd = """
        SELECT * FROM vault.raw.files f WHERE kind IS NOT NULL AND (rows IS DISTINCT FROM accepted + rejected
            OR rejected <> (SELECT count(DISTINCT row_number) FROM vault.raw.rejected r WHERE r.file_id = f.file_id)
            OR accepted < 0)
    """
    assert shop.frame(odd).is_empty()
    ledger = dict(
        shop.connection.sql(
            "SELECT path, rows FROM vault.raw.paths JOIN vault.raw.files f USING (file_id) WHERE kind <> ''"
        ).fetchall()
    )
    wrong = {
        one.name: (ledger[one.name], one.rows)
        for one in landed
        if one.rows is not None and one.name in ledger and ledger[one.name] != one.rows
    }
    assert not wrong
    unforeseen = f"SELECT reason FROM vault.raw.files WHERE starts_with(reason, '{UNFORESEEN}')"
    assert shop.connection.sql(unforeseen).fetchall() == []
    assert shop.load().load_id is None


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_damaged_files(shop: Shop, tmp_path: Path, seed: int) -> None:
    land_and_load(shop, tmp_path / "scratch", FILES, seed)
