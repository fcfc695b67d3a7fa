"""The landing folder: links and odd names do not lead out of it, and nothing in it stops a load."""

import gzip
import os
from pathlib import Path

import pytest

from pipelines.raw.files.landing import glance, walk
from tests.raw.conftest import Shop

ORDERS = "order_id,ordered_at,total\n"


def test_links_out_of_the_folder_are_passed_over(shop: Shop, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text(ORDERS + "secret,2024-05-01,5\n")
    landing = shop.settings.landing
    (landing / "file.csv").symlink_to(outside / "secret.csv")
    (landing / "up.csv").symlink_to(Path("../../outside/secret.csv"))
    (landing / "folder").symlink_to(outside)
    (landing / "chain.csv").symlink_to(landing / "file.csv")
    (landing / "loop.csv").symlink_to(landing / "loop.csv")
    (landing / "nowhere.csv").symlink_to(landing / "nothing.csv")
    os.mkfifo(landing / "pipe.csv")
    shop.drop("deep/good.csv", ORDERS + "good,2024-05-01,5\n")
    (landing / "inside.csv").symlink_to(landing / "deep" / "good.csv")
    assert [landed.path for landed in walk(landing)] == ["deep/good.csv", "inside.csv"]
    assert shop.load().files == {"loaded": 1, "duplicate": 1}
    assert shop.rows("orders", "order_id") == [("good",)]


def test_names_with_wildcards_name_one_file(shop: Shop) -> None:
    names = [
        "a*.csv",
        "ab.csv",
        "[x].csv",
        "x.csv",
        "q?.csv",
        "{a,b}.csv",
        "it's.csv",
        'quo"te.csv',
        "; DROP TABLE x; --.csv",
    ]
    names += ["line\nbreak.csv", "tab\t.csv", "$1 %s {0}.csv", "~.csv", "C:\\x.csv", "..csv.csv", "é\u202e.csv"]
    names = [name for name in names if not name.startswith(".")]
    for name in names:
        shop.drop(name, f'{ORDERS}"{names.index(name)}",2024-05-01,5\n')
    shop.drop("*/?/[1]/deep.parquet.csv", ORDERS + "deep,2024-05-01,5\n")
    shop.load()
    assert {order for (order,) in shop.rows("orders", "order_id")} == {*map(str, range(len(names))), "deep"}
    assert {path for (path,) in shop.rows("paths", "path")} == {*names, "*/?/[1]/deep.parquet.csv"}


def test_names_of_files_do_not_matter(shop: Shop) -> None:
    table = shop.connection.sql("SELECT 'p' AS order_id, '2024-05-01' AS ordered_at, '5' AS total")
    parquet = shop.settings.home / "x.parquet"
    table.write_parquet(str(parquet))
    contents = {
        "c0=hive/order_id=hive/total=7/plain.csv.gz": ORDERS + "a,2024-05-01,5\n",
        "plain.csv.zst": ORDERS + "b,2024-05-01,5\n",
        "c0=hive/plain.json.gz": '{"order_id": "c", "ordered_at": "2024-05-01", "total": 5}',
        "order_id=hive/total=7/orders.csv": parquet.read_bytes(),
        "c0=hive/broken.csv.gz": ORDERS + 'd,2024-05-01,5\n"never,closed,5\n',
        "packed.csv": gzip.compress(f"{ORDERS}e,2024-05-01,5\n".encode()),
    }
    for name, content in contents.items():
        shop.drop(name, content)
    assert shop.load().files == {"loaded": 6}
    assert sorted(shop.rows("orders", "order_id", "total")) == [(name, "5.0000") for name in "abcdep"]


def test_names_that_are_not_text(shop: Shop) -> None:
    for number, name in enumerate((b"\xff.csv", b"\xfe.csv", b"\xe9t\xe9.json")):
        text = (
            f"{ORDERS}{number},2024-05-01,5\n"
            if name.endswith(b"csv")
            else '{"order_id":"j","ordered_at":"2024-05-01","total":1}'
        )
        (shop.settings.landing / os.fsdecode(name)).write_text(text)
    assert shop.load().files == {"loaded": 3}
    assert sorted(shop.rows("orders", "order_id")) == [("0",), ("1",), ("j",)]
    assert sorted(shop.rows("paths", "path")) == [("\\xe9t\\xe9.json",), ("\\xfe.csv",), ("\\xff.csv",)]
    assert shop.load().load_id is None


def test_a_folder_deeper_than_the_stack(shop: Shop) -> None:
    deep = shop.settings.landing / "/".join("d" * 1100)
    for folder in (*reversed(deep.parents[:1099]), deep):
        folder.mkdir()
    (deep / "x.csv").write_text(ORDERS + "1,2024-05-01,5\n")
    try:
        assert shop.load().files == {"loaded": 1}
    finally:
        (deep / "x.csv").unlink()
        os.removedirs(deep)


def test_a_folder_that_cannot_be_listed_waits(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.drop("locked/a.csv", ORDERS + "1,2024-05-01,5\n")
    shop.drop("b.csv", ORDERS + "2,2024-05-01,5\n")
    real = os.scandir

    def scandir(folder: Path) -> object:
        if str(folder).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return real(folder)

    with monkeypatch.context() as patch:
        patch.setattr("os.scandir", scandir)
        assert shop.load().files == {"loaded": 1, "waiting": 1}
    assert shop.load().files == {"loaded": 2}


def test_half_written_files_wait(shop: Shop) -> None:
    for name in ("a.csv.tmp", "b.CSV.PART", "c.crdownload"):
        shop.drop(name, ORDERS + "1,2024-05-01,5\n")
    assert shop.load().files == {"waiting": 3}
    for name in ("a.csv.tmp", "b.CSV.PART", "c.crdownload"):
        path = shop.settings.landing / name
        path.rename(path.with_suffix(""))
    assert shop.load().files == {"loaded": 1, "duplicate": 2}


def test_a_glance_shows_whether_finished_files_came_went_or_changed(tmp_path: Path) -> None:
    nothing = glance(tmp_path / "landing")
    assert (nothing.files, nothing.changed_at) == (0, 0)
    (tmp_path / "a.csv").write_text(ORDERS)
    first = glance(tmp_path)
    assert first == glance(tmp_path)
    assert first.digest != nothing.digest
    assert first.files == 1
    assert first.changed_at == pytest.approx((tmp_path / "a.csv").stat().st_ctime)
    for name in ("b.csv.part", "b.csv.TMP", ".b.csv"):
        (tmp_path / name).write_text(ORDERS)
        assert glance(tmp_path) == first
    seen = {first.digest}
    state = (tmp_path / "a.csv").stat()
    (tmp_path / "a.csv").write_text(ORDERS + "1,2025-01-01,5\n")
    os.utime(tmp_path / "a.csv", ns=(state.st_atime_ns, state.st_mtime_ns))
    seen.add(glance(tmp_path).digest)
    (tmp_path / "a.csv").rename(tmp_path / "c.csv")
    seen.add(glance(tmp_path).digest)
    os.utime(tmp_path / "c.csv", ns=(0, 0))
    old = glance(tmp_path)
    seen.add(old.digest)
    assert len(seen) == 4
    # A modification time that was set does not say when the file came.
    assert old.changed_at >= first.changed_at
    assert "c.csv" not in old.digest
