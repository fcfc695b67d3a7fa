"""A shop of any size as canonical CSV, and what a later night brings it.

Here: drawing it in DuckDB, the same for the same size. Not here: plausible customers (pipelines/simulate), timing.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

FIRST, CLOCK, NEXT = "2023-12-01", "2026-11-28T12:00:00+00:00", "2026-11-29T12:00:00+00:00"
# Orders a customer places on average.
ORDERS_A_CUSTOMER = 9.3
_WHEN = "strftime({}, '%Y-%m-%d %H:%M:%S') || '+00:00'"
DRAW = """
CREATE MACRO draw(x) AS CAST(hash(x) & 1073741823 AS BIGINT);
CREATE TABLE people AS
SELECT i AS person, draw(i * 7) % 1000 / 1000.0 AS luck, draw(i * 13) % 1000 / 1000.0 AS taste,
    DATE '2023-12-01' + CAST(draw(i * 17) % 1060 AS INTEGER) AS came,
    ['DE', 'FR', 'GB', 'ES', 'IT', 'US', 'NL', 'AT'][1 + draw(i * 19) % 8] AS country,
    draw(i * 23) % 100 >= 70 AS is_guest
FROM range({people}) AS t(i);
CREATE TABLE bought AS
SELECT row_number() OVER (ORDER BY person, turn) AS number, person, turn, country, is_guest, taste,
    10 + draw(person * 41 + turn) % 20000 / 100.0 * (0.5 + taste) AS total,
    came + CAST(floor((1092 - (came - DATE '2023-12-01')) * (draw(person * 31 + turn) % 100000) / 100000.0
        * CAST(turn > 0 AS INTEGER)) AS INTEGER) + to_seconds(draw(person * 37 + turn) % 86400) AS moment
FROM people, LATERAL (
    SELECT unnest(range(CAST(1 + floor(-ln(1 - luck * 0.999) * 10 * (0.4 + taste)) AS INTEGER))) AS turn) AS turns;
"""
ORDERS = f"""
SELECT 'O' || number AS order_id, {_WHEN.format("moment")} AS ordered_at, round(total, 2) AS total, 'EUR' AS currency,
    'user' || person || '@shop.example' AS customer_email, is_guest,
    CASE WHEN draw(number) % 50 = 0 THEN 'cancelled' ELSE 'paid' END AS status,
    CASE WHEN draw(number * 3) % 40 = 0 THEN round(total, 2) ELSE 0 END AS refunded,
    CASE WHEN draw(number * 3) % 40 = 0 AND draw(number * 71) % 2 = 0
        THEN {_WHEN.format("moment + to_days(CAST(3 + draw(number * 73) % 40 AS INTEGER))")} END AS refunded_at,
    country, ['web', 'app', 'pos'][1 + draw(number * 5) % 3] AS channel,
    {_WHEN.format("moment + INTERVAL 5 DAY")} AS promised_at,
    {_WHEN.format("moment + to_days(CAST(2 + draw(number * 7) % 6 AS INTEGER))")} AS delivered_at
FROM bought WHERE {{which}}"""
LINES = """
SELECT 'L' || number AS line_id, 'O' || number AS order_id, 1 AS quantity, round(total, 2) AS unit_price,
    'SKU' || draw(number * 11) % 500 AS sku,
    ['Shoes', 'Garden', 'Books', 'Electronics', 'Toys', 'Food'][1 + draw(number * 11) % 6] AS product_category,
    'Brand' || draw(number * 11) % 12 AS brand
FROM bought WHERE {which}"""
ANSWERS = f"""
SELECT 'R' || number AS response_id,
    {_WHEN.format("moment + to_days(CAST(9 + draw(number * 43) % 5 AS INTEGER))")} AS responded_at,
    greatest(0, least(10, CAST(round(10 * taste * 0.6 + draw(number * 47) % 60 / 10.0) AS INTEGER))) AS score,
    'post-purchase' AS survey, 'user' || person || '@shop.example' AS customer_email, 'O' || number AS order_id,
    CASE WHEN draw(number * 53) % 4 = 0 THEN ['Delivery was late again', 'Great quality, thanks',
        'The price is too high', 'Friendly support', 'Packaging damaged'][1 + draw(number * 59) % 5] END AS comment,
    'en' AS language, 'email' AS channel
FROM bought WHERE draw(number * 61) % 10 = 0 AND {{which}}"""


def draw(people: int, landing: Path) -> int:
    """Write a shop's orders, lines and answers until the clock; how many orders there are."""
    with _drawn(people) as connection:
        for name, statement, until in (
            ("orders", ORDERS, "2026-11-28"),
            ("order_lines", LINES, "2026-11-28"),
            ("responses", ANSWERS, "2026-11-10"),
        ):
            _write(connection, statement.format(which=f"moment < '{until}'"), landing / f"{name}.csv")
        [(orders,)] = connection.sql("SELECT count(*) FROM bought WHERE moment < '2026-11-28'").fetchall()
        return int(orders)


def draw_night(people: int, landing: Path) -> None:
    """Write what the next night brings: a thousandth of the orders, answers, late refunds and deliveries, a merge."""
    new = "moment >= '2026-10-20' AND draw(number * 79) % {one_in} = 0"
    with _drawn(people) as connection:
        [(orders,)] = connection.sql("SELECT count(*) FROM bought WHERE moment < '2026-11-28'").fetchall()
        [(recent,)] = connection.sql("SELECT count(*) FROM bought WHERE moment >= '2026-10-20'").fetchall()
        one_in = max(1, recent * 1000 // orders)
        which = new.format(one_in=one_in)
        moved = ORDERS.replace("'O' || number", "'N' || number").replace(
            _WHEN.format("moment"), "'2026-11-28 20:00:00+00:00'"
        )
        _write(connection, moved.format(which=which), landing / "night" / "orders.csv")
        late = "moment BETWEEN '2026-10-01' AND '2026-10-31' ORDER BY draw(number * 83) LIMIT {}"
        back = f"SELECT * REPLACE (total AS refunded, '2026-11-28 10:00:00+00:00' AS refunded_at) FROM ({ORDERS})"
        _write(connection, back.format(which=late.format(20)), landing / "night" / "refunds" / "orders.csv")
        came = f"SELECT * REPLACE ('2026-11-28 11:00:00+00:00' AS delivered_at) FROM ({ORDERS})"
        _write(connection, came.format(which=late.format(200)), landing / "night" / "deliveries" / "orders.csv")
        merge = "SELECT unnest(['user1@shop.example', 'user2@shop.example']) AS customer_email, 'C1' AS customer_id"
        _write(connection, merge, landing / "night" / "customers.csv")
        sent = """SELECT 'F1' AS referral_id, '2026-11-28 09:00:00+00:00' AS referred_at,
            'user3@shop.example' AS advocate_email, 'user4@shop.example' AS friend_email"""
        _write(connection, sent, landing / "night" / "referrals.csv")


def _drawn(people: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(DRAW.format(people=people))
    return connection


def _write(connection: duckdb.DuckDBPyConnection, statement: str, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"COPY ({statement}) TO '{file}' (HEADER)")
