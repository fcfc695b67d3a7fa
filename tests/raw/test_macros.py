"""Text to typed values: what is accepted, what is refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.raw.macros import install_macros
from pipelines.warehouse.connection import set_pseudonym


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'Europe/Paris'").fetchall()
    set_pseudonym(connection, b"a salt for the tests")
    install_macros(connection)
    yield connection
    connection.close()


def parse(connection: duckdb.DuckDBPyConnection, macro: str, text: str) -> str | None:
    parsed: str | None = connection.sql(f"SELECT {macro}($1::VARCHAR)::VARCHAR", params=[text]).fetchall()[0][0]
    return parsed


def instant(connection: duckdb.DuckDBPyConnection, text: str) -> str | None:
    query = "SELECT (parse_time($1::VARCHAR) AT TIME ZONE 'UTC')::VARCHAR"
    parsed: str | None = connection.sql(query, params=[text]).fetchall()[0][0]
    return parsed


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("9", "9"),
        ("0", "0"),
        ("10", "10"),
        ("9.0", "9"),
        ("8,0", "8"),
        ("10 - Extremely likely", "10"),
        ("10 - extremely likely", "10"),
        ("Extremely likely - 10", "10"),
        ("Not at all likely - 0", "0"),
        ("5 (neutral)", "5"),
        ("9/10", "9"),
        ("10 von 10", "10"),
    ],
)
def test_score_accepted(connection: duckdb.DuckDBPyConnection, text: str, score: str) -> None:
    assert parse(connection, "parse_score", text) == score


@pytest.mark.parametrize(
    "text", ["9.5", "11", "-1", "", "abc", "10 - 5", "9/5", "9e0", "Very likely", "99", "1 000", "12 - likely", "１"]
)
def test_score_refused(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert parse(connection, "parse_score", text) is None


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-05-01", "2024-04-30 22:00:00"),
        ("2024-05-01 10:00", "2024-05-01 08:00:00"),
        ("2024-05-01T10:00:00", "2024-05-01 08:00:00"),
        ("2024-05-01T10:00:00Z", "2024-05-01 10:00:00"),
        ("2024-05-01 10:00:00 Z", "2024-05-01 10:00:00"),
        ("2024-05-01 10:00:00 +0530", "2024-05-01 04:30:00"),
        ("2024-05-01T10:00:00.123 -07:00", "2024-05-01 17:00:00.123"),
        ("2024-05-01T10:00:00.123456789Z", "2024-05-01 10:00:00.123456"),
        ("2024-05-01 10:00:00 America/Denver", "2024-05-01 16:00:00"),
        ("2024-05-01 10:00 +0200", "2024-05-01 08:00:00"),
        ("2024-05-01 10:00 +02", "2024-05-01 08:00:00"),
        ("2024-05-01 9:00", "2024-05-01 07:00:00"),
        ("2024-05-01 10:00:00 Asia/Kolkata", "2024-05-01 04:30:00"),
        ("2024-11-03 01:30:00 America/New_York", "2024-11-03 06:30:00"),
        ("2024-03-10 02:30:00 America/New_York", "2024-03-10 07:30:00"),
        ("2024-11-03 01:30:00 -0400", "2024-11-03 05:30:00"),
        # A time in the hour that comes twice is in its second coming; one in the skipped hour is put forward.
        ("2024-10-27 02:30:00", "2024-10-27 01:30:00"),
        ("2024-10-27 02:30:00 +0200", "2024-10-27 00:30:00"),
        ("2024-03-31 02:30:00", "2024-03-31 01:30:00"),
    ],
)
def test_time_accepted(connection: duckdb.DuckDBPyConnection, text: str, utc: str) -> None:
    assert instant(connection, text) == utc


@pytest.mark.parametrize(
    "text",
    ["", "abc", "infinity", "-infinity", "epoch", "now", "2024-13-01", "5/6/2016 0:37", "1714557600", "290000-01-01"],
)
def test_time_refused(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert instant(connection, text) is None


@pytest.mark.parametrize(
    ("text", "first", "written"),
    [
        ("5/31/2016 0:37", None, "2016-05-31 00:37:00"),
        ("26/04/2014", None, "2014-04-26 00:00:00"),
        ("26/04/2014", "month", "2014-04-26 00:00:00"),
        ("5/6/2016 0:37", "day", "2016-06-05 00:37:00"),
        ("5/6/2016 0:37", "month", "2016-05-06 00:37:00"),
        ("5/6/2016 0:37", None, None),
        ("6/6/2016 0:37:12", None, "2016-06-06 00:37:12"),
        ("31.5.2016 14:05", None, "2016-05-31 14:05:00"),
        ("4.5.2016", "month", "2016-05-04 00:00:00"),
        ("Mar 13th 2026", None, "2026-03-13 00:00:00"),
        ("March 1st, 2026 12:05 am", None, "2026-03-01 00:05:00"),
        ("09/23/2024 2:21 PM", None, "2024-09-23 14:21:00"),
        ("2016-05-31 00:37:00", "day", "2016-05-31 00:37:00"),
        ("5/31/16", None, "2016-05-31 00:00:00"),
        ("5 de junio de 2025 10:00", None, "2025-06-05 10:00:00"),
        ("9 juil. 2025 10:00", None, "2025-07-09 10:00:00"),
        ("5. Juni 2025 15:08 Uhr", None, "2025-06-05 15:08:00"),
        ("31/31/2016", None, None),
        ("30/02/2016", None, None),
        ("32.1.2016", None, None),
        ("25-06-05", "day", None),
        ("Mar 13th", None, None),
        ("yesterday", None, None),
    ],
)
def test_written_days(connection: duckdb.DuckDBPyConnection, text: str, first: str | None, written: str | None) -> None:
    query = "SELECT CAST(read_time($1::VARCHAR, $2::VARCHAR) AS TIMESTAMP)::VARCHAR"
    assert connection.sql(query, params=[text, first]).fetchall() == [(written,)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("05/06/2025 10:15:00", "6/5/2025 10:15"),
        ("2025/06/05 3:08:44 PM GMT+2", "2025/06/05 2:08:44 PM GMT+1"),
        ("2025/06/05 3:08:44 PM GMT+2", "05.06.2025 15:08:44"),
        ("6/5/25 3:08 PM", "05/06/2025 15:08:00"),
    ],
)
def test_one_answer_has_one_time_in_its_id(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> None:
    assert parse(connection, "unordered_time", one) == parse(connection, "unordered_time", other)


@settings(max_examples=12, deadline=None)
@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2030, 12, 31)),  # noqa: DTZ001 (the zone is drawn)
    st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
    st.sampled_from(["%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%b %d %Y %I:%M:%S %p", "%a, %d %b %Y %H:%M:%S"]),
)
def test_written_time_in_a_named_zone_is_that_instant(
    connection: duckdb.DuckDBPyConnection, moment: datetime, zone: str, pattern: str
) -> None:
    """In the hour that comes twice too (its second coming), and in the skipped one (put forward)."""
    moment = moment.replace(microsecond=0)
    text = f"{moment.strftime(pattern)}"
    query = "SELECT (parse_time($1::VARCHAR || ' ' || $2::VARCHAR) AT TIME ZONE 'UTC')::VARCHAR"
    place = ZoneInfo(zone)
    gap = moment.replace(tzinfo=place).astimezone(UTC).astimezone(place).replace(tzinfo=None) != moment
    aware = moment.replace(tzinfo=place, fold=0 if gap else 1)
    parsed = connection.sql(query, params=[text, zone]).fetchall()[0][0]
    assert parsed == aware.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("worth", "quantity", "each"),
    [
        ("30.00", "2", "15.0000"),
        ("20", "3", "6.6667"),
        ("-9,90", "3", "-3.3000"),
        ("5.00", "0", "5.00"),
        ("n/a", "2", "n/a"),
        (" ", "2", None),
    ],
)
def test_price_of_one(connection: duckdb.DuckDBPyConnection, worth: str, quantity: str, each: str | None) -> None:
    assert connection.sql("SELECT price_each($1::VARCHAR, $2::VARCHAR)", params=[worth, quantity]).fetchall() == [
        (each,)
    ]


@settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from("a9é \t\n\r\u00a0\u200b\ufeff~!\x7f\x01"), max_size=8))
def test_clean_trims(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert parse(connection, "clean", text) == (text.strip(" \t\n\r\u00a0\u200b\ufeff") or None)


@pytest.mark.slow
@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)),  # noqa: DTZ001 (the offset is drawn)
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from(["%z", " %z", "%:z", " %:z"]),
    st.sampled_from("T "),
)
def test_time_with_an_offset_is_that_instant(
    connection: duckdb.DuckDBPyConnection, moment: datetime, offset: int, mark: str, between: str
) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=offset)), microsecond=0)
    colon = ":" if ":" in mark else ""
    sign, minutes = "-" if offset < 0 else "+", abs(offset)
    blank = " " if mark.startswith(" ") else ""
    text = aware.strftime(f"%Y-%m-%d{between}%H:%M:%S") + f"{blank}{sign}{minutes // 60:02d}{colon}{minutes % 60:02d}"
    assert instant(connection, text) == aware.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u202f234,50 €", "1234.50"),
        ("'12.50", "12.50"),
        ("12.50 EUR", "12.50"),
        ("-€5", "-5"),
        ("−5", "-5"),
        ("0,123", "0.123"),
        ("1,50", "1.50"),
        ("1.234.567", "1234567"),
        ("1'234.50", "1234.50"),
    ],
)
def test_number_accepted(connection: duckdb.DuckDBPyConnection, text: str, number: str) -> None:
    assert Decimal(parse(connection, "parse_decimal", text) or "NaN") == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "1e308", "--5", "1.2.3", "inf", "nan", "12 EURO", "=1+1", "1,2,3"])
def test_number_refused(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert parse(connection, "parse_decimal", text) is None


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from([(",", "."), (".", ","), ("\u00a0", ","), ("", ".")]))
def test_number_in_any_country_is_that_number(
    connection: duckdb.DuckDBPyConnection, number: Decimal, marks: tuple[str, str]
) -> None:
    group, point = marks
    text = f"{number:,.2f}".replace(",", "g").replace(".", point).replace("g", group)
    assert Decimal(parse(connection, "parse_decimal", text) or "NaN") == number


@pytest.mark.slow
@given(st.text(max_size=30))
def test_no_text_breaks_a_macro(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    text = text.replace("\0", "")
    for macro in (
        *("parse_time", "plain_date", "parse_boolean", "parse_integer", "email_identity", "clean", "clean_id"),
        *("unordered_time", "tidy_time", "plain_number"),
    ):
        parse(connection, macro, text)
    score = parse(connection, "parse_score", text)
    assert score is None or 0 <= int(score) <= 10
    connection.sql("SELECT TRY_CAST(parse_decimal($1::VARCHAR) AS DECIMAL(18, 4))", params=[text]).fetchall()


@pytest.mark.parametrize("text", ["n/a", "none", "@", "a b@example.com", "a@", ""])
def test_a_text_that_is_not_an_address_gives_no_identity(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert parse(connection, "email_identity", text) is None
