"""What a customer had bought by a moment: one pass in the order of time says what joining all earlier orders says."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from copied_files import put_empty_files
from core.vault import Vault, at, file, order, response, settings_for
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.conform import conform
from pipelines.warehouse.connection import opened

pytestmark = pytest.mark.slow

START = at("2023-01-05 12:00")
# Many orders share an instant or a day, and some refunds fall on the instant of another order.
INSTANTS = st.sampled_from([0, 0, 1, 2, 24, 720, 721, 1440, 8760, 8784, 9600])
# The dimensions by the definition: each moment joined with every earlier order of its customer. A full refund after the
# moment had not happened yet.
BY_DEFINITION = """
WITH moments AS (
    SELECT order_id AS id, customer_id, ordered_at AS moment, order_date AS day, country FROM core.orders
    UNION ALL
    SELECT response_id, customer_id, responded_at, response_date, NULL FROM core.responses
),
earlier AS (
    SELECT r.id, o.*, NOT o.is_cancelled AND (
        NOT (o.refunded > 0 AND o.refunded >= o.gross) OR coalesce(o.refunded_at > r.moment, false)
    ) AS counted
    FROM moments AS r JOIN core.orders AS o ON o.customer_id = r.customer_id AND o.ordered_at <= r.moment
),
before AS (
    SELECT id, count(*) AS orders, count(*) FILTER (counted) AS purchases,
        min(order_date) FILTER (counted) AS first_date, max(order_date) FILTER (counted) AS last_date,
        arg_max(country, {'moment': ordered_at, 'id': order_id}) FILTER (country IS NOT NULL) AS country
    FROM earlier GROUP BY id
)
SELECT r.id, coalesce(r.country, b.country, 'unknown') AS country,
    CASE WHEN r.customer_id IS NULL THEN 'unknown' WHEN b.orders > 0 THEN 'guest' ELSE 'prospect' END AS account_type,
    CASE WHEN r.customer_id IS NULL THEN 'unknown' WHEN coalesce(b.purchases, 0) = 0 THEN '0'
        WHEN b.purchases = 1 THEN '1'
        WHEN b.purchases <= 3 THEN '2-3' WHEN b.purchases <= 9 THEN '4-9' ELSE '10+' END AS purchase_count_band,
    CASE WHEN r.customer_id IS NULL THEN 'unknown' WHEN b.last_date IS NULL THEN 'prospect'
        WHEN r.day - b.last_date > 365 THEN 'lapsed' WHEN b.purchases = 1 THEN 'new' ELSE 'active' END AS lifecycle,
    coalesce(CAST(year(b.first_date) AS VARCHAR), 'unknown') AS cohort_year
FROM moments AS r LEFT JOIN before AS b USING (id) ORDER BY ALL"""
DIMENSIONS = "country, account_type, purchase_count_band, lifecycle, cohort_year"
STORED = f"""
SELECT order_id AS id, {DIMENSIONS} FROM core.order_segments
UNION ALL
SELECT response_id, {DIMENSIONS}
FROM (PIVOT core.response_segments ON dimension IN ({DIMENSIONS}) USING any_value(segment) GROUP BY response_id)
ORDER BY ALL"""


@st.composite
def orders(draw):
    """An order of one of two customers or of nobody, perhaps refunded in full: early, at once, later, or undated."""
    refunded_after = draw(st.sampled_from([None, None, None, "unknown", -1, 0, 1, 23, 719, 9000, 300_000]))
    ordered_at = START + timedelta(hours=draw(INSTANTS))
    is_dated = refunded_after not in {None, "unknown"}
    return draw(st.sampled_from(["a", "a", "b", None])), {
        "ordered_at": ordered_at,
        "refunded": None if refunded_after is None else "10",
        "refunded_at": ordered_at + timedelta(hours=refunded_after) if is_dated else None,
        "status": draw(st.sampled_from([None, None, "cancelled"])),
        "country": draw(st.sampled_from([None, "DE", "FR"])),
    }


def test_the_pass_in_the_order_of_time_is_the_join(tmp_path):
    values = settings_for(tmp_path / "home", attributes=[])
    put_empty_files(values)
    with opened(values) as connection:
        vault, draws = Vault(connection), count()

        @given(
            bought=st.lists(orders(), min_size=1, max_size=14),
            answered=st.lists(st.tuples(st.sampled_from(["a", "b", None]), INSTANTS), max_size=5),
        )
        @settings(max_examples=15)
        def check(bought, answered):
            """The customers of each draw are others, so that one warehouse holds them all."""
            draw = next(draws)
            records = [order(f"{draw}-{n}", named(who, draw), **one) for n, (who, one) in enumerate(bought)]
            records += [
                response(f"{draw}-r{n}", named(who, draw), START + timedelta(hours=hours), survey=str(n))
                for n, (who, hours) in enumerate(answered)
            ]
            # The second load compares with what the first one stored.
            for part in filter(None, (records[1::2], records[::2])):
                vault.load(file(*part))
                conform(connection, values)
            assert connection.sql(STORED).fetchall() == connection.sql(BY_DEFINITION).fetchall()

        check()


def named(who, draw):
    """An address of this draw."""
    return who and f"{who}{draw}@x.test"
