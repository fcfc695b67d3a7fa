"""Phone numbers as identities: which records they name, to whom they belong, and addresses that are nobody's."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.phone_numbers import e164, region
from pipelines.raw import phones
from tests.raw.conftest import Shop

ORDERS = "order_id,ordered_at,total,customer_email,customer_id,customer_phone,country\n"
HEAD = "customer_email,customer_id,customer_phone\n"
ANN, BEN, CLEO = "+4915112345678", "+33612345678", "+33687654321"


def people(shop):
    return dict(shop.rows("identities", "identity", "person"))


def identities(shop, table="orders"):
    return [row[0] for row in shop.rows(table, "identity")]


def among(shop, **values):
    shop.settings = shop.settings.model_copy(update=values)
    return shop


@pytest.mark.parametrize(
    ("written", "code", "number"),
    [
        ("0151 12345678", "DE", ANN),
        ("0151/123 456-78", "DE", ANN),
        ("'+49 (0)151 12345678", None, ANN),
        ("0049151 12345678", None, ANN),
        ("4915112345678", "DE", ANN),
        ("15112345678", "DE", ANN),
        ("4915112345678.0", "DE", ANN),
        ("tel:+49-151-12345678", "FR", ANN),
        ("06 12 34 56 78", "FR", BEN),
        ("+33 6 12 34 56 78 ext. 12", "DE", BEN),
        ("(415) 555-2671", "US", "+14155552671"),
        ("07700 900123", "GB", "+447700900123"),
        ("0000000", "DE", None),
        ("1234567890", "US", None),
        ("999999999", "ES", None),
        ("4.91511E+12", "DE", None),
        ("none", "DE", None),
        ("12", "DE", None),
        ("0151 12345678", None, None),
    ],
)
def test_a_number_is_one_however_it_is_written(written, code, number):
    assert e164(written, code) == number


@pytest.mark.parametrize("country", ["DE", "de", " Germany", "Deutschland", "ALLEMAGNE", "Alemania", "DEU"])
def test_a_country_may_be_a_code_or_a_name(country):
    assert region(country, "FR") == "DE"
    assert region("Atlantis", "FR") == region(None, "FR") == region("", "FR") == "FR"


def test_orders_with_a_number_alone_have_customers(shop):
    shop.drop(
        "orders.csv",
        ORDERS
        + "1,2025-01-01,10,,,0151 12345678,DE\n2,2025-01-02,10,,,+49 151 12345678,\n3,2025-01-03,10,,,0000000,DE\n"
        + "4,2025-01-03,10,,,0151 12345678,\n5,2025-01-03,10,,,06 12 34 56 78,France\n",
    )
    among(shop, country=None).load()
    assert identities(shop) == [f"p:{ANN}", f"p:{ANN}", None, None, f"p:{BEN}"]
    assert people(shop) == {f"p:{ANN}": f"p:{ANN}", f"p:{BEN}": f"p:{BEN}"}


@pytest.mark.slow
def test_a_number_joins_its_owner_and_changes_nobody(shop):
    shop.drop("a.csv", ORDERS + f"1,2025-01-01,10,a@shop.test,,{ANN},\n2,2025-01-02,10,,7,{BEN},\n")
    shop.load()
    # No record needs a number yet.
    assert people(shop) == {"e:a@shop.test": "e:a@shop.test", "i:canonical:7": "i:canonical:7"}
    shop.drop("b.csv", ORDERS + f"3,2025-01-03,10,,,{ANN},\n4,2025-01-04,10,,,{BEN},\n")
    shop.load()
    assert people(shop)[f"p:{ANN}"] == "e:a@shop.test"
    assert people(shop)[f"p:{BEN}"] == "i:canonical:7"
    # The number turns out to be a household's: it is nobody's but its own, and the two stay two.
    shop.drop("c.csv", ORDERS + f"5,2025-01-05,10,c@shop.test,,{ANN},\n")
    shop.load()
    assert people(shop)[f"p:{ANN}"] == f"p:{ANN}"
    assert people(shop)["e:c@shop.test"] == "e:c@shop.test"
    # One record names both addresses' owner: the household was one person.
    shop.drop("d.csv", HEAD + "a@shop.test,7,\nc@shop.test,7,\n")
    shop.load()
    assert set(people(shop).values()) == {"e:a@shop.test"}


def test_an_address_goes_before_the_ids_that_tools_give(shop):
    shop.drop("a.csv", ORDERS + f"1,2025-01-01,10,a@shop.test,,{ANN},\n2,2025-01-02,10,,,{ANN},\n")
    shop.drop("b.csv", f"response_id,responded_at,score,customer_id,customer_phone\nr1,2025-01-05,9,7,{ANN}\n")
    shop.load()
    assert people(shop) == {
        "e:a@shop.test": "e:a@shop.test",
        "i:canonical:7": "i:canonical:7",
        f"p:{ANN}": "e:a@shop.test",
    }


def test_answers_and_invitations_by_text_message_find_their_buyer(shop):
    shop.drop("orders.csv", ORDERS + f"1,2025-01-01,10,a@shop.test,,{ANN},\n")
    shop.drop(
        "answers.csv",
        f"response_id,responded_at,score,customer_phone\nr1,2025-01-05,9,0151 12345678\nr2,2025-01-05,9,{BEN}\n",
    )
    shop.drop("sent.csv", "invitation_id,invited_at,customer_phone\ni1,2025-01-04,004915112345678\n")
    among(shop, country="DE").load()
    assert identities(shop, "responses") == [f"p:{ANN}", f"p:{BEN}"]
    assert identities(shop, "invitations") == [f"p:{ANN}"]
    assert people(shop)[f"p:{ANN}"] == "e:a@shop.test"


rows = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=14
)
NUMBERS = ["", "0151 12345678", "+49 151 12345678", "06 12 34 56 78", "0000000"]


@pytest.mark.slow
@settings(max_examples=6, deadline=None)
@given(rows, st.randoms(use_true_random=False))
def test_loads_in_any_order_make_the_same_people(made, draw):
    lines = [
        f"{n},2025-01-01,10,{'abc'[mail - 1] + '@shop.test' if mail else ''},{number or ''},{NUMBERS[phone]},"
        f"{'FR' if phone == 3 else 'DE'}\n"
        for n, (mail, number, phone, _) in enumerate(made)
    ]
    with TemporaryDirectory() as folder:
        one, many = Shop(Path(folder) / "one"), Shop(Path(folder) / "many")
        one.drop("all.csv", ORDERS + "".join(lines))
        one.load()
        turns = [[line for line, row in zip(lines, made, strict=True) if row[3] == turn] for turn in range(4)]
        draw.shuffle(turns)
        for turn, some in enumerate(turns):
            if some:
                many.drop(f"{turn}.csv", ORDERS + "".join(some))
                many.load()
        assert people(one) == people(many)
        columns = ("order_id", "identity", "phone_identity")
        assert sorted(one.rows("orders", *columns)) == sorted(many.rows("orders", *columns))
        # Addresses and ids make the same people as without numbers.
        bare = Shop(Path(folder) / "bare")
        bare.drop("all.csv", ORDERS + "".join(line.rsplit(",", 2)[0] + ",,\n" for line in lines))
        bare.load()
        assert {i: p for i, p in people(one).items() if not i.startswith("p:")} == people(bare)
        for shop in (one, many, bare):
            shop.connection.close()


def test_shared_addresses_are_nobodys_and_a_change_reaches_what_is_stored(shop):
    shop.drop(
        "orders.csv",
        ORDERS
        + "1,2025-01-01,10,market@bay.test,,,\n2,2025-01-02,10,Market@Bay.test,7,,\n"
        + f"3,2025-01-03,10,x@relay.test,,{BEN},\n"
        + f"4,2025-01-04,10,,,{ANN},\n5,2025-01-05,10,b@shop.test,,{ANN},\n",
    )
    among(shop, shared_addresses=("*@relay.test", ANN, "market@bay.test")).load()
    assert identities(shop) == [None, "i:canonical:7", f"p:{BEN}", None, "e:b@shop.test"]
    (shop.settings.landing / "orders.csv").unlink()
    among(shop, shared_addresses=()).load()
    assert identities(shop) == ["e:market@bay.test"] * 2 + ["e:x@relay.test", f"p:{ANN}", "e:b@shop.test"]
    assert people(shop)[f"p:{ANN}"] == "e:b@shop.test"
    assert people(shop)["i:canonical:7"] == "e:market@bay.test"
    among(shop, shared_addresses=("*@relay.test", ANN, "market@bay.test")).load()
    assert identities(shop) == [None, "i:canonical:7", f"p:{BEN}", None, "e:b@shop.test"]
    assert people(shop) == {i: i for i in ("i:canonical:7", f"p:{BEN}", "e:b@shop.test")}


def test_a_changed_country_reaches_what_is_stored(shop):
    shop.drop("orders.csv", ORDERS + "1,2025-01-01,10,,,0151 12345678,\n")
    shop.load()
    assert identities(shop) == [None]
    (shop.settings.landing / "orders.csv").unlink()
    among(shop, country="DE").load()
    assert identities(shop) == [f"p:{ANN}"]
    loads = shop.rows("loads", "load_id")
    among(shop, country="DE").load()
    assert shop.rows("loads", "load_id") == loads


def test_other_number_plans_read_what_is_stored_again(shop, monkeypatch):
    shop.drop("orders.csv", ORDERS + "1,2025-01-01,10,,,0151 12345678,DE\n")
    shop.load()
    monkeypatch.setattr(phones, "plans", lambda: "of another version")
    monkeypatch.setattr(phones, "e164", lambda *_: None)
    shop.load()
    assert (identities(shop), people(shop)) == ([None], {})


def test_numbers_that_serve_nobody_are_not_read(shop, monkeypatch):
    read = []
    monkeypatch.setattr(phones, "e164", lambda text, code: read.append(text) or e164(text, code))
    shop.drop("a.csv", ORDERS + f"1,2025-01-01,10,a@shop.test,,{ANN},\n2,2025-01-01,10,b@shop.test,,{CLEO},\n")
    shop.load()
    assert read == []
    shop.drop("b.csv", ORDERS + f"3,2025-01-01,10,,,{ANN},\n4,2025-01-01,10,,,{ANN},\n")
    shop.load()
    assert read == [ANN, ANN]
