"""Real data through the same job: the published figures about it must come out.

Here: the garden-centre survey, Online Retail II, CDNOW and the Olist sample, by formats an operator could have written
(tests/real/formats). Not here: the data. Tests skip without it, unless
NORTHSTAR_TEST_REQUIRE_REAL_DATA is set, as in CI.
"""

from __future__ import annotations

import importlib.util
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from night import night, published, rows, settings_for
from polars.testing import assert_frame_equal
from shared_files import DATA, needed
from value import known_orders, test_cohorts, test_rfm, test_second_order

from pipelines.rfm_groups import SHIPPED
from pipelines.settings import Settings
from pipelines.warehouse.frames import frame

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent


def cdnow() -> Path:
    spec = importlib.util.find_spec("lifetimes")
    folder = Path(spec.origin).parent if spec and spec.origin else Path("lifetimes")
    return needed(folder / "datasets" / "CDNOW_master.txt")


def shop(home: Path, files: dict[str, Path], **values: object) -> Settings:
    """A shop with the formats of the real data, one night after these files landed."""
    settings = settings_for(home, **values)
    settings.landing.mkdir(parents=True)
    for name, path in files.items():
        shutil.copyfile(path, settings.landing / name)
    shutil.copytree(HERE / "formats", settings.formats_path)
    night(settings)
    return settings


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    path = needed(DATA / "garden_centre_nps" / "nps.csv")
    home = tmp_path_factory.mktemp("garden")
    return shop(home, {"survey.csv": path}, as_of="2014-02-10T00:00:00Z", first_month="2014-01-01")


def test_garden_centre_score(garden: Settings) -> None:
    result = rows(
        garden,
        "SELECT responses, promoters, passives, detractors, round(nps, 2) FROM nps.by_period "
        "WHERE grain = 'month' AND stage = 'all'",
    )
    assert result == [(13_612, 8_465, 3_953, 1_194, 53.42)]


def test_garden_centre_rows_without_a_score_are_refused_with_the_reason(garden: Settings) -> None:
    result = rows(garden, "SELECT kind, column_name, reason, count(*) FROM ops.rejected GROUP BY ALL")
    assert result == [("responses", "score", "missing", 342)]
    assert rows(garden, "SELECT rows, accepted, rejected, status FROM ops.files") == [(13_954, 13_612, 342, "loaded")]


def test_garden_centre_accents_survive_two_encodings(garden: Settings) -> None:
    # Row 9 holds 0xE9 (cp1252) and 0x82 (cp850) in one sentence, both meaning e acute; row 15 a euro sign.
    [(comment,)] = rows(garden, "SELECT comment FROM core.responses WHERE response_id = 'garden_centre:9'")
    assert comment == "Le magasin est plaisant, tout y est bien présenté et toujours bien achalandé."
    [(comment,)] = rows(garden, "SELECT comment FROM core.responses WHERE response_id = 'garden_centre:15'")
    assert "un bon de réduction de 15€ que j'ai oublié" in comment
    assert rows(garden, "SELECT count(comment) FROM core.responses")[0][0] > 3_700
    # Two comments keep a sign that no encoding makes a letter: a lone 0x82 after blanks, and 0xF5 after a word.
    strange = rows(
        garden,
        "SELECT response_id FROM core.responses WHERE regexp_matches(comment, '[\\x80-\\x9f‚ƒˆ‰Š‹ÚÞÝ§þ]') ORDER BY 1",
    )
    assert strange == [("garden_centre:1978",), ("garden_centre:9790",)]


