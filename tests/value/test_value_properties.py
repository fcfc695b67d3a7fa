"""What must hold in any shop: a plain implementation agrees, nothing leaks back, spans and row order do not matter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from value import brute
from value.shop import SCHEMAS, ZONE, answer, ddl, order, referral, shop, span
from value.test_value_small_shop import without_forecasts

from pipelines.periods import Span, Window, next_month
from pipelines.settings import Settings
from pipelines.value.by_category import by_category
from pipelines.value.customers import customers
from pipelines.value.promoter_value import COMPARED, promoter_value
from pipelines.value.sources import Frames, facts_of
from pipelines.warehouse.frames import frame, registered
from pipelines.warehouse.tables import table_schema

pytestmark = pytest.mark.slow

AS_OF = "2024-03-10 17:30"
SPAN = span("2023-01", "2024-05", AS_OF)
ALL = Settings(customer_months=0, confidence=0.9)
NAMES = ("customers", "by_category", "promoter_value")
PEOPLE = ["ann", "bob", "cid", "dee", "eve"]

# Two buyers in one row: the last bit of an interval must not depend on which months were computed together.
A_YEAR = (
    [order("o1", "ann", "2022-12-02 12:00", "0.00"), order("o2", "bob", "2022-12-02 12:00", "0.15")],
    [answer("a1", "ann", "2023-06-02 12:00", 9), answer("a2", "bob", "2023-06-02 12:00", 9)],
    [],
)

# Whole hours of slightly more than the span, with New York's month edges, summer time and hours after the clock.
hours = st.integers(0, 24 * 500).map(
    lambda number: f"{datetime(2022, 12, 1, tzinfo=UTC) + timedelta(hours=number):%Y-%m-%d %H:%M}"
)
edges = st.sampled_from(
    [
        *("2023-02-01 04:00", "2023-02-01 05:00"),
        *("2023-07-01 03:00", "2023-07-01 04:00"),
        *("2024-03-10 17:00", AS_OF, "2024-03-10 18:00", "2024-03-11 03:00", "2024-03-11 04:00"),
    ]
)
times = st.one_of(hours, edges)
amounts = st.integers(0, 30_000).map(lambda number: str(Decimal(number) / 100))
buyers = st.sampled_from([*PEOPLE, None])


@st.composite
def shops(draw, fewest=0):
    """Up to 14 orders and 12 answers, at least `fewest` of both, and some referrals."""
    orders = []
    for number in range(draw(st.integers(fewest, 14))):
        gross = draw(st.none() | amounts | st.just("-5.00"))
        refunded = draw(st.none() | st.just(gross) | amounts)
        facts = {
            "refunded": refunded,
            "refunded_at": draw(st.none() | times),
            "cancelled": draw(st.integers(0, 3)) == 0,
        }
        orders.append(order(f"o{number}", draw(buyers), draw(times), gross, **facts))
    answers = [
        answer(f"a{number}", draw(buyers), draw(times), draw(st.integers(0, 10)))
        for number in range(draw(st.integers(fewest, 12)))
    ]
    friends = draw(st.lists(st.sampled_from([*PEOPLE, None]), max_size=6, unique=True))
    referrals = []
    for friend in friends:
        facts = {"reward": draw(st.none() | amounts), "credited": draw(st.booleans())}
        referrals.append(referral(f"r{friend}", draw(buyers), friend, draw(times), **facts))
    return orders, answers, referrals


def tables(orders, answers, referrals, months=SPAN):
    o, a, r = shop(orders, answers, referrals)
    return (
        customers(o, a, span=months, settings=ALL),
        by_category(o, a, span=months, settings=ALL),
        promoter_value(o, a, r, span=months, settings=ALL),
    )


def framed(rows, name):
    """The rows of a plain implementation as value.<name>, with nulls where it has no column."""
    schema = table_schema(f"value.{name}")
    present = pl.DataFrame(rows, schema_overrides=schema) if rows else schema.to_frame()
    missing = {column: pl.lit(None, dtype=kind) for column, kind in schema.items() if column not in present.columns}
    return present.with_columns(**missing).select(schema.names())


@settings(max_examples=45, deadline=None)
@given(st.sampled_from([0, 6]).flatmap(shops))
def test_the_plain_implementation_agrees(records):
    orders, answers, referrals = records
    expected = (
        framed(brute.customers(orders, answers, SPAN), "customers"),
        framed(brute.by_category(orders, answers, SPAN, ALL.confidence), "by_category"),
        framed(brute.promoter_value(orders, answers, referrals, SPAN, ALL.confidence), "promoter_value"),
    )
    for result, wanted in zip(map(without_forecasts, tables(*records)), expected, strict=True):
        # The differences in the year after the answer are tested in test_answers.py.
        columns = [name for name in result.columns if name not in COMPARED]
        assert_frame_equal(result.select(columns), wanted.select(columns), rel_tol=1e-9, abs_tol=1e-9)


@settings(max_examples=20, deadline=None)
@given(shops(fewest=6), st.integers(0, 14), st.randoms(use_true_random=False))
def test_later_records_do_not_touch_earlier_months(records, number, random):
    orders, answers, referrals = records
    months = brute.month_list(SPAN)
    last, end = months[number]
    midnight = datetime(end.year, end.month, end.day, tzinfo=ZoneInfo(ZONE))
    orders_then = []
    for record in orders:
        if record["ordered_at"] >= midnight:
            continue
        refunded_at = record["refunded_at"]
        if refunded_at is not None and refunded_at >= midnight and not record["is_cancelled"]:
            gross = record["gross"]
            counts = gross is not None and gross >= 0
            not_yet = {"refunded": None, "refunded_at": None, "net": gross, "counts": counts}
            orders_then.append({**record, **not_yet})
        else:
            orders_then.append(record)
    before = (
        orders_then,
        [record for record in answers if record["responded_at"] < midnight],
        [record for record in referrals if record["referred_at"] < midnight],
    )
    for records_before in before:
        random.shuffle(records_before)
    # Months before the end have the same rows whether or not later ones are computed.
    results_then = tables(*before, months=Span(Window(SPAN.months.start, next_month(last)), SPAN.clock))
    for result, result_then in zip(tables(*records), results_then, strict=True):
        assert_frame_equal(result.filter(pl.col("month") <= last), result_then, check_exact=True)


@settings(max_examples=12, deadline=None)
@given(
    shops(fewest=6),
    st.sets(st.integers(1, 14), min_size=1, max_size=4),
    st.randoms(use_true_random=False),
)
@example(A_YEAR, set(range(1, 15)), Random(1))
def test_a_span_equals_its_parts_in_any_order(records, cuts, random):
    starts = [month for month, _ in brute.month_list(SPAN)]
    edges = [*(starts[number] for number in (0, *sorted(cuts))), SPAN.months.end]
    parts = list(pairwise(edges))
    random.shuffle(parts)
    whole = tables(*records)
    separate = {start: tables(*records, months=Span(Window(start, end), SPAN.clock)) for start, end in parts}
    for place, result in enumerate(whole):
        joined = pl.concat([separate[start][place] for start in sorted(separate)])
        assert_frame_equal(result, joined, check_exact=True)


def test_ids_are_numbered_in_their_order():
    bought = [order(f"o{number}", who, "2023-02-02 12:00", "1.00") for number, who in enumerate(["b", "é", "b", "a10"])]
    answers = [answer("a", "a9", "2023-02-02 12:00", 9), answer("b", "b", "2023-02-03 12:00", 9)]
    orders, responses, _ = shop(bought, answers)
    facts = facts_of(Frames({"orders": orders, "responses": responses}), clock=SPAN.clock)
    assert facts.names.to_list() == ["a10", "a9", "b", "é"]
    assert facts.sales.customer.tolist() == [2, 3, 2, 0]
    assert facts.answers.customer.tolist() == [1, 2]


@pytest.mark.parametrize("records", [((), (), ()), ((), [answer("a", "ann", "2023-02-02 12:00", 9)], ())])
def test_without_orders_the_tables_are_empty_and_typed(records):
    for result, name in zip(tables(*records), NAMES, strict=True):
        assert result.is_empty()
        assert list(result.schema.items()) == list(ddl("value", name).items())


def test_a_span_after_the_clock_is_empty():
    records = [order("o", "ann", "2023-02-02 12:00", "10.00")], (), ()
    for result in tables(*records, months=span("2024-04", "2024-05", AS_OF)):
        assert result.height == 0


def test_the_schema_takes_the_rows():
    records = (
        [order("o1", "ann", "2023-02-02 12:00", "10.00"), order("o2", "bob", "2023-03-02 12:00", "20.00")],
        [answer("a", "ann", "2023-02-03 12:00", 9)],
        [referral("r", "ann", "bob", "2023-02-04 12:00", reward="1.00")],
    )
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute((SCHEMAS / "value.sql").read_text())
        for name, rows in zip(NAMES, tables(*records), strict=True):
            assert list(rows.schema.items()) == list(ddl("value", name).items())
            with registered(connection, "rows", rows):
                connection.execute(f"INSERT INTO value.{name} BY NAME FROM rows")
            assert_frame_equal(frame(connection.sql(f"FROM value.{name}")), rows, check_row_order=False)


def test_large_amounts_keep_every_cent():
    # Their squares do not fit 64 bits, and floats lose their differences.
    records = [order(f"o{number}", f"c{number}", "2023-02-02 12:00", f"99999999999{number}.01") for number in range(3)]
    result = by_category(*shop(records)[:2], span=span("2023-02", "2023-02", AS_OF), settings=Settings())
    assert result["historic_value"].to_list() == [Decimal("999999999991.01")]
    half = result["historic_value_high"][0] - 999999999991.01
    # Student's quantile with two degrees of freedom.
    assert half == pytest.approx(4.302652729911275 / 3**0.5, rel=1e-3)


@pytest.mark.parametrize(("gross", "rounded"), [("0.01", "0.01"), ("0.03", "0.02"), ("-0.01", "-0.01")])
def test_half_a_cent_is_rounded_away_from_zero(gross, rounded):
    # A negative amount is a return booked as an order: money without an order that counts. The free ones make two.
    free = ["o2"] if Decimal(gross) > 0 else ["o2", "o3"]
    records = [order(name, "ann", "2023-02-03 12:00", "0.00") for name in free]
    records.append(order("o1", "ann", "2023-02-02 12:00", gross))
    result = by_category(*shop(records)[:2], span=span("2023-02", "2023-02", AS_OF), settings=Settings())
    assert result["average_order_value"].to_list() == [Decimal(rounded)]
