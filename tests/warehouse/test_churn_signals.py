"""value.churn_signals: whom to call first, each with the answer by which they are a detractor."""

from __future__ import annotations

import pytest
from warehouse.small_warehouse import compute_all, fill, warehouse


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    with warehouse(tmp_path_factory.mktemp("signals"), customer_months=0) as (connection, settings):
        fill(connection)
        compute_all(connection, settings)
        yield connection


def test_every_detractor_of_a_month_is_there_once_with_the_latest_answer(connection):
    rows = connection.sql(
        "SELECT s.month, s.customer_id, s.score, s.response_id FROM value.churn_signals AS s ORDER BY ALL"
    ).fetchall()
    wanted = connection.sql(
        """
        SELECT c.month, c.customer_id, arg_max(r.score, (r.responded_at, r.response_id)),
            arg_max(r.response_id, (r.responded_at, r.response_id))
        FROM value.customers AS c JOIN core.responses AS r USING (customer_id)
        WHERE c.category = 'detractor' AND r.response_date < c.month + INTERVAL 1 MONTH
            AND r.responded_at <= (SELECT max(as_of) FROM ops.computed)
        GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()
    assert rows == wanted
    assert rows
    assert max(score for _, _, score, _ in rows) <= 6


def test_most_calibrated_money_at_risk_comes_first(connection):
    rows = connection.sql("SELECT month, calibrated_at_risk_90d FROM value.churn_signals").fetchall()
    assert rows == sorted(rows, key=lambda row: (row[0], row[1]), reverse=True)
    wrong = connection.sql(
        """
        SELECT * FROM value.churn_signals AS s JOIN value.customers AS c USING (month, customer_id)
        JOIN core.responses AS r ON r.response_id = s.response_id
        WHERE s.churn_probability <> 1 - c.order_probability_365d OR s.comment IS DISTINCT FROM r.comment
            OR s.responded_at <> r.responded_at
        """
    ).fetchall()
    assert wrong == []


def test_an_answer_after_the_clock_is_not_the_latest(connection):
    [(month, customer, latest)] = connection.sql(
        "SELECT month, customer_id, response_id FROM value.churn_signals ORDER BY month DESC LIMIT 1"
    ).fetchall()
    connection.execute("BEGIN")
    connection.execute(
        """
        INSERT INTO core.responses BY NAME SELECT r.* REPLACE ('later' AS response_id,
            k.as_of + INTERVAL 1 HOUR AS responded_at, CAST(k.as_of AS DATE) AS response_date)
        FROM core.responses AS r, ops.computed AS k
        WHERE response_id = $1 AND k.table_name = 'value.customers' AND k.month = $2
        """,
        [latest, month],
    )
    found = connection.execute(
        "SELECT response_id FROM value.churn_signals WHERE month = $1 AND customer_id = $2", [month, customer]
    ).fetchall()
    connection.execute("ROLLBACK")
    assert found == [(latest,)]
