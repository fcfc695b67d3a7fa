"""Erasing people whose records name phone numbers, in whatever order records and requests land."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.raw.conftest import Shop

ORDERS = "order_id,ordered_at,total,customer_email,customer_id,customer_phone,country\n"
REQUEST = "customer_email,customer_id,customer_phone,requested_at\n{},2025-06-01\n"
MAILS, IDS = ["", "a@shop.test", "b@shop.test"], ["", "", "1"]
NUMBERS = ["", "0151 12345678", "+49 151 12345678", "06 12 34 56 78"]
WHO = ["a@shop.test,,", "b@shop.test,,", ",1,", ",,+4915112345678", ",,+33612345678"]
BEFORE, AFTER = "2025-01-01", "2025-12-01"


def remains(shop):
    """Whom the orders name, a forgotten person as `x`, and the people that are left."""
    columns = ("order_id", "identity", "customer_email", "customer_phone", "phone_identity")
    orders = sorted(
        (order, "x" if (one or "").startswith("x:") else one, *rest)
        for order, one, *rest in shop.rows("orders", *columns)
    )
    people = [row for row in shop.rows("identities", "identity", "person") if not row[0].startswith("x:")]
    return orders, people


an_order = st.tuples(
    st.sampled_from(MAILS), st.sampled_from(IDS), st.integers(0, 3), st.sampled_from([BEFORE, AFTER]), st.integers(0, 2)
)


@pytest.mark.slow
@settings(max_examples=4, deadline=None)
@given(st.lists(an_order, min_size=2, max_size=10), st.sampled_from(WHO), st.randoms(use_true_random=False))
def test_who_is_forgotten_does_not_depend_on_the_order_of_loads(orders, who, draw):
    lines = [
        f"{n},{day},10,{mail},{number},{NUMBERS[phone]},{'FR' if phone == 3 else 'DE'}\n"
        for n, (mail, number, phone, day, _) in enumerate(orders)
    ]
    files = {
        f"{turn}.csv": ORDERS + "".join(line for line, one in zip(lines, orders, strict=True) if one[4] == turn)
        for turn in range(3)
        if turn in {one[4] for one in orders}
    }
    files["erasures.csv"] = REQUEST.format(who)
    with TemporaryDirectory() as folder:
        found = []
        for attempt in range(3):
            shop = Shop(Path(folder) / str(attempt))
            names = sorted(files)
            draw.shuffle(names)
            for name in names:
                shop.drop(name, files[name])
                if attempt:
                    shop.load()
            shop.load()
            found.append(remains(shop))
            shop.connection.close()
        assert found[0] == found[1] == found[2]


@pytest.mark.slow
def test_a_number_is_not_the_way_to_others_who_share_it(shop):
    orders = (f"{n},2025-01-01,10,{mail}@shop.test,,0151 12345678,DE\n" for n, mail in ((1, "a"), (2, "b")))
    shop.drop("a.csv", ORDERS + "".join(orders))
    shop.drop("b.csv", ORDERS + "3,2025-01-01,10,,,+4915112345678,\n")
    shop.drop("erasures.csv", REQUEST.format("a@shop.test,,"))
    shop.load()
    names = [(one or "")[:2] for (one,) in shop.rows("orders", "identity")]
    assert sorted(names) == ["e:", "x:", "x:"]
    # A request by the number means everybody who has it, those who land later too.
    shop.drop("more.csv", REQUEST.format(",,+4915112345678"))
    shop.load()
    shop.drop("c.csv", ORDERS + "4,2025-01-01,10,c@shop.test,,0151/12345678,DE\n5,2025-12-01,10,c@shop.test,,,\n")
    shop.load()
    names = [(one or "")[:2] for (one,) in shop.rows("orders", "identity")]
    assert sorted(names) == ["e:", "x:", "x:", "x:", "x:"]
