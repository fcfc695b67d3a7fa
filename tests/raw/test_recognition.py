"""Which format a file is, by its header alone; and formats of the operator's own."""

import pytest

from tests.raw.conftest import Shop

OWN = """-- source: shopx
-- recognised by: Ticket, "Rated, when", Rating
-- also reads: Mail
SELECT file_id, row_number, "Ticket" AS response_id, strptime("Rated, when", '%d/%m/%Y %H:%M') AS responded_at,
    "Rating" AS score, "Mail" AS customer_email, CASE WHEN "Ticket" LIKE 'T%' THEN 'test' END AS reject, 7 AS seven
FROM input;
"""
FILE = 'Ticket,"Rated, when",Rating\nA1,31/01/2026 14:05,9\nT2,31/01/2026 14:05,9\n'


@pytest.mark.parametrize(
    "header",
    [
        "response_id,responded_at,score",
        "\ufeffSCORE ; Responded_At;response_id",
        "score\tresponse_id\tresponded_at",
        "score|response_id|responded_at",
    ],
)
def test_order_case_blanks_and_delimiter_are_free(shop: Shop, header: str) -> None:
    mark = next(mark for mark in ";\t|," if mark in header)
    cells = {"response_id": "r1", "responded_at": "2024-05-01", "score": "7"}
    names = [name.strip("\ufeff ").lower() for name in header.split(mark)]
    shop.drop("x.csv", header + "\n" + mark.join(cells[name] for name in names) + "\n")
    shop.load()
    assert shop.rows("responses", "response_id", "score") == [("r1", "7")]


@pytest.mark.first(4)
@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("customer_id,registered_at", "customers"),
        ("customer_email", "customers"),
        ("customer_email,anything", None),
        ("customer_email,given_at", "reviews_given"),
        ("customer_email,requested_at", "erasures"),
        ("order_id,line_id,quantity,total", "order_lines"),
        ("order_id,ordered_at,total,score", "orders"),
        ("customer_id", None),
        ("customer_id,city", None),
        ("customer_id,order_id,order_status", None),
        ("customer_email,order_id,amount", None),
        ("given_at", None),
    ],
)
def test_canonical_kinds(shop: Shop, header: str, kind: str | None) -> None:
    shop.drop("x.csv", header + "\n")
    shop.load()
    assert shop.rows("files", "kind") == [(kind,)]


def test_an_unrecognised_file_names_the_nearest_format(shop: Shop) -> None:
    shop.drop("x.csv", "order_id,ordered_at,amount\n1,2024-05-01,5\n")
    assert shop.load().files == {"unrecognised": 1}
    assert shop.rows("files", "status", "reason") == [
        ("unrecognised", "nearest format is canonical.orders, whose columns it lacks: total")
    ]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("id,Email,Name,status,date", "no format knows its columns, but for names that every export uses"),
        ("Order ID,Total,Created at,Currency", "no format knows its columns, but for names that every export uses"),
        ("colour,taste", "no format knows any of its columns"),
        (
            "Name,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem price,Currency",
            "lacks: Email, Total",
        ),
        ("response_id,responded_at,grade", "nearest format is canonical.responses, whose columns it lacks: score"),
    ],
)
def test_the_nearest_format_shares_a_column_that_says_something(shop: Shop, header: str, reason: str) -> None:
    shop.drop("x.csv", f"{header}\n")
    shop.load()
    assert reason in str(shop.rows("files", "reason"))


def test_an_operators_format(shop: Shop) -> None:
    shop.format("shopx.responses.sql", OWN)
    shop.drop("x.csv", FILE)
    shop.load()
    assert shop.rows("responses", "response_id", "responded_at", "score", "source", "extra") == [
        ("A1", "2026-01-31 14:05:00+00", "9", "shopx", '{"seven":7}')
    ]
    assert shop.rows("rejected", "reason", "row_number") == [("test", "2")]


def test_an_operators_format_wins_over_the_shipped_one(shop: Shop) -> None:
    shop.format(
        "retently.responses.sql",
        "-- recognised by: id, score\n-- records: data.responses\n"
        "SELECT file_id, row_number, id AS response_id, '2020-01-01' AS responded_at, score FROM input",
    )
    shop.sample("retently.json")
    shop.load()
    assert {row[0] for row in shop.rows("responses", "responded_at")} == {"2020-01-01 00:00:00+00"}


def test_the_most_recognising_columns_win(shop: Shop) -> None:
    select = "SELECT file_id, row_number, a AS response_id, '2020-01-01' AS responded_at, b AS score, '{}' AS survey "
    select += "FROM input"
    shop.format("short.responses.sql", "-- recognised by: a, b\n" + select.format("short"))
    shop.format("long.responses.sql", "-- recognised by: a, b, c\n" + select.format("long"))
    shop.drop("x.csv", "a,b\n1,2\n")
    shop.drop("y.csv", "c,a,b\n1,1,2\n")
    shop.load()
    assert sorted(shop.rows("responses", "survey", "response_id")) == [("long", "1"), ("short", "1")]


@pytest.mark.first(2)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (OWN.replace('"Rating" AS score', '"Rating" AS AS score'), "syntax error"),
        (OWN.replace('"Rating" AS score', "rank AS score"), "rank"),
        (OWN.replace("FROM input;", "FROM input; DROP TABLE x"), "one SELECT"),
        (OWN.replace("file_id, row_number,", ""), "file_id and row_number"),
    ],
)
def test_a_wrong_format_fails_its_files_only_and_is_named(shop: Shop, text: str, words: str) -> None:
    shop.format("shopx.responses.sql", text)
    shop.drop("x.csv", FILE)
    shop.drop("good.csv", "response_id,responded_at,score\n1,2024-05-01,5\n")
    assert shop.load().files == {"failed": 1, "loaded": 1}
    reason = next(reason for status, reason in shop.rows("files", "status", "reason") if status == "failed")
    assert reason is not None
    assert "shopx.responses.sql" in str(reason)
    assert words in str(reason)


def test_a_file_that_is_not_a_format_is_reported(shop: Shop) -> None:
    shop.format("shopx.sql", OWN)
    shop.format("shopy.responses.sql", "SELECT 1")
    report = shop.load()
    assert len(report.problems) == 2
    assert "<export>.<kind>.sql" in report.problems[0]
    assert "recognised by" in report.problems[1]


def test_vendor_columns_may_bear_reserved_names(shop: Shop) -> None:
    shop.drop("x.csv", "response_id,responded_at,score,file_id,row_number,extra,extra\n1,2024-05-01,5,a,b,c,d\n")
    shop.drop("y.json", '[{"response_id":2,"responded_at":"2024-05-01","score":5,"file_id":"a","row_number":9}]')
    shop.load()
    assert sorted(str(row[0]) for row in shop.rows("responses", "extra")) == [
        '{"extra":"c","extra_2":"d","file_id_2":"a","row_number_2":"b"}',
        '{"file_id_2":"a","row_number_2":"9"}',
    ]
