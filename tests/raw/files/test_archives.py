"""ZIP archives: each member is a content of its own, and a bad one costs only itself."""

import gzip
import io
import os
import stat
import zipfile
from collections.abc import Callable

import pytest

from pipelines.raw import opening
from pipelines.raw.files import archives
from tests.raw.conftest import Shop
from tests.raw.files.test_workbooks import workbook

ORDERS = "order_id,ordered_at,total\n"
ANSWERS = "response_id,responded_at,score\n"


def archive(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members.items():
            new.writestr(name, content)
    return out.getvalue()


def paths(shop: Shop) -> list[tuple[str, str, str | None]]:
    return shop.connection.sql(
        "SELECT path, coalesce(f.status, p.status), coalesce(f.reason, p.reason) FROM vault.raw.paths p "
        "LEFT JOIN vault.raw.files f USING (file_id) ORDER BY path"
    ).fetchall()


def test_every_member_of_any_kind(shop: Shop) -> None:
    content = archive(
        {
            "a.csv": ORDERS + "1,2024-05-01,5\n",
            "deep/er/b.csv.gz": gzip.compress((ORDERS + "2,2024-05-01,5\n").encode()),
            "c.json": '[{"order_id": "3", "ordered_at": "2024-05-01", "total": 5}]',
            "d.tsv": (ORDERS + "4,2024-05-01,5\n").replace(",", "\t").encode("utf-16"),
            "e.xlsx": workbook({"One": [["order_id", "ordered_at", "total"], [5, "2024-05-01", 5]]}),
            "f.zip": archive({"g.csv": ORDERS + "6,2024-05-01,5\n"}),
            "__MACOSX/._a.csv": b"\0\5\26\7",
            ".DS_Store": b"\0",
        }
    )
    shop.drop("all.zip", content)
    assert shop.load().files == {"loaded": 9}
    assert sorted(shop.rows("orders", "order_id")) == [(str(number),) for number in range(1, 7)]
    assert [path for path, _, _ in paths(shop)] == [
        *("all.zip", "all.zip/a.csv", "all.zip/c.json", "all.zip/d.tsv", "all.zip/deep/er/b.csv.gz", "all.zip/e.xlsx"),
        *("all.zip/e.xlsx/One", "all.zip/f.zip", "all.zip/f.zip/g.csv"),
    ]
    assert not (shop.settings.home / ".reading").exists()


def test_an_archive_and_its_files_unpacked_are_the_same(shop: Shop, make_shop: Callable[..., Shop]) -> None:
    members: dict[str, str | bytes] = {"a.csv": ORDERS + "1,2024-05-01,5\n", "b.csv": ANSWERS + "1,2024-05-01,5\n"}
    shop.drop("z.zip", archive(members))
    shop.load()
    other = make_shop()
    for name, content in members.items():
        other.drop(name, content)
        shop.drop(f"unpacked {name}", content)
    other.load()
    again = shop.load()
    assert (again.load_id, again.files) == (None, {"loaded": 3, "duplicate": 2})
    for table in ("orders", "responses", "rejected", "identities"):
        query = (
            f"SELECT * EXCLUDE (load_id) FROM vault.raw.{table}" if table == "identities" else f"FROM vault.raw.{table}"
        )
        assert shop.frame(query).equals(other.frame(query))


def test_nothing_new_opens_no_archive(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.drop(
        "z.zip",
        archive({"a.csv": ORDERS + "1,2024-05-01,5\n", "b.csv": "x,y\n1,2\n", "a2.csv": ORDERS + "1,2024-05-01,5\n"}),
    )
    assert shop.load().files == {"loaded": 2, "unrecognised": 1, "duplicate": 1}
    before = shop.fingerprint()
    monkeypatch.setattr("builtins.open", None)
    monkeypatch.setattr("pathlib.Path.read_bytes", None)
    again = shop.load()
    assert (again.load_id, again.files) == (None, {"loaded": 2, "unrecognised": 1, "duplicate": 1})
    assert shop.fingerprint() == before


def test_a_new_format_reads_the_members_that_waited_for_it(shop: Shop) -> None:
    shop.drop(
        "z.zip", archive({"a.csv": ORDERS + "1,2024-05-01,5\n", "b.csv": "Ticket,When,Rating\nT1,2024-05-01,9\n"})
    )
    shop.load()
    shop.format(
        "desk.responses.sql",
        "-- recognised by: Ticket, When, Rating\n"
        'SELECT file_id, row_number, "Ticket" AS response_id, "When" AS responded_at, "Rating" AS score FROM input',
    )
    report = shop.load()
    assert (report.files, report.replaced) == ({"loaded": 3}, 0)
    assert shop.rows("responses", "response_id", "source") == [("T1", "desk")]
    assert shop.load().load_id is None


def test_a_replaced_archive_forgets_its_members(shop: Shop) -> None:
    shop.drop("z.zip", archive({"a.csv": ORDERS + "1,2024-05-01,5\n", "b.csv": ORDERS + "2,2024-05-01,5\n"}))
    shop.load()
    path = shop.drop("z.zip", archive({"b.csv": ORDERS + "2,2024-05-01,5\n", "c.csv": ORDERS + "3,2024-05-01,5\n"}))
    os.utime(path, ns=(1, 1))
    shop.load()
    assert [name for name, _, _ in paths(shop)] == ["z.zip", "z.zip/b.csv", "z.zip/c.csv"]
    assert sorted(shop.rows("orders", "order_id")) == [("1",), ("2",), ("3",)]


def test_an_archive_that_changes_while_it_is_read_waits(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shop.drop("z.zip", archive({"a.csv": ORDERS + "1,2024-05-01,5\n"}))
    opened = opening.open_archive

    def and_touch(reader: object) -> zipfile.ZipFile:
        os.utime(path, ns=(1, 1))
        return opened(reader)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(opening, "open_archive", and_touch)
        assert shop.load().files == {"waiting": 1}
    assert paths(shop) == [("z.zip", "waiting", "it changed while it was read")]
    assert shop.load().files == {"loaded": 2}


def encrypted(content: bytes) -> bytes:
    """The archive with the encryption flag of its first member set, in both places."""
    data = bytearray(content)
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def test_a_bad_member_costs_only_itself(shop: Shop) -> None:
    good = {"good.csv": ORDERS + "good{},2024-05-01,5\n"}

    def with_good(number: int, members: dict[str, str | bytes]) -> bytes:
        return archive(members | {"good.csv": good["good.csv"].format(number)})

    damaged = bytearray(with_good(1, {"a.csv": ORDERS + "bad,2024-05-01,5\n" * 50}))
    damaged[45] ^= 0xFF
    shop.drop("1.zip", bytes(damaged))
    shop.drop("2.zip", encrypted(with_good(2, {"a.csv": ORDERS})))
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr(link, "/etc/passwd")
        new.writestr("good.csv", good["good.csv"].format(3))
    shop.drop("3.zip", out.getvalue())
    nested = archive({"c.zip": archive({"d.zip": archive({"e.csv": ORDERS + "too deep,2024-05-01,5\n"})})})
    shop.drop("4.zip", with_good(4, {"a.zip": nested}))
    shop.load()
    assert sorted(shop.rows("orders", "order_id")) == [(f"good{number}",) for number in (1, 2, 3, 4)]
    reasons = {path: reason for path, status, reason in paths(shop) if status == "failed"}
    assert sorted(reasons) == ["1.zip/a.csv", "2.zip/a.csv", "3.zip/a.csv", "4.zip/a.zip/c.zip"]
    assert "cannot be unpacked" in str(reasons["1.zip/a.csv"])
    assert "encrypted" in str(reasons["2.zip/a.csv"])
    assert "a link" in str(reasons["3.zip/a.csv"])
    assert "2 deep" in str(reasons["4.zip/a.zip/c.zip"])
    assert shop.load().load_id is None


def test_names_of_members_are_shown_and_never_used_as_paths(shop: Shop) -> None:
    names = [
        "../../up.csv",
        "/absolute.csv",
        "a/../../b.csv",
        "it's; DROP TABLE x--.csv",
        "new\nline.csv",
        "é*?[1].csv",
    ]
    shop.drop("z.zip", archive({name: f"{ORDERS}{number},2024-05-01,5\n" for number, name in enumerate(names)}))
    before = sorted(shop.settings.home.parent.rglob("*"))
    shop.load()
    shop.connection.execute("CHECKPOINT vault")  # the vault's journal ends
    assert sorted(shop.settings.home.parent.rglob("*")) == before
    assert sorted(shop.rows("orders", "order_id")) == [(str(number),) for number in range(len(names))]
    assert {path for path, _, _ in paths(shop)} == {"z.zip", *(f"z.zip/{name}" for name in names)}


@pytest.mark.first(2)
@pytest.mark.parametrize("name", ["bomb.zip", "bomb.csv.gz", "nested.zip", "lying.zip"])
def test_a_bomb_is_reported_and_not_unpacked(shop: Shop, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(archives, "ALWAYS_ALLOWED", 1_000_000)
    blow = ORDERS.encode() + b" " * 5_000_000
    bomb = archive({"a.csv": blow})
    content = {
        "bomb.zip": bomb,
        "bomb.csv.gz": gzip.compress(blow),
        "nested.zip": archive(
            {f"{number}.zip": archive({"a.csv": ORDERS + f"{number}," * 100_000}) for number in range(9)}
        ),
        "lying.zip": bomb.replace((len(blow)).to_bytes(4, "little"), (100).to_bytes(4, "little")),
    }[name]
    shop.drop(name, content)
    shop.drop("good.csv", ORDERS + "good,2024-05-01,5\n")
    shop.load()
    reasons = [reason for _, status, reason in paths(shop) if status == "failed"]
    assert reasons
    words = "cannot be unpacked" if name == "lying.zip" else "larger than 1 MiB"
    assert all(words in str(reason) for reason in reasons)
    assert shop.rows("orders", "order_id") == [("good",)]


def test_empty_archives(shop: Shop) -> None:
    shop.drop("a.zip", archive({}))
    shop.drop("b.zip", b"PK\x03\x04 not a zip")
    shop.drop("c.zip.gz", gzip.compress(archive({"a.csv": ORDERS})))
    shop.load()
    reasons = [str(reason) for _, _, reason in paths(shop)]
    assert "holds no file" in reasons[0]
    assert "not a whole ZIP archive" in reasons[1]
    assert "packed once more" in reasons[2]


def test_many_members_are_read_in_batches(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "BATCH_FILES", 3)
    shop.drop("z.zip", archive({f"{number}.csv": f"{ORDERS}{number},2024-05-01,5\n" for number in range(10)}))
    assert shop.load().files == {"loaded": 11}
    assert len(shop.rows("orders", "order_id")) == 10
