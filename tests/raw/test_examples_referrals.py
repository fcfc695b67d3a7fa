"""The examples of referral formats work once their names fit, and are not active before."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from pipelines.warehouse.sql_files import SQL
from tests.raw.conftest import Shop

COLUMNS = (
    "referral_id",
    "referred_at",
    "advocate_email",
    "friend_email",
    "order_id",
    "reward_cost",
    "currency",
    "status",
)
MADE_UP = {
    "referralcandy": (
        "Referral ID,Referred on,Advocate email,Friend email,Referral status,Order number,Reward amount,"
        "Reward currency\n"
        "1,2025-03-01 10:00:00,Ana@example.com,ben@example.com,approved,#1001,10.00,EUR\n"
        "2,2025-03-02 10:00:00,ana@example.com,cy@example.com,Disqualified,#1002,10.00,EUR\n"
        "3,2025-03-03 10:00:00,ana@example.com,ANA@example.com,approved,#1003,10.00,EUR\n"
    ),
    "friendbuy": json.dumps(
        {
            "purchases": [
                {
                    "purchaseId": "p1",
                    "createdOn": "2025-03-01T10:00:00.000Z",
                    "advocate": {"email": "ana@example.com"},
                    "customer": {"id": "7", "email": "ben@example.com", "isNewCustomer": True},
                    "orderId": "1001",
                    "rewardAmount": 5,
                    "currency": "USD",
                },
                {
                    "purchaseId": "p2",
                    "createdOn": "2025-03-02T10:00:00.000Z",
                    "advocate": None,
                    "customer": {"email": "cy@example.com", "isNewCustomer": False},
                },
            ]
        }
    ),
    "yotpo_referrals": (
        "Referrer Email,Referred Email,Date,State,Order ID\n"
        "Ana@example.com,ben@example.com,2025-03-01 10:00:00,Completed,1001\n"
        "ana@example.com,,2025-03-01 11:00:00,Shared,\n"
    ),
}
ACCEPTED = {
    "referralcandy": [
        ("1", "2025-03-01 10:00:00+00", "Ana@example.com", "ben@example.com", "#1001", "10.0000", "EUR", "approved")
    ],
    "friendbuy": [
        ("p1", "2025-03-01 10:00:00+00", "ana@example.com", "ben@example.com", "1001", "5.0000", "USD", "completed")
    ],
    "yotpo_referrals": [
        ("f8c1", "2025-03-01 10:00:00+00", "Ana@example.com", "ben@example.com", "1001", None, None, "Completed"),
        ("cdb9", "2025-03-01 11:00:00+00", "ana@example.com", None, None, None, None, "Shared"),
    ],
}
REFUSED = {
    "referralcandy": [("2", "disqualified", "status"), ("3", "self_referral", None)],
    "friendbuy": [("2", "existing_customer", None)],
    "yotpo_referrals": [],
}


@pytest.mark.first(1)
@pytest.mark.parametrize("name", MADE_UP)
def test_example(make_shop: Callable[..., Shop], name: str) -> None:
    inactive, shop = make_shop(), make_shop()
    inactive.drop("export", MADE_UP[name])
    assert inactive.load().files == {"unrecognised": 1}
    shop.format(f"{name}.referrals.sql", (SQL / "formats" / "examples" / f"{name}.referrals.sql").read_text())
    shop.drop("export", MADE_UP[name])
    assert shop.load().files == {"loaded": 1}
    loaded_rows = shop.rows("referrals", *COLUMNS)
    if name == "yotpo_referrals":
        assert len({row[0] for row in loaded_rows}) == len(loaded_rows)
        loaded_rows = [(str(row[0])[:4], *row[1:]) for row in loaded_rows]
    assert loaded_rows == ACCEPTED[name]
    assert shop.rows("rejected", "row_number", "reason", "column_name") == REFUSED[name]


def test_every_example_says_that_its_names_are_placeholders() -> None:
    examples = sorted((SQL / "formats" / "examples").glob("*.referrals.sql"))
    assert [path.name.removesuffix(".referrals.sql") for path in examples] == sorted(MADE_UP)
    for path in examples:
        text = path.read_text()
        assert text.startswith("-- EXAMPLE, not active."), path.name
        assert "are placeholders" in text, path.name
