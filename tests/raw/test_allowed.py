"""What a column accepts is said in words, for every CHECK and type of the vault, and for every reason of a format."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

from pipelines.raw.allowed import OF_REASON, OTHERWISE, words_of_check, words_of_number
from pipelines.raw.kinds import Kind, read_kinds
from pipelines.raw.values import reading
from pipelines.warehouse.sql_files import statements
from tests.raw.conftest import Shop

FORMATS = Path(__file__).parents[2] / "sql" / "formats"
SQL_WORDS = re.compile(r"BETWEEN|\bIN\b|regexp|CAST|DECIMAL|NULL|\s[=<>]+\s")


@pytest.fixture(scope="module")
def kinds() -> dict[str, Kind]:
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS vault")
        connection.execute("USE vault")
        connection.execute(statements("schema/raw.sql"))
        return read_kinds(connection)


def test_every_check_and_type_has_words_without_sql(kinds: dict[str, Kind]) -> None:
    columns = [column for kind in kinds.values() for column in kind.columns]
    words = {words_of_check(rule) for column in columns for rule in column.checks}
    assert OTHERWISE not in words
    readings = [
        reading(column, is_written=is_written, is_dating=True).allowed
        for column in columns
        for is_written in (False, True)
    ]
    # What is allowed is an expression: its texts are the words.
    words |= {text for expression in readings for text in re.findall("'((?:[^']|'')*)'", expression)}
    assert "a whole number from 0 to 10" in words
    assert [text for text in words if SQL_WORDS.search(text)] == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("(responded_at BETWEEN '1990-01-01 00:00:00+00' AND '2100-01-01 00:00:00+00')", "a day from 1990 to 2099"),
        ("(birth_year BETWEEN 1880 AND CAST(2100 AS SMALLINT))", "from 1880 to 2100"),
        ("(stage IN ('prospect', 'post_order', 'relational'))", "prospect, post_order or relational"),
        ("(rate > 0)", "a number above 0"),
        ("(rate > CAST(0 AS DECIMAL(18,8)))", "a number above 0"),
        ("regexp_full_match(currency, '[A-Z]{3}')", "an ISO 4217 code of three letters, such as EUR"),
        ("(first <= last)", OTHERWISE),
    ],
)
def test_words_of_checks(rule: str, words: str) -> None:
    assert words_of_check(rule) == words


def test_words_of_numbers() -> None:
    assert words_of_number("DECIMAL(18,8)") == "a number below 10,000,000,000, such as 1234.50"
    assert words_of_number("SMALLINT") == "a whole number"


def test_every_reason_of_a_shipped_format_has_words() -> None:
    reasons = set()
    for path in FORMATS.rglob("*.sql"):
        for branch in re.findall(
            r"CASE(?:(?!\bCASE\b).)*?END AS reject\b", path.read_text(encoding="utf-8"), re.DOTALL
        ):
            reasons |= set(re.findall(r"(?:THEN|ELSE) '(\w+)'", branch))
    assert {"not_nps", "partial"} <= reasons
    assert reasons - set(OF_REASON) == set()


def test_the_reason_is_explained_by_the_format_or_by_its_code(shop: Shop) -> None:
    formats = shop.settings.formats_path
    formats.mkdir(parents=True)
    (formats / "desk.responses.sql").write_text(
        "-- recognised by: Ticket, Metric, Mark\n"
        'SELECT file_id, row_number, "Ticket" AS response_id, \'2026-01-31\' AS responded_at, "Mark" AS score, '
        "CASE WHEN \"Metric\" <> 'NPS' THEN 'not_nps' END AS reject, 'score' AS reject_column, "
        "CASE WHEN \"Metric\" = 'CSAT' THEN 'NPS in the column Metric' END AS reject_allowed FROM input"
    )
    shop.drop("a.csv", "Ticket,Metric,Mark\n1,NPS,9\n2,CSAT,5\n3,CES,6\n")
    shop.load()
    assert shop.rows("rejected", "row_number", "column_name", "reason", "allowed") == [
        ("2", "score", "not_nps", "NPS in the column Metric"),
        ("3", "score", "not_nps", OF_REASON["not_nps"]),
    ]


@pytest.mark.first(1)
@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ("csat", '"survey_type" says NPS; this row\'s says CSAT, which is no NPS'),
        ("ann@example.com", '"survey_type" says NPS; this row\'s says another metric'),
        ("", '"survey_type" says NPS; this row\'s says nothing'),
    ],
)
def test_another_metric_is_named_if_it_is_known(shop: Shop, metric: str, words: str) -> None:
    answer = {"id": "1", "person": "7", "score": 5, "created_at": 1746090000, "person_properties": None}
    shop.drop(
        "a.json", json.dumps([{**answer, "survey_type": "nps"}, {**answer, "id": "2", "survey_type": metric or None}])
    )
    shop.load()
    refused = shop.rows("rejected", "column_name", "reason", "allowed")
    assert refused == ([("score", "not_nps", words)] if metric else [])


def test_a_survey_without_the_question_says_what_is_missing(shop: Shop) -> None:
    """The columns of Microsoft Forms, with a question that is answered by yes or no."""
    header = "ID,Start time,Completion time,Email,Name,Would you recommend us?"
    shop.drop("a.csv", f"{header}\n1,2025-06-01 09:00:00,2025-06-01 09:05:00,anonymous,,yes\n")
    shop.load()
    [(reason, allowed)] = shop.rows("rejected", "reason", "allowed")
    assert reason == "not_nps"
    assert "yes or no, words and other scales make no NPS" in str(allowed)