@pytest.fixture(scope="module")
def retail(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = DATA / "online_retail"
    files = {
        "first.parquet": needed(folder / "online_retail_II_2009_2010.parquet"),
        "second.parquet": needed(folder / "online_retail_2010_2011_no_cancellations.parquet"),
    }
    home = tmp_path_factory.mktemp("retail")
    return shop(home, files, as_of="2012-01-15T00:00:00Z", first_month="2009-12-01", timezone="Europe/London")


def test_online_retail_union_has_no_duplicates(retail: Settings) -> None:
    [(orders, customers, anonymous_lines)] = rows(
        retail,
        "SELECT (SELECT count(*) FROM core.orders), (SELECT count(*) FROM core.customers), "
        "(SELECT count(*) FROM core.order_lines JOIN core.orders USING (order_id) WHERE customer_id IS NULL)",
    )
    # 48,653 invoices, of which three are bad-debt entries: no orders, refused.
    refused = rows(retail, "SELECT reason, count(*) FROM ops.rejected WHERE kind = 'orders' GROUP BY 1")
    assert refused == [("adjustment", 3)]
    assert (orders, customers) == (48_650, 5_943)
    assert anonymous_lines > 100_000


def test_online_retail_revenue_by_month_is_that_of_the_files(retail: Settings) -> None:
    """Recomputed from the Parquet files alone: invoices of both, once; credit notes taken off on their day."""
    folder = DATA / "online_retail"
    with duckdb.connect() as plain:
        expected = plain.sql(
            f"""
            WITH both_files AS (
                SELECT Invoice AS invoice, Quantity AS quantity, Price AS price, InvoiceDate AS day, 1 AS file
                FROM read_parquet('{folder}/online_retail_II_2009_2010.parquet')
                UNION ALL
                SELECT InvoiceNo, Quantity, UnitPrice, InvoiceDate, 2
                FROM read_parquet('{folder}/online_retail_2010_2011_no_cancellations.parquet')
            ),
            once AS (SELECT * FROM both_files QUALIFY file = max(file) OVER (PARTITION BY CAST(invoice AS VARCHAR))),
            invoices AS (
                SELECT CAST(invoice AS VARCHAR) AS invoice, min(CAST(day AS TIMESTAMP)) AS day,
                    round(sum(CAST(quantity AS DECIMAL(18, 4)) * CAST(price AS DECIMAL(18, 4))), 2) AS net
                FROM once WHERE CAST(invoice AS VARCHAR) NOT LIKE 'A%' GROUP BY ALL
            )
            SELECT CAST(date_trunc('month', day) AS DATE), CAST(sum(net) AS DECIMAL(18, 2))
            FROM invoices GROUP BY 1 ORDER BY 1
            """
        ).fetchall()
    result = rows(
        retail,
        "SELECT CAST(date_trunc('month', order_date) AS DATE) AS month, sum(net) "
        "FROM core.orders GROUP BY 1 ORDER BY 1",
    )
    assert len(result) == 25
    assert [month for month, _ in result] == [month for month, _ in expected]
    assert [net for _, net in result] == pytest.approx([net for _, net in expected], abs=Decimal("0.50"))


def test_online_retail_cohorts_and_second_orders_equal_plain_sql(retail: Settings) -> None:
    zone, clock = "Europe/London", "2012-01-15 00:00:00+00"
    with published(retail) as connection:
        connection.execute(f"SET TimeZone = '{zone}'")
        known_orders.prepare(connection, zone, clock, test_cohorts.PLAIN)
        expected = frame(connection.sql(test_cohorts.COUNTED))
        made = frame(connection.sql("FROM value.cohorts")).select(expected.columns)
        assert made.height > 1_000
        assert_frame_equal(made.sort(made.columns[:4]), expected.cast(dict(made.schema)))
        known_orders.prepare(connection, zone, clock, test_second_order.PLAIN)
        plain = connection.sql(test_second_order.RATES).fetchall()
        rates = connection.sql(
            "SELECT month, dimension, segment, horizon_days, customers, at_risk, second_order_rate "
            "FROM value.second_order ORDER BY ALL"
        ).fetchall()
        assert [row[:-1] for row in rates] == [row[:-1] for row in plain]
        assert [row[-1] or 0 for row in rates] == pytest.approx([row[-1] or 0 for row in plain], abs=1e-12)
        # The data begin with December 2009: whoever bought before looks new in it.
        [(customers, month_1, month_11)] = connection.sql(
            "SELECT max(customers), max(retention) FILTER (months_since = 1), "
            "max(retention) FILTER (months_since = 11) "
            "FROM value.cohorts WHERE cohort_month = '2009-12-01' AND dimension = 'all'"
        ).fetchall()
        assert (customers, round(month_1, 3), round(month_11, 3)) == (955, 0.353, 0.495)


def test_online_retail_groups_equal_plain_sql(retail: Settings) -> None:
    """The last two months, the larger with 4,300 customers of the year: each is compared with every other."""
    zone, clock = "Europe/London", "2012-01-15 00:00:00+00"
    measured = """
        DELETE FROM ends WHERE month NOT IN ('2011-10-01', '2011-11-01');
        CREATE OR REPLACE TEMP TABLE measured AS
        SELECT month, customer_id, max(order_date) FILTER (counted) AS recency, count(*) FILTER (counted) AS frequency,
            sum(net) AS money
        FROM known JOIN ends USING (month) WHERE order_date >= until - 365 GROUP BY ALL HAVING bool_or(counted);
    """
    with published(retail) as connection:
        connection.execute(f"SET TimeZone = '{zone}'")
        known_orders.prepare(connection, zone, clock, measured, test_rfm.PLACED.replace("{shipped}", str(SHIPPED)))
        plain = connection.sql(
            "SELECT month, rfm_group, r, f, m, count(*), sum(money) FROM grouped GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        made = connection.sql(
            "SELECT month, rfm_group, recency_quintile, frequency_quintile, money_quintile, customers, revenue "
            "FROM value.rfm JOIN ends USING (month) WHERE money_quintile IS NOT NULL ORDER BY ALL"
        ).fetchall()
        assert made == plain
        assert sum(row[5] for row in made if row[0].month == 11) > 4_000
        moves = connection.sql(
            "SELECT a.rfm_group, b.rfm_group, count(*) FROM grouped AS a JOIN grouped AS b USING (customer_id) "
            "WHERE a.month = '2011-10-01' AND b.month = '2011-11-01' GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        assert (
            moves
            == connection.sql(
                "SELECT from_group, to_group, customers FROM value.rfm_moves WHERE month = '2011-11-01' "
                "AND from_group NOT IN ('new', 'lapsed') AND to_group <> 'lapsed' ORDER BY ALL"
            ).fetchall()
        )


def test_online_retail_credit_notes_reduce_money_and_are_no_purchase(retail: Settings) -> None:
    [(notes, counting, net)] = rows(
        retail,
        "SELECT count(*), count(*) FILTER (counts), sum(net) < 0 FROM core.orders "
        "WHERE order_id LIKE 'online_retail:C%'",
    )
    assert notes > 4_000
    # C496350 is a charge despite its letter: its amount is positive.
    assert counting == 1
    assert net is True


def test_cdnow_customers_and_money(tmp_path: Path) -> None:
    settings = shop(tmp_path, {"CDNOW_master.txt": cdnow()}, as_of="1998-07-01T00:00:00Z", first_month="1997-01-01")
    assert rows(settings, "SELECT count(*) FROM core.customers") == [(23_570,)]
    assert rows(settings, "SELECT count(*), sum(net), count(*) FILTER (gross = 0) FROM core.orders") == [
        (69_659, Decimal("2500315.63"), 80)
    ]
    last = rows(
        settings,
        "SELECT category, customers, historic_value FROM value.by_category "
        "WHERE month = (SELECT max(month) FROM value.by_category)",
    )
    assert last == [("unsurveyed", 23_570, Decimal("106.08"))]


@pytest.fixture(scope="module")
def olist(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Orders joined by the operator's statement to a canonical file, items and reviews as they are."""
    folder = needed(DATA / "olist_sample")
    home = tmp_path_factory.mktemp("olist")
    orders = home / "orders.csv"
    with duckdb.connect() as plain:
        statement = (HERE / "olist_orders.sql").read_text()
        plain.execute(statement.replace("'olist_", f"'{folder}/olist_").replace("'orders.csv'", f"'{orders}'"))
    files = {
        "orders.csv": orders,
        "items.csv": folder / "olist_order_items_dataset.csv",
        "reviews.csv": folder / "olist_order_reviews_dataset.csv",
    }
    return shop(home / "shop", files, as_of="2018-12-01T00:00:00Z", timezone="America/Sao_Paulo")


def test_olist_orders_items_and_delivery_dates_load(olist: Settings) -> None:
    with duckdb.connect() as plain:
        [expected] = plain.sql(
            "SELECT count(DISTINCT order_id), count(order_delivered_customer_date), "
            "count(*) FILTER (order_status = 'canceled') "
            f"FROM read_csv('{DATA}/olist_sample/olist_orders_dataset.csv')"
        ).fetchall()
    result = rows(olist, "SELECT count(*), count(delivered_at), count(*) FILTER (is_cancelled) FROM core.orders")
    assert result == [expected]
    assert expected[2] == 625
    assert rows(olist, "SELECT count(*) > 8000 FROM core.order_lines") == [(True,)]
    late = rows(olist, "SELECT count(*) FILTER (days_late > 0) > 300, count(days_late) > 5000 FROM core.orders")
    assert late == [(True, True)]


def test_olist_stars_are_refused_as_nps_and_the_reason_says_so(olist: Settings) -> None:
    assert rows(olist, "SELECT count(*) FROM core.responses") == [(0,)]
    result = rows(olist, "SELECT kind, column_name, reason, count(*) FROM ops.rejected GROUP BY ALL")
    [(read,)] = rows(olist, "SELECT rows FROM ops.files WHERE path = 'reviews.csv'")
    assert read > 8_000
    assert result == [("responses", "score", "not_nps", read)]


def test_the_open_month_of_old_data_is_as_of_its_clock(garden: Settings) -> None:
    assert rows(garden, "SELECT DISTINCT month FROM nps.by_period WHERE grain = 'month'") == [(date(2014, 1, 1),)]
