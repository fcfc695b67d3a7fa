"""value.rfm and value.rfm_moves: equal to plain SQL over core in a simulated shop, and quintiles by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from night import settings_for
from polars.testing import assert_frame_equal
from warehouse.small_warehouse import compute_all, computed_warehouse

from pipelines.rfm_groups import SHIPPED, RfmGroupsError, read_groups
from pipelines.settings import SettingsError
from pipelines.value.rfm_state import quintiles
from pipelines.warehouse.frames import frame

GROUPS = "recency_from,recency_to,frequency_from,frequency_to,money_from,money_to"
# Written without a look at the code: ranks as counts of smaller and equal values, groups by the first fitting line.
MEASURED = """
CREATE OR REPLACE TEMP TABLE ends AS
SELECT DISTINCT month, least(CAST(month + INTERVAL 1 MONTH AS DATE), DATE '2024-03-16') AS until,
    least(timezone('America/New_York', CAST(month + INTERVAL 1 MONTH AS TIMESTAMP)),
        TIMESTAMPTZ '2024-03-15 16:00:00+00') AS instant
FROM value.by_category;
CREATE OR REPLACE TEMP TABLE measured AS
SELECT e.month, o.customer_id,
    max(o.order_date) FILTER (counted) AS recency, count(*) FILTER (counted) AS frequency, sum(net) AS money
FROM ends AS e, LATERAL (
    SELECT customer_id, order_date,
        CASE WHEN is_cancelled THEN 0
            ELSE gross - CASE WHEN coalesce(refunded_at < e.instant, true) THEN refunded ELSE 0 END END AS net,
        NOT is_cancelled
            AND NOT (coalesce(refunded_at < e.instant, true) AND refunded > 0 AND refunded >= gross) AS counted
    FROM core.orders
    WHERE ordered_at <= TIMESTAMPTZ '2024-03-15 16:00:00+00' AND order_date < e.until AND order_date >= e.until - 365
) AS o
GROUP BY ALL HAVING bool_or(counted);
"""
PLACED = """
CREATE OR REPLACE TEMP TABLE placed AS
SELECT month, customer_id, money,
    ceil(5 * (r_below + (r_same + 1) / 2) / n - 1e-9) AS r, ceil(5 * (f_below + (f_same + 1) / 2) / n - 1e-9) AS f,
    ceil(5 * (m_below + (m_same + 1) / 2) / n - 1e-9) AS m
FROM (
    SELECT a.month, a.customer_id, any_value(a.money) AS money, count(*) AS n,
        count(*) FILTER (b.recency < a.recency) AS r_below, count(*) FILTER (b.recency = a.recency) AS r_same,
        count(*) FILTER (b.frequency < a.frequency) AS f_below, count(*) FILTER (b.frequency = a.frequency) AS f_same,
        count(*) FILTER (b.money < a.money) AS m_below, count(*) FILTER (b.money = a.money) AS m_same
    FROM measured AS a JOIN measured AS b USING (month) GROUP BY ALL
);
CREATE OR REPLACE TEMP TABLE lines AS SELECT *, row_number() OVER () AS line FROM read_csv('{shipped}');
CREATE OR REPLACE TEMP TABLE grouped AS
SELECT p.*, (
    SELECT arg_min(rfm_group, line) FROM lines
    WHERE p.r BETWEEN recency_from AND recency_to AND p.f BETWEEN frequency_from AND frequency_to
        AND p.m BETWEEN money_from AND money_to
) AS rfm_group
FROM placed AS p;
"""
BY_GROUP = """
WITH answered AS (
    SELECT e.month, r.customer_id, arg_max(category, (responded_at, response_id)) AS category
    FROM ends AS e JOIN core.responses AS r
        ON r.response_date < e.until AND r.responded_at <= TIMESTAMPTZ '2024-03-15 16:00:00+00'
    WHERE r.customer_id IS NOT NULL GROUP BY ALL
)
SELECT g.month, rfm_group, count(*) AS customers, sum(money) AS revenue, count(category) AS surveyed,
    count(*) FILTER (category = 'promoter') AS promoters, count(*) FILTER (category = 'passive') AS passives,
    count(*) FILTER (category = 'detractor') AS detractors
FROM grouped AS g LEFT JOIN answered USING (month, customer_id)
GROUP BY ALL ORDER BY ALL"""
MOVES = """
WITH firsts AS (
    SELECT customer_id, min(order_date) FILTER (NOT is_cancelled AND NOT (refunded > 0 AND refunded >= gross)) AS first
    FROM core.orders GROUP BY customer_id
),
pairs AS (
    SELECT month, customer_id, rfm_group AS to_group, NULL AS from_group FROM grouped
    UNION ALL
    SELECT CAST(month + INTERVAL 1 MONTH AS DATE), customer_id, NULL, rfm_group FROM grouped
    WHERE month + INTERVAL 1 MONTH IN (SELECT month FROM ends)
)
SELECT p.month, coalesce(any_value(from_group), CASE WHEN any_value(first) >= p.month THEN 'new' ELSE 'lapsed' END)
    AS from_group, coalesce(any_value(to_group), 'lapsed') AS to_group
