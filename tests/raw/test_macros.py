"""Text to typed values: what is accepted, what is refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.raw.formats import install_macros


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'Europe/Paris'").fetchall()
    install_macros(connection)
    yield connection
    connection.close()


def parse(con: duckdb.DuckDBPyConnection, macro: str, text: str) -> str | None:
    found: str | None = con.sql(f"SELECT {macro}($1::VARCHAR)::VARCHAR", params=[text]).fetchall()[0][0]
    return found


def instant(con: duckdb.DuckDBPyConnection, text: str) -> str | None:
    query = "SELECT (parse_time($1::VARCHAR) AT TIME ZONE 'UTC')::VARCHAR"
    found: str | None = con.sql(query, params=[text]).fetchall()[0][0]
    return found


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
    ],
)
def test_score_accepted(con: duckdb.DuckDBPyConnection, text: str, score: str) -> None:
    assert parse(con, "parse_score", text) == score


@pytest.mark.parametrize(
    "text", ["9.5", "11", "-1", "", "abc", "10 - 5", "10/10", "9e0", "Very likely", "99", "1 000", "12 - likely", "１"]
)
def test_score_refused(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert parse(con, "parse_score", text) is None


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
        # the hour that comes twice is its second coming, the hour that never comes is put forward
        ("2024-10-27 02:30:00", "2024-10-27 01:30:00"),
        ("2024-10-27 02:30:00 +0200", "2024-10-27 00:30:00"),
        ("2024-03-31 02:30:00", "2024-03-31 01:30:00"),
    ],
)
def test_time_accepted(con: duckdb.DuckDBPyConnection, text: str, utc: str) -> None:
    assert instant(con, text) == utc


@pytest.mark.parametrize(
    "text",
    ["", "abc", "infinity", "-infinity", "epoch", "now", "2024-13-01", "5/31/2016 0:37", "1714557600", "290000-01-01"],
)
def test_time_refused(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert instant(con, text) is None


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)),  # noqa: DTZ001 (the offset is drawn)
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from(["%z", " %z", "%:z", " %:z"]),
    st.sampled_from("T "),
)
def test_time_with_an_offset_is_that_instant(
    con: duckdb.DuckDBPyConnection, moment: datetime, offset: int, mark: str, between: str
) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=offset)), microsecond=0)
    colon = ":" if ":" in mark else ""
    sign, minutes = "-" if offset < 0 else "+", abs(offset)
    blank = " " if mark.startswith(" ") else ""
    text = aware.strftime(f"%Y-%m-%d{between}%H:%M:%S") + f"{blank}{sign}{minutes // 60:02d}{colon}{minutes % 60:02d}"
    assert instant(con, text) == aware.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


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
        ("1,234", "1234"),
        ("0,123", "0.123"),
        ("1,50", "1.50"),
        ("1.234.567", "1234567"),
        ("1'234.50", "1234.50"),
    ],
)
def test_number_accepted(con: duckdb.DuckDBPyConnection, text: str, number: str) -> None:
    assert Decimal(parse(con, "parse_decimal", text) or "NaN") == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "1e308", "--5", "1.2.3", "inf", "nan", "12 EURO", "=1+1", "1,2,3"])
def test_number_refused(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert parse(con, "parse_decimal", text) is None


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from([(",", "."), (".", ","), ("\u00a0", ","), ("", ".")]))
def test_number_in_any_country_is_that_number(
    con: duckdb.DuckDBPyConnection, number: Decimal, marks: tuple[str, str]
) -> None:
    group, point = marks
    text = f"{number:,.2f}".replace(",", "g").replace(".", point).replace("g", group)
    assert Decimal(parse(con, "parse_decimal", text) or "NaN") == number


@given(st.text(max_size=30))
def test_no_text_breaks_a_macro(con: duckdb.DuckDBPyConnection, text: str) -> None:
    text = text.replace("\0", "")
    for macro in ("parse_time", "parse_date", "parse_boolean", "parse_integer", "email_identity", "clean"):
        parse(con, macro, text)
    score = parse(con, "parse_score", text)
    assert score is None or 0 <= int(score) <= 10
    con.sql("SELECT TRY_CAST(parse_decimal($1::VARCHAR) AS DECIMAL(18, 4))", params=[text]).fetchall()


@pytest.mark.parametrize("text", ["n/a", "none", "@", "a b@example.com", "a@", ""])
def test_what_is_no_address_names_nobody(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert parse(con, "email_identity", text) is None
