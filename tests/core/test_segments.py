"""core.response_segments: every dimension, as things stood at the answer."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from core.vault import at, customer, file, line, order, response

from pipelines.core.conform import conform

ANSWERED = at("2025-06-30 12:00")
DAY = timedelta(days=1)
# The column that dates an order, account or answer; rates only ever look back.
MOMENT = {"orders": "ordered_at", "responses": "responded_at", "customers": "registered_at"}


def test_every_dimension_of_one_answer(shop):
    made = shop(
        customer("a@x.test", registered_at="2024-01-01", country="FR", birth_year=1990, tier="gold"),
        order("1", "a@x.test", "2024-11-01", "30"),
        order(
            "2", "a@x.test", "2025-05-01", "70", country="DE",
            promised_at="2025-05-05 20:00", delivered_at="2025-05-05 09:00", discount="5",
        ),
        line("2", "1", "1", "70", product_category="shoes", brand="Acme"),
        response("r", "a@x.test", ANSWERED, channel="email", survey="June", order_id="2"),
    )  # fmt: skip
    assert made.rows("core.response_segments") == [
        ("r", "account_type", "registered"),
        ("r", "age_band", "35-44"),
        ("r", "brand", "Acme"),
        ("r", "channel", "email"),
        ("r", "cohort_year", "2024"),
        ("r", "country", "FR"),
        ("r", "delivery", "on_time"),
        ("r", "discounted", "discounted"),
        ("r", "gender", "unknown"),
        ("r", "lifecycle", "active"),
        ("r", "months_since_purchase_band", "0-1"),
        ("r", "order_value_band", "50-100"),
        ("r", "product_category", "shoes"),
        ("r", "purchase_count_band", "2-3"),
        ("r", "rfm_group", "champions"),
        ("r", "spend_tier", "top_decile"),
        ("r", "survey", "June"),
        ("r", "tier", "gold"),
    ]


def test_anonymous_answer_is_unknown_in_all(shop):
    made = shop(response("r", None, ANSWERED, channel=" "))
    assert {segment for _, _, segment in made.rows("core.response_segments")} == {"unknown"}
    assert len(made.rows("core.response_segments")) == 18


def test_attribute_of_a_dimension_s_name_is_another_dimension(shop):
    made = shop(
        customer("a@x.test", country="FR", extra={"channel": "shop floor"}),
        response("r", "a@x.test", ANSWERED, channel="email"),
        attributes=["channel", "spend_tier", "country"],
    )
    assert made.segments("channel") == {"r": "email"}
    assert made.segments("customer_channel") == {"r": "shop floor"}
    assert made.segments("customer_spend_tier") == {"r": "unknown"}
    assert made.segments("country") == {"r": "FR"}
    assert len(made.rows("core.response_segments")) == 17


def test_discounted_is_what_the_order_says(shop):
    """A discount of nothing is a full price; some exports write an amount below zero; none says nothing."""
    made = shop(
        order("1", "a@x.test", "2025-05-01", "30", discount="5"),
        order("2", "a@x.test", "2025-05-02", "30", discount="-2.50"),
        order("3", "a@x.test", "2025-05-03", "30", discount="0"),
        order("4", "a@x.test", "2025-05-04", "30"),
        *(response(f"r{number}", "a@x.test", ANSWERED, order_id=number) for number in "1234"),
    )
    assert made.segments("discounted") == {
        "r1": "discounted",
        "r2": "discounted",
        "r3": "full_price",
        "r4": "unknown",
    }
    discounts = [str(discount) for (discount,) in made.rows("core.orders", "discount")]
    assert sorted(discounts) == ["0.00", "2.50", "5.00", "None"]


def test_country_is_the_account_s_else_the_order_s_else_the_last_before(shop):
    made = shop(
        customer("a@x.test", country="FR"),
        order("1", "a@x.test", "2025-06-01", country="DE"),
        order("2", "b@x.test", "2025-06-01", country="DE"),
        order("3", "b@x.test", "2025-06-02", country="IT"),
        order("4", "c@x.test", "2025-01-01", country="ES"),
        order("5", "c@x.test", "2025-01-02"),
        order("6", "c@x.test", "2025-07-01", country="PT"),
        response("a", "a@x.test", ANSWERED),
        response("b", "b@x.test", ANSWERED, order_id="2"),
        response("c", "c@x.test", ANSWERED),
    )
    assert made.segments("country") == {"a": "FR", "b": "DE", "c": "ES"}


def test_account_type_as_of_the_answer(shop):
    made = shop(
        customer("dated", registered_at=ANSWERED),
        customer("later", registered_at=ANSWERED + DAY),
        customer("bought first", registered_at=ANSWERED + DAY),
        order("1", "bought first", ANSWERED - DAY),
        customer("undated"),
        order("2", "guest", ANSWERED - DAY),
        order("3", "guest later", ANSWERED + DAY),
        order("4", "member", ANSWERED, is_guest=False),
        *(
            response(name, name, ANSWERED)
            for name in ("dated", "later", "bought first", "undated", "guest", "guest later", "member", "nobody")
        ),
    )
    assert made.segments("account_type") == {
        "dated": "registered",
        "later": "prospect",
        "bought first": "guest",
        "undated": "registered",
        "guest": "guest",
        "guest later": "prospect",
        "member": "registered",
        "nobody": "prospect",
    }


def test_order_value_band(shop):
    bands = {
        "-1": "<25", "0": "<25", "24.99": "<25", "25": "25-50.5", "50.49": "25-50.5", "50.5": "50.5-100",
        "100": "100-250", "249.99": "100-250", "250": "250+", "9999": "250+",
    }  # fmt: skip
    made = shop(
        *(order(total, f"{total}@x.test", "2025-06-01", total) for total in bands),
        *(response(total, f"{total}@x.test", ANSWERED) for total in bands),
        response("none", "none@x.test", ANSWERED),
        order_value_bands="25,50.5,100,250",
    )
    assert made.segments("order_value_band") == bands | {"none": "unknown"}


def test_one_edge_makes_two_bands(shop):
    made = shop(
        *(order(total, f"{total}@x.test", "2025-06-01", total) for total in ("9", "10")),
        *(response(total, f"{total}@x.test", ANSWERED) for total in ("9", "10")),
        order_value_bands="10",
    )
    assert made.segments("order_value_band") == {"9": "<10", "10": "10+"}


def test_delivery(shop):
    cases = {
        "on the day": ("2025-06-10 01:00", "2025-06-10 20:00", "on_time"),
        "a day late": ("2025-06-10 23:00", "2025-06-11 01:00", "late"),
        "early": ("2025-06-10", "2025-06-01", "on_time"),
        "no promise": (None, "2025-06-01", "unknown"),
        "not yet": ("2025-06-10", "2025-07-01", "unknown"),
        "not known": ("2025-06-10", None, "unknown"),
    }
    made = shop(
        *(
            order(name, name, "2025-05-30", promised_at=promised, delivered_at=delivered)
            for name, (promised, delivered, _) in cases.items()
        ),
        *(response(name, name, ANSWERED) for name in cases),
    )
    assert made.segments("delivery") == {name: case[2] for name, case in cases.items()}


def test_purchases(shop):
    bands = {0: "0", 1: "1", 2: "2-3", 3: "2-3", 4: "4-9", 9: "4-9", 10: "10+", 12: "10+"}
    made = shop(
        *(
            order(f"{count} {number}", f"{count}", ANSWERED - number * DAY)
            for count in bands
            for number in range(count)
        ),
        *(order(f"later {count}", f"{count}", ANSWERED + DAY) for count in bands),
        *(order(f"cancelled {count}", f"{count}", ANSWERED - DAY, status="cancelled") for count in bands),
        *(response(f"{count}", f"{count}", ANSWERED) for count in bands),
    )
    assert made.segments("purchase_count_band") == {f"{count}": band for count, band in bands.items()}
    lifecycle = {f"{count}": "active" for count in bands} | {"0": "prospect", "1": "new"}
    assert made.segments("lifecycle") == lifecycle


def test_a_refund_after_the_answer_does_not_count(shop):
    def refunded(name, **values):
        return order(name, name, ANSWERED - DAY, "10", **values)

    made = shop(
        refunded("before", refunded="10", refunded_at=ANSWERED),
        refunded("after", refunded="10", refunded_at=ANSWERED + DAY),
        refunded("undated", refunded="10"),
        refunded("in part", refunded="9", refunded_at=ANSWERED),
        order("negative", "negative", ANSWERED - DAY, "-10", refunded_at=ANSWERED + DAY),
        *(response(name, name, ANSWERED) for name in ("before", "after", "undated", "in part", "negative")),
    )
    assert made.segments("purchase_count_band") == {
        "before": "0", "after": "1", "undated": "0", "in part": "1", "negative": "0"
    }  # fmt: skip


def test_months_since_lifecycle_and_cohort(shop):
    answered = at("2025-06-15")
    cases = {
        "2025-06-15": ("0-1", "new"),
        "2025-04-16": ("0-1", "new"),
        "2025-04-15": ("2-5", "new"),
        "2024-12-16": ("2-5", "new"),
        "2024-12-15": ("6-8", "new"),
        "2024-09-16": ("6-8", "new"),
        "2024-09-15": ("9-12", "new"),
        "2024-06-15": ("9-12", "new"),
        "2024-06-14": ("9-12", "lapsed"),
        "2024-05-16": ("9-12", "lapsed"),
        "2024-05-15": ("13+", "lapsed"),
    }
    made = shop(
        *(order(day, day, day) for day in cases),
        *(response(day, day, answered) for day in cases),
        order("old", "both", "2019-12-31 23:30"),
        order("recent", "both", "2025-06-01"),
        response("both", "both", answered),
        response("none", "none", answered),
        timezone="Europe/Paris",
    )
    months = {day: band for day, (band, _) in cases.items()} | {"both": "0-1", "none": "unknown"}
    assert made.segments("months_since_purchase_band") == months
    lifecycle = {day: stage for day, (_, stage) in cases.items()} | {"both": "active", "none": "prospect"}
    assert made.segments("lifecycle") == lifecycle
    assert made.segments("cohort_year") == {day: day[:4] for day in cases} | {"both": "2020", "none": "unknown"}


def test_somebody_else_s_order_gives_only_the_segments_of_the_order(shop):
    made = shop(
        order("1", "b@x.test", "2025-06-01", "60", promised_at="2025-06-02", delivered_at="2025-06-04"),
        line("1", "1", "1", "60", product_category="shoes", brand="Acme"),
        response("r", "a@x.test", ANSWERED, order_id="1"),
    )
    segments = dict(row[1:] for row in made.rows("core.response_segments"))
    assert {name: segments[name] for name in ("product_category", "brand", "order_value_band", "delivery")} == {
        "product_category": "shoes", "brand": "Acme", "order_value_band": "50-100", "delivery": "late"
    }  # fmt: skip
    assert {name: segments[name] for name in ("account_type", "purchase_count_band", "lifecycle")} == {
        "account_type": "prospect", "purchase_count_band": "0", "lifecycle": "prospect"
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_nothing_later_than_an_answer_reaches_its_segments(shop, seed):
    """With one version per record and one identity per person, because corrections and mergers do restate."""
    rng = Random(seed)
    people = [f"{letter}@x.test" for letter in "abcde"]

    def moment():
        return at("2024-01-01") + rng.randint(0, 80) * 7 * DAY

    records = [
        *(
            order(
                f"o{number}", rng.choice(people), moment(), rng.choice(["10", "30", "60", "300"]),
                is_guest=rng.choice([None, True, False]), country=rng.choice([None, "FR", "DE"]),
                refunded="10", refunded_at=moment(), promised_at=moment(), delivered_at=moment(),
            )
            for number in range(25)
        ),
        *(line(f"o{number}", "1", "1", "5", product_category=rng.choice("xyz"), brand="b") for number in range(25)),
        *(customer(person, registered_at=moment()) for person in people[:3]),
        *(
            response(
                f"r{number}", rng.choice([*people, None]), moment(), channel="email", invited_at=moment(),
                order_id=rng.choice([None, f"o{rng.randint(0, 24)}"]),
            )
            for number in range(15)
        ),
    ]  # fmt: skip
    made = shop(file(*records), currency="EUR", attributes=["tier"])
    whole = made.rows("core.response_segments")
    # An order that the answer itself names had happened, whatever the clocks of the two systems say.
    named = "order_id IN (SELECT order_id FROM core.orders AS o WHERE o.ordered_at > responded_at)"
    for name, answered in made.rows("core.responses", "response_id, responded_at", f"({named}) IS NOT TRUE"):
        for kind, column in MOMENT.items():
            later = f"FROM vault.raw.{kind} WHERE {column} > ?"
            made.connection.execute(f"CREATE OR REPLACE TEMP TABLE later_{kind} AS {later}", [answered])
            made.connection.execute(f"DELETE {later}", [answered])
        made.connection.execute("DELETE FROM ops.state WHERE name = 'core_fingerprint'")
        conform(made.connection, made.settings)
        rest = made.rows("core.response_segments", where=f"response_id = '{name}'")
        assert rest == [row for row in whole if row[0] == name]
        for kind in MOMENT:
            made.connection.execute(f"INSERT INTO vault.raw.{kind} FROM later_{kind}")
