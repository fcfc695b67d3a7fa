"""The load as a whole: new files, waiting ones, failing ones, and that one file does not affect another."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.raw.conftest import Shop

RESPONSES = "response_id,responded_at,score,customer_email,customer_id,comment\n"
ORDERS = "order_id,ordered_at,total\n"
READ = ("status", "rows", "accepted", "rejected")


def counts(shop: Shop) -> dict[str, int]:
    tables = ("responses", "orders", "rejected", "files", "identities")
    return {table: shop.frame(f"SELECT count(*) FROM vault.raw.{table}").item() for table in tables}


def test_a_second_load_opens_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.drop("a.csv", ORDERS + "1,2024-05-01,5\n")
    assert shop.load().load_id == 1
    before = shop.fingerprint()
    monkeypatch.setattr("builtins.open", None)
    monkeypatch.setattr("pathlib.Path.read_bytes", None)
    again = shop.load()
    assert (again.load_id, again.files) == (None, {"loaded": 1})
    assert shop.fingerprint() == before


def test_the_same_content_under_other_names_is_loaded_once(shop: Shop) -> None:
    for name in ("a.csv", "deep/er/b.txt", "c.json"):
        shop.drop(name, ORDERS + "1,2024-05-01,5\n")
    assert shop.load().files == {"loaded": 1, "duplicate": 2}
    assert shop.load().load_id is None
    shop.drop("d.csv", ORDERS + "1,2024-05-01,5\n")
    assert shop.load().load_id is None
    assert counts(shop)["orders"] == 1
    assert len(shop.rows("paths", "path")) == 4


def test_a_removed_file_stays_loaded(shop: Shop) -> None:
    shop.drop("a.csv", ORDERS + "1,2024-05-01,5\n").unlink()
    shop.drop("a.csv", ORDERS + "1,2024-05-01,5\n")
    shop.load()
    (shop.settings.landing / "a.csv").unlink()
    shop.load()
    assert counts(shop)["orders"] == 1


def test_a_changed_file_is_another_content(shop: Shop) -> None:
    path = shop.drop("a.csv", ORDERS + "1,2024-05-01,5\n")
    shop.load()
    path.write_text(ORDERS + "1,2024-05-01,5\n2,2024-05-01,5\n")
    assert shop.load().load_id == 2
    assert counts(shop) == {"responses": 0, "orders": 3, "rejected": 0, "files": 2, "identities": 0}


@pytest.mark.first(2)
@pytest.mark.parametrize("ending", [".tmp", ".part", ".crdownload", ".PART"])
def test_an_unfinished_file_waits(shop: Shop, ending: str) -> None:
    path = shop.drop("a.csv" + ending, ORDERS + "1,2024-05-01,5\n")
    assert shop.load().files == {"waiting": 1}
    assert shop.rows("paths", "path", "status") == [("a.csv" + ending, "waiting")]
    path.rename(path.with_name("a.csv"))
    assert shop.load().files == {"loaded": 1}
    assert shop.rows("paths", "path", "status") == [("a.csv", "read")]


def test_a_file_that_grows_while_it_is_read_waits(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["pipelines.raw.load"]
    path = shop.drop("a.csv", ORDERS + "1,2024-05-01,5\n")
    shop.drop("b.csv", ORDERS + "2,2024-05-01,5\n")
    whole = module._read_batch

    def growing(*given: object) -> None:
        whole(*given)
        path.write_text(ORDERS + "1,2024-05-01,5\n3,2024-05-01,5\n")

    monkeypatch.setattr(module, "_read_batch", growing)
    assert shop.load().files == {"waiting": 1, "loaded": 1}
    assert shop.rows("orders", "order_id") == [("2",)]
    monkeypatch.undo()
    assert shop.load().files == {"loaded": 2}
    assert sorted(shop.rows("orders", "order_id")) == [("1",), ("2",), ("3",)]


def test_links_out_of_the_landing_folder_are_not_followed(shop: Shop) -> None:
    outside = shop.settings.home / "secret.csv"
    outside.write_text(ORDERS + "1,2024-05-01,5\n")
    (shop.settings.landing / "link.csv").symlink_to(outside)
    (shop.settings.landing / "folder").symlink_to(shop.settings.home)
    shop.drop(".hidden.csv", ORDERS + "1,2024-05-01,5\n")
    assert shop.load().files == {}


def test_refused_rows_are_counted_and_explained(shop: Shop) -> None:
    shop.drop(
        "a.csv",
        RESPONSES + "1,2024-05-01,9,a@example.com,,x\n2,yesterday,9,,,\n3,2024-05-01,11,,,\n,2024-05-01,9,,,\n"
        "5,1980-05-01,9,,,\n",
    )
    report = shop.load()
    assert (report.rows, report.accepted, report.rejected) == ({"responses": 5}, {"responses": 1}, {"responses": 4})
    assert shop.rows("files", *READ) == [("loaded", "5", "1", "4")]
    assert shop.rows("rejected", "row_number", "column_name", "reason", "value") == [
        ("2", "responded_at", "not_a_time", "yesterday"),
        ("3", "score", "not_a_score", "11"),
        ("4", "response_id", "missing", None),
        ("5", "responded_at", "not_allowed", "1980-05-01"),
    ]
    assert [words for (words,) in shop.rows("rejected", "allowed")][1:] == [
        "a whole number from 0 to 10",
        "text",
        "a day from 1990 to 2099",
    ]
    assert '"score":"11"' in str(shop.rows("rejected", "record")[1][0])


def test_a_broken_line_costs_only_itself(shop: Shop) -> None:
    body = [
        '1,2024-05-01,9.5,"un,closed',
        "2,2024-05-01,9.5,ok",
        '3,2024-05-01,9.5,"two\r\nlines, ""quoted"" text"',
        "4,2024-05-01,9.5,too,many",
        '5,2024-05-01,9.5,say "hi"',
        "6,2024-05-01,9.5",
        "",
        "7,2024-05-01,9.5,x,,",
        "8,2024-05-01,9.5,a\0b",
        "9,2024-05-0",
    ]
    shop.drop("a.csv", "order_id,ordered_at,total,note\r" + "\n".join(body))
    shop.drop("good.csv", ORDERS + "10,2024-05-01,5\n")
    shop.load()
    notes = "SELECT order_id, row_number, extra->>'note' AS note FROM vault.raw.orders ORDER BY ALL"
    assert shop.frame(notes).rows() == [
        ("10", 1, None),
        ("2", 2, "ok"),
        ("3", 3, 'two\nlines, "quoted" text'),
        ("5", 5, 'say "hi"'),
        ("6", 6, None),
        ("7", 7, "x"),
        ("8", 8, "ab"),
    ]
    assert sorted(shop.rows("rejected", "row_number", "reason", "value")) == [
        ("1", "unreadable", '1,2024-05-01,9.5,"un,closed'),
        ("4", "unreadable", "4,2024-05-01,9.5,too,many"),
        ("9", "unreadable", "9,2024-05-0"),
    ]
    assert ("loaded", "9", "6", "3") in shop.rows("files", *READ)


@pytest.mark.first(4)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n \n",
        b"PAR1 not parquet",
        b"\x1f\x8bnot gzip",
        b"\x28\xb5\x2f\xfdnot zstd",
        b'{"data": {"responses": [{"id": 1',
        b"PK\x03\x04rest",
        b"\x89PNG\r\n",
        b"[" * 100_000,
        b"\0" * 1000,
        bytes(range(256)) * 20,
        b'"' * 9,
        b"order_id,ordered_at,total\n" + b"x" * 3_000_000,
    ],
)
def test_a_bad_file_fails_alone(shop: Shop, content: bytes) -> None:
    shop.drop("bad.csv", content)
    shop.drop("good.csv", ORDERS + "1,2024-05-01,5\n")
    report = shop.load()
    assert report.accepted["orders"] == 1
    assert sum(report.files.values()) == 2
    assert shop.load().load_id is None


def test_header_only_is_loaded_and_empty(shop: Shop) -> None:
    shop.drop("a.csv", "order_id,ordered_at,total")
    shop.load()
    assert shop.rows("files", *READ) == [("loaded", "0", "0", "0")]


def test_a_huge_field_is_loaded_whole(shop: Shop) -> None:
    shop.drop("a.csv", RESPONSES + f'1,2024-05-01,9,,,"{"x" * 5_000_000}"\n')
    shop.load()
    assert shop.frame("SELECT length(comment) FROM vault.raw.responses").item() == 5_000_000


@pytest.mark.slow
def test_every_container_gives_the_same_rows(make_shop: Callable[..., Shop], packed: Callable[[str], bytes]) -> None:
    text = RESPONSES + '1,2024-05-01,9,a@example.com,7,"é, ""x"""\n2,2024-05-01,3,,,\n'
    plain = make_shop()
    path = plain.drop("a.csv", text)
    plain.load()
    columns = (*RESPONSES.strip().split(","), "identity", "row_number")
    expected = plain.rows("responses", *columns)
    query = f"SELECT * FROM read_csv('{path}', all_varchar = true)"
    for name, options in {
        "a.parquet": "FORMAT parquet",
        "a.json": "FORMAT json, ARRAY true",
        "a.ndjson": "FORMAT json",
        "a.csv.zst": "FORMAT csv, COMPRESSION zstd",
        "a.tsv": "FORMAT csv, DELIMITER '\t'",
        "a.ndjson.gz": "FORMAT json, COMPRESSION gzip",
    }.items():
        shop = make_shop()
        duckdb.connect().execute(f"COPY ({query}) TO '{shop.settings.landing / name}' ({options})").fetchall()
        assert shop.load().files == {"loaded": 1}, name
        assert shop.rows("responses", *columns) == expected, name
    shop = make_shop()
    shop.drop("a.csv.gz", packed(text))
    shop.load()
    assert shop.rows("responses", *columns) == expected


