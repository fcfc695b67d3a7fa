"""core.customers and core.referrals: accounts, dates, attributes, who brought whom."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from core.vault import at, customer, file, invitation, order, rate, referral, response, who

A, B, C, D = (f"{letter}@x.test" for letter in "abcd")


def test_whole_row(shop):
    made = shop(
        customer((A, "7"), registered_at="2025-02-01", country="FR", birth_year=1990, gender="f", tier="gold"),
        order("1", "7", "2025-03-31 22:30", "10", status="cancelled", country="DE"),
        order("2", "7", "2025-04-30 22:30", "10", country="DE"),
        response("r", A, "2025-01-05"),
        referral("x", B, A, "2025-01-03"),
        timezone="Europe/Paris",
    )
    assert made.row("core.customers", who(A)) == {
        "customer_id": who(A),
        "account_type": "registered",
        "country": "FR",
        "registered_at": at("2025-02-01"),
        "first_order_at": at("2025-04-30 22:30"),
        "first_seen_at": at("2025-01-03"),
        "referred_by": who(B),
        "cohort_month": date(2025, 5, 1),
        "attributes": {"age_band": "35-44", "country": "FR", "gender": "f", "tier": "gold"},
        "has_email": True,
    }


def test_barest_row(shop):
    made = shop(invitation("i", A, "2025-01-01"))
    assert made.row("core.customers", who(A)) == {
        "customer_id": who(A),
        "account_type": "prospect",
        "country": None,
        "registered_at": None,
        "first_order_at": None,
        "first_seen_at": None,
        "referred_by": None,
        "cohort_month": None,
        "attributes": {},
        "has_email": True,
    }


def test_who_has_an_address(shop):
    made = shop(order("1", "7", "2025-01-01"), order("2", (A, "8"), "2025-01-01"), order("3", "8", "2025-01-02"))
    assert dict(made.rows("core.customers", "customer_id, has_email")) == {who("canonical:7"): False, who(A): True}


@pytest.mark.first(4)
@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ([{}], []),
        ([{"consent": True}], [(True, None)]),
        ([{"consent": False, "updated_at": at("2025-03-01")}], [(False, at("2025-03-01"))]),
        # Said again later: it counts from the first time, and an account that says nothing changes nothing.
        (
            [
                {"consent": True, "updated_at": at("2025-03-01")},
                {"consent": True, "updated_at": at("2025-05-01")},
                {"updated_at": at("2025-06-01")},
            ],
            [(True, at("2025-03-01"))],
        ),
        (
            [
                {"consent": True, "updated_at": at("2025-03-01")},
                {"consent": False, "updated_at": at("2025-05-01")},
                {"consent": False, "updated_at": at("2025-07-01")},
            ],
            [(False, at("2025-05-01"))],
        ),
        (
            [
                {"consent": True, "updated_at": at("2025-03-01")},
                {"consent": False, "updated_at": at("2025-05-01")},
                {"consent": True, "updated_at": at("2025-07-01")},
            ],
            [(True, at("2025-07-01"))],
        ),
        ([{"consent": True}, {"consent": False, "updated_at": at("2025-05-01")}], [(False, at("2025-05-01"))]),
    ],
)
@pytest.mark.parametrize("step", [1, -1])
def test_what_a_customer_last_said_to_being_written_to_and_since_when(shop, accounts, expected, step):
    made = shop(*(customer(A, **values) for values in accounts[::step]))
    assert made.rows("core.consents", "consent, consent_at", f"customer_id = '{who(A)}'") == expected


def test_whoever_unsubscribed_is_known_by_the_first_time(shop):
    made = shop(
        invitation("1", A, "2025-01-05", unsubscribed=True),
        invitation("2", A, "2025-01-02", unsubscribed=True, updated_at=at("2025-01-04")),
        invitation("3", B, "2025-01-02", unsubscribed=False),
        customer(A, consent=True, updated_at=at("2025-03-01")),
    )
    assert made.rows("core.consents") == [(who(A), True, at("2025-03-01"), at("2025-01-04"))]
    made.add(invitation("3", B, "2025-01-02", unsubscribed=True, updated_at=at("2025-06-01")))
    assert made.rows("core.consents", where=f"customer_id = '{who(B)}'") == [(who(B), None, None, at("2025-06-01"))]
    assert ("core.consents", None, date(2025, 6, 1), 1) in made.changes()


def test_a_withdrawn_consent_reaches_no_month_before_it_and_no_other_table(shop):
    made = shop(
        customer(A, consent=True, registered_at="2024-01-01", updated_at=at("2025-03-01")),
        customer(B, consent=True, updated_at=at("2025-03-01")),
    )
    withdrawn = customer(A, consent=False, registered_at="2024-01-01", updated_at=at("2025-05-01"))
    [(kind, _, month, records)] = made.add(withdrawn).changes()
    assert (kind, month, records) == ("core.consents", date(2025, 3, 1), 1)


def test_account_type_and_registration(shop):
    made = shop(
        customer("account", registered_at="2025-02-01"),
        customer("undated"),
        order("1", "undated", "2025-01-01", is_guest=False),
        order("2", "guest", "2025-01-01", is_guest=True),
        order("3", "unsaid", "2025-01-01"),
        order("4", "member", "2025-01-01", is_guest=True),
        order("5", "member", "2025-03-01", is_guest=False),
        order("6", "member", "2025-02-01", is_guest=False),
        customer("early", registered_at="2025-02-01"),
        order("7", "early", "2025-01-01", is_guest=False),
        response("r", "answered", "2025-01-01"),
    )
    types = {row[0]: row[1:] for row in made.rows("core.customers", "customer_id, account_type, registered_at")}
    assert types == {
        who(f"canonical:{name}"): facts
        for name, facts in {
            "account": ("registered", at("2025-02-01")),
            "undated": ("registered", None),
            "guest": ("guest", None),
            "unsaid": ("guest", None),
            "member": ("registered", at("2025-02-01")),
            "early": ("registered", at("2025-01-01")),
            "answered": ("prospect", None),
        }.items()
    }


def test_country_is_the_account_s_else_the_latest_order_s(shop):
    made = shop(
        order("1", A, "2025-01-01", country="FR"),
        order("2", A, "2025-01-02", country="DE"),
        order("3", A, "2025-01-03"),
        order("4", B, "2025-01-02", country="DE"),
        customer(B, country="IT", updated_at="2025-01-01"),
        file(customer(B, updated_at="2025-01-02")),
        file(customer(C, country="ES", updated_at="2025-01-02"), source="shopify"),
        file(customer(C, country="PT", updated_at="2025-01-03"), source="woocommerce"),
        attributes=["tier"],
    )
    countries = dict(made.rows("core.customers", "customer_id, country"))
    assert countries == {who(A): "DE", who(B): "DE", who(C): "PT"}


def test_only_the_attributes_asked_for_are_published(shop):
    made = shop(
        customer(A, tier="gold", country="FR", extra={"Favourite colour": "red", "password": "secret", "size": None}),
        customer(B, tier="gold", attributes='{"size": "L", "tier": "silver", "password": "secret", "none": null}'),
        customer(C, tier="gold", attributes='["L"]'),
        customer(D, tier="gold", attributes="size=L", extra={"size": " "}),
        attributes=["Favourite colour", "size", "tier"],
    )
    attributes = dict(made.rows("core.customers", "customer_id, attributes"))
    assert attributes == {
        who(A): {"Favourite colour": "red", "tier": "gold"},
        who(B): {"size": "L", "tier": "silver"},
        who(C): {"tier": "gold"},
        who(D): {"tier": "gold"},
    }


def test_age_band(shop):
    bands = {
        17: "under 18", 18: "18-24", 24: "18-24", 25: "25-34", 34: "25-34", 35: "35-44", 44: "35-44", 45: "45-54",
        54: "45-54", 55: "55-64", 64: "55-64", 65: "65+", 99: "65+",
    }  # fmt: skip
    made = shop(*(customer(f"{age}@x.test", birth_year=2025 - age) for age in bands))
    age_bands = dict(made.rows("core.customers", "customer_id, attributes['age_band']"))
    assert age_bands == {who(f"{age}@x.test"): band for age, band in bands.items()}


@pytest.mark.slow
def test_people_who_turn_out_to_be_one(shop):
    made = shop(
        order("1", A, "2025-01-01", country="FR"),
        order("2", "7", "2025-02-01"),
        file(response("r", "7", "2025-02-03"), source="shopify"),
    )
    assert len(made.rows("core.customers")) == 3
    made.add(customer((A, "7")))
    assert made.rows("core.customers", "customer_id, first_order_at") == sorted(
        [(who(A), at("2025-01-01")), (who("shopify:7"), None)]
    )
    assert made.rows("core.orders", "order_id, customer_id") == [("1", who(A)), ("2", who(A))]
    made.add(file(customer((A, "7")), source="shopify"))
    assert made.rows("core.customers", "customer_id, first_order_at") == [(who(A), at("2025-01-01"))]


def credited(made):
    return dict(made.rows("core.referrals", "referral_id, is_credited"))


def test_referral_whole_row(shop):
    made = shop(
        file(
            referral("1", A.upper(), B, "2025-01-05", order_id="9", reward_cost="10", currency="USD", status=" Done "),
            source="mention-me",
        ),
        rate("2025-01-01", "USD", "2"),
        currency="EUR",
    )
    assert made.rows("core.referrals") == [
        ("mention-me:1", at("2025-01-05"), who(A), who(B), "9", Decimal("5"), "done", True)
    ]


def test_earliest_referral_has_the_credit(shop):
    made = shop(
        referral("late", A, B, "2025-01-02"),
        referral("tie 2", C, B, "2025-01-01"),
        referral("tie 1", D, B, "2025-01-01"),
        referral("self", B, B, "2024-01-01"),
        referral("nobody", None, B, "2024-01-01"),
        referral("no friend", A, None, "2024-01-01"),
    )
    assert credited(made) == {
        "late": False, "tie 1": True, "tie 2": False, "self": False, "nobody": False, "no friend": False
    }  # fmt: skip
    assert made.row("core.customers", who(B))["referred_by"] == who(D)
    # The advocate turns out to be the friend.
    made.add(customer((B, "1")), customer((D, "1")))
    assert credited(made)["tie 1"] is False
    assert made.row("core.customers", who(B))["referred_by"] == who(C)


@pytest.mark.slow
def test_the_latest_referral_of_a_cycle_loses_its_credit(shop):
    made = shop(referral("1", A, B, "2025-01-01"), referral("2", B, A, "2025-01-02"))
    assert credited(made) == {"1": True, "2": False}
    made.add(referral("3", C, D, "2025-01-03"), referral("4", "e@x.test", C, "2025-01-02"))
    assert credited(made) == {"1": True, "2": False, "3": True, "4": True}
    made.add(referral("5", D, "e@x.test", "2025-01-01"), referral("6", B, D, "2025-01-04"))
    assert credited(made) == {"1": True, "2": False, "3": False, "4": True, "5": True, "6": False}
    # The earliest link again: of two links at one instant, the one with the greater id is the later.
    assert made.row("core.customers", who(D))["referred_by"] is None


def test_a_corrected_referral_no_longer_credits_its_former_friend(shop):
    made = shop(referral("1", A, B, "2025-01-01"))
    made.add(referral("1", A, C, "2025-01-01", updated_at="2025-01-02"))
    advocates = dict(made.rows("core.customers", "customer_id, referred_by"))
    assert advocates == {who(A): None, who(B): None, who(C): who(A)}
