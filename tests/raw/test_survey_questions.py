"""Columns recognised by the text of their question, and times as survey tools write them.

Here: what is and what is not taken for the recommendation question, and the macros of sql/macros/surveys.sql.
Not here: whole exports (test_survey_formats.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.raw.macros import install_macros
from pipelines.warehouse.connection import set_pseudonym
from tests.raw.conftest import Shop

RECOMMENDATION = [
    "How likely is it that you would recommend our company to a friend or colleague?",
    "how  likely are you\nto RECOMMEND Acme to a friend?",
    "Hello {{hidden:name}}, on a scale of 0 to 10, how likely are you to recommend us?",
    "Would you recommend us? (0-10)",
    "NPS",
    "Your Net Promoter Score:",
    "Wie wahrscheinlich ist es, dass Sie uns einem Freund oder Kollegen weiterempfehlen?",
    "Würden Sie uns einem Freund empfehlen?",
    "Quelle est la probabilité que vous recommandiez notre boutique à un ami ?",
    "Sur une échelle de 0 à 10, recommanderiez-vous notre boutique ?",
    "¿Qué probabilidad hay de que nos recomiende a un amigo o colega?",
    "¿Recomendaría nuestra tienda a un amigo?",
    "Quanto è probabile che consiglieresti il nostro negozio a un amico?",
    "Con quale probabilità raccomanderebbe la nostra azienda a un collega?",
    "Qual é a probabilidade de você recomendar nossa loja a um amigo?",
    "Em uma escala de 0 a 10, você indicaria a nossa loja a um amigo?",
    "Hoe waarschijnlijk is het dat u ons zou aanbevelen bij een vriend?",
    "Zou u ons aanraden aan vrienden?",
]
OTHER = [
    "Why would you recommend us?",
    "What is the main reason you are likely to recommend us?",
    "Pourquoi recommanderiez-vous notre boutique ?",
    "How satisfied are you with our recommendations?",
    "How likely are you to buy the recommended products again?",
    "How many friends did you recommend us to?",
    "How likely are you to buy again?",
    "How satisfied are you?",
    "Wie zufrieden sind Sie?",
    "Haben Sie eine Empfehlung für uns?",
    "Hai qualche consiglio per noi?",
    "Indique su edad",
    "NPS group",
    "Rating",
    "Score",
    "Timestamp",
    "",
]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'Europe/Paris'").fetchall()
    set_pseudonym(connection, b"a salt for the tests")
    install_macros(connection)
    yield connection
    connection.close()


def value(connection: duckdb.DuckDBPyConnection, expression: str, text: str) -> str | None:
    parsed: str | None = connection.sql(f"SELECT ({expression})::VARCHAR", params=[text]).fetchall()[0][0]
    return parsed


@pytest.mark.parametrize("question", RECOMMENDATION)
def test_a_recommendation_question(connection: duckdb.DuckDBPyConnection, question: str) -> None:
    assert value(connection, "is_recommendation($1::VARCHAR)", question) == "true"
    assert value(connection, "is_recommendation($1::VARCHAR)", question.upper()) == "true"


@pytest.mark.parametrize("question", OTHER)
def test_another_question(connection: duckdb.DuckDBPyConnection, question: str) -> None:
    assert value(connection, "is_recommendation($1::VARCHAR)", question) == "false"


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("How likely (1-10)?", True),
        ("from 1 to 5", True),
        ("rate 0–5", True),
        ("von 1 bis 10", True),
        ("de 1 à 10", True),
        ("on a scale of 0 to 10", False),
        ("0-10, not 1-10", False),
        ("within 10 days", False),
    ],
)
def test_a_scale_that_is_not_0_to_10(connection: duckdb.DuckDBPyConnection, question: str, other: bool) -> None:
    assert value(connection, "is_other_scale($1::VARCHAR)", question) == str(other).lower()


@pytest.mark.parametrize(
    ("text", "day_first", "written"),
    [
        ("2020/10/30 3:08:44 PM GMT+1", False, "2020-10-30 15:08:44+01"),
        ("2020/10/30 3:08:44\u202fPM GMT+5:30", False, "2020-10-30 10:38:44+01"),
        ("5/3/2012 1:02 PM", False, "2012-05-03 13:02:00+02"),
        ("5/3/2012 1:02 PM", True, "2012-03-05 13:02:00+01"),
        ("30.10.2020 15:08", False, "2020-10-30 15:08:00+01"),
        ("1/2/2020 13:04 PM", False, "1/2/2020 13:04 PM"),
        ("soon", False, "soon"),
    ],
)
def test_written_time(connection: duckdb.DuckDBPyConnection, text: str, day_first: bool, written: str) -> None:
    assert value(connection, f"written_time($1::VARCHAR, {day_first})", text) == written


@pytest.mark.slow
@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)),  # noqa: DTZ001 (the offset is drawn)
    st.integers(-14 * 4, 14 * 4),
    st.booleans(),
)
def test_a_written_time_with_an_offset_is_that_instant(
    connection: duckdb.DuckDBPyConnection,
    moment: datetime,
    quarters: int,
    short: bool,
) -> None:
    aware = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=15 * quarters)))
    sign, minutes = "-" if quarters < 0 else "+", abs(15 * quarters)
    offset = f"{sign}{minutes // 60}" + (f":{minutes % 60:02d}" if minutes % 60 else "")
    clock = (
        f"{aware.hour % 12 or 12}:{aware:%M:%S} {'AM' if aware.hour < 12 else 'PM'}" if short else f"{aware:%H:%M:%S}"
    )
    text = f"{aware.year}/{aware.month}/{aware.day} {clock} GMT{offset}"
    parsed = value(connection, "parse_time($1::VARCHAR) AT TIME ZONE 'UTC'", text)
    assert parsed == aware.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("1713418460", "2024-04-18 07:34:20+02"),
        ("1713418460123", "2024-04-18 07:34:20.123+02"),
        ("0", None),
        ("", None),
        ("2013-12-06 17:26:21 -0800", "2013-12-06 17:26:21 -0800"),
        ("123", "123"),
        ("17134184601231111", "17134184601231111"),
    ],
)
def test_unix_time(connection: duckdb.DuckDBPyConnection, text: str, parsed: str | None) -> None:
    assert value(connection, "unix_time($1::VARCHAR)", text) == parsed


@pytest.mark.slow
@given(st.text(max_size=40))
def test_no_text_breaks_a_macro(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    text = text.replace("\0", "")
    for macro in (
        "is_recommendation",
        "is_reason",
        "is_other_scale",
        "unix_time",
        "flat_text",
        "members",
        "is_reference",
    ):
        value(connection, f"{macro}($1::VARCHAR)", text)
    value(connection, "written_time($1::VARCHAR, true)", text)


def google(*rows: str, question: str = "How likely are you to recommend us?") -> str:
    return f'"Timestamp","{question}","Would you buy again?"\n' + "".join(row + "\n" for row in rows)


def test_a_file_without_a_recommendation_question_is_set_aside(shop: Shop) -> None:
    shop.drop("x.csv", google('"2020/10/30 3:08:44 PM GMT+1","9","yes"', question="How satisfied are you (0-10)?"))
    assert shop.load().files == {"unrecognised": 1}
    assert shop.rows("files", "reason") == [("no format knows its columns, but for names that every export uses",)]


def test_a_column_of_other_values_is_not_the_score(shop: Shop) -> None:
    """A yes-or-no question with words of recommendation: every row is refused as another metric."""
    shop.drop("x.csv", google('"2020/10/30 3:08:44 PM GMT+1","yes","9"', '"2020/10/30 3:08:45 PM GMT+1","no","3"'))
    shop.load()
    assert shop.rows("rejected", "row_number", "reason", "column_name") == [
        ("1", "not_nps", "score"),
        ("2", "not_nps", "score"),
    ]
    assert shop.rows("responses", "response_id") == []


def test_single_odd_values_do_not_hide_the_score(shop: Shop) -> None:
    rows = [f'"2020/10/30 3:08:4{n} PM GMT+1","{score}","no"' for n, score in enumerate(["0", "10", "11"])]
    shop.drop("x.csv", google(*rows))
    shop.load()
    assert shop.rows("responses", "score") == [("0",), ("10",)]
    assert shop.rows("rejected", "row_number", "reason", "value") == [("3", "not_a_score", "11")]


def test_another_scale_is_refused_as_such(shop: Shop) -> None:
    shop.drop("x.csv", google('"2020/10/30 3:08:44 PM GMT+1","9",""', question="How likely to recommend us (1-10)?"))
    shop.load()
    assert shop.rows("rejected", "reason", "column_name") == [("wrong_scale", "score")]


def test_each_file_finds_its_own_score(shop: Shop) -> None:
    """Files of one header are read together, but each has its scores under its own one of two questions."""
    header = '"Timestamp","Would you recommend us?","How likely are you to recommend us?"\n'
    shop.drop("a.csv", header + '"2020/10/30 3:08:44 PM GMT+1","yes","9"\n')
    shop.drop("b.csv", header + '"2020/10/30 3:08:45 PM GMT+1","4","certainly"\n')
    shop.load()
    assert sorted(shop.rows("responses", "score", "answers")) == [
        ("4", "{How likely are you to recommend us?=certainly}"),
        ("9", "{Would you recommend us?=yes}"),
    ]


@pytest.mark.slow
def test_a_first_number_above_12_shows_that_days_come_first(make_shop: Callable[..., Shop]) -> None:
    months, days = make_shop(), make_shop()
    months.drop("x.csv", google('"3/4/2020 15:00:00","9",""', '"12/25/2020 15:00:00","9",""'))
    days.drop("x.csv", google('"3/4/2020 15:00:00","9",""', '"25/12/2020 15:00:00","9",""'))
    months.load()
    days.load()
    assert [row[0] for row in months.rows("responses", "responded_at")] == [
        "2020-03-04 15:00:00+00",
        "2020-12-25 15:00:00+00",
    ]
    assert [row[0] for row in days.rows("responses", "responded_at")] == [
        "2020-04-03 15:00:00+00",
        "2020-12-25 15:00:00+00",
    ]


def test_a_format_whose_macro_does_not_exist_is_reported(shop: Shop) -> None:
    shop.format("x.responses.sql", "-- recognised by: a, is_magic(*)\nSELECT 1 FROM input")
    shop.drop("x.csv", "a,b\n1,2\n")
    report = shop.load()
    assert len(report.problems) == 1
    assert "is_magic" in report.problems[0]
    assert report.files == {"unrecognised": 1}


def test_an_operators_macro_format_reads_its_columns(shop: Shop) -> None:
    shop.format(
        "kiosk.responses.sql",
        "-- recognised by: Beleg, is_recommendation(*)\n-- also reads: *\n"
        "SELECT i.file_id, i.row_number, Beleg AS response_id, DATE '2024-05-01' AS responded_at, "
        "cells(i)[s.question] AS score FROM input i JOIN recommendation_columns('input') s ON s.file_id = i.file_id",
    )
    shop.drop("x.csv", "Beleg;Würden Sie uns weiterempfehlen?\nA1;9\nA2;0\n")
    shop.load()
    assert shop.rows("responses", "response_id", "score") == [("A1", "9"), ("A2", "0")]


def test_question_texts_with_line_breaks_in_a_file_of_windows_line_ends(shop: Shop) -> None:
    """Two quoted cells with line breaks in one row: the line between them closes one and opens the other."""
    lines = [
        'Timestamp,"How likely are you\nto recommend us?","What, else\ndo you want?"',
        '2020/10/30 3:08:44 PM GMT+1,9,"more,\n""soon"""',
        "2020/10/30 3:08:45 PM GMT+1,0,",
    ]
    shop.drop("x.csv", "".join(line + "\r\n" for line in lines))
    shop.load()
    assert shop.rows("responses", "score", "answers") == [
        ("9", "{'What, else\ndo you want?'='more,\n\"soon\"'}"),
        ("0", None),
    ]