FROM pairs AS p JOIN firsts USING (customer_id)
GROUP BY p.month, customer_id"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The small warehouse, with the independent tables beside it."""
    with computed_warehouse(tmp_path_factory.mktemp("rfm")) as (connection, settings):
        connection.execute(MEASURED + PLACED.replace("{shipped}", str(SHIPPED)))
        yield connection, settings


def test_groups_equal_plain_sql(shop):
    connection, _ = shop
    expected = frame(connection.sql(BY_GROUP))
    made = frame(connection.sql("FROM value.rfm WHERE recency_quintile IS NULL")).select(expected.columns)
    assert made.height > 20
    assert_frame_equal(made.sort("month", "rfm_group"), expected.cast(dict(made.schema)))


def test_combinations_equal_plain_sql(shop):
    connection, _ = shop
    expected = connection.sql("SELECT month, r, f, m, count(*) FROM grouped GROUP BY ALL ORDER BY ALL").fetchall()
    made = connection.sql(
        "SELECT month, recency_quintile, frequency_quintile, money_quintile, customers FROM value.rfm "
        "WHERE money_quintile IS NOT NULL ORDER BY ALL"
    ).fetchall()
    assert made == expected


def test_moves_equal_plain_sql(shop):
    connection, _ = shop
    counted = f"SELECT month, from_group, to_group, count(*) FROM ({MOVES}) GROUP BY ALL ORDER BY ALL"
    made = connection.sql("SELECT month, from_group, to_group, customers FROM value.rfm_moves ORDER BY ALL").fetchall()
    assert made == connection.sql(counted).fetchall()
    assert {"new"} < {came_from for _, came_from, _, _ in made}


def test_the_groups_now_and_where_they_came_from(shop):
    connection, _ = shop
    rows = connection.sql(
        "SELECT rfm_group, customers, stayed, new_customers, came_back, departed FROM value.rfm_now ORDER BY 1"
    ).fetchall()
    pairs = connection.sql(f"SELECT from_group, to_group FROM ({MOVES}) WHERE month = '2024-03-01'").fetchall()
    assert len(rows) > 3
    for group, customers, stayed, new, back, departed in rows:
        came = [before for before, after in pairs if after == group]
        assert customers == len(came)
        assert (stayed, new, back) == (came.count(group), came.count("new"), came.count("lapsed"))
        assert departed == sum(before == group != after for before, after in pairs)
    [(shares,)] = connection.sql("SELECT sum(share_of_revenue) FROM value.rfm_now").fetchall()
    assert abs(shares - 1) < 1e-9


@given(
    st.lists(st.integers(-3, 3), min_size=1, max_size=30)
    | st.lists(st.integers(-(10**12), 10**12) | st.integers(0, 1), min_size=1, max_size=30)
)
def test_a_quintile_is_the_mean_rank_as_a_share(values):
    array = np.array(values)
    shares = [((array < value).sum() + ((array == value).sum() + 1) / 2) / len(array) for value in array]
    assert quintiles(array).tolist() == [int(np.ceil(5 * share - 1e-9)) for share in shares]


@pytest.mark.slow
def test_the_operator_s_groups_replace_the_shipped_ones(tmp_path):
    rows = ["rest,1,5,1,5,1,5"]
    (tmp_path / "rfm_groups.csv").write_text("\n".join([f"rfm_group,{GROUPS}", "best,5,5,5,5,5,5", *rows]))
    settings = settings_for(tmp_path)
    assert settings.rfm_groups == ("rest",) * 124 + ("best",)
    with computed_warehouse(tmp_path / "shop") as (connection, computed):
        (computed.home / "rfm_groups.csv").write_text("\n".join([f"rfm_group,{GROUPS}", "best,5,5,5,5,5,5", *rows]))
        compute_all(connection, settings_for(computed.home, as_of=computed.as_of, timezone=computed.timezone))
        assert {name for (name,) in connection.sql("SELECT rfm_group FROM value.rfm").fetchall()} <= {"best", "rest"}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["a,1,5,1,5,1,6"], "row 2, column money_to is '6'; allowed is a whole number from 1 to 5"),
        (["new,1,5,1,5,1,5"], "row 2, column rfm_group is 'new'; allowed is a name other than new and lapsed"),
        (["a,1,5,1,5,1,5", "b,1,1,1,1,1,1"], "row 3, column rfm_group is 'b'; allowed is a line with a combination"),
        (["a,2,5,1,5,1,5"], r"names no group for recency, frequency and money \(1, 1, 1\)"),
    ],
)
def test_a_wrong_table_of_groups_is_refused(tmp_path, lines, message):
    path = tmp_path / "rfm_groups.csv"
    path.write_text("\n".join([f"rfm_group,{GROUPS}", *lines]))
    with pytest.raises(RfmGroupsError, match=message):
        read_groups(path)
    with pytest.raises(SettingsError, match=message):
        settings_for(tmp_path)
