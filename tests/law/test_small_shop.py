"""The job on a small shop: where every record lands, and every figure worked out by hand."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from night import land, night, published, rows, settings_for

from pipelines.settings import Settings

JANUARY, MARCH = date(2025, 1, 1), date(2025, 3, 1)


@pytest.fixture(scope="module")
def shop(first_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("shop")
    shutil.copytree(first_night, home, dirs_exist_ok=True)
    return settings_for(home, as_of="2025-03-31T12:00:00Z")


def test_answers_land_where_they_belong(shop: Settings) -> None:
    accepted = rows(
        shop, "SELECT response_id, score, category, stage, order_id, order_link FROM core.responses ORDER BY 1"
    )
    assert accepted == [
        ("a", 9, "promoter", "post_delivery", "1", "declared"),
        ("b", 3, "detractor", "post_delivery", "2", "declared"),
        ("c", 10, "promoter", "post_delivery", "3", "declared"),
        ("d", 7, "passive", "prospect", None, "none"),
        ("e", 0, "detractor", "post_delivery", "5", "inferred"),
        ("i", 10, "promoter", "post_delivery", "2", "inferred"),
    ]
    refused = rows(shop, "SELECT row_number, kind, column_name, reason, value FROM ops.rejected ORDER BY 1")
    assert refused == [
        (6, "responses", "score", "not_a_score", "11"),
        (7, "responses", "score", "missing", None),
        (8, "responses", "score", "not_a_score", "8.5"),
    ]
    [(read, accepted_rows, rejected)] = rows(
        shop, "SELECT rows, accepted, rejected FROM ops.files WHERE path = 'responses.csv'"
    )
    assert (read, accepted_rows, rejected) == (9, 6, 3)


def test_comments_are_masked_and_people_pseudonymous(shop: Settings) -> None:
    [(comment,)] = rows(shop, "SELECT comment FROM core.responses WHERE response_id = 'b'")
    assert comment == "Late! Write to [e-mail] or [phone]"
    assert rows(shop, "SELECT count(DISTINCT customer_id), max(length(customer_id)) FROM core.customers") == [(4, 16)]


def test_orders_and_their_money(shop: Settings) -> None:
    assert rows(shop, "SELECT order_id, gross, refunded, net, counts, days_late FROM core.orders ORDER BY 1") == [
        ("1", Decimal("100.00"), Decimal("0.00"), Decimal("100.00"), True, -1),
        ("2", Decimal("40.00"), Decimal("0.00"), Decimal("40.00"), True, 4),
        ("3", Decimal("60.00"), Decimal("10.00"), Decimal("50.00"), True, -1),
        ("4", Decimal("30.00"), Decimal("0.00"), Decimal("0.00"), False, None),
        ("5", Decimal("80.00"), Decimal("0.00"), Decimal("80.00"), True, -1),
        ("6", Decimal("20.00"), Decimal("0.00"), Decimal("20.00"), True, None),
    ]


def test_the_score_by_month(shop: Settings) -> None:
    result = rows(
        shop,
        "SELECT period_start, is_complete, responses, promoters, passives, detractors, nps, previous_nps, change "
        "FROM nps.by_period WHERE grain = 'month' AND stage = 'all' ORDER BY 1",
    )
    assert result == [
        (JANUARY, True, 2, 1, 0, 1, 0.0, None, None),
        (date(2025, 2, 1), True, 2, 1, 1, 0, 50.0, 0.0, 50.0),
        # March is cut at the clock's day; b's later answer i counts here, and c's in February.
        (MARCH, False, 2, 1, 0, 1, 0.0, 50.0, -50.0),
    ]


def test_only_the_latest_answer_of_a_stage_counts_in_a_longer_window(shop: Settings) -> None:
    [quarter] = rows(
        shop,
        "SELECT responses, promoters, passives, detractors, is_complete FROM nps.by_period "
        "WHERE grain = 'quarter' AND stage = 'all'",
    )
    # c replaces a, and i replaces b; d is anonymous and always counts.
    assert quarter == (4, 2, 1, 1, False)


def test_a_late_delivery_is_a_segment(shop: Settings) -> None:
    result = rows(
        shop,
        "SELECT segment, responses, nps, rest_nps FROM nps.by_segment WHERE dimension = 'delivery' "
        "AND grain = 'quarter' AND stage = 'all' ORDER BY 1",
    )
    assert result == [("late", 1, 100.0, 0.0), ("on_time", 2, 0.0, 50.0), ("unknown", 1, 0.0, pytest.approx(100 / 3))]


def test_what_customers_are_worth(shop: Settings) -> None:
    result = rows(
        shop,
        "SELECT category, customers, responses, historic_value, share_of_customers FROM value.by_category "
        f"WHERE month = DATE '{MARCH}' ORDER BY 1",
    )
    assert result == [
        ("detractor", 1, 1, Decimal("80.00"), pytest.approx(1 / 3)),
        ("promoter", 2, 4, Decimal("95.00"), pytest.approx(2 / 3)),
    ]


def test_the_earliest_referral_is_credited(shop: Settings) -> None:
    assert rows(shop, "SELECT referral_id, is_credited FROM core.referrals ORDER BY 1") == [("x", True), ("y", False)]
    result = rows(
        shop,
        "SELECT category, own_value, referred_customers, referral_revenue, reward_cost, total_value, "
        f"difference_to_detractor FROM value.promoter_value WHERE month = DATE '{MARCH}' ORDER BY 1",
    )
    # Ann's friend Dan has spent 80; over the two promoters that is 40 each, less half a reward of 5.
    assert result == [
        ("detractor", Decimal("80.00"), 0.0, Decimal("0.00"), Decimal("0.00"), Decimal("80.00"), Decimal("0.00")),
        ("promoter", Decimal("95.00"), 0.5, Decimal("40.00"), Decimal("2.50"), Decimal("132.50"), Decimal("52.50")),
    ]


def test_only_allowed_customer_columns_are_published(shop: Settings) -> None:
    result = rows(
        shop,
        "SELECT map_keys(attributes), map_values(attributes) FROM core.customers WHERE account_type = 'registered'",
    )
    assert result == [(["age_band", "country", "tier"], ["35-44", "FR", "gold"])]


@pytest.mark.slow
def test_an_address_where_none_belongs_is_masked_and_stops_nobody(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, as_of="2025-03-31T12:00:00Z", attributes="tier")
    land(
        settings,
        {
            "responses.csv": "response_id,responded_at,score,survey,channel,customer_email,"
            "answer:who told ann@example.com?\n"
            "ann@example.com-1,2025-01-10,9,for ann@example.com,ann@example.com,ann@example.com,ann@example.com\n",
            "orders.csv": "order_id,ordered_at,total,customer_email,status,country,channel\n"
            "ann@example.com-7,2025-01-05,10,ann@example.com,by ann@example.com,ann@example.com,ann@example.com\n",
            "lines.csv": "order_id,line_id,quantity,sku,product,product_category,brand\n"
            "ann@example.com-7,ann@example.com,1,ann@example.com,Card for ann@example.com,"
            "ann@example.com,ann@example.com\n",
            "customers.csv": "customer_email,tier,country\nann@example.com,ann@example.com,ann@example.com\n",
            "referrals.csv": "referral_id,referred_at,advocate_email,friend_email,order_id,status\n"
            "ann@example.com,2025-01-02,bob@example.com,ann@example.com,ann@example.com-7,ann@example.com\n",
        },
    )
    night(settings)
    with published(settings) as reader:
        names = reader.sql("SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
        for (name,) in names:
            assert reader.sql(
                f"SELECT count(*) FROM {name} AS t WHERE CAST(t AS VARCHAR) LIKE '%ann@%'"
            ).fetchall() == [(0,)], name
    assert rows(settings, "SELECT count(*) FROM core.order_lines JOIN core.orders USING (order_id)") == [(1,)]
    assert rows(settings, "SELECT product FROM core.order_lines") == [("Card for [e-mail]",)]