def test_a_file_dates_all_its_rows(shop: Shop) -> None:
    shop.drop(
        "a.csv",
        "order_id,ordered_at,total,updated_at,promised_at,delivered_at\n"
        "1,2024-05-01,5,2024-05-03,2024-07-01,\n2,2024-05-02,5,,,9999-12-31\n3,2099-05-02,x,,,\n",
    )
    shop.load()
    assert shop.rows("orders", "file_event_at") == [("2024-05-03 00:00:00+00",)] * 2
    assert shop.rows("files", "first_event_at", "last_event_at") == [
        ("2024-05-01 00:00:00+00", "2024-05-02 00:00:00+00")
    ]


def own(score: str) -> str:
    return (
        "-- recognised by: ticket, rating\nSELECT file_id, row_number, ticket AS response_id, "
        f"'2024-05-01' AS responded_at, {score} AS score FROM input"
    )


def test_a_changed_format_reads_its_files_again(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.drop("a.csv", "ticket,rating\n1,4\n")
    shop.drop("b.csv", ORDERS + "1,2024-05-01,5\n")
    assert shop.load().files == {"unrecognised": 1, "loaded": 1}
    shop.format("own.responses.sql", own("rating"))
    report = shop.load()
    assert (report.load_id, report.files, report.replaced) == (2, {"loaded": 2}, 0)
    assert shop.rows("files", "format", "load_id") == [("canonical", "1"), ("own", "2")]
    shop.format("own.responses.sql", own("rating::INT * 2"))
    report = shop.load()
    assert (report.load_id, report.replaced) == (3, 1)
    assert shop.rows("responses", "response_id", "score") == [("1", "8")]
    assert shop.load().load_id is None
    fresh = make_shop()
    fresh.format("own.responses.sql", own("rating::INT * 2"))
    fresh.drop("c.csv", ORDERS + "1,2024-05-01,5\n")
    fresh.drop("d.csv", "ticket,rating\n1,4\n")
    fresh.load()
    assert fresh.rows("responses", "response_id", "score", "source") == shop.rows(
        "responses", "response_id", "score", "source"
    )
    (shop.settings.formats_path / "own.responses.sql").unlink()
    report = shop.load()
    assert (report.files, report.replaced) == ({"unrecognised": 1, "loaded": 1}, 1)
    assert counts(shop)["responses"] == 0


def test_another_zone_reads_the_files_again(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.drop("a.csv", ORDERS + "1,2024-05-01 10:00:00,5\n")
    shop.load()
    object.__setattr__(shop.settings, "timezone", "Europe/Paris")
    shop.connection.execute("SET TimeZone = 'Europe/Paris'").fetchall()
    assert shop.load().replaced == 1
    assert shop.rows("orders", "ordered_at") == [("2024-05-01 10:00:00+02",)]


def test_a_killed_load_leaves_the_vault_as_it_was(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.drop("a.csv", RESPONSES + "1,2024-05-01,9,a@example.com,7,x\n")
    shop.load()
    before = shop.fingerprint()
    shop.drop("b.csv", RESPONSES + "2,2024-05-01,9,b@example.com,7,x\n")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipelines.raw.identity.update", killed)
    with pytest.raises(KeyboardInterrupt):
        shop.load()
    assert shop.fingerprint() == before
    monkeypatch.undo()
    assert shop.load().files == {"loaded": 2}
    assert not (shop.settings.home / ".reading").exists()


@pytest.mark.slow
def test_order_of_arrival_names_and_runs_do_not_matter(make_shop: Callable[..., Shop]) -> None:
    draw = random.Random(7)
    files = [
        RESPONSES
        + "".join(
            f"{draw.randrange(30)},2024-05-{draw.randrange(1, 29):02d},{draw.randrange(13)},"
            f"{draw.choice(['', f'c{draw.randrange(9)}@example.com'])},{draw.choice(['', str(draw.randrange(9))])},x\n"
            for _ in range(draw.randrange(1, 9))
        )
        for _ in range(12)
    ]
    files += [ORDERS + "1,2024-05-01,5\n", "a,b\n1,2\n", "", 'order_id,ordered_at,total\n1,2,"\n']
    seen = set()
    for _ in range(4):
        shop = make_shop()
        rest = files.copy()
        draw.shuffle(rest)
        while rest:
            for _ in range(draw.randrange(1, 6)):
                if rest:
                    path = shop.drop(f"{draw.random()}.csv", rest.pop())
                    os.utime(path, (draw.randrange(10**9), draw.randrange(10**9)))
            shop.load()
        seen.add(shop.fingerprint())
    assert len(seen) == 1


def test_many_files_are_read_together_and_one_bad_one_is_found(shop: Shop) -> None:
    for number in range(100):
        shop.drop(f"{number}.csv", ORDERS + f"{number},2024-05-01,5\n")
    shop.drop("bad.csv", ORDERS + 'x,2024-05-01,"5\n')
    shop.load()
    assert counts(shop)["orders"] == 100
    assert sum("reading" in line for line in shop.messages) == 2
    assert [row for row in shop.rows("files", *READ) if row[3] == "1"] == [("loaded", "1", "0", "1")]


@pytest.mark.timeout(60)
def test_a_document_of_many_records_costs_no_more_than_its_records(shop: Shop) -> None:
    # If each record carried its document along, the cost would grow with the square of the file.
    record = '{"response_id": "%d", "responded_at": "2024-05-01", "score": 9, "comment": "' + "x" * 150 + '"}'
    shop.drop("a.json", "[" + ",\n".join(record % number for number in range(30_000)) + "]")
    shop.load()
    assert counts(shop)["responses"] == 30_000


NEXT_NIGHT = """
import sys
from pathlib import Path
from pipelines.figures import FIGURES
from pipelines.raw.load import load
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened

settings = Settings(home=Path(sys.argv[1]), salt="a salt for the tests")
with opened(settings) as connection:
    print(load(connection, settings).load_id, *(figure.fingerprint(settings) for figure in FIGURES))
"""


@pytest.mark.slow
def test_the_next_process_finds_nothing_new_either(tmp_path: Path) -> None:
    """Sets of texts have another order in every process; no fingerprint may depend on it."""
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "a.csv").write_text(ORDERS + "1,2024-05-01,5\n")
    nights = [
        subprocess.run(
            [sys.executable, "-c", NEXT_NIGHT, str(tmp_path)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for seed in ("1", "2", "3")
    ]
    assert [night[0] for night in nights] == ["1", "None", "None"]
    assert nights[0][1:] == nights[1][1:] == nights[2][1:]
